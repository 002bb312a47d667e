/** The writing verbs of an S3 store: put and remove, each sent once, with its condition. */
import { AppError } from '../base/app-error.ts';
import type { Answer, RemoteStore, StoreKey, WriteCondition, Written } from '../sync/ports.ts';
import { childrenOf, fieldsOf, rootElement } from './xml.ts';
import { decodeUrl, unquoted } from './list-xml.ts';
import { conditionHeaders, explain, fullKey, notAStore, refusalAnswer, type S3Context } from './s3-context.ts';
import type { S3Response } from './s3-http.ts';
import { metadataHeaders, quoted, versionFrom } from './s3-metadata.ts';
import { head } from './s3-read.ts';

type PutRequest = Parameters<RemoteStore['put']>[2];

export async function put(context: S3Context, key: StoreKey, body: Uint8Array | AsyncIterable<Uint8Array>, request: PutRequest): Promise<Answer<Written>> {
  const replayable = body instanceof Uint8Array;
  const known = !replayable && context.learned.markerBlocksCreate && request.ifNoneMatch !== undefined ? await versionBeneathMarker(context, key) : null;
  const first = known === null ? conditionHeaders(context, request) : conditionHeaders(context, known);
  const answer = await putOnce(context, key, body, request, first).catch((thrown: unknown) => lostRace(context, key, request, thrown));
  if (answer.ok && request.ifMatch !== undefined && context.learned.ifMatchForm === 'unknown') context.learned.ifMatchForm = 'quoted';
  if (answer.ok || answer.why !== 'precondition') return answer;
  const other = await otherForm(context, key, request);
  // A stream is used up: what was learned helps the next attempt, after the caller has looked again.
  if (other === null || !replayable) return answer;
  const second = await putOnce(context, key, body, request, other);
  if (second.ok && request.ifMatch !== undefined) context.learned.ifMatchForm = 'bare';
  return second;
}

/** Ceph tells all but the first of several that replace one version at once of an unknown error (500): another version there, not ours, is the answer. */
async function lostRace(context: S3Context, key: StoreKey, request: PutRequest, thrown: unknown): Promise<Answer<Written>> {
  if (!(thrown instanceof AppError) || thrown.code !== 'store_error' || request.ifMatch === undefined) throw thrown;
  const now = await head(context, key, request.signal);
  if (now === null || now.etag === request.ifMatch || now.claimedSha256 === request.sha256) throw thrown;
  return { ok: false, why: 'precondition' };
}

async function putOnce(context: S3Context, key: StoreKey, body: Uint8Array | AsyncIterable<Uint8Array>, request: PutRequest, condition: Record<string, string>): Promise<Answer<Written>> {
  const progress = { sent: 0 };
  const whole = body instanceof Uint8Array && body.byteLength <= chunkBytes;
  try {
    const response = await context.http.send({
      method: 'PUT',
      count: 'PUT',
      key: fullKey(context, key),
      headers: { ...metadataHeaders(request.metadata), ...condition, 'content-length': String(request.sizeBytes) },
      body: whole ? body : counted(body instanceof Uint8Array ? inChunks(body) : body, request, progress),
      payloadHash: request.sha256,
      signal: request.signal,
    });
    if (response.status !== 200) return refusalAnswer(await explain(context, response));
    await response.drop();
    if (whole) request.onSent?.(body.byteLength);
    return { ok: true, value: writtenFrom(context, response) };
  } catch (thrown) {
    const refused = whole || progress.sent >= request.sizeBytes ? null : await refusedEarly(context, key, request, thrown);
    if (refused === null) throw thrown;
    return refused;
  }
}

/**
 * Some servers refuse a condition at once and cut the line while the body is still on its way, so that their 412 is lost. As the
 * body did not go out whole, nothing was written, and what lies there now is the answer.
 */
async function refusedEarly(context: S3Context, key: StoreKey, request: PutRequest, thrown: unknown): Promise<{ readonly ok: false; readonly why: 'absent' | 'precondition' } | null> {
  if (!(thrown instanceof AppError) || thrown.code !== 'network_unreachable') return null;
  if (request.ifNoneMatch === undefined && request.ifMatch === undefined) return null;
  const now = await head(context, key, request.signal);
  if (request.ifNoneMatch !== undefined) return now === null ? null : { ok: false, why: 'precondition' };
  if (now === null) return { ok: false, why: 'absent' };
  return now.etag === request.ifMatch ? null : { ok: false, why: 'precondition' };
}

const chunkBytes = 256 * 1024;
async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}
/** A file that grew or shrank since it was hashed must not reach its last byte (rule 13). */
async function* counted(body: AsyncIterable<Uint8Array>, request: PutRequest, progress: { sent: number }): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    if (progress.sent + chunk.byteLength > request.sizeBytes) throw new AppError('file_changed');
    progress.sent += chunk.byteLength;
    yield chunk;
    request.onSent?.(chunk.byteLength);
  }
  if (progress.sent !== request.sizeBytes) throw new AppError('file_changed');
}

export function writtenFrom(context: S3Context, response: S3Response): Written {
  const etag = response.headers['etag'];
  if (etag === undefined) throw notAStore(context);
  return { etag: unquoted(etag), versionId: versionFrom(response.headers) };
}

/** After a 412: is it true, or does this server want the same condition put otherwise? Null = it is true. */
export async function otherForm(context: S3Context, key: StoreKey, condition: WriteCondition): Promise<Record<string, string> | null> {
  if (condition.ifNoneMatch !== undefined) {
    if ((await head(context, key)) !== null) return null;
    const beneath = await versionBeneathMarker(context, key);
    if (beneath === null) return null;
    context.learned.markerBlocksCreate = true;
    return conditionHeaders(context, beneath);
  }
  if (condition.ifMatch === undefined || context.learned.ifMatchForm !== 'unknown') return null;
  const now = await head(context, key);
  return now?.etag === condition.ifMatch ? conditionHeaders(context, condition, 'bare') : null;
}

/** Where a delete marker is on top (rule 22), the version beneath it is what a new object has to name. */
async function versionBeneathMarker(context: S3Context, key: StoreKey): Promise<WriteCondition | null> {
  const whole = fullKey(context, key);
  const response = await context.http.send({ method: 'GET', count: 'LIST', key: null, query: [['versions', ''], ['prefix', whole], ['encoding-type', 'url'], ['max-keys', '100']] });
  if (response.status !== 200) {
    await response.drop();
    return null;
  }
  const root = rootElement(await response.text());
  let encoded = false;
  let markerOnTop = false;
  const versions: { readonly etag: string; readonly at: number }[] = [];
  for (const child of childrenOf(root.inner)) if (child.name === 'EncodingType') encoded = true;
  for (const child of childrenOf(root.inner)) {
    if (child.name !== 'Version' && child.name !== 'DeleteMarker') continue;
    const fields = fieldsOf(child.inner);
    const name = fields.get('Key') ?? '';
    if ((encoded ? decodeUrl(name) : name) !== whole) continue;
    if (child.name === 'DeleteMarker') markerOnTop ||= fields.get('IsLatest') === 'true';
    else versions.push({ etag: fields.get('ETag') ?? '', at: Date.parse(fields.get('LastModified') ?? '') });
  }
  // Versions are listed newest first; the date only breaks ties of servers that list otherwise.
  const newest = versions.reduce<{ etag: string; at: number } | null>((best, one) => (best === null || one.at > best.at ? one : best), null);
  return markerOnTop && newest !== null ? { ifMatch: unquoted(newest.etag) } : null;
}

export async function remove(context: S3Context, key: StoreKey, condition: { readonly ifMatch?: Written['etag'] } = {}): Promise<Answer<null>> {
  const headers: Record<string, string> = condition.ifMatch === undefined ? {} : { 'if-match': quoted(condition.ifMatch) };
  const response = await context.http.send({ method: 'DELETE', count: 'DELETE', key: fullKey(context, key), headers });
  if (response.status === 204 || response.status === 200) {
    await response.drop();
    // A log-in page also answers 200; taken for a deletion, base would forget a file that is still there. A 204 is no page, whatever type a server gives it.
    if (response.status === 200 && /text\/html/i.test(response.headers['content-type'] ?? '')) throw notAStore(context);
    return { ok: true, value: null };
  }
  return refusalAnswer(await explain(context, response));
}
