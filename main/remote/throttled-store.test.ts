/** Limits are kept within 15 %, can be changed at once, and a busy store gets fewer requests. */
import { describe, expect, test } from 'vitest';
import { AppError } from '../base/app-error.ts';
import type { RemoteStore } from '../sync/ports.ts';
import { MemoryBucket, type RequestHook } from '../testing/memory-store.ts';
import { skippingClock } from '../testing/skipping-clock.ts';
import { at, expectCode, hashOf, inChunks, must } from '../testing/store-suite.ts';
import { createThrottledStore, type StoreLimits } from './throttled-store.ts';

const unlimited: StoreLimits = { upBytesPerSecond: null, downBytesPerSecond: null, concurrency: 8 };
function setUp(limits: Partial<StoreLimits>, beforeRequest?: RequestHook) {
  const clock = skippingClock();
  const bucket = new MemoryBucket({ clock });
  const store = createThrottledStore(bucket.device(beforeRequest === undefined ? {} : { beforeRequest }), { clock, limits: { ...unlimited, ...limits } });
  const since = clock.monotonicMs();
  return { clock, bucket, store, seconds: () => (clock.monotonicMs() - since) / 1000 };
}
const megabyte = Buffer.alloc(1_000_000);
const sha256 = hashOf(megabyte);
async function read(store: RemoteStore, key: string): Promise<void> {
  const got = await must(store.get(at(key)));
  for await (const chunk of got.body) void chunk;
}
function within(seconds: number, wanted: number): void {
  expect(seconds).toBeGreaterThan(wanted * 0.85);
  expect(seconds).toBeLessThan(wanted * 1.15);
}

describe('bandwidth', () => {
  test('a stream goes up at the limit', async () => {
    const { store, seconds } = setUp({ upBytesPerSecond: 250_000 });
    await must(store.put(at('a'), inChunks(megabyte, 64_000), { sizeBytes: megabyte.byteLength, sha256 }));
    within(seconds(), 4);
  });
  test('many small files and parts share one limit', async () => {
    const { store, seconds } = setUp({ upBytesPerSecond: 100_000 });
    const small = Buffer.alloc(4000);
    await Promise.all(Array.from({ length: 100 }, (_, index) => store.put(at(`f${index}`), small, { sizeBytes: 4000, sha256: hashOf(small) })));
    const uploadId = await store.startUpload(at('u'), {});
    await store.putPart(at('u'), uploadId, 1, Buffer.alloc(100_000));
    within(seconds(), 5);
  });
  test('downloads are limited on their own', async () => {
    const { store, bucket, seconds } = setUp({ downBytesPerSecond: 500_000 });
    bucket.write('a', megabyte);
    await Promise.all([read(store, 'a'), read(store, 'a')]);
    within(seconds(), 4);
  });
  test('without a limit nothing waits', async () => {
    const { store, clock } = setUp({});
    await must(store.put(at('a'), megabyte, { sizeBytes: megabyte.byteLength, sha256 }));
    await read(store, 'a');
    expect(clock.slept).toEqual([]);
  });
  test('a new limit is felt at once, also by those who wait', async () => {
    const { store, clock, seconds } = setUp({ upBytesPerSecond: 1000 });
    const going = store.put(at('a'), megabyte, { sizeBytes: megabyte.byteLength, sha256 });
    await clock.sleep(2000);
    store.setLimits({ ...unlimited, upBytesPerSecond: 1_000_000 });
    await must(going);
    within(seconds(), 3);
  });
});

describe('requests at once', () => {
  function counting(limits: Partial<StoreLimits>, busy: (count: number) => boolean = () => false) {
    const state = { running: 0, most: 0, count: 0 };
    const clockRef: { sleep?: (ms: number) => Promise<void> } = {};
    const made = setUp(limits, async () => {
      state.count += 1;
      const mine = state.count;
      state.running += 1;
      state.most = Math.max(state.most, state.running);
      await clockRef.sleep?.(10);
      state.running -= 1;
      if (busy(mine)) throw new AppError('store_busy', { retryAfterMs: 5000 });
    });
    clockRef.sleep = (ms) => made.clock.sleep(ms);
    return { ...made, state };
  }
  test('never more than allowed, and all get their turn', async () => {
    const { store, state } = counting({ concurrency: 3 });
    await Promise.all(Array.from({ length: 20 }, (_, index) => store.head(at(`k${index}`))));
    expect([state.most, state.count]).toEqual([3, 20]);
  });
  test('a busy store gets a pause and half as many, later more again', async () => {
    const { store, state, seconds } = counting({ concurrency: 8 }, (count) => count === 1);
    await expectCode(store.head(at('first')), ['store_busy']);
    state.most = 0;
    await Promise.all(Array.from({ length: 4 }, () => store.head(at('k'))));
    expect(state.most).toBe(4);
    expect(seconds()).toBeGreaterThan(5);
    await Promise.all(Array.from({ length: 100 }, () => store.head(at('k'))));
    expect(state.most).toBe(8);
  });
  test('an aborted wait for bandwidth ends at once', async () => {
    const { store } = setUp({ upBytesPerSecond: 10 });
    const stop = new AbortController();
    const going = store.put(at('a'), megabyte, { sizeBytes: megabyte.byteLength, sha256, signal: stop.signal });
    stop.abort();
    await expectCode(going, ['cancelled']);
  });
});
