/** Sends a large file in parts and goes on after a restart with the parts that the store already has (rules 5, 13, 32). */
import { createHash } from 'node:crypto';
import { pathOfKey } from '../../../shared/relative-path.ts';
import { AppError, asAppError } from '../../base/app-error.ts';
import type { JournalRow } from '../index-port.ts';
import { md5Of } from '../markers.ts';
import type { Operation } from '../plan/operation.ts';
import type { Answer, ETag, LocalStat, Sha256, StoreKey, UploadedPart, Written } from '../ports.ts';
import { objectKeyFor, type Work } from '../work.ts';
import { keepRemoteVersion } from './remote-trash.ts';
import { answerMayBeLost, conditionFor, finishUpload, metadataFor, settleLostUpload } from './finish-upload.ts';

export const partBytes = 8 * 1024 * 1024;
const partsAtOnce = 3;
/** 10,000 parts at most (S3): the part grows so that none needs more. */
export function partSizeFor(sizeBytes: number): number {
  return Math.max(partBytes, Math.ceil(sizeBytes / 10_000 / 1_048_576) * 1_048_576);
}

export async function uploadInParts(work: Work, op: Operation, diskPath: string): Promise<void> {
  const hashed = await work.local.hash(diskPath, { signal: work.signal });
  if (!hashed.ok) throw new AppError(hashed.why === 'absent' ? 'file_vanished' : 'file_changed');
  const { sha256, stat } = hashed.value;
  const key = objectKeyFor(op.row);
  const expectEtag = op.row.remote?.etag ?? null;
  const resumed = resumable(work, op, sha256);
  const journalId = resumed?.id ?? work.index.openJournal({ rootId: work.rootId, kind: 'upload', key: op.key, otherKey: null, state: { sha256, sizeBytes: stat.sizeBytes, expectEtag } });
  const transfer = work.transfers.start({ id: `u${journalId}`, key: op.key, path: pathOfKey(op.key), direction: 'up', sizeBytes: stat.sizeBytes, startedAtMs: work.clock.nowMs() });
  let uploadId = resumed?.state.uploadId ?? null;
  try {
    let have = uploadId === null ? [] : await work.store.listParts(key, uploadId).catch((thrown: unknown) => goneOrThrow(thrown));
    if (have === null) {
      uploadId = null;
      have = [];
    }
    if (uploadId === null) {
      uploadId = await work.store.startUpload(key, metadataFor(op.row, stat, sha256, work));
      work.index.updateJournal(journalId, { sha256, sizeBytes: stat.sizeBytes, expectEtag, uploadId });
    }
    const parts = await sendParts(work, { key, uploadId, diskPath, stat, sha256, have, sent: (bytes) => transfer.add(bytes) });
    if (expectEtag !== null) await keepRemoteVersion(work, key, expectEtag, op.row.remote?.sizeBytes ?? 0);
    const answer = await completeChecked(work, key, uploadId, parts, expectEtag);
    if (!answer.ok) await work.store.abortUpload(key, uploadId).catch(() => undefined);
    await finishUpload(work, op, { diskPath, stat, sha256, answer, journalId });
  } catch (thrown) {
    await afterFailure(work, op, { thrown, key, uploadId, journalId, sha256 });
  } finally {
    transfer.end();
  }
}

/** Only an upload of this very content, begun by this journal, is gone on with. */
function resumable(work: Work, op: Operation, sha256: Sha256): JournalRow | null {
  const rows = work.index.journal(work.rootId).filter((row) => row.kind === 'upload' && row.key === op.key && row.state.uploadId !== undefined);
  const fitting = rows.find((row) => row.state.sha256 === sha256 && (row.state.expectEtag ?? null) === (op.row.remote?.etag ?? null)) ?? null;
  for (const row of rows) {
    if (row === fitting) continue;
    work.index.closeJournal(row.id);
    if (row.state.uploadId !== undefined) void work.store.abortUpload(objectKeyFor(op.row), row.state.uploadId).catch(() => undefined);
  }
  return fitting;
}
function goneOrThrow(thrown: unknown): null {
  if (asAppError(thrown).code === 'upload_gone') return null;
  throw thrown;
}

interface Sending {
  readonly key: StoreKey;
  readonly uploadId: string;
  readonly diskPath: string;
  readonly stat: LocalStat;
  readonly sha256: Sha256;
  readonly have: readonly UploadedPart[];
  readonly sent: (bytes: number) => void;
}

/** Reads the file once, in order; the whole is hashed again on the way, so that a torn read never becomes a version (rule 13). */
async function sendParts(work: Work, sending: Sending): Promise<UploadedPart[]> {
  const size = partSizeFor(sending.stat.sizeBytes);
  const whole = createHash('sha256');
  const existing = new Map(sending.have.map((part) => [part.number, part]));
  const parts: UploadedPart[] = [];
  const running = new Set<Promise<void>>();
  let failed: unknown = null;
  const send = async (number: number, bytes: Uint8Array): Promise<void> => {
    const known = existing.get(number);
    const part = known?.sizeBytes === bytes.length && known.etag === md5Of(bytes) ? known : await work.store.putPart(sending.key, sending.uploadId, number, bytes, work.signal);
    parts.push(part);
    sending.sent(bytes.length);
  };
  let number = 0;
  for (let start = 0; start < sending.stat.sizeBytes && failed === null; start += size) {
    const end = Math.min(start + size, sending.stat.sizeBytes) - 1;
    const giveBack = await work.memory.take(end - start + 1);
    const bytes = await readRange(work, sending.diskPath, start, end).catch((thrown: unknown) => {
      giveBack();
      throw thrown;
    });
    whole.update(bytes);
    number += 1;
    const task = send(number, bytes)
      .catch((thrown: unknown) => void (failed = thrown))
      .finally(() => {
        giveBack();
        running.delete(task);
      });
    running.add(task);
    if (running.size >= partsAtOnce) await Promise.race(running);
  }
  await Promise.all(running);
  if (failed !== null) throw asAppError(failed);
  const now = await work.local.stat(sending.diskPath);
  if (whole.digest('hex') !== sending.sha256 || now === null || now.mtimeNs !== sending.stat.mtimeNs || now.sizeBytes !== sending.stat.sizeBytes || now.inode !== sending.stat.inode) throw new AppError('file_changed');
  return parts.sort((a, b) => a.number - b.number);
}

async function readRange(work: Work, diskPath: string, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start + 1);
  let filled = 0;
  for await (const chunk of work.local.read(diskPath, { start, end })) {
    if (filled + chunk.length > bytes.length) throw new AppError('file_changed');
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  if (filled !== bytes.length) throw new AppError('file_changed');
  return bytes;
}

async function completeChecked(work: Work, key: StoreKey, uploadId: string, parts: readonly UploadedPart[], expectEtag: ETag | null): Promise<Answer<Written>> {
  if (!work.profile.conditionalComplete) {
    const there = await work.store.head(key, work.signal);
    if ((there?.etag ?? null) !== expectEtag) return { ok: false, why: 'precondition' };
    return work.store.completeUpload(key, uploadId, parts, {});
  }
  return work.store.completeUpload(key, uploadId, parts, conditionFor(expectEtag));
}

async function afterFailure(work: Work, op: Operation, failure: { thrown: unknown; key: StoreKey; uploadId: string | null; journalId: number; sha256: Sha256 }): Promise<void> {
  const error = asAppError(failure.thrown);
  if (answerMayBeLost(error)) {
    // The Complete may have been done; if not, the parts stay for the next try.
    const object = await work.store.head(failure.key).catch(() => null);
    if (object !== null && object.claimedSha256 === failure.sha256 && object.etag !== op.row.remote?.etag) {
      await settleLostUpload(work, { key: op.key, objectKey: failure.key, sha256: failure.sha256, expectEtag: op.row.remote?.etag ?? null });
      work.index.closeJournal(failure.journalId);
    }
    throw error;
  }
  if (error.code === 'file_changed' || error.code === 'file_vanished' || error.code === 'object_changed') {
    work.index.closeJournal(failure.journalId);
    if (failure.uploadId !== null) await work.store.abortUpload(failure.key, failure.uploadId).catch(() => undefined);
  } else if (failure.uploadId === null) work.index.closeJournal(failure.journalId);
  throw error;
}
