/** THE wiring: index, secrets, stores, folders → engines → use-cases → one core; nothing else makes its own parts. */
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { ActivityService } from './app/activity-service.ts';
import { ChosenFoldersService } from './app/chosen-folders-service.ts';
import { CostService } from './app/cost-service.ts';
import { ConflictService } from './app/conflict-service.ts';
import { EntryContent } from './app/content-source.ts';
import { makeHandlers } from './app/core-handlers.ts';
import type { Core, CoreOptions } from './app/core.ts';
import { withDemoState } from './app/demo-states.ts';
import { EntryService } from './app/entry-service.ts';
import { EventBus } from './app/event-bus.ts';
import { readHubSettings } from './app/hub-settings.ts';
import { HubSwitch } from './app/hub-switch.ts';
import { LocalRoots } from './app/local-roots.ts';
import { NeedsYouService } from './app/needs-you-service.ts';
import { Notices } from './app/notices.ts';
import { openPath } from './app/open-path.ts';
import type { Folders, ScratchIndex, ViewQueries } from './app/ports.ts';
import { PutBackService } from './app/put-back-service.ts';
import { ResidencyService } from './app/residency-service.ts';
import { coldSecretNameOf, RootRegistry } from './app/root-registry.ts';
import { RootSetup } from './app/root-setup.ts';
import { LifecycleService } from './app/lifecycle-service.ts';
import { RoomService } from './app/room-service.ts';
import { SettingsService } from './app/settings-service.ts';
import { SharingService } from './app/sharing-service.ts';
import { StatusService } from './app/status-service.ts';
import { StorageService } from './app/storage-service.ts';
import { SyncControl } from './app/sync-control.ts';
import { renameDays, ThawService } from './app/thaw-service.ts';
import { TierService } from './app/tier-service.ts';
import { TransfersService } from './app/transfers-service.ts';
import { UndoTokens } from './app/undo-tokens.ts';
import { ViewService } from './app/view-service.ts';
import type { Settings } from '../shared/api/contract.ts';
import { systemClock, type Clock } from './base/clock.ts';
import { figureQueries } from './database/figure-queries.ts';
import { openIndex, type IndexHandle } from './database/open-index.ts';
import { thawQueries } from './database/thaw-queries.ts';
import { tierQueries } from './database/tier-queries.ts';
import { viewQueries } from './database/view-queries.ts';
import { openDiskRoot } from './local/disk-root.ts';
import { browseFolders, isWithin, lookAtFolder, makeFolder } from './local/folder-facts.ts';
import { createLineLog } from './local/line-log.ts';
import { createNameRules } from './local/name-rules.ts';
import { cleanDevice, reservedName } from './local/names.ts';
import { folderWatcher } from './local/watcher.ts';
import { StorePlaces } from './place-wiring.ts';
import { readPrivateFile, writePrivateFile } from './secrets/private-file.ts';
import { openSecretStore, type SecretStore } from './secrets/secret-store.ts';
import { openSharedHub } from './sharing-wiring.ts';
import { createRootEngine } from './sync/engine.ts';
import type { Index, RootId } from './sync/index-port.ts';
import type { LocalRoot, RemoteStore } from './sync/ports.ts';
import { readTierEnvironment, type TierEnvironment } from './tiers/environment.ts';
import type { MakeEngine } from './app/ports.ts';

/** Only tests give another clock, or stand between the engine and what it works on. */
export interface ComposeParts {
  readonly clock?: Clock;
  readonly around?: Around;
}
export interface Around {
  index(index: Index): Index;
  store(store: RemoteStore): RemoteStore;
  local(local: LocalRoot): LocalRoot;
}
const nothingAround: Around = { index: (index) => index, store: (store) => store, local: (local) => local };
const closeWithinMs = 4_000;
const sharingWithinMs = 5_000;
/** What a page is pushed of the thaw queue; it asks for more itself. */
const shownThaws = 200;

export async function composeCore(options: CoreOptions, parts: ComposeParts = {}): Promise<Core> {
  const clock = parts.clock ?? systemClock;
  const { logger, env } = options;
  const shared = readHubSettings(env);
  const dataDir = (await lookAtFolder(path.resolve(options.dataDir))).path;
  const tierEnvironment = readTierEnvironment(env);
  const index = openIndex(path.join(dataDir, 'index.db'), clock);
  if (index.setAside !== null) logger.warn({ code: 'index_damaged' }, 'the index was damaged and has been set aside');
  // A hub is set up by its environment alone: its own secret also seals what it must keep.
  const secrets = await openSecretStore({ dataDir, env: shared?.secretKey === undefined || shared.secretKey === null ? env : { STRATA_SECRET_KEY: shared.secretKey, ...env }, logger, clock });
  // Only a hub pays for what a hub needs.
  const hub = shared === null ? null : await (await import('./hub-wiring.ts')).openHub({ settings: shared, dataDir, secrets, clock, logger, environment: tierEnvironment }).catch((thrown: unknown) => {
    index.close();
    throw thrown;
  });
  const hubSwitch = new HubSwitch(hub);
  const bus = new EventBus();
  const undo = new UndoTokens();
  const defaultDeviceName = options.deviceName ?? cleanDevice(os.hostname());
  // Whoever is told of a change of settings exists only later.
  const tellSettings: ((settings: Settings) => void)[] = [];
  const settings = new SettingsService({ index, undo, defaultDeviceName, onChange: (now) => tellSettings.forEach((tell) => tell(now)) });
  const places = new StorePlaces({ secrets, env, clock, logger, settings: () => settings.read() });
  const folders = diskFolders({ clock, logger, foreign: () => [dataDir, ...storeFolders(index, places)] });
  const queries = { ...viewQueries(index.database), ...figureQueries(index.database) };
  const ownerId = await ownerIdIn(dataDir);
  const makeEngine = engineMaker({ index, folders, places, clock, logger, concurrency: () => settings.read().concurrency, trashDays: () => settings.read().trashDays, ownerId, around: parts.around ?? nothingAround });
  const registry = new RootRegistry({ index, places, makeEngine, clock, logger });
  const core = makeCore({ dataDir, options, clock, index, bus, undo, settings, places, folders, queries, registry, tierEnvironment, hub: hubSwitch, secrets, sharesBySettings: shared !== null });
  let { deviceName } = settings.read();
  tellSettings.push((now) => {
    // Only a change reaches the folders: one set up with `--device` keeps its own name otherwise.
    if (now.deviceName !== deviceName) registry.renameDevice((deviceName = now.deviceName));
    places.applyLimits(now);
    bus.publish('settings', now);
  });
  try {
    return withDemoState(core, { name: env['STRATA_DEMO_STATE'], isEmpty: index.roots().length === 0 });
  } catch (thrown) {
    await core.close();
    throw thrown;
  }
}

interface Made {
  readonly dataDir: string;
  readonly options: CoreOptions;
  readonly clock: Clock;
  readonly index: IndexHandle;
  readonly bus: EventBus;
  readonly undo: UndoTokens;
  readonly settings: SettingsService;
  readonly places: StorePlaces;
  readonly folders: Folders;
  readonly queries: ViewQueries & Pick<ReturnType<typeof figureQueries>, 'usesOf' | 'touchedBy'>;
  readonly registry: RootRegistry;
  readonly tierEnvironment: TierEnvironment;
  readonly hub: HubSwitch;
  readonly secrets: SecretStore;
  readonly sharesBySettings: boolean;
}

function makeCore(made: Made): Core {
  const { dataDir, clock, index, bus, undo, settings, places, folders, queries, registry, hub } = made;
  const { logger } = made.options;
  const defaults = { folder: path.join(os.homedir(), 'Strata'), storeFolder: path.join(dataDir, 'Store') };
  const deviceName = (): string => made.options.deviceName ?? settings.read().deviceName;
  const localRoots = new LocalRoots(folders);
  const status = new StatusService({ index, queries, registry, bus, clock, deviceName });
  const transfers = new TransfersService({ registry, queries, status, bus, clock, settings: () => settings.read() });
  const tierRows = tierQueries(index.database);
  const pinned = (rootId: RootId): string[] => tierRows.pins(rootId).filter((pin) => pin.kind === 'onDisk').map((pin) => pin.path);
  const views = new ViewService({ queries, registry, bus, clock, pinned });
  const activity = new ActivityService({ queries, registry, bus, clock });
  const notices = new Notices({ bus, clock, settings: () => settings.read() });
  const onChange = (): void => {
    status.refresh();
    views.refresh();
    needsYou.changed();
  };
  const setup = new RootSetup({ index, registry, places, folders, clock, dataDir, defaults, deviceName });
  const control = new SyncControl({ index, registry, setup, places, status, undo, localRoots, logger, choose: (rootId, choices) => chosen.write(rootId, choices, false), onChange });
  const names = createNameRules();
  const conflicts = new ConflictService({ index, registry, localRoots, names, undo, newId: randomUUID, onChange });
  const putBack = new PutBackService({ index, queries, registry, localRoots, names, undo, clock, newId: randomUUID, onChange });
  const content = new EntryContent({ index, registry, localRoots, nowMs: () => clock.nowMs() });
  const entries = new EntryService({ index, queries, registry, views, openPath });
  const storage = new StorageService({ queries, registry, localRoots, clock });
  const migrationLog = made.tierEnvironment.logFile === null ? null : createLineLog(path.resolve(made.tierEnvironment.logFile), logger);
  const cost = new CostService({ index, registry, places, undo, usesOf: (rootId, side) => queries.usesOf(rootId, side) });
  const tiers = new TierService({ index, rows: tierRows, registry, places, clock, logger, environment: made.tierEnvironment, log: (line) => migrationLog?.write(line), prices: (rootId, side) => cost.table(rootId, side), onChange });
  const residency = new ResidencyService({ registry, pins: tierRows, pinned, clock, logger, concurrency: () => settings.read().concurrency, onChange });
  const chosen = new ChosenFoldersService({ index, registry, queries, pinned, undo, clock, logger, onLeft: (rootId) => residency.left(rootId), onChange });
  const room = new RoomService({ index, rows: tierRows, registry, localRoots, pinned, undo, clock, logger, onLeft: (rootId) => residency.left(rootId), onChange });
  const thaws = new ThawService({
    rows: thawQueries(index.database), registry, clock, logger, concurrency: () => settings.read().concurrency, onReady: (files, untilMs) => notices.backFromArchive(files, untilMs),
    onChange: () => {
      onChange();
      bus.publish('thaws', thaws.read(shownThaws));
    },
    prices: (rootId) => cost.table(rootId, registry.record(rootId).coldAddress === null ? 'warm' : 'cold'),
  });
  const needsYou: NeedsYouService = new NeedsYouService({
    index, queries, registry, bus, clock,
    backCost: (rootId, files) => thaws.renameCost(rootId, files),
    bringBack: async (rootId, paths) => void (paths.length > 0 && (await thaws.begin(rootId, { paths, speed: 'standard', days: renameDays, toDisk: false }))),
  });
  const sharing = new SharingService({
    index, registry, hub, clock, logger, bySettings: made.sharesBySettings, membersPlaceFor: (rootId) => places.membersPlaceFor(registry.record(rootId).address),
    openHub: (record, ownerId, isFirst) => openSharedHub({ registry, places, folders, dataDir, secrets: made.secrets, clock, logger }, record, ownerId, isFirst),
  });
  const looking = { openScratchIndex: () => scratchIndex(clock), isReserved: reservedName };
  const handlers = makeHandlers({
    registry, setup, control, status, transfers, views, activity, needsYou, conflicts, sides: { index, registry, localRoots, content }, putBack, settings, storage, tiers, residency, chosen, room, lifecycle: new LifecycleService({ registry, places, touched: (rootId, range) => queries.touchedBy(rootId, range), clock }), thaws, cost, entries, undo, queries, places, folders, bus, defaults,
    preview: { places, folders, setup, defaults, ...looking },
    verify: { index, registry, folders, ...looking },
    nowMs: () => clock.nowMs(),
    about: { version: packageJson.version, licence: packageJson.license, node: process.versions.node, dataDir, electron: process.versions['electron'] ?? null },
    logText: async () => (await readPrivateFile(path.join(dataDir, 'logs', 'strata.log'))) ?? '',
    indexIsWell: () => index.setting('deviceId') !== undefined, hub, sharing,
  });
  let closing: Promise<void> | null = null;
  const closeAll = async (): Promise<void> => {
    for (const service of [sharing, notices, needsYou, activity, transfers, status, tiers, residency, chosen, room, thaws]) service.close();
    views.shutDown();
    // A place that does not answer must not keep the app from ending; the journal clears up at the next start.
    await Promise.race([Promise.all([registry.close(), localRoots.close(), migrationLog?.flushed()]), clock.sleep(closeWithinMs)]);
    await hub.close();
    index.close();
  };
  return {
    handlers, bus, content, hub: () => hub.now()?.door ?? null, onHubChange: (call) => hub.onChange(call),
    startSync: async () => {
      registry.start();
      tiers.start();
      residency.start();
      chosen.start();
      room.start();
      thaws.start();
      // Whoever starts us tells where others reach it; a slow disk must not keep the rest waiting.
      await Promise.race([sharing.resume(), clock.sleep(sharingWithinMs)]);
    },
    watchView: (clientId, view) => views.watch(clientId, view),
    close: () => (closing ??= closeAll()),
  };
}

function engineMaker(deps: { readonly index: IndexHandle; readonly folders: Folders; readonly places: StorePlaces; readonly clock: Clock; readonly logger: CoreOptions['logger']; readonly concurrency: () => number; readonly trashDays: () => number; readonly ownerId: string; readonly around: Around }): MakeEngine {
  const { index, folders, places, clock, logger, ownerId, around } = deps;
  return (root, store) =>
    createRootEngine({
      root, ownerId, index: around.index(index), store: around.store(store),
      openCold: async (address) => around.store(await places.open(address, { keys: null, secretName: coldSecretNameOf(root.id), trustedCertificate: root.trustedCertificate, forSync: true })),
      isSamePlace: (one, other) => places.parse(one).identity === places.parse(other).identity,
      openLocal: async () => around.local(await folders.open(index.root(root.id)?.folder ?? root.folder)), watcher: folderWatcher({ clock, logger }), clock, logger,
      random: randomUUID, chance: Math.random, concurrency: deps.concurrency, trashDays: deps.trashDays, names: createNameRules(),
    });
}

function diskFolders(deps: { readonly clock: Clock; readonly logger: CoreOptions['logger']; readonly foreign: () => readonly string[] }): Folders {
  return {
    look: lookAtFolder, isWithin, browse: browseFolders, makeFolder,
    open: (folder) => openDiskRoot({ path: folder, clock: deps.clock, logger: deps.logger, foreignFolders: deps.foreign().filter((foreign) => isWithin(foreign, folder) && foreign !== folder) }),
  };
}

/** Data dirs and folder stores inside a root are never synced (rule 29). */
function storeFolders(index: IndexHandle, places: StorePlaces): string[] {
  return index.roots().flatMap((root) => [root.address, root.coldAddress].flatMap((address) => {
    try {
      return address === null ? [] : (places.parse(address).folder ?? []);
    } catch {
      return [];
    }
  }));
}

function scratchIndex(clock: Clock): ScratchIndex {
  const index = openIndex(':memory:', clock);
  return { index, close: () => index.close() };
}

/** Who owns the roots of this data dir (rule 29). Beside the index, so that a lost index leads back to the same roots. */
async function ownerIdIn(dataDir: string): Promise<string> {
  const file = path.join(dataDir, 'owner-id');
  const kept = (await readPrivateFile(file))?.trim() ?? '';
  if (kept !== '') return kept;
  const ownerId = randomUUID();
  await writePrivateFile(file, ownerId);
  return ownerId;
}
