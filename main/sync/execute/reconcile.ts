/** Both sides hold something: equal content is adopted with proof, a newer version is taken, two edits are both kept (rules 14, 17, 23). */
import { kindOfKey, keyOf, pathOfKey, type RelativePath } from '../../../shared/relative-path.ts';
import { AppError } from '../../base/app-error.ts';
import type { BaseEntry } from '../index-port.ts';
import { onePartEtag } from '../markers.ts';
import type { Operation } from '../plan/operation.ts';
import type { HashedFile, RemoteObject, Sha256 } from '../ports.ts';
import { expectedStat, folderBase, localSeenOf, record, remoteSeenOf, roleOf, type Work } from '../work.ts';
import { download, fetchObject } from './download.ts';
import { lookAtDisk, lookAtKey } from './look.ts';

/** The table said adopt: both hashes are known and equal. */
export async function adopt(work: Work, op: Operation): Promise<void> {
  const { local, remote, base } = op.row;
  if (local === null || remote === null) throw new AppError('stale');
  if (kindOfKey(op.key) === 'folder') {
    work.index.setBase(work.rootId, op.key, folderBase);
    return;
  }
  if (local.sha256 === null) throw new AppError('stale');
  await settleNew(work, op);
  const entry: BaseEntry = { sha256: local.sha256, sizeBytes: local.sizeBytes, executable: remote.executable ?? base?.executable ?? local.executable, resident: true, store: remote.store, etag: remote.etag, versionId: remote.versionId };
  work.index.setBase(work.rootId, op.key, entry);
}

/** With a base its absence means a deletion, so the name must be as lasting as the base: a download that was cut off may have left one that is not. */
async function settleNew(work: Work, op: Operation): Promise<void> {
  if (op.row.base === null && op.row.local !== null) await work.local.settleName(op.row.local.diskPath);
}

/** keepBoth of the table: first finds out whether it really is two edits. */
export async function reconcile(work: Work, op: Operation): Promise<void> {
  if (kindOfKey(op.key) === 'folder') return adopt(work, op);
  const { local, remote, base } = op.row;
  if (local === null || remote === null) throw new AppError('stale');
  await settleNew(work, op);
  const hashed = await work.local.hash(local.diskPath, { withEtags: local.sizeBytes === remote.sizeBytes, signal: work.signal });
  if (!hashed.ok) return lookAtDisk(work, op.key, local.diskPath);
  const mine = hashed.value;
  if (local.sizeBytes === remote.sizeBytes && etagProves(mine, remote.etag)) {
    if (await bitDiffers(work, op, mine)) return;
    return adoptProved(work, op, mine, null);
  }
  const object = await work.store.head(remote.objectKey, work.signal);
  if (object === null || object.etag !== remote.etag || object.deletionClaimedAtMs !== null) return lookAtKey(work, remote.objectKey);
  if (object.storeSha256 === mine.sha256) return adoptProved(work, op, mine, object);
  // The version there replaced exactly what is here: it is just newer (rule 17). Or the content here is what was agreed.
  if (object.parentSha256 === mine.sha256 || (base !== null && mine.sha256 === base.sha256)) {
    work.index.setLocal(work.rootId, op.key, { ...localSeenOf(local.diskPath, mine.stat, mine.sha256), executable: local.executable });
    return download(work, { ...op, row: { ...op.row, local: { ...local, ...localSeenOf(local.diskPath, mine.stat, mine.sha256) } } });
  }
  if (mightBeKnown(object, mine, base?.sha256 ?? null)) {
    const theirs = await readHash(work, op);
    if (theirs === null) return lookAtKey(work, remote.objectKey);
    if (theirs === mine.sha256) return adoptProved(work, op, mine, object);
    if (base !== null && base.resident && theirs === base.sha256) return takeTheirMark(work, op, { mine, object, base });
  }
  await keepBoth(work, op, mine.sha256);
}

/** An ETag that the local bytes reproduce proves the content: MD5, MD5 of our parts, or a copy in one part. */
function etagProves(mine: HashedFile, etag: string): boolean {
  return mine.md5 !== null && (etag === mine.md5 || etag === mine.partsEtag || etag === onePartEtag(mine.md5));
}
/** Worth reading: sizes agree, or its claim says it is what both agreed on. */
function mightBeKnown(object: RemoteObject, mine: HashedFile, baseSha: Sha256 | null): boolean {
  const equalSize = object.sizeBytes === mine.stat.sizeBytes;
  if (object.claimedSha256 === null) return equalSize;
  return object.claimedSha256 === mine.sha256 || (baseSha !== null && object.claimedSha256 === baseSha);
}
async function readHash(work: Work, op: Operation): Promise<Sha256 | null> {
  const arrived = await fetchObject(work, op, () => undefined);
  if (arrived === null) return null;
  await arrived.incoming.discard();
  return arrived.sha256;
}

/** With equal content only the bit can differ: the side that changed it wins; without a base the one that has it. */
async function bitDiffers(work: Work, op: Operation, mine: HashedFile): Promise<boolean> {
  const { remote, local, base } = op.row;
  if (remote === null || local === null || !work.holdsExecutable || (remote.executable === null && base !== null)) return false;
  const bit = remote.executable ?? (await work.store.head(remote.objectKey, work.signal))?.executable ?? null;
  if (bit === null || bit === mine.stat.executable) return false;
  const wanted = base === null ? true : bit === base.executable ? mine.stat.executable : bit;
  if (wanted !== mine.stat.executable) {
    const set = await work.local.setExecutable(local.diskPath, wanted, mine.stat);
    if (!set.ok) {
      await lookAtDisk(work, op.key, local.diskPath);
      return true;
    }
    adoptProved(work, { ...op, row: { ...op.row, remote: { ...remote, executable: wanted } } }, { ...mine, stat: set.value }, null);
    return true;
  }
  // The bit here wins: agreed content, and the difference goes up as an edit of the bit.
  work.index.transaction(() => {
    work.index.setLocal(work.rootId, op.key, { ...localSeenOf(local.diskPath, mine.stat, mine.sha256), executable: mine.stat.executable });
    work.index.setRemote(work.rootId, op.key, { ...remote, executable: bit, sha256: mine.sha256 });
    work.index.setBase(work.rootId, op.key, { sha256: mine.sha256, sizeBytes: mine.stat.sizeBytes, executable: bit, resident: true, store: remote.store, etag: remote.etag, versionId: remote.versionId });
  });
  return true;
}

function adoptProved(work: Work, op: Operation, mine: HashedFile, object: RemoteObject | null): void {
  const { local, remote } = op.row;
  if (local === null || remote === null) return;
  const seen = object === null ? { ...remote, sha256: mine.sha256 } : remoteSeenOf(object, mine.sha256);
  const executable = work.holdsExecutable ? mine.stat.executable : (seen.executable ?? local.executable);
  work.index.transaction(() => {
    work.index.setLocal(work.rootId, op.key, { ...localSeenOf(local.diskPath, mine.stat, mine.sha256), executable });
    work.index.setRemote(work.rootId, op.key, seen);
    work.index.setBase(work.rootId, op.key, { sha256: mine.sha256, sizeBytes: mine.stat.sizeBytes, executable: seen.executable ?? executable, resident: true, store: seen.store, etag: seen.etag, versionId: seen.versionId });
  });
}

/** Only the version mark or the executable bit moved there; what is here is the only edit, and it keeps the bit set there (rule 27). Both are agreed on now, or the row would be asked about for ever. */
async function takeTheirMark(work: Work, op: Operation, seen: { mine: HashedFile; object: RemoteObject; base: BaseEntry }): Promise<void> {
  const { local } = op.row;
  const { mine, object, base } = seen;
  if (local === null) throw new AppError('stale');
  let { stat } = mine;
  if (work.holdsExecutable && stat.executable === base.executable && stat.executable !== object.executable) {
    const set = await work.local.setExecutable(local.diskPath, object.executable, stat);
    if (!set.ok) return lookAtDisk(work, op.key, local.diskPath);
    stat = set.value;
  }
  work.index.transaction(() => {
    work.index.setLocal(work.rootId, op.key, { ...localSeenOf(local.diskPath, stat, mine.sha256), executable: work.holdsExecutable ? stat.executable : object.executable });
    work.index.setRemote(work.rootId, op.key, remoteSeenOf(object, base.sha256));
    work.index.setBase(work.rootId, op.key, { ...base, executable: object.executable, store: roleOf(object), etag: object.etag, versionId: object.versionId });
  });
}

/** The local copy is renamed (to a name free here, in the rows and there), both then sync as ordinary files. */
async function keepBoth(work: Work, op: Operation, sha256: Sha256): Promise<void> {
  const { local } = op.row;
  if (local === null) throw new AppError('stale');
  const path = pathOfKey(op.key);
  const taken = new Set<string>();
  for (let round = 0; round < 20; round += 1) {
    const isTaken = (name: RelativePath): boolean => taken.has(name) || work.index.row(work.rootId, keyOf(name, 'file')) !== null || work.index.row(work.rootId, keyOf(name, 'folder')) !== null;
    const copy = work.names.conflictName(path, work.root.deviceName, work.clock.nowMs(), isTaken);
    const there = await work.store.head(copy as string as NonNullable<typeof op.row.remote>['objectKey'], work.signal);
    if (there !== null) {
      taken.add(copy);
      continue;
    }
    const cut = local.diskPath.lastIndexOf('/');
    const target = `${cut < 0 ? '' : local.diskPath.slice(0, cut + 1)}${copy.slice(copy.lastIndexOf('/') + 1)}`;
    const journalId = work.index.openJournal({ rootId: work.rootId, kind: 'keepBoth', key: op.key, otherKey: keyOf(copy, 'file'), state: { sha256 } });
    const moved = await work.local.rename(local.diskPath, target, expectedStat({ local })).finally(() => work.index.closeJournal(journalId));
    if (!moved.ok && moved.why === 'exists') {
      taken.add(copy);
      continue;
    }
    if (!moved.ok) return lookAtDisk(work, op.key, local.diskPath);
    const told = work.index.transaction(() => {
      // Base goes first: what comes down now is new here, and nothing reads as deleted in between.
      work.index.setBase(work.rootId, op.key, null);
      work.index.setLocal(work.rootId, op.key, null);
      work.index.setLocal(work.rootId, keyOf(copy, 'file'), { ...localSeenOf(target, moved.value, sha256), executable: local.executable });
      work.index.addConflict({ id: work.random(), rootId: work.rootId, path, copyPath: copy, device: work.root.deviceName, atMs: work.clock.nowMs(), here: true, baseSha256: op.row.base?.sha256 ?? null });
      return record(work, { kind: 'keepBoth', path, otherPath: copy, sizeBytes: local.sizeBytes });
    });
    told();
    work.tally.conflicts += 1;
    work.emit({ type: 'conflict' });
    return;
  }
  throw new AppError('name_clash');
}
