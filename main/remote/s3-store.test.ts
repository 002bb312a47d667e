/** What an S3 store makes of torn, foreign and lying answers: never an absence, never a success, never a second try. */
import { afterEach, describe, expect, test } from 'vitest';
import { errorDocument, scriptedStore, type Script } from '../testing/scripted-server.ts';
import { at, expectCode, hashOf, putText } from '../testing/store-suite.ts';
import type { ETag } from '../sync/ports.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  while (open.length > 0) await open.pop()?.close();
});
async function storeThat(script: Script): Promise<Awaited<ReturnType<typeof scriptedStore>>> {
  const made = await scriptedStore(script);
  open.push(made);
  return made;
}
const key = at('a.txt');
const put = (store: Awaited<ReturnType<typeof storeThat>>['store'], body: Uint8Array = Buffer.from('x'), condition: { ifMatch?: ETag; ifNoneMatch?: '*' } = {}) =>
  store.put(key, body, { ...condition, sizeBytes: body.byteLength, sha256: hashOf(body) });
const htmlPage = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Please log in</html>' };

describe('rule 2: an absence is believed only from an answer that names it', () => {
  test('a HEAD without a reason is asked again as a GET', async () => {
    const { store, seen } = await storeThat((request) => (request.method === 'HEAD' ? { status: 404 } : { status: 404, body: errorDocument('NoSuchKey') }));
    expect(await store.head(key)).toBeNull();
    expect(seen.map((request) => request.method)).toEqual(['HEAD', 'GET']);
  });
  test('a missing bucket is not a missing file', async () => {
    const { store } = await storeThat((request) => (request.method === 'HEAD' ? { status: 404 } : { status: 404, body: errorDocument('NoSuchBucket') }));
    await expectCode(store.head(key), ['bucket_missing']);
    await expectCode(store.get(key), ['bucket_missing']);
    await expectCode(store.list({}), ['bucket_missing']);
  });
  test('a web server’s own 404 is not a missing file', async () => {
    const { store } = await storeThat(() => ({ status: 404, headers: { 'content-type': 'text/html' }, body: '<html>nginx</html>' }));
    await expectCode(store.head(key), ['not_a_store']);
    await expectCode(store.get(key), ['not_a_store']);
    await expectCode(store.list({}), ['not_a_store']);
  });
  test('an empty 404 is not a missing file', async () => {
    const { store } = await storeThat(() => ({ status: 404, body: '' }));
    await expectCode(store.head(key), ['not_a_store']);
    await expectCode(store.get(key), ['not_a_store']);
  });
});

describe('a log-in page in between', () => {
  test('is no listing, no object and no written file', async () => {
    const { store } = await storeThat(() => htmlPage);
    await expectCode(store.list({}), ['not_a_store']);
    await expectCode(store.head(key), ['not_a_store']);
    await expectCode(store.get(key), ['not_a_store']);
    await expectCode(put(store), ['not_a_store']);
    await expectCode(store.remove(key), ['not_a_store']);
    await expectCode(store.startUpload(key, {}), ['not_a_store']);
  });
});

describe('rule 2: a listing that is not whole', () => {
  test.each(['', '<ListBucketResult><IsTruncated>false</IsTruncated>', '{"ok":true}'])('%j', async (body) => {
    const { store } = await storeThat(() => ({ status: 200, body }));
    await expectCode(store.list({}), ['listing_incomplete']);
  });
  test('an error inside a 200', async () => {
    const { store } = await storeThat(() => ({ status: 200, body: errorDocument('SlowDown') }));
    await expectCode(store.list({}), ['store_busy']);
  });
  test('keys of another prefix', async () => {
    const body = '<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>other/a</Key><Size>1</Size><ETag>"e"</ETag><LastModified>2026-11-20T00:00:00Z</LastModified></Contents></ListBucketResult>';
    const { store } = await storeThat(() => ({ status: 200, body }));
    await expectCode(store.list({}), ['listing_incomplete']);
  });
});

describe('rule 5: nothing is sent twice', () => {
  test.each(['cut', 'hang'] as const)('a request that gets no answer (%s) went out once', async (fate) => {
    const { store, seen } = await storeThat(() => fate);
    const lost = fate === 'cut' ? 'network_unreachable' : 'network_timeout';
    await expectCode(store.remove(key), [lost]);
    await expectCode(put(store), [lost]);
    await expectCode(store.completeUpload(key, 'u', [{ number: 1, etag: 'e' as ETag, sizeBytes: 1 }], { ifNoneMatch: '*' }), [lost]);
    await expectCode(store.list({}), [lost]);
    expect(seen.map((request) => request.method)).toEqual(['DELETE', 'PUT', 'POST', 'GET']);
    expect(store.requestCounts()).toEqual({ PUT: 1, GET: 0, HEAD: 0, DELETE: 1, LIST: 1, POST: 1 });
  });
  test('a lost Complete that finds no upload means: look at the object', async () => {
    const { store } = await storeThat(() => ({ status: 404, body: errorDocument('NoSuchUpload') }));
    expect(await store.completeUpload(key, 'u', [], { ifNoneMatch: '*' })).toEqual({ ok: false, why: 'absent' });
    await expectCode(store.listParts(key, 'u'), ['upload_gone']);
  });
  test('a 200 to Complete with an error inside is the error', async () => {
    const { store } = await storeThat(() => ({ status: 200, body: `   \n${errorDocument('InternalError')}` }));
    await expectCode(store.completeUpload(key, 'u', [], {}), ['store_error']);
    const { store: late } = await storeThat(() => ({ status: 200, body: errorDocument('PreconditionFailed') }));
    expect(await late.completeUpload(key, 'u', [], {})).toEqual({ ok: false, why: 'precondition' });
  });
});

describe('conditions in the form this server understands', () => {
  /** As Ceph RGW: compares If-Match as it stands, and refuses the quoted form of the right version. */
  const likeRgw = (current: string): Script => (request) => {
    if (request.method === 'HEAD') return { status: 200, headers: { etag: `"${current}"`, 'content-length': '1' } };
    return request.headers['if-match'] === current ? { status: 200, headers: { etag: '"new"' } } : { status: 412, body: errorDocument('PreconditionFailed') };
  };
  test('If-Match is sent without quotes once that is what works', async () => {
    const { store, seen } = await storeThat(likeRgw('e1'));
    expect(await put(store, Buffer.from('x'), { ifMatch: 'e1' as ETag })).toMatchObject({ ok: true, value: { etag: 'new' } });
    expect(seen.map((request) => request.headers['if-match'])).toEqual(['"e1"', undefined, 'e1']);
    await put(store, Buffer.from('x'), { ifMatch: 'e1' as ETag });
    expect(seen.at(-1)?.headers['if-match']).toBe('e1');
    expect(seen.length).toBe(4);
  });
  test('another version stays refused', async () => {
    const { store, seen } = await storeThat(likeRgw('e2'));
    expect(await put(store, Buffer.from('x'), { ifMatch: 'e1' as ETag })).toEqual({ ok: false, why: 'precondition' });
    expect(seen.filter((request) => request.method === 'PUT').length).toBe(1);
  });
  test('404 and 409 on a conditional PUT are outcomes', async () => {
    const { store } = await storeThat(() => ({ status: 404, body: errorDocument('NoSuchKey') }));
    expect(await put(store, Buffer.from('x'), { ifMatch: 'e' as ETag })).toEqual({ ok: false, why: 'absent' });
    const { store: racing } = await storeThat((request) => (request.method === 'HEAD' ? { status: 200, headers: { etag: '"z"', 'content-length': '1' } } : { status: 409, body: errorDocument('ConditionalRequestConflict') }));
    expect(await put(racing, Buffer.from('x'), { ifNoneMatch: '*' })).toEqual({ ok: false, why: 'precondition' });
  });
});

describe('refusals in plain codes', () => {
  test.each([
    [403, 'RequestTimeTooSkewed', 'clock_skewed'], [403, 'SignatureDoesNotMatch', 'keys_refused'], [403, 'InvalidAccessKeyId', 'keys_refused'], [403, 'AccessDenied', 'access_denied'],
    [400, 'ExpiredToken', 'keys_refused'], [400, 'EntityTooLarge', 'object_too_large'], [400, 'KeyTooLongError', 'key_too_long'], [400, 'XAmzContentSHA256Mismatch', 'checksum_mismatch'],
    [503, 'SlowDown', 'store_busy'], [500, 'InternalError', 'store_error'], [507, 'XMinioStorageFull', 'store_full'], [409, 'ObjectParentIsFile', 'kind_clash'], [301, 'PermanentRedirect', 'place_invalid'],
  ] as const)('%i %s is %s', async (status, code, expected) => {
    const { store } = await storeThat(() => ({ status, body: errorDocument(code) }));
    await expectCode(put(store), [expected]);
    await expectCode(store.head(key), status === 500 || status === 503 || status === 507 ? ['store_error', 'store_busy', 'store_full'] : [expected]);
  });
  test('an archived object is an outcome of reading', async () => {
    const { store } = await storeThat(() => ({ status: 403, body: errorDocument('InvalidObjectState') }));
    expect(await store.get(key)).toEqual({ ok: false, why: 'archived' });
  });
  test('nobody there', async () => {
    const { store, close } = await scriptedStore(() => 'cut');
    await close();
    await expectCode(store.head(key), ['network_unreachable', 'cancelled']);
  });
});

test('rule 14: a GET that brings another version than asked for is refused, whatever the status', async () => {
  const { store } = await storeThat(() => ({ status: 200, headers: { etag: '"other"', 'content-length': '1' }, body: 'x' }));
  expect(await store.get(key, { ifMatch: 'mine' as ETag })).toEqual({ ok: false, why: 'precondition' });
});
test('an answer that stalls ends in a timeout, not in a shorter file', async () => {
  const { store } = await storeThat(() => ({ status: 200, headers: { etag: '"e"', 'content-length': '10' }, body: 'x' }));
  const got = await store.get(key);
  if (!got.ok) throw new Error(got.why);
  const read = async (): Promise<void> => {
    for await (const chunk of got.value.body) void chunk;
  };
  await expectCode(read(), ['network_timeout', 'network_unreachable']);
});
test('requests are signed with the payload’s hash, the prefix and the store’s time is kept', async () => {
  const { store, seen } = await storeThat(() => ({ status: 200, headers: { etag: '"e"', date: 'Fri, 20 Nov 2026 14:02:00 GMT' } }));
  await putText(store, at('ä b'), 'hi', {}, { mtimeNs: 1_500_000_000n, executable: true, deletionClaim: true });
  expect(seen[0]?.url).toBe('/bucket/lib/%C3%A4%20b');
  expect(seen[0]?.headers).toMatchObject({ 'x-amz-content-sha256': hashOf('hi'), 'content-length': '2', 'x-amz-meta-mtime': '1.500000000', 'x-amz-meta-strata-mode': '0755', 'x-amz-meta-strata-deleted': '1' });
  expect(store.storeTimeMs()).toBe(Date.UTC(2026, 10, 20, 14, 2));
});
