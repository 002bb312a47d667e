/** Only what cannot do harm is asked again (rule 5). */
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../shared/api/errors.ts';
import { AppError } from '../base/app-error.ts';
import type { ETag, RemoteStore } from '../sync/ports.ts';
import { MemoryBucket, type StoreVerb } from '../testing/memory-store.ts';
import { skippingClock } from '../testing/skipping-clock.ts';
import { at, expectCode, hashOf, inChunks } from '../testing/store-suite.ts';
import { createRetryingStore, delayFor } from './retrying-store.ts';

function failing(code: ErrorCode, times: number, context: Record<string, number> = {}): { store: RemoteStore; tries: StoreVerb[]; clock: ReturnType<typeof skippingClock>; bucket: MemoryBucket } {
  const clock = skippingClock();
  const tries: StoreVerb[] = [];
  const bucket = new MemoryBucket({ clock });
  const inner = bucket.device({
    beforeRequest(verb) {
      tries.push(verb);
      if (tries.length <= times) throw new AppError(code, context);
    },
  });
  return { store: createRetryingStore(inner, { clock, random: () => 0.5 }), tries, clock, bucket };
}
const key = at('a');
const bytes = Buffer.from('x');
const request = { sizeBytes: 1, sha256: hashOf('x') };
const writes: Record<string, (store: RemoteStore) => Promise<unknown>> = {
  remove: (store) => store.remove(key),
  copy: (store) => store.copy(key, at('b'), { sourceIfMatch: 'e' as ETag, sizeBytes: 1, metadata: {} }),
  complete: (store) => store.completeUpload(key, 'u', [], {}),
  abort: (store) => store.abortUpload(key, 'u'),
  probe: (store) => store.probe(),
};

describe('asked again until it works', () => {
  test.each(['network_unreachable', 'network_timeout', 'store_busy', 'store_error'] as const)('reading after %s', async (code) => {
    for (const read of [(store: RemoteStore) => store.list({}), (store: RemoteStore) => store.head(key), (store: RemoteStore) => store.get(key), (store: RemoteStore) => store.listUploads()]) {
      const { store, tries } = failing(code, 3);
      await read(store);
      expect(tries.length).toBe(4);
    }
  });
  test('a part, which is the same part again', async () => {
    const { store, tries, bucket } = failing('network_timeout', 2);
    bucket.uploads.set('u', { key, metadata: {}, startedAtMs: 0, parts: new Map() });
    await store.putPart(key, 'u', 1, bytes);
    expect(tries).toEqual(['putPart', 'putPart', 'putPart']);
  });
  test('four times at most, each after a longer wait', async () => {
    const { store, tries, clock } = failing('network_unreachable', 99);
    await expectCode(store.head(key), ['network_unreachable']);
    expect(tries.length).toBe(4);
    expect(clock.slept).toEqual([187.5, 375, 750]);
  });
});
describe('asked once', () => {
  test.each(Object.keys(writes))('%s, whatever went wrong', async (name) => {
    for (const code of ['network_timeout', 'store_busy', 'store_error'] as const) {
      const { store, tries } = failing(code, 99);
      await expectCode(writes[name]?.(store) ?? Promise.resolve(), [code]);
      expect(tries.length).toBe(1);
    }
  });
  test('a put that got no answer: only the engine can look whether it happened', async () => {
    const { store, tries } = failing('network_timeout', 99);
    await expectCode(store.put(key, bytes, { ...request, ifNoneMatch: '*' }), ['network_timeout']);
    expect(tries.length).toBe(1);
  });
  test('a stream, which is used up', async () => {
    const { store, tries } = failing('store_busy', 99);
    await expectCode(store.put(key, inChunks(bytes, 1), request), ['store_busy']);
    expect(tries.length).toBe(1);
  });
  test.each(['keys_refused', 'access_denied', 'not_a_store', 'listing_incomplete', 'clock_skewed', 'bucket_missing'] as const)('%s, which no waiting mends', async (code) => {
    const { store, tries } = failing(code, 99);
    await expectCode(store.head(key), [code]);
    expect(tries.length).toBe(1);
  });
});
test('a put that the busy store refused is sent again', async () => {
  const { store, tries, bucket } = failing('store_busy', 1);
  expect(await store.put(key, bytes, { ...request, ifNoneMatch: '*' })).toMatchObject({ ok: true });
  expect([tries.length, bucket.text('a')]).toEqual([2, 'x']);
});
test('the store’s own Retry-After is kept', () => {
  expect(delayFor(new AppError('store_busy', { retryAfterMs: 7000 }), 1, 0)).toBe(7000);
  expect(delayFor(new AppError('store_busy'), 1, 1)).toBe(1000);
});
test('who gave up is not asked again', async () => {
  const { store, tries } = failing('network_timeout', 99);
  const stop = new AbortController();
  stop.abort();
  await expectCode(store.head(key, stop.signal), ['cancelled']);
  expect(tries.length).toBe(1);
});
