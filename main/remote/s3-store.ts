/** One library in a bucket of any S3 server, as the engine's RemoteStore. */
import type { Clock, RemoteStore, StoreKey, StoreProfile } from '../sync/ports.ts';
import { pumpKey, startHintPump } from './hint-pump.ts';
import { probeStore } from './capability-probe.ts';
import { watchBucket } from './notifications.ts';
import type { S3Context } from './s3-context.ts';
import { copy } from './s3-copy.ts';
import { createS3Http, type S3Endpoint, type S3Timeouts } from './s3-http.ts';
import { abortUpload, completeUpload, listParts, listUploads, putPart, startUpload } from './s3-multipart.ts';
import { get, head, list, versions } from './s3-read.ts';
import { createServerCopy } from './s3-server-copy.ts';
import { restore } from './s3-restore.ts';
import { put, remove } from './s3-write.ts';
import type { Credentials } from './sigv4.ts';

/** Every library has it: a look at it is the smallest event there is. */
const libraryMarkerKey = '.strata/~library' as StoreKey;

export interface S3StoreOptions {
  readonly endpoint: S3Endpoint;
  /** The library's place in the bucket; a missing last slash is added. */
  readonly prefix: string;
  readonly credentials: () => Promise<Credentials>;
  readonly clock: Clock;
  readonly timeouts?: S3Timeouts;
}

export function createS3Store(options: S3StoreOptions): RemoteStore {
  const { endpoint, clock, credentials } = options;
  const prefix = options.prefix === '' || options.prefix.endsWith('/') ? options.prefix : `${options.prefix}/`;
  const http = createS3Http({ endpoint, credentials, clock, ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }) });
  const context: S3Context = { http, clock, prefix, learned: { ifMatchForm: 'unknown', markerBlocksCreate: false, profile: null } };
  const shownPrefix = prefix === '' ? '' : `/${prefix.slice(0, -1)}`;

  async function probe(signal?: AbortSignal): Promise<StoreProfile> {
    const profile = await probeStore(store, context, { credentials, endpoint }, signal);
    context.learned.profile = profile;
    return profile;
  }
  // Whether Complete honours conditions is known only from having tried it on this very server.
  async function copiesSafely(): Promise<boolean> {
    const profile = context.learned.profile ?? (await probe());
    return profile.conditionalComplete && profile.rangedCopy;
  }
  const store: RemoteStore = {
    description: { kind: 's3', name: `${http.place}${shownPrefix}`, identity: `s3 ${new URL(endpoint.endpoint).origin} ${endpoint.bucket} ${prefix}` },
    probe,
    list: (request) => list(context, request),
    head: (key, signal) => head(context, key, signal),
    versions: (key, signal) => versions(context, key, signal),
    get: (key, request) => get(context, key, request),
    put: (key, body, request) => put(context, key, body, request),
    remove: (key, condition) => remove(context, key, condition),
    startUpload: (key, metadata) => startUpload(context, key, metadata),
    putPart: (key, uploadId, number, bytes, signal) => putPart(context, key, uploadId, number, bytes, signal),
    listParts: (key, uploadId) => listParts(context, key, uploadId),
    completeUpload: (key, uploadId, parts, condition) => completeUpload(context, key, uploadId, parts, condition),
    abortUpload: (key, uploadId) => abortUpload(context, key, uploadId),
    listUploads: () => listUploads(context),
    copy: async (from, to, request) => copy(context, from, to, request, await copiesSafely()),
    serverCopy: createServerCopy(context, async () => (await credentials()).accessKeyId, copiesSafely),
    restore: (key, request) => restore(context, key, request),
    watch: async (onKeys, signal) => {
      const target = { endpoint, prefix, credentials: await credentials() };
      const ended = new AbortController();
      const pump = startHintPump({ store, clock, testKey: libraryMarkerKey, signal: AbortSignal.any([signal, ended.signal]) });
      const pass = (keys: readonly StoreKey[], wasChange: boolean): void => {
        for (const key of keys) pump.saw(key);
        const told = keys.filter((key) => key !== pumpKey);
        if (wasChange && told.length > 0) onKeys(told);
      };
      return watchBucket(target, pass, signal).finally(() => ended.abort());
    },
    requestCounts: () => http.counts(),
    storeTimeMs: () => http.storeTimeMs(),
    close: () => http.close(),
  };
  return store;
}
