/** Freeing up space on this disk, bringing files back, and keeping them here: the use-cases around eviction. */
import type { ResidencyChange } from '../../shared/api/contract.ts';
import { parseRelativePath, rootPath, type RelativePath } from '../../shared/relative-path.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { RootId } from '../sync/index-port.ts';
import type { Logger } from '../sync/ports.ts';
import { evict, fetch, purgeEvicted, type ResidencyResult } from '../tiers/residency.ts';
import type { PinQueries } from './ports.ts';
import { reasonOf } from './reasons.ts';
import type { RootRegistry } from './root-registry.ts';

export interface ResidencyDeps {
  readonly registry: RootRegistry;
  readonly pins: Pick<PinQueries, 'setPin'>;
  /** Paths of a folder that are kept on this disk. */
  readonly pinned: (rootId: RootId) => readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly concurrency: () => number;
  readonly onChange: () => void;
}

export class ResidencyService {
  readonly #deps: ResidencyDeps;
  readonly #purges = new Map<RootId, () => void>();
  #isClosed = false;
  constructor(deps: ResidencyDeps) {
    this.#deps = deps;
  }

  /** What a stop left in the trash for its minute is looked at again. */
  start(): void {
    for (const root of this.#deps.registry.list()) this.#purgeLater(root.id, 1000);
  }
  close(): void {
    this.#isClosed = true;
    for (const cancel of this.#purges.values()) cancel();
  }

  /** Throws why the folder or the place can't be reached; what stays is in the answer. */
  async evict(rootId: string, paths: readonly string[]): Promise<ResidencyChange> {
    const { id } = this.#deps.registry.record(rootId);
    const engine = await this.#deps.registry.engineOf(id);
    const wanted = paths.map(checkedPath);
    const pinned = this.#deps.pinned(id);
    const result = await engine.between((work) => evict(work, { paths: wanted, pinned }));
    this.#purgeLater(id, 60_000);
    return this.#told(result);
  }
  async fetch(rootId: string, paths: readonly string[]): Promise<ResidencyChange> {
    const { id } = this.#deps.registry.record(rootId);
    const wanted = paths.map(checkedPath);
    // Beside the rounds: what the user waits for does not wait for a long batch.
    const work = await (await this.#deps.registry.engineOf(id)).connected();
    return this.#told(await fetch(work, wanted, this.#deps.concurrency()));
  }
  /** A pin also brings back what is not here. */
  async pin(rootId: string, paths: readonly string[], isPinned: boolean): Promise<ResidencyChange> {
    const { id } = this.#deps.registry.record(rootId);
    for (const path of paths) this.#deps.pins.setPin(id, checkedPath(path), 'onDisk', isPinned);
    this.#deps.onChange();
    return isPinned ? this.fetch(rootId, paths) : { files: 0, bytes: 0, left: [] };
  }

  /** Files were taken off the disk beside these commands: their minute in the trash begins. */
  left(id: RootId): void {
    this.#purgeLater(id, 60_000);
  }

  #told(result: ResidencyResult): ResidencyChange {
    this.#deps.onChange();
    return { files: result.files, bytes: result.bytes, left: result.left.map(({ path, code }) => ({ path, reason: reasonOf(code) })) };
  }
  #purgeLater(id: RootId, delayMs: number): void {
    this.#purges.get(id)?.();
    if (this.#isClosed) return;
    this.#purges.set(id, this.#deps.clock.after(delayMs, () => void this.#purge(id)));
  }
  async #purge(id: RootId): Promise<void> {
    try {
      const engine = this.#deps.registry.find(id)?.engine ?? null;
      if (engine === null || this.#isClosed) return;
      const nextMs = await engine.between(purgeEvicted);
      if (nextMs !== null) this.#purgeLater(id, nextMs);
    } catch (thrown) {
      this.#deps.logger.warn({ code: asAppError(thrown).code, rootId: id }, 'what was taken off the disk could not be removed yet');
      this.#purgeLater(id, 60_000);
    }
  }
}

export function checkedPath(text: string): RelativePath {
  if (text === '') return rootPath;
  const parsed = parseRelativePath(text.endsWith('/') ? text.slice(0, -1) : text);
  if (!parsed.ok) throw new AppError('bad_request', { detail: `the path ${text}` });
  return parsed.path;
}
