/** Bytes per place, tier and folder; counted when asked for, kept while nothing changed. */
import type { OutputOf, Storage } from '../../shared/api/contract.ts';
import type { Clock } from '../base/clock.ts';
import type { RootId } from '../sync/index-port.ts';
import type { LocalRoots } from './local-roots.ts';
import type { ViewQueries } from './ports.ts';
import type { RootRegistry } from './root-registry.ts';

export interface StorageDeps {
  readonly queries: ViewQueries;
  readonly registry: RootRegistry;
  readonly localRoots: LocalRoots;
  readonly clock: Clock;
}
type Counted = ReturnType<ViewQueries['storageOf']>;
/** Counting a million rows takes seconds; figures of a running sync may be that old. */
const keepMs = 10_000;
const mostCells = 399;

export class StorageService {
  readonly #deps: StorageDeps;
  readonly #counted = new Map<RootId, { readonly figures: Counted; readonly atMs: number }>();
  readonly #requests = new Map<RootId, { readonly day: string; readonly before: number }>();
  constructor(deps: StorageDeps) {
    this.#deps = deps;
  }

  async read(): Promise<Storage> {
    const places: Storage['places'] = [];
    let trashBytes = 0;
    for (const root of this.#deps.registry.list()) {
      places.push({ rootId: root.id, place: root.store?.description.name ?? root.place.name, ...this.#figuresOf(root.id), requestsToday: this.#requestsToday(root.id) });
      trashBytes += await this.#trashOf(root.id);
    }
    return { places, trashBytes };
  }

  /** Folders of one library for a picture, at most 400 of them; the rest is one sum. */
  map(rootId: string): OutputOf<'readMap'> {
    const { id } = this.#deps.registry.record(rootId);
    const folders = this.#deps.queries.mapOf(id, mostCells);
    const all = this.#figuresOf(id);
    const shown = folders.reduce((sum, one) => ({ files: sum.files + one.files, bytes: sum.bytes + one.bytes }), { files: 0, bytes: 0 });
    return { folders, otherFiles: Math.max(0, all.files - shown.files), otherBytes: Math.max(0, all.bytes - shown.bytes) };
  }

  #figuresOf(rootId: RootId): Counted {
    const nowMs = this.#deps.clock.monotonicMs();
    const known = this.#counted.get(rootId);
    if (known !== undefined && nowMs - known.atMs < keepMs) return known.figures;
    const figures = this.#deps.queries.storageOf(rootId);
    this.#counted.set(rootId, { figures, atMs: nowMs });
    return figures;
  }
  /** Counted by the open store since the service started; a new day starts at what was counted by then. */
  #requestsToday(rootId: RootId): number {
    const root = this.#deps.registry.find(rootId);
    // Both stores of the library, once they are connected.
    const store = root?.engine?.library() ?? root?.store ?? null;
    if (store === null) return 0;
    const total = Object.values(store.requestCounts()).reduce((sum, count) => sum + count, 0);
    const day = new Date(this.#deps.clock.nowMs()).toDateString();
    const known = this.#requests.get(rootId);
    if (known === undefined) this.#requests.set(rootId, { day, before: 0 });
    else if (known.day !== day) this.#requests.set(rootId, { day, before: total });
    return Math.max(0, total - (this.#requests.get(rootId)?.before ?? 0));
  }
  async #trashOf(rootId: RootId): Promise<number> {
    try {
      const local = await this.#deps.localRoots.of(this.#deps.registry.record(rootId).folder);
      return (await local.listTrash()).reduce((sum, file) => sum + file.stat.sizeBytes, 0);
    } catch {
      // The folder is away: its trash is not countable, and the status says so.
      return 0;
    }
  }
}
