/** Keeps the version that a write or deletion is about to replace: a version where the bucket keeps them, else a copy in the store's trash. */
import { remoteTrashPrefix, sha256Of } from '../markers.ts';
import type { ETag, StoreKey } from '../ports.ts';
import { isTwoStores } from '../stores/two-stores.ts';
import type { Work } from '../work.ts';
import { AppError } from '../../base/app-error.ts';


/** Throws `object_changed` when the object is no longer `etag`: the caller observes again. */
export async function keepRemoteVersion(work: Work, key: StoreKey, etag: ETag, sizeBytes: number): Promise<void> {
  if (work.profile.versioning === 'on') return work.index.noteKeptVersion({ rootId: work.rootId, runId: work.runId(), objectKey: key, etag, sizeBytes });
  const target = `${remoteTrashPrefix}${work.runId()}/${work.random().slice(0, 8)}/${key}` as StoreKey;
  // 1,024 bytes is the longest key; a name that leaves no room for the trash's own part keeps its end.
  const fitting = Buffer.byteLength(target) <= 1024 ? target : (`${remoteTrashPrefix}${work.runId()}/${work.random()}/${[...key].slice(-150).join('')}` as StoreKey);
  if (sizeBytes === 0) {
    const empty = new Uint8Array(0);
    await work.store.put(fitting, empty, { sizeBytes: 0, sha256: sha256Of(empty), metadata: {}, signal: work.signal });
    return;
  }
  const answer = await work.store.copy(key, fitting, { sourceIfMatch: etag, sizeBytes, metadata: {} });
  if (answer.ok) return;
  // Of two stores the archived bytes stay where they are, under a tombstone (rule 7).
  if (answer.why === 'archived' && isTwoStores(work.store)) return;
  throw new AppError(answer.why === 'archived' ? 'object_archived' : 'object_changed');
}
