/** Finds out what a store can do by doing it under `.strata/probe/`: a header that was accepted is not a header that was honoured. */
import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '../base/app-error.ts';
import type { Answer, ETag, RemoteStore, Sha256, StoreKey, StoreProfile, Written } from '../sync/ports.ts';
import { fullKey, type S3Context } from './s3-context.ts';
import { keepsVersions } from './s3-control.ts';
import { metadataHeaders } from './s3-metadata.ts';
import { watchBucket } from './notifications.ts';
import type { S3Endpoint } from './s3-http.ts';
import type { Credentials } from './sigv4.ts';

interface ProbeDeps {
  readonly endpoint: S3Endpoint;
  readonly credentials: () => Promise<Credentials>;
}
const content = Buffer.from('strata looks what this store can do');
const contentHash = hashOf(content);
const other = Buffer.from('strata looks what this store can do, twice');
const otherHash = hashOf(other);
const wrongEtag = '00000000000000000000000000000000' as ETag;

export async function probeStore(store: RemoteStore, context: S3Context, deps: ProbeDeps, signal?: AbortSignal): Promise<StoreProfile> {
  const folder = `.strata/probe/${randomBytes(8).toString('hex')}/`;
  const key = (name: string): StoreKey => `${folder}${name}` as StoreKey;
  // The first request alone: wrong keys or a missing bucket then end the probe with their own sentence.
  const base = await store.put(key('b'), content, { ifNoneMatch: '*', sizeBytes: content.byteLength, sha256: contentHash, ...(signal === undefined ? {} : { signal }) });
  if (!base.ok) throw new AppError('store_error', { place: context.http.place, detail: 'a fresh name was refused' });
  try {
    const [puts, multipart, checksPayload, versioning, notifications] = await Promise.all([
      probePuts(store, context, key('b'), base.value),
      probeMultipart(store, context, key('m'), key('c')),
      probeWrongPayload(store, key('w')),
      keepsVersions({ ...deps, clock: context.clock }),
      probeNotifications(context, deps, signal),
    ]);
    const conditionalDelete = await probeDelete(store, key('b'));
    const listsInUtf8Order = await probeOrder(store, folder, key);
    return { ...puts, ...multipart, conditionalDelete, checksPayload, versioning, notifications, listsInUtf8Order, clockOffsetMs: context.http.clockOffsetMs(), probedAtMs: context.clock.nowMs() };
  } finally {
    const names = ['b', 'm', 'c', 'w', 'o\uffee', 'o\u{1f600}', 'o.x', 'o/x'];
    await Promise.all(names.map((name) => store.remove(key(name)).catch(() => undefined)));
  }
}

/** Create over an existing object, replace with a wrong version, replace with the right one. */
async function probePuts(store: RemoteStore, context: S3Context, at: StoreKey, written: Written): Promise<Pick<StoreProfile, 'conditionalPut' | 'conditionalPutIfMatch'>> {
  const request = { sizeBytes: other.byteLength, sha256: otherHash };
  const again = await settled(store.put(at, other, { ...request, ifNoneMatch: '*' }));
  if (again === 'ok') return { conditionalPut: false, conditionalPutIfMatch: false };
  // Asked with a wrong version both forms must be refused, and with the right one the store itself finds the form that works.
  const wrong = await settled(store.put(at, other, { ...request, ifMatch: wrongEtag }));
  if (wrong === 'ok') return { conditionalPut: again === 'precondition', conditionalPutIfMatch: false };
  const right = await settled(store.put(at, content, { sizeBytes: content.byteLength, sha256: contentHash, ifMatch: written.etag }));
  const wrongBare = context.learned.ifMatchForm === 'bare' ? await settled(store.put(at, other, { ...request, ifMatch: wrongEtag })) : 'precondition';
  return { conditionalPut: again === 'precondition', conditionalPutIfMatch: right === 'ok' && wrongBare === 'precondition' };
}

/** One part copied from a pinned source, completed only where nothing is; then the same onto what is now there. */
async function probeMultipart(store: RemoteStore, context: S3Context, to: StoreKey, taken: StoreKey): Promise<Pick<StoreProfile, 'multipart' | 'conditionalComplete' | 'rangedCopy'>> {
  const none = { multipart: false, conditionalComplete: false, rangedCopy: false };
  let first: string;
  try {
    first = await store.startUpload(to, {});
  } catch (thrown) {
    if (thrown instanceof AppError && (thrown.code === 'store_error' || thrown.code === 'access_denied')) return none;
    throw thrown;
  }
  const part = await store.putPart(to, first, 1, content);
  const created = await settled(store.completeUpload(to, first, [part], {}));
  if (created !== 'ok') return none;
  const second = await store.startUpload(to, {});
  const secondPart = await store.putPart(to, second, 1, other);
  const overwritten = await settled(store.completeUpload(to, second, [secondPart], { ifNoneMatch: '*' }));
  if (overwritten !== 'ok') await store.abortUpload(to, second).catch(() => undefined);
  return { multipart: true, conditionalComplete: overwritten === 'precondition', rangedCopy: await probeRangedCopy(store, context, to, taken) };
}

/** A copy pinned to a version that is not there must fail, one pinned to the right version must work. */
async function probeRangedCopy(store: RemoteStore, context: S3Context, from: StoreKey, to: StoreKey): Promise<boolean> {
  const source = await store.head(from);
  if (source === null) return false;
  const uploadId = await store.startUpload(to, {});
  const copyPart = async (etag: string): Promise<number> => {
    const response = await context.http.send({
      method: 'PUT', count: 'PUT', key: fullKey(context, to), query: [['partNumber', '1'], ['uploadId', uploadId]],
      headers: { ...metadataHeaders(undefined), 'x-amz-copy-source': `/${context.http.bucket}/${fullKey(context, from)}`, 'x-amz-copy-source-if-match': `"${etag}"`, 'x-amz-copy-source-range': 'bytes=0-4' },
    });
    await response.drop();
    return response.status;
  };
  try {
    const [wrong, right] = await Promise.all([copyPart(wrongEtag), copyPart(source.etag)]);
    return wrong === 412 && right === 200;
  } finally {
    await store.abortUpload(to, uploadId).catch(() => undefined);
  }
}

async function probeWrongPayload(store: RemoteStore, at: StoreKey): Promise<boolean> {
  try {
    await store.put(at, content, { sizeBytes: content.byteLength, sha256: otherHash });
    return false;
  } catch (thrown) {
    if (thrown instanceof AppError && /^(checksum_mismatch|keys_refused|store_error|access_denied)$/.test(thrown.code)) return true;
    throw thrown;
  }
}

/** DELETE of another version than the one that is there. */
async function probeDelete(store: RemoteStore, at: StoreKey): Promise<boolean> {
  const before = await store.head(at);
  if (before === null) return false;
  await settled(store.remove(at, { ifMatch: wrongEtag }));
  return (await store.head(at)) !== null;
}

/** Names whose order differs between UTF-8 bytes, UTF-16 units and a walk folder by folder. */
async function probeOrder(store: RemoteStore, folder: string, key: (name: string) => StoreKey): Promise<boolean> {
  const names = ['o.x', 'o/x', 'o\uffee', 'o\u{1f600}'];
  await Promise.all(names.map((name) => store.put(key(name), content, { sizeBytes: content.byteLength, sha256: contentHash })));
  const page = await store.list({ prefix: `${folder}o` });
  return page.objects.map((object) => object.key.slice(folder.length)).join('\n') === names.join('\n');
}

/** Supported when the connection is still open after a moment; a server without it answers at once. */
async function probeNotifications(context: S3Context, deps: ProbeDeps, signal?: AbortSignal): Promise<boolean> {
  const stop = new AbortController();
  const cancel = context.clock.after(400, () => stop.abort());
  signal?.addEventListener('abort', () => stop.abort(), { once: true });
  try {
    return await watchBucket({ endpoint: deps.endpoint, prefix: context.prefix, credentials: await deps.credentials() }, () => undefined, stop.signal);
  } finally {
    cancel();
  }
}

/** What became of a request, where a refusal in any form is an answer too. */
async function settled(request: Promise<Answer<unknown>>): Promise<'ok' | 'absent' | 'precondition' | 'archived' | 'refused'> {
  try {
    const answer = await request;
    return answer.ok ? 'ok' : answer.why;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'store_error') return 'refused';
    throw thrown;
  }
}
function hashOf(bytes: Uint8Array): Sha256 {
  return createHash('sha256').update(bytes).digest('hex') as Sha256;
}
