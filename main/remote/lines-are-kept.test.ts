/** One line serves look after look; a server that sends a body with a HEAD spoils that line and no answer. */
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import type { RemoteStore, StoreKey } from '../sync/ports.ts';
import { textOf } from '../testing/store-suite.ts';
import { createRetryingStore } from './retrying-store.ts';
import { createS3Store } from './s3-store.ts';

let close = (): Promise<void> => Promise.resolve();
afterEach(() => close());
const key = 'a.txt' as StoreKey;
const content = 'the content';
const head = (length: number): string => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\nContent-Type: text/plain\r\nETag: "e1"\r\nLast-Modified: Sat, 28 Nov 2026 12:00:00 GMT\r\n\r\n`;

/** Speaks HTTP by hand, as only a broken server does. */
async function serverThat(bodyOfHead: string): Promise<{ readonly store: RemoteStore; readonly lines: () => number }> {
  const sockets = new Set<Socket>();
  let lines = 0;
  const server = createServer((socket) => {
    lines += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      for (const request of chunk.toString('latin1').split('\r\n\r\n')) {
        if (request.startsWith('HEAD ')) socket.write(head(content.length) + bodyOfHead);
        if (request.startsWith('GET ')) socket.write(head(content.length) + content);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const store = createS3Store({ endpoint: { endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', bucket: 'bucket' }, prefix: '', credentials: () => Promise.resolve({ accessKeyId: 'key', secretAccessKey: 'secret' }), clock: systemClock });
  close = async () => {
    await store.close();
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { store: createRetryingStore(store, { clock: systemClock, random: () => 0 }), lines: () => lines };
}

describe('a line', () => {
  it('is used for one look after the other', async () => {
    const { store, lines } = await serverThat('');
    for (let look = 0; look < 20; look += 1) expect(await store.head(key)).toMatchObject({ etag: 'e1', sizeBytes: content.length });
    // A pool may open a second one while the first answer is on its way.
    expect(lines()).toBeLessThanOrEqual(2);
  });
  it.each([['text', 'not asked for'], ['what looks like an answer of its own', `${head(5)}wrong`]])('on which a HEAD is answered with a body (%s) brings no wrong bytes', async (_, body) => {
    const { store, lines } = await serverThat(body);
    for (let look = 0; look < 5; look += 1) {
      expect(await store.head(key)).toMatchObject({ etag: 'e1', sizeBytes: content.length });
      // The body comes with the answer, and the line ends by it before it is used again.
      await new Promise((resolve) => setImmediate(resolve));
      const got = await store.get(key);
      expect(got.ok && (await textOf(got.value.body))).toBe(content);
    }
    expect(lines()).toBeGreaterThan(1);
  });
});
