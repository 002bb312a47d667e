/** Merges listings and looks at single keys into the rows; a key that was not listed is gone only after a complete listing of every store (rules 2, 7, 10, 11, 16, 28). */
import { ancestorsOf, keyOf, pathOfKey, type EntryKey, type RelativePath } from '../../shared/relative-path.ts';
import type { ErrorCode } from '../../shared/api/errors.ts';
import { asAppError } from '../base/app-error.ts';
import { libraryMarkerKey, ownPrefix } from './markers.ts';
import { beginMerge, changedOf, isImpliedFolder, mergeObject, note, rowForKey, sweepUnseen, type Merge } from './merge-listing.ts';
import { observeCold } from './observe-cold.ts';
import type { RemoteStore, StoreKey } from './ports.ts';
import { isStale } from './stores/stale-copies.ts';
import { storesOf } from './stores/two-stores.ts';
import type { Work } from './work.ts';

export interface RemoteObservation {
  readonly complete: boolean;
  readonly code: ErrorCode | null;
  readonly changed: readonly EntryKey[] | 'many';
  readonly looked: number;
}
/** A whole listing, page by page, of every store; complete only when every page parsed and the library's marker was in each (rule 11). */
export async function observeRemote(work: Work, ignoreText: string | null, onLooked: (count: number) => void = () => undefined): Promise<RemoteObservation> {
  const state = beginMerge(work, ignoreText);
  const upTo = work.index.highestId();
  const { warm, cold } = storesOf(work.store);
  try {
    await listWarm(state, warm, onLooked);
    if (!state.markerSeen) return { complete: false, code: 'library_changed', changed: changedOf(state), looked: state.looked };
    if (cold !== null) {
      if (!(await observeCold(state, warm, cold, onLooked))) return { complete: false, code: 'library_changed', changed: changedOf(state), looked: state.looked };
      // What went from cold to warm between the two looks is in neither list, though it was always there (rule 7).
      if (anythingUnseen(state, upTo)) await listWarm(state, warm, onLooked);
    }
  } catch (thrown) {
    return { complete: false, code: asAppError(thrown).code, changed: changedOf(state), looked: state.looked };
  }
  sweepUnseen(state, upTo);
  return { complete: true, code: null, changed: changedOf(state), looked: state.looked };
}

async function listWarm(state: Merge, warm: RemoteStore, onLooked: (count: number) => void): Promise<void> {
  const { work } = state;
  let request: { token?: string; startAfter?: string } = {};
  for (;;) {
    state.requestedAt = work.touched.next();
    const page = await warm.list({ ...request, maxKeys: 1000, signal: work.signal });
    work.index.transaction(() => page.objects.forEach((object) => mergeObject(state, object)));
    state.looked += page.objects.length;
    onLooked(state.looked);
    if (page.next === null) return;
    const last = page.objects[page.objects.length - 1]?.key ?? '';
    // Strata's own keys below the marker say nothing about the tree: the listing jumps over them (rule 34).
    request = last.startsWith(ownPrefix) && last < libraryMarkerKey ? { startAfter: `${ownPrefix}~` } : { token: page.next };
  }
}

function anythingUnseen(state: Merge, upTo: number): boolean {
  const { work } = state;
  for (let afterId: number | null = 0; afterId !== null; ) {
    const found = work.index.unseen(work.rootId, 'remote', state.seen, { afterId, upTo, limit: 5000 });
    if (found.rows.length > 0) return true;
    afterId = found.lastId;
  }
  return false;
}

/** Looks at single keys that a hint named: one HEAD each, no listing. */
export async function observeKeys(work: Work, keys: readonly StoreKey[], ignoreText: string | null): Promise<RemoteObservation> {
  const state = beginMerge(work, ignoreText);
  const emptied = new Set<RelativePath>();
  for (const key of keys) {
    if (key.startsWith(ownPrefix)) continue;
    const row = rowForKey(work, key);
    if (row !== null && work.touched.inFlight(row.key)) continue;
    state.requestedAt = work.touched.next();
    const object = await work.store.head(key, work.signal);
    if (object === null || object.deletionClaimedAtMs !== null || (await isStale(work, row, object))) {
      if (row?.remote && work.touched.mayMerge(row.key, state.requestedAt)) {
        if (!isImpliedFolder(work, row)) work.index.setRemote(work.rootId, row.key, null);
        note(state, row.key);
        for (const folder of ancestorsOf(pathOfKey(row.key))) emptied.add(folder);
        if (row.key.endsWith('/')) emptied.add(pathOfKey(row.key));
      }
      continue;
    }
    work.index.transaction(() => {
      mergeObject(state, object);
      const merged = rowForKey(work, key);
      // A HEAD tells the executable bit, which a listing does not (rule 27).
      if (merged?.remote && !merged.key.endsWith('/') && merged.remote.etag === object.etag && merged.remote.executable !== object.executable && work.touched.mayMerge(merged.key, state.requestedAt)) {
        work.index.setRemote(work.rootId, merged.key, { ...merged.remote, executable: object.executable, mtimeNs: object.mtimeNs });
        note(state, merged.key);
      }
    });
  }
  await dropEmptiedFolders(state, emptied);
  return { complete: true, code: null, changed: changedOf(state), looked: keys.length };
}

/** A folder whose last known key went is asked for by one small listing of its prefix (rule 28). */
async function dropEmptiedFolders(state: Merge, folders: ReadonlySet<RelativePath>): Promise<void> {
  const { work } = state;
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
    const key = keyOf(folder, 'folder');
    const row = work.index.row(work.rootId, key);
    if (!row?.remote || work.index.anyBelow(work.rootId, folder, 'remote', new Set())) continue;
    const page = await work.store.list({ prefix: row.remote.objectKey, maxKeys: 1, signal: work.signal });
    if (page.objects.length > 0) continue;
    work.index.setRemote(work.rootId, key, null);
    note(state, key);
  }
}

