/** Brings folder and library together: pairs them the first time, refuses when either is not the one it was, and merges when index and folder are not of one time (rules 2, 11, 12, 29). */
import { AppError } from '../base/app-error.ts';
import { chosenFolders, takeUpChoice } from './chosen-folders.ts';
import { openLibrary, type OpenLibrary } from './connect-cold.ts';
import type { OtherDevices } from './device-objects.ts';
import type { RootRecord } from './index-port.ts';
import { knownProfile } from './known-profile.ts';
import { ensureLibraryMarker, readLibraryMarker } from './markers.ts';
import type { LocalRoot, StoreProfile } from './ports.ts';
import type { EngineDeps } from './root-engine.ts';
import { standingOf, type Mark, type Standing } from './standing.ts';

/** `pairAgain`: folder and library are taken as new to each other. `renewed`: this run of the engine has made its marks newer already. */
export interface ConnectHow {
  readonly pairAgain: boolean;
  readonly renewed: boolean;
}

export async function connect(deps: EngineDeps, root: RootRecord, local: LocalRoot, devices: OtherDevices, { pairAgain, renewed }: ConnectHow): Promise<OpenLibrary> {
  const { marker } = await local.identify();
  if (marker !== null && marker.ownerId !== deps.ownerId && !pairAgain) throw new AppError('root_in_use', { root: root.folder });
  const profile = await knownProfile(deps, deps.store, async () => {
    if (root.libraryId !== null && (await readLibraryMarker(deps.store)) === null) throw new AppError('library_changed', { root: root.name });
  });
  const own = await devices.readOwn(deps.store, root.deviceId);
  // Without a mark known to be written a pairing was cut off: it is done again, from the start.
  if (root.libraryId === null || root.counterOnDisk === 0 || pairAgain) {
    devices.forget();
    const paired = await pair(deps, root, highest(marker, own));
    takeUpChoice(deps.index, root.id, paired.libraryId ?? '', marker, 'nothing');
    return opened(deps, paired, local, devices, profile);
  }
  if (marker === null || marker.rootId !== root.id || marker.libraryId !== root.libraryId) throw new AppError('root_changed', { root: root.folder });
  if ((await readLibraryMarker(deps.store))?.libraryId !== root.libraryId) throw new AppError('library_changed', { root: root.name });
  const standing = standingOf(root, marker, own);
  if (standing === 'libraryBehind') throw new AppError('library_behind', { root: root.name });
  // A line that is lost for hours costs no write each time it is tried again.
  if (standing === 'current' && renewed) return openLibrary(deps, root, profile);
  // An older index holds an older choice.
  if (standing === 'indexBehind') takeUpChoice(deps.index, root.id, root.libraryId, marker, 'anything');
  const known = standing === 'current' ? root : await startOver(deps, root, standing, highest(marker, own));
  return opened(deps, known, local, devices, profile);
}

/** The cold store is opened before anything is renewed or observed: without it there is no complete look at the library (rule 7). */
async function opened(deps: EngineDeps, root: RootRecord, local: LocalRoot, devices: OtherDevices, profile: StoreProfile): Promise<OpenLibrary> {
  const library = await openLibrary(deps, root, profile);
  return { ...library, root: await renew(deps, library.root, local, devices, profile) };
}

function highest(marker: Mark | null, own: Mark | null): number {
  return Math.max(marker?.counter ?? 0, own?.counter ?? 0);
}

async function pair(deps: EngineDeps, root: RootRecord, counter: number): Promise<RootRecord> {
  const library = await ensureLibraryMarker(deps.store, { libraryId: deps.random(), createdAtMs: deps.clock.nowMs(), coldStore: null });
  const other = deps.index.roots().find((each) => each.id !== root.id && each.libraryId === library.libraryId);
  if (other !== undefined) throw new AppError('library_in_use', { other: other.folder });
  // Another library has another cold store, or none: what was given for the first one says nothing of it.
  const coldAddress = root.libraryId === null || root.libraryId === library.libraryId ? root.coldAddress : null;
  const paired: RootRecord = { ...root, libraryId: library.libraryId, coldAddress, counter: Math.max(counter, root.counter), counterOnDisk: 0, counterInStore: 0 };
  // Whatever was agreed with another folder or library is void: a merge, which deletes nothing.
  deps.index.transaction(() => {
    deps.index.saveRoot(paired);
    deps.index.dropAllBase(root.id);
  });
  return paired;
}

/** An older index, or one of a cloned computer, says nothing about what was deleted since: a merge, under a new epoch and device id. */
async function startOver(deps: EngineDeps, root: RootRecord, standing: Exclude<Standing, 'current' | 'libraryBehind'>, counter: number): Promise<RootRecord> {
  const merging: RootRecord = { ...root, deviceId: standing === 'indexBehind' ? deps.random() : root.deviceId, epoch: deps.random(), counter: Math.max(counter, root.counter), counterOnDisk: 0, counterInStore: 0 };
  const { message } = new AppError('index_behind', { root: root.folder });
  const runId = deps.random();
  const nowMs = deps.clock.nowMs();
  deps.index.transaction(() => {
    deps.index.saveRoot(merging);
    deps.index.dropAllBase(root.id);
    deps.index.startRun(root.id, runId, nowMs, root.deviceName);
    deps.index.addActivity({ rootId: root.id, runId, atMs: nowMs, kind: 'problem', path: root.name, otherPath: null, sizeBytes: null, device: null, note: message });
    deps.index.endRun(runId, nowMs);
  });
  deps.logger.warn({ root: root.id, standing }, message);
  return merging;
}

/** Every start makes the three marks one step newer, in the order that `standingOf` relies on. */
async function renew(deps: EngineDeps, known: RootRecord, local: LocalRoot, devices: OtherDevices, profile: StoreProfile): Promise<RootRecord> {
  const root = { ...known, counter: known.counter + 1 };
  deps.index.saveRoot(root);
  await local.writeMarker({ rootId: root.id, libraryId: root.libraryId ?? '', ownerId: deps.ownerId, epoch: root.epoch, counter: root.counter, folders: chosenFolders(deps.index, root.id) });
  const onDisk = { ...root, counterOnDisk: root.counter };
  deps.index.saveRoot(onDisk);
  return devices.tell(deps, onDisk, profile, []);
}
