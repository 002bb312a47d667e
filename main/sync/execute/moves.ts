/** Carries a rename to the other side without sending the bytes again (rules 6, 21); when anything is not as planned the plain operations do the work. */
import { kindOfKey, parentOf, pathOfKey } from '../../../shared/relative-path.ts';
import { AppError } from '../../base/app-error.ts';
import type { BaseEntry } from '../index-port.ts';
import type { Operation } from '../plan/operation.ts';
import type { StoreKey } from '../ports.ts';
import { diskPathFor, expectedStat, localSeenOf, markFoldersPresent, record, roleOf, type Work } from '../work.ts';
import { lookAtDisk, lookAtKey } from './look.ts';
import { removeObject } from './remove-object.ts';
import { contentTypeFor } from './content-type.ts';
import { upload } from './upload.ts';

/** Copies on the store to the new key (never onto something), then removes the old key. */
export async function moveRemote(work: Work, op: Operation): Promise<void> {
  const { from, row } = op;
  const { local } = row;
  if (from?.remote == null || from.base === null || local === null) throw new AppError('stale');
  if (!work.profile.rangedCopy || row.remote !== null) return upload(work, { ...op, kind: 'upload', from: null });
  const stat = await work.local.stat(local.diskPath);
  if (stat === null || stat.mtimeNs !== local.mtimeNs || stat.sizeBytes !== local.sizeBytes || stat.inode !== local.inode) return lookAtDisk(work, op.key, local.diskPath);
  const left = from.vanished?.diskPath ?? pathOfKey(from.key);
  // A folder made since where the file lay does not call it back; a file may be the same one.
  if ((await work.local.stat(left))?.kind === 'file') return lookAtDisk(work, from.key, left);
  const key = op.key as string as StoreKey;
  const { sha256 } = from.base;
  const executable = work.holdsExecutable ? stat.executable : from.base.executable;
  const journalId = work.index.openJournal({ rootId: work.rootId, kind: 'moveRemote', key: op.key, otherKey: from.key, state: { sha256, expectEtag: from.remote.etag } });
  try {
    const copied = await work.store.copy(from.remote.objectKey, key, { sourceIfMatch: from.remote.etag, sizeBytes: from.remote.sizeBytes, metadata: { sha256, mtimeNs: stat.mtimeNs, executable, contentType: contentTypeFor(op.key) } });
    // What is archived can't be copied; the bytes are here.
    if (!copied.ok && copied.why === 'archived') return await upload(work, { ...op, kind: 'upload', from: null });
    if (!copied.ok) {
      await lookAtKey(work, key);
      await lookAtKey(work, from.remote.objectKey);
      return;
    }
    const base: BaseEntry = { sha256, sizeBytes: stat.sizeBytes, executable, resident: true, store: roleOf(copied.value), etag: copied.value.etag, versionId: copied.value.versionId };
    work.index.transaction(() => {
      work.index.setLocal(work.rootId, op.key, { ...localSeenOf(local.diskPath, stat, sha256), executable });
      work.index.setRemote(work.rootId, op.key, { objectKey: key, sizeBytes: stat.sizeBytes, etag: copied.value.etag, modifiedMs: null, sha256, mtimeNs: stat.mtimeNs, executable, tier: roleOf(copied.value), store: roleOf(copied.value), storageClass: 'STANDARD', versionId: copied.value.versionId });
      work.index.setBase(work.rootId, op.key, base);
      markFoldersPresent(work, pathOfKey(op.key));
    });
    work.changedKeys.add(key);
    const gone = await removeObject(work, from.remote.objectKey, from.remote.etag, from.remote.sizeBytes, { keep: false });
    if (!gone) return await lookAtKey(work, from.remote.objectKey);
    const told = work.index.transaction(() => {
      work.index.setRemote(work.rootId, from.key, null);
      work.index.setBase(work.rootId, from.key, null);
      return record(work, { kind: 'moveRemote', path: pathOfKey(op.key), otherPath: pathOfKey(from.key), sizeBytes: stat.sizeBytes });
    });
    told();
    work.tally.moved += 1;
    work.changedKeys.add(from.remote.objectKey);
  } finally {
    work.index.closeJournal(journalId);
  }
}

/** Renames on this disk what was renamed elsewhere; the content of both names was proved equal before planning. */
export async function moveLocal(work: Work, op: Operation): Promise<void> {
  const { from, row } = op;
  const { remote } = row;
  if (from?.local == null || from.base === null || remote === null) throw new AppError('stale');
  const refused = work.local.refusesName(pathOfKey(op.key));
  if (refused !== null) throw new AppError(refused);
  const old = await work.store.head((from.remote?.objectKey ?? from.key) as StoreKey);
  if (old !== null && old.deletionClaimedAtMs === null) return lookAtKey(work, old.key);
  const object = await work.store.head(remote.objectKey);
  if (object === null || object.etag !== remote.etag) return lookAtKey(work, remote.objectKey);
  const target = diskPathFor(work, op.key);
  const journalId = work.index.openJournal({ rootId: work.rootId, kind: 'moveLocal', key: op.key, otherKey: from.key, state: { sha256: from.base.sha256 } });
  try {
    const moved = await work.local.rename(from.local.diskPath, target, expectedStat({ local: from.local }));
    if (!moved.ok) {
      await lookAtDisk(work, from.key, from.local.diskPath);
      return await lookAtDisk(work, op.key, target);
    }
    const { sha256 } = from.base;
    const executable = work.holdsExecutable ? moved.value.executable : object.executable;
    const told = work.index.transaction(() => {
      work.index.setLocal(work.rootId, op.key, { ...localSeenOf(target, moved.value, sha256), executable });
      work.index.setRemote(work.rootId, op.key, { ...remote, sha256, executable: object.executable, mtimeNs: object.mtimeNs });
      work.index.setBase(work.rootId, op.key, { sha256, sizeBytes: object.sizeBytes, executable: object.executable, resident: true, store: roleOf(object), etag: object.etag, versionId: object.versionId });
      work.index.setBase(work.rootId, from.key, null);
      work.index.setLocal(work.rootId, from.key, null);
      return record(work, { kind: 'moveLocal', path: pathOfKey(op.key), otherPath: pathOfKey(from.key), sizeBytes: object.sizeBytes });
    });
    told();
    work.tally.moved += 1;
  } finally {
    work.index.closeJournal(journalId);
  }
}

/**
 * The same name in another spelling, on a disk that holds only one of them (rule 19): the name here follows the place. What
 * both agreed on goes with it, so that a version edited as well comes down as an edit and not as a second file.
 */
export async function respell(work: Work, op: Operation): Promise<void> {
  const { from } = op;
  if (from?.local == null) throw new AppError('stale');
  const source = from.local.diskPath;
  const kind = kindOfKey(op.key);
  const seen = await work.local.stat(source);
  if (seen === null || seen.kind !== kind) return lookAtDisk(work, from.key, source);
  const target = diskPathFor(work, op.key);
  const journalId = work.index.openJournal({ rootId: work.rootId, kind: 'moveLocal', key: op.key, otherKey: from.key, state: {} });
  try {
    const moved = await work.local.rename(source, target, kind === 'folder' ? seen : expectedStat({ local: from.local }));
    if (!moved.ok) return await lookAtDisk(work, from.key, source);
    work.index.transaction(() => {
      const sha256 = from.local?.sha256 ?? null;
      work.index.setLocal(work.rootId, op.key, { ...localSeenOf(target, moved.value, sha256), executable: from.local?.executable ?? false });
      work.index.setBase(work.rootId, op.key, from.base);
      work.index.setBase(work.rootId, from.key, null);
      work.index.setLocal(work.rootId, from.key, null);
    });
    if (kind === 'file') return;
    // Everything below has another path now: the folder is read anew, and what it held is known again by inode.
    work.lookAgain.folders.add(parentOf(pathOfKey(op.key)));
    work.lookAgain.folders.add(pathOfKey(op.key));
    work.lookAgain.folders.add(pathOfKey(from.key));
  } finally {
    work.index.closeJournal(journalId);
  }
}
