/** Takes the bytes of files off this disk and brings them back: base moves first, and only for what the place is known to hold (rules 1, 12, 18). */
import { kindOfKey, pathOfKey, type EntryKey, type RelativePath } from '../../shared/relative-path.ts';
import { isHere } from '../../shared/model/chosen-folders.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import type { ErrorCode } from '../../shared/api/errors.ts';
import { chosenFolders } from '../sync/chosen-folders.ts';
import { runBatch } from '../sync/execute/executor.ts';
import { lookAtDisk } from '../sync/execute/look.ts';
import type { Row } from '../sync/index-port.ts';
import { operation } from '../sync/plan/operation.ts';
import { expectedStat, record, type Work } from '../sync/work.ts';
import { isAtOrBelow } from './policy.ts';

export interface ResidencyResult {
  readonly files: number;
  readonly bytes: number;
  /** What stayed as it was, and why. */
  readonly left: readonly { readonly path: string; readonly code: ErrorCode }[];
}
export interface EvictRequest {
  /** Files, or folders with everything below. */
  readonly paths: readonly RelativePath[];
  /** Paths that are to stay on this disk. */
  readonly pinned: readonly string[];
  /** Files below that are not meant. */
  readonly stays?: (path: RelativePath) => boolean;
  /** Why, for Activity; null where somebody asked for it. */
  readonly note?: string;
}
const pageRows = 200;
const sideBySide = 4;
/** An app may still write to the open file after it was taken away. */
const purgeAfterMs = 60_000;
const mostLeft = 1000;

interface Tally {
  files: number;
  bytes: number;
  readonly left: { path: string; code: ErrorCode }[];
}

/** The list of online-only paths on the disk is written before the first file goes and after the last. Throws what stops the whole root. */
export async function evict(work: Work, request: EvictRequest): Promise<ResidencyResult> {
  const tally: Tally = { files: 0, bytes: 0, left: [] };
  await purgeEvicted(work);
  for (const rows of residentPages(work, request.paths)) {
    const going = rows.filter((row) => request.stays?.(pathOfKey(row.key)) !== true && mayGo(row, request, tally));
    if (going.length === 0) continue;
    // Were the index lost right after, the files that are gone from the disk are still known to be wanted (rule 12).
    await work.local.writeOnlineOnly([...new Set([...listedPaths(work), ...listed(work, going.map((row) => pathOfKey(row.key)))])]);
    const trashed: string[] = [];
    for (let at = 0; at < going.length; at += sideBySide) await Promise.all(going.slice(at, at + sideBySide).map((row) => tried(row, tally, async () => void trashed.push(await evictOne(work, row, tally, request.note ?? null)))));
    noteTrashed(work, trashed);
    if (work.signal.aborted) throw new AppError('cancelled');
  }
  await keepOnlineOnlyList(work);
  return tally;
}

async function tried(row: Row, tally: Tally, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    const { code } = asAppError(thrown);
    if (tally.left.length < mostLeft) tally.left.push({ path: pathOfKey(row.key), code });
  }
}

function* residentPages(work: Work, paths: readonly RelativePath[]): Generator<readonly Row[], void, void> {
  for (const path of paths) {
    const file = path === '' ? null : work.index.row(work.rootId, path as string as EntryKey);
    if (file !== null) {
      yield [file];
      continue;
    }
    let after = '';
    for (;;) {
      const rows = work.index.below(work.rootId, path, { after, limit: pageRows });
      yield rows.filter((row) => kindOfKey(row.key) === 'file');
      const last = rows[rows.length - 1];
      if (rows.length < pageRows || last === undefined) break;
      after = last.key;
    }
  }
}

/** What is not in step is left: its bytes may be nowhere else. */
function mayGo(row: Row, request: EvictRequest, tally: Tally): boolean {
  const { local, remote, base } = row;
  if (local === null && base?.resident !== true) return false;
  const code = refusal(row, request);
  if (code === null) return local !== null && remote !== null && base !== null;
  if (tally.left.length < mostLeft) tally.left.push({ path: pathOfKey(row.key), code });
  return false;
}
function refusal(row: Row, request: EvictRequest): ErrorCode | null {
  const { local, remote, base } = row;
  if (request.pinned.some((path) => isAtOrBelow(row.key, path))) return 'is_pinned';
  if (local === null || remote === null || base === null || row.frozen !== null) return 'not_in_step';
  if (!base.resident || local.sha256 !== base.sha256 || remote.etag !== base.etag) return 'not_in_step';
  return remote.tier === 'archive' ? 'object_archived' : null;
}

/** Resolves with where in the trash the file waits. */
async function evictOne(work: Work, planned: Row, tally: Tally, note: string | null): Promise<string> {
  if (!work.touched.enter(planned.key)) throw new AppError('not_in_step');
  try {
    const row = work.index.row(work.rootId, planned.key);
    if (row?.local == null || row.base === null || row.remote === null || refusal(row, { paths: [], pinned: [] }) !== null) throw new AppError('not_in_step');
    const { local, base } = row;
    // Exactly the version that both sides agreed on, whose bytes were hashed here: asked for now, not remembered.
    const there = await work.store.head(row.remote.objectKey, work.signal);
    if (there === null || there.deletionClaimedAtMs !== null || there.etag !== base.etag || there.sizeBytes !== base.sizeBytes) throw new AppError('object_changed');
    work.index.durably(() => work.index.setBase(work.rootId, row.key, { ...base, resident: false }));
    const gone = await work.local.trash(local.diskPath, expectedStat({ local }), work.runId());
    if (!gone.ok) {
      // Changed in this very moment: it is an edit of a file that is here.
      work.index.setBase(work.rootId, row.key, base);
      await lookAtDisk(work, row.key, local.diskPath);
      throw new AppError('file_changed');
    }
    const told = work.index.transaction(() => {
      work.index.setLocal(work.rootId, row.key, null);
      return record(work, { kind: 'evict', path: pathOfKey(row.key), sizeBytes: local.sizeBytes, note });
    });
    told();
    work.emit({ type: 'rows', keys: [row.key] });
    tally.files += 1;
    tally.bytes += local.sizeBytes;
    return gone.value.trashId;
  } finally {
    work.touched.leave(planned.key);
  }
}

/** Files taken off the disk wait a minute in the trash; whoever wrote to one meanwhile gets it back as a conflict copy (rule 15). */
function noteTrashed(work: Work, trashIds: readonly string[]): void {
  const atMs = work.clock.nowMs();
  work.index.setSetting(trashedSetting(work), JSON.stringify([...readTrashed(work), ...trashIds.map((trashId) => ({ trashId, atMs }))]));
}
function trashedSetting(work: Work): string {
  return `evicted:${work.rootId}`;
}
function readTrashed(work: Work): readonly { readonly trashId: string; readonly atMs: number }[] {
  return JSON.parse(work.index.setting(trashedSetting(work)) ?? '[]') as readonly { readonly trashId: string; readonly atMs: number }[];
}

/** Removes for good what was taken off the disk more than a minute ago and has not changed since. Resolves with the wait until the next is due, ms, or null. */
export async function purgeEvicted(work: Work): Promise<number | null> {
  const waiting = readTrashed(work);
  if (waiting.length === 0) return null;
  const nowMs = work.clock.nowMs();
  const isDue = (one: { readonly atMs: number }): boolean => nowMs - one.atMs >= purgeAfterMs || one.atMs > nowMs;
  const due = waiting.filter(isDue);
  if (due.length > 0) {
    const changed = new Set((await work.local.changedInTrash()).map((trashed) => trashed.trashId));
    // A changed one is the trash care's to bring back; it stays there for its days.
    await work.local.purgeTrash(due.map((one) => one.trashId).filter((id) => !changed.has(id)));
    work.index.setSetting(trashedSetting(work), JSON.stringify(readTrashed(work).filter((one) => !due.some((gone) => gone.trashId === one.trashId))));
  }
  const later = waiting.filter((one) => !isDue(one));
  return later.length === 0 ? null : Math.max(1, Math.min(...later.map((one) => one.atMs + purgeAfterMs - nowMs)));
}

/** Bytes that still wait in the trash for their minute: room that is as good as free. */
export function evictedWaiting(work: Work): boolean {
  return readTrashed(work).length > 0;
}

export async function keepOnlineOnlyList(work: Work): Promise<void> {
  await work.local.writeOnlineOnly(listedPaths(work));
}
function listedPaths(work: Work): readonly RelativePath[] {
  return listed(work, work.index.onlineOnlyPaths(work.rootId) as RelativePath[]);
}
/** What lies in a folder that was not chosen is known by that choice, which the folder's mark carries: no list of a million names. */
function listed(work: Work, paths: readonly RelativePath[]): readonly RelativePath[] {
  const choices = chosenFolders(work.index, work.rootId);
  return paths.filter((path) => !path.endsWith('/') && isHere(choices, path));
}

/** Brings files back onto this disk, at once; what is archived has to be thawed first and is left. */
export async function fetch(work: Work, paths: readonly RelativePath[], concurrency: number): Promise<ResidencyResult> {
  const tally: Tally = { files: 0, bytes: 0, left: [] };
  for (const rows of residentPages(work, paths)) {
    const wanted = rows.filter((row) => row.local === null && row.remote !== null && row.frozen === null);
    const archived = wanted.filter((row) => row.remote?.tier === 'archive');
    for (const row of archived) if (tally.left.length < mostLeft) tally.left.push({ path: pathOfKey(row.key), code: 'object_archived' });
    const steps = wanted.filter((row) => !archived.includes(row)).map((row) => operation('download', row));
    if (steps.length === 0) continue;
    const result = await runBatch(work, steps[Symbol.iterator](), concurrency, { onStart: () => undefined, onEnd: (op) => work.emit({ type: 'rows', keys: [op.key] }) });
    if (result.problem !== null) throw result.problem;
    for (const step of steps) {
      const now = work.index.row(work.rootId, step.key);
      if (now?.local != null && now.base?.resident === true) {
        tally.files += 1;
        tally.bytes += now.local.sizeBytes;
      } else if (tally.left.length < mostLeft) tally.left.push({ path: pathOfKey(step.key), code: now?.failure?.code ?? 'object_changed' });
    }
  }
  await keepOnlineOnlyList(work);
  return tally;
}
