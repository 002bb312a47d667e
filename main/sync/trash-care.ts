/** Looks once more at what was just moved into the root's trash: a program that still had the file open may have written to it (rule 15). */
import { keyOf, parentOf, type RelativePath } from '../../shared/relative-path.ts';
import { record, type Work } from './work.ts';

/** Brings back as a conflict copy what changed in the trash; resolves with the folders to look at again. */
export async function rescueFromTrash(work: Work): Promise<readonly RelativePath[]> {
  const folders: RelativePath[] = [];
  for (const trashed of await work.local.changedInTrash()) {
    const isTaken = (name: RelativePath): boolean => work.index.row(work.rootId, keyOf(name, 'file')) !== null || work.index.row(work.rootId, keyOf(name, 'folder')) !== null;
    const name = work.names.conflictName(trashed.path, work.root.deviceName, work.clock.nowMs(), isTaken);
    const back = await work.local.untrash(trashed.trashId, name);
    if (!back.ok) continue;
    work.index.transaction(() => {
      work.index.addConflict({ id: work.random(), rootId: work.rootId, path: trashed.path, copyPath: name, device: work.root.deviceName, atMs: work.clock.nowMs() });
      record(work, { kind: 'keepBoth', path: trashed.path, otherPath: name, sizeBytes: back.value.sizeBytes });
    });
    folders.push(parentOf(name));
    work.emit({ type: 'conflict' });
  }
  return folders;
}
