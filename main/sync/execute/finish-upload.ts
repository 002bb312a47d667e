/** What every kind of upload shares: metadata, condition, and how its answer (or the lack of one) becomes the row's truth (rules 16, 17). */
import { pathOfKey, type EntryKey } from '../../../shared/relative-path.ts';
import { AppError } from '../../base/app-error.ts';
import type { BaseEntry, Row } from '../index-port.ts';
import type { Operation } from '../plan/operation.ts';
import type { Answer, ETag, LocalStat, ObjectMetadata, Sha256, StoreKey, WriteCondition, Written } from '../ports.ts';
import { localSeenOf, markFoldersPresent, objectKeyFor, record, roleOf, sameStat, type Work } from '../work.ts';
import { contentTypeFor } from './content-type.ts';
import { lookAtKey } from './look.ts';

/** A disk that can't hold the executable bit keeps what both sides agreed on (rule 27). */
export function bitToSend(work: Work, row: Row, stat: LocalStat): boolean {
  return work.holdsExecutable ? stat.executable : (row.base?.executable ?? false);
}

export function metadataFor(row: Row, stat: LocalStat, sha256: Sha256, work: Work): ObjectMetadata {
  const parent = row.base?.sha256;
  return { sha256, mtimeNs: stat.mtimeNs, executable: bitToSend(work, row, stat), contentType: contentTypeFor(row.key), ...(parent === undefined || parent === sha256 ? {} : { parentSha256: parent }) };
}
export function conditionFor(expectEtag: ETag | null): WriteCondition {
  return expectEtag === null ? { ifNoneMatch: '*' } : { ifMatch: expectEtag };
}

interface Finish {
  readonly diskPath: string;
  readonly stat: LocalStat;
  readonly sha256: Sha256;
  readonly answer: Answer<Written>;
  readonly journalId: number;
}

/** The 200 becomes base in one transaction; what the disk shows by then stays as it was seen, so that a newer save is still due. */
export async function finishUpload(work: Work, op: Operation, done: Finish): Promise<void> {
  const { answer, stat, sha256 } = done;
  if (!answer.ok) {
    work.index.closeJournal(done.journalId);
    // Somebody was quicker (or deletes the key right now): look, wait a moment, plan anew.
    throw new AppError('object_changed');
  }
  const executable = bitToSend(work, op.row, stat);
  const base: BaseEntry = { sha256, sizeBytes: stat.sizeBytes, executable, resident: true, store: 'warm', etag: answer.value.etag, versionId: answer.value.versionId };
  const told = work.index.transaction(() => {
    const now = work.index.row(work.rootId, op.key);
    const sameAsPlanned = now?.local && op.row.local && sameStat(now.local, op.row.local);
    if (sameAsPlanned) work.index.setLocal(work.rootId, op.key, { ...localSeenOf(done.diskPath, stat, sha256), executable });
    work.index.setBase(work.rootId, op.key, base);
    work.index.setRemote(work.rootId, op.key, { objectKey: objectKeyFor(op.row), sizeBytes: stat.sizeBytes, etag: answer.value.etag, modifiedMs: null, sha256, mtimeNs: stat.mtimeNs, executable, tier: 'warm', store: 'warm', storageClass: 'STANDARD', versionId: answer.value.versionId });
    // A copy of what was replaced did not outlive it (rule 7).
    work.index.setCold(work.rootId, op.key, null);
    markFoldersPresent(work, pathOfKey(op.key));
    work.index.closeJournal(done.journalId);
    return record(work, { kind: 'upload', path: pathOfKey(op.key), sizeBytes: stat.sizeBytes });
  });
  told();
  work.tally.uploaded += 1;
  work.tally.bytesUp += stat.sizeBytes;
  work.changedKeys.add(objectKeyFor(op.row));
}

export function answerMayBeLost(error: AppError): boolean {
  return error.code === 'network_timeout' || error.code === 'network_unreachable' || error.code === 'store_error' || error.code === 'not_a_store' || error.code === 'cancelled';
}

/** Looks at a key whose upload got no answer. True when the row tells the truth again. */
export async function settleLostUpload(work: Work, lost: { key: EntryKey; objectKey: StoreKey; sha256: Sha256; expectEtag: ETag | null }): Promise<boolean> {
  const object = await work.store.head(lost.objectKey);
  const isOurs = object !== null && object.claimedSha256 === lost.sha256 && object.etag !== lost.expectEtag;
  if (!isOurs) {
    await lookAtKey(work, lost.objectKey);
    return true;
  }
  const row = work.index.row(work.rootId, lost.key);
  work.index.transaction(() => {
    work.index.setBase(work.rootId, lost.key, { sha256: lost.sha256, sizeBytes: object.sizeBytes, executable: object.executable, resident: row?.base?.resident ?? true, store: roleOf(object), etag: object.etag, versionId: object.versionId });
    work.index.setRemote(work.rootId, lost.key, { objectKey: lost.objectKey, sizeBytes: object.sizeBytes, etag: object.etag, modifiedMs: null, sha256: lost.sha256, mtimeNs: object.mtimeNs, executable: object.executable, tier: roleOf(object), store: roleOf(object), storageClass: object.storageClass, versionId: object.versionId });
    markFoldersPresent(work, pathOfKey(lost.key));
    record(work, { kind: 'upload', path: pathOfKey(lost.key), sizeBytes: object.sizeBytes });
  });
  work.tally.uploaded += 1;
  work.changedKeys.add(lost.objectKey);
  return true;
}
