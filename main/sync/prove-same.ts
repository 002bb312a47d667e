/** Before anything is planned: what only changed its name or its store is proved to be the same content, so that no byte travels for it (rules 14, 17, 21). */
import type { Row } from './index-port.ts';
import { onePartEtag } from './markers.ts';
import type { HashedFile, StoreKey } from './ports.ts';
import { isTwoStores } from './stores/two-stores.ts';
import type { Work } from './work.ts';

const duePage = 256;

export async function proveSame(work: Work): Promise<void> {
  if (isTwoStores(work.store)) await eachDue(work, (row) => proveMoved(work, row));
  // Renames made elsewhere are only asked about when something is gone there.
  if (work.index.anyRemoteGone(work.rootId)) await eachDue(work, (row) => proveRenamed(work, row));
}

async function eachDue(work: Work, prove: (row: Row) => Promise<void>): Promise<void> {
  let after = '';
  for (;;) {
    const rows = work.index.due(work.rootId, { after, limit: duePage, nowMs: work.clock.nowMs() });
    for (const row of rows) await prove(row);
    const last = rows[rows.length - 1];
    if (rows.length < duePage || last === undefined) return;
    after = last.key;
  }
}

/** Moved from one store to the other elsewhere: a new version mark, and the bytes on this disk reproduce it. */
async function proveMoved(work: Work, row: Row): Promise<void> {
  const { local, remote, base } = row;
  if (local === null || remote === null || base === null || row.key.endsWith('/')) return;
  if (remote.sha256 !== null || remote.etag === base.etag || remote.store === base.store || remote.sizeBytes !== base.sizeBytes || local.sha256 !== base.sha256) return;
  const hashed = await work.local.hash(local.diskPath, { withEtags: true, signal: work.signal });
  if (!hashed.ok || hashed.value.sha256 !== base.sha256) return;
  if (!etagIsOf(hashed.value, remote.etag)) {
    const object = await work.store.head(remote.objectKey, work.signal);
    if (object === null || object.etag !== remote.etag || object.storeSha256 !== base.sha256) return;
  }
  work.index.setRemote(work.rootId, row.key, { ...remote, sha256: base.sha256 });
}

/** Candidates of equal size are confirmed by one HEAD, and proved by an ETag the bytes here reproduce (rule 21). */
async function proveRenamed(work: Work, row: Row): Promise<void> {
  const { remote } = row;
  if (remote === null || row.base !== null || row.local !== null || remote.sha256 !== null || remote.sizeBytes === 0 || row.key.endsWith('/')) return;
  if (work.index.remoteGoneOfSize(work.rootId, remote.sizeBytes).length === 0) return;
  const object = await work.store.head(remote.objectKey as StoreKey, work.signal);
  if (object === null || object.etag !== remote.etag) return;
  for (const candidate of work.index.remoteGoneOfSize(work.rootId, remote.sizeBytes, object.claimedSha256)) {
    const { local, base } = candidate;
    if (local === null || base === null || local.sha256 !== base.sha256) continue;
    const hashed = await work.local.hash(local.diskPath, { withEtags: true, signal: work.signal });
    if (!hashed.ok || hashed.value.sha256 !== base.sha256) continue;
    const proved = object.storeSha256 === base.sha256 || object.etag === base.etag || etagIsOf(hashed.value, object.etag);
    if (!proved) continue;
    work.index.setRemote(work.rootId, row.key, { ...remote, sha256: base.sha256, executable: object.executable, mtimeNs: object.mtimeNs });
    return;
  }
}

/** An ETag that these bytes reproduce: MD5, MD5 of our parts, or a copy in one part. */
function etagIsOf(hashed: HashedFile, etag: string): boolean {
  return hashed.md5 !== null && (etag === hashed.md5 || etag === hashed.partsEtag || etag === onePartEtag(hashed.md5));
}
