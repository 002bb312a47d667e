/** A server-side copy that cannot overwrite: CopyObject ignores conditions everywhere, so parts are copied and completed conditionally (rule 6). */
import type { Answer, CopySource, ETag, RemoteStore, StoreKey, UploadedPart, Written } from '../sync/ports.ts';
import { unquoted } from './list-xml.ts';
import { explain, fullKey, namesOf, notAStore, refusalAnswer, type S3Context } from './s3-context.ts';
import { errorInside, type Meaning } from './s3-errors.ts';
import { quoted } from './s3-metadata.ts';
import { abortUpload, completeUpload, partQuery, startUpload } from './s3-multipart.ts';
import { get } from './s3-read.ts';
import { put } from './s3-write.ts';
import { encodeKeyPath } from './sigv4.ts';
import { fieldsOf, rootElement } from './xml.ts';

type CopyRequest = Parameters<RemoteStore['copy']>[2];
const maxPartBytes = 5 * 1024 ** 3;

export async function copy(context: S3Context, from: StoreKey, to: StoreKey, request: CopyRequest, conditionalComplete: boolean): Promise<Answer<Written>> {
  if (request.sizeBytes === 0 || !conditionalComplete) return copyThroughHere(context, from, to, request);
  const uploadId = await startUpload(context, to, request.metadata);
  try {
    const source = { bucket: context.http.bucket, key: fullKey(context, from) };
    const parts = await copyParts(context, source, to, request, { uploadId, partBytes: maxPartBytes });
    if (!parts.ok) {
      await abortUpload(context, to, uploadId);
      return parts;
    }
    const done = await completeUpload(context, to, uploadId, parts.value, { ifNoneMatch: '*' });
    if (!done.ok) await abortUpload(context, to, uploadId);
    return done;
  } catch (thrown) {
    // Leftover parts cost money; an abort that fails too is found by the sweep of old uploads (rule 32).
    await abortUpload(context, to, uploadId).catch(() => undefined);
    throw thrown;
  }
}

type From = Pick<CopySource, 'bucket' | 'key'>;
type Pinned = { readonly sourceIfMatch: ETag; readonly sizeBytes: number; readonly signal?: AbortSignal };
export async function copyParts(context: S3Context, from: From, to: StoreKey, request: Pinned, upload: { readonly uploadId: string; readonly partBytes: number }): Promise<Answer<readonly UploadedPart[]>> {
  const parts: UploadedPart[] = [];
  for (let start = 0; start < request.sizeBytes; start += upload.partBytes) {
    const end = Math.min(start + upload.partBytes, request.sizeBytes) - 1;
    const part = await copyPart(context, from, to, request, { uploadId: upload.uploadId, number: parts.length + 1, start, end });
    if (!part.ok) return part;
    parts.push(part.value);
  }
  return { ok: true, value: parts };
}

async function copyPart(
  context: S3Context, from: From, to: StoreKey, request: Pinned,
  part: { readonly uploadId: string; readonly number: number; readonly start: number; readonly end: number },
): Promise<Answer<UploadedPart>> {
  const response = await context.http.send({
    method: 'PUT',
    count: 'PUT',
    key: fullKey(context, to),
    query: partQuery(part.uploadId, part.number),
    headers: {
      'x-amz-copy-source': `/${from.bucket}/${encodeKeyPath(from.key)}`,
      'x-amz-copy-source-if-match': quoted(request.sourceIfMatch),
      'x-amz-copy-source-range': `bytes=${part.start}-${part.end}`,
    },
    signal: request.signal,
  });
  if (response.status !== 200) return refusalAnswer(sourceGone(await explain(context, response)));
  const text = await response.text();
  const meaning = errorInside(text, namesOf(context));
  if (meaning !== null) return refusalAnswer(meaning);
  const etag = fieldsOf(rootElement(text).inner).get('ETag');
  if (etag === undefined) throw notAStore(context);
  return { ok: true, value: { number: part.number, etag: unquoted(etag), sizeBytes: part.end - part.start + 1 } };
}
/** A range beyond the end means that the source has become shorter: it moved on. */
function sourceGone(meaning: Meaning): Meaning {
  return typeof meaning !== 'string' && /InvalidRange|InvalidArgument/.test(String(meaning.context['detail'] ?? '')) ? 'precondition' : meaning;
}

/** Where nothing server-side is conditional (RGW), and for empty objects, which have no part: the bytes come here and go by PUT. */
async function copyThroughHere(context: S3Context, from: StoreKey, to: StoreKey, request: CopyRequest): Promise<Answer<Written>> {
  const source = await get(context, from, { ifMatch: request.sourceIfMatch });
  if (!source.ok) return source;
  const { object, body } = source.value;
  // Without a proven hash the payload stays unsigned: a claim may be wrong, and the store would then refuse the true bytes for ever (rule 14).
  const sha256 = request.metadata.sha256 ?? ('UNSIGNED-PAYLOAD' as NonNullable<CopyRequest['metadata']['sha256']>);
  return put(context, to, body, { ifNoneMatch: '*', sizeBytes: object.sizeBytes, sha256, metadata: request.metadata });
}
