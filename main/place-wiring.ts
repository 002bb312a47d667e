/** Opens places with the right keys, retries and limits: where addresses, the secret store and the remote adapters meet. */
import type { Settings, ShownCertificate } from '../shared/api/contract.ts';
import type { ParsedPlace, PlaceAccess, Places, StoreKeys } from './app/ports.ts';
import { AppError } from './base/app-error.ts';
import type { Clock } from './base/clock.ts';
import type { AppLogger } from './base/logger.ts';
import { createBucket, type ControlDeps, type ProfileFiles } from './remote/s3-control.ts';
import { credentialsFor, openStore } from './remote/open-store.ts';
import { createRetryingStore } from './remote/retrying-store.ts';
import { readLifecycle, writeOwnLifecycle, type LifecycleScope } from './remote/s3-lifecycle.ts';
import { formatStoreAddress, parseStoreAddress, placeName, type StoreAddress } from './remote/store-address.ts';
import type { Credentials } from './remote/sigv4.ts';
import { createThrottledStore, type StoreLimits, type ThrottledStore } from './remote/throttled-store.ts';
import { lookAtCertificate } from './remote/trust.ts';
import type { SecretStore } from './secrets/secret-store.ts';
import type { RemoteStore } from './sync/ports.ts';

export interface StorePlacesDeps {
  readonly secrets: SecretStore;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly logger: AppLogger;
  readonly settings: () => Settings;
}

export class StorePlaces implements Places {
  readonly #deps: StorePlacesDeps;
  readonly #throttled = new Set<ThrottledStore>();
  constructor(deps: StorePlacesDeps) {
    this.#deps = deps;
  }
  get secretsKind(): SecretStore['kind'] {
    return this.#deps.secrets.kind;
  }

  parse(text: string): ParsedPlace {
    const address = parseStoreAddress(text);
    const shared = { address: formatStoreAddress(address), name: placeName(address) };
    if (address.kind === 'folder') return { ...shared, kind: 'folder', folder: address.path, identity: `folder ${address.path}`, server: null };
    const server = new URL(address.endpoint).origin;
    return { ...shared, kind: 's3', folder: null, identity: `s3 ${server} ${address.bucket} ${address.prefix}`, server: address.keysName === null && address.profile === null ? server : null };
  }

  async open(text: string, request: Parameters<Places['open']>[1]): Promise<RemoteStore> {
    const { clock, logger, settings } = this.#deps;
    const address = parseStoreAddress(text);
    const keys = address.kind === 'folder' ? null : await this.#keysFor(address, request);
    const store = openStore(address, keys === null ? null : credentialsOf(keys), { clock, logger, profileFiles: this.#profileFiles(), ...(request.trustedCertificate === null ? {} : { trustedCertificate: request.trustedCertificate }) });
    if (!request.forSync) return store;
    const throttled = createThrottledStore(createRetryingStore(store, { clock, random: Math.random }), { clock, limits: limitsOf(settings()) });
    this.#throttled.add(throttled);
    return { ...throttled, close: async () => {
      this.#throttled.delete(throttled);
      await throttled.close();
    } };
  }

  async readLifecycle(text: string, request: Parameters<Places['readLifecycle']>[1]): ReturnType<Places['readLifecycle']> {
    const scope = await this.#lifecycleScope(text, request, request.libraryId);
    return { ...(await readLifecycle(scope)), prefix: scope.prefix };
  }
  async writeLifecycle(text: string, request: Parameters<Places['writeLifecycle']>[1]): Promise<void> {
    await writeOwnLifecycle(await this.#lifecycleScope(text, request, request.libraryId), request.own, request.version);
  }
  async #lifecycleScope(text: string, request: PlaceAccess, libraryId: string): Promise<LifecycleScope> {
    const address = parseStoreAddress(text);
    if (address.kind === 'folder') throw new AppError('lifecycle_unsupported', { place: placeName(address), detail: 'a folder' });
    return { ...(await this.#controlOf(address, request)), prefix: address.prefix, libraryId };
  }

  membersPlaceFor(text: string): string {
    const address = parseStoreAddress(text);
    if (address.kind === 'folder') return formatStoreAddress({ ...address, path: `${address.path} (members)` });
    // Names of buckets are at most 63 signs long.
    return formatStoreAddress({ ...address, bucket: `${address.bucket.slice(0, 55)}-members`, prefix: '' });
  }

  async makeBucket(text: string, request: Parameters<Places['makeBucket']>[1]): Promise<void> {
    const address = parseStoreAddress(text);
    if (address.kind === 'folder') throw new AppError('place_invalid', { detail: 'a folder has no bucket' });
    await createBucket(await this.#controlOf(address, request));
  }
  async #controlOf(address: Extract<StoreAddress, { kind: 's3' }>, request: PlaceAccess): Promise<ControlDeps> {
    const keys = await this.#keysFor(address, request);
    const { endpoint, region, bucket } = address;
    return {
      endpoint: { endpoint, region, bucket, ...(request.trustedCertificate === null ? {} : { trustedCertificate: request.trustedCertificate }) },
      credentials: credentialsFor(address, keys === null ? null : credentialsOf(keys), { clock: this.#deps.clock, profileFiles: this.#profileFiles() }), clock: this.#deps.clock,
    };
  }

  applyLimits(settings: Settings): void {
    for (const store of this.#throttled) store.setLimits(limitsOf(settings));
  }

  async keepKeys(secretName: string, keys: StoreKeys): Promise<boolean> {
    const text = JSON.stringify(keys);
    if ((await this.#deps.secrets.get(secretName)) === text) return false;
    await this.#deps.secrets.set(secretName, text);
    return true;
  }
  async copyKeys(from: string, to: string): Promise<boolean> {
    const text = await this.#deps.secrets.get(from);
    if (text !== null) await this.#deps.secrets.set(to, text);
    return text !== null;
  }
  async forgetKeys(secretName: string): Promise<void> {
    await this.#deps.secrets.remove(secretName);
  }

  async #keysFor(address: Extract<StoreAddress, { kind: 's3' }>, request: { readonly keys: StoreKeys | null; readonly secretName: string | null }): Promise<StoreKeys | null> {
    const keys = request.keys ?? (await this.#keptKeys(request.secretName)) ?? this.#keysOfEnvironment(address);
    if (keys !== null) for (const secret of [keys.secretAccessKey, keys.sessionToken]) if (secret !== undefined) this.#deps.logger.addSecret(secret);
    return keys;
  }
  #profileFiles(): ProfileFiles {
    const { AWS_SHARED_CREDENTIALS_FILE: credentials, AWS_CONFIG_FILE: config } = this.#deps.env;
    return { ...(credentials ? { credentials } : {}), ...(config ? { config } : {}) };
  }
  async lookAtCertificate(text: string): Promise<ShownCertificate> {
    const address = parseStoreAddress(text);
    const seen = address.kind === 'folder' ? null : await lookAtCertificate(address.endpoint, 10_000);
    if (seen === null) throw new AppError('place_invalid', { detail: 'only an https:// address shows a certificate' });
    return seen;
  }
  async #keptKeys(secretName: string | null): Promise<StoreKeys | null> {
    if (secretName === null) return null;
    const text = await this.#deps.secrets.get(secretName);
    return text === null ? null : (JSON.parse(text) as StoreKeys);
  }
  #keysOfEnvironment(address: Extract<StoreAddress, { kind: 's3' }>): StoreKeys | null {
    // The address says itself where its keys are.
    if (address.profile !== null) return null;
    const { env } = this.#deps;
    const prefix = address.keysName ?? 'AWS';
    const accessKeyId = env[`${prefix}_ACCESS_KEY_ID`];
    const secretAccessKey = env[`${prefix}_SECRET_ACCESS_KEY`];
    const sessionToken = env[`${prefix}_SESSION_TOKEN`];
    if (!accessKeyId || !secretAccessKey) return null;
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  }
}

function credentialsOf(keys: StoreKeys): Credentials {
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function limitsOf(settings: Settings): StoreLimits {
  const limit = (bytes: number): number | null => (bytes > 0 ? bytes : null);
  return { upBytesPerSecond: limit(settings.upBytesPerSecond), downBytesPerSecond: limit(settings.downBytesPerSecond), concurrency: settings.concurrency };
}
