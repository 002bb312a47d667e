/** Looks at a folder before it is synced, and at the folders beside it; changes nothing but what `makeFolder` is asked to make. */
import { constants } from 'node:fs';
import { access, lstat, mkdir, readdir, realpath, stat, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve, isAbsolute, sep } from 'node:path';
import { AppError } from '../base/app-error.ts';
import { translateDiskError } from './disk-errors.ts';

export interface FolderFacts {
  readonly path: string;
  readonly kind: 'folder' | 'other' | 'missing';
  readonly readable: boolean;
  readonly writable: boolean;
  readonly freeBytes: number | null;
  readonly cloud: string | null;
  readonly networkOrRemovable: boolean;
}
/** `statfs` types of drives that come and go: NFS, SMB, CIFS, FUSE, FAT, exFAT, NTFS by FUSE. */
const movingFileSystems: ReadonlySet<number> = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546, 0x4d44, 0x2011bab0]);
const clouds: readonly (readonly [RegExp, string])[] = [
  [/[\\/](Mobile Documents|iCloudDrive|iCloud Drive)([\\/]|$)/i, 'iCloud'],
  [/[\\/]OneDrive( - [^\\/]+)?([\\/]|$)/i, 'OneDrive'],
  [/[\\/]Dropbox( \([^\\/]+\))?([\\/]|$)/i, 'Dropbox'],
  [/[\\/](Google Drive|GoogleDrive)([\\/]|$)/i, 'Google Drive'],
];

export async function lookAtFolder(folder: string): Promise<FolderFacts> {
  const missing: FolderFacts = { path: folder, kind: 'missing', readable: false, writable: false, freeBytes: null, cloud: null, networkOrRemovable: false };
  try {
    const path = await realpath(folder);
    if (!(await stat(path)).isDirectory()) return { ...missing, path, kind: 'other' };
    const [readable, writable, disk] = await Promise.all([may(path, constants.R_OK | constants.X_OK), may(path, constants.W_OK), statfs(path).catch(() => null)]);
    return {
      path, kind: 'folder', readable, writable, freeBytes: disk === null ? null : disk.bavail * disk.bsize,
      cloud: clouds.find(([pattern]) => pattern.test(path))?.[1] ?? null,
      networkOrRemovable: (disk !== null && movingFileSystems.has(disk.type >>> 0)) || path.startsWith('\\\\'),
    };
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return missing;
    if (code === 'EACCES' || code === 'EPERM') return { ...missing, kind: 'folder' };
    throw translateDiskError(thrown, 'read', folder);
  }
}
/** On Windows `access` does not ask the permissions; there the first write tells. */
async function may(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(() => true, () => false);
}

/** Both real paths; one inside the other, or the same. */
export function isWithin(inner: string, outer: string): boolean {
  const [a, b] = foldsCase ? [inner.toLowerCase(), outer.toLowerCase()] : [inner, outer];
  const way = relative(b, a);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
/** As these systems come; taking two folders for one only refuses, the other way round would lose files. */
const foldsCase = process.platform === 'win32' || process.platform === 'darwin';

const mostListed = 2_000;
/** Folders in a folder, hidden ones left out; '' is the user's own. Links are shown where they lead to folders. */
export async function browseFolders(wish: string): Promise<{ readonly folder: string; readonly parent: string | null; readonly folders: readonly string[] }> {
  const folder = wish === '' ? homedir() : resolve(wish);
  try {
    const found = await readdir(folder, { withFileTypes: true });
    const names: string[] = [];
    for (const entry of found) {
      if (entry.name.startsWith('.')) continue;
      const leads = entry.isSymbolicLink() && (await stat(join(folder, entry.name)).then((at) => at.isDirectory(), () => false));
      if (entry.isDirectory() || leads) names.push(entry.name);
      if (names.length >= mostListed) break;
    }
    const parent = dirname(folder);
    return { folder, parent: parent === folder ? null : parent, folders: names.sort((a, b) => a.localeCompare(b)).map((name) => join(folder, name)) };
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new AppError('root_missing', { root: folder }, thrown);
    if (code === 'ENOTDIR') throw new AppError('root_not_folder', { root: folder }, thrown);
    throw translateDiskError(thrown, 'read', folder);
  }
}

export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (!(await lstat(folder)).isDirectory()) throw new AppError('root_not_folder', { root: folder });
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw translateDiskError(thrown, 'write', folder);
  }
}
