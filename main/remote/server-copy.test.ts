/** Copies between two places of one server: the store suite's part about them on memory, MinIO and VersityGW, through every wrapper that a migration has around a store. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { createBudget } from '../base/budget.ts';
import type { RemoteStore } from '../sync/ports.ts';
import { MemoryBucket } from '../testing/memory-store.ts';
import { startMinio, startVersity, type StartedServer } from '../testing/servers.ts';
import { describeServerCopy, describeServerCopyInParts, type TwoPlaces } from '../testing/store-conformance-server-copy.ts';
import { at, hashOf, must, putText, textOf } from '../testing/store-suite.ts';
import { openTestStore } from '../testing/store-under-test.ts';
import { copyToCold } from '../tiers/copy-object.ts';
import { createRetryingStore } from './retrying-store.ts';
import { createS3Store } from './s3-store.ts';
import { createThrottledStore } from './throttled-store.ts';

describe('memory', () => {
  const server = new Map<string, MemoryBucket>();
  const bucket = (name: string, of?: Map<string, MemoryBucket>): RemoteStore => new MemoryBucket({ clock: systemClock, name, server: of ?? server }).device();
  const [from, to, elsewhere] = [bucket('from'), bucket('to'), bucket('far', new Map())];
  describeServerCopy({ from: () => from, to: () => to, elsewhere: () => elsewhere });
});

const wrapped = (store: RemoteStore): RemoteStore => createThrottledStore(createRetryingStore(store, { clock: systemClock, random: () => 0 }), { clock: systemClock, limits: { upBytesPerSecond: null, downBytesPerSecond: null, concurrency: 8 } });

describe.each([['minio', startMinio], ['versitygw', startVersity]] as const)('%s', (_, start) => {
  const started: StartedServer[] = [];
  let stores: { readonly from: RemoteStore; readonly to: RemoteStore; readonly elsewhere: RemoteStore };
  beforeAll(async () => {
    for (let server = 0; server < 2; server += 1) started.push(await start());
    const [one, other] = started;
    if (one?.server == null || other?.server == null) {
      if (process.env['CI'] === 'true') throw new Error(one?.reason ?? other?.reason ?? '');
      return;
    }
    await one.server.makeBucket('bucket-from');
    await one.server.makeBucket('bucket-to');
    await other.server.makeBucket('bucket-far');
    stores = { from: wrapped(openTestStore(one.server, 'bucket-from', 'a library')), to: wrapped(openTestStore(one.server, 'bucket-to', '')), elsewhere: openTestStore(other.server, 'bucket-far', '') };
  });
  afterAll(async () => {
    for (const store of Object.values(stores ?? {})) await store.close();
    for (const { server } of started) await server?.stop();
  });
  test.beforeEach((context) => {
    if (stores === undefined) context.skip(started.find((one) => one.reason !== null)?.reason ?? 'not there');
  });
  const places: TwoPlaces = { from: () => stores.from, to: () => stores.to, elsewhere: () => stores.elsewhere };
  describeServerCopy(places);
  describeServerCopyInParts(places);
  const copy = async (to: RemoteStore, text: string, known: boolean) => {
    const key = at(`moved/${text.length}-${known ? 'known' : 'unknown'}`);
    await putText(stores.from, key, text, {}, { sha256: hashOf(text) });
    const source = await stores.from.head(key);
    if (source === null) throw new Error('it was put');
    const before = stores.from.requestCounts().GET;
    let sent = 0;
    const outcome = await copyToCold({ warm: stores.from, cold: to, coldProfile: await to.probe(), memory: createBudget(1e8), signal: new AbortController().signal, onBytes: (bytes) => (sent += bytes) }, { key, source, expect: known ? hashOf(text) : null, storageClass: null });
    expect(outcome).toMatchObject({ kind: 'copied', sha256: hashOf(text), proved: true });
    expect(await textOf((await must(to.get(key))).body)).toBe(text);
    return { sent, read: stores.from.requestCounts().GET - before };
  };
  test('a migration sends no byte where one server holds both, and all of them where it does not, is small, or nobody knows the content', async () => {
    const large = 'x'.repeat(200_000);
    expect(await copy(stores.to, large, true)).toEqual({ sent: 0, read: 0 });
    expect(await copy(stores.to, 'small', true)).toEqual({ sent: 5, read: 1 });
    expect(await copy(stores.elsewhere, large, true)).toEqual({ sent: 200_000, read: 1 });
    expect(await copy(stores.to, large, false)).toEqual({ sent: 200_000, read: 1 });
  });
});

test('keys of somebody else are another server: what one may read the other may not', async () => {
  const store = (accessKeyId: string): RemoteStore => createS3Store({ endpoint: { endpoint: 'http://127.0.0.1:9', region: 'us-east-1', bucket: accessKeyId }, prefix: '', clock: systemClock, credentials: () => Promise.resolve({ accessKeyId, secretAccessKey: 'secret' }) });
  const [one, other] = [store('one'), store('other')];
  const source = await one.serverCopy?.source(at('a'));
  if (source === undefined) throw new Error('an S3 store copies on its server');
  expect(await other.serverCopy?.from(source, at('a'), { sourceIfMatch: 'x' as never, sizeBytes: 1, metadata: {} })).toBe('elsewhere');
  await Promise.all([one.close(), other.close()]);
});
