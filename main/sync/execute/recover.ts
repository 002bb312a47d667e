/** After a restart or a lost answer: what was in flight is looked at, never repeated; unfinished uploads stay to be gone on with (rules 5, 17, 32). */
import { parentOf, pathOfKey, type EntryKey } from '../../../shared/relative-path.ts';
import type { JournalRow } from '../index-port.ts';
import type { StoreKey } from '../ports.ts';
import { rescueFromTrash } from '../trash-care.ts';
import { diskPathFor, objectKeyFor, type Work } from '../work.ts';
import { lookAtDisk, lookAtKey } from './look.ts';
import { settleLostUpload } from './finish-upload.ts';

export async function recoverJournal(work: Work): Promise<void> {
  const rows = work.index.journal(work.rootId);
  // A save that met the move of its file to the trash, and could not be put back.
  const moving = new Set(rows.filter((row) => row.kind === 'deleteLocal' || row.kind === 'download').map((row) => pathOfKey(row.key)));
  if (moving.size > 0) for (const folder of await rescueFromTrash(work, moving)) work.lookAgain.folders.add(folder);
  for (const row of rows) await recoverOne(work, row);
}

async function recoverOne(work: Work, row: JournalRow): Promise<void> {
  switch (row.kind) {
    case 'upload': {
      const known = work.index.row(work.rootId, row.key);
      const objectKey = objectKeyFor({ key: row.key, remote: known?.remote ?? null });
      if (row.state.sha256 !== undefined && !row.key.endsWith('/')) {
        const object = await work.store.head(objectKey);
        const isOurs = object !== null && object.claimedSha256 === row.state.sha256 && object.etag !== row.state.expectEtag;
        if (isOurs) await settleLostUpload(work, { key: row.key, objectKey, sha256: row.state.sha256, expectEtag: row.state.expectEtag ?? null });
        // Parts that were sent stay with their journal row: the next upload of this content goes on with them.
        if (!isOurs && row.state.uploadId !== undefined) {
          if (known !== null) return;
          await work.store.abortUpload(objectKey, row.state.uploadId).catch(() => undefined);
        }
      }
      work.index.closeJournal(row.id);
      return;
    }
    case 'deleteRemote':
    case 'moveRemote':
      await lookAtKey(work, row.key as string as StoreKey);
      if (row.otherKey !== null) await lookAtKey(work, row.otherKey as string as StoreKey);
      work.index.closeJournal(row.id);
      return;
    case 'download':
    case 'deleteLocal':
    case 'moveLocal':
    case 'keepBoth':
      if (row.kind === 'keepBoth') await dropOldName(work, row);
      await lookAt(work, row.key);
      if (row.otherKey !== null) await lookAt(work, row.otherKey);
      work.index.closeJournal(row.id);
      return;
    case 'adopt':
    case 'forget':
      work.index.closeJournal(row.id);
      return;
  }
}

/** Killed between the two names of a rename, one file has both: the old one goes, or the next run would make a second conflict copy of it. */
async function dropOldName(work: Work, row: JournalRow): Promise<void> {
  if (row.otherKey === null) return;
  const from = diskPathFor(work, row.key);
  const [old, copy] = [await work.local.stat(from), await work.local.stat(diskPathFor(work, row.otherKey))];
  if (old === null || copy === null || old.kind !== 'file' || old.inode !== copy.inode || old.device !== copy.device) return;
  const gone = await work.local.trash(from, old, work.runId());
  if (!gone.ok) return;
  const [path, copyPath] = [pathOfKey(row.key), pathOfKey(row.otherKey)];
  const baseSha256 = work.index.row(work.rootId, row.key)?.base?.sha256 ?? null;
  work.index.transaction(() => {
    work.index.setBase(work.rootId, row.key, null);
    work.index.setLocal(work.rootId, row.key, null);
    work.index.addConflict({ id: work.random(), rootId: work.rootId, path, copyPath, device: work.root.deviceName, atMs: work.clock.nowMs(), here: true, baseSha256 });
  });
}

async function lookAt(work: Work, key: EntryKey): Promise<void> {
  await lookAtDisk(work, key, diskPathFor(work, key));
  work.lookAgain.folders.add(parentOf(pathOfKey(key)));
}
