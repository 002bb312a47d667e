/** An address of the store itself opens one object for whoever has it, for its time, to be saved, and nothing else; on a real MinIO. */
import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import type { Sha256, StoreKey } from '../sync/ports.ts';
import { startMinio } from '../testing/servers.ts';
import { createPresigner } from './presign.ts';
import { createBucket } from './s3-control.ts';
import { createS3Store } from './s3-store.ts';

const { server, reason } = await startMinio();
afterAll(() => server?.stop());

describe.skipIf(server === null)(`on MinIO${reason === null ? '' : ` (${reason})`}`, () => {
  const endpoint = server?.endpoint ?? 'http://127.0.0.1:1';
  const at = { endpoint, region: 'us-east-1', bucket: 'presigned' };
  const keys = { accessKeyId: server?.accessKey ?? '', secretAccessKey: server?.secretKey ?? '' };
  const credentials = () => Promise.resolve(keys);
  const signed = (nowMs = Date.now()) => createPresigner({ publicUrl: new URL(endpoint), region: 'us-east-1', bucket: 'presigned', credentials: keys, nowMs: () => nowMs, livesMs: 15 * 60_000 });
  const key = "user-1/letters/naïve & 'q' (1)+2 😀.html";
  const body = Buffer.from('<script>alert(1)</script>');

  it('opens exactly its object, as a download under its name', async () => {
    await createBucket({ endpoint: at, credentials, clock: systemClock });
    const store = createS3Store({ endpoint: at, prefix: '', credentials, clock: systemClock });
    await store.put(key as StoreKey, body, { ifNoneMatch: '*', sizeBytes: body.byteLength, sha256: createHash('sha256').update(body).digest('hex') as Sha256 });
    const url = signed()({ key, filename: 'naïve; "q" 😀.html', contentType: 'text/html' });
    const answer = await fetch(url);
    expect([answer.status, await answer.text(), answer.headers.get('content-disposition'), answer.headers.get('content-type')]).toEqual([200, body.toString(), "attachment; filename*=UTF-8''na%C3%AFve%3B%20%22q%22%20%F0%9F%98%80.html", 'text/html']);
    expect((await fetch(url, { headers: { range: 'bytes=0-6' } })).status).toBe(206);
    await store.close();
  });
  it('altered, too old or used to write it opens nothing', async () => {
    const url = signed()({ key, filename: 'a', contentType: 'text/plain' });
    const others = [url.replace('letters', 'others'), url.replace('attachment', 'inline'), url.replace('X-Amz-Expires=900', 'X-Amz-Expires=9000'), url.slice(0, -1), url.split('?')[0] ?? ''];
    for (const other of others) expect([other, (await fetch(other)).status]).toEqual([other, 403]);
    expect((await fetch(signed(Date.now() - 16 * 60_000)({ key, filename: 'a', contentType: 'text/plain' }))).status).toBe(403);
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(403);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
  });
});
