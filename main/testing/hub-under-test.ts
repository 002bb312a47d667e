/** A whole hub behind a real door for tests: SQLite in memory, a bucket in memory, a hand-held clock, and one person of every kind. */
import os from 'node:os';
import { hubHandlers } from '../app/hub-handlers.ts';
import { readHubSettings, type HubSettings } from '../app/hub-settings.ts';
import { silentLogger, type AppLogger } from '../base/logger.ts';
import { openHub, type Hub } from '../hub-wiring.ts';
import type { TierEnvironment } from '../tiers/environment.ts';
import { memoryStore as memorySecrets } from '../secrets/secret-store.ts';
import { ask, HeldClock, openTestDoor, type AskRequest, type DoorUnderTest, type Told } from './door-under-test.ts';
import { MemoryBucket, type MemoryBucketOptions, type RequestHook } from './memory-store.ts';

export const password = 'a password of the tests';
export interface Person {
  readonly id: number;
  readonly email: string;
  readonly token: string;
}
export type Kind = 'owner' | 'admin' | 'member' | 'guest';
export interface HubUnderTest {
  readonly hub: Hub;
  readonly door: DoorUnderTest;
  readonly clock: HeldClock;
  readonly bucket: MemoryBucket;
  /** What becomes of the hub's requests to its store; null is nothing bad. */
  readonly faults: { hook: RequestHook | null; coldHook: RequestHook | null };
  /** Null without `cold`. */
  readonly cold: MemoryBucket | null;
  /** As somebody, or as nobody with null. */
  as(person: Person | null, method: string, path: string, request?: AskRequest): Promise<Told>;
  upload(person: Person | null, name: string, content: string | Buffer, fields?: Readonly<Record<string, string>>): Promise<Told>;
  signUp(email: string, more?: object): Promise<Person>;
  logIn(email: string): Promise<Person>;
  close(): Promise<void>;
}

export const hubEnv = { MINIO_ENDPOINT: '127.0.0.1:9', MINIO_ACCESS_KEY: 'key', MINIO_SECRET_KEY: 'secret of the store', MINIO_BUCKET: 'bucket', LIMIT_ANONYMOUS_PER_MINUTE: '1000000', LIMIT_SESSION_PER_MINUTE: '1000000', LIMIT_SIGNUP_PER_MINUTE: '1000000', ALGORITHM: 'EdDSA' };

/** What may be given up waits until it is given up; every other wait is over at once. */
class StillClock extends HeldClock {
  override sleep(_delayMs = 0, signal?: AbortSignal): Promise<void> {
    if (signal === undefined || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
}

export async function openTestHub(options: { readonly cold?: boolean | Partial<MemoryBucketOptions>; readonly atMs?: number; readonly environment?: TierEnvironment; readonly env?: Readonly<Record<string, string>>; readonly logger?: AppLogger; readonly dataDir?: string; readonly versioning?: boolean; readonly before?: { readonly databaseFile: string; readonly bucket?: MemoryBucket; readonly cold?: MemoryBucket } } = {}): Promise<HubUnderTest> {
  const settings = readHubSettings({ ...hubEnv, ...options.env }) as HubSettings;
  const clock = new StillClock();
  clock.pass(options.atMs ?? Date.UTC(2026, 10, 21));
  const bucket = options.before?.bucket ?? new MemoryBucket({ clock, versioning: options.versioning ?? false });
  const cold = options.cold === undefined || options.cold === false ? null : (options.before?.cold ?? new MemoryBucket({ clock, name: 'cold', ...(options.cold === true ? {} : options.cold) }));
  const faults: HubUnderTest['faults'] = { hook: null, coldHook: null };
  const store = bucket.device({ beforeRequest: (verb, key) => faults.hook?.(verb, key) });
  const hub = await openHub({ settings: { ...settings, databaseUrl: null }, dataDir: options.dataDir ?? os.tmpdir(), databaseFile: options.before?.databaseFile ?? ':memory:', secrets: memorySecrets(), clock, logger: options.logger ?? silentLogger, hashCost: 4, store, ...(options.environment === undefined ? {} : { environment: options.environment }), ...(cold === null ? {} : { cold: cold.device({ beforeRequest: (verb, key) => faults.coldHook?.(verb, key) }) }) });
  const door = await openTestDoor({ handlers: hubHandlers(() => hub.parts), hub: hub.door, clock, logger: options.logger ?? silentLogger });
  const as: HubUnderTest['as'] = (person, method, path, request = {}) =>
    ask(door.door.port, method, path, { ...request, anonymous: true, headers: { ...(person === null ? {} : { authorization: `Bearer ${person.token}` }), ...request.headers } });
  const logIn = async (email: string): Promise<Person> => {
    const told = await as(null, 'POST', '/api/auth/login', { body: { email, password } });
    const said = told.json() as { access_token: string; user: { id: number } };
    if (told.status !== 200) throw new Error(told.text);
    return { id: said.user.id, email, token: said.access_token };
  };
  return {
    hub, door, clock, bucket, cold, faults, as, logIn,
    upload: (person, name, content, fields = {}) => as(person, 'POST', '/api/files/upload', formOf(name, content, fields)),
    signUp: async (email, more = {}) => {
      const told = await as(null, 'POST', '/api/auth/signup', { body: { email, password, ...more } });
      if (told.status !== 201) throw new Error(told.text);
      return logIn(email);
    },
    close: async () => {
      await door.close();
      await hub.close();
    },
  };
}

/** One of every kind; `other` is a second member, whose things are foreign to all of them. */
export async function settle(world: HubUnderTest): Promise<Readonly<Record<Kind | 'other', Person>>> {
  const owner = await world.signUp('owner@hub.test');
  const [admin, member, guest, other] = [await world.signUp('admin@hub.test'), await world.signUp('member@hub.test'), await world.signUp('guest@hub.test'), await world.signUp('other@hub.test')];
  await world.as(owner, 'PUT', `/api/users/${admin.id}`, { body: { role: 'admin' } });
  await world.as(owner, 'PUT', `/api/users/${guest.id}`, { body: { role: 'guest' } });
  return { owner, admin, member, guest, other };
}

export function formOf(name: string, content: string | Buffer, fields: Readonly<Record<string, string>> = {}): AskRequest {
  const mark = 'mark-of-the-form';
  const before = Object.entries(fields).map(([key, value]) => `--${mark}\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`).join('');
  const head = `${before}--${mark}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  const whole = Buffer.concat([Buffer.from(head), Buffer.from(content), Buffer.from(`\r\n--${mark}--\r\n`)]);
  return { rawBody: whole, headers: { 'content-type': `multipart/form-data; boundary=${mark}` } };
}
