/** Brings folder and library together: pairs them the first time, and refuses when either is not the one it was (rules 2, 11, 29). */
import { AppError } from '../base/app-error.ts';
import type { RootRecord } from './index-port.ts';
import { checkLibrary, ensureLibraryMarker, readLibraryMarker } from './markers.ts';
import type { LocalRoot, StoreProfile } from './ports.ts';
import type { EngineDeps } from './root-engine.ts';

const profileLifetimeMs = 24 * 3_600_000;

export interface Connection {
  readonly root: RootRecord;
  readonly profile: StoreProfile;
}

export async function connect(deps: EngineDeps, root: RootRecord, local: LocalRoot, pairAgain: boolean): Promise<Connection> {
  const { marker } = await local.identify();
  if (marker !== null && marker.ownerId !== deps.ownerId && !pairAgain) throw new AppError('root_in_use', { root: root.folder });
  const profile = await knownProfile(deps, root);
  if (root.libraryId === null || pairAgain) return { root: await pair(deps, root, local, marker?.counter ?? 0), profile };
  if (marker === null || marker.rootId !== root.id || marker.libraryId !== root.libraryId) throw new AppError('root_changed', { root: root.folder });
  await checkLibrary(deps.store, root.libraryId, root.name);
  return { root, profile };
}

async function pair(deps: EngineDeps, root: RootRecord, local: LocalRoot, counter: number): Promise<RootRecord> {
  const library = await ensureLibraryMarker(deps.store, { libraryId: deps.random(), createdAtMs: deps.clock.nowMs(), coldStore: null });
  const other = deps.index.roots().find((each) => each.id !== root.id && each.libraryId === library.libraryId);
  if (other !== undefined) throw new AppError('library_in_use', { other: other.folder });
  const paired: RootRecord = { ...root, libraryId: library.libraryId, counter: Math.max(counter, root.counter) + 1 };
  await local.writeMarker({ rootId: root.id, libraryId: library.libraryId, ownerId: deps.ownerId, epoch: root.epoch, counter: paired.counter });
  deps.index.transaction(() => {
    deps.index.saveRoot(paired);
    // Whatever was agreed with another folder or library is void: a merge, which deletes nothing.
    deps.index.dropAllBase(root.id);
  });
  return paired;
}

/** What the store can do, found by doing; asked again after a day, or when it was never asked. */
async function knownProfile(deps: EngineDeps, root: RootRecord): Promise<StoreProfile> {
  const name = `profile:${deps.store.description.identity}`;
  const kept = deps.index.setting(name);
  if (kept !== null) {
    const profile = JSON.parse(kept) as StoreProfile;
    if (deps.clock.nowMs() - profile.probedAtMs < profileLifetimeMs && profile.probedAtMs <= deps.clock.nowMs()) return profile;
  }
  if (root.libraryId !== null && (await readLibraryMarker(deps.store)) === null) throw new AppError('library_changed', { root: root.name });
  const profile = await deps.store.probe();
  deps.index.setSetting(name, JSON.stringify(profile));
  return profile;
}
