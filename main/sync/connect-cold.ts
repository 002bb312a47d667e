/** Opens the library's cold store beside the warm one: named by the library's mark and nowhere else, and itself marked, so that another bucket in its place is never taken for it (rules 7, 11). */
import { AppError } from '../base/app-error.ts';
import type { RootRecord } from './index-port.ts';
import { ensureLibraryMarker, libraryMarkerKey, readLibraryMarker, readMarkerVersion, sha256Of, type LibraryMarker } from './markers.ts';
import type { RemoteStore, StoreProfile } from './ports.ts';
import { knownProfile } from './known-profile.ts';
import type { EngineDeps } from './root-engine.ts';
import { createTwoStores, jointProfile } from './stores/two-stores.ts';

export interface OpenLibrary {
  readonly root: RootRecord;
  readonly profile: StoreProfile;
  readonly store: RemoteStore;
}
const mostTries = 5;

/** `root` is paired. Throws `cold_store_refused` when the library names another cold store than this device was given, and what opening it throws. */
export async function openLibrary(deps: EngineDeps, root: RootRecord, warmProfile: StoreProfile): Promise<OpenLibrary> {
  const named = await nameOfCold(deps, root);
  if (named === null) return { root, profile: warmProfile, store: deps.store };
  const known = { ...root, coldAddress: named };
  if (root.coldAddress !== named) deps.index.saveRoot({ ...(deps.index.root(root.id) ?? known), coldAddress: named });
  const cold = await deps.openCold(named);
  const marker = await readLibraryMarker(cold);
  if (marker === null || marker.libraryId !== root.libraryId) throw new AppError('library_changed', { root: root.name });
  const coldProfile = await knownProfile(deps, cold);
  const store = createTwoStores({ warm: deps.store, cold, warmProfile, coldProfile, clock: deps.clock, random: deps.random });
  return { root: known, profile: jointProfile(warmProfile, coldProfile), store };
}

/** The address as the library's mark has it; this device's wish is written there when nothing is named yet. */
async function nameOfCold(deps: EngineDeps, root: RootRecord): Promise<string | null> {
  const { coldAddress } = root;
  for (let round = 0; round < mostTries; round += 1) {
    const read = await readMarkerVersion(deps.store);
    if (read === null) throw new AppError('library_changed', { root: root.name });
    const { marker, etag } = read;
    if (marker.coldStore !== null) {
      if (coldAddress !== null && !deps.isSamePlace(coldAddress, marker.coldStore)) throw new AppError('cold_store_refused', { detail: 'another than the one this place names already' });
      return marker.coldStore;
    }
    if (coldAddress === null) return null;
    await claimCold(await deps.openCold(coldAddress), deps, marker);
    const bytes = Buffer.from(JSON.stringify({ ...marker, coldStore: coldAddress }), 'utf8');
    // Of two devices that name one at once, one is refused and reads what the other named.
    const written = await deps.store.put(libraryMarkerKey, bytes, { sizeBytes: bytes.length, sha256: sha256Of(bytes), ifMatch: etag, metadata: { contentType: 'application/json' } });
    if (written.ok) return coldAddress;
  }
  throw new AppError('cold_store_changed', { root: root.name });
}

/** The mark goes into the cold store before the library names it: a named store without a mark is the wrong one. */
async function claimCold(cold: RemoteStore, deps: EngineDeps, library: LibraryMarker): Promise<void> {
  if (cold.description.identity === deps.store.description.identity) throw new AppError('cold_store_refused', { detail: 'the same as the place itself' });
  const marker = await ensureLibraryMarker(cold, { libraryId: library.libraryId, createdAtMs: library.createdAtMs, coldStore: null });
  if (marker.libraryId !== library.libraryId) throw new AppError('cold_store_refused', { detail: 'one that belongs to another library' });
}
