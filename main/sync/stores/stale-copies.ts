/** Cold copies that an edit outlived: they never become the file, on no device (rule 7). */
import { claimSizeBytes } from '../execute/claim-lifetime.ts';
import type { Row } from '../index-port.ts';
import type { ListedObject, RemoteObject } from '../ports.ts';
import type { Work } from '../work.ts';
import { bury } from './tombstones.ts';
import { isTwoStores } from './two-stores.ts';

/** It was seen behind another warm version that is gone now, and nobody here verified that the two are one. */
export function wasBehind(row: Row | null, object: Pick<ListedObject, 'etag'>): boolean {
  if (row === null || row.remote?.store !== 'warm' || row.cold?.etag !== object.etag || row.cold.ofEtag === row.remote.etag) return false;
  // A mover's claim looks like another version in a listing, and hides nothing but what it was put over.
  if (row.remote.sizeBytes === claimSizeBytes && row.remote.sha256 === null) return false;
  // What is a copy of the agreed one is never out of date.
  return row.base === null || (object.etag !== row.base.etag && row.cold.ofEtag !== row.base.etag);
}

/**
 * A cold object that was seen behind a different warm one never becomes the file: an edit outlived it, and its successor was taken
 * away by some other program. It is named in a tombstone, so that no device takes it for the file. Marks that differ prove nothing
 * (the parts may be cut otherwise): a mover may just have taken away the warm one of the same bytes. So it takes another content
 * than that of the last warm version, or another size where nobody here knows its content.
 */
export async function isStale(work: Work, row: Row | null, object: RemoteObject): Promise<boolean> {
  if (object.inCold !== true || !isTwoStores(work.store) || row === null || !wasBehind(row, object)) return false;
  if (!isOther(row, object)) return false;
  await bury(work.store.warm, { key: object.key, sha256: null, warmEtag: null, coldEtag: object.etag, atMs: work.store.storeTimeMs() ?? work.clock.nowMs(), kept: true });
  return true;
}

function isOther({ remote, base }: Row, object: RemoteObject): boolean {
  if (remote === null) return false;
  if (object.sizeBytes !== remote.sizeBytes) return true;
  const outlived = remote.sha256 ?? (base !== null && base.etag === remote.etag ? base.sha256 : null);
  const told = object.storeSha256 ?? object.claimedSha256;
  return outlived !== null && told !== null && told !== outlived;
}
