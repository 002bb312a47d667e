/** Copies one version from the warm to the cold store and proves that exactly its bytes arrived; an existing object is never overwritten (rules 5, 6, 14). */
import { createHash } from 'node:crypto';
import type { StorageClass } from '../../shared/model/storage-classes.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import type { Budget } from '../base/budget.ts';
import { partSizeFor } from '../sync/execute/multipart.ts';
import { multipartThresholdBytes } from '../sync/execute/upload.ts';
import { etagOfParts, md5Of, sha256Of } from '../sync/markers.ts';
import { removeVersion, type RemovingFrom } from '../sync/stores/remove-version.ts';
import { removingFrom, type TwoStores } from '../sync/stores/two-stores.ts';
import type { ETag, ObjectMetadata, RemoteObject, RemoteStore, Sha256, StoreKey, StoreProfile, UploadedPart } from '../sync/ports.ts';

export interface CopyDeps {
  readonly warm: RemoteStore;
  readonly cold: RemoteStore;
  readonly coldProfile: StoreProfile;
  readonly memory: Budget;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}
export interface CopyRequest {
  readonly key: StoreKey;
  /** The version to copy, as a look at it a moment ago told. */
  readonly source: RemoteObject;
  /** Its content as both sides agreed; null when nobody here has read it. */
  readonly expect: Sha256 | null;
  readonly storageClass: StorageClass | null;
  /** The hash is told in the log and kept nowhere: what the object claims is enough where the store's marks prove the copy. */
  readonly claimWillDo?: true;
}
/** Below that the two requests more take longer, and cost more, than the bytes. */
const leastServerCopyBytes = 128 * 1024;
/** So little goes in one piece, which a busy store can be sent again. */
const wholeBytes = 256 * 1024;
/** `moved`: the source is no longer that version. `taken`: somebody else put an object there. */
export type CopyOutcome = { readonly kind: 'copied'; readonly etag: ETag; readonly sha256: Sha256; readonly proved: boolean } | { readonly kind: 'moved' } | { readonly kind: 'taken' };

/** `proved`: the store's own mark of the copy is reproduced by the bytes that were sent. Throws what the stores throw; a lost answer is thrown too, and the key looked at by the next try. */
export async function copyToCold(deps: CopyDeps, request: CopyRequest): Promise<CopyOutcome> {
  const copied = request.source.sizeBytes < leastServerCopyBytes ? null : await copyOnServer(deps, request);
  if (copied !== null) return copied;
  return request.source.sizeBytes <= multipartThresholdBytes ? copyWhole(deps, request) : copyInParts(deps, request);
}

/** Where both stores are one server it copies by itself; null where they are not, or nobody here can say what the content is. Bytes that were not sent from here count as none. */
async function copyOnServer(deps: CopyDeps, request: CopyRequest): Promise<CopyOutcome | null> {
  const { key, source } = request;
  const [from, to] = [deps.warm.serverCopy, deps.cold.serverCopy];
  const expect = request.expect ?? (request.claimWillDo === true ? source.claimedSha256 : null);
  if (from === undefined || to === undefined || expect === null) return null;
  const copied = await to.from(await from.source(key), key, { sourceIfMatch: source.etag, sizeBytes: source.sizeBytes, metadata: metadataOf(request, expect), signal: deps.signal });
  if (copied === 'elsewhere') return null;
  if (!copied.ok) return { kind: copied.why === 'precondition' ? 'taken' : 'moved' };
  const { etag, sameMark } = copied.value;
  // A claim may be wrong (rule 14): where the marks prove nothing the source is read.
  const sha256 = sameMark || request.expect !== null ? expect : await hashOf(deps.warm, key, source.etag, deps.signal);
  return sha256 === null ? { kind: 'moved' } : { kind: 'copied', etag, sha256, proved: sameMark };
}

export interface StraightRequest {
  readonly key: StoreKey;
  /** Of the version that both sides agreed on, and its content. */
  readonly etag: ETag;
  readonly expect: Sha256;
  readonly sizeBytes: number;
  readonly storageClass: StorageClass | null;
}
export type StraightOutcome = (Extract<CopyOutcome, { readonly kind: 'copied' }> & { readonly source: RemoteObject }) | Exclude<CopyOutcome, { readonly kind: 'copied' }>;
/** Whether a copy may go straight through: the content is known, the cold store itself refuses other bytes than announced, and no server does it alone. */
export async function goesStraight(deps: Pick<CopyDeps, 'warm' | 'cold' | 'coldProfile'>, request: Pick<StraightRequest, 'key' | 'sizeBytes'>): Promise<boolean> {
  if (request.sizeBytes > multipartThresholdBytes || !deps.coldProfile.checksPayload || !deps.coldProfile.conditionalPut) return false;
  const [from, to] = [deps.warm.serverCopy, deps.cold.serverCopy];
  if (request.sizeBytes < leastServerCopyBytes || from === undefined || to === undefined) return true;
  return (await from.source(request.key)).server !== (await to.source(request.key)).server;
}
/**
 * As the bytes arrive from warm they go on to cold, signed with the hash they must have: the cold store hashes what arrives and refuses
 * anything else, so nothing is hashed or held here. What the first look would tell stands in the answer that brings the bytes.
 */
export async function copyStraight(deps: CopyDeps, request: StraightRequest): Promise<StraightOutcome> {
  const { key, expect } = request;
  const stop = new AbortController();
  const signal = AbortSignal.any([deps.signal, stop.signal]);
  let arrived = false;
  try {
    // Nothing lay there when it was last listed, and who migrates holds the lease: that another computer copied it since is so rare that the cold store's refusal may tell it.
    const answer = await deps.warm.get(key, { ifMatch: request.etag, signal });
    if (!answer.ok) return { kind: 'moved' };
    const { object: source, body } = answer.value;
    if (source.deletionClaimedAtMs !== null) return { kind: 'moved' };
    const isSmall = source.sizeBytes <= wholeBytes;
    const put = await deps.cold.put(key, isSmall ? await collect(body, source.sizeBytes) : body, { sizeBytes: source.sizeBytes, sha256: expect, metadata: metadataOf({ ...request, source }, expect), ifNoneMatch: '*', signal, ...(isSmall ? {} : { onSent: deps.onBytes }) });
    if (!put.ok) return { kind: 'taken' };
    arrived = true;
    if (isSmall) deps.onBytes(source.sizeBytes);
    return { kind: 'copied', etag: put.value.etag, sha256: expect, proved: isSameMark(put.value.etag, source.etag, expect), source };
  } finally {
    // Where the cold store refused early the rest must not go on arriving; after a whole one its line serves the next.
    if (!arrived) stop.abort();
  }
}

/** What other tools wrote goes with it; the hash is what was really read. */
function metadataOf(request: Pick<CopyRequest, 'source' | 'storageClass'>, sha256: Sha256): ObjectMetadata {
  const { source } = request;
  return {
    sha256, executable: source.executable, ...(source.mtimeNs === null ? {} : { mtimeNs: source.mtimeNs }), ...(source.parentSha256 === null ? {} : { parentSha256: source.parentSha256 }),
    ...(source.contentType === undefined ? {} : { contentType: source.contentType }), ...(source.otherHeaders === undefined ? {} : { otherHeaders: source.otherHeaders }),
    ...(request.storageClass === null ? {} : { storageClass: request.storageClass }),
  };
}

async function copyWhole(deps: CopyDeps, request: CopyRequest): Promise<CopyOutcome> {
  const { key, source } = request;
  const giveBack = await deps.memory.take(source.sizeBytes);
  try {
    const answer = await deps.warm.get(key, { ifMatch: source.etag, signal: deps.signal });
    if (!answer.ok) return { kind: 'moved' };
    const bytes = await collect(answer.value.body, source.sizeBytes);
    const sha256 = sha256Of(bytes);
    refuseOther(request, sha256);
    const put = await deps.cold.put(key, bytes, { sizeBytes: bytes.length, sha256, metadata: metadataOf(request, sha256), ifNoneMatch: '*', signal: deps.signal, onSent: deps.onBytes });
    if (!put.ok) return { kind: 'taken' };
    return { kind: 'copied', etag: put.value.etag, sha256, proved: isSameMark(put.value.etag, source.etag, sha256) || put.value.etag === md5Of(bytes) };
  } finally {
    giveBack();
  }
}

/** Two stores that mark a version alike hold the same bytes. Folders mark it by its SHA-256, buckets mostly by its MD5. */
function isSameMark(etag: ETag, ofSource: ETag, sha256: Sha256): boolean {
  return etag === ofSource || etag === `sha256-${sha256}`;
}
function refuseOther(request: CopyRequest, sha256: Sha256): void {
  if (request.expect !== null && request.expect !== sha256) throw new AppError('checksum_mismatch', { got: sha256 });
}

async function collect(body: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(sizeBytes);
  let filled = 0;
  for await (const chunk of body) {
    if (filled + chunk.length > sizeBytes) throw new AppError('checksum_mismatch');
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  if (filled !== sizeBytes) throw new AppError('checksum_mismatch');
  return bytes;
}

async function copyInParts(deps: CopyDeps, request: CopyRequest): Promise<CopyOutcome> {
  const { key, source } = request;
  // The hash is known only at the end; until it is, the object says what the source said.
  const claimed = request.expect ?? source.claimedSha256;
  const { sha256: _sha256, ...described } = metadataOf(request, '' as Sha256);
  const uploadId = await deps.cold.startUpload(key, claimed === null ? described : { ...described, sha256: claimed });
  const abort = (): Promise<void> => deps.cold.abortUpload(key, uploadId).catch(() => undefined);
  try {
    const sent = await sendParts(deps, request, uploadId);
    if (sent === null) {
      await abort();
      return { kind: 'moved' };
    }
    refuseOther(request, sent.sha256);
    if (claimed !== null && claimed !== sent.sha256) throw new AppError('checksum_mismatch', { got: sent.sha256 });
    if (!deps.coldProfile.conditionalComplete && (await deps.cold.head(key, deps.signal)) !== null) {
      await abort();
      return { kind: 'taken' };
    }
    const done = await deps.cold.completeUpload(key, uploadId, sent.parts, deps.coldProfile.conditionalComplete ? { ifNoneMatch: '*' } : {});
    if (!done.ok) {
      await abort();
      return { kind: 'taken' };
    }
    return { kind: 'copied', etag: done.value.etag, sha256: sent.sha256, proved: done.value.etag === sent.partsEtag || done.value.etag === `sha256-${sent.sha256}` };
  } catch (thrown) {
    // What a lost Complete made is found by the look of the next try; leftover parts are swept after a week (rule 32).
    if (asAppError(thrown).code !== 'network_timeout' && asAppError(thrown).code !== 'network_unreachable') await abort();
    throw thrown;
  }
}

/** In order, each part read under the version's mark; null when the source moved on. */
async function sendParts(deps: CopyDeps, request: CopyRequest, uploadId: string): Promise<{ readonly parts: readonly UploadedPart[]; readonly sha256: Sha256; readonly partsEtag: string } | null> {
  const { key, source } = request;
  const size = partSizeFor(source.sizeBytes);
  const whole = createHash('sha256');
  const marks: string[] = [];
  const parts: UploadedPart[] = [];
  for (let start = 0; start < source.sizeBytes; start += size) {
    const end = Math.min(start + size, source.sizeBytes) - 1;
    const giveBack = await deps.memory.take(end - start + 1);
    try {
      const answer = await deps.warm.get(key, { ifMatch: source.etag, range: { start, end }, signal: deps.signal });
      if (!answer.ok) return null;
      const bytes = await collect(answer.value.body, end - start + 1);
      whole.update(bytes);
      marks.push(md5Of(bytes));
      parts.push(await deps.cold.putPart(key, uploadId, parts.length + 1, bytes, deps.signal));
      deps.onBytes(bytes.length);
    } finally {
      giveBack();
    }
  }
  return { parts, sha256: whole.digest('hex') as Sha256, partsEtag: etagOfParts(marks) };
}

/** Looks at a copy just made: the size, and the content by the store's mark, its own hash, or by reading it. Null when it is another by now; what is not what was sent goes again and throws. */
export async function provedCopy(deps: { readonly stores: TwoStores; readonly by: Pick<RemovingFrom, 'clock' | 'random'>; readonly signal: AbortSignal }, key: StoreKey, sizeBytes: number, copied: { readonly etag: ETag; readonly sha256: Sha256; readonly proved: boolean }): Promise<RemoteObject | null> {
  const { cold } = deps.stores;
  const copy = await cold.head(key, deps.signal);
  if (copy === null || copy.etag !== copied.etag) return null;
  const isSame = copy.sizeBytes === sizeBytes && (copied.proved || copy.storeSha256 === copied.sha256 || (await hashOf(cold, key, copy.etag, deps.signal)) === copied.sha256);
  if (isSame) return copy;
  await removeVersion(removingFrom(deps.stores, 'cold', deps.by), key, copy.etag);
  throw new AppError('checksum_mismatch', { got: copied.sha256 });
}

/** Reads one version whole; null when it can't be read because it is archived, or is another by now. */
export async function hashOf(store: RemoteStore, key: StoreKey, etag: ETag, signal: AbortSignal): Promise<Sha256 | null> {
  const answer = await store.get(key, { ifMatch: etag, signal });
  if (!answer.ok) return null;
  const hash = createHash('sha256');
  for await (const chunk of answer.value.body) hash.update(chunk);
  return hash.digest('hex') as Sha256;
}
