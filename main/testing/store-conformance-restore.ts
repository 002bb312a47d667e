/** The part of the store suite about archives: what can't be read before it was brought back, where a store has such classes. */
import { expect, test } from 'vitest';
import { AppError } from '../base/app-error.ts';
import { at, hashOf, must, putText, textOf, type Suite } from './store-suite.ts';

export function describeRestore({ store, other }: Suite): void {
  test('what lies in no archive needs no bringing back, and a wish for it changes nothing', async () => {
    const key = at('restore/plain.txt');
    await putText(store(), key, 'at hand');
    const answer = await store().restore(key, { days: 1, speed: 'standard' }).catch((thrown: unknown) => (thrown instanceof AppError ? 'refused' : Promise.reject(thrown)));
    expect(['notArchived', 'refused']).toContain(answer);
    const got = await must(other().get(key));
    expect([got.object.restoring, await textOf(got.body)]).toEqual(['no', 'at hand']);
  });
  test('what lies in an archive is refused until it was brought back, then read whole and unchanged, and says until when', async () => {
    const key = at('restore/deep.txt');
    const written = await putText(store(), key, 'from the deep', {}, { sha256: hashOf('from the deep'), storageClass: 'GLACIER' }).catch((thrown: unknown) => {
      if (thrown instanceof AppError) return null;
      throw thrown;
    });
    // Many stores have no such class; then nothing was written.
    if (written === null) return expect(await store().head(key)).toBeNull();
    const before = await store().get(key);
    // Where there are no classes, or they are mere labels, nothing is archived.
    if (before.ok) return expect(await textOf(before.value.body)).toBe('from the deep');
    expect((await store().head(key))?.storageClass).toBe('GLACIER');
    expect(before.why).toBe('archived');
    expect(await store().copy(key, at('restore/copy.txt'), { sourceIfMatch: written.etag, sizeBytes: 13, metadata: {} })).toEqual({ ok: false, why: 'archived' });
    expect(await store().restore(key, { days: 2, speed: 'bulk' })).toBe('started');
    const seen = await other().head(key);
    expect(seen).toMatchObject({ restoring: 'restored', etag: written.etag, storageClass: 'GLACIER' });
    const days = ((seen?.readableUntilMs ?? 0) - (store().storeTimeMs() ?? 0)) / 86_400_000;
    expect(days).toBeGreaterThan(0.9);
    expect(days).toBeLessThan(3.1);
    expect(await textOf((await must(other().get(key, { ifMatch: written.etag }))).body)).toBe('from the deep');
    expect(['readable', 'started', 'inProgress']).toContain(await store().restore(key, { days: 5, speed: 'standard' }));
  });
  test('what is not there can’t be brought back', async () => {
    const answer = await store().restore(at('restore/nowhere.txt'), { days: 1, speed: 'standard' }).catch((thrown: unknown) => (thrown instanceof AppError ? 'refused' : Promise.reject(thrown)));
    expect(['absent', 'refused']).toContain(answer);
  });
}
