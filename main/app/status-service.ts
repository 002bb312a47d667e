/** Keeps the status: asks engines and index, lets the pure computation say it, and tells of it only when it changed. */
import type { Progress, Status } from '../../shared/api/contract.ts';
import type { Clock } from '../base/clock.ts';
import type { Index, RootId } from '../sync/index-port.ts';
import type { EngineState } from '../sync/root-engine.ts';
import { computeStatus, type RootInputs } from './compute-status.ts';
import type { EventBus } from './event-bus.ts';
import { Paced } from './paced.ts';
import type { RootCounts, ViewQueries } from './ports.ts';
import { advance, progressOf, type Meter } from './progress.ts';
import type { ManagedRoot, RootEvent, RootRegistry } from './root-registry.ts';

export interface StatusDeps {
  readonly index: Index;
  readonly queries: ViewQueries;
  readonly registry: RootRegistry;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly deviceName: () => string;
}
interface Figures { readonly counts: RootCounts; readonly sizes: { readonly files: number; readonly bytes: number }; readonly takenMs: number; readonly tookMs: number }

/** Counting a large root takes time; it may take at most a fiftieth of it while things change. */
const countingShare = 50;

export class StatusService {
  readonly #deps: StatusDeps;
  readonly #figures = new Map<RootId, Figures>();
  readonly #changed = new Set<RootId>();
  readonly #meters = new Map<RootId, Meter>();
  readonly #paced: Paced;
  readonly #unsubscribe: () => void;
  #told = '';
  #forced: Status | null = null;

  constructor(deps: StatusDeps) {
    this.#deps = deps;
    this.#paced = new Paced(deps.clock, 250, () => this.#tell());
    this.#unsubscribe = deps.registry.subscribe((rootId, event) => this.#onEvent(rootId, event));
  }

  read(): Status {
    if (this.#forced !== null) return this.#forced;
    const nowMs = this.#deps.clock.nowMs();
    return computeStatus({ device: this.#deps.deviceName(), nowMs, roots: this.#deps.registry.list().flatMap((root) => this.#inputsOf(root, nowMs)) });
  }
  /** For the demo states of the gallery. */
  force(status: Status): void {
    this.#forced = status;
  }
  progressOf(rootId: RootId): Progress | null {
    const meter = this.#meters.get(rootId);
    return meter === undefined ? null : progressOf(meter);
  }
  /** Something outside the engines changed what is said (a setting, a settled conflict). */
  refresh(): void {
    for (const root of this.#deps.registry.list()) this.#changed.add(root.id);
    this.#paced.wish();
  }
  close(): void {
    this.#unsubscribe();
    this.#paced.close();
  }

  #onEvent(rootId: RootId | null, event: RootEvent): void {
    if (rootId === null) return;
    if (event.type === 'progress') this.#measure(rootId);
    else this.#changed.add(rootId);
    if (event.type === 'roots') this.#figures.delete(rootId);
    this.#paced.wish();
  }

  #measure(rootId: RootId): void {
    const state = this.#deps.registry.find(rootId)?.state ?? null;
    if (state === null || state.phase !== 'syncing') {
      this.#meters.delete(rootId);
      return;
    }
    this.#meters.set(rootId, advance(this.#meters.get(rootId) ?? null, { atMs: this.#deps.clock.monotonicMs(), filesDone: state.filesDone, filesTotal: state.filesTotal, bytesDone: state.bytesDone, bytesTotal: state.bytesTotal }));
  }

  #inputsOf(root: ManagedRoot, nowMs: number): RootInputs[] {
    const record = this.#deps.index.root(root.id);
    if (record === null) return [];
    const { state } = root;
    this.#measure(root.id);
    const figures = this.#figuresOf(root.id, state);
    const otherHolds = this.#deps.index.holds(root.id, 'waiting').filter((hold) => hold.kind !== 'massDeletion' && hold.kind !== 'massOverwrite' && hold.kind !== 'archivedRename').length;
    return [{
      record, place: root.store?.description.name ?? root.place.name, placeKind: root.place.kind, engine: pausedOver(state, record.pausedUntilMs, nowMs),
      counts: figures.counts, sizes: figures.sizes, otherHolds, progress: this.progressOf(root.id),
    }];
  }

  #figuresOf(rootId: RootId, state: EngineState | null): Figures {
    const known = this.#figures.get(rootId);
    const nowMs = this.#deps.clock.monotonicMs();
    // While it works a figure may be a little old; once it rests it must be true, for "Up to date" is a promise (I8).
    const working = state?.phase === 'checking' || state?.phase === 'syncing';
    const fresh = known !== undefined && (!this.#changed.has(rootId) || (working && nowMs - known.takenMs < Math.max(250, known.tookMs * countingShare)));
    if (known !== undefined && fresh) return known;
    const counts = this.#deps.queries.counts(rootId);
    const sizes = this.#deps.queries.sizes(rootId);
    const takenMs = this.#deps.clock.monotonicMs();
    const figures = { counts, sizes, takenMs, tookMs: takenMs - nowMs };
    this.#figures.set(rootId, figures);
    this.#changed.delete(rootId);
    return figures;
  }

  #tell(): void {
    const status = this.read();
    const text = JSON.stringify(status);
    if (text === this.#told) return;
    this.#told = text;
    this.#deps.bus.publish('status', status);
  }
}

/** The engine ends what it is doing before it says "paused"; the user pressed the button and is answered at once. */
function pausedOver(state: EngineState | null, pausedUntilMs: number | null, nowMs: number): EngineState | null {
  if (state === null || state.phase === 'stopped' || state.phase === 'offline') return state;
  return pausedUntilMs !== null && pausedUntilMs > nowMs ? { ...state, phase: 'paused' } : state;
}
