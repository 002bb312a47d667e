/** Acts that give a path new content, a new name or another executable bit; none of them ever replaces something it did not expect (rules 15, 19, 27). */
import { foldKey } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import { dropOldest } from '../base/drop-oldest.ts';
import type { DiskAnswer, IncomingFile, LocalStat } from '../sync/ports.ts';
import { checkStillInside, insideRoot, lstatOrNull, makeParents, parentsOf } from './containment.ts';
import { isErrno } from './disk-errors.ts';
import { sameAfterOurMove, sameState } from './local-stat.ts';
import { absoluteOf, type RootContext } from './root-context.ts';
import { IncomingTemp, unlinkIfThere } from './strata-folder.ts';
import { differenceFrom, moveWithoutReplacing, renameWithoutReplacing, trashFile } from './trash.ts';

export interface PlaceRequest {
  readonly expect: LocalStat | null;
  readonly mtimeNs: bigint | null;
  readonly executable: boolean;
  readonly runId: string;
}

export async function placeIncoming(context: RootContext, incoming: IncomingFile, diskPath: string, request: PlaceRequest): Promise<DiskAnswer<LocalStat>> {
  if (!(incoming instanceof IncomingTemp)) throw new Error('only a file from receive() can be placed');
  if (!(await makeParents(context, diskPath))) return { ok: false, why: 'changed' };
  const parents = await parentsOf(context, diskPath);
  const absolute = absoluteOf(context, diskPath);
  const why = differenceFrom(request.expect, await lstatOrNull(context, absolute));
  if (why !== null) return { ok: false, why };

  if (request.expect !== null) await incoming.handle.copyPermissions(absolute);
  if (request.mtimeNs !== null) await incoming.handle.setMtime(request.mtimeNs);
  await incoming.handle.setExecutable(request.executable);
  if (request.expect !== null) {
    const trashed = await trashFile(context, diskPath, request.expect, request.runId);
    if (!trashed.ok) return trashed;
  }
  // From here the old content is in the trash: a crash leaves the path empty, and the next run places it again.
  const written = await incoming.handle.stat();
  await incoming.close();
  if ((await giveName(context, incoming.path, absolute)) === 'exists') return { ok: false, why: 'exists' };
  const placed = await lstatOrNull(context, absolute);
  await context.calls.syncFolder(parentOfAbsolute(absolute));
  await checkStillInside(context, diskPath, parents);
  // Somebody saved the moment it had its name: the answer tells of what was placed, so that the next look finds the save.
  return { ok: true, value: placed !== null && sameAfterOurMove(written, placed) ? placed : written };
}

/** A temporary name that can't be taken away is cleared away at the next start: the new one has to be made to last all the same. */
async function giveName(context: RootContext, from: string, to: string): Promise<'given' | 'exists'> {
  try {
    await context.calls.link(from, to);
  } catch (thrown) {
    return isErrno(thrown, 'EEXIST') || (await moveWithoutReplacing(context, from, to)) === 'exists' ? 'exists' : 'given';
  }
  await unlinkIfThere(context, from).catch(() => undefined);
  return 'given';
}

/** Folders and when each had last changed as it was made to last: every new name in one moves that time. */
export type SettledFolders = Map<string, bigint>;
const mostSettled = 1000;
/** The clock of a file system ticks in a few milliseconds: within them a second name would not be told from the first. */
const tickMs = 2000;

export async function settleName(context: RootContext, settled: SettledFolders, diskPath: string): Promise<void> {
  const folder = parentOfAbsolute(absoluteOf(context, diskPath));
  const found = await lstatOrNull(context, folder);
  if (found?.kind !== 'folder' || settled.get(folder) === found.mtimeNs) return;
  await context.calls.syncFolder(folder);
  if (context.clock.nowMs() - Number(found.mtimeNs / 1_000_000n) < tickMs) return;
  settled.set(folder, found.mtimeNs);
  dropOldest(settled, mostSettled);
}

export async function renameEntry(context: RootContext, from: string, to: string, expect: LocalStat): Promise<DiskAnswer<LocalStat>> {
  const parents = await parentsOf(context, from);
  const source = absoluteOf(context, from);
  const why = parents.state === 'all-there' ? differenceFrom(expect, await lstatOrNull(context, source)) : 'absent';
  if (why !== null) return { ok: false, why };
  if (!(await makeParents(context, to))) return { ok: false, why: 'exists' };

  return await insideRoot(context, to, async (target) => {
    const there = await lstatOrNull(context, target);
    const isSpelling = there !== null && there.inode === expect.inode && foldKey(from) === foldKey(to) && !(await hasBothNames(context, from, to));
    if (there !== null && !isSpelling) return { ok: false, why: 'exists' } as const;
    // As late as can be: the rename itself moves ctime, so a save that put its mtime back is told only before it.
    const since = differenceFrom(expect, await lstatOrNull(context, source));
    if (since !== null) return { ok: false, why: since } as const;
    if (isSpelling || expect.kind === 'folder') await context.calls.rename(source, target);
    else if ((await renameWithoutReplacing(context, source, target)) === 'exists') return { ok: false, why: 'exists' } as const;
    const moved = await context.calls.lstat(target);
    if (!sameAfterOurMove(expect, moved)) {
      await moveBack(context, target, source, moved);
      return { ok: false, why: 'changed' } as const;
    }
    await context.calls.syncFolder(parentOfAbsolute(target));
    if (parentOfAbsolute(source) !== parentOfAbsolute(target)) await context.calls.syncFolder(parentOfAbsolute(source));
    await checkStillInside(context, from, parents);
    return { ok: true, value: moved } as const;
  });
}
/** What was moved is not what was expected, so its old name is the right one; if that is taken meanwhile, it stays under the new name, whole. */
async function moveBack(context: RootContext, from: string, to: string, moved: LocalStat): Promise<void> {
  if ((await lstatOrNull(context, to)) !== null) return;
  if (moved.kind === 'folder') await context.calls.rename(from, to);
  else await renameWithoutReplacing(context, from, to);
}
/** Two hard links whose names differ in case look like one renamed file on a disk that does not fold: POSIX then renames nothing. */
async function hasBothNames(context: RootContext, from: string, to: string): Promise<boolean> {
  const names = await context.calls.readFolder(parentOfAbsolute(absoluteOf(context, to)));
  const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  return lastOf(from) !== lastOf(to) && names.includes(lastOf(from)) && names.includes(lastOf(to));
}

export async function makeOneFolder(context: RootContext, diskPath: string): Promise<DiskAnswer<LocalStat>> {
  if (!(await makeParents(context, diskPath))) return { ok: false, why: 'exists' };
  return await insideRoot(context, diskPath, async (absolute) => {
    try {
      await context.calls.makeFolder(absolute);
      await context.calls.syncFolder(parentOfAbsolute(absolute));
    } catch (thrown) {
      if (!isErrno(thrown, 'EEXIST')) throw thrown;
    }
    const found = await context.calls.lstat(absolute);
    return found.kind === 'folder' ? { ok: true, value: found } : { ok: false, why: 'exists' };
  });
}

/** Plain rmdir: a folder with anything in it, even a skipped file, stays (rule 28). */
export async function removeOneFolder(context: RootContext, diskPath: string): Promise<DiskAnswer<null>> {
  return await insideRoot(context, diskPath, async (absolute, parents) => {
    if (parents.state !== 'all-there') return { ok: false, why: 'absent' } as const;
    try {
      await context.calls.removeFolder(absolute);
    } catch (thrown) {
      if (isErrno(thrown, 'ENOTEMPTY', 'EEXIST')) return { ok: false, why: 'not-empty' } as const;
      if (isErrno(thrown, 'ENOENT')) return { ok: false, why: 'absent' } as const;
      if (isErrno(thrown, 'ENOTDIR')) return { ok: false, why: 'changed' } as const;
      throw thrown;
    }
    await context.calls.syncFolder(parentOfAbsolute(absolute));
    return { ok: true, value: null } as const;
  });
}

export async function changeExecutable(context: RootContext, diskPath: string, executable: boolean, expect: LocalStat): Promise<DiskAnswer<LocalStat>> {
  return await insideRoot(context, diskPath, async (absolute) => {
    const why = differenceFrom(expect, await lstatOrNull(context, absolute));
    if (why !== null) return { ok: false, why } as const;
    if (expect.kind !== 'file') throw new AppError('internal');
    const handle = await context.calls.open(absolute, 'read');
    try {
      // Asked of the open file itself: the name may lead elsewhere by now.
      if (!sameState(expect, await handle.stat())) return { ok: false, why: 'changed' } as const;
      await handle.setExecutable(executable);
      return { ok: true, value: await handle.stat() } as const;
    } finally {
      await handle.close();
    }
  });
}

function parentOfAbsolute(absolute: string): string {
  return absolute.slice(0, absolute.lastIndexOf('/')) || '/';
}
