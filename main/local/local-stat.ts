/** How a system stat becomes ours, and when two of ours mean "nobody touched it". */
import type { BigIntStats } from 'node:fs';
import type { LocalStat } from '../sync/ports.ts';

export function localStatOf(stat: BigIntStats): LocalStat {
  const kind = stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'symlink' : 'special';
  return {
    kind,
    sizeBytes: Number(stat.size),
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
    birthtimeNs: stat.birthtimeNs,
    inode: stat.ino,
    device: stat.dev,
    executable: kind === 'file' && (stat.mode & 0o100n) !== 0n,
  };
}

/** Untouched since `expect` was read. ctime tells an edit that kept its size and put its mtime back (F25). The device number is left out: it changes when a disk is plugged in again. */
export function sameState(expect: LocalStat, now: LocalStat): boolean {
  return sameAfterOurMove(expect, now) && (expect.kind === 'folder' || expect.ctimeNs === now.ctimeNs);
}

/** The same, after we renamed or linked it, which itself moves ctime. A folder's own numbers change with its children, so only its inode counts. */
export function sameAfterOurMove(expect: LocalStat, now: LocalStat): boolean {
  if (expect.kind !== now.kind || expect.inode !== now.inode) return false;
  return expect.kind === 'folder' || (expect.sizeBytes === now.sizeBytes && expect.mtimeNs === now.mtimeNs && expect.executable === now.executable);
}
