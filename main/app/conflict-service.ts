/** Settles conflicts by moving files on this disk: what is not kept goes to the root's trash, so every choice can be taken back. */
import type { Conflict, ConflictRule, OutputOf, Preview } from '../../shared/api/contract.ts';
import { AppError } from '../base/app-error.ts';
import { keyOf, type EntryKey, type RelativePath } from '../../shared/relative-path.ts';
import type { ConflictRecord, Index, RootId } from '../sync/index-port.ts';
import type { LocalRoot, LocalStat } from '../sync/ports.ts';
import type { NameRules } from '../sync/root-engine.ts';
import { shownConflict } from './conflict-sides.ts';
import type { LocalRoots } from './local-roots.ts';
import { emptyPreview } from './preview-service.ts';
import type { RootRegistry } from './root-registry.ts';
import type { UndoTokens } from './undo-tokens.ts';

export interface ConflictDeps {
  readonly index: Index;
  readonly registry: Pick<RootRegistry, 'record' | 'find'>;
  readonly localRoots: Pick<LocalRoots, 'of'>;
  readonly names: Pick<NameRules, 'keptName'>;
  readonly undo: UndoTokens;
  readonly newId: () => string;
  readonly onChange: () => void;
}
type Keep = 'mine' | 'theirs' | 'both';
type Rule = Omit<ConflictRule, 'rootId'> & { readonly rootId?: string | undefined };
type TakeBack = () => Promise<void>;
const mostExamples = 200;
const doesWords: Readonly<Record<Keep, string>> = { mine: 'this computer’s stays, the other goes to the trash', theirs: 'the other stays, this computer’s goes to the trash', both: 'both stay, the copy under a name of its own' };

export class ConflictService {
  readonly #deps: ConflictDeps;
  constructor(deps: ConflictDeps) {
    this.#deps = deps;
  }

  /** `mine` is this computer's version: the copy where it was made here, else what lies at the path. */
  async resolve(rootId: string, path: string, keep: Keep): Promise<{ undo: string | null }> {
    const record = this.#deps.registry.record(rootId);
    const conflict = this.#deps.index.conflicts(record.id).find((one) => one.path === path || one.copyPath === path || one.id === path);
    if (conflict === undefined) throw new AppError('not_found', { what: 'conflict' });
    const takeBack = await this.#settle(conflict, keep);
    this.#changed([record.id]);
    return { undo: this.#giveBack([takeBack], [record.id]) };
  }

  /** What a rule would do; what it can't decide (equal dates, equal sizes) is left and counted as skipped. */
  previewMany(rule: Rule): Preview {
    const preview = { ...emptyPreview(), examples: [] as { path: string; what: string }[] };
    for (const { conflict, keep } of this.#decided(rule)) {
      preview.conflicts += 1;
      if (preview.examples.length < mostExamples) preview.examples.push({ path: conflict.path, what: keep === null ? 'left as it is: the rule can’t tell' : doesWords[keep] });
      if (keep === null) preview.skipped += 1;
      else if (keep === 'both') preview.moves += 1;
      else preview.deletions += 1;
    }
    return preview;
  }

  async resolveMany(rule: Rule & { readonly expected: number }): Promise<OutputOf<'resolveConflicts'>> {
    const decided = this.#decided(rule);
    // What was shown is what is done: with other conflicts than those the user looks again first.
    if (decided.length !== rule.expected) throw new AppError('stale');
    const takeBacks: TakeBack[] = [];
    for (const { conflict, keep } of decided) {
      if (keep === null) continue;
      try {
        takeBacks.push(await this.#settle(this.#recordOf(conflict), keep));
      } catch (thrown) {
        // One that moved meanwhile stays listed; the others are settled all the same.
        if (!(thrown instanceof AppError)) throw thrown;
      }
    }
    const roots = [...new Set(decided.map(({ conflict }) => conflict.rootId as RootId))];
    this.#changed(roots);
    return { undo: takeBacks.length === 0 ? null : this.#giveBack(takeBacks, roots), settled: takeBacks.length, left: decided.length - takeBacks.length };
  }

  #decided(rule: Rule): { readonly conflict: Conflict; readonly keep: Keep | null }[] {
    const { index } = this.#deps;
    const rootId = rule.rootId === undefined ? null : this.#deps.registry.record(rule.rootId).id;
    const below = rule.folder.replace(/\/+$/, '');
    return index.conflicts(rootId).filter((one) => below === '' || one.path.startsWith(`${below}/`)).map((one) => {
      const conflict = shownConflict(index, one);
      return { conflict, keep: keepBy(rule.rule, conflict) };
    });
  }
  #recordOf(conflict: Conflict): ConflictRecord {
    const found = this.#deps.index.conflicts(conflict.rootId as RootId).find((one) => one.id === conflict.id);
    if (found === undefined) throw new AppError('stale');
    return found;
  }

  async #settle(conflict: ConflictRecord, keep: Keep): Promise<TakeBack> {
    const { index } = this.#deps;
    const local = await this.#deps.localRoots.of(this.#deps.registry.record(conflict.rootId).folder);
    const copyStays = keep === 'both' ? null : (keep === 'mine') === conflict.here;
    const takeBack = copyStays === null ? await this.#keepBoth(local, conflict) : await this.#keepOne(local, conflict, copyStays);
    index.removeConflict(conflict.id);
    return async () => {
      await takeBack();
      index.addConflict(conflict);
    };
  }

  /** The copy gets an ordinary name: every device sees by that that it is settled. */
  async #keepBoth(local: LocalRoot, conflict: ConflictRecord): Promise<TakeBack> {
    const { index, names } = this.#deps;
    const copy = this.#diskPath(conflict.rootId, conflict.copyPath);
    const stat = await fileAt(local, copy);
    const isTaken = (path: RelativePath): boolean => index.row(conflict.rootId, keyOf(path, 'file')) !== null || index.row(conflict.rootId, keyOf(path, 'folder')) !== null;
    const target = beside(copy, names.keptName(conflict.copyPath as RelativePath, isTaken));
    const moved = await local.rename(copy, target, stat);
    if (!moved.ok) throw new AppError('stale');
    return () => renamed(local, target, copy, moved.value);
  }

  async #keepOne(local: LocalRoot, conflict: ConflictRecord, copyStays: boolean): Promise<TakeBack> {
    const here = this.#diskPath(conflict.rootId, conflict.path);
    const copy = this.#diskPath(conflict.rootId, conflict.copyPath);
    const run = this.#deps.newId();
    const copyStat = await fileAt(local, copy);
    const hereStat = await local.stat(here);
    // Without the file that is to stay nothing goes away: it may still be on its way to this disk.
    if (!copyStays && hereStat?.kind !== 'file') throw new AppError('stale');
    if (!copyStays) {
      const trashId = await trashed(local, copy, copyStat, run);
      return () => untrashed(local, trashId, copy);
    }
    const trashId = hereStat === null ? null : await trashed(local, here, hereStat, run);
    const moved = await local.rename(copy, here, copyStat);
    if (!moved.ok) {
      if (trashId !== null) await untrashed(local, trashId, here);
      throw new AppError('stale');
    }
    return async () => {
      await renamed(local, here, copy, moved.value);
      if (trashId !== null) await untrashed(local, trashId, here);
    };
  }

  /** This disk's own spelling, where the entry is known. */
  #diskPath(rootId: RootId, path: string): string {
    return this.#deps.index.row(rootId, path as EntryKey)?.local?.diskPath ?? path;
  }
  #giveBack(takeBacks: readonly TakeBack[], roots: readonly RootId[]): string {
    return this.#deps.undo.give(async () => {
      let refused: unknown = null;
      for (const takeBack of takeBacks.toReversed()) {
        try {
          await takeBack();
        } catch (thrown) {
          refused ??= thrown;
        }
      }
      this.#changed(roots);
      // All that still can is taken back; then the first refusal is told.
      if (refused !== null) throw refused;
    });
  }
  #changed(roots: readonly RootId[]): void {
    for (const rootId of roots) this.#deps.registry.find(rootId)?.engine?.lookAgain();
    this.#deps.onChange();
  }
}

function keepBy(rule: ConflictRule['rule'], conflict: Conflict): Keep | null {
  if (rule === 'mine' || rule === 'theirs' || rule === 'both') return rule;
  const [here, copy] = rule === 'newest' ? [conflict.changedAtMs, conflict.copyChangedAtMs] : [conflict.sizeBytes, conflict.copySizeBytes];
  if (here === null || copy === null || here === copy) return null;
  return (copy > here) === conflict.copyHere ? 'mine' : 'theirs';
}
function beside(diskPath: string, named: string): string {
  return `${diskPath.slice(0, diskPath.lastIndexOf('/') + 1)}${named.slice(named.lastIndexOf('/') + 1)}`;
}
async function fileAt(local: LocalRoot, diskPath: string): Promise<LocalStat> {
  const stat = await local.stat(diskPath);
  if (stat?.kind !== 'file') throw new AppError('stale');
  return stat;
}
async function renamed(local: LocalRoot, from: string, to: string, expect: LocalStat): Promise<void> {
  const back = await local.rename(from, to, expect);
  if (!back.ok) throw new AppError('stale');
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
