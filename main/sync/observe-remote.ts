/** Merges listings and looks at single keys into the rows; a key that was not listed is gone only after a complete listing (rules 2, 10, 11, 16, 28). */
import { ancestorsOf, keyOf, parentOf, parseRelativePath, pathOfKey, type EntryKey, type RelativePath } from '../../shared/relative-path.ts';
import type { ErrorCode } from '../../shared/api/errors.ts';
import { asAppError } from '../base/app-error.ts';
import { folderEtag, type RemoteSeen, type Row } from './index-port.ts';
import { libraryMarkerKey, ownPrefix } from './markers.ts';
import type { ListedObject, RemoteObject, StoreKey } from './ports.ts';
import { createSeenBits, type SeenBits } from './seen-bits.ts';
import { folderRemote, isArchived, remoteSeenOf, type Work } from './work.ts';

export interface RemoteObservation {
  readonly complete: boolean;
  readonly code: ErrorCode | null;
  readonly changed: readonly EntryKey[] | 'many';
  readonly looked: number;
}
const manyChanges = 2000;

interface Merge {
  readonly work: Work;
  readonly seen: SeenBits;
  requestedAt: number;
  readonly changed: EntryKey[];
  many: boolean;
  readonly folders: Set<string>;
  lastParent: string | null;
  markerSeen: boolean;
  ignoreText: string | null;
}

/** A whole listing, page by page; complete only when every page parsed and the library's marker was in it (rule 11). */
export async function observeRemote(work: Work, ignoreText: string | null, onLooked: (count: number) => void = () => undefined): Promise<RemoteObservation> {
  const state = beginMerge(work, ignoreText);
  const upTo = work.index.highestId();
  let looked = 0;
  let request: { token?: string; startAfter?: string } = {};
  try {
    for (;;) {
      state.requestedAt = work.touched.next();
      const page = await work.store.list({ ...request, maxKeys: 1000, signal: work.signal });
      const merge = state;
      work.index.transaction(() => page.objects.forEach((object) => mergeObject(merge, object)));
      looked += page.objects.length;
      onLooked(looked);
      if (page.next === null) break;
      const last = page.objects[page.objects.length - 1]?.key ?? '';
      // Strata's own keys below the marker say nothing about the tree: the listing jumps over them (rule 34).
      request = last.startsWith(ownPrefix) && last < libraryMarkerKey ? { startAfter: `${ownPrefix}~` } : { token: page.next };
    }
  } catch (thrown) {
    return { complete: false, code: asAppError(thrown).code, changed: changedOf(state), looked };
  }
  if (!state.markerSeen) return { complete: false, code: 'library_changed', changed: changedOf(state), looked };
  sweepUnseen(state, upTo);
  return { complete: true, code: null, changed: changedOf(state), looked };
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
    if (object === null || object.deletionClaimedAtMs !== null) {
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

function beginMerge(work: Work, ignoreText: string | null): Merge {
  return { work, seen: createSeenBits(), requestedAt: work.touched.next(), changed: [], many: false, folders: new Set(), lastParent: null, markerSeen: false, ignoreText };
}
function changedOf(state: Merge): readonly EntryKey[] | 'many' {
  return state.many ? 'many' : state.changed;
}
function note(state: Merge, key: EntryKey): void {
  if (state.changed.length < manyChanges) state.changed.push(key);
  else state.many = true;
}
function rowForKey(work: Work, key: StoreKey): Row | null {
  return work.index.row(work.rootId, key.normalize('NFC') as EntryKey) ?? work.index.row(work.rootId, key as string as EntryKey);
}
function isImpliedFolder(work: Work, row: Row): boolean {
  return row.key.endsWith('/') && work.index.anyBelow(work.rootId, pathOfKey(row.key), 'remote', new Set());
}

function mergeObject(state: Merge, object: ListedObject): void {
  const { work } = state;
  const raw = object.key as string;
  if (raw.startsWith(ownPrefix)) {
    if (raw === libraryMarkerKey) state.markerSeen = true;
    return;
  }
  const isFolder = raw.endsWith('/');
  const parsed = parseRelativePath(isFolder ? raw.slice(0, -1) : raw);
  if (!parsed.ok) {
    skip(state, raw as EntryKey, object, { code: 'key_hostile', detail: raw });
    return;
  }
  const key = keyOf(parsed.path, isFolder ? 'folder' : 'file');
  seeFolders(state, parsed.path);
  const row = work.index.row(work.rootId, key);
  if (row !== null && row.remote !== null && row.remote.objectKey !== object.key && row.remote.etag !== folderEtag && state.seen.has(row.id)) {
    // Two keys that normalise alike: the first one keeps the name, the second is shown with the reason (F33).
    skip(state, raw as EntryKey, object, { code: 'name_clash', detail: key });
    return;
  }
  if (row !== null) state.seen.add(row.id);
  if (isFolder) {
    if (row?.remote) return;
    merge(state, key, row, folderRemote(key));
    return;
  }
  const unchanged = row?.remote && row.remote.etag === object.etag && row.remote.objectKey === object.key;
  if (unchanged && (isHead(object) || row.remote.modifiedMs === object.lastModifiedMs)) return;
  if (unchanged && row.remote.modifiedMs === null) {
    // Our own write: a listing tells its time for the first time.
    work.index.setRemote(work.rootId, key, { ...row.remote, modifiedMs: object.lastModifiedMs });
    return;
  }
  const refusal = row === null ? refusalOf(state, parsed.path, key) : null;
  const kept = unchanged ? row.remote.sha256 : null;
  merge(state, key, row, seenOf(object, kept));
  if (refusal !== null) work.index.setFrozen(work.rootId, key, refusal);
  // Same bytes, written again: only the executable bit can differ, and a listing does not tell it.
  if (unchanged) work.lookAgain.keys.add(object.key);
}

function isHead(object: ListedObject): object is RemoteObject {
  return 'claimedSha256' in object;
}
function seenOf(object: ListedObject, sha256: RemoteSeen['sha256']): RemoteSeen {
  if (isHead(object)) return remoteSeenOf(object, sha256);
  return {
    objectKey: object.key, sizeBytes: object.sizeBytes, etag: object.etag, modifiedMs: object.lastModifiedMs, sha256, mtimeNs: null, executable: null,
    tier: isArchived(object.storageClass) ? 'archive' : 'warm', storageClass: object.storageClass, versionId: null,
  };
}

function refusalOf(state: Merge, path: RelativePath, key: EntryKey): { code: ErrorCode; detail: string } | null {
  const { work } = state;
  if (work.names.isReserved(path)) return { code: 'name_reserved', detail: path };
  const refused = work.local.refusesName(path);
  if (refused !== null) return { code: refused, detail: path };
  const pattern = work.names.ignoredBy(path, key.endsWith('/'), state.ignoreText);
  return pattern === null ? null : { code: 'is_ignored', detail: pattern };
}

function merge(state: Merge, key: EntryKey, row: Row | null, seen: RemoteSeen): void {
  const { work } = state;
  if (!work.touched.mayMerge(key, state.requestedAt)) {
    if (row !== null) state.seen.add(row.id);
    return;
  }
  state.seen.add(work.index.setRemote(work.rootId, key, seen));
  // Another version may come down where the last one could not.
  if (row !== null && row.failure !== null && row.failure.nextTryAtMs === null && row.remote?.etag !== seen.etag) work.index.setFailure(work.rootId, key, null);
  note(state, key);
}

function skip(state: Merge, key: EntryKey, object: ListedObject, reason: { code: ErrorCode; detail: string }): void {
  const { work } = state;
  const row = work.index.row(work.rootId, key);
  if (row?.frozen?.code === reason.code && row.remote?.etag === object.etag) {
    state.seen.add(row.id);
    return;
  }
  state.seen.add(work.index.setRemote(work.rootId, key, seenOf(object, null)));
  work.index.setFrozen(work.rootId, key, reason);
  note(state, key);
}

/** A folder exists remotely while any key lies below it (rule 28). */
function seeFolders(state: Merge, path: RelativePath): void {
  const { work } = state;
  const parent = parentOf(path);
  if (parent === state.lastParent) return;
  state.lastParent = parent;
  for (const folder of ancestorsOf(path)) {
    if (state.folders.has(folder)) return;
    state.folders.add(folder);
    const key = keyOf(folder, 'folder');
    const row = work.index.row(work.rootId, key);
    if (row !== null) state.seen.add(row.id);
    if (row?.remote) continue;
    const refusal = row === null ? refusalOf(state, folder, key) : null;
    merge(state, key, row, folderRemote(key));
    if (refusal !== null) work.index.setFrozen(work.rootId, key, refusal);
  }
}

function sweepUnseen(state: Merge, upTo: number): void {
  const { work } = state;
  let afterId = 0;
  for (;;) {
    const page = work.index.transaction(() => {
      const found = work.index.unseen(work.rootId, 'remote', state.seen, { afterId, upTo, limit: 5000 });
      for (const row of found.rows) {
        if (!work.touched.mayMerge(row.key, state.requestedAt)) continue;
        work.index.setRemote(work.rootId, row.key, null);
        // A name that was skipped only because of the place is no row any more once it is gone there.
        if (row.frozen !== null && row.local === null && remoteReasons.has(row.frozen.code)) work.index.setFrozen(work.rootId, row.key, null);
        note(state, row.key);
      }
      return found;
    });
    if (page.lastId === null) return;
    afterId = page.lastId;
  }
}
const remoteReasons: ReadonlySet<ErrorCode> = new Set(['key_hostile', 'name_clash', 'name_reserved', 'name_unsupported', 'name_too_long', 'is_ignored']);
