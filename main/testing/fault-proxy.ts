/** Stands between Strata and a real S3 server and spoils single requests: delays, cuts, flips, lies and lost answers that no server plays by itself. */
import { request as ask, createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it passes by. `key` is null for the bucket itself; `number` counts the requests since the proxy started, from 1. */
export interface PassingRequest {
  readonly verb: string;
  readonly bucket: string;
  readonly key: string | null;
  readonly query: URLSearchParams;
  readonly isList: boolean;
  readonly number: number;
}
export type Fault =
  /** Waits before passing on. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Passes so many bytes of the request on, then drops both lines. */
  | { readonly kind: 'cutRequest'; readonly afterBytes: number }
  /** Passes so many bytes of the answer on, then drops the line. */
  | { readonly kind: 'cutAnswer'; readonly afterBytes: number }
  /** The answer ends early and says that it is whole. */
  | { readonly kind: 'shorten'; readonly toBytes: number }
  /** One bit of the body is another. */
  | { readonly kind: 'flipRequest'; readonly atByte: number }
  | { readonly kind: 'flipAnswer'; readonly atByte: number }
  /** The server never hears of it. */
  | { readonly kind: 'answer'; readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  /** The server does it; nobody hears that it did. */
  | { readonly kind: 'loseAnswer' }
  /** The server's text is changed on the way. */
  | { readonly kind: 'rewrite'; readonly change: (text: string) => string }
  | { readonly kind: 'changeHeaders'; readonly change: (headers: IncomingHttpHeaders) => IncomingHttpHeaders }
  /** The line is dropped at once. */
  | { readonly kind: 'refuse' };
export interface FaultRule {
  readonly on: (request: PassingRequest) => boolean;
  readonly fault: Fault;
  /** How often; 1 if not given. */
  readonly times?: number;
}
export interface FaultProxy {
  readonly endpoint: string;
  /** Replaces the rules; none lets everything pass. */
  play(rules: readonly FaultRule[]): void;
  /** How many requests were spoiled since `play`. */
  spoiled(): number;
  close(): Promise<void>;
}

export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  let rules: { readonly rule: FaultRule; left: number }[] = [];
  let spoiled = 0;
  let number = 0;
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    number += 1;
    const passing = describe(request, number);
    const found = rules.find(({ rule, left }) => left > 0 && rule.on(passing));
    if (found !== undefined) {
      found.left -= 1;
      spoiled += 1;
    }
    pass(upstream, request, response, found?.rule.fault ?? null);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    play: (next) => {
      spoiled = 0;
      rules = next.map((rule) => ({ rule, left: rule.times ?? 1 }));
    },
    spoiled: () => spoiled,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function describe(request: IncomingMessage, number: number): PassingRequest {
  const url = new URL(request.url ?? '/', 'http://proxy');
  const [bucket = '', ...rest] = url.pathname.slice(1).split('/').map(decodeURIComponent);
  const key = rest.join('/');
  return { verb: request.method ?? '', bucket, key: key === '' ? null : key, query: url.searchParams, isList: request.method === 'GET' && key === '' && url.searchParams.has('list-type'), number };
}

function pass(upstream: string, request: IncomingMessage, response: ServerResponse, fault: Fault | null): void {
  if (fault?.kind === 'refuse') return void request.socket.destroy();
  if (fault?.kind === 'answer') {
    request.resume();
    request.on('end', () => response.writeHead(fault.status, { 'content-type': 'application/xml', ...fault.headers }).end(request.method === 'HEAD' ? undefined : (fault.body ?? '')));
    return;
  }
  if (fault?.kind === 'delay') return void setTimeout(() => pass(upstream, request, response, null), fault.ms);
  const target = new URL(upstream);
  // The headers go on as they came: they are signed, the host among them.
  const onward = ask({ host: target.hostname, port: target.port, method: request.method, path: request.url, headers: request.headers }, (answer) => passAnswer(request, response, answer, fault));
  onward.on('error', () => request.socket.destroy());
  let sent = 0;
  request.on('data', (chunk: Buffer) => {
    let bytes = chunk;
    if (fault?.kind === 'flipRequest') bytes = flipped(chunk, fault.atByte - sent);
    if (fault?.kind === 'cutRequest' && sent + chunk.length >= fault.afterBytes) {
      onward.write(chunk.subarray(0, Math.max(0, fault.afterBytes - sent)), () => onward.destroy());
      request.socket.destroy();
      return;
    }
    sent += chunk.length;
    onward.write(bytes);
  });
  request.on('end', () => onward.end());
  request.on('close', () => {
    if (!request.complete) onward.destroy();
  });
}

function passAnswer(request: IncomingMessage, response: ServerResponse, answer: IncomingMessage, fault: Fault | null): void {
  const status = answer.statusCode ?? 502;
  const headers = fault?.kind === 'changeHeaders' ? fault.change(answer.headers) : answer.headers;
  switch (fault?.kind) {
    case 'loseAnswer':
      answer.resume();
      answer.on('end', () => request.socket.destroy());
      return;
    case 'rewrite':
    case 'shorten':
    case 'flipAnswer':
      void wholeBody(answer).then((body) => {
        const changed = fault.kind === 'rewrite' ? Buffer.from(fault.change(body.toString('utf8'))) : fault.kind === 'shorten' ? body.subarray(0, fault.toBytes) : flipped(body, fault.atByte);
        response.writeHead(status, { ...headers, 'content-length': String(changed.length) }).end(changed);
      });
      return;
    case 'cutAnswer': {
      let passed = 0;
      response.writeHead(status, headers);
      answer.on('data', (chunk: Buffer) => {
        const bytes = chunk.subarray(0, Math.max(0, fault.afterBytes - passed));
        passed += chunk.length;
        if (passed < fault.afterBytes) response.write(bytes);
        else response.write(bytes, () => request.socket.destroy());
      });
      answer.on('end', () => request.socket.destroy());
      return;
    }
    default:
      response.writeHead(status, headers);
      answer.pipe(response);
  }
}

async function wholeBody(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  const value = copy[at];
  if (value !== undefined) copy[at] = value ^ 1;
  return copy;
}
