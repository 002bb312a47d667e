/** Room on this computer as a use-case: rules per folder, what they would take, and the looks that carry them out. */
import type { OutputOf } from '../../shared/api/contract.ts';
import { roomRulesSchema } from '../../shared/api/space-contract.ts';
import { say } from '../../shared/words/words.ts';
import { asAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Index, RootId } from '../sync/index-port.ts';
import type { Logger } from '../sync/ports.ts';
import { evictedWaiting, type ResidencyResult } from '../tiers/residency.ts';
import { bytesToFree, freeForFullDisk, freeUnused, noRoomRules, previewRoom, type RoomRows, type RoomRules } from '../tiers/room.ts';
import type { LocalRoots } from './local-roots.ts';
import type { RootRegistry } from './root-registry.ts';
import type { UndoTokens } from './undo-tokens.ts';

export interface RoomDeps {
  readonly index: Pick<Index, 'setting' | 'setSetting'>;
  readonly rows: RoomRows;
  readonly registry: RootRegistry;
  readonly localRoots: LocalRoots;
  readonly pinned: (rootId: RootId) => readonly string[];
  readonly undo: UndoTokens;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onLeft: (rootId: RootId) => void;
  readonly onChange: () => void;
}
/** How full the disk is costs one system call to know; what was not used is looked for among all files. */
const lookEveryMs = 5 * 60_000;
const unusedEveryMs = 6 * 3_600_000;
const firstLookMs = 2 * 60_000;
const mostExamples = 100;

export class RoomService {
  readonly #deps: RoomDeps;
  readonly #unusedAt = new Map<RootId, number>();
  #cancel: () => void = () => undefined;
  #isClosed = false;
  constructor(deps: RoomDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#later(firstLookMs);
  }
  close(): void {
    this.#isClosed = true;
    this.#cancel();
  }

  async read(rootId: string): Promise<OutputOf<'readRoom'>> {
    const { id } = this.#deps.registry.record(rootId);
    const last = this.#deps.index.setting(lastName(id));
    return { rules: this.#rules(id), freeBytes: await this.#freeBytes(id), last: last === null ? null : (JSON.parse(last) as OutputOf<'readRoom'>['last']) };
  }
  async preview(rootId: string, rules: RoomRules): Promise<OutputOf<'previewRoom'>> {
    const { id } = this.#deps.registry.record(rootId);
    const found = previewRoom(this.#deps.rows, id, rules, { nowMs: this.#deps.clock.nowMs(), freeBytes: await this.#freeBytes(id), pinned: this.#deps.pinned(id), mostExamples });
    return { ...found, examples: [...found.examples] };
  }
  async write(rootId: string, rules: RoomRules): Promise<OutputOf<'writeRoom'>> {
    const { id } = this.#deps.registry.record(rootId);
    const before = this.#deps.index.setting(rulesName(id));
    const put = (text: string | null): void => {
      this.#deps.index.setSetting(rulesName(id), text);
      this.#unusedAt.delete(id);
      this.#deps.onChange();
    };
    put(JSON.stringify(rules));
    this.#later(1000);
    return { ...(await this.read(rootId)), undo: this.#deps.undo.give(() => put(before)) };
  }

  /** One look at every folder now. */
  async look(): Promise<void> {
    for (const { id } of this.#deps.registry.list()) {
      if (this.#isClosed) return;
      try {
        await this.#lookAt(id);
      } catch (thrown) {
        this.#deps.logger.warn({ code: asAppError(thrown).code, rootId: id }, 'room could not be freed up yet');
      }
    }
  }
  async #lookAt(id: RootId): Promise<void> {
    const rules = this.#rules(id);
    const engine = this.#deps.registry.find(id)?.engine ?? null;
    if (engine === null || (rules.unusedDays === null && rules.keepFreeBytes === null)) return;
    const nowMs = this.#deps.clock.monotonicMs();
    const unusedIsDue = rules.unusedDays !== null && nowMs - (this.#unusedAt.get(id) ?? -Infinity) >= unusedEveryMs;
    const free = await this.#freeBytes(id);
    const isFull = free !== null && bytesToFree(rules, free) > 0;
    if (!unusedIsDue && !isFull) return;
    const parts = { rows: this.#deps.rows, rules, pinned: this.#deps.pinned(id), words: { unused: say('room.unusedNote', { days: rules.unusedDays ?? 0 }), full: say('room.fullNote') } };
    const freed = await engine.between(async (work) => {
      const first = unusedIsDue ? await freeUnused(work, parts) : null;
      // What waits in the trash for its minute is not free yet: a full disk is looked at again after it.
      const second = isFull && !evictedWaiting(work) ? await freeForFullDisk(work, parts, first?.bytes ?? 0) : null;
      return sum(first, second);
    });
    if (unusedIsDue) this.#unusedAt.set(id, nowMs);
    if (freed.files === 0) return;
    this.#deps.index.setSetting(lastName(id), JSON.stringify({ atMs: this.#deps.clock.nowMs(), files: freed.files, bytes: freed.bytes }));
    this.#deps.onLeft(id);
    this.#deps.onChange();
  }

  #rules(id: RootId): RoomRules {
    const text = this.#deps.index.setting(rulesName(id));
    const found = text === null ? null : roomRulesSchema.safeParse(JSON.parse(text));
    return found?.success === true ? found.data : noRoomRules;
  }
  async #freeBytes(id: RootId): Promise<number | null> {
    try {
      return await (await this.#deps.localRoots.of(this.#deps.registry.record(id).folder)).freeBytes();
    } catch {
      // The folder is away: the status says so.
      return null;
    }
  }
  #later(delayMs: number): void {
    this.#cancel();
    if (this.#isClosed) return;
    this.#cancel = this.#deps.clock.after(delayMs, () => void this.look().finally(() => this.#later(lookEveryMs)));
  }
}

function sum(one: ResidencyResult | null, other: ResidencyResult | null): { readonly files: number; readonly bytes: number } {
  return { files: (one?.files ?? 0) + (other?.files ?? 0), bytes: (one?.bytes ?? 0) + (other?.bytes ?? 0) };
}
const rulesName = (id: RootId): string => `room:${id}`;
const lastName = (id: RootId): string => `room-last:${id}`;
