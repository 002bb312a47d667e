/** What the probe finds on real servers equals what was measured by hand, and live hints arrive where there are any. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../base/clock.ts';
import type { RemoteStore, StoreKey, StoreProfile } from '../sync/ports.ts';
import { startMinio, startVersity, type StartedServer } from '../testing/servers.ts';
import { at, expectCode, putText } from '../testing/store-suite.ts';
import { openTestStore } from '../testing/store-under-test.ts';
import { createS3Store } from './s3-store.ts';

const careful: Partial<StoreProfile> = { conditionalPut: true, conditionalPutIfMatch: true, conditionalComplete: true, rangedCopy: true, multipart: true, checksPayload: true, listsInUtf8Order: true };

function onServer(name: string, start: () => Promise<StartedServer>, expected: Partial<StoreProfile>): void {
  describe(name, () => {
    let started: StartedServer;
    let store: RemoteStore;
    const bucket = `strata-${randomBytes(6).toString('hex')}`;
    beforeAll(async () => {
      started = await start();
      if (started.server === null) {
        if (process.env['CI'] === 'true') throw new Error(started.reason);
        return;
      }
      await started.server.makeBucket(bucket);
      store = openTestStore(started.server, bucket, 'lib');
    });
    afterAll(async () => {
      await store?.close();
      await started.server?.stop();
    });
    test.beforeEach((context) => {
      if (started.server === null) context.skip(started.reason);
    });
    test('the probe finds what it can do', async () => {
      const profile = await store.probe();
      expect(profile).toMatchObject({ ...careful, ...expected });
      expect(Math.abs(profile.clockOffsetMs)).toBeLessThan(5000);
    });
    test('wrong keys and a missing bucket have their own sentences', async () => {
      const { server } = started;
      if (server === null) return;
      const missing = openTestStore(server, 'no-such-bucket-here', '');
      await expectCode(missing.probe(), ['bucket_missing']);
      await expectCode(missing.head(at('a')), ['bucket_missing']);
      await expectCode(missing.list({}), ['bucket_missing']);
      await missing.close();
      const wrong = openTestStore({ ...server, secretKey: 'not the secret' }, bucket, '');
      await expectCode(wrong.head(at('a')), ['keys_refused']);
      await expectCode(wrong.list({}), ['keys_refused']);
      await wrong.close();
    });
    test('a wrong clock is told apart from wrong keys', async () => {
      const { server } = started;
      if (server === null) return;
      const skewed = createS3Store({
        endpoint: { endpoint: server.endpoint, region: server.region, bucket }, prefix: '', clock: { ...systemClock, nowMs: () => systemClock.nowMs() - 3_600_000 },
        credentials: () => Promise.resolve({ accessKeyId: server.accessKey, secretAccessKey: server.secretKey }),
      });
      await expectCode(skewed.list({}), ['clock_skewed']);
      await expectCode(skewed.head(at('a')), ['clock_skewed']);
      await skewed.close();
    });
    test('live hints arrive, or the store says at once that it has none', async () => {
      const stop = new AbortController();
      const seen = new Set<StoreKey>();
      let arrived = (): void => undefined;
      const first = new Promise<void>((resolve) => (arrived = resolve));
      const watching = store.watch((keys) => {
        for (const key of keys) seen.add(key);
        arrived();
      }, stop.signal);
      if (expected.notifications !== true) {
        expect(await watching).toBe(false);
        return;
      }
      const writing = new AbortController();
      void first.then(() => writing.abort());
      // Hints are lossy and the connection takes its time: written again until one comes.
      while (!writing.signal.aborted) {
        await putText(store, at('hints/ä +b.txt'), 'x');
        await systemClock.sleep(50, writing.signal);
      }
      expect(seen).toContain('hints/ä +b.txt');
      stop.abort();
      expect(await watching).toBe(true);
    });
  });
}
onServer('MinIO', startMinio, { conditionalDelete: false, notifications: true, versioning: 'off' });
onServer('VersityGW', startVersity, { conditionalDelete: true, notifications: false, versioning: 'off' });
