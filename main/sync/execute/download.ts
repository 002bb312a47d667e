/** Brings one file or folder down: temp, verify, then placed without replacing what was not expected (rules 14, 15). */
import { createHash } from 'node:crypto';
import { kindOfKey, pathOfKey } from '../../../shared/relative-path.ts';
import { AppError } from '../../base/app-error.ts';
import type { BaseEntry } from '../index-port.ts';
import { judgedBytes, looksDamaged } from '../plan/damage.ts';
import type { Operation } from '../plan/operation.ts';
import type { ETag, IncomingFile, LocalStat, RemoteObject, Sha256 } from '../ports.ts';
import { diskPathFor, expectedStat, folderBase, localSeenOf, record, remoteSeenOf, roleOf, type Work } from '../work.ts';
import { lookAtDisk, lookAtKey } from './look.ts';

export interface Arrived {
  readonly object: RemoteObject;
  readonly sha256: Sha256;
  readonly incoming: IncomingFile;
  /** The first bytes, for the guard (F63). */
  readonly head: Uint8Array;
}

export async function download(work: Work, op: Operation): Promise<void> {
  if (kindOfKey(op.key) === 'folder') return downloadFolder(work, op);
  const { remote } = op.row;
  if (remote === null) throw new AppError('object_missing');
  const refused = work.local.refusesName(pathOfKey(op.key));
  if (refused !== null) throw new AppError(refused);
  if (remote.tier === 'archive') return adoptArchived(work, op);
  const journalId = work.index.openJournal({ rootId: work.rootId, kind: 'download', key: op.key, otherKey: null, state: { expectEtag: remote.etag } });
  const transfer = work.transfers.start({ id: `d${journalId}`, key: op.key, path: pathOfKey(op.key), direction: 'down', sizeBytes: remote.sizeBytes, startedAtMs: work.clock.nowMs() });
  let arrived: Arrived | null = null;
  try {
    arrived = await fetchObject(work, op, (bytes) => transfer.add(bytes));
    if (arrived === null) await lookAtKey(work, remote.objectKey);
    else await placeArrived(work, op, arrived);
    work.index.closeJournal(journalId);
  } catch (thrown) {
    // While it is placed a disk that fails leaves it open: what was saved at that instant may lie in the trash.
    if (arrived === null) work.index.closeJournal(journalId);
    throw thrown;
  } finally {
    await arrived?.incoming.discard();
    transfer.end();
  }
}

/** The bytes of exactly the version the answer names, verified; null when it is gone or another by now. The caller discards the temp. */
export async function fetchObject(work: Work, op: Operation, onBytes: (bytes: number) => void): Promise<Arrived | null> {
  const { remote } = op.row;
  if (remote === null) return null;
  const answer = await work.store.get(remote.objectKey, { ifMatch: remote.etag, signal: work.signal });
  if (!answer.ok) {
    if (answer.why === 'archived') throw new AppError('object_archived');
    return null;
  }
  const { object, body } = answer.value;
  if (object.deletionClaimedAtMs !== null) return null;
  const free = await work.local.freeBytes();
  if (object.sizeBytes > free) throw new AppError('disk_full');
  const incoming = await work.local.receive(object.sizeBytes);
  try {
    const md5 = createHash('md5');
    let head: Uint8Array = new Uint8Array(0);
    for await (const chunk of body) {
      md5.update(chunk);
      if (head.length < judgedBytes) head = Buffer.concat([head, chunk.subarray(0, judgedBytes - head.length)]);
      await incoming.write(chunk);
      onBytes(chunk.length);
    }
    const { sha256, sizeBytes } = await incoming.finish();
    verify(op, object, { sha256, sizeBytes, md5: md5.digest('hex') });
    return { object, sha256, incoming, head };
  } catch (thrown) {
    await incoming.discard();
    throw thrown;
  }
}

/** Length and ETag decide; a claim in metadata may be stale, since other tools keep it when they rewrite the object (rule 14). */
function verify(op: Operation, object: RemoteObject, got: { sha256: Sha256; sizeBytes: number; md5: string }): void {
  if (got.sizeBytes !== object.sizeBytes) throw new AppError('checksum_mismatch', { got: got.sha256 });
  if (object.storeSha256 !== null && object.storeSha256 !== got.sha256) throw new AppError('checksum_mismatch', { got: got.sha256 });
  if (object.claimedSha256 === got.sha256 || object.etag === got.md5) return;
  // Another tool's object says nothing of its content but its ETag, and only one that looks like an MD5 can be wrong (F43, F46).
  if (object.claimedSha256 === null && !/^[0-9a-f]{32}$/.test(object.etag)) return;
  // An ETag may be opaque and a claim stale: the same bytes twice are believed, other bytes are read again.
  if (op.row.failure?.code === 'checksum_mismatch' && op.row.failure.context['got'] === got.sha256) return;
  throw new AppError('checksum_mismatch', { got: got.sha256 });
}

async function placeArrived(work: Work, op: Operation, arrived: Arrived): Promise<void> {
  const { object, sha256, incoming } = arrived;
  const diskPath = diskPathFor(work, op.key);
  const { local } = op.row;
  if (local !== null && local.sha256 === sha256) {
    const stat = await withBit(work, op, diskPath, object);
    if (stat === null) return lookAtDisk(work, op.key, diskPath);
    return recordArrival(work, op, { diskPath, stat, sha256, object, kind: null, damaged: false });
  }
  const expect = local === null ? null : expectedStat({ local });
  const placed = await work.local.place(incoming, diskPath, { expect, mtimeNs: object.mtimeNs, executable: object.executable, runId: work.runId() });
  if (!placed.ok) return lookAtDisk(work, op.key, diskPath);
  recordArrival(work, op, { diskPath, stat: placed.value, sha256, object, kind: 'download', damaged: local !== null && op.row.base !== null && looksDamaged(arrived.head) });
}

async function withBit(work: Work, op: Operation, diskPath: string, object: RemoteObject): Promise<LocalStat | null> {
  if (op.row.local === null) return null;
  const expect = expectedStat({ local: op.row.local });
  if (work.holdsExecutable && op.row.local.executable !== object.executable) {
    const changed = await work.local.setExecutable(diskPath, object.executable, expect);
    return changed.ok ? changed.value : null;
  }
  return work.local.stat(diskPath);
}

function recordArrival(work: Work, op: Operation, arrival: { diskPath: string; stat: LocalStat; sha256: Sha256; object: RemoteObject; kind: 'download' | null; damaged: boolean }): void {
  const { stat, sha256, object } = arrival;
  const base: BaseEntry = { sha256, sizeBytes: object.sizeBytes, executable: object.executable, resident: true, store: roleOf(object), etag: object.etag, versionId: object.versionId };
  const told = work.index.transaction(() => {
    work.index.setLocal(work.rootId, op.key, { ...localSeenOf(arrival.diskPath, stat, sha256), executable: work.holdsExecutable ? stat.executable : object.executable });
    const now = work.index.row(work.rootId, op.key)?.remote;
    // What a listing saw meanwhile stays: it is due again and comes down next.
    if (now === undefined || now === null || now.etag === op.row.remote?.etag) work.index.setRemote(work.rootId, op.key, remoteSeenOf(object, sha256));
    work.index.setBase(work.rootId, op.key, base);
    if (arrival.damaged) work.index.notePassed(work.rootId, 'overwriteLocal', work.clock.nowMs(), 1);
    return arrival.kind === null ? null : record(work, { kind: 'download', path: pathOfKey(op.key), sizeBytes: object.sizeBytes });
  });
  told?.();
  if (arrival.kind === null) return;
  work.tally.downloaded += 1;
  work.tally.bytesDown += object.sizeBytes;
}

async function downloadFolder(work: Work, op: Operation): Promise<void> {
  const diskPath = diskPathFor(work, op.key);
  const made = await work.local.makeFolder(diskPath);
  const stat = made.ok ? made.value : await work.local.stat(diskPath);
  if (stat === null || stat.kind !== 'folder') return lookAtDisk(work, op.key, diskPath);
  work.index.transaction(() => {
    work.index.setLocal(work.rootId, op.key, localSeenOf(diskPath, stat, null));
    work.index.setBase(work.rootId, op.key, folderBase);
  });
}

/** What arrives archived is online-only; nothing is thawed unasked (rule 18). */
async function adoptArchived(work: Work, op: Operation): Promise<void> {
  await refreshOnlineOnly(work, op);
}
export async function refreshOnlineOnly(work: Work, op: Operation): Promise<void> {
  const { remote } = op.row;
  if (remote === null) return;
  const object = await work.store.head(remote.objectKey, work.signal);
  if (object === null || object.etag !== remote.etag) return lookAtKey(work, remote.objectKey);
  // Not proved, and never used to overwrite anything: an online-only base only says which version is meant.
  const sha256 = object.claimedSha256 ?? (`unread:${object.etag as ETag}` as Sha256);
  work.index.transaction(() => {
    work.index.setRemote(work.rootId, op.key, { ...remoteSeenOf(object, null) });
    work.index.setBase(work.rootId, op.key, { sha256, sizeBytes: object.sizeBytes, executable: object.executable, resident: false, store: roleOf(object), etag: object.etag, versionId: object.versionId });
  });
}
