/** One device against a real MinIO through a line that spoils requests: nothing is lost, nothing is invented, and once the line is well both sides are equal (F40 to F55). */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutputOf } from '../shared/api/contract.ts';
import type { Core } from './app/core.ts';
import { systemClock } from './base/clock.ts';
import { silentLogger } from './base/logger.ts';
import { composeCore } from './compose.ts';
import { createS3Store } from './remote/s3-store.ts';
import type { RemoteStore, Sha256, StoreKey } from './sync/ports.ts';
import { fastClock } from './testing/fast-clock.ts';
import { startFaultProxy, type Fault, type FaultProxy, type PassingRequest } from './testing/fault-proxy.ts';
import { startMinio, type TestServer } from './testing/servers.ts';

const bucket = 'faulty';
const started = await startMinio();
// A loaded machine gets less done in one; that it gets there is what counts.
const mostTries = 20;
let server: TestServer;
let proxy: FaultProxy;
let folder: string;

/** Bytes that are the same in every run and compress to nothing. */
function bytesOf(seed: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, at) => createHash('sha256').update(`${seed} ${at}`).digest());
  return Buffer.concat(blocks).subarray(0, length);
}
const large = bytesOf('large', 17 * 1024 * 1024);
const here: Readonly<Record<string, Buffer>> = { 'up.bin': bytesOf('up', 300_000), 'notes/plan.md': Buffer.from('a plan'), 'empty.txt': Buffer.alloc(0) };
const there: Readonly<Record<string, Buffer>> = { 'down.bin': bytesOf('down', 300_000), 'photos/garden.jpg': bytesOf('garden', 2000) };

/** Everything one case needs: its own library in the bucket, folder and data dir. */
interface Case {
  readonly root: string;
  readonly store: RemoteStore;
  readonly core: Core;
  sync(): Promise<OutputOf<'syncOnce'>>;
  /** Without faults until in step. */
  heal(): Promise<void>;
  disk(): Promise<Record<string, string>>;
  place(): Promise<Record<string, string>>;
}
let cases = 0;

async function open(files: { readonly here?: Readonly<Record<string, Buffer>>; readonly there?: Readonly<Record<string, Buffer>> } = { here, there }): Promise<Case> {
  cases += 1;
  const prefix = `case-${cases}/`;
  const root = path.join(folder, `root-${cases}`);
  const dataDir = path.join(folder, `data-${cases}`);
  for (const each of [root, dataDir]) await mkdir(each, { recursive: true });
  for (const [name, bytes] of Object.entries(files.here ?? {})) await put(path.join(root, name), bytes);
  const store = createS3Store({
    endpoint: { endpoint: server.endpoint, region: server.region, bucket }, prefix, clock: systemClock,
    credentials: () => Promise.resolve({ accessKeyId: server.accessKey, secretAccessKey: server.secretKey }),
  });
  for (const [name, bytes] of Object.entries(files.there ?? {})) await store.put(name as StoreKey, bytes, { sizeBytes: bytes.length, sha256: sha(bytes) as Sha256 });
  const core = await composeCore({
    dataDir, logger: silentLogger, deviceName: 'Laptop',
    env: { STRATA_SECRET_KEY: 'a passphrase for tests', AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey },
  }, { clock: fastClock(8) });
  const address = `s3://${bucket}/${prefix.slice(0, -1)}?endpoint=${proxy.endpoint}&region=${server.region}`;
  const sync = async (): Promise<OutputOf<'syncOnce'>> => (await core.handlers.syncOnce({ folder: root, place: { address }, approveCounts: false }, { who: 'owner', sessionId: 'test' })) as OutputOf<'syncOnce'>;
  return {
    root, store, core, sync,
    heal: async () => {
      proxy.play([]);
      for (let tries = 0; tries < mostTries; tries += 1) if ((await sync()).inStep) return;
      throw new Error('not in step after the line was well again');
    },
    disk: () => treeOf(root),
    place: () => objectsOf(store),
  };
}
async function put(file: string, bytes: Buffer): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
}
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
async function treeOf(root: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(root, file);
    if (entry.isFile() && !name.startsWith('.strata')) tree[name] = sha(await readFile(file));
  }
  return tree;
}
async function objectsOf(store: RemoteStore): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (let token: string | undefined; ; ) {
    const page = await store.list(token === undefined ? {} : { token });
    for (const { key } of page.objects) {
      if (key.startsWith('.strata/') || key.endsWith('/')) continue;
      const answer = await store.get(key);
      if (!answer.ok) continue;
      const hash = createHash('sha256');
      for await (const chunk of answer.value.body) hash.update(chunk);
      found[key] = hash.digest('hex');
    }
    if (page.next === null) return found;
    token = page.next;
  }
}
const hashes = (files: Readonly<Record<string, Buffer>>): Record<string, string> => Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha(bytes)]));
const both = hashes({ ...here, ...there });
async function close(one: Case): Promise<void> {
  await one.core.close();
  await one.store.close();
}
const errorXml = (code: string): string => `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>m</Message></Error>`;
const portal = '<!doctype html><html><head><title>Welcome to the hotel</title></head><body>Please log in</body></html>';
/** Of the whole library, not of a folder in it. */
const isWholeListing = ({ isList, query }: PassingRequest): boolean => isList && /^case-\d+\/$/.test(query.get('prefix') ?? '');
const isObject = (verb: string, end: string) => (request: PassingRequest): boolean => request.verb === verb && request.key?.endsWith(end) === true && !request.key.includes('.strata/');

describe.skipIf(started.server === null)(`a line that spoils requests (F40 to F55)${started.server === null ? `: ${started.reason}` : ''}`, () => {
  beforeAll(async () => {
    if (started.server === null) return;
    server = started.server;
    await server.makeBucket(bucket);
    proxy = await startFaultProxy(server.endpoint);
    folder = await mkdtemp(path.join(tmpdir(), 'strata-faults-'));
  });
  afterAll(async () => {
    await proxy?.close();
    await server?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  /** Spoiled once or a few times, then well: both sides end equal, with exactly these contents and no second copies. */
  const passing: readonly (readonly [string, (request: PassingRequest) => boolean, Fault, number])[] = [
    ['a slow line (F42)', () => true, { kind: 'delay', ms: 20 }, 20],
    ['500 to an upload (F41)', isObject('PUT', 'up.bin'), { kind: 'answer', status: 500, body: errorXml('InternalError') }, 2],
    ['503 with the wish to slow down (F41, F55)', () => true, { kind: 'answer', status: 503, body: errorXml('SlowDown') }, 3],
    ['429 to a listing (F41)', ({ isList }) => isList, { kind: 'answer', status: 429, body: errorXml('TooManyRequests') }, 2],
    ['500 to a download (F41)', isObject('GET', 'down.bin'), { kind: 'answer', status: 500, body: errorXml('InternalError') }, 2],
    ['an upload cut in its middle (F42)', isObject('PUT', 'up.bin'), { kind: 'cutRequest', afterBytes: 100_000 }, 1],
    ['a download cut in its middle (F42)', isObject('GET', 'down.bin'), { kind: 'cutAnswer', afterBytes: 100_000 }, 1],
    ['a line dropped at once (F40)', () => true, { kind: 'refuse' }, 2],
    ['a download that is shorter and says it is whole (F43)', isObject('GET', 'down.bin'), { kind: 'shorten', toBytes: 1000 }, 1],
    ['a flipped bit in a download (F43)', isObject('GET', 'down.bin'), { kind: 'flipAnswer', atByte: 777 }, 1],
    ['a flipped bit in an upload (F43)', isObject('PUT', 'up.bin'), { kind: 'flipRequest', atByte: 777 }, 1],
    ['the lost answer to an upload (F44)', isObject('PUT', 'up.bin'), { kind: 'loseAnswer' }, 1],
    ['a listing with every entry twice (F45)', ({ isList }) => isList, { kind: 'rewrite', change: (text) => text.replace(/<Contents>.*?<\/Contents>/gs, (one) => one + one) }, 3],
    ['a listing in reverse order (F45)', ({ isList }) => isList, { kind: 'rewrite', change: (text) => {
      const all = text.match(/<Contents>.*?<\/Contents>/gs) ?? [];
      return text.replace(/<Contents>.*<\/Contents>/s, all.reverse().join(''));
    } }, 3],
    ['ETags without quotes (F46)', () => true, { kind: 'changeHeaders', change: (headers) => ({ ...headers, ...(headers.etag === undefined ? {} : { etag: headers.etag.replaceAll('"', '') }) }) }, 1000],
    ['a store whose clock is a day off (F49)', () => true, { kind: 'changeHeaders', change: (headers) => ({ ...headers, date: new Date(systemClock.nowMs() + 86_400_000).toUTCString() }) }, 1000],
  ];
  it.each(passing)('%s ends with both sides equal', async (_name, on, fault, times) => {
    const one = await open();
    try {
      proxy.play([{ on, fault, times }]);
      await one.sync();
      expect(proxy.spoiled()).toBeGreaterThan(0);
      await one.heal();
      expect(await one.disk()).toEqual(both);
      expect(await one.place()).toEqual(both);
    } finally {
      await close(one);
    }
  });

  /** As long as it lasts nothing is deleted or replaced anywhere, and the outcome says that something is wrong. */
  const lasting: readonly (readonly [string, (request: PassingRequest) => boolean, Fault])[] = [
    ['a captive portal that answers HTML with 200 (F40)', () => true, { kind: 'answer', status: 200, body: portal, headers: { 'content-type': 'text/html' } }],
    ['a listing that is a portal’s page (F40)', ({ isList }) => isList, { kind: 'answer', status: 200, body: portal, headers: { 'content-type': 'text/html' } }],
    ['an empty listing (F45)', isWholeListing, { kind: 'rewrite', change: (text) => text.replace(/<Contents>.*<\/Contents>/s, '') }],
    ['a listing cut off in its XML (F45)', ({ isList }) => isList, { kind: 'shorten', toBytes: 300 }],
    ['a listing whose token never ends (F45)', ({ isList }) => isList, { kind: 'rewrite', change: (text) => text.replace('<IsTruncated>false</IsTruncated>', '<IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken>') }],
    ['a bucket that is gone (F47)', () => true, { kind: 'answer', status: 404, body: errorXml('NoSuchBucket') }],
    ['a key that was revoked (F48)', () => true, { kind: 'answer', status: 403, body: errorXml('InvalidAccessKeyId') }],
    ['an expired session (F48)', () => true, { kind: 'answer', status: 400, body: errorXml('ExpiredToken') }],
    ['clocks too far apart (F48, F49)', () => true, { kind: 'answer', status: 403, body: errorXml('RequestTimeTooSkewed') }],
    ['a redirect to another region (F47)', () => true, { kind: 'answer', status: 301, body: errorXml('PermanentRedirect'), headers: { 'x-amz-bucket-region': 'eu-west-1' } }],
    ['500 to everything (F41)', () => true, { kind: 'answer', status: 500, body: errorXml('InternalError') }],
  ];
  it.each(lasting)('%s deletes nothing, says so, and heals', async (_name, on, fault) => {
    const one = await open();
    try {
      await one.heal();
      const before = [await one.disk(), await one.place()];
      proxy.play([{ on, fault, times: Infinity }]);
      const outcome = await one.sync();
      expect(outcome.inStep).toBe(false);
      expect(outcome.reasons.join(' ')).toMatch(/\w+.*\./);
      proxy.play([]);
      expect([await one.disk(), await one.place()]).toEqual(before);
      await one.heal();
      expect([await one.disk(), await one.place()]).toEqual(before);
    } finally {
      await close(one);
    }
  });

  it('the tail of a listing that is missing deletes nothing here: what HEAD still finds is hidden, not deleted (F45)', async () => {
    const one = await open();
    try {
      await one.heal();
      proxy.play([{ on: isWholeListing, times: Infinity, fault: { kind: 'rewrite', change: (text) => text.replace(/<Contents><Key>[^<]*(?:photos|notes|up\.bin|empty)[^<]*<\/Key>.*?<\/Contents>/gs, '') } }]);
      await one.sync();
      expect(proxy.spoiled()).toBeGreaterThan(0);
      expect(await one.disk()).toEqual(both);
      await one.heal();
      expect(await one.place()).toEqual(both);
    } finally {
      await close(one);
    }
  });

  it('the answer to each step of a deletion gets lost, and what was created anew meanwhile stays (F44)', async () => {
    for (const verb of ['PUT', 'DELETE']) {
      const one = await open();
      try {
        await one.heal();
        await rm(path.join(one.root, 'up.bin'));
        proxy.play([{ on: isObject(verb, 'up.bin'), fault: { kind: 'loseAnswer' } }]);
        await one.sync();
        expect(proxy.spoiled()).toBe(1);
        proxy.play([]);
        const anew = Buffer.from('created anew by another tool');
        await one.store.put('up.bin' as StoreKey, anew, { sizeBytes: anew.length, sha256: sha(anew) as Sha256 });
        await one.heal();
        expect((await one.disk())['up.bin']).toBe(sha(anew));
        expect((await one.place())['up.bin']).toBe(sha(anew));
      } finally {
        await close(one);
      }
    }
  });

  const ofParts: readonly (readonly [string, (request: PassingRequest) => boolean, Fault])[] = [
    ['a part cut in its middle (F42, F51)', ({ query, verb }) => verb === 'PUT' && query.has('partNumber'), { kind: 'cutRequest', afterBytes: 1_000_000 }],
    ['a flipped bit in a part (F43)', ({ query, verb }) => verb === 'PUT' && query.has('partNumber'), { kind: 'flipRequest', atByte: 5000 }],
    ['the lost answer to Complete (F44)', ({ query, verb }) => verb === 'POST' && query.has('uploadId'), { kind: 'loseAnswer' }],
    ['Complete that says 200 and means an error (F41)', ({ query, verb }) => verb === 'POST' && query.has('uploadId'), { kind: 'answer', status: 200, body: errorXml('InternalError') }],
    ['an upload id that is gone (F51)', ({ query, verb }) => verb === 'PUT' && query.has('partNumber'), { kind: 'answer', status: 404, body: errorXml('NoSuchUpload') }],
  ];
  it.each(ofParts)('%s: a file of 17 MiB arrives whole', async (_name, on, fault) => {
    const one = await open({ here: { 'large.bin': large } });
    try {
      proxy.play([{ on, fault }]);
      await one.sync();
      expect(proxy.spoiled()).toBe(1);
      await one.heal();
      expect(await one.place()).toEqual(hashes({ 'large.bin': large }));
      expect(await one.disk()).toEqual(hashes({ 'large.bin': large }));
    } finally {
      await close(one);
    }
  });

  const ofOne: readonly (readonly [string, (request: PassingRequest) => boolean, Fault, readonly string[]])[] = [
    ['a store that is full (F54)', isObject('PUT', 'up.bin'), { kind: 'answer', status: 507, body: errorXml('XMinioStorageFull') }, ['notes/plan.md', 'empty.txt']],
    ['writing denied on one prefix (F48)', ({ verb, key }) => verb === 'PUT' && key?.includes('/notes/') === true, { kind: 'answer', status: 403, body: errorXml('AccessDenied') }, ['up.bin', 'empty.txt']],
    ['reading denied on one key (F48)', isObject('GET', 'down.bin'), { kind: 'answer', status: 403, body: errorXml('AccessDenied') }, ['up.bin', 'empty.txt', 'notes/plan.md']],
  ];
  it.each(ofOne)('%s stops that file only, with a reason', async (_name, on, fault, others) => {
    const one = await open();
    try {
      proxy.play([{ on, fault, times: Infinity }]);
      const outcome = await one.sync();
      expect(outcome.inStep).toBe(false);
      expect(outcome.reasons.length).toBeGreaterThan(0);
      const arrived = await one.place();
      for (const name of others) expect(arrived[name]).toBe(both[name]);
      await one.heal();
      expect(await one.disk()).toEqual(both);
      expect(await one.place()).toEqual(both);
    } finally {
      await close(one);
    }
  });

  it('deletion denied on everything deletes nothing, says so, and nothing else stops (F48)', async () => {
    const one = await open();
    try {
      await one.heal();
      await rm(path.join(one.root, 'up.bin'));
      await writeFile(path.join(one.root, 'new.txt'), 'goes on');
      proxy.play([{ on: ({ verb, key }) => verb === 'DELETE' && key?.includes('.strata/') !== true, fault: { kind: 'answer', status: 403, body: errorXml('AccessDenied') }, times: Infinity }]);
      const outcome = await one.sync();
      expect(outcome.inStep).toBe(false);
      expect((await one.place())['new.txt']).toBe(sha(Buffer.from('goes on')));
      await one.heal();
      expect((await one.place())['up.bin']).toBeUndefined();
    } finally {
      await close(one);
    }
  });
});
