/** Archives on Amazon S3 as moto plays it: the part of the store suite about restores, and a restore that takes its time. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StoreProfile } from '../sync/ports.ts';
import { startMoto } from '../testing/servers.ts';
import { describeRestore } from '../testing/store-conformance-restore.ts';
import { at, must, putText, textOf } from '../testing/store-suite.ts';
import { storeOn } from '../testing/store-under-test.ts';
import type { StoreUnderTest } from '../testing/store-conformance.ts';

describe('moto', () => {
  let made: StoreUnderTest | { readonly missing: string };
  let moto: Awaited<ReturnType<typeof startMoto>>;
  beforeAll(async () => {
    moto = await startMoto();
    made = await storeOn(Promise.resolve(moto));
  });
  afterAll(async () => {
    if ('store' in made) await made.close();
  });
  const under = (): StoreUnderTest => {
    if ('missing' in made) throw new Error(made.missing);
    return made;
  };
  test.beforeEach((context) => {
    if ('missing' in made) context.skip(made.missing);
  });
  describeRestore({ store: () => under().store, other: () => under().other, profile: () => ({}) as StoreProfile });
  test('a restore takes its time, and asking again meanwhile changes nothing', async () => {
    const { store } = under();
    await moto.archive?.setRestoreLooks(2);
    const key = at('restore/slow.txt');
    await putText(store, key, 'patience', {}, { storageClass: 'DEEP_ARCHIVE' });
    expect(await store.restore(key, { days: 1, speed: 'standard' })).toBe('started');
    expect((await store.head(key))?.restoring).toBe('in-progress');
    const seen: string[] = [];
    for (let look = 0; look < 5 && seen.at(-1) !== 'restored'; look += 1) seen.push((await store.head(key))?.restoring ?? 'gone');
    expect(seen.at(-1)).toBe('restored');
    expect(await textOf((await must(store.get(key))).body)).toBe('patience');
    await moto.archive?.setRestoreLooks(0);
  });
  test('a class nobody knows is refused by its own name', async () => {
    await expect(putText(under().store, at('restore/odd.txt'), 'x', {}, { storageClass: 'NO_SUCH_CLASS' })).rejects.toMatchObject({ code: 'class_unsupported' });
  });
});
