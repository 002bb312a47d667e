/** Every command of the contract, each passed to the service that does it. */
import type { OutputOf } from '../../shared/api/contract.ts';
import type { EventBus } from './event-bus.ts';
import type { ActivityService } from './activity-service.ts';
import type { ChosenFoldersService } from './chosen-folders-service.ts';
import type { CostService } from './cost-service.ts';
import type { ConflictService } from './conflict-service.ts';
import { readConflictSides, type SidesDeps } from './conflict-sides.ts';
import { ok, warning } from './doctor-words.ts';
import type { EntryService } from './entry-service.ts';
import { testFolder } from './folder-tests.ts';
import type { Handlers } from './handlers.ts';
import { hubHandlers } from './hub-handlers.ts';
import type { HubSwitch } from './hub-switch.ts';
import type { LifecycleService } from './lifecycle-service.ts';
import type { NeedsYouService } from './needs-you-service.ts';
import { testPlace, type PlaceRequest } from './place-tests.ts';
import type { Folders, Places, ViewQueries } from './ports.ts';
import { previewRoot, type PreviewDeps } from './preview-service.ts';
import type { PutBackService } from './put-back-service.ts';
import { reasonOf } from './reasons.ts';
import { makeReport } from './report.ts';
import type { ResidencyService } from './residency-service.ts';
import type { RoomService } from './room-service.ts';
import { secretNameOf, type RootRegistry } from './root-registry.ts';
import type { RootSetup } from './root-setup.ts';
import type { SettingsService } from './settings-service.ts';
import type { SharingService } from './sharing-service.ts';
import type { StatusService } from './status-service.ts';
import type { StorageService } from './storage-service.ts';
import type { SyncControl } from './sync-control.ts';
import type { ThawService } from './thaw-service.ts';
import type { TierService } from './tier-service.ts';
import type { TransfersService } from './transfers-service.ts';
import type { UndoTokens } from './undo-tokens.ts';
import { verifyRoot, type VerifyDeps } from './verify-service.ts';
import type { ViewService } from './view-service.ts';

export interface HandlerDeps {
  readonly registry: RootRegistry;
  readonly setup: RootSetup;
  readonly control: SyncControl;
  readonly status: StatusService;
  readonly transfers: TransfersService;
  readonly views: ViewService;
  readonly activity: ActivityService;
  readonly needsYou: NeedsYouService;
  readonly conflicts: ConflictService;
  readonly sides: SidesDeps;
  readonly putBack: PutBackService;
  readonly settings: SettingsService;
  readonly storage: StorageService;
  readonly tiers: TierService;
  readonly residency: ResidencyService;
  readonly thaws: ThawService;
  readonly chosen: ChosenFoldersService;
  readonly room: RoomService;
  readonly lifecycle: LifecycleService;
  readonly cost: CostService;
  readonly entries: EntryService;
  readonly undo: UndoTokens;
  readonly queries: ViewQueries;
  readonly places: Places;
  readonly folders: Folders;
  readonly preview: PreviewDeps;
  readonly verify: VerifyDeps;
  readonly bus: EventBus;
  readonly nowMs: () => number;
  readonly defaults: { readonly folder: string; readonly storeFolder: string };
  readonly about: OutputOf<'readAbout'>;
  readonly logText: () => Promise<string>;
  /** What the index itself says when it is asked. */
  readonly indexIsWell: () => boolean;
  readonly hub: HubSwitch;
  readonly sharing: SharingService;
}
const done = { undo: null };

export function makeHandlers(deps: HandlerDeps): Handlers {
  return { ...rootHandlers(deps), ...setupHandlers(deps), ...listHandlers(deps), ...userHandlers(deps), ...tierHandlers(deps), ...thawHandlers(deps), ...spaceHandlers(deps), ...serviceHandlers(deps), ...sharingHandlers(deps), ...hubHandlers(() => deps.hub.now()?.parts ?? null) };
}

type Some<N extends keyof Handlers> = Pick<Handlers, N>;

function rootHandlers({ control, tiers, thaws }: HandlerDeps): Some<'addRoot' | 'removeRoot' | 'changeKeys' | 'pauseRoot' | 'resumeRoot' | 'pause' | 'resume' | 'syncNow' | 'syncOnce' | 'lookAgain' | 'pairAgain' | 'retryEntry' | 'powerChanged'> {
  return {
    addRoot: (input) => control.addRoot(input),
    removeRoot: ({ rootId }) => control.removeRoot(rootId),
    changeKeys: ({ rootId, keys }) => control.changeKeys(rootId, keys),
    pauseRoot: ({ rootId, untilMs }) => control.pauseRoots([rootId], untilMs),
    resumeRoot: ({ rootId }) => control.resumeRoots([rootId]),
    pause: ({ untilMs }) => control.pauseRoots(control.allRoots(), untilMs),
    resume: () => control.resumeRoots(control.allRoots()),
    syncNow: ({ rootId }) => control.syncNow(rootId === undefined ? control.allRoots() : [rootId]),
    syncOnce: (input) => control.syncOnce(input),
    lookAgain: ({ rootId }) => control.lookAgain(rootId),
    pairAgain: ({ rootId, folder }) => control.pairAgain(rootId, folder),
    retryEntry: ({ rootId, key }) => control.retry(rootId, key),
    powerChanged: ({ event }) => {
      if (event === 'resume') {
        tiers.look();
        thaws.look();
      }
      return control.powerChanged(event);
    },
  };
}

function setupHandlers(deps: HandlerDeps): Some<'readDefaults' | 'browseFolders' | 'checkFolder' | 'testPlace' | 'readCertificate' | 'makeBucket' | 'previewRoot' | 'readDoctor' | 'verify'> {
  return {
    readDefaults: () => ({ folder: deps.defaults.folder, address: `folder:${deps.defaults.storeFolder}`, device: deps.settings.read().deviceName }),
    browseFolders: async ({ folder }) => {
      const found = await deps.folders.browse(folder);
      return { ...found, folders: [...found.folders] };
    },
    checkFolder: ({ folder }) => testFolder({ folders: deps.folders, defaultFolder: deps.defaults.folder, refuseOverlap: (path) => deps.setup.refuseOverlap(path) }, folder),
    testPlace: async (place) => {
      const { folder, name } = deps.places.parse(place.address);
      if (folder !== null && folder === deps.defaults.storeFolder && (await deps.folders.look(folder)).kind === 'missing') {
        return { place: name, usable: true, checks: [ok('reachable', 'The folder is made when you press Start.')] };
      }
      const doctor = await testPlace(deps.places, withKeptKeys(deps, place));
      if (place.keys === undefined || deps.places.secretsKind !== 'memory') return doctor;
      return { ...doctor, checks: [...doctor.checks, { ...warning('keychain', 'The keys are forgotten when Strata ends.'), reason: reasonOf('secret_store_missing') }] };
    },
    readCertificate: ({ address }) => deps.places.lookAtCertificate(address),
    makeBucket: async (place) => {
      const asked = withKeptKeys(deps, place);
      await deps.places.makeBucket(asked.address, { keys: asked.keys ?? null, secretName: asked.secretName ?? null, trustedCertificate: asked.trustedCertificate ?? null });
      return testPlace(deps.places, asked);
    },
    previewRoot: (input) => previewRoot(deps.preview, input),
    readDoctor: ({ rootId }) => {
      const record = deps.registry.record(rootId);
      return testPlace(deps.places, { address: record.address, secretName: secretNameOf(record.id), ...(record.trustedCertificate === null ? {} : { trustedCertificate: record.trustedCertificate }) });
    },
    verify: (input) => verifyRoot(deps.verify, input),
  };
}

/** A place without keys of its own is tried with those that Strata keeps for the same server. */
function withKeptKeys(deps: HandlerDeps, place: PlaceRequest): PlaceRequest {
  const kept = place.keys === undefined ? deps.setup.keptKeysFor(place.address) : null;
  return kept === null ? place : { ...place, secretName: kept };
}

function listHandlers({ views, queries, entries, transfers, activity, storage, registry, status }: HandlerDeps): Some<'readStatus' | 'openView' | 'readRows' | 'findInView' | 'closeView' | 'readFolders' | 'readEntry' | 'readTransfers' | 'readRuns' | 'readLines' | 'readStorage' | 'readMap' | 'reveal'> {
  return {
    readStatus: () => status.read(),
    openView: (query) => views.open(query),
    readRows: ({ viewId, from, to }) => views.rows(viewId, from, to),
    findInView: ({ viewId, prefix, after }) => views.find(viewId, prefix, after),
    closeView: ({ viewId }) => {
      views.close(viewId);
      return done;
    },
    readFolders: ({ rootId, folder }) => ({ folders: queries.childFolders(registry.get(rootId).id, folder) }),
    readEntry: ({ rootId, key }) => entries.read(rootId, key),
    readTransfers: () => transfers.read(),
    readRuns: (input) => activity.runs(input),
    readLines: (input) => activity.lines(input),
    readStorage: () => storage.read(),
    readMap: ({ rootId }) => storage.map(rootId),
    reveal: async ({ rootId, key, act }) => {
      await entries.show(rootId, key, act);
      return done;
    },
  };
}

function userHandlers({ needsYou, conflicts, sides, putBack, undo, settings }: HandlerDeps): Some<'readNeedsYou' | 'readHoldRows' | 'approveHold' | 'refuseHold' | 'resolveConflict' | 'readConflict' | 'previewConflicts' | 'resolveConflicts' | 'previewPutBack' | 'putBack' | 'undo' | 'readSettings' | 'writeSettings'> {
  return {
    readNeedsYou: () => needsYou.read(),
    readHoldRows: ({ holdId, after, limit }) => needsYou.holdRows(holdId, after, limit),
    approveHold: async ({ holdId }) => {
      await needsYou.settle(holdId, 'approved');
      return done;
    },
    refuseHold: async ({ holdId }) => {
      await needsYou.settle(holdId, 'refused');
      return done;
    },
    resolveConflict: ({ rootId, path, keep }) => conflicts.resolve(rootId, path, keep),
    readConflict: ({ conflictId }) => readConflictSides(sides, conflictId),
    previewConflicts: (input) => conflicts.previewMany(input),
    resolveConflicts: (input) => conflicts.resolveMany(input),
    previewPutBack: ({ runId }) => putBack.preview(runId),
    putBack: ({ runId }) => putBack.putBack(runId),
    undo: async (input) => {
      await undo.undo(input.undo);
      return done;
    },
    readSettings: () => settings.read(),
    writeSettings: (input) => settings.write(withoutUndefined(input)),
  };
}

function tierHandlers({ tiers, residency }: HandlerDeps): Some<'readTiers' | 'writeTiers' | 'previewTiers' | 'runTiers' | 'evict' | 'fetchEntries' | 'pin'> {
  return {
    readTiers: ({ rootId }) => tiers.read(rootId),
    writeTiers: ({ rootId, settings }) => tiers.write(rootId, withoutUndefined(settings)),
    previewTiers: ({ rootId, settings }) => tiers.preview(rootId, withoutUndefined(settings ?? {})),
    runTiers: ({ rootId }) => tiers.run(rootId),
    evict: ({ rootId, paths }) => residency.evict(rootId, paths),
    fetchEntries: ({ rootId, paths }) => residency.fetch(rootId, paths),
    pin: ({ rootId, paths, pinned }) => residency.pin(rootId, paths, pinned),
  };
}

function thawHandlers({ thaws, cost }: HandlerDeps): Some<'previewThaw' | 'startThaw' | 'readThaws' | 'changeThaws' | 'readCost' | 'writePrices'> {
  return {
    previewThaw: ({ rootId, paths, days }) => thaws.preview(rootId, { paths, days }),
    startThaw: ({ rootId, ...request }) => thaws.begin(rootId, request),
    readThaws: ({ limit }) => thaws.read(limit),
    changeThaws: (request) => thaws.change(request),
    readCost: () => cost.read(),
    writePrices: ({ rootId, side, prices }) => cost.write(rootId, side, prices),
  };
}

function spaceHandlers({ chosen, room, lifecycle }: HandlerDeps): Some<'readChosen' | 'previewChosen' | 'writeChosen' | 'readRoom' | 'previewRoom' | 'writeRoom' | 'readLifecycle' | 'writeLifecycle'> {
  return {
    readChosen: ({ rootId, folder }) => chosen.read(rootId, folder),
    previewChosen: ({ rootId, choices }) => chosen.preview(rootId, choices),
    readLifecycle: ({ rootId, side }) => lifecycle.read(rootId, side),
    writeLifecycle: ({ rootId, side, own, version }) => lifecycle.write(rootId, side, own, version),
    readRoom: ({ rootId }) => room.read(rootId),
    previewRoom: ({ rootId, rules }) => room.preview(rootId, rules),
    writeRoom: ({ rootId, rules }) => room.write(rootId, rules),
    writeChosen: ({ rootId, choices, wait }) => chosen.write(rootId, choices, wait),
  };
}

function serviceHandlers(deps: HandlerDeps): Some<'health' | 'readAbout' | 'makeReport'> {
  return {
    health: async () => {
      const shared = (await deps.hub.now()?.health()) ?? {};
      const well = deps.indexIsWell() && Object.values(shared).every((state) => state === 'healthy');
      const services = { ...shared, index: deps.indexIsWell() ? 'healthy' : 'unhealthy', secrets: deps.places.secretsKind, ...Object.fromEntries(deps.registry.list().map((root, at) => [`place${at + 1}`, root.state?.phase ?? 'notStarted'])) };
      return { status: well ? 'healthy' : 'unhealthy', timestamp: new Date(deps.nowMs()).toISOString(), services };
    },
    readAbout: () => deps.about,
    makeReport: async () => {
      const { version, node, electron } = deps.about;
      return makeReport({ versions: { strata: version, node, electron: electron ?? 'none' }, settings: deps.settings.read(), status: deps.status.read(), logText: await deps.logText(), atMs: deps.nowMs() });
    },
  };
}

function sharingHandlers({ sharing }: HandlerDeps): Some<'readSharing' | 'startSharing' | 'stopSharing'> {
  return {
    readSharing: () => sharing.read(),
    startSharing: async (wish) => {
      await sharing.start(wish);
      return done;
    },
    stopSharing: () => {
      sharing.stop();
      return done;
    },
  };
}

/** A field that was not sent must not look like one that was emptied. */
function withoutUndefined<T extends object>(input: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
