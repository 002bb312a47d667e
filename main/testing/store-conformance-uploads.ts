/** The part of the store suite about uploads in parts: resumed, completed on a condition, given up. */
import { expect, test } from 'vitest';
import { at, expectCode, hashOf, must, putText, textOf, type Suite } from './store-suite.ts';

const partBytes = 5 * 1024 * 1024;

export function describeUploads({ store, other, profile }: Suite): void {
  test('parts are sent, listed by another device, completed and read back', async ({ skip }) => {
    if (!profile().multipart) skip('the store has no uploads in parts');
    const key = at('uploads/big file+.bin');
    const [first, second] = [Buffer.alloc(partBytes, 'a'), Buffer.from('the end')];
    const whole = Buffer.concat([first, second]);
    const uploadId = await store().startUpload(key, { sha256: hashOf(whole), mtimeNs: 7n, executable: true });
    const one = await store().putPart(key, uploadId, 1, first);
    // MinIO lists uploads only by their exact key and so shows none here; it clears old ones away itself.
    const listed = (await store().listUploads()).map((upload) => [upload.key, upload.uploadId]);
    expect(store().description.kind === 's3' ? [[], [[key, uploadId]]] : [[[key, uploadId]]]).toContainEqual(listed);
    expect(await other().listParts(key, uploadId)).toEqual([one]);
    const two = await other().putPart(key, uploadId, 2, second);
    expect(await store().listParts(key, uploadId)).toEqual([one, two]);
    expect(await store().head(key)).toBeNull();
    const done = await must(store().completeUpload(key, uploadId, [one, two], { ifNoneMatch: '*' }));
    expect(await other().head(key)).toMatchObject({ etag: done.etag, sizeBytes: whole.byteLength, claimedSha256: hashOf(whole), mtimeNs: 7n, executable: true });
    const tail = await store().get(key, { ifMatch: done.etag, range: { start: partBytes - 2, end: whole.byteLength - 1 } });
    expect(tail.ok && (await textOf(tail.value.body))).toBe('aathe end');
    expect(await store().listUploads()).toEqual([]);
  });
  test('a part sent again takes the place of the first', async ({ skip }) => {
    if (!profile().multipart) skip('the store has no uploads in parts');
    const key = at('uploads/again');
    const uploadId = await store().startUpload(key, {});
    await store().putPart(key, uploadId, 1, Buffer.from('old'));
    const part = await store().putPart(key, uploadId, 1, Buffer.from('new!'));
    expect(await store().listParts(key, uploadId)).toEqual([part]);
    await must(store().completeUpload(key, uploadId, [part], {}));
    const got = await store().get(key);
    expect(got.ok && (await textOf(got.value.body))).toBe('new!');
  });
  test('rule 6: completing never overwrites what came first', async ({ skip }) => {
    if (!profile().multipart || !profile().conditionalComplete) skip('Complete ignores conditions here; the profile says so');
    const key = at('uploads/taken');
    const uploadId = await store().startUpload(key, {});
    const part = await store().putPart(key, uploadId, 1, Buffer.from('mine'));
    const theirs = await putText(other(), key, 'theirs');
    expect(await store().completeUpload(key, uploadId, [part], { ifNoneMatch: '*' })).toEqual({ ok: false, why: 'precondition' });
    const got = await store().get(key);
    expect(got.ok && (await textOf(got.value.body))).toBe('theirs');
    await must(store().completeUpload(key, uploadId, [part], { ifMatch: theirs.etag }));
    const after = await store().get(key);
    expect(after.ok && (await textOf(after.value.body))).toBe('mine');
  });
  test('rule 5: an upload that is gone says so, and giving up twice is harmless', async ({ skip }) => {
    if (!profile().multipart) skip('the store has no uploads in parts');
    const key = at('uploads/given-up');
    const uploadId = await store().startUpload(key, {});
    const part = await store().putPart(key, uploadId, 1, Buffer.from('x'));
    await store().abortUpload(key, uploadId);
    await store().abortUpload(key, uploadId);
    await expectCode(store().listParts(key, uploadId), ['upload_gone']);
    await expectCode(store().putPart(key, uploadId, 2, Buffer.from('y')), ['upload_gone']);
    expect(await store().completeUpload(key, uploadId, [part], {})).toEqual({ ok: false, why: 'absent' });
    expect(await store().head(key)).toBeNull();
    expect(await store().listUploads()).toEqual([]);
  });
}
