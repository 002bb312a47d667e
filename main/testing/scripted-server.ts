/** An HTTP server that answers as a test tells it to: torn, foreign, slow or lying stores that no real server will play. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../base/clock.ts';
import { createS3Store } from '../remote/s3-store.ts';
import type { Clock, RemoteStore } from '../sync/ports.ts';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}
export interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
/** 'hang' never answers; 'cut' drops the connection without an answer. */
export type Script = (request: SeenRequest) => ScriptedAnswer | 'hang' | 'cut';

export async function scriptedStore(script: Script, options: { readonly clock?: Clock } = {}): Promise<{ readonly store: RemoteStore; readonly seen: SeenRequest[]; close(): Promise<void> }> {
  const seen: SeenRequest[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers };
    seen.push(one);
    request.resume();
    const answer = script(one);
    if (answer === 'hang') return;
    if (answer === 'cut') return void request.socket.destroy();
    request.on('end', () => {
      response.writeHead(answer.status, { 'content-type': 'application/xml', ...answer.headers });
      response.end(request.method === 'HEAD' ? undefined : answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const store = createS3Store({
    endpoint: { endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', bucket: 'bucket' },
    prefix: 'lib/',
    credentials: () => Promise.resolve({ accessKeyId: 'key', secretAccessKey: 'secret' }),
    clock: options.clock ?? systemClock,
    timeouts: { connectMs: 2000, headersMs: 300, stallMs: 300 },
  });
  return {
    store,
    seen,
    async close() {
      await store.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
export function errorDocument(code: string, extra = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>m</Message>${extra}</Error>`;
}
