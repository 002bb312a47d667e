/** A page of scanned entries in a form that crosses threads cheaply: the numbers in one transferred array, the texts in two strings. */
import type { RelativePath } from '../../shared/relative-path.ts';
import type { LocalStat, ScannedEntry } from '../sync/ports.ts';

export interface PackedPage {
  /** Seven per entry: kind and executable bit, size, mtime, ctime, birthtime, inode, device. */
  readonly numbers: BigInt64Array<ArrayBuffer>;
  /** Paths, and the disk's own spellings where they differ, separated by NUL (which no name can hold). */
  readonly paths: string;
  readonly diskPaths: readonly (readonly [number, string])[];
  readonly skipped: readonly (readonly [number, NonNullable<ScannedEntry['skipped']>])[];
}

const kinds: readonly LocalStat['kind'][] = ['file', 'folder', 'symlink', 'special'];
const width = 7;

export function packPage(entries: readonly ScannedEntry[]): PackedPage {
  const numbers = new BigInt64Array(entries.length * width);
  const diskPaths: (readonly [number, string])[] = [];
  const skipped: (readonly [number, NonNullable<ScannedEntry['skipped']>])[] = [];
  for (const [index, { path, diskPath, stat, skipped: why }] of entries.entries()) {
    const row = [BigInt(kinds.indexOf(stat.kind) * 2 + (stat.executable ? 1 : 0)), BigInt(stat.sizeBytes), stat.mtimeNs, stat.ctimeNs, stat.birthtimeNs, BigInt.asIntN(64, stat.inode), BigInt.asIntN(64, stat.device)];
    numbers.set(row, index * width);
    if (diskPath !== path) diskPaths.push([index, diskPath]);
    if (why !== null) skipped.push([index, why]);
  }
  return { numbers, paths: entries.map((entry) => entry.path).join('\0'), diskPaths, skipped };
}

export function unpackPage(page: PackedPage): ScannedEntry[] {
  const diskPaths = new Map(page.diskPaths);
  const skipped = new Map(page.skipped);
  const number = (index: number, column: number): bigint => page.numbers[index * width + column] ?? 0n;
  return page.paths.split('\0').map((path, index) => {
    const bits = Number(number(index, 0));
    return {
      path: path as RelativePath,
      diskPath: diskPaths.get(index) ?? path,
      stat: {
        kind: kinds[bits >> 1] ?? 'special',
        executable: (bits & 1) === 1,
        sizeBytes: Number(number(index, 1)),
        mtimeNs: number(index, 2),
        ctimeNs: number(index, 3),
        birthtimeNs: number(index, 4),
        // Unsigned 64 bits on the disk; Windows and some network disks use them all.
        inode: BigInt.asUintN(64, number(index, 5)),
        device: BigInt.asUintN(64, number(index, 6)),
      },
      skipped: skipped.get(index) ?? null,
    };
  });
}
