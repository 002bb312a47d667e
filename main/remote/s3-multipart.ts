/** Uploads in parts: start, send, list, complete, abort. */
import { createHash } from 'node:crypto';
import { AppError } from '../base/app-error.ts';
import type { Answer, ETag, ObjectMetadata, RemoteStore, StoreKey, UploadedPart, WriteCondition, Written } from '../sync/ports.ts';
import { decodeUrl, unquoted } from './list-xml.ts';
import { conditionHeaders, explain, fullKey, namesOf, notAStore, refusalAnswer, throwMeaning, type S3Context } from './s3-context.ts';
import { errorInside, type Meaning } from './s3-errors.ts';
import { metadataHeaders, quoted, versionFrom } from './s3-metadata.ts';
import { head } from './s3-read.ts';
import { otherForm } from './s3-write.ts';
import { childrenOf, encodeEntities, fieldsOf, rootElement } from './xml.ts';

export async function startUpload(context: S3Context, key: StoreKey, metadata: ObjectMetadata): Promise<string> {
  const response = await context.http.send({ method: 'POST', count: 'POST', key: fullKey(context, key), query: [['uploads', '']], headers: metadataHeaders(metadata) });
  if (response.status !== 200) throwMeaning(context, await explain(context, response));
  const id = fields(await response.text(), 'InitiateMultipartUploadResult').get('UploadId');
  if (id === undefined || id === '') throw notAStore(context);
  return id;
}

export async function putPart(context: S3Context, key: StoreKey, uploadId: string, number: number, bytes: Uint8Array, signal?: AbortSignal): Promise<UploadedPart> {
  const response = await context.http.send({
    method: 'PUT',
    count: 'PUT',
    key: fullKey(context, key),
    query: partQuery(uploadId, number),
    headers: { 'content-length': String(bytes.byteLength) },
    body: bytes,
    payloadHash: createHash('sha256').update(bytes).digest('hex'),
    signal,
  });
  if (response.status !== 200) throwUploadGone(context, await explain(context, response));
  await response.drop();
  const etag = response.headers['etag'];
  if (etag === undefined) throw notAStore(context);
  return { number, etag: unquoted(etag), sizeBytes: bytes.byteLength };
}
export function partQuery(uploadId: string, number: number): [string, string][] {
  return [['partNumber', String(number)], ['uploadId', uploadId]];
}

export async function listParts(context: S3Context, key: StoreKey, uploadId: string): Promise<readonly UploadedPart[]> {
  const parts: UploadedPart[] = [];
  let marker = '0';
  for (;;) {
    const response = await context.http.send({ method: 'GET', count: 'LIST', key: fullKey(context, key), query: [['uploadId', uploadId], ['part-number-marker', marker]] });
    if (response.status !== 200) throwUploadGone(context, await explain(context, response));
    const root = rootElement(await response.text());
    let next: string | null = null;
    let truncated = false;
    for (const child of childrenOf(root.inner)) {
      if (child.name === 'IsTruncated') truncated = child.inner === 'true';
      if (child.name === 'NextPartNumberMarker') next = child.inner;
      if (child.name !== 'Part') continue;
      const part = fieldsOf(child.inner);
      parts.push({ number: Number(part.get('PartNumber')), etag: unquoted(part.get('ETag') ?? ''), sizeBytes: Number(part.get('Size')) });
    }
    if (!truncated || next === null || next === marker) return parts;
    marker = next;
  }
}

export async function completeUpload(context: S3Context, key: StoreKey, uploadId: string, parts: readonly UploadedPart[], condition: WriteCondition): Promise<Answer<Written>> {
  const answer = await completeOnce(context, key, uploadId, parts, conditionHeaders(context, condition));
  if (answer.ok || answer.why !== 'precondition') return answer;
  const other = await otherForm(context, key, condition);
  return other === null ? answer : completeOnce(context, key, uploadId, parts, other);
}

async function completeOnce(context: S3Context, key: StoreKey, uploadId: string, parts: readonly UploadedPart[], condition: Record<string, string>): Promise<Answer<Written>> {
  const rows = parts.map((part) => `<Part><PartNumber>${part.number}</PartNumber><ETag>${encodeEntities(quoted(part.etag))}</ETag></Part>`);
  const body = Buffer.from(`<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${rows.join('')}</CompleteMultipartUpload>`);
  const response = await context.http.send({
    method: 'POST',
    count: 'POST',
    key: fullKey(context, key),
    query: [['uploadId', uploadId]],
    headers: { 'content-type': 'application/xml', 'content-length': String(body.byteLength), ...condition },
    body,
    payloadHash: createHash('sha256').update(body).digest('hex'),
  });
  if (response.status !== 200) return refusalAnswer(uploadGoneIsAbsent(await unlessGone(context, key, uploadId, await explain(context, response))));
  // The 200 is sent before the work is done; what really happened stands in the body.
  const text = await response.text();
  const meaning = errorInside(text, namesOf(context));
  if (meaning !== null) return refusalAnswer(uploadGoneIsAbsent(await unlessGone(context, key, uploadId, meaning)));
  const told = fields(text, 'CompleteMultipartUploadResult').get('ETag');
  if (told === undefined) throw notAStore(context);
  const etag = told === '' ? await etagOfParts(context, key, parts) : unquoted(told);
  return { ok: true, value: { etag, versionId: versionFrom(response.headers) } };
}

/** Ceph calls the completing of an upload that is gone an error of its own (500); whether it is there, its parts tell. */
async function unlessGone(context: S3Context, key: StoreKey, uploadId: string, meaning: Meaning): Promise<Meaning> {
  if (!(meaning instanceof AppError) || meaning.code !== 'store_error') return meaning;
  return listParts(context, key, uploadId).then(() => meaning, (thrown: unknown) => (thrown instanceof AppError && thrown.code === 'upload_gone' ? thrown : meaning));
}

/** Ceph answers with an empty ETag: what lies there is ours when its ETag is the one that these parts make (the MD5 of their MD5s). */
async function etagOfParts(context: S3Context, key: StoreKey, parts: readonly UploadedPart[]): Promise<ETag> {
  const now = await head(context, key);
  const expected = `${createHash('md5').update(Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex')))).digest('hex')}-${parts.length}`;
  // Somebody else was there meanwhile, or a server counts otherwise: as unknown as a lost answer, which the engine looks up.
  if (now?.etag !== expected) throw new AppError('store_error', { place: context.http.place, detail: 'no version mark after an upload in parts' });
  return now.etag;
}

export async function abortUpload(context: S3Context, key: StoreKey, uploadId: string): Promise<void> {
  const response = await context.http.send({ method: 'DELETE', count: 'DELETE', key: fullKey(context, key), query: [['uploadId', uploadId]] });
  if (response.status === 204 || response.status === 200) return response.drop();
  const meaning = uploadGoneIsAbsent(await explain(context, response));
  if (meaning !== 'absent') throwMeaning(context, meaning);
}

export async function listUploads(context: S3Context): ReturnType<RemoteStore['listUploads']> {
  const found: { key: StoreKey; uploadId: string; startedAtMs: number }[] = [];
  let marker: [string, string][] = [];
  for (;;) {
    const response = await context.http.send({ method: 'GET', count: 'LIST', key: null, query: [['uploads', ''], ['encoding-type', 'url'], ['prefix', context.prefix], ...marker] });
    if (response.status !== 200) throwMeaning(context, await explain(context, response));
    const root = rootElement(await response.text());
    const top = fieldsOf(root.inner);
    const decode = top.get('EncodingType') === 'url' ? decodeUrl : (text: string): string => text;
    for (const child of childrenOf(root.inner)) {
      if (child.name !== 'Upload') continue;
      const upload = fieldsOf(child.inner);
      const key = decode(upload.get('Key') ?? '');
      if (key.startsWith(context.prefix)) found.push({ key: key.slice(context.prefix.length) as StoreKey, uploadId: upload.get('UploadId') ?? '', startedAtMs: Date.parse(upload.get('Initiated') ?? '') });
    }
    const nextKey = decode(top.get('NextKeyMarker') ?? '');
    if (top.get('IsTruncated') !== 'true' || nextKey === '') return found;
    marker = [['key-marker', nextKey], ['upload-id-marker', top.get('NextUploadIdMarker') ?? '']];
  }
}

function fields(text: string, rootName: string): Map<string, string> {
  const root = rootElement(text);
  return root.name === rootName ? fieldsOf(root.inner) : new Map<string, string>();
}
export function throwUploadGone(context: S3Context, meaning: Meaning): never {
  if (meaning === 'absent') throw new AppError('upload_gone', { place: context.http.place });
  throwMeaning(context, meaning);
}
function uploadGoneIsAbsent(meaning: Meaning): Meaning {
  return meaning instanceof AppError && meaning.code === 'upload_gone' ? 'absent' : meaning;
}
