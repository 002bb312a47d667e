/** Puts a stream of unknown length into the store as one plain object: in one piece where it is small, else in parts, never whole in memory. */
import { createHash } from 'node:crypto';
import { AppError } from '../base/app-error.ts';
import type { Budget } from '../base/budget.ts';
import type { ETag, ObjectMetadata, RemoteStore, Sha256, StoreKey, UploadedPart, WriteCondition } from '../sync/ports.ts';
import { leastPartBytes as partBytes, mostParts } from '../../shared/upload-parts.ts';
import { kindOfBytes, sampleBytes } from './content-kinds.ts';

export { partBytes };

export interface Received {
  readonly key: StoreKey;
  readonly etag: ETag;
  readonly sizeBytes: number;
  readonly contentType: string;
}
/** What receiving needs of a store. */
export type ReceivingStore = Pick<RemoteStore, 'head' | 'put' | 'startUpload' | 'putPart' | 'completeUpload' | 'abortUpload'>;
export interface ReceiveDeps {
  readonly store: ReceivingStore;
  /** Of bytes that all uploads together may hold. */
  readonly memory: Budget;
}
export interface ReceiveRequest {
  /** Asked when it is needed: for a small file after it was read (`atEnd`), for a large one before its first part. */
  readonly keyFor: (atEnd: boolean) => Promise<StoreKey>;
  /** For a large one, after it was read and before it counts; throws where what came after it doesn't fit. */
  readonly confirm: () => Promise<void>;
  /** Throws as soon as what is known of it breaks a rule; asked again as more is known. */
  readonly check: (facts: { readonly contentType: string; readonly sizeBytes: number | null; readonly atLeastBytes: number }) => void;
  readonly filename: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Null where any size is allowed. */
  readonly mostBytes: number | null;
  /** What is there now and makes room for this; where it isn't named, nothing may be there. */
  readonly replaces?: ETag;
}

/** Throws `file_too_large` (nothing is stored then) and `name_taken` (what is there stays). */
export async function receive(deps: ReceiveDeps, request: ReceiveRequest): Promise<Received> {
  const giveBack = await deps.memory.take(partBytes);
  try {
    const source = new PartSource(request);
    const first = await source.next();
    const contentType = await kindOfBytes(first.bytes.subarray(0, sampleBytes), request.filename);
    request.check({ contentType, sizeBytes: first.last ? first.bytes.byteLength : null, atLeastBytes: source.totalBytes });
    return await (first.last ? putWhole(deps, request, first.bytes, contentType) : putInParts(deps, request, { first: first.bytes, source, contentType }));
  } finally {
    giveBack();
  }
}

/** Cuts the stream into parts and counts: the limit holds for what really comes, not for what was announced. */
class PartSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #mostBytes: number | null;
  #rest: Uint8Array | null = null;
  totalBytes = 0;
  constructor(request: ReceiveRequest) {
    this.#chunks = request.chunks[Symbol.asyncIterator]();
    this.#mostBytes = request.mostBytes;
  }

  async next(): Promise<{ readonly bytes: Uint8Array; readonly last: boolean }> {
    const held: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const chunk = this.#rest ?? (await this.#read());
      this.#rest = null;
      if (chunk === null) return { bytes: Buffer.concat(held, size), last: true };
      const room = partBytes - size;
      if (chunk.byteLength > room) {
        held.push(chunk.subarray(0, room));
        this.#rest = chunk.subarray(room);
        return { bytes: Buffer.concat(held, partBytes), last: false };
      }
      held.push(chunk);
      size += chunk.byteLength;
    }
  }

  async #read(): Promise<Uint8Array | null> {
    const next = await this.#chunks.next();
    if (next.done === true) return null;
    this.totalBytes += next.value.byteLength;
    if (this.#mostBytes !== null && this.totalBytes > this.#mostBytes) throw tooLarge(this.#mostBytes);
    return next.value;
  }
}

export function tooLarge(mostBytes: number): AppError {
  return new AppError('file_too_large', { megabytes: Math.floor(mostBytes / 1_048_576) });
}

async function putWhole(deps: ReceiveDeps, request: ReceiveRequest, bytes: Uint8Array, contentType: string): Promise<Received> {
  return storeWhole(deps.store, await request.keyFor(true), bytes, contentType, request.replaces);
}

/** In one piece, only where nothing is, or in place of exactly what is named. */
export async function storeWhole(store: Pick<RemoteStore, 'put' | 'head'>, key: StoreKey, bytes: Uint8Array, contentType: string, replaces?: ETag): Promise<Received> {
  const sha256 = createHash('sha256').update(bytes).digest('hex') as Sha256;
  const metadata: ObjectMetadata = { sha256, contentType };
  try {
    const answer = await store.put(key, bytes, { ...conditionOf(replaces), sizeBytes: bytes.byteLength, sha256, metadata });
    if (!answer.ok) throw new AppError(replaces === undefined ? 'name_taken' : 'stale');
    return { key, etag: answer.value.etag, sizeBytes: bytes.byteLength, contentType };
  } catch (thrown) {
    // The answer may be lost and the object there: only a look tells.
    if (!(thrown instanceof AppError) || thrown.code !== 'network_timeout') throw thrown;
    const there = await store.head(key);
    if (there?.claimedSha256 !== sha256 || there.sizeBytes !== bytes.byteLength) throw thrown;
    return { key, etag: there.etag, sizeBytes: bytes.byteLength, contentType };
  }
}

async function putInParts(deps: ReceiveDeps, request: ReceiveRequest, begun: { readonly first: Uint8Array; readonly source: PartSource; readonly contentType: string }): Promise<Received> {
  const { store } = deps;
  const { source, contentType } = begun;
  const key = await request.keyFor(false);
  if (request.replaces === undefined && (await store.head(key)) !== null) throw new AppError('name_taken');
  const uploadId = await store.startUpload(key, { contentType });
  try {
    const parts: UploadedPart[] = [];
    let sizeBytes = 0;
    for (let next = { bytes: begun.first, last: false }; ; next = await source.next()) {
      if (next.bytes.byteLength > 0) parts.push(await store.putPart(key, uploadId, parts.length + 1, next.bytes));
      sizeBytes += next.bytes.byteLength;
      request.check({ contentType, sizeBytes: next.last ? sizeBytes : null, atLeastBytes: source.totalBytes });
      if (next.last) break;
      if (parts.length >= mostParts) throw tooLarge(partBytes * mostParts);
    }
    await request.confirm();
    const answer = await store.completeUpload(key, uploadId, parts, conditionOf(request.replaces));
    if (!answer.ok) throw new AppError(answer.why === 'absent' ? 'upload_gone' : request.replaces === undefined ? 'name_taken' : 'stale');
    return { key, etag: answer.value.etag, sizeBytes, contentType };
  } catch (thrown) {
    await giveUp(store, key, uploadId);
    throw thrown;
  }
}

function conditionOf(replaces: ETag | undefined): WriteCondition {
  return replaces === undefined ? { ifNoneMatch: '*' } : { ifMatch: replaces };
}

/** What is left of it costs money until it is ended; a store that does not answer now ends it by its own rule. */
export async function giveUp(store: Pick<RemoteStore, 'abortUpload'>, key: StoreKey, uploadId: string): Promise<void> {
  await store.abortUpload(key, uploadId).catch(() => undefined);
}
