/** The part of the store suite about copies between two places of one server: pinned, never over something, and told from copies that have to be read to be believed. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { RemoteStore, ServerCopy } from '../sync/ports.ts';
import { at, hashOf, must, putText, textOf, wrongEtag } from './store-suite.ts';

export interface TwoPlaces {
  readonly from: () => RemoteStore;
  /** Another bucket of the same server. */
  readonly to: () => RemoteStore;
  /** The same kind of store on another server. */
  readonly elsewhere: () => RemoteStore;
}
const metadata = (text: string) => ({ sha256: hashOf(text), mtimeNs: 1_763_733_607_123_456_789n, executable: true, contentType: 'text/markdown', otherHeaders: { 'x-amz-meta-colour': 'blue' } });

export function describeServerCopy({ from, to, elsewhere }: TwoPlaces): void {
  const copying = (store: RemoteStore): ServerCopy => {
    if (store.serverCopy === undefined) throw new Error('this store is said to copy on its server');
    return store.serverCopy;
  };
  const source = (key: string) => copying(from()).source(at(key));
  test('bytes, time, bit and what other programs noted arrive, and the marks prove the bytes', async () => {
    const written = await putText(from(), at('copies/plan + ü.md'), 'hello', {}, metadata('hello'));
    const sent = from().requestCounts().GET;
    const copied = await copying(to()).from(await source('copies/plan + ü.md'), at('copies/there.md'), { sourceIfMatch: written.etag, sizeBytes: 5, metadata: metadata('hello') });
    expect(copied).toMatchObject({ ok: true, value: { sameMark: true } });
    expect(from().requestCounts().GET).toBe(sent);
    const got = await must(to().get(at('copies/there.md')));
    expect(await textOf(got.body)).toBe('hello');
    expect(got.object).toMatchObject({ claimedSha256: hashOf('hello'), mtimeNs: 1_763_733_607_123_456_789n, executable: true, contentType: 'text/markdown', otherHeaders: { 'x-amz-meta-colour': 'blue' } });
    expect(await from().head(at('copies/plan + ü.md'))).not.toBeNull();
  });
  test('nothing is copied over something, and no part is left behind', async () => {
    const written = await putText(from(), at('copies/a'), 'new');
    await putText(to(), at('copies/a'), 'already here');
    expect(await copying(to()).from(await source('copies/a'), at('copies/a'), { sourceIfMatch: written.etag, sizeBytes: 3, metadata: {} })).toEqual({ ok: false, why: 'precondition' });
    expect(await textOf((await must(to().get(at('copies/a')))).body)).toBe('already here');
    expect(await to().listUploads()).toEqual([]);
  });
  test('a source that moved on, or went, is not copied', async () => {
    await putText(from(), at('copies/changed'), 'other');
    expect(await copying(to()).from(await source('copies/changed'), at('copies/changed'), { sourceIfMatch: wrongEtag, sizeBytes: 5, metadata: {} })).toEqual({ ok: false, why: 'precondition' });
    expect(await copying(to()).from(await source('copies/none'), at('copies/none'), { sourceIfMatch: wrongEtag, sizeBytes: 5, metadata: {} })).toMatchObject({ ok: false });
    for (const key of ['copies/changed', 'copies/none']) expect(await to().head(at(key))).toBeNull();
  });
  test('another server, and an empty object, are left to whoever can send bytes', async () => {
    const written = await putText(elsewhere(), at('copies/far'), 'far away');
    expect(await copying(to()).from(await copying(elsewhere()).source(at('copies/far')), at('copies/far'), { sourceIfMatch: written.etag, sizeBytes: 8, metadata: {} })).toBe('elsewhere');
    const empty = await putText(from(), at('copies/empty'), '');
    expect(await copying(to()).from(await source('copies/empty'), at('copies/empty'), { sourceIfMatch: empty.etag, sizeBytes: 0, metadata: {} })).toBe('elsewhere');
    for (const key of ['copies/far', 'copies/empty']) expect(await to().head(at(key))).toBeNull();
  });
}

/** What was sent in parts, on servers that count marks as S3 does. */
export function describeServerCopyInParts({ from, to }: Pick<TwoPlaces, 'from' | 'to'>): void {
  const mib = 1024 * 1024;
  const upload = async (key: string, bytes: Buffer, partBytes: number) => {
    const id = await from().startUpload(at(key), {});
    const parts = [];
    for (let start = 0; start < bytes.length; start += partBytes) parts.push(await from().putPart(at(key), id, parts.length + 1, bytes.subarray(start, start + partBytes)));
    return must(from().completeUpload(at(key), id, parts, {}));
  };
  test.each([['cut as this program cuts', 8, true], ['cut otherwise: the copy has to be read', 6, false]] as const)('%s', async (_, partMib, sameMark) => {
    const bytes = Buffer.alloc(20 * mib, createHash('sha512').update('parts').digest());
    const key = `copies/large-${partMib}`;
    const { etag } = await upload(key, bytes, partMib * mib);
    const copied = await to().serverCopy?.from(await (from().serverCopy as ServerCopy).source(at(key)), at(key), { sourceIfMatch: etag, sizeBytes: bytes.length, metadata: { sha256: hashOf(bytes) } });
    expect(copied).toMatchObject({ ok: true, value: { sameMark, ...(sameMark ? { etag } : {}) } });
    const hash = createHash('sha256');
    for await (const chunk of (await must(to().get(at(key)))).body) hash.update(chunk);
    expect(hash.digest('hex')).toBe(hashOf(bytes));
  });
}
