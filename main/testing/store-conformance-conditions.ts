/** The part of the store suite about conditions: nothing that anyone acknowledged may be written over (rules 4 to 6). */
import { expect, test } from 'vitest';
import { allKeys, at, expectCode, hashOf, inChunks, must, putText, textOf, wrongEtag, type Suite } from './store-suite.ts';

export function describeConditions({ store, other, profile }: Suite): void {
  const attempt = (text: string, key: string, condition: Parameters<ReturnType<typeof store>['put']>[2] extends infer R ? Partial<R> : never): ReturnType<ReturnType<typeof store>['put']> => {
    const bytes = Buffer.from(text);
    return store().put(at(key), bytes, { sizeBytes: bytes.byteLength, sha256: hashOf(bytes), ...condition });
  };
  test('rule 4: a new key is written only where nothing is', async ({ skip }) => {
    if (!profile().conditionalPut) skip('the store has no conditional PUT');
    await putText(store(), at('conditions/new'), 'first', { ifNoneMatch: '*' });
    expect(await attempt('second', 'conditions/new', { ifNoneMatch: '*' })).toEqual({ ok: false, why: 'precondition' });
    const got = await other().get(at('conditions/new'));
    expect(got.ok && (await textOf(got.value.body))).toBe('first');
  });
  test('rule 4: a known version is replaced only while it is there', async ({ skip }) => {
    if (!profile().conditionalPutIfMatch) skip('the store has no If-Match on PUT');
    const first = await putText(store(), at('conditions/known'), 'one');
    expect(await attempt('x', 'conditions/known', { ifMatch: wrongEtag })).toEqual({ ok: false, why: 'precondition' });
    const second = await must(attempt('two', 'conditions/known', { ifMatch: first.etag }));
    expect(second.etag).not.toBe(first.etag);
    expect(await attempt('three', 'conditions/known', { ifMatch: first.etag })).toEqual({ ok: false, why: 'precondition' });
    const got = await other().get(at('conditions/known'));
    expect(got.ok && (await textOf(got.value.body))).toBe('two');
  });
  test('rule 5: replacing what is gone says absent', async ({ skip }) => {
    if (!profile().conditionalPutIfMatch) skip('the store has no If-Match on PUT');
    const answer = await attempt('x', 'conditions/missing', { ifMatch: wrongEtag });
    expect(answer.ok).toBe(false);
    expect(await store().head(at('conditions/missing'))).toBeNull();
  });
  test('of 16 that create one key at once, one wins', async ({ skip }) => {
    if (!profile().conditionalPut) skip('the store has no conditional PUT');
    const answers = await Promise.all(Array.from({ length: 16 }, (_, index) => {
      const bytes = Buffer.from(`writer ${index}`);
      return (index % 2 === 0 ? store() : other()).put(at('conditions/race'), bytes, { ifNoneMatch: '*', sizeBytes: bytes.byteLength, sha256: hashOf(bytes) });
    }));
    const winners = answers.flatMap((answer, index) => (answer.ok ? [index] : []));
    expect(winners.length).toBe(1);
    const got = await store().get(at('conditions/race'));
    expect(got.ok && (await textOf(got.value.body))).toBe(`writer ${winners[0]}`);
  });
  test('of 16 that replace one version at once, one wins', async ({ skip }) => {
    if (!profile().conditionalPutIfMatch) skip('the store has no If-Match on PUT');
    const base = await putText(store(), at('conditions/race2'), 'base');
    const answers = await Promise.all(Array.from({ length: 16 }, (_, index) => {
      const bytes = Buffer.from(`writer ${index}`);
      return (index % 2 === 0 ? store() : other()).put(at('conditions/race2'), bytes, { ifMatch: base.etag, sizeBytes: bytes.byteLength, sha256: hashOf(bytes) });
    }));
    expect(answers.filter((answer) => answer.ok).length).toBe(1);
  });
  test('rule 4: a deletion of another version does nothing, where the store heeds it', async ({ skip }) => {
    if (!profile().conditionalDelete) skip('DELETE ignores conditions here; Strata claims first');
    const first = await putText(store(), at('conditions/delete'), 'one');
    const second = await putText(store(), at('conditions/delete'), 'two');
    expect(await store().remove(at('conditions/delete'), { ifMatch: first.etag })).toEqual({ ok: false, why: 'precondition' });
    expect(await store().head(at('conditions/delete'))).not.toBeNull();
    expect(await store().remove(at('conditions/delete'), { ifMatch: second.etag })).toEqual({ ok: true, value: null });
    expect(await store().head(at('conditions/delete'))).toBeNull();
  });
  test('rule 22: created, deleted, created again, in one piece and as a stream', async ({ skip }) => {
    if (!profile().conditionalPut) skip('the store has no conditional PUT');
    for (const round of ['one', 'two', 'three']) {
      await putText(store(), at('conditions/again'), round, { ifNoneMatch: '*' });
      await must(store().remove(at('conditions/again')));
    }
    const bytes = Buffer.from('streamed');
    async function* body(): AsyncGenerator<Uint8Array> {
      yield bytes;
    }
    await must(store().put(at('conditions/again'), body(), { ifNoneMatch: '*', sizeBytes: bytes.byteLength, sha256: hashOf(bytes) }));
    expect(await attempt('over', 'conditions/again', { ifNoneMatch: '*' })).toEqual({ ok: false, why: 'precondition' });
  });
  test('a long stream onto a taken name is refused as such, not as a broken line', async ({ skip }) => {
    if (!profile().conditionalPut) skip('the store has no conditional PUT');
    await putText(store(), at('conditions/long'), 'first');
    const bytes = Buffer.alloc(8 * 1024 * 1024, 'x');
    expect(await store().put(at('conditions/long'), inChunks(bytes, 65_536), { ifNoneMatch: '*', sizeBytes: bytes.byteLength, sha256: hashOf(bytes) })).toEqual({ ok: false, why: 'precondition' });
    const got = await other().get(at('conditions/long'));
    expect(got.ok && (await textOf(got.value.body))).toBe('first');
  });
  test('rule 14: reading one version never brings another', async () => {
    const first = await putText(store(), at('conditions/read'), 'one');
    await putText(store(), at('conditions/read'), 'two');
    expect(await store().get(at('conditions/read'), { ifMatch: first.etag })).toEqual({ ok: false, why: 'precondition' });
    expect(await store().get(at('conditions/read'), { ifMatch: first.etag, range: { start: 0, end: 1 } })).toEqual({ ok: false, why: 'precondition' });
  });
  test('rule 13: other bytes than the signed ones are refused', async ({ skip }) => {
    if (!profile().checksPayload) skip('the store does not check what it is sent');
    const bytes = Buffer.from('changed');
    await expectCode(store().put(at('conditions/payload'), bytes, { sizeBytes: bytes.byteLength, sha256: hashOf('announced') }), ['checksum_mismatch', 'keys_refused', 'store_error']);
    expect(await store().head(at('conditions/payload'))).toBeNull();
  });
  test('rule 6: a copy never overwrites and never takes another version', async () => {
    const source = await putText(store(), at('conditions/from'), 'source text', {}, { mtimeNs: 5_000_000_000n });
    const metadata = { sha256: hashOf('source text'), mtimeNs: 5_000_000_000n };
    const request = { sourceIfMatch: source.etag, sizeBytes: 11, metadata };
    const copied = await must(store().copy(at('conditions/from'), at('conditions/to'), request));
    expect(await other().head(at('conditions/to'))).toMatchObject({ etag: copied.etag, sizeBytes: 11, claimedSha256: hashOf('source text'), mtimeNs: 5_000_000_000n });
    await putText(store(), at('conditions/taken'), 'precious');
    expect(await store().copy(at('conditions/from'), at('conditions/taken'), request)).toEqual({ ok: false, why: 'precondition' });
    const kept = await other().get(at('conditions/taken'));
    expect(kept.ok && (await textOf(kept.value.body))).toBe('precious');
    expect(await store().copy(at('conditions/from'), at('conditions/to2'), { ...request, sourceIfMatch: wrongEtag })).toEqual({ ok: false, why: 'precondition' });
    expect((await store().copy(at('conditions/gone'), at('conditions/to3'), request)).ok).toBe(false);
    expect((await allKeys(other(), { prefix: 'conditions/to' })).map((object) => object.key)).toEqual(['conditions/to']);
    expect(await store().listUploads()).toEqual([]);
  });
  test('an empty object is copied too', async () => {
    const source = await putText(store(), at('conditions/empty'), '');
    await must(store().copy(at('conditions/empty'), at('conditions/empty 2+'), { sourceIfMatch: source.etag, sizeBytes: 0, metadata: {} }));
    expect(await store().head(at('conditions/empty 2+'))).toMatchObject({ sizeBytes: 0 });
  });
  test('names with signs are copied', async () => {
    const source = await putText(store(), at('conditions/a+b é%20 🙂'), 'x');
    await must(store().copy(at('conditions/a+b é%20 🙂'), at('conditions/c+d'), { sourceIfMatch: source.etag, sizeBytes: 1, metadata: {} }));
    expect(await store().head(at('conditions/c+d'))).toMatchObject({ sizeBytes: 1 });
  });
}
