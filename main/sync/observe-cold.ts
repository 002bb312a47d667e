/** Lists the cold store into the rows: what warm does not have is the file, what warm has is a copy behind it, and what was deleted or outlived by an edit is not there (rule 7). */
import { keyOf, parseRelativePath } from '../../shared/relative-path.ts';
import type { Row } from './index-port.ts';
import { libraryMarkerKey, onePartEtag, ownPrefix } from './markers.ts';
import { mergeObject, type Merge } from './merge-listing.ts';
import type { ListedObject, RemoteStore } from './ports.ts';
import { createSeenBits, type SeenBits } from './seen-bits.ts';
import { isStale, wasBehind } from './stores/stale-copies.ts';
import { deletedPrefix, hides, readTombstone, tombstoneKey } from './stores/tombstones.ts';
import type { Work } from './work.ts';

const askedSideBySide = 8;

interface ColdMerge {
  readonly state: Merge;
  readonly warm: RemoteStore;
  readonly cold: RemoteStore;
  /** Keys of tombstones: few, and only a name in it is asked about. */
  readonly tombstones: ReadonlySet<string>;
  readonly seen: SeenBits;
  markerSeen: boolean;
}

/** False when the library's marker was not in the cold listing: it is not the library's cold store. Throws what a store throws. */
export async function observeCold(state: Merge, warm: RemoteStore, cold: RemoteStore, onLooked: (count: number) => void): Promise<boolean> {
  const { work } = state;
  // After the warm listing: what a deletion took from warm meanwhile is named here by now; before the cold one: a tombstone goes only after its cold key is empty.
  const merge: ColdMerge = { state, warm, cold, tombstones: await listTombstones(work, warm), seen: createSeenBits(), markerSeen: false };
  let token: string | undefined;
  do {
    state.requestedAt = work.touched.next();
    const page = await cold.list({ maxKeys: 1000, signal: work.signal, ...(token === undefined ? {} : { token }) });
    const doubtful: ListedObject[] = [];
    work.index.transaction(() => {
      for (const object of page.objects) if (!mergeCold(merge, object)) doubtful.push(object);
    });
    for (let at = 0; at < doubtful.length; at += askedSideBySide) await Promise.all(doubtful.slice(at, at + askedSideBySide).map((object) => askAbout(merge, object)));
    state.looked += page.objects.length;
    onLooked(state.looked);
    token = page.next ?? undefined;
  } while (token !== undefined);
  if (merge.markerSeen) forgetGoneCopies(merge);
  return merge.markerSeen;
}

async function listTombstones(work: Work, warm: RemoteStore): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  let token: string | undefined;
  do {
    const page = await warm.list({ prefix: deletedPrefix, maxKeys: 1000, signal: work.signal, ...(token === undefined ? {} : { token }) });
    for (const object of page.objects) keys.add(object.key);
    token = page.next ?? undefined;
  } while (token !== undefined);
  return keys;
}

/** False when one look at the object itself has to tell what it is. */
function mergeCold(merge: ColdMerge, object: ListedObject): boolean {
  const { state } = merge;
  const { work } = state;
  if (object.key.startsWith(ownPrefix)) {
    if (object.key === libraryMarkerKey) merge.markerSeen = true;
    return true;
  }
  const row = rowOf(work, object);
  if (row !== null && row.remote?.store === 'warm' && state.seen.has(row.id)) {
    keepCopy(merge, row, object);
    return true;
  }
  if (merge.tombstones.has(tombstoneKey(object.key)) || wasBehind(row, object)) return false;
  takeAsFile(merge, object);
  return true;
}

function rowOf(work: Work, object: ListedObject): Row | null {
  if (object.key.endsWith('/')) return null;
  const parsed = parseRelativePath(object.key);
  return parsed.ok ? work.index.row(work.rootId, keyOf(parsed.path, 'file')) : null;
}

/** Equal version marks are equal content, and so is that of a copy in one part; otherwise only who made the copy knows what it is a copy of. */
function keepCopy(merge: ColdMerge, row: Row, object: ListedObject): void {
  const { work } = merge.state;
  merge.seen.add(row.id);
  const warmEtag = row.remote?.etag ?? null;
  const isSame = warmEtag !== null && (object.etag === warmEtag || object.etag === onePartEtag(warmEtag));
  const ofEtag = isSame ? warmEtag : row.cold?.etag === object.etag ? row.cold.ofEtag : null;
  if (row.cold?.etag === object.etag && row.cold.ofEtag === ofEtag && row.cold.atMs === object.lastModifiedMs && row.cold.storageClass === object.storageClass) return;
  if (!work.touched.mayMerge(row.key, merge.state.requestedAt)) return;
  work.index.setCold(work.rootId, row.key, { etag: object.etag, sizeBytes: object.sizeBytes, atMs: object.lastModifiedMs, ofEtag, storageClass: object.storageClass });
}

function takeAsFile(merge: ColdMerge, object: ListedObject): void {
  const { work } = merge.state;
  mergeObject(merge.state, { ...object, inCold: true });
  const row = rowOf(work, object);
  if (row === null) return;
  merge.seen.add(row.id);
  if (row.remote?.store !== 'cold' || row.cold?.etag === object.etag) return;
  work.index.setCold(work.rootId, row.key, { etag: object.etag, sizeBytes: object.sizeBytes, atMs: object.lastModifiedMs, ofEtag: object.etag, storageClass: object.storageClass });
}

async function askAbout(merge: ColdMerge, listed: ListedObject): Promise<void> {
  const { work } = merge.state;
  const object = await merge.cold.head(listed.key, work.signal);
  if (object === null || object.deletionClaimedAtMs !== null || object.etag !== listed.etag) return;
  if (hides(await readTombstone(merge.warm, listed.key), object)) return;
  if (await isStale(work, rowOf(work, listed), { ...object, inCold: true })) return;
  takeAsFile(merge, listed);
}

function forgetGoneCopies(merge: ColdMerge): void {
  const { work } = merge.state;
  for (let afterId: number | null = 0; afterId !== null; ) {
    const found = work.index.coldUnseen(work.rootId, merge.seen, { afterId, limit: 1000 });
    work.index.transaction(() => {
      for (const row of found.rows) if (work.touched.mayMerge(row.key, merge.state.requestedAt)) work.index.setCold(work.rootId, row.key, null);
    });
    afterId = found.lastId;
  }
}
