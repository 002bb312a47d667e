/** A hub with as many files as asked for, over a store that lists exactly those: a process of its own, so that who measures is not measured. Prints its address and a token. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readHubSettings, type HubSettings } from '../main/app/hub-settings.ts';
import { hubHandlers } from '../main/app/hub-handlers.ts';
import { systemClock } from '../main/base/clock.ts';
import { silentLogger } from '../main/base/logger.ts';
import { fileRecords } from '../main/database/hub/file-records.ts';
import { openHubDatabase } from '../main/database/hub/open-hub-database.ts';
import { openHub } from '../main/hub-wiring.ts';
import type { NewFile } from '../main/library/ports.ts';
import { memoryStore as memorySecrets } from '../main/secrets/secret-store.ts';
import { startDoor } from '../main/server/door.ts';
import { Sessions } from '../main/server/sessions.ts';
import { EventBus } from '../main/app/event-bus.ts';
import type { ETag, ListedObject, RemoteStore, StoreKey } from '../main/sync/ports.ts';
import { MemoryContent } from '../main/testing/door-under-test.ts';
import type { Handlers } from '../main/app/handlers.ts';

const [dataDir = '.', count = '1000000'] = process.argv.slice(2);
const files = Number(count);
const address = 'bench@hub.test';
const password = 'a password of the bench';
const name = (number: number): string => `file ${String(number).padStart(8, '0')}.txt`;
const folder = (number: number): string => `folder ${Math.floor(number / 500).toString().padStart(5, '0')}`;
const key = (number: number): string => `user-1/${folder(number)}/${name(number)}`;
const at = '2026-11-20T12:00:00.000Z';

/** In the order of bytes, a thousand a page, as a real one. */
const store = {
  list: async ({ prefix = '', token, maxKeys = 1000 }: { readonly prefix?: string; readonly token?: string; readonly maxKeys?: number }) => {
    // A page comes over a network: other work goes on meanwhile.
    await sleep(20);
    if (prefix !== 'user-1/') return { objects: [], next: null };
    const from = Number(token ?? 0);
    const objects = Array.from({ length: Math.min(maxKeys, files - from) }, (_, step): ListedObject => ({ key: key(from + step) as StoreKey, sizeBytes: from + step, etag: 'e' as ETag, storageClass: 'STANDARD', lastModifiedMs: 0 }));
    return { objects, next: from + objects.length < files ? String(from + objects.length) : null };
  },
  requestCounts: () => ({ PUT: 0, GET: 0, HEAD: 0, DELETE: 0, LIST: 0, POST: 0 }),
  close: () => Promise.resolve(),
} as unknown as RemoteStore;

const env = { MINIO_ENDPOINT: '127.0.0.1:9', MINIO_ACCESS_KEY: 'key', MINIO_SECRET_KEY: 'secret of the store', MINIO_BUCKET: 'bucket', ALGORITHM: 'EdDSA', LIMIT_ANONYMOUS_PER_MINUTE: '1000000', LIMIT_SESSION_PER_MINUTE: '1000000' };
const settings = { ...(readHubSettings(env) as HubSettings), databaseUrl: process.env['DATABASE_URL'] ?? null };
const hub = await openHub({ settings, dataDir, secrets: memorySecrets(), clock: systemClock, logger: silentLogger, store });
const door = await startDoor({ handlers: hubHandlers(() => hub.parts) as unknown as Handlers, hub: hub.door, bus: new EventBus(), content: new MemoryContent(), sessions: new Sessions('token of the data dir'), clock: systemClock, logger: silentLogger, version: '0', pageDir: null, port: 0 });
const post = async (path: string, body: object): Promise<Record<string, unknown>> => (await (await fetch(`${door.address}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).json()) as Record<string, unknown>;
await post('/api/auth/signup', { email: address, password });

// The rows by a connection of their own, as many at a time as a transaction holds well.
const database = await openHubDatabase(settings.databaseUrl === null ? { kind: 'sqlite', file: `${dataDir}/hub.db` } : { kind: 'postgres', url: settings.databaseUrl }, silentLogger);
for (let from = 0; from < files; from += 20_000) {
  const rows = Array.from({ length: Math.min(20_000, files - from) }, (_, step): NewFile => {
    const number = from + step;
    return { userId: 1, filename: name(number), originalFilename: name(number), folder: folder(number), sizeBytes: number, contentType: 'text/plain', objectKey: key(number), etag: 'e', uploadedAt: at };
  });
  await database.db.transaction().execute((inside) => fileRecords(inside).putMany(rows, at));
}
await database.close();
const { access_token: token } = await post('/api/auth/login', { email: address, password });
console.log(JSON.stringify({ address: door.address, token }));
process.once('SIGTERM', () => void door.close().then(() => hub.close()).then(() => process.exit(0)));
