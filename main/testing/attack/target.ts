/** Somebody who can only send requests: what an attack needs of a hub, over plain HTTP or TLS, with every header as it was forged. */
import http from 'node:http';
import https from 'node:https';

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Buffer | undefined;
}
export interface Got {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}
export interface Target {
  readonly host: string;
  readonly origin: string;
  ask(sent: Sent): Promise<Got>;
  close(): void;
}

/** Plain node:http(s): fetch would tidy the path and refuse to set Host. */
export function httpTarget(address: string): Target {
  const url = new URL(address);
  const isTls = url.protocol === 'https:';
  const agent = isTls ? new https.Agent({ keepAlive: true, rejectUnauthorized: false, maxSockets: 16 }) : new http.Agent({ keepAlive: true, maxSockets: 16 });
  const send = isTls ? https.request : http.request;
  return {
    host: url.host, origin: url.origin, close: () => agent.destroy(),
    ask: ({ method, path, headers = {}, body }) => new Promise((resolve, reject) => {
      const all = { host: url.host, ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }), ...headers };
      // A name that is not this host's must not reach the handshake: only the header is forged.
      const request = send({ host: url.hostname, port: url.port, servername: '', method, path, agent, setHost: false, headers: Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)) }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() }));
      });
      request.on('error', reject);
      request.end(body);
    }),
  };
}
