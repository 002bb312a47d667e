/** Makes the hub: database, keys, accounts, store and files into one; null where nothing is shared. */
import { randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { Accounts } from './accounts/accounts.ts';
import { defaultLoginLimits } from './accounts/login-policy.ts';
import { Letters } from './accounts/letters.ts';
import { openMail } from './accounts/mail.ts';
import { Members } from './accounts/members.ts';
import { createPasswords } from './accounts/passwords.ts';
import type { AccountCounts, AccountRecords } from './accounts/ports.ts';
import { defaultSessionTimes, Sessions } from './accounts/sessions.ts';
import { openSigningKeys } from './accounts/signing-keys.ts';
import { createTokens } from './accounts/tokens.ts';
import { openHubCold } from './hub-cold-wiring.ts';
import type { DoorTls, Figure, HubDoor } from './app/hub-door.ts';
import type { HubParts } from './app/hub-handlers.ts';
import { startPruning } from './app/hub-pruning.ts';
import type { HubSettings } from './app/hub-settings.ts';
import type { RunningHub } from './app/hub-switch.ts';
import { AppError } from './base/app-error.ts';
import { createBudget } from './base/budget.ts';
import type { Clock } from './base/clock.ts';
import { isoAt } from './base/iso-time.ts';
import type { AppLogger } from './base/logger.ts';
import { factRecords } from './database/hub/fact-records.ts';
import { fileRecords } from './database/hub/file-records.ts';
import { openHubDatabase } from './database/hub/open-hub-database.ts';
import { partRecords } from './database/hub/part-records.ts';
import { preferenceRecords } from './database/hub/preference-records.ts';
import { pruneRecords } from './database/hub/prune-records.ts';
import { ruleRecords } from './database/hub/rule-records.ts';
import { sessionRecords } from './database/hub/session-records.ts';
import { shareRecords } from './database/hub/share-records.ts';
import { thawRecords } from './database/hub/thaw-records.ts';
import { uploadRecords } from './database/hub/upload-records.ts';
import { leavingRecords, userRecords } from './database/hub/user-records.ts';
import { Catalogue } from './library/catalogue.ts';
import { Changes, tellingRecords } from './library/changes.ts';
import { Departures } from './library/departures.ts';
import { Files } from './library/files.ts';
import { Folders } from './library/folders.ts';
import { linkLifetimeMs, openLinks } from './library/links.ts';
import type { FileRecord } from './library/ports.ts';
import { Moving } from './library/moving.ts';
import { PartsOnTheWay } from './library/parts-on-the-way.ts';
import { Resumable } from './library/resumable.ts';
import { createRoom } from './library/room.ts';
import { Shares } from './library/shares.ts';
import { Versions } from './library/versions.ts';
import { lookAtFolder } from './local/folder-facts.ts';
import { ownAddresses } from './local/own-addresses.ts';
import { createPresigner } from './remote/presign.ts';
import { createRetryingStore } from './remote/retrying-store.ts';
import { createBucket } from './remote/s3-control.ts';
import { createS3Store } from './remote/s3-store.ts';
import { withBucket } from './remote/with-bucket.ts';
import { certificateOfFiles, keptCertificate } from './secrets/server-certificate.ts';
import type { TierEnvironment } from './tiers/environment.ts';
import { HubThaws } from './tiers/hub-thaws.ts';
import type { SecretStore } from './secrets/secret-store.ts';
import type { EntryKey } from '../shared/relative-path.ts';
import { contentTypeFor } from './sync/execute/content-type.ts';
import { isArchived } from './sync/storage-class.ts';
import { removeVersion } from './sync/stores/remove-version.ts';
import type { ETag, RemoteStore, StoreKey, StoreProfile } from './sync/ports.ts';

export interface Hub extends RunningHub {
  /** One round of what is done every hour. */
  prune(): Promise<void>;
}
/** Only tests give a lower cost of passwords, and a database and a store of their own. */
export interface HubDeps {
  readonly settings: HubSettings;
  readonly dataDir: string;
  readonly databaseFile?: string;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  readonly logger: AppLogger;
  readonly hashCost?: number;
  readonly store?: RemoteStore;
  /** Whose uploads without a folder lie under their own names: a space that is a synced folder. */
  readonly keepsNames?: (userId: number) => boolean;
  readonly cold?: RemoteStore;
  readonly environment?: TierEnvironment;
}
/** Of all uploads' bytes in memory together: three parts (of a form each twice for a moment); others wait their turn. */
const uploadMemoryBytes = 24 * 1_048_576;
const healthWithinMs = 4_000;
const addressesForMs = 5_000;
const leastFreeBytes = 256 * 1_048_576;

export async function openHub(deps: HubDeps): Promise<Hub> {
  const { settings, clock, logger, secrets } = deps;
  keepOutOfLogs(settings, logger);
  const database = await openHubDatabase(settings.databaseUrl === null ? { kind: 'sqlite', file: deps.databaseFile ?? path.join(deps.dataDir, 'hub.db') } : { kind: 'postgres', url: settings.databaseUrl }, logger);
  try {
    const tls = await openTls(deps);
    const records: AccountRecords = { ...userRecords(database.db), ...sessionRecords(database.db) };
    const keys = await openSigningKeys({ algorithm: settings.algorithm, secret: settings.secretKey, shelf: secrets, clock });
    const sessions = new Sessions({ records, tokens: createTokens({ keys, clock }), clock, logger, times: { ...defaultSessionTimes, bearerMs: settings.bearerMs } });
    const setupCode = settings.isShared ? randomBytes(12).toString('base64url') : null;
    const passwords = createPasswords(deps.hashCost);
    const loginLimits = { ...defaultLoginLimits, perAccount: settings.failedLogins, perAddress: settings.failedLogins };
    const accounts = new Accounts({ records, passwords, clock, logger, rules: { mode: settings.signUp, setupCode }, limits: loginLimits });
    const members = new Members({ records, clock, limits: loginLimits });
    const mail = settings.mail === null ? null : openMail({ ...settings.mail, clock, logger });
    const letters = new Letters({ mail, members, records, clock });
    const warm = deps.store ?? openWarmStore(settings.warm, clock);
    const rows = tellingRecords(fileRecords(database.db), (userId) => changes.said(userId));
    const coldStore = deps.cold ?? (settings.cold === null ? null : openBucket(settings.cold, clock));
    const cold = coldStore === null ? null : openHubCold({ warm, cold: coldStore, records: rows, environment: deps.environment ?? { batchSize: 10, deleteFromWarm: false, logFile: null }, clock, logger, facts: factRecords(database.db), onSynced: (userId) => changes.said(userId) });
    const store = cold?.store ?? warm;
    cold?.start();
    const catalogue = new Catalogue({ store, records: rows, clock, logger, contentTypeOfName: (name) => contentTypeFor(name as EntryKey) });
    const changes = new Changes({ clock, look: (userId) => catalogue.refresh(userId), lookAt: (userId, keys) => catalogue.lookAt(userId, keys), watchStore: (onKeys, signal) => store.watch(onKeys, signal) });
    const links = await openLinks({ shelf: secrets, clock });
    const ruleRows = ruleRecords(database.db);
    const memory = createBudget(uploadMemoryBytes);
    const arriving = uploadRecords(database.db);
    const room = createRoom({ quotaOf: async (userId) => (await records.user(userId))?.quotaBytes ?? null, usedBytes: rows.usedBytes, announcedBytes: arriving.announcedBytes });
    const parts = new PartsOnTheWay({ store, records: partRecords(database.db), clock });
    const files = new Files({ store, isAway: (object) => isArchived(object.storageClass) && object.restoring !== 'restored', receiving: parts.store, records: rows, rules: ruleRows, catalogue, links, clock, memory, room, mostBytes: settings.mostUploadBytes, direct: directLinks(settings.warm, clock), keepsNames: deps.keepsNames ?? (() => false) });
    const versions = new Versions({ store, receiving: parts.store, files, memory, room });
    const thaws = new HubThaws({ store, rows: thawRecords(database.db), clock, logger, chance: Math.random, onChange: (userId) => changes.said(userId) });
    thaws.start();
    const removeExactly = remover(store, clock);
    const moving = new Moving({ store, records: rows, files, clock, room, removeExactly });
    const shareRows = shareRecords(database.db);
    const listAll: RemoteStore['list'] = cold?.listAll ?? ((request) => store.list(request));
    const folders = new Folders({ store, listAll, records: rows, shares: shareRows, files, moving, clock, removeExactly });
    const isWelcome = async (userId: number): Promise<boolean> => (await records.user(userId))?.disabledAt === null;
    const shares = new Shares({ records: shareRows, files, links, clock, passwords, isWelcome });
    const uploads = new Resumable({
      store, uploads: arriving, rules: ruleRows, files, clock, memory, room, mostBytes: settings.mostUploadBytes,
      onStored: async (upload, file) => (upload.shareId === null ? undefined : shares.noteUpload(upload.shareId, upload.address, file.filename)),
    });
    const departures = new Departures({ store, listAll, leaving: leavingRecords(database.db), records: rows, uploads: arriving, catalogue, moving, clock, logger, removeExactly });
    const pruning = startPruning({ records: pruneRecords(database.db), uploads, parts, departures, clock, logger });
    const rules: HubParts['rules'] = { rulesOf: ruleRows.rulesOf, setRules: (userId, wanted) => ruleRows.setRules(userId, wanted, isoAt(clock.nowMs())) };
    const health = async (): Promise<Readonly<Record<string, string>>> => ({ database: (await database.isWell()) ? 'healthy' : 'unhealthy', store: await storeHealth(warm, clock), ...(coldStore === null ? {} : { cold: await storeHealth(coldStore, clock) }), disk: await diskHealth(deps.dataDir) });
    return {
      parts: {
        entry: { signUp: settings.signUp, mostUploadBytes: settings.mostUploadBytes, state: async () => ((await records.hasUsers()) ? { firstAccount: false, needsSetupCode: false } : { firstAccount: true, needsSetupCode: setupCode !== null }) },
        migrate: cold === null ? null : () => cold.run(),
        accounts, sessions, members, letters, files, moving, versions, thaws, folders, shares, uploads, room, departures, rules, preferences: preferenceRecords(database.db), now: () => isoAt(clock.nowMs()), records: rows, user: (id) => members.user(id),
      },
      door: {
        publicUrls: publicUrlsOf(settings, clock), listen: settings.listen, tls, trustedProxies: settings.trustedProxies, limits: settings.limits,
        setupCode: async () => ((await records.hasUsers()) ? null : setupCode),
        identify: (credentials, device) => identify(sessions, credentials, device),
        watch: (userId, onChange) => changes.watch(userId, onChange),
        figures: async () => figuresOf({ counts: await records.counts(isoAt(clock.nowMs()), isoAt(clock.nowMs() - 3_600_000)), health: await health(), requests: store.requestCounts() }),
      },
      health,
      ownerAccount: async ({ email, password }) => {
        if (!(await records.hasUsers())) return (await accounts.signUp({ email, password, setupCode: setupCode ?? undefined })).id;
        const known = await records.userByEmail(email);
        if (known === null || known.role !== 'owner') throw new AppError('sharing_other_owner');
        return known.id;
      },
      prune: pruning.now,
      close: async () => {
        pruning.stop();
        changes.close();
        mail?.close();
        await thaws.close();
        await cold?.close();
        await store.close();
        await database.close();
      },
    };
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
}

async function openTls({ settings, dataDir, clock }: HubDeps): Promise<DoorTls | null> {
  if (settings.tls === null) return null;
  const { port, files } = settings.tls;
  const names = [...ownAddresses(), ...(settings.publicUrl === null ? [] : [settings.publicUrl.hostname])].map((name) => name.replace(/^\[(.*)\]$/, '$1'));
  return { port, ...(files === null ? await keptCertificate({ dataDir, names, clock }) : await certificateOfFiles(files)) };
}

/** What was set, else all that this computer is called; that changes with the network it is in. */
function publicUrlsOf(settings: HubSettings, clock: Clock): HubDoor['publicUrls'] {
  if (settings.publicUrl !== null) return () => [settings.publicUrl as URL];
  if (settings.tls === null) return () => [];
  let known: { readonly port: number; readonly untilMs: number; readonly urls: readonly URL[] } | null = null;
  return (port) => {
    if (port === null) return [];
    const nowMs = clock.monotonicMs();
    if (known === null || known.port !== port || nowMs >= known.untilMs) {
      const reached = settings.listen === '0.0.0.0' || settings.listen === '::' ? [...ownAddresses(), '127.0.0.1'] : [settings.listen.includes(':') ? `[${settings.listen}]` : settings.listen];
      known = { port, untilMs: nowMs + addressesForMs, urls: reached.map((host) => new URL(`https://${host}:${port}`)) };
    }
    return known.urls;
  };
}

/** What the store heeds is found out once, by doing, before the first deletion. */
function remover(store: RemoteStore, clock: Clock): (key: StoreKey, etag: ETag) => Promise<boolean> {
  let profile: Promise<StoreProfile> | null = null;
  return async (key, etag) => {
    profile ??= store.probe();
    const known = await profile.catch((error: unknown) => {
      profile = null;
      throw error;
    });
    return removeVersion({ store, profile: known, clock, random: randomUUID }, key, etag);
  };
}

async function identify(sessions: Sessions, credentials: Parameters<HubDoor['identify']>[0], device: Parameters<HubDoor['identify']>[1]): ReturnType<HubDoor['identify']> {
  const { bearer, cookie, proof } = credentials;
  const found = bearer !== null ? await sessions.ofBearer(bearer, device) : cookie !== null ? await sessions.ofCookie(cookie, proof, device) : null;
  return found === null ? null : { who: 'user', sessionId: found.sessionId, user: { id: found.id, email: found.email, role: found.role } };
}

function openWarmStore(warm: HubSettings['warm'], clock: Clock): RemoteStore {
  if (warm === null) throw new AppError('internal');
  return openBucket(warm, clock);
}
function openBucket({ endpoint, region, bucket, accessKeyId, secretAccessKey }: NonNullable<HubSettings['cold']>, clock: Clock): RemoteStore {
  const at = { endpoint, region, bucket };
  const credentials = () => Promise.resolve({ accessKeyId, secretAccessKey });
  const store = createRetryingStore(createS3Store({ endpoint: at, prefix: '', credentials, clock }), { clock, random: Math.random });
  return withBucket(store, () => createBucket({ endpoint: at, credentials, clock }).then(() => undefined));
}

/** Where neither records nor logs can be written, nothing that was promised is kept. */
async function diskHealth(dataDir: string): Promise<string> {
  const { freeBytes } = await lookAtFolder(dataDir);
  return freeBytes === null || freeBytes >= leastFreeBytes ? 'healthy' : `unhealthy: ${Math.floor(freeBytes / 1_048_576)} MB free`;
}

function figuresOf(now: { readonly counts: AccountCounts; readonly health: Readonly<Record<string, string>>; readonly requests: Readonly<Record<string, number>> }): Figure[] {
  const one = (name: string, says: string, value: number, labels: Readonly<Record<string, string>> = {}): Figure => ({ name, says, labels, value });
  return [
    one('strata_accounts', 'Accounts, those shut out included.', now.counts.accounts), one('strata_open_sessions', 'Sessions that are open now.', now.counts.openSessions),
    one('strata_failed_logins_last_hour', 'Failed log-ins within the last hour.', now.counts.failedLogins),
    ...Object.entries(now.health).map(([service, state]) => one('strata_healthy', '1 where a service works, else 0.', state === 'healthy' ? 1 : 0, { service })),
    ...Object.entries(now.requests).map(([verb, value]) => one('strata_store_requests', 'Requests sent to the stores since the start.', value, { verb })),
  ];
}

/** Where clients reach the store they get the bytes from it, by an address that ends as soon as the hub's own would. */
function directLinks(warm: HubSettings['warm'], clock: Clock): ((file: FileRecord) => string) | null {
  if (warm === null || warm.publicUrl === null) return null;
  const presign = createPresigner({ publicUrl: warm.publicUrl, region: warm.region, bucket: warm.bucket, credentials: warm, nowMs: () => clock.nowMs(), livesMs: linkLifetimeMs });
  return ({ objectKey, filename, contentType }) => presign({ key: objectKey, filename, contentType });
}

/** A store that hangs must not make the answer hang. */
async function storeHealth(store: RemoteStore, clock: Clock): Promise<string> {
  const signal = new AbortController();
  const late = clock.sleep(healthWithinMs, signal.signal).then(() => 'unhealthy: no answer in time');
  const looked = store.list({ prefix: 'user-', maxKeys: 1, signal: signal.signal }).then(() => 'healthy', (error: unknown) => `unhealthy: ${(error as { readonly code?: string }).code ?? 'error'}`);
  const answer = await Promise.race([looked, late]);
  signal.abort();
  return answer;
}

function keepOutOfLogs(settings: HubSettings, logger: AppLogger): void {
  const password = settings.databaseUrl === null ? '' : decodeURIComponent(new URL(settings.databaseUrl).password);
  const mailPassword = settings.mail === null ? '' : decodeURIComponent(new URL(settings.mail.url).password);
  for (const secret of [settings.mail?.url ?? null, mailPassword, settings.secretKey, settings.databaseUrl, password, settings.warm?.secretAccessKey ?? null, settings.cold?.secretAccessKey ?? null]) if (secret !== null && secret !== '') logger.addSecret(secret);
}
