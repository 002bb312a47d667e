/** Observes one thing again because what was expected is no longer so: a key by HEAD, a path by lstat. */
import { keyOf, parentOf, parseRelativePath, pathOfKey, type EntryKey } from '../../../shared/relative-path.ts';
import type { StoreKey } from '../ports.ts';
import { claimLifetimeMs } from './claim-lifetime.ts';
import { isStale } from '../stores/stale-copies.ts';
import { removeObject } from './remove-object.ts';
import { localSeenOf, remoteSeenOf, sameStat, type Work } from '../work.ts';

export async function lookAtKey(work: Work, objectKey: StoreKey): Promise<void> {
  const object = await work.store.head(objectKey);
  const parsed = parseRelativePath(objectKey);
  if (!parsed.ok) return;
  const key = keyOf(parsed.path, 'file');
  const row = work.index.row(work.rootId, key);
  if (object === null || object.deletionClaimedAtMs !== null || (await isStale(work, row, object))) {
    work.index.setRemote(work.rootId, key, null);
    const now = work.store.storeTimeMs() ?? work.clock.nowMs();
    // Whoever claimed it never finished: the claim is taken over by a claim, so that a newer write can't be hit (rule 4).
    if (object !== null && object.deletionClaimedAtMs !== null && now - object.deletionClaimedAtMs > claimLifetimeMs) await removeObject(work, objectKey, object.etag, object.sizeBytes, { keep: false });
    return;
  }
  const known = row?.remote?.etag === object.etag ? row.remote.sha256 : null;
  work.index.setRemote(work.rootId, key, remoteSeenOf(object, known));
}

export async function lookAtDisk(work: Work, key: EntryKey, diskPath: string): Promise<void> {
  const stat = await work.local.stat(diskPath);
  if (stat === null) {
    if (await work.local.absenceIsCredible(diskPath)) work.index.setLocal(work.rootId, key, null);
    return;
  }
  if (stat.kind !== (key.endsWith('/') ? 'folder' : 'file')) {
    work.lookAgain.folders.add(parentOf(pathOfKey(key)));
    return;
  }
  const row = work.index.row(work.rootId, key);
  const known = row?.local && sameStat(row.local, stat) ? row.local.sha256 : null;
  const executable = work.holdsExecutable ? stat.executable : (row?.base?.executable ?? false);
  work.index.setLocal(work.rootId, key, { ...localSeenOf(diskPath, stat, known), executable: stat.kind === 'file' && executable });
}
