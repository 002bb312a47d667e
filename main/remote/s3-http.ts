/** Sends one signed request to an S3 server and hands back the bare answer: no retries, no redirects, no guesses. */
import type { Readable } from 'node:stream';
import { Pool } from 'undici';
import type { Clock, RequestCounts } from '../sync/ports.ts';
import { connectionError } from './s3-errors.ts';
import { canonicalQuery, createSigner, emptyPayloadHash, encodeKeyPath, type Credentials, type Signer } from './sigv4.ts';
import { trustOptions } from './trust.ts';

export interface S3Endpoint {
  /** `http://127.0.0.1:9000`; a path in it is kept in front of the bucket. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** PEM of a certificate authority, or of the very certificate the user trusts. */
  readonly trustedCertificate?: string;
}
export interface S3Timeouts {
  readonly connectMs: number;
  /** How long the server may take before its first byte. */
  readonly headersMs: number;
  /** How long a transfer may stall. */
  readonly stallMs: number;
}
export const defaultTimeouts: S3Timeouts = { connectMs: 10_000, headersMs: 60_000, stallMs: 60_000 };

export type CountedVerb = keyof RequestCounts;
export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly count: CountedVerb;
  /** Whole key with the library's prefix; null addresses the bucket. */
  readonly key: string | null;
  readonly query?: readonly (readonly [string, string])[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  readonly payloadHash?: string;
  readonly signal?: AbortSignal | undefined;
}
export interface S3Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Must be read or dropped, else its connection stays taken. */
  readonly body: AsyncIterable<Uint8Array>;
  text(): Promise<string>;
  drop(): Promise<void>;
}
export interface S3Http {
  readonly place: string;
  /** The server with the path before its buckets, and the region. */
  readonly origin: string;
  readonly bucket: string;
  send(request: S3Request): Promise<S3Response>;
  counts(): RequestCounts;
  storeTimeMs(): number | null;
  /** The store's clock minus ours as of the last answer. */
  clockOffsetMs(): number;
  close(): Promise<void>;
}

/** Enough to keep a server busy; above that a home server only swaps between them. */
const connections = 64;
/** As much of a body waits for its reader; in pieces of a socket's 64 KiB every layer above would be passed eight times as often. */
const bodyBufferBytes = 512 * 1024;
/** An answer that is meant to be read as text (a listing page, an error) is never larger. */
const maxTextBytes = 32 * 1024 * 1024;

export function createS3Http(deps: { readonly endpoint: S3Endpoint; readonly credentials: () => Promise<Credentials>; readonly clock: Clock; readonly timeouts?: S3Timeouts }): S3Http {
  const { endpoint, clock } = deps;
  const timeouts = deps.timeouts ?? defaultTimeouts;
  const address = addressing(endpoint);
  const place = `${new URL(endpoint.endpoint).host}/${endpoint.bucket}`;
  const pool = new Pool(address.origin, {
    connections,
    pipelining: 1,
    headersTimeout: timeouts.headersMs,
    bodyTimeout: timeouts.stallMs,
    connect: { timeout: timeouts.connectMs, ...trustOptions(endpoint.trustedCertificate) },
  });
  const counts = { PUT: 0, GET: 0, HEAD: 0, DELETE: 0, LIST: 0, POST: 0 };
  let storeTime: number | null = null;
  let offset = 0;
  let signerFor: { credentials: Credentials; signer: Signer } | null = null;

  async function signer(): Promise<Signer> {
    const credentials = await deps.credentials();
    if (signerFor?.credentials !== credentials) signerFor = { credentials, signer: createSigner({ credentials, region: endpoint.region, service: 's3' }) };
    return signerFor.signer;
  }
  function noteTime(date: string | undefined): void {
    const at = Date.parse(date ?? '');
    if (Number.isNaN(at)) return;
    storeTime = at;
    offset = at - clock.nowMs();
  }
  return {
    place,
    origin: `${new URL(endpoint.endpoint).origin}${new URL(endpoint.endpoint).pathname.replace(/\/+$/, '')} ${endpoint.region}`,
    bucket: endpoint.bucket,
    counts: () => ({ ...counts }),
    storeTimeMs: () => storeTime,
    clockOffsetMs: () => offset,
    close: () => pool.destroy(),
    async send(request) {
      const payloadHash = request.payloadHash ?? emptyPayloadHash;
      const path = request.key === null ? address.bucketPath : `${address.keyPath}${encodeKeyPath(request.key)}`;
      const query = request.query ?? [];
      const headers = (await signer()).sign({
        method: request.method,
        path,
        query,
        headers: { ...request.headers, host: address.host, 'x-amz-content-sha256': payloadHash },
        payloadHash,
        nowMs: clock.nowMs(),
      });
      counts[request.count] += 1;
      try {
        const answer = await pool.request({
          method: request.method,
          highWaterMark: bodyBufferBytes,
          path: query.length === 0 ? path : `${path}?${canonicalQuery(query)}`,
          headers,
          // Undici takes any async iterable; its types name only streams.
          body: (request.body ?? null) as Readable | Uint8Array | null,
          // Undici may send an idempotent request again on its own when a connection closes; nothing here may go out twice (rule 5).
          idempotent: request.method === 'GET' || request.method === 'HEAD',
          // Undici ends the line after each HEAD, for servers that send a body with it; a new line, and with TLS a new greeting, for every look would cost more than the look.
          ...(request.method === 'HEAD' ? { reset: false } : {}),
          ...(request.signal === undefined ? {} : { signal: request.signal }),
        });
        const flat: Record<string, string> = {};
        for (const [name, value] of Object.entries(answer.headers)) if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
        noteTime(flat['date']);
        return response(answer.statusCode, flat, answer.body, place);
      } catch (thrown) {
        throw connectionError(thrown, place);
      }
    },
  };
}

function response(status: number, headers: Record<string, string>, body: AsyncIterable<Uint8Array> & { dump(): Promise<void>; destroy(): unknown }, place: string): S3Response {
  const mapped = mapErrors(body, place);
  return {
    status,
    headers,
    body: mapped,
    async text() {
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of mapped) {
        size += chunk.byteLength;
        if (size > maxTextBytes) throw connectionError(Object.assign(new Error('answer too long'), { code: 'HPE_TOO_LONG' }), place);
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString('utf8');
    },
    async drop() {
      await body.dump().catch(() => undefined);
    },
  };
}

async function* mapErrors(body: AsyncIterable<Uint8Array>, place: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (thrown) {
    throw connectionError(thrown, place);
  }
}

/** Amazon wants the bucket in the host name, everyone else in the path. A dot in the bucket breaks Amazon's certificate, so it stays in the path. */
function addressing(endpoint: S3Endpoint): { origin: string; host: string; bucketPath: string; keyPath: string } {
  const url = new URL(endpoint.endpoint);
  const base = url.pathname.replace(/\/+$/, '');
  if (url.hostname.endsWith('.amazonaws.com') && !endpoint.bucket.includes('.')) {
    const host = `${endpoint.bucket}.${url.host}`;
    return { origin: `${url.protocol}//${host}`, host, bucketPath: '/', keyPath: '/' };
  }
  return { origin: url.origin, host: url.host, bucketPath: `${base}/${endpoint.bucket}`, keyPath: `${base}/${endpoint.bucket}/` };
}
