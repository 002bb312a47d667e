/** Settles a conflict by moving files on this disk: what is not kept goes to the root's trash, so every choice can be taken back. */
import { AppError } from '../base/app-error.ts';
import type { EntryKey, RelativePath } from '../../shared/relative-path.ts';
import type { ConflictRecord, Index, RootId } from '../sync/index-port.ts';
import type { LocalRoot, LocalStat } from '../sync/ports.ts';
import type { LocalRoots } from './local-roots.ts';
import type { RootRegistry } from './root-registry.ts';
import type { UndoTokens } from './undo-tokens.ts';

export interface ConflictDeps {
  readonly index: Index;
  readonly registry: RootRegistry;
  readonly localRoots: LocalRoots;
  readonly undo: UndoTokens;
  readonly newId: () => string;
  readonly onChange: () => void;
}
type TakeBack = () => Promise<void>;

export class ConflictService {
  readonly #deps: ConflictDeps;
  constructor(deps: ConflictDeps) {
    this.#deps = deps;
  }

  /** `mine` is this computer's version, which lies at the copy's name; `theirs` is at the path. */
  async resolve(rootId: string, path: string, keep: 'mine' | 'theirs' | 'both'): Promise<{ undo: string | null }> {
    const { index, registry } = this.#deps;
    const record = registry.record(rootId);
    const conflict = index.conflicts(record.id).find((one) => one.path === path || one.copyPath === path || one.id === path);
    if (conflict === undefined) throw new AppError('not_found', { what: 'conflict' });
    const local = keep === 'both' ? null : await this.#deps.localRoots.of(record.folder);
    const takeBack = local === null ? null : await this.#move(local, record.id, conflict, keep === 'mine' ? 'mine' : 'theirs');
    index.removeConflict(conflict.id);
    this.#changed(record.id);
    const undo = this.#deps.undo.give(async () => {
      await takeBack?.();
      index.addConflict(conflict);
      this.#changed(record.id);
    });
    return { undo };
  }

  async #move(local: LocalRoot, rootId: RootId, conflict: ConflictRecord, keep: 'mine' | 'theirs'): Promise<TakeBack> {
    const here = this.#diskPath(rootId, conflict.path);
    const copy = this.#diskPath(rootId, conflict.copyPath);
    const run = this.#deps.newId();
    const copyStat = await local.stat(copy);
    if (keep === 'theirs') {
      if (copyStat === null) return () => Promise.resolve();
      const trashId = await trashed(local, copy, copyStat, run);
      return () => untrashed(local, trashId, copy);
    }
    if (copyStat === null) throw new AppError('stale');
    const hereStat = await local.stat(here);
    const trashId = hereStat === null ? null : await trashed(local, here, hereStat, run);
    const moved = await local.rename(copy, here, copyStat);
    if (!moved.ok) {
      if (trashId !== null) await untrashed(local, trashId, here);
      throw new AppError('stale');
    }
    return async () => {
      const back = await local.rename(here, copy, moved.value);
      if (!back.ok) throw new AppError('stale');
      if (trashId !== null) await untrashed(local, trashId, here);
    };
  }

  /** This disk's own spelling, where the entry is known. */
  #diskPath(rootId: RootId, path: string): string {
    return this.#deps.index.row(rootId, path as EntryKey)?.local?.diskPath ?? (path as RelativePath);
  }
  #changed(rootId: RootId): void {
    this.#deps.registry.find(rootId)?.engine?.lookAgain();
    this.#deps.onChange();
  }
}

async function trashed(local: LocalRoot, diskPath: string, expect: LocalStat, runId: string): Promise<string> {
  const answer = await local.trash(diskPath, expect, runId);
  if (!answer.ok) throw new AppError('stale');
  return answer.value.trashId;
}
async function untrashed(local: LocalRoot, trashId: string, diskPath: string): Promise<void> {
  const answer = await local.untrash(trashId, diskPath);
  if (!answer.ok) throw new AppError('stale');
}
