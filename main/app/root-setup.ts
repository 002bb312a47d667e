/** Sets up a folder and a place to be kept in step: every refusal first, nothing written before they have all passed (rule 29). */
import { randomUUID } from 'node:crypto';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { FolderChoice } from '../../shared/model/chosen-folders.ts';
import { saveChosenFolders } from '../sync/chosen-folders.ts';
import type { Index, RootId, RootRecord } from '../sync/index-port.ts';
import { readLibraryMarker } from '../sync/markers.ts';
import { refuseFolderOverlap, refuseNestedStores, refusePlaceOverlap, type KnownRoot } from './overlap.ts';
import type { Folders, ParsedPlace, Places, StoreKeys } from './ports.ts';
import { coldSecretNameOf, secretNameOf, type RootRegistry } from './root-registry.ts';

export interface SetupDeps {
  readonly index: Index;
  readonly registry: RootRegistry;
  readonly places: Places;
  readonly folders: Folders;
  readonly clock: Clock;
  /** Real path. */
  readonly dataDir: string;
  readonly defaults: { readonly folder: string; readonly storeFolder: string };
  readonly deviceName: () => string;
}
export interface WantedPlace {
  readonly address: string;
  readonly keys?: StoreKeys | undefined;
  readonly trustedCertificate?: string | undefined;
}
export interface WantedRoot {
  readonly folder: string;
  readonly place: WantedPlace;
  /** The library's cold store; when the library names one already, it has to be that. */
  readonly cold?: WantedPlace | undefined;
  readonly name?: string | undefined;
  readonly device?: string | undefined;
  /** Which folders of the library come onto this disk; null = all, or what an earlier pairing of this folder chose. */
  readonly choices?: readonly FolderChoice[] | undefined;
}

export class RootSetup {
  readonly #deps: SetupDeps;
  constructor(deps: SetupDeps) {
    this.#deps = deps;
  }

  async add(wanted: WantedRoot): Promise<RootRecord> {
    const place = this.#deps.places.parse(wanted.place.address);
    const folder = await this.usableFolder(wanted.folder, place);
    const known = await this.#knownRoots();
    refuseFolderOverlap(folder, { roots: known, dataDir: this.#deps.dataDir, isWithin: this.#isWithin });
    await this.#makeDefaultStore(place);
    const storeFolder = place.folder === null ? null : (await this.#deps.folders.look(place.folder)).path;
    refusePlaceOverlap({ folder, identity: place.identity, storeFolder, libraryId: null }, { roots: known, isWithin: this.#isWithin });
    const store = await this.#deps.places.open(place.address, { keys: wanted.place.keys ?? null, secretName: this.keptKeysFor(place.address), trustedCertificate: wanted.place.trustedCertificate ?? null, forSync: true });
    try {
      // One small request: wrong keys, a missing bucket or a wrong clock are said now and not after Start.
      await store.list({ maxKeys: 1 });
      const libraryId = (await readLibraryMarker(store))?.libraryId ?? null;
      refusePlaceOverlap({ folder, identity: place.identity, storeFolder, libraryId }, { roots: known, isWithin: this.#isWithin });
    } finally {
      await store.close();
    }
    return this.#save(wanted, place, folder);
  }

  /** The root of exactly this folder and place, or null. */
  async find(folder: string, address: string): Promise<RootRecord | null> {
    const place = this.#deps.places.parse(address);
    const facts = await this.#deps.folders.look(folder);
    for (const root of this.#deps.index.roots()) {
      const same = root.folder === facts.path || root.folder === folder;
      if (same && this.#deps.registry.get(root.id).place.identity === place.identity) return root;
    }
    return null;
  }

  /** Where the keys lie that Strata keeps for the server of this place already: those of the same bucket first, then the newest. */
  keptKeysFor(address: string): string | null {
    const place = this.#deps.places.parse(address);
    if (place.server === null) return null;
    const bucketOf = (identity: string): string => identity.split(' ').slice(0, 3).join(' ');
    const there = this.#deps.index.roots().map((root) => ({ root, known: this.#deps.registry.get(root.id).place })).filter(({ known }) => known.server === place.server);
    const best = there.findLast(({ known }) => bucketOf(known.identity) === bucketOf(place.identity)) ?? there.at(-1);
    return best === undefined ? null : secretNameOf(best.root.id);
  }

  /** Exists, is a folder, may be read and written. Only the folder that Strata itself proposes is made. */
  async usableFolder(folder: string, place: ParsedPlace | null): Promise<string> {
    const { folders, defaults } = this.#deps;
    if (place !== null && folder === defaults.folder && (await folders.look(folder)).kind === 'missing') await folders.makeFolder(folder);
    const facts = await folders.look(folder);
    if (facts.kind === 'missing') throw new AppError('root_missing', { root: folder });
    if (facts.kind === 'other') throw new AppError('root_not_folder', { root: folder });
    if (!facts.readable) throw new AppError('file_unreadable', { detail: folder });
    if (!facts.writable) throw new AppError('disk_read_only', { root: folder });
    return facts.path;
  }

  /** `except`: a root that gets another folder is not in its own way. */
  async refuseOverlap(folder: string, except: string | null = null): Promise<void> {
    refuseFolderOverlap(folder, { roots: await this.#knownRoots(except), dataDir: this.#deps.dataDir, isWithin: this.#isWithin });
  }

  readonly #isWithin = (inner: string, outer: string): boolean => this.#deps.folders.isWithin(inner, outer);

  async #makeDefaultStore(place: ParsedPlace): Promise<void> {
    const { folders, defaults } = this.#deps;
    if (place.folder === defaults.storeFolder && (await folders.look(place.folder)).kind === 'missing') await folders.makeFolder(place.folder);
  }

  async #save(wanted: WantedRoot, place: ParsedPlace, folder: string): Promise<RootRecord> {
    const { index, registry, places, clock } = this.#deps;
    const id = randomUUID() as RootId;
    const kept = this.keptKeysFor(place.address);
    if (wanted.place.keys !== undefined) await places.keepKeys(secretNameOf(id), wanted.place.keys);
    else if (kept !== null) await places.copyKeys(kept, secretNameOf(id));
    const wish = (wanted.name ?? '').trim();
    const record: RootRecord = {
      id, name: wish === '' ? lastPart(folder) : wish, folder, address: place.address, coldAddress: await this.#keepCold(id, place, wanted.cold), libraryId: null,
      deviceId: deviceIdOf(index), deviceName: (wanted.device ?? '').trim() || this.#deps.deviceName(), epoch: randomUUID(), counter: 0, counterOnDisk: 0, counterInStore: 0,
      pausedUntilMs: null, createdAtMs: clock.nowMs(), lastInStepAtMs: null, trustedCertificate: wanted.place.trustedCertificate ?? null,
    };
    index.saveRoot(record);
    if (wanted.choices !== undefined) saveChosenFolders(index, id, wanted.choices);
    registry.added(record);
    return record;
  }

  /** For a root that is there already: the cold store is noted, its keys are kept. True when something changed. Throws `cold_store_refused` for another than the known one. */
  async noteCold(record: RootRecord, cold: WantedPlace): Promise<boolean> {
    const { index, places } = this.#deps;
    if (record.coldAddress !== null && places.parse(record.coldAddress).identity !== places.parse(cold.address).identity) throw new AppError('cold_store_refused', { detail: 'another than the one this folder has already' });
    const newKeys = cold.keys !== undefined && (await places.keepKeys(coldSecretNameOf(record.id), cold.keys));
    if (record.coldAddress !== null) return newKeys;
    index.saveRoot({ ...record, coldAddress: await this.#keepCold(record.id, places.parse(record.address), cold) });
    return true;
  }

  async #keepCold(id: RootId, warm: ParsedPlace, cold: WantedPlace | undefined): Promise<string | null> {
    if (cold === undefined) return null;
    const parsed = this.#deps.places.parse(cold.address);
    refuseNestedStores(warm, parsed, this.#isWithin);
    if (cold.keys !== undefined) await this.#deps.places.keepKeys(coldSecretNameOf(id), cold.keys);
    return parsed.address;
  }

  async #knownRoots(except: string | null = null): Promise<KnownRoot[]> {
    const known: KnownRoot[] = [];
    for (const root of this.#deps.index.roots()) {
      if (root.id === except) continue;
      const place = this.#deps.registry.get(root.id).place;
      const storeFolder = place.folder === null ? null : (await this.#deps.folders.look(place.folder)).path;
      known.push({ name: root.name, folder: root.folder, identity: place.identity, libraryId: root.libraryId, storeFolder });
    }
    return known;
  }
}

/** One id per data dir: two data dirs are two devices. */
export function deviceIdOf(index: Index): string {
  return ownId(index, 'deviceId');
}
function ownId(index: Index, name: string): string {
  const kept = index.setting(name);
  if (kept !== null) return kept;
  const id = randomUUID();
  index.setSetting(name, id);
  return id;
}

function lastPart(folder: string): string {
  return folder.split(/[\\/]/).filter((part) => part !== '').at(-1)?.slice(0, 60) ?? folder;
}
