/** One suite for every store, fake or real: each promise in the port's comments, with differences taken from the probed profile only. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHash } from 'node:crypto';
import { compareKeys } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import type { ObjectMetadata, RemoteStore, Sha256, StoreProfile } from '../sync/ports.ts';
import { describeConditions } from './store-conformance-conditions.ts';
import { describeRestore } from './store-conformance-restore.ts';
import { describeUploads } from './store-conformance-uploads.ts';
import { allKeys, at, expectCode, hashOf, inChunks, must, putText, textOf, type Suite } from './store-suite.ts';

export interface StoreUnderTest {
  /** A handle on an empty library of its own. */
  readonly store: RemoteStore;
  /** A second handle on the same library, as another device has it. */
  readonly other: RemoteStore;
  close(): Promise<void>;
}
/** `makeStore` answers with a reason where the server is not there: the suite is then skipped, and says so. */
export function describeStore(name: string, makeStore: () => Promise<StoreUnderTest | { readonly missing: string }>): void {
  describe(name, () => {
    let made: StoreUnderTest | { readonly missing: string };
    let profile: StoreProfile;
    beforeAll(async () => {
      made = await makeStore();
      if ('store' in made) profile = await made.store.probe();
    });
    afterAll(async () => {
      if ('store' in made) await made.close();
    });
    const under = (): StoreUnderTest => {
      if ('missing' in made) throw new Error(made.missing);
      return made;
    };
    const suite: Suite = { store: () => under().store, other: () => under().other, profile: () => profile };
    test.beforeEach((context) => {
      if ('missing' in made) context.skip(made.missing);
    });
    describeObjects(suite);
    describeListing(suite);
    describeConditions(suite);
    describeUploads(suite);
    describeRestore(suite);
    test('the probe leaves nothing behind', async () => {
      const left = await allKeys(suite.store(), { prefix: '.strata/' });
      expect(left.map((object) => object.key)).toEqual([]);
      expect(await suite.store().listUploads()).toEqual([]);
    });
  });
}

function describeObjects({ store, other, profile }: Suite): void {
  test('bytes and metadata come back as they were put', async () => {
    const key = at('objects/plan.md');
    const metadata: ObjectMetadata = { sha256: hashOf('hello'), parentSha256: hashOf('before'), mtimeNs: 1_763_733_607_123_456_789n, executable: true, contentType: 'text/markdown' };
    const written = await putText(store(), key, 'hello', { ifNoneMatch: '*' }, metadata);
    const seen = await other().head(key);
    expect(seen).toMatchObject({ key, sizeBytes: 5, etag: written.etag, claimedSha256: hashOf('hello'), parentSha256: hashOf('before'), mtimeNs: 1_763_733_607_123_456_789n, executable: true, deletionClaimedAtMs: null, restoring: 'no' });
    const got = await other().get(key);
    if (!got.ok) throw new Error(got.why);
    expect(got.value.object.etag).toBe(written.etag);
    expect(await textOf(got.value.body)).toBe('hello');
  });
  test('an object without metadata of ours has none', async () => {
    await putText(store(), at('objects/plain'), 'x');
    expect(await store().head(at('objects/plain'))).toMatchObject({ claimedSha256: null, parentSha256: null, executable: false, deletionClaimedAtMs: null });
  });
  test('what a key was before is kept where the store keeps versions, and read by its id', async () => {
    const [key, longer] = [at('objects/history'), at('objects/history of another')];
    for (const text of ['first', 'second one']) await putText(store(), key, text);
    await putText(store(), longer, 'not of this key');
    await must(store().remove(key));
    const versions = await other().versions(key);
    if (profile().versioning !== 'on') return expect(versions).toEqual([]);
    expect(versions.map((version) => version.sizeBytes)).toEqual([10, 5]);
    const before = await must(other().get(key, { versionId: versions[1]?.versionId ?? '' }));
    expect([before.object.etag, await textOf(before.body)]).toEqual([versions[1]?.etag, 'first']);
    expect(await store().head(key)).toBeNull();
    expect(await store().versions(at('objects/never was'))).toEqual([]);
  });
  test('a deletion claim is seen with the store’s time', async () => {
    await putText(store(), at('objects/claimed'), 'sixteen bytes!!!', {}, { deletionClaim: true });
    const seen = await store().head(at('objects/claimed'));
    expect(seen?.deletionClaimedAtMs).not.toBeNull();
    expect(Math.abs((seen?.deletionClaimedAtMs ?? 0) - (store().storeTimeMs() ?? 0))).toBeLessThan(60_000);
  });
  test('what is not there is null, absent, and harmless to remove', async () => {
    expect(await store().head(at('objects/none'))).toBeNull();
    expect(await store().get(at('objects/none'))).toEqual({ ok: false, why: 'absent' });
    expect(await store().remove(at('objects/none'))).toEqual({ ok: true, value: null });
  });
  test('removed objects are gone for everyone', async () => {
    await putText(store(), at('objects/gone'), 'x');
    expect(await store().remove(at('objects/gone'))).toMatchObject({ ok: true });
    expect(await other().head(at('objects/gone'))).toBeNull();
    expect((await allKeys(other(), { prefix: 'objects/gone' })).length).toBe(0);
  });
  test('an empty object is an object', async () => {
    await putText(store(), at('objects/empty'), '');
    expect(await store().head(at('objects/empty'))).toMatchObject({ sizeBytes: 0 });
    const got = await store().get(at('objects/empty'));
    expect(got.ok && (await textOf(got.value.body))).toBe('');
  });
  test('an empty folder is an object whose name ends in a slash', async () => {
    await putText(store(), at('objects/folder/'), '');
    expect(await other().head(at('objects/folder/'))).toMatchObject({ sizeBytes: 0 });
    expect((await allKeys(other(), { prefix: 'objects/folder/' })).map((object) => object.key)).toEqual(['objects/folder/']);
    await putText(store(), at('objects/folder/child'), 'x');
    await store().remove(at('objects/folder/child'));
    expect(await other().head(at('objects/folder/'))).not.toBeNull();
    await store().remove(at('objects/folder/'));
    expect(await other().head(at('objects/folder/'))).toBeNull();
  });
  test('ranges are inclusive at both ends', async () => {
    await putText(store(), at('objects/range'), '0123456789');
    const got = await store().get(at('objects/range'), { range: { start: 2, end: 5 } });
    if (!got.ok) throw new Error(got.why);
    expect(await textOf(got.value.body)).toBe('2345');
    expect(got.value.object.sizeBytes).toBe(10);
  });
  test('20 MiB come back through a stream, unchanged', async () => {
    const block = createHash('sha512').update('seed').digest();
    const bytes = Buffer.alloc(20 * 1024 * 1024, block);
    const sha256 = createHash('sha256').update(bytes).digest('hex') as Sha256;
    let sent = 0;
    await must(store().put(at('objects/large'), inChunks(bytes, 100_000), { sizeBytes: bytes.byteLength, sha256, onSent: (count) => (sent += count) }));
    expect(sent).toBe(bytes.byteLength);
    const got = await other().get(at('objects/large'));
    if (!got.ok) throw new Error(got.why);
    const hash = createHash('sha256');
    for await (const chunk of got.value.body) hash.update(chunk);
    expect(hash.digest('hex')).toBe(sha256);
  });
  test('a body that is shorter or longer than announced never becomes the object', async () => {
    for (const announced of [4, 6]) {
      const request = { sizeBytes: announced, sha256: hashOf('hello') };
      await expectCode(store().put(at('objects/torn'), inChunks(Buffer.from('hello'), 2), request), ['file_changed']);
    }
    expect(await store().head(at('objects/torn'))).toBeNull();
  });
  test('an abort ends an upload and leaves no object', async () => {
    const stop = new AbortController();
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(1000);
      stop.abort();
      yield Buffer.alloc(1000);
    }
    await expectCode(store().put(at('objects/aborted'), body(), { sizeBytes: 2000, sha256: hashOf('x'), signal: stop.signal }), ['cancelled']);
    expect(await store().head(at('objects/aborted'))).toBeNull();
  });
  test('an error while reading the body is the error of the upload', async () => {
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(10);
      throw new AppError('file_unreadable');
    }
    await expectCode(store().put(at('objects/unread'), body(), { sizeBytes: 20, sha256: hashOf('x') }), ['file_unreadable']);
  });
  test('keys that lead out of the library are refused', async () => {
    for (const hostile of ['../up', 'a/../../up', 'a/./b', 'nul\0']) await expectCode(putText(store(), at(hostile), 'x'), ['key_hostile']);
    await expectCode(putText(store(), at(`k/${'x'.repeat(1024)}`), 'x'), ['key_too_long']);
  });
}

/** Spaces, signs that URLs and XML treat specially, accents both ways, and names of other scripts. */
export const trickyNames = [
  'a b', 'a+b', 'a%20b', '100%', 'a&b<c>"d\'', 'q?x=1#y', 'semi;colon,comma', 'tilde~!*()', 'café.txt', 'cafe\u0301.txt', '日本語', '🙂.png', '\uffee', '[brackets]{braces}', 'back\\slash', 'trailing.', 'a\tb', 'control\u0001x', 'new\nline', ' lead', '=eq', '@at:colon|pipe', `${'é'.repeat(120)}`,
];
/** Control characters are the one kind some servers refuse: then with a plain error, and nothing is stored. */
const mayBeRefused = /[\u0000-\u001f\\]/;

function describeListing({ store, other, profile }: Suite): void {
  test('names of every kind are stored, read and listed as they are', async () => {
    const stored: string[] = [];
    for (const name of trickyNames) {
      const key = at(`names/${name}`);
      try {
        await putText(store(), key, name);
        stored.push(key);
      } catch (thrown) {
        if (!mayBeRefused.test(name)) throw thrown;
        expect(thrown).toBeInstanceOf(AppError);
      }
    }
    // XML cannot carry U+0001; a server that ignores encoding-type lists it as U+FFFD, and the engine then sees it as hidden, not as deleted.
    const listed = (await allKeys(other(), { prefix: 'names/' })).map((object) => object.key as string);
    const listable = (keys: readonly string[]): string[] => keys.filter((key) => !/[\u0001\ufffd]/.test(key)).sort(compareKeys);
    expect(listable(listed)).toEqual(listable(stored));
    expect(listed.length).toBe(stored.length);
    for (const key of stored) {
      const got = await other().get(at(key));
      expect(got.ok && (await textOf(got.value.body)), key).toBe(key.slice('names/'.length));
    }
    for (const key of stored) await must(store().remove(at(key)));
    expect(await allKeys(other(), { prefix: 'names/' })).toEqual([]);
  });
  test('pages hold every key once, and start where they are told', async () => {
    const names = ['a', 'a.txt', 'a/b', 'a0', 'b/c/d', 'b/c/e', 'c', 'é', '\uffee', '🙂'].filter((name) => name !== 'a');
    for (const name of names) await putText(store(), at(`pages/${name}`), name);
    const listed = await allKeys(store(), { prefix: 'pages/', maxKeys: 2 });
    const keys = listed.map((object) => object.key.slice('pages/'.length));
    expect([...keys].sort(compareKeys)).toEqual([...names].sort(compareKeys));
    if (profile().listsInUtf8Order) {
      expect(keys).toEqual([...names].sort(compareKeys));
      for (const [index, name] of keys.entries()) {
        const after = await allKeys(store(), { prefix: 'pages/', startAfter: `pages/${name}`, maxKeys: 3 });
        expect(after.map((object) => object.key.slice('pages/'.length))).toEqual(keys.slice(index + 1));
      }
    }
    for (const object of listed) {
      const seen = await store().head(object.key);
      expect(object).toMatchObject({ sizeBytes: seen?.sizeBytes, etag: seen?.etag, storageClass: seen?.storageClass });
    }
    expect((await store().list({ prefix: 'pages/none' })).objects).toEqual([]);
    for (const name of names) await store().remove(at(`pages/${name}`));
  });
  test('a page is never longer than asked, and an empty library is an empty page', async () => {
    expect(await store().list({ prefix: 'nothing-here/' })).toEqual({ objects: [], next: null });
    for (const name of ['x', 'y', 'z']) await putText(store(), at(`few/${name}`), name);
    const page = await store().list({ prefix: 'few/', maxKeys: 2 });
    expect(page.objects.length).toBe(2);
    expect(page.next).not.toBeNull();
  });
}
