/** A real door on a free port for tests: hand-held clock, in-memory content, handlers that say what they were given. */
import http from 'node:http';
import { contract, type CommandName } from '../../shared/api/contract.ts';
import type { ContentSource } from '../app/core.ts';
import { EventBus } from '../app/event-bus.ts';
import type { Handlers } from '../app/handlers.ts';
import type { HubDoor } from '../app/hub-door.ts';
import { AppError } from '../base/app-error.ts';
import { systemClock, type Clock } from '../base/clock.ts';
import { silentLogger, type Logger } from '../base/logger.ts';
import { startDoor, type Door } from '../server/door.ts';
import { Sessions } from '../server/sessions.ts';

export const testToken = 'test-token-of-the-data-dir-0123456789';

/** Time stands still until the test moves it. */
export class HeldClock implements Clock {
  #nowMs = 1_000_000;
  nowMs(): number { return this.#nowMs; }
  monotonicMs(): number { return this.#nowMs; }
  sleep(_delayMs?: number, _signal?: AbortSignal): Promise<void> { return Promise.resolve(); }
  after(delayMs: number, call: () => void): () => void { return systemClock.after(Math.min(delayMs, 1), call); }
  pass(delayMs: number): void { this.#nowMs += delayMs; }
}

export interface DoorUnderTest {
  readonly door: Door;
  readonly clock: HeldClock;
  readonly bus: EventBus;
  readonly called: { readonly name: string; readonly input: unknown }[];
  readonly watched: { readonly clientId: string; readonly view: unknown }[];
  readonly stops: number[];
  ask(method: string, path: string, request?: AskRequest): Promise<Told>;
  close(): Promise<void>;
}
export interface AskRequest {
  /** Undefined values take a header out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly rawBody?: string | Buffer;
  readonly anonymous?: boolean;
}
export interface Told {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
  json(): Record<string, unknown>;
}

export async function openTestDoor(options: { readonly handlers?: Partial<Handlers>; readonly content?: ContentSource; readonly pageDir?: string; readonly port?: number; readonly logger?: Logger; readonly checkOutputs?: boolean; readonly hub?: HubDoor; readonly clock?: HeldClock } = {}): Promise<DoorUnderTest> {
  const clock = options.clock ?? new HeldClock();
  const bus = new EventBus();
  const called: { name: string; input: unknown }[] = [];
  const watched: { clientId: string; view: unknown }[] = [];
  const stops: number[] = [];
  const echo = Object.fromEntries((Object.keys(contract) as CommandName[]).map((name) => [name, (input: unknown) => {
    called.push({ name, input });
    return { undo: null };
  }])) as unknown as Handlers;
  const door = await startDoor({
    handlers: { ...echo, ...options.handlers }, bus, content: options.content ?? new MemoryContent(), sessions: new Sessions(testToken), clock,
    logger: options.logger ?? silentLogger, version: '0.0.0', pageDir: options.pageDir ?? null, port: options.port ?? 0,
    watchView: (clientId, view) => watched.push({ clientId, view }), onStop: () => stops.push(1), checkOutputs: options.checkOutputs ?? false, hub: options.hub ?? null,
  });
  return { door, clock, bus, called, watched, stops, ask: (method, path, request) => ask(door.port, method, path, request), close: () => door.close() };
}

/** Plain node:http: fetch would tidy the path and refuse to set Host. */
export function ask(port: number, method: string, path: string, request: AskRequest = {}): Promise<Told> {
  const body = request.rawBody ?? (request.body === undefined ? (method === 'GET' || method === 'DELETE' ? undefined : '{}') : JSON.stringify(request.body));
  const headers: Record<string, string | undefined> = {
    host: `127.0.0.1:${port}`,
    ...(request.anonymous ? {} : { authorization: `Bearer ${testToken}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    ...request.headers,
  };
  return new Promise((resolve, reject) => {
    const sent = http.request({ host: '127.0.0.1', port, method, path, headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)) as Record<string, string>, setHost: false, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes, text: bytes.toString(), json: () => JSON.parse(bytes.toString()) as Record<string, unknown> });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export class MemoryContent implements ContentSource {
  readonly files = new Map<string, { readonly contentType: string; readonly bytes: Buffer }>();
  async look(_rootId: string, key: string) {
    const file = this.files.get(key);
    if (file === undefined) throw new AppError('not_found', { what: 'file' });
    return { name: key.split('/').at(-1) ?? key, sizeBytes: file.bytes.length, contentType: file.contentType, etag: 'v1' };
  }
  async *read(_rootId: string, key: string, _etag: string, range: { readonly start: number; readonly end: number } | null) {
    const file = this.files.get(key);
    if (file === undefined) throw new AppError('not_found', { what: 'file' });
    yield range === null ? file.bytes : file.bytes.subarray(range.start, range.end + 1);
  }
}
