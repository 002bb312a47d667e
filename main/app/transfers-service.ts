/** What is moving now: running transfers, speed of the last minute, done today; told at most four times a second and only while something runs. */
import type { ActivityLine, Settings, Transfer, Transfers } from '../../shared/api/contract.ts';
import type { Clock } from '../base/clock.ts';
import type { RootId } from '../sync/index-port.ts';
import type { EventBus } from './event-bus.ts';
import { Paced } from './paced.ts';
import type { ViewQueries } from './ports.ts';
import { sumProgress } from './progress.ts';
import type { RootEvent, RootRegistry } from './root-registry.ts';
import type { StatusService } from './status-service.ts';

export interface TransfersDeps {
  readonly registry: RootRegistry;
  readonly queries: ViewQueries;
  readonly status: Pick<StatusService, 'progressOf' | 'read'>;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly settings: () => Settings;
}
interface Seen { bytes: number; readonly direction: 'up' | 'down' | 'move' }
const graphSeconds = 60;
/** A page shows some hundreds at most; the engine runs at most 128. */
const mostShown = 200;

export class TransfersService {
  readonly #deps: TransfersDeps;
  /** Bytes by whole second of the monotonic clock; only the last minute is kept. */
  readonly #up = new Map<number, number>();
  readonly #down = new Map<number, number>();
  readonly #seen = new Map<string, Seen>();
  readonly #paced: Paced;
  readonly #unsubscribe: () => void;
  #today: { readonly day: string; done: number; bytesUp: number; bytesDown: number } | null = null;
  #wasRunning = false;

  constructor(deps: TransfersDeps) {
    this.#deps = deps;
    this.#paced = new Paced(deps.clock, 250, () => this.#tell());
    this.#unsubscribe = deps.registry.subscribe((rootId, event) => this.#onEvent(rootId, event));
  }

  read(): Transfers {
    const settings = this.#deps.settings();
    const roots = this.#deps.status.read().roots;
    const running = this.#running();
    const today = this.#doneToday();
    return {
      progress: sumProgress(roots.flatMap((root) => (root.progress === null ? [] : [root.progress]))),
      running: running.slice(0, mostShown), queued: Math.max(0, roots.reduce((sum, root) => sum + root.waiting, 0) - running.length),
      doneToday: today.done, bytesUpToday: today.bytesUp, bytesDownToday: today.bytesDown,
      graph: { up: this.#graph(this.#up), down: this.#graph(this.#down) },
      limits: { upBytesPerSecond: settings.upBytesPerSecond, downBytesPerSecond: settings.downBytesPerSecond },
      lastChangeAtMs: this.#deps.queries.lastChangeAtMs(),
    };
  }
  close(): void {
    this.#unsubscribe();
    this.#paced.close();
  }

  #onEvent(rootId: RootId | null, event: RootEvent): void {
    if (rootId === null) return;
    if (event.type === 'progress') this.#count(rootId);
    if (event.type === 'activity') this.#addToToday(event.line);
    if (event.type === 'progress' || event.type === 'state') this.#paced.wish();
  }

  /** Cost follows what runs now (at most some hundred), never what exists. */
  #count(rootId: RootId): void {
    const engine = this.#deps.registry.find(rootId)?.engine ?? null;
    if (engine === null) return;
    const second = Math.floor(this.#deps.clock.monotonicMs() / 1000);
    const live = new Set<string>();
    for (const transfer of engine.transfers()) {
      const id = `${rootId} ${transfer.id}`;
      live.add(id);
      const seen = this.#seen.get(id) ?? { bytes: 0, direction: transfer.direction };
      const added = Math.max(0, transfer.bytesDone - seen.bytes);
      const graph = transfer.direction === 'up' ? this.#up : this.#down;
      if (added > 0 && transfer.direction !== 'move') graph.set(second, (graph.get(second) ?? 0) + added);
      seen.bytes = transfer.bytesDone;
      this.#seen.set(id, seen);
    }
    for (const id of this.#seen.keys()) if (id.startsWith(`${rootId} `) && !live.has(id)) this.#seen.delete(id);
    for (const graph of [this.#up, this.#down]) for (const old of graph.keys()) if (old < second - graphSeconds) graph.delete(old);
  }

  #graph(bytes: ReadonlyMap<number, number>): number[] {
    if (bytes.size === 0) return [];
    const second = Math.floor(this.#deps.clock.monotonicMs() / 1000);
    // The running second is not over yet and would always look slow.
    return Array.from({ length: graphSeconds }, (_, at) => bytes.get(second - graphSeconds + at) ?? 0);
  }

  #running(): Transfer[] {
    const nowMs = this.#deps.clock.nowMs();
    return this.#deps.registry.list().flatMap((root) =>
      (root.engine?.transfers() ?? []).map((transfer) => {
        const seconds = (nowMs - transfer.startedAtMs) / 1000;
        const bytesPerSecond = seconds > 0 ? transfer.bytesDone / seconds : 0;
        const left = transfer.sizeBytes - transfer.bytesDone;
        return {
          id: transfer.id, rootId: root.id, path: transfer.path, direction: transfer.direction, sizeBytes: transfer.sizeBytes, bytesDone: transfer.bytesDone, bytesPerSecond,
          secondsLeft: bytesPerSecond > 0 && seconds >= 5 ? left / bytesPerSecond : null, startedAtMs: transfer.startedAtMs,
        };
      }),
    );
  }

  /** Read once a day; each line that comes in is added. */
  #doneToday(): { readonly done: number; readonly bytesUp: number; readonly bytesDown: number } {
    const midnight = new Date(this.#deps.clock.nowMs());
    midnight.setHours(0, 0, 0, 0);
    const day = midnight.toDateString();
    if (this.#today === null || this.#today.day !== day) this.#today = { day, ...this.#deps.queries.activityTotals(midnight.getTime()) };
    return this.#today;
  }
  #addToToday(line: Pick<ActivityLine, 'kind' | 'sizeBytes'>): void {
    if (this.#today === null || line.kind === 'hold' || line.kind === 'problem') return;
    this.#today.done += 1;
    if (line.kind === 'upload') this.#today.bytesUp += line.sizeBytes ?? 0;
    if (line.kind === 'download') this.#today.bytesDown += line.sizeBytes ?? 0;
  }

  #tell(): void {
    const running = this.#deps.registry.list().some((root) => (root.engine?.transfers().length ?? 0) > 0 || root.state?.phase === 'syncing');
    // One last time after the end, so that nothing seems to move for ever.
    if (!running && !this.#wasRunning) return;
    this.#wasRunning = running;
    this.#deps.bus.publish('transfers', this.read());
  }
}
