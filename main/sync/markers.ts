/** The marks by which a root and a library are known again: another disk or bucket in the same place is never synced with (rules 2, 11, 12, 29). */
import { hash } from 'node:crypto';
import { AppError } from '../base/app-error.ts';
import type { RootRecord } from './index-port.ts';
import { readOwnObject } from './own-objects.ts';
import type { ETag, RootMarker, RemoteStore, Sha256, StoreKey, LocalRoot } from './ports.ts';

export const ownPrefix = '.strata/';
/** Kept copies of what a sync replaced or deleted, where the store keeps no versions. */
export const remoteTrashPrefix = `${ownPrefix}trash/`;
/** `~` sorts behind Strata's other keys, so that a listing which jumps over them still meets it. */
export const libraryMarkerKey = '.strata/~library' as StoreKey;

export interface LibraryMarker {
  readonly libraryId: string;
  readonly createdAtMs: number;
  /** STORE text of the cold store, named here and nowhere else (rule 7). */
  readonly coldStore: string | null;
}

export async function readLibraryMarker(store: RemoteStore): Promise<LibraryMarker | null> {
  return (await readMarkerVersion(store))?.marker ?? null;
}

/** With the version that was read, for whoever writes it anew. */
export async function readMarkerVersion(store: RemoteStore): Promise<{ readonly marker: LibraryMarker; readonly etag: ETag } | null> {
  // A bit that flipped on the way would pair the folder with a library that is nowhere.
  const found = await readOwnObject(store, libraryMarkerKey, 65_536);
  if (found === null) return null;
  if (found.bytes === null) throw new AppError('library_changed');
  return { marker: parseLibraryMarker(found.bytes.toString('utf8')), etag: found.object.etag };
}

export function parseLibraryMarker(text: string): LibraryMarker {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'libraryId' in value && typeof value.libraryId === 'string') {
      const created = 'createdAtMs' in value && typeof value.createdAtMs === 'number' ? value.createdAtMs : 0;
      const cold = 'coldStore' in value && typeof value.coldStore === 'string' ? value.coldStore : null;
      return { libraryId: value.libraryId, createdAtMs: created, coldStore: cold };
    }
  } catch {
    // Falls through: a mark that can't be read is not ours to trust.
  }
  throw new AppError('library_changed');
}

/** The library's mark, made if there is none; of two devices that make it at once one wins and both use that. */
export async function ensureLibraryMarker(store: RemoteStore, fresh: LibraryMarker): Promise<LibraryMarker> {
  const found = await readLibraryMarker(store);
  if (found !== null) return found;
  const bytes = Buffer.from(JSON.stringify(fresh), 'utf8');
  const answer = await store.put(libraryMarkerKey, bytes, { sizeBytes: bytes.length, sha256: sha256Of(bytes), ifNoneMatch: '*', metadata: { contentType: 'application/json' } });
  if (answer.ok) return fresh;
  const winner = await readLibraryMarker(store);
  if (winner === null) throw new AppError('library_changed');
  return winner;
}

/** Throws unless the folder is the paired one: present, and with our mark. */
export async function checkRoot(local: LocalRoot, expect: Pick<RootMarker, 'rootId' | 'libraryId'>, rootPath: string): Promise<RootMarker> {
  const { marker } = await local.identify();
  if (marker === null || marker.rootId !== expect.rootId || marker.libraryId !== expect.libraryId) throw new AppError('root_changed', { root: rootPath });
  return marker;
}

/** Throws unless the place is the library this root was paired with, and still names the same cold store: a device that can't list both would take what moved for deleted (rule 7). */
export async function checkLibrary(store: RemoteStore, root: Pick<RootRecord, 'libraryId' | 'name' | 'coldAddress'>): Promise<void> {
  const marker = await readLibraryMarker(store);
  if (marker === null || marker.libraryId !== root.libraryId) throw new AppError('library_changed', { root: root.name });
  if (marker.coldStore !== root.coldAddress) throw new AppError('cold_store_changed', { root: root.name });
}

export function sha256Of(bytes: Uint8Array): Sha256 {
  return hash('sha256', bytes, 'hex') as Sha256;
}
export function md5Of(bytes: Uint8Array): string {
  return hash('md5', bytes, 'hex');
}
/** ETag of an object made of parts with these MD5s: the MD5 of the MD5s, and how many they are. */
export function etagOfParts(md5Hexes: readonly string[]): string {
  return `${hash('md5', Buffer.from(md5Hexes.join(''), 'hex'), 'hex')}-${md5Hexes.length}`;
}
/** What a server-side copy in one part gives. */
export function onePartEtag(md5Hex: string): string {
  return etagOfParts([md5Hex]);
}
