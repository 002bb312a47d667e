/** Sends one file or folder up: hashed before the first byte, conditional, looked at again, and recorded in one transaction (rules 13, 16, 17, 28). */
import { kindOfKey, pathOfKey, type EntryKey } from '../../../shared/relative-path.ts';
import { AppError, asAppError } from '../../base/app-error.ts';
import type { BaseEntry, Row } from '../index-port.ts';
import { md5Of, sha256Of } from '../markers.ts';
import type { Operation } from '../plan/operation.ts';
import type { Answer, ETag, LocalStat, ObjectMetadata, Sha256, StoreKey, WriteCondition, Written } from '../ports.ts';
import { diskPathFor, folderBase, folderRemote, localSeenOf, markFoldersPresent, objectKeyFor, record, sameStat, type Work } from '../work.ts';
import { uploadInParts } from './multipart.ts';
import { lookAtKey } from './look.ts';
import { keepRemoteVersion } from './remote-trash.ts';

/** Above this a file goes up in parts, so that a restart goes on where it stopped. */
export const multipartThresholdBytes = 16 * 1024 * 1024;

export async function upload(work: Work, op: Operation): Promise<void> {
  if (kindOfKey(op.key) === 'folder') return uploadFolder(work, op);
  const diskPath = op.row.local?.diskPath ?? diskPathFor(work, op.key);
  const { local } = op.row;
  if (local === null) throw new AppError('file_vanished');
  if (local.sizeBytes > multipartThresholdBytes) return uploadInParts(work, op, diskPath);
  const read = await work.local.readWhole(diskPath);
  if (!read.ok) throw new AppError(read.why === 'absent' ? 'file_vanished' : 'file_changed');
  const { bytes, stat } = read.value;
  const sha256 = sha256Of(bytes);
  if (isOnlyTouched(op.row, sha256, stat, work)) return refreshStat(work, op, diskPath, stat, sha256);
  const key = objectKeyFor(op.row);
  const expectEtag = op.row.remote?.etag ?? null;
  if (expectEtag !== null) await keepRemoteVersion(work, key, expectEtag, op.row.remote?.sizeBytes ?? 0);
  const journalId = work.index.openJournal({ rootId: work.rootId, kind: 'upload', key: op.key, otherKey: null, state: { sha256, sizeBytes: bytes.length, expectEtag } });
  const transfer = work.transfers.start({ id: `u${journalId}`, key: op.key, path: pathOfKey(op.key), direction: 'up', sizeBytes: bytes.length, startedAtMs: work.clock.nowMs() });
  try {
    const request = { sizeBytes: bytes.length, sha256, metadata: metadataFor(op.row, stat, sha256, work), signal: work.signal, onSent: (sent: number) => transfer.add(sent) };
    const answer = await conditionalPut(work, key, bytes, request, conditionFor(expectEtag));
    await finishUpload(work, op, { diskPath, stat, sha256, answer, journalId });
  } catch (thrown) {
    await afterLostAnswer(work, op, key, { journalId, sha256, md5: md5Of(bytes), thrown });
  } finally {
    transfer.end();
  }
}

function isOnlyTouched(row: Row, sha256: Sha256, stat: LocalStat, work: Work): boolean {
  return row.base !== null && row.remote !== null && row.base.sha256 === sha256 && row.base.etag === row.remote.etag && (!work.holdsExecutable || row.base.executable === stat.executable);
}

/** Equal hash after a touch refreshes the row's stat and nothing else (rule 27). */
function refreshStat(work: Work, op: Operation, diskPath: string, stat: LocalStat, sha256: Sha256): void {
  work.index.setLocal(work.rootId, op.key, { ...localSeenOf(diskPath, stat, sha256), executable: bit(work, op.row, stat) });
}
function bit(work: Work, row: Row, stat: LocalStat): boolean {
  return work.holdsExecutable ? stat.executable : (row.base?.executable ?? false);
}

export function metadataFor(row: Row, stat: LocalStat, sha256: Sha256, work: Work): ObjectMetadata {
  const parent = row.base?.sha256;
  return { sha256, mtimeNs: stat.mtimeNs, executable: bit(work, row, stat), contentType: contentTypeFor(row.key), ...(parent === undefined || parent === sha256 ? {} : { parentSha256: parent }) };
}
export function conditionFor(expectEtag: ETag | null): WriteCondition {
  return expectEtag === null ? { ifNoneMatch: '*' } : { ifMatch: expectEtag };
}

/** Where a store ignores conditions, looking first is all there is (the doctor says: one device at a time). */
export async function conditionalPut(work: Work, key: StoreKey, bytes: Uint8Array, request: Parameters<Work['store']['put']>[2], condition: WriteCondition): Promise<Answer<Written>> {
  const honoured = condition.ifMatch === undefined ? work.profile.conditionalPut : work.profile.conditionalPutIfMatch;
  if (!honoured) {
    const there = await work.store.head(key, work.signal);
    if ((there?.etag ?? null) !== (condition.ifMatch ?? null)) return { ok: false, why: there === null ? 'absent' : 'precondition' };
  }
  return work.store.put(key, bytes, { ...request, ...(honoured ? condition : {}) });
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
  const executable = bit(work, op.row, stat);
  const base: BaseEntry = { sha256, sizeBytes: stat.sizeBytes, executable, resident: true, store: 'warm', etag: answer.value.etag, versionId: answer.value.versionId };
  const told = work.index.transaction(() => {
    const now = work.index.row(work.rootId, op.key);
    const sameAsPlanned = now?.local && op.row.local && sameStat(now.local, op.row.local);
    if (sameAsPlanned) work.index.setLocal(work.rootId, op.key, { ...localSeenOf(done.diskPath, stat, sha256), executable });
    work.index.setBase(work.rootId, op.key, base);
    work.index.setRemote(work.rootId, op.key, { objectKey: objectKeyFor(op.row), sizeBytes: stat.sizeBytes, etag: answer.value.etag, modifiedMs: null, sha256, mtimeNs: stat.mtimeNs, executable, tier: 'warm', storageClass: 'STANDARD', versionId: answer.value.versionId });
    markFoldersPresent(work, pathOfKey(op.key));
    work.index.closeJournal(done.journalId);
    return record(work, { kind: 'upload', path: pathOfKey(op.key), sizeBytes: stat.sizeBytes });
  });
  told();
  work.tally.uploaded += 1;
  work.tally.bytesUp += stat.sizeBytes;
  work.changedKeys.add(objectKeyFor(op.row));
}

/** A PUT without an answer may have been done: the key is looked at, and what is ours becomes base (rule 17). The journal row stays until then. */
async function afterLostAnswer(work: Work, op: Operation, key: StoreKey, lost: { journalId: number; sha256: Sha256; md5: string; thrown: unknown }): Promise<void> {
  const error = asAppError(lost.thrown);
  if (error.code === 'internal' || error.code === 'file_vanished') work.index.closeJournal(lost.journalId);
  if (!answerMayBeLost(error)) {
    work.index.closeJournal(lost.journalId);
    throw error;
  }
  const settled = await settleLostUpload(work, { key: op.key, objectKey: key, sha256: lost.sha256, expectEtag: op.row.remote?.etag ?? null }).catch(() => false);
  if (settled) work.index.closeJournal(lost.journalId);
  throw error;
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
    work.index.setBase(work.rootId, lost.key, { sha256: lost.sha256, sizeBytes: object.sizeBytes, executable: object.executable, resident: row?.base?.resident ?? true, store: 'warm', etag: object.etag, versionId: object.versionId });
    work.index.setRemote(work.rootId, lost.key, { objectKey: lost.objectKey, sizeBytes: object.sizeBytes, etag: object.etag, modifiedMs: object.lastModifiedMs, sha256: lost.sha256, mtimeNs: object.mtimeNs, executable: object.executable, tier: 'warm', storageClass: object.storageClass, versionId: object.versionId });
    markFoldersPresent(work, pathOfKey(lost.key));
    record(work, { kind: 'upload', path: pathOfKey(lost.key), sizeBytes: object.sizeBytes });
  });
  work.tally.uploaded += 1;
  work.changedKeys.add(lost.objectKey);
  return true;
}

async function uploadFolder(work: Work, op: Operation): Promise<void> {
  const path = pathOfKey(op.key);
  const present = (): void => {
    work.index.transaction(() => {
      work.index.setRemote(work.rootId, op.key, folderRemote(op.key));
      work.index.setBase(work.rootId, op.key, folderBase);
      markFoldersPresent(work, path);
    });
  };
  if (work.index.anyBelow(work.rootId, path, 'remote', new Set())) return present();
  if (work.index.anyBelow(work.rootId, path, 'local', new Set())) {
    // Files below are on their way; the folder is there with the first of them.
    return;
  }
  if (work.index.below(work.rootId, path, { after: '', limit: 1 }).length > 0) {
    // A folder unknown to base that holds only skipped things is not sent (rule 28).
    work.index.setFrozen(work.rootId, op.key, { code: 'only_skipped', detail: '' });
    return;
  }
  const empty = new Uint8Array(0);
  const key = op.key as string as StoreKey;
  await work.store.put(key, empty, { sizeBytes: 0, sha256: sha256Of(empty), metadata: {}, signal: work.signal });
  present();
  work.changedKeys.add(key);
}

const contentTypes: Readonly<Record<string, string>> = {
  txt: 'text/plain', md: 'text/markdown', html: 'text/html', css: 'text/css', csv: 'text/csv', js: 'text/javascript', mjs: 'text/javascript', ts: 'text/x-typescript', json: 'application/json', xml: 'application/xml', pdf: 'application/pdf', zip: 'application/zip',
  gz: 'application/gzip', tar: 'application/x-tar', png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', avif: 'image/avif', heic: 'image/heic', svg: 'image/svg+xml', mp3: 'audio/mpeg', flac: 'audio/flac', wav: 'audio/wav', ogg: 'audio/ogg',
  mp4: 'video/mp4', mov: 'video/quicktime', mkv: 'video/x-matroska', webm: 'video/webm', doc: 'application/msword', docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', xls: 'application/vnd.ms-excel', xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ppt: 'application/vnd.ms-powerpoint', pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation', odt: 'application/vnd.oasis.opendocument.text', ods: 'application/vnd.oasis.opendocument.spreadsheet',
};
/** From the name, as other S3 tools do; unknown endings are plain bytes. */
export function contentTypeFor(key: EntryKey): string {
  return contentTypes[key.slice(key.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}
