/** Keeps every act inside the root: each parent is looked at, before and after, for links, other disks and swapped folders (rules 9, 46). */
import { parseRelativePath } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import type { LocalStat } from '../sync/ports.ts';
import { isErrno } from './disk-errors.ts';
import { reservedName } from './names.ts';
import { absoluteOf, type ReadingContext, type RootContext } from './root-context.ts';

/** The folders that lead to a path, outermost first, as far as they exist. */
export interface Parents {
  readonly inodes: readonly bigint[];
  readonly state: 'all-there' | 'missing' | 'not-a-folder';
}

/** Refuses what could name something outside the root or in Strata's own folder, whatever its spelling (rule 20, I7). */
export function checkedPath(context: RootContext, diskPath: string): string {
  const parsed = parseRelativePath(diskPath);
  if (!parsed.ok) throw new AppError('key_hostile', { detail: parsed.why });
  if (context.platform === 'win32' && /[\\:]/.test(diskPath)) throw new AppError('key_hostile', { detail: 'separator' });
  if (reservedName(parsed.path)) throw new AppError('name_reserved');
  return diskPath;
}

export async function lstatOrNull(context: ReadingContext, absolute: string): Promise<LocalStat | null> {
  try {
    return await context.calls.lstat(absolute);
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR')) return null;
    throw thrown;
  }
}

export async function checkRoot(context: ReadingContext): Promise<void> {
  const found = await lstatOrNull(context, context.path);
  if (found === null) throw new AppError('root_missing', { root: context.path });
  if (found.kind !== 'folder') throw new AppError('root_not_folder', { root: context.path });
  const known = context.identity();
  // An unmounted disk leaves an empty folder behind: acting there would lose every deletion guard (F14).
  if (found.device !== known.device || found.inode !== known.inode) throw new AppError('root_changed', { root: context.path });
}

export async function parentsOf(context: ReadingContext, diskPath: string): Promise<Parents> {
  await checkRoot(context);
  const inodes: bigint[] = [];
  for (let cut = diskPath.indexOf('/'); cut >= 0; cut = diskPath.indexOf('/', cut + 1)) {
    const found = await lstatOrNull(context, absoluteOf(context, diskPath.slice(0, cut)));
    if (found === null) return { inodes, state: 'missing' };
    // Deleting or writing through a link reaches files that were never synced (Nextcloud #1295).
    if (found.kind === 'symlink') throw new AppError('is_symlink');
    if (found.kind !== 'folder') return { inodes, state: 'not-a-folder' };
    if (found.device !== context.identity().device) throw new AppError('is_mount');
    inodes.push(found.inode);
  }
  return { inodes, state: 'all-there' };
}

/** The folders found before must still be the ones there; what was done in between is then known to have happened inside. */
export async function checkStillInside(context: ReadingContext, diskPath: string, before: Parents): Promise<void> {
  const after = await parentsOf(context, diskPath);
  for (const [index, inode] of before.inodes.entries()) {
    if (after.inodes[index] !== inode) throw new AppError('file_changed', { detail: 'a folder above it was replaced' });
  }
}

/** Runs `act` between two looks at the parents. The window between a look and the act is as small as Node allows: it has no openat. */
export async function insideRoot<T>(context: ReadingContext, diskPath: string, act: (absolute: string, parents: Parents) => Promise<T>): Promise<T> {
  const before = await parentsOf(context, diskPath);
  const result = await act(absoluteOf(context, diskPath), before);
  await checkStillInside(context, diskPath, before);
  return result;
}

/** Makes the missing folders above a path, each made durable; false when something that is no folder is in the way. */
export async function makeParents(context: RootContext, diskPath: string): Promise<boolean> {
  for (let cut = diskPath.indexOf('/'); cut >= 0; cut = diskPath.indexOf('/', cut + 1)) {
    const folder = diskPath.slice(0, cut);
    const found = await lstatOrNull(context, absoluteOf(context, folder));
    if (found === null) await makeOneFolder(context, folder);
    else if (found.kind === 'symlink') throw new AppError('is_symlink');
    else if (found.kind !== 'folder') return false;
  }
  return true;
}
async function makeOneFolder(context: RootContext, folder: string): Promise<void> {
  await checkRoot(context);
  try {
    await context.calls.makeFolder(absoluteOf(context, folder));
  } catch (thrown) {
    if (!isErrno(thrown, 'EEXIST')) throw thrown;
  }
  await context.calls.syncFolder(absoluteOf(context, folder.slice(0, Math.max(0, folder.lastIndexOf('/')))));
}
