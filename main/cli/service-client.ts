/** The typed client of a running service: finds it by the data dir, lets it prove itself, then sends the token (rule 41). */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import { contract, type CallInputOf, type CommandName, type CommandRow, type OutputOf } from '../../shared/api/contract.ts';
import { errorCodes } from '../../shared/api/errors.ts';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { findService } from '../secrets/session-file.ts';

export interface ServiceClient {
  readonly address: string;
  /** Of the data dir; shown only after the service proved that it holds it too. */
  readonly token: string;
  call<N extends CommandName>(name: N, input: CallInputOf<N>): Promise<OutputOf<N>>;
}
/** A service that is just starting has the lock before it has published its address. */
const startsWithinMs = 60_000;
const helloWithinMs = 3_000;

/** What a refused call said; its text is for people, its code for exit states. */
export class ServiceRefusal extends AppError {
  constructor(code: AppError['code'], detail: string) {
    super(code);
    this.message = detail;
  }
}

/** Null when nobody answers there, or somebody who does not hold the token. */
export async function findProvedService(dataDir: string): Promise<ServiceClient | null> {
  const found = await findService(dataDir);
  if (found === null) return null;
  const nonce = randomBytes(24).toString('base64url');
  const hello = await send(found.address, null, 'hello', { nonce }).catch(() => null);
  const proof: unknown = hello?.status === 200 ? (hello.body as { readonly proof?: unknown } | null)?.proof : undefined;
  if (typeof proof !== 'string' || !isProof(proof, found.token, nonce)) return null;
  return { address: found.address, token: found.token, call: (name, input) => callCommand(found.address, found.token, name, input) };
}

/** Throws `data_dir_in_use` when the owner of the lock does not show itself in time. */
export async function proveService(dataDir: string, clock: Clock): Promise<ServiceClient> {
  const startedMs = clock.monotonicMs();
  for (;;) {
    const client = await findProvedService(dataDir);
    if (client !== null) return client;
    if (clock.monotonicMs() - startedMs > startsWithinMs) throw new AppError('data_dir_in_use');
    await clock.sleep(100);
  }
}

function isProof(proof: string, token: string, nonce: string): boolean {
  const expected = createHmac('sha256', token).update(nonce).digest();
  const given = Buffer.from(proof, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

async function callCommand<N extends CommandName>(address: string, token: string, name: N, input: CallInputOf<N>): Promise<OutputOf<N>> {
  const answer = await send(address, token, name, input as Readonly<Record<string, unknown>>).catch((error: unknown) => {
    throw new AppError('not_running', {}, error);
  });
  if (answer.status === 200) return answer.body as OutputOf<N>;
  const refusal = answer.body as { readonly detail?: unknown; readonly error_code?: unknown } | null;
  const code = errorCodes.find((known) => known.toUpperCase() === refusal?.error_code) ?? 'internal';
  throw new ServiceRefusal(code, typeof refusal?.detail === 'string' ? refusal.detail : new AppError(code).message);
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** node:http, not fetch: `syncOnce` and `verify` may take hours, and fetch gives up after five minutes. */
function send(address: string, token: string | null, name: CommandName, input: Readonly<Record<string, unknown>>): Promise<Answer> {
  const row: CommandRow = contract[name];
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const path = row.path.replace(/:(\w+)/g, (_, key: string) => {
    const value = rest.get(key);
    rest.delete(key);
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams([...rest].map(([key, value]) => [key, String(value)]));
  const isGet = row.method === 'GET';
  const body = isGet ? null : JSON.stringify(Object.fromEntries(rest));
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const request = http.request(`${address}/api/v1${path}${isGet && query.size > 0 ? `?${query.toString()}` : ''}`, { method: row.method, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString()) }));
    });
    request.on('error', reject);
    // A stranger on the old port may accept and never answer; a proved service may take its time.
    if (token === null) request.setTimeout(helloWithinMs, () => request.destroy(new Error('no answer')));
    request.end(body ?? undefined);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
