/** How a listed or looked-at object becomes a row: hostile and clashing names are skipped with their reason, folders are implied, and what was not seen is swept (rules 2, 9, 10, 16, 28). */
import { ancestorsOf, keyOf, parentOf, parseRelativePath, pathOfKey, type EntryKey, type RelativePath } from '../../shared/relative-path.ts';
import type { ErrorCode } from '../../shared/api/errors.ts';
import { folderEtag, type RemoteSeen, type Row } from './index-port.ts';
import { libraryMarkerKey, ownPrefix } from './markers.ts';
import type { ListedObject, RemoteObject, StoreKey } from './ports.ts';
import { createSeenBits, type SeenBits } from './seen-bits.ts';
import { isArchived } from './storage-class.ts';
import { folderRemote, remoteSeenOf, roleOf, type Work } from './work.ts';

const manyChanges = 2000;

export interface Merge {
  readonly work: Work;
  readonly seen: SeenBits;
  requestedAt: number;
  readonly changed: EntryKey[];
  many: boolean;
  readonly folders: Set<string>;
  lastParent: string | null;
  markerSeen: boolean;
  looked: number;
  ignoreText: string | null;
}

export function beginMerge(work: Work, ignoreText: string | null): Merge {
  return { work, seen: createSeenBits(), requestedAt: work.touched.next(), changed: [], many: false, folders: new Set(), lastParent: null, markerSeen: false, looked: 0, ignoreText };
}
export function changedOf(state: Merge): readonly EntryKey[] | 'many' {
  return state.many ? 'many' : state.changed;
}
export function note(state: Merge, key: EntryKey): void {
  if (state.changed.length < manyChanges) state.changed.push(key);
  else state.many = true;
}
export function rowForKey(work: Work, key: StoreKey): Row | null {
  return work.index.row(work.rootId, key.normalize('NFC') as EntryKey) ?? work.index.row(work.rootId, key as string as EntryKey);
}
export function isImpliedFolder(work: Work, row: Row): boolean {
  return row.key.endsWith('/') && work.index.anyBelow(work.rootId, pathOfKey(row.key), 'remote', new Set());
}

export function mergeObject(state: Merge, object: ListedObject): void {
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
  const unchanged = row?.remote && row.remote.etag === object.etag && row.remote.objectKey === object.key && row.remote.store === roleOf(object);
  if (unchanged && (isHead(object) || row.remote.modifiedMs === object.lastModifiedMs)) return;
  if (unchanged && row.remote.modifiedMs === null) {
    // Our own write: a listing tells its time for the first time.
    work.index.setRemote(work.rootId, key, { ...row.remote, modifiedMs: object.lastModifiedMs });
    return;
  }
  const refusal = row === null ? refusalOf(state, parsed.path, key) : null;
  // An equal version mark in the other store is the same content as far as that mark proved it here.
  const kept = row?.remote?.etag === object.etag ? row.remote.sha256 : null;
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
    tier: isArchived(object.storageClass) ? 'archive' : roleOf(object), store: roleOf(object), storageClass: object.storageClass, versionId: null,
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
  // The same version in the other store: only where it lies has moved (rule 17).
  if (row?.base != null && row.base.etag === seen.etag && row.base.store !== seen.store) work.index.setBase(work.rootId, key, { ...row.base, store: seen.store });
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

export function sweepUnseen(state: Merge, upTo: number): void {
  const { work } = state;
  let afterId = 0;
  for (;;) {
    const page = work.index.transaction(() => {
      const found = work.index.unseen(work.rootId, 'remote', state.seen, { afterId, upTo, limit: 5000 });
      for (const row of found.rows) {
        if (!work.touched.mayMerge(row.key, state.requestedAt)) continue;
        work.index.setRemote(work.rootId, row.key, null);
        // A name that was skipped only because of the place is no row any more once it is gone there; one that this disk has too is found again.
        if (row.frozen !== null && row.local === null && remoteReasons.has(row.frozen.code)) {
          work.index.setFrozen(work.rootId, row.key, null);
          work.lookAgain.folders.add(parentOf(pathOfKey(row.key)));
        }
        note(state, row.key);
      }
      return found;
    });
    if (page.lastId === null) return;
    afterId = page.lastId;
  }
}
const remoteReasons: ReadonlySet<ErrorCode> = new Set(['key_hostile', 'name_clash', 'name_reserved', 'name_unsupported', 'name_too_long', 'is_ignored']);
