/** Finds out what a store can do by doing it under `.strata/probe/`: a header that was accepted is not a header that was honoured. */
import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '../base/app-error.ts';
import type { Answer, Clock, ETag, RemoteStore, Sha256, StoreKey, StoreProfile, Written } from '../sync/ports.ts';
import { fullKey, type S3Context } from './s3-context.ts';
import { keepsVersions } from './s3-control.ts';
import { quoted } from './s3-metadata.ts';
import { partQuery } from './s3-multipart.ts';
import { watchBucket } from './notifications.ts';
import type { S3Endpoint } from './s3-http.ts';
import { encodeKeyPath, type Credentials } from './sigv4.ts';

interface ProbeDeps {
  readonly endpoint: S3Endpoint;
  readonly credentials: () => Promise<Credentials>;
}
const content = Buffer.from('strata looks what this store can do');
const contentHash = hashOf(content);
const other = Buffer.from('strata looks what this store can do, twice');
const otherHash = hashOf(other);
const wrongEtag = '00000000000000000000000000000000' as ETag;

/** Their order differs between UTF-8 bytes, UTF-16 units and a walk folder by folder. */
const names = ['o.x', 'o/x', 'o\uffee', 'o\u{1f600}'] as const;

const longName = `${'<'.repeat(200)}/${'<'.repeat(200)}`;
const askAgainMs = 150;
const longestWaitMs = 15_000;

export async function probeStore(store: RemoteStore, context: S3Context, deps: ProbeDeps, signal?: AbortSignal): Promise<StoreProfile> {
  const folder = `.strata/probe/${randomBytes(8).toString('hex')}/`;
  const key = (name: string): StoreKey => `${folder}${name}` as StoreKey;
  const [base, second, ...others] = names.map(key) as [StoreKey, StoreKey, ...StoreKey[]];
  // The first request alone: wrong keys or a missing bucket then end the probe with their own sentence.
  const written = await create(store, base, signal);
  if (!written.ok) throw new AppError('store_error', { place: context.http.place, detail: 'a fresh name was refused' });
  try {
    const writeSecond = create(store, second, signal);
    const [puts, multipart, checksPayload, versioning, notifications] = await Promise.all([
      probePuts(store, context, base, written.value),
      writeSecond.then((answer) => probeMultipart(store, context, second, answer)),
      probeWrongPayload(store, key('w')),
      keepsVersions({ ...deps, clock: context.clock }),
      probeNotifications(store, context, deps, key(longName), signal),
      ...others.map((one) => create(store, one, signal)),
    ]);
    const listsInUtf8Order = await probeOrder(store, folder);
    const conditionalDelete = await probeDelete(store, base);
    // Rule 22: what a delete marker does to a new object is learned here, before a stream that can be sent only once depends on it.
    if (versioning !== 'off') await store.remove(base).then(() => create(store, base, signal));
    return { ...puts, ...multipart, conditionalDelete, checksPayload, versioning, notifications, listsInUtf8Order, clockOffsetMs: context.http.clockOffsetMs(), probedAtMs: context.clock.nowMs() };
  } finally {
    await Promise.all([...names, 'w', longName].map((name) => store.remove(key(name)).catch(() => undefined)));
  }
}

function create(store: RemoteStore, at: StoreKey, signal: AbortSignal | undefined): Promise<Answer<Written>> {
  return store.put(at, content, { ifNoneMatch: '*', sizeBytes: content.byteLength, sha256: contentHash, ...(signal === undefined ? {} : { signal }) });
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

/** One upload onto an object that exists: a part sent, a part copied from a wrong and from the right version, then completed only where nothing is. */
async function probeMultipart(store: RemoteStore, context: S3Context, at: StoreKey, source: Answer<Written>): Promise<Pick<StoreProfile, 'multipart' | 'conditionalComplete' | 'rangedCopy'>> {
  const none = { multipart: false, conditionalComplete: false, rangedCopy: false };
  if (!source.ok) return none;
  let uploadId: string;
  try {
    uploadId = await store.startUpload(at, {});
  } catch (thrown) {
    if (thrown instanceof AppError && (thrown.code === 'store_error' || thrown.code === 'access_denied')) return none;
    throw thrown;
  }
  const [part, copyOfWrong, copyOfRight] = await Promise.all([
    store.putPart(at, uploadId, 1, content),
    copyPart(context, at, { uploadId, number: 2, etag: wrongEtag }),
    copyPart(context, at, { uploadId, number: 3, etag: source.value.etag }),
  ]);
  const completed = await settled(store.completeUpload(at, uploadId, [part], { ifNoneMatch: '*' }));
  if (completed !== 'ok') await store.abortUpload(at, uploadId).catch(() => undefined);
  return { multipart: true, conditionalComplete: completed === 'precondition', rangedCopy: copyOfWrong === 412 && copyOfRight === 200 };
}
/** Returns the status only. */
async function copyPart(context: S3Context, at: StoreKey, part: { readonly uploadId: string; readonly number: number; readonly etag: ETag }): Promise<number> {
  const whole = fullKey(context, at);
  const response = await context.http.send({
    method: 'PUT', count: 'PUT', key: whole, query: partQuery(part.uploadId, part.number),
    headers: { 'x-amz-copy-source': `/${context.http.bucket}/${encodeKeyPath(whole)}`, 'x-amz-copy-source-if-match': quoted(part.etag), 'x-amz-copy-source-range': 'bytes=0-4' },
  });
  await response.drop();
  return response.status;
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
  const outcome = await settled(store.remove(at, { ifMatch: wrongEtag }));
  return outcome !== 'ok' && (await store.head(at)) !== null;
}

async function probeOrder(store: RemoteStore, folder: string): Promise<boolean> {
  const page = await store.list({ prefix: folder });
  const found = page.objects.map((object) => object.key.slice(folder.length)).filter((name) => name !== 'w' && name !== longName);
  return found.join('\n') === names.join('\n');
}

/**
 * Supported when an event of our own arrives: a connection that is merely open proves nothing on a slow line. A server without it
 * ends the connection by itself. The key is so long that its event is never held back in a buffer (see hint-pump.ts).
 */
async function probeNotifications(store: RemoteStore, context: S3Context, deps: ProbeDeps, at: StoreKey, signal: AbortSignal | undefined): Promise<boolean> {
  const stop = new AbortController();
  signal?.addEventListener('abort', () => stop.abort(), { once: true });
  const cancel = context.clock.after(longestWaitMs, () => stop.abort());
  let told = false;
  try {
    const target = { endpoint: deps.endpoint, prefix: context.prefix, credentials: await deps.credentials() };
    const watching = watchBucket(target, () => {
      told = true;
      stop.abort();
    }, stop.signal).finally(() => stop.abort());
    await makeEvents(store, at, { clock: context.clock, signal: stop.signal }).catch(() => stop.abort());
    await watching;
    return told;
  } finally {
    cancel();
    stop.abort();
  }
}

/** Until the signal aborts. A server that takes no such name has no hints either. */
async function makeEvents(store: RemoteStore, at: StoreKey, until: { readonly clock: Pick<Clock, 'sleep'>; readonly signal: AbortSignal }): Promise<void> {
  await create(store, at, undefined);
  while (!until.signal.aborted) {
    await store.head(at);
    await until.clock.sleep(askAgainMs, until.signal);
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
