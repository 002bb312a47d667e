/** Rule 3: where a file and a folder have one name the file gives way, first in the place, then here, by a name that is the same on every device. */
import { keyOf, pathOfKey, type RelativePath } from '../../../shared/relative-path.ts';
import { AppError } from '../../base/app-error.ts';
import type { RemoteSeen, Row } from '../index-port.ts';
import { sha256Of } from '../markers.ts';
import type { Operation } from '../plan/operation.ts';
import type { ETag, ObjectMetadata, Sha256, StoreKey } from '../ports.ts';
import { expectedStat, localSeenOf, record, remoteSeenOf, type Work } from '../work.ts';
import { fetchObject } from './download.ts';
import { lookAtDisk, lookAtKey } from './look.ts';
import { removeObject } from './remove-object.ts';

export async function giveWay(work: Work, op: Operation): Promise<void> {
  const row = work.index.row(work.rootId, op.key);
  if (row === null || (row.local === null && row.remote === null)) return;
  if (row.remote !== null && !(await giveWayThere(work, { ...op, row }, row.remote))) return;
  if (row.local !== null) await giveWayHere(work, op, row.local);
}

function freeName(work: Work, op: Operation, sha256: Sha256): RelativePath {
  const holdsOther = (row: Row | null): boolean => row !== null && ![row.local?.sha256, row.remote?.sha256, row.base?.sha256].includes(sha256);
  return work.names.fileBesideFolderName(pathOfKey(op.key), sha256, (name) => work.index.row(work.rootId, keyOf(name, 'folder')) !== null || holdsOther(work.index.row(work.rootId, keyOf(name, 'file'))));
}

/** True when the name is free there. */
async function giveWayThere(work: Work, op: Operation, remote: RemoteSeen): Promise<boolean> {
  const { objectKey, etag, sizeBytes } = remote;
  const { local, base } = op.row;
  let sha256 = base !== null && base.etag === etag ? base.sha256 : (remote.sha256 ?? null);
  if (sha256 === null) {
    const arrived = await fetchObject(work, op, () => undefined);
    if (arrived === null) {
      await lookAtKey(work, objectKey);
      return false;
    }
    await arrived.incoming.discard();
    sha256 = arrived.sha256;
  }
  const name = freeName(work, op, sha256);
  const target = name as string as StoreKey;
  const described = await work.store.head(objectKey, work.signal);
  if (described === null || described.etag !== etag) {
    await lookAtKey(work, objectKey);
    return false;
  }
  const metadata: ObjectMetadata = { sha256, executable: described.executable, ...(described.mtimeNs === null ? {} : { mtimeNs: described.mtimeNs }) };
  if (!(await copyThere(work, objectKey, target, { sha256, etag, sizeBytes, metadata }))) throw new AppError('kind_clash');
  if (!(await removeObject(work, objectKey, etag, sizeBytes, { keep: false }))) {
    await lookAtKey(work, objectKey);
    return false;
  }
  const copy = await work.store.head(target, work.signal);
  const told = work.index.transaction(() => {
    work.index.setRemote(work.rootId, op.key, null);
    work.index.setBase(work.rootId, op.key, null);
    if (copy !== null) work.index.setRemote(work.rootId, keyOf(name, 'file'), remoteSeenOf(copy, sha256));
    return local === null ? record(work, { kind: 'keepBoth', path: pathOfKey(op.key), otherPath: name, sizeBytes }) : null;
  });
  told?.();
  work.changedKeys.add(objectKey);
  work.changedKeys.add(target);
  return true;
}

/** Another device may have made the same copy a moment ago: then it is as good as ours. */
async function copyThere(work: Work, from: StoreKey, to: StoreKey, content: { sha256: Sha256; etag: ETag; sizeBytes: number; metadata: ObjectMetadata }): Promise<boolean> {
  const { sha256, etag, sizeBytes, metadata } = content;
  const empty = new Uint8Array(0);
  const answer = sizeBytes === 0
    ? await work.store.put(to, empty, { sizeBytes: 0, sha256: sha256Of(empty), metadata, ifNoneMatch: '*', signal: work.signal })
    : await work.store.copy(from, to, { sourceIfMatch: etag, sizeBytes, metadata });
  if (answer.ok) return true;
  const there = await work.store.head(to, work.signal);
  return there !== null && there.deletionClaimedAtMs === null && there.claimedSha256 === sha256 && there.sizeBytes === sizeBytes;
}

async function giveWayHere(work: Work, op: Operation, local: NonNullable<Row['local']>): Promise<void> {
  const hashed = await work.local.hash(local.diskPath, { signal: work.signal });
  if (!hashed.ok) return lookAtDisk(work, op.key, local.diskPath);
  const { sha256 } = hashed.value;
  const name = freeName(work, op, sha256);
  const cut = local.diskPath.lastIndexOf('/');
  const target = `${cut < 0 ? '' : local.diskPath.slice(0, cut + 1)}${name.slice(name.lastIndexOf('/') + 1)}`;
  const moved = await work.local.rename(local.diskPath, target, expectedStat({ local }));
  if (!moved.ok) return moved.why === 'exists' ? dropSecondCopy(work, op, { local, sha256, target }) : lookAtDisk(work, op.key, local.diskPath);
  const told = work.index.transaction(() => {
    work.index.setBase(work.rootId, op.key, null);
    work.index.setLocal(work.rootId, op.key, null);
    work.index.setLocal(work.rootId, keyOf(name, 'file'), { ...localSeenOf(target, moved.value, sha256), executable: local.executable });
    return record(work, { kind: 'keepBoth', path: pathOfKey(op.key), otherPath: name, sizeBytes: local.sizeBytes });
  });
  told();
}

/** The renamed file came down from the place before this disk's own one gave way (a crash between the two): the second copy of the same bytes goes to the trash. */
async function dropSecondCopy(work: Work, op: Operation, copy: { local: NonNullable<Row['local']>; sha256: Sha256; target: string }): Promise<void> {
  const { local, sha256, target } = copy;
  const there = await work.local.hash(target, { signal: work.signal });
  if (!there.ok || there.value.sha256 !== sha256) return lookAtDisk(work, op.key, local.diskPath);
  const trashed = await work.local.trash(local.diskPath, expectedStat({ local }), work.runId());
  if (!trashed.ok) return lookAtDisk(work, op.key, local.diskPath);
  work.index.transaction(() => {
    work.index.setBase(work.rootId, op.key, null);
    work.index.setLocal(work.rootId, op.key, null);
  });
}
