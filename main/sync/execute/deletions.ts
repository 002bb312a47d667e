/** Carries a confirmed deletion to the other side: looked at again right before, claimed where the store ignores conditions, kept in a trash (rules 2, 4, 5, 28). */
import { ancestorsOf, keyOf, kindOfKey, pathOfKey, type EntryKey } from '../../../shared/relative-path.ts';
import { AppError } from '../../base/app-error.ts';
import type { Row } from '../index-port.ts';
import { sha256Of } from '../markers.ts';
import type { Operation } from '../plan/operation.ts';
import type { StoreKey } from '../ports.ts';
import { expectedStat, folderRemote, record, type Work } from '../work.ts';
import { lookAtDisk, lookAtKey } from './look.ts';
import { removeObject } from './remove-object.ts';

export async function deleteRemote(work: Work, op: Operation, goingToo: ReadonlySet<EntryKey>): Promise<void> {
  const diskPath = op.row.vanished?.diskPath ?? pathOfKey(op.key);
  const there = await work.local.stat(diskPath);
  // A file in a folder's place (or the other way round) is another row: this one is gone. A link or pipe says nothing (rule 9).
  const isOtherKind = there !== null && (there.kind === 'file' || there.kind === 'folder') && there.kind !== kindOfKey(op.key);
  if (there !== null && !isOtherKind) return lookAtDisk(work, op.key, diskPath);
  if (!(await work.local.absenceIsCredible(diskPath))) throw new AppError('scan_incomplete');
  if (kindOfKey(op.key) === 'folder') return deleteRemoteFolder(work, op, goingToo);
  const { remote } = op.row;
  if (remote === null) throw new AppError('stale');
  await keepFoldersAbove(work, op.key, goingToo);
  const journalId = work.index.openJournal({ rootId: work.rootId, kind: 'deleteRemote', key: op.key, otherKey: null, state: { expectEtag: remote.etag } });
  let gone: boolean;
  try {
    gone = await removeObject(work, remote.objectKey, remote.etag, remote.sizeBytes, { keep: true });
  } finally {
    // A deletion is never repeated from the journal: the row is still due when it did not happen.
    work.index.closeJournal(journalId);
  }
  if (!gone) return lookAtKey(work, remote.objectKey);
  const told = work.index.transaction(() => {
    work.index.setRemote(work.rootId, op.key, null);
    work.index.setBase(work.rootId, op.key, null);
    work.index.notePassed(work.rootId, 'deleteRemote', work.clock.nowMs(), 1);
    return record(work, { kind: 'deleteRemote', path: pathOfKey(op.key), sizeBytes: remote.sizeBytes });
  });
  told();
  work.tally.deleted += 1;
  work.changedKeys.add(remote.objectKey);
}

/** The marker of a folder that is still wanted is written before its last child goes, or the folder would be read as deleted (rule 28). */
async function keepFoldersAbove(work: Work, key: EntryKey, goingToo: ReadonlySet<EntryKey>): Promise<void> {
  const except = new Set([...goingToo, key]);
  for (const folder of ancestorsOf(pathOfKey(key))) {
    const row = work.index.row(work.rootId, keyOf(folder, 'folder'));
    if (row === null) continue;
    if (row.local === null) {
      except.add(row.key);
      continue;
    }
    if (work.index.anyBelow(work.rootId, folder, 'remote', except)) return;
    const empty = new Uint8Array(0);
    await work.store.put(`${folder}/` as StoreKey, empty, { sizeBytes: 0, sha256: sha256Of(empty), metadata: {}, signal: work.signal });
    work.index.setRemote(work.rootId, row.key, folderRemote(row.key));
    return;
  }
}

async function deleteRemoteFolder(work: Work, op: Operation, goingToo: ReadonlySet<EntryKey>): Promise<void> {
  const path = pathOfKey(op.key);
  const drop = (row: Row): void => {
    work.index.transaction(() => {
      work.index.setBase(work.rootId, row.key, null);
      work.index.setRemote(work.rootId, row.key, null);
    });
  };
  if (work.index.anyBelow(work.rootId, path, 'remote', new Set())) {
    // Something new lies in it there: the folder comes back with it.
    work.index.setBase(work.rootId, op.key, null);
    return;
  }
  await keepFoldersAbove(work, op.key, goingToo);
  await work.store.remove((op.row.remote?.objectKey ?? op.key) as StoreKey);
  drop(op.row);
  work.changedKeys.add(op.key as string as StoreKey);
}

export async function deleteLocal(work: Work, op: Operation): Promise<void> {
  const { local } = op.row;
  if (local === null) throw new AppError('stale');
  if (kindOfKey(op.key) === 'folder') return deleteLocalFolder(work, op, local.diskPath);
  const object = await work.store.head((op.row.remote?.objectKey ?? op.key) as StoreKey);
  if (object !== null && object.deletionClaimedAtMs === null) {
    // What a look finds and the list did not is hidden, never deleted (rule 2).
    await lookAtKey(work, object.key);
    return;
  }
  const journalId = work.index.openJournal({ rootId: work.rootId, kind: 'deleteLocal', key: op.key, otherKey: null, state: {} });
  // Where the disk fails it stays open, and is looked at before anything else: what was saved at that instant may lie in the trash.
  const trashed = await work.local.trash(local.diskPath, expectedStat({ local }), work.runId());
  work.index.closeJournal(journalId);
  if (!trashed.ok) return lookAtDisk(work, op.key, local.diskPath);
  const told = work.index.transaction(() => {
    work.index.setBase(work.rootId, op.key, null);
    work.index.setLocal(work.rootId, op.key, null);
    work.index.notePassed(work.rootId, 'deleteLocal', work.clock.nowMs(), 1);
    return record(work, { kind: 'deleteLocal', path: pathOfKey(op.key), sizeBytes: local.sizeBytes });
  });
  told();
  work.tally.deleted += 1;
}

async function deleteLocalFolder(work: Work, op: Operation, diskPath: string): Promise<void> {
  const path = pathOfKey(op.key);
  const children = work.index.anyBelow(work.rootId, path, 'local', new Set());
  const removed = children ? null : await work.local.removeFolder(diskPath);
  if (removed !== null && (removed.ok || removed.why === 'absent')) {
    work.index.transaction(() => {
      work.index.setBase(work.rootId, op.key, null);
      work.index.setLocal(work.rootId, op.key, null);
    });
    return;
  }
  // Not empty: what is in it decides; it is kept and no longer counted as agreed (rule 28).
  work.lookAgain.folders.add(path);
  work.index.setBase(work.rootId, op.key, null);
}
