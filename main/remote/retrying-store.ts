/** Asks a store again after trouble that passes by itself, but only where asking twice cannot change anything (rule 5). */
import type { ErrorCode } from '../../shared/api/errors.ts';
import { AppError } from '../base/app-error.ts';
import type { Clock, RemoteStore } from '../sync/ports.ts';

const maxTries = 4;
const firstDelayMs = 250;
const longestDelayMs = 20_000;
/** Trouble of the line or the store that may be gone a moment later. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['network_unreachable', 'network_timeout', 'store_busy', 'store_error']);
/** A page that came broken may come whole the next time; what can be read of it is never believed. */
const passingForList: ReadonlySet<ErrorCode> = new Set<ErrorCode>([...passing, 'listing_incomplete']);
/** The store answered that it did nothing, so even a write may be sent again. */
const refusedUntouched: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['store_busy']);

export interface RetryDeps {
  readonly clock: Clock;
  /** 0 to 1; spreads the retries of many devices. */
  readonly random: () => number;
}

/**
 * Never repeated: remove, copy, complete, abort and probe. A put is repeated only when the store said that it was too busy: a put
 * without an answer may have happened, and only the engine can look whether it did.
 */
export function createRetryingStore(store: RemoteStore, deps: RetryDeps): RemoteStore {
  async function again<T>(codes: ReadonlySet<ErrorCode>, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (thrown) {
        if (!(thrown instanceof AppError) || !codes.has(thrown.code) || tries >= maxTries) throw thrown;
        if (!isAborted(signal)) await deps.clock.sleep(delayFor(thrown, tries, deps.random()), signal);
        if (isAborted(signal)) throw new AppError('cancelled');
      }
    }
  }
  return {
    description: store.description,
    probe: (signal) => store.probe(signal),
    list: (request) => again(passingForList, request.signal, () => store.list(request)),
    head: (key, signal) => again(passing, signal, () => store.head(key, signal)),
    versions: (key, signal) => again(passingForList, signal, () => store.versions(key, signal)),
    // Only its start: once bytes flow, the reader knows how far it came and asks for the rest itself.
    get: (key, request) => again(passing, request?.signal, () => store.get(key, request)),
    // A stream can be read only once, so only bytes in memory can be sent again.
    put: (key, body, request) => (body instanceof Uint8Array ? again(refusedUntouched, request.signal, () => store.put(key, body, request)) : store.put(key, body, request)),
    remove: (key, condition) => store.remove(key, condition),
    startUpload: (key, metadata) => again(refusedUntouched, undefined, () => store.startUpload(key, metadata)),
    // The same part under the same number is the same upload.
    putPart: (key, uploadId, number, bytes, signal) => again(passing, signal, () => store.putPart(key, uploadId, number, bytes, signal)),
    listParts: (key, uploadId) => again(passing, undefined, () => store.listParts(key, uploadId)),
    completeUpload: (key, uploadId, parts, condition) => store.completeUpload(key, uploadId, parts, condition),
    abortUpload: (key, uploadId) => store.abortUpload(key, uploadId),
    listUploads: () => again(passing, undefined, () => store.listUploads()),
    copy: (from, to, request) => store.copy(from, to, request),
    ...(store.serverCopy === undefined ? {} : { serverCopy: store.serverCopy }),
    // Asked twice it is answered by "under way" and costs nothing more.
    restore: (key, request) => again(passing, request.signal, () => store.restore(key, request)),
    watch: (onKeys, signal) => store.watch(onKeys, signal),
    requestCounts: () => store.requestCounts(),
    storeTimeMs: () => store.storeTimeMs(),
    close: () => store.close(),
  };
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
/** Doubles each time, at least half of it; what the store asks for itself is kept. */
export function delayFor(error: AppError, tries: number, random: number): number {
  const asked = error.context['retryAfterMs'];
  const grown = Math.min(firstDelayMs * 2 ** (tries - 1) * (error.code === 'store_busy' ? 4 : 1), longestDelayMs);
  const spread = grown * (0.5 + random / 2);
  return typeof asked === 'number' ? Math.max(Math.min(asked, 60_000), spread) : spread;
}
