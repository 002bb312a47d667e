/** One round of the engine: observe, hash what matters, plan, guard, execute; and again until nothing more can be done now. */
import { foldKey, type EntryKey } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import { leaveAllUnchosen, leaveUnchosen } from './chosen-folders.ts';
import { refreshConflicts } from './conflict-copies.ts';
import { checkLibrary, checkRoot } from './markers.ts';
import { runBatch, type BatchCounters, type BatchResult, type Step } from './execute/executor.ts';
import { hashChanged } from './hash-changed.ts';
import { guardRound } from './guarding.ts';
import type { Row } from './index-port.ts';
import { mayRename, moveWithFolders } from './moved-folders.ts';
import { observeLocal } from './observe-local.ts';
import { observeKeys, observeRemote } from './observe-remote.ts';
import type { Hinted } from './change-hints.ts';
import { operation, type Operation } from './plan/operation.ts';
import { planRows } from './plan/plan.ts';
import { proveSame } from './prove-same.ts';
import type { Work } from './work.ts';

export interface CycleControl {
  readonly concurrency: () => number;
  readonly approveCounts: boolean;
  readonly onPhase: (phase: 'checking' | 'syncing') => void;
  readonly onLooked: (count: number) => void;
  readonly counters: BatchCounters;
  /** Called before a batch with what is due. */
  readonly onDue: (work: { files: number; bytes: number }) => void;
  /** Hints that came meanwhile: deletions wait until they were looked at (rule 2). */
  readonly hintsPending: () => boolean;
}
export interface CycleResult {
  /** Something stops or delays the whole root. */
  readonly problem: AppError | null;
  readonly changed: readonly EntryKey[] | 'many';
  /** Both observations asked for were complete. */
  readonly complete: boolean;
}
const duePage = 256;
const mostRounds = 8;

/** Looks at what was hinted; a problem is returned, not thrown, so that what is known to be right still goes on. */
export async function observe(work: Work, hinted: Hinted, control: Pick<CycleControl, 'onLooked'>): Promise<CycleResult> {
  await checkRoot(work.local, { rootId: work.rootId, libraryId: work.root.libraryId ?? '' }, work.root.folder);
  const ignoreText = await readIgnoreText(work);
  let looked = { local: 0, remote: 0 };
  const tell = (part: Partial<typeof looked>): void => {
    looked = { ...looked, ...part };
    control.onLooked(Math.max(looked.local, looked.remote));
  };
  const nothing = { complete: true, code: null, changed: [], looked: 0 } as const;
  const [local, remote] = await Promise.all([
    hinted.folders === 'all' || hinted.folders.length > 0 ? observeLocal(work, hinted.folders, (count) => tell({ local: count })) : nothing,
    hinted.keys === 'all' ? observeRemote(work, ignoreText, (count) => tell({ remote: count })) : hinted.keys.length > 0 ? observeKeys(work, hinted.keys, ignoreText) : nothing,
  ]);
  const changed = local.changed === 'many' || remote.changed === 'many' ? 'many' : [...local.changed, ...remote.changed];
  const code = local.code ?? remote.code;
  const problem = code === null ? null : new AppError(code, { root: code === 'library_changed' ? work.root.name : work.root.folder, place: work.store.description.name });
  return { problem, changed, complete: local.complete && remote.complete };
}

async function readIgnoreText(work: Work): Promise<string | null> {
  const stat = await work.local.stat('.strataignore');
  if (stat === null || stat.kind !== 'file' || stat.sizeBytes > 1_048_576) return null;
  const read = await work.local.readWhole('.strataignore');
  return read.ok ? Buffer.from(read.value.bytes).toString('utf8') : null;
}

export interface SettleResult extends BatchResult {
  /** Hints came meanwhile: what is to be deleted waits for one more look, which the caller owes. */
  readonly deletionsWait: boolean;
}

/** Plans and executes until nothing is due that could be done now. `deletions` only after complete observations. */
export async function settle(work: Work, control: CycleControl, deletions: boolean): Promise<SettleResult> {
  const result = await settleRounds(work, control, deletions);
  work.index.forgetSettledFailures(work.rootId);
  refreshConflicts(work);
  return result;
}

async function settleRounds(work: Work, control: CycleControl, deletions: boolean): Promise<SettleResult> {
  let last: BatchResult = { done: 0, failed: 0, problem: null, noSpace: false };
  let deletionsWait = false;
  let stuck = 0;
  thawSpellings(work);
  for (let round = 0; round < mostRounds && !work.signal.aborted; round += 1) {
    await lookAgainNow(work, control);
    await hashChanged(work, control.onLooked);
    await moveWithFolders(work);
    await proveSame(work);
    leaveAllUnchosen(work);
    await guardRound(work, { approveCounts: control.approveCounts, deletions });
    const due = work.index.dueWork(work.rootId);
    if (due.files === 0) {
      // What was approved is done.
      for (const hold of work.index.holds(work.rootId, 'approved')) if (hold.kind !== 'archivedRename' || work.index.renames(work.rootId, 'approved').length === 0) work.index.settleHold(hold.id, null);
      return { ...last, deletionsWait };
    }
    control.onDue(due);
    control.onPhase('syncing');
    const before = work.index.dueCount(work.rootId);
    last = await runBatch(work, changeSteps(work), control.concurrency(), control.counters);
    if (last.problem !== null) return { ...last, deletionsWait };
    let removed = 0;
    deletionsWait = deletions && control.hintsPending();
    if (deletions && !deletionsWait) {
      const result = await removeConfirmed(work, control);
      if (result.problem !== null) return { ...result, deletionsWait };
      removed = result.done;
    }
    await lookAgainNow(work, control);
    stuck = last.done + removed > 0 && work.index.dueCount(work.rootId) < before ? 0 : stuck + 1;
    if (stuck >= 2) return { ...last, deletionsWait };
  }
  return { ...last, deletionsWait };
}

/** A name that had to wait for another spelling of it is planned again when that one is gone from this disk (rules 9, 19). */
function thawSpellings(work: Work): void {
  if (!work.index.foldsCase(work.rootId)) return;
  let after = '';
  for (;;) {
    const rows = work.index.frozenWith(work.rootId, 'name_clash', { after, limit: duePage });
    for (const row of rows) {
      // What is skipped with its folder comes back with it.
      if (foldKey(row.frozen?.detail ?? '') !== foldKey(row.key)) continue;
      if (row.local !== null || row.remote === null || work.index.spelledLike(work.rootId, row.key).some((like) => like.local !== null)) continue;
      work.index.setFrozen(work.rootId, row.key, null);
    }
    const last = rows[rows.length - 1];
    if (rows.length < duePage || last === undefined) return;
    after = last.key;
  }
}

/** An observation may itself name what it could not tell (the executable bit of a key that was written again), so this is asked before a round too. */
async function lookAgainNow(work: Work, control: CycleControl): Promise<void> {
  if (work.lookAgain.folders.size > 0 || work.lookAgain.keys.size > 0) await observe(work, takeLookAgain(work), control);
}

function takeLookAgain(work: Work): Hinted {
  const hinted: Hinted = { folders: [...work.lookAgain.folders], keys: [...work.lookAgain.keys] };
  work.lookAgain.folders.clear();
  work.lookAgain.keys.clear();
  return hinted;
}

/** Everything but deletions, in key order, page by page. */
export function* changeSteps(work: Work): Generator<Step, void, void> {
  let after = '';
  for (;;) {
    const rows = work.index.due(work.rootId, { after, limit: duePage, nowMs: work.clock.nowMs() });
    const last = rows[rows.length - 1];
    if (last === undefined) return;
    yield* stepsFor(work, rows);
    if (rows.length < duePage) return;
    after = last.key;
  }
}

export function* stepsFor(work: Work, rows: readonly Row[]): Generator<Step, void, void> {
  const planned = planRows(work.index, work.rootId, leaveUnchosen(work, rows), 'changes');
  for (const { row, other } of planned.spellings) work.index.setFrozen(work.rootId, row.key, { code: 'name_clash', detail: other.key });
  for (const op of planned.operations) if (mayRename(work, op)) yield op;
  for (const row of planned.clashes) yield { kind: 'giveWay', operation: operation('keepBoth', row) };
}

/** Files first, then folders from the deepest up; the markers of root and library are looked at right before (rules 2, 11). */
async function removeConfirmed(work: Work, control: CycleControl): Promise<BatchResult> {
  const none: BatchResult = { done: 0, failed: 0, problem: null, noSpace: false };
  const first = deletionSteps(work, []).next();
  if (first.done && folderDeletions(work).length === 0) return none;
  await checkRoot(work.local, { rootId: work.rootId, libraryId: work.root.libraryId ?? '' }, work.root.folder);
  await checkLibrary(work.store, work.root);
  const files = await runBatch(work, deletionSteps(work, []), control.concurrency(), control.counters);
  if (files.problem !== null) return files;
  if (work.index.holds(work.rootId, 'waiting').some((hold) => hold.kind === 'massDeletion')) return files;
  let done = files.done;
  for (const level of folderDeletions(work)) {
    const result = await runBatch(work, level[Symbol.iterator](), control.concurrency(), control.counters);
    done += result.done;
    if (result.problem !== null) return result;
  }
  return { ...files, done };
}

function* deletionSteps(work: Work, folders: Operation[]): Generator<Step, void, void> {
  let after = '';
  for (;;) {
    const rows = work.index.due(work.rootId, { after, limit: duePage, nowMs: work.clock.nowMs() });
    const last = rows[rows.length - 1];
    if (last === undefined) return;
    for (const op of planRows(work.index, work.rootId, rows, 'deletions').operations) {
      if (op.key.endsWith('/')) folders.push(op);
      else yield op;
    }
    if (rows.length < duePage) return;
    after = last.key;
  }
}

/** Folders to go, by depth, the deepest level first. */
function folderDeletions(work: Work): Step[][] {
  const folders: Operation[] = [];
  const steps = deletionSteps(work, folders);
  while (!steps.next().done);
  const levels = new Map<number, Step[]>();
  for (const op of folders) {
    const depth = op.key.split('/').length;
    const level = levels.get(depth) ?? [];
    level.push(op);
    levels.set(depth, level);
  }
  return [...levels.entries()].sort((a, b) => b[0] - a[0]).map(([, level]) => level);
}
