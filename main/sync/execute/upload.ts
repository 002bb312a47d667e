/** Sends one file or folder up: hashed before the first byte, conditional, looked at again, and recorded in one transaction (rules 13, 16, 17, 28). */
import { kindOfKey, pathOfKey } from '../../../shared/relative-path.ts';
import { AppError, asAppError } from '../../base/app-error.ts';
import type { Row } from '../index-port.ts';
import { md5Of, sha256Of } from '../markers.ts';
import type { Operation } from '../plan/operation.ts';
import type { Answer, LocalStat, Sha256, StoreKey, WriteCondition, Written } from '../ports.ts';
import { diskPathFor, folderBase, folderRemote, localSeenOf, markFoldersPresent, objectKeyFor, type Work } from '../work.ts';
import { answerMayBeLost, bitToSend, conditionFor, finishUpload, metadataFor, settleLostUpload } from './finish-upload.ts';
import { uploadInParts } from './multipart.ts';
import { keepRemoteVersion } from './remote-trash.ts';

/** Above this a file goes up in parts, so that a restart goes on where it stopped. */
export const multipartThresholdBytes = 16 * 1024 * 1024;

export async function upload(work: Work, op: Operation): Promise<void> {
  if (kindOfKey(op.key) === 'folder') return uploadFolder(work, op);
  const diskPath = op.row.local?.diskPath ?? diskPathFor(work, op.key);
  const { local } = op.row;
  if (local === null) throw new AppError('file_vanished');
  if (local.sizeBytes > multipartThresholdBytes) return uploadInParts(work, op, diskPath);
  const giveBack = await work.memory.take(local.sizeBytes);
  try {
    await uploadWhole(work, op, diskPath);
  } finally {
    giveBack();
  }
}

async function uploadWhole(work: Work, op: Operation, diskPath: string): Promise<void> {
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
  work.index.setLocal(work.rootId, op.key, { ...localSeenOf(diskPath, stat, sha256), executable: bitToSend(work, op.row, stat) });
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
