/** Keeps the list of conflicts true on every device: a copy is known by its name and its row, whoever made it; settled anywhere, it is settled here too. */
import { keyOf, pathOfKey, type RelativePath } from '../../shared/relative-path.ts';
import type { Work } from './work.ts';

/** After a round: copies that came from elsewhere (or outlived a lost index) are listed, and those that are gone are not. */
export function refreshConflicts(work: Work): void {
  const { index, rootId, names } = work;
  const listed = index.conflicts(rootId);
  const copies = index.conflictCopies(rootId);
  if (listed.length === 0 && copies.length === 0) return;
  const isThere = (path: string): boolean => {
    const row = index.row(rootId, keyOf(path as RelativePath, 'file'));
    return row !== null && row.frozen === null && (row.local !== null || row.remote !== null);
  };
  const known = new Set(listed.map((conflict) => conflict.copyPath));
  // Where only the other side is gone the copy still waits for the user's word.
  const gone = listed.filter((conflict) => !isThere(conflict.copyPath));
  const found = copies.flatMap((key) => {
    const copyPath = pathOfKey(key);
    const told = known.has(copyPath) ? null : names.conflictOf(copyPath);
    return told === null || !isThere(told.path) ? [] : [{ ...told, copyPath }];
  });
  if (gone.length === 0 && found.length === 0) return;
  index.transaction(() => {
    for (const conflict of gone) index.removeConflict(conflict.id);
    for (const { path, copyPath, device, atMs } of found) {
      index.addConflict({ id: work.random(), rootId, path, copyPath, device, atMs, here: names.isDevice(device, work.root.deviceName), baseSha256: null });
    }
  });
  work.emit({ type: 'conflict' });
}
