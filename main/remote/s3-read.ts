/** The reading verbs of an S3 store: list, head, get. */
import { AppError } from '../base/app-error.ts';
import type { ListPage, ObjectVersion, RemoteObject, RemoteStore, StoreKey } from '../sync/ports.ts';
import { parseListPage, parseVersions } from './list-xml.ts';
import { explain, fullKey, namesOf, notAStore, refusalAnswer, throwMeaning, type S3Context } from './s3-context.ts';
import { meaningOf, readRefusal } from './s3-errors.ts';
import type { S3Response } from './s3-http.ts';
import { objectFromHeaders, quoted } from './s3-metadata.ts';

export async function list(context: S3Context, request: Parameters<RemoteStore['list']>[0]): Promise<ListPage> {
  const prefix = context.prefix + (request.prefix ?? '');
  const query: [string, string][] = [['list-type', '2'], ['encoding-type', 'url'], ['max-keys', String(request.maxKeys ?? 1000)], ['prefix', prefix]];
  if (request.token !== undefined) query.push(['continuation-token', request.token]);
  else if (request.startAfter !== undefined) query.push(['start-after', context.prefix + request.startAfter]);
  const response = await context.http.send({ method: 'GET', count: 'LIST', key: null, query, signal: request.signal });
  if (response.status !== 200) {
    const meaning = await explain(context, response);
    if (meaning === 'absent') throw new AppError('bucket_missing', namesOf(context));
    throwMeaning(context, meaning);
  }
  const text = await wholeList(context, response);
  try {
    // The prefix is checked for the whole request but only the library's own part is cut off.
    const page = parseListPage(text, context.prefix);
    if (page.objects.some((object) => !object.key.startsWith(request.prefix ?? ''))) throw new Error('a key outside the prefix asked for');
    // The prefix itself, stored by some tools as an empty object, is the library's root and no entry.
    return { objects: page.objects.filter((object) => object.key !== ''), next: page.next };
  } catch (thrown) {
    throw new AppError('listing_incomplete', { place: context.http.place }, thrown);
  }
}

/** ListObjectVersions lists by prefix: the key itself comes first, because every other key that begins with it is longer. */
export async function versions(context: S3Context, key: StoreKey, signal?: AbortSignal): Promise<readonly ObjectVersion[]> {
  const query: [string, string][] = [['versions', ''], ['encoding-type', 'url'], ['max-keys', '1000'], ['prefix', fullKey(context, key)]];
  const response = await context.http.send({ method: 'GET', count: 'LIST', key: null, query, signal });
  if (response.status !== 200) throwMeaning(context, await explain(context, response));
  const text = await wholeList(context, response);
  try {
    return parseVersions(text, fullKey(context, key));
  } catch (thrown) {
    throw new AppError('listing_incomplete', { place: context.http.place }, thrown);
  }
}

/** The text of an answer 200 to a listing; some servers put an error, and some networks a log-in page, under that number. */
async function wholeList(context: S3Context, response: S3Response): Promise<string> {
  const text = await response.text();
  const refusal = readRefusal(200, response.headers['content-type'] ?? '', text);
  if (refusal.isHtml || refusal.code !== '') throwMeaning(context, meaningOf(refusal, namesOf(context)));
  return text;
}

export async function head(context: S3Context, key: StoreKey, signal?: AbortSignal): Promise<RemoteObject | null> {
  const whole = fullKey(context, key);
  const response = await context.http.send({ method: 'HEAD', count: 'HEAD', key: whole, headers: readHeaders, signal });
  await response.drop();
  if (response.status === 200) return objectOrThrow(context, key, response);
  if (response.headers['x-amz-delete-marker'] === 'true') return null;
  const code = response.headers['x-minio-error-code'];
  if (code !== undefined) {
    const meaning = meaningOf({ status: response.status, code, region: null, isHtml: false }, namesOf(context));
    return meaning === 'absent' ? null : throwMeaning(context, meaning);
  }
  if (response.status >= 500 || response.status === 429) throwMeaning(context, meaningOf({ status: response.status, code: '', region: null, isHtml: false }, namesOf(context)));
  return headByGet(context, key, whole, signal);
}

/**
 * A refused HEAD has no body and so no reason: "no such key", "no such bucket" and a log-in page all look alike. "Absent" lets a
 * deletion go on (rule 2), so it is believed only from an error document that names it.
 */
async function headByGet(context: S3Context, key: StoreKey, whole: string, signal?: AbortSignal): Promise<RemoteObject | null> {
  const response = await context.http.send({ method: 'GET', count: 'GET', key: whole, headers: { ...readHeaders, range: 'bytes=0-0' }, signal });
  if (response.status === 200 || response.status === 206) {
    await response.drop();
    return objectOrThrow(context, key, response);
  }
  const meaning = await explain(context, response);
  return meaning === 'absent' ? null : throwMeaning(context, meaning);
}

export async function get(context: S3Context, key: StoreKey, request: NonNullable<Parameters<RemoteStore['get']>[1]> = {}): ReturnType<RemoteStore['get']> {
  const headers: Record<string, string> = { ...readHeaders };
  if (request.ifMatch !== undefined) headers['if-match'] = quoted(request.ifMatch);
  if (request.range !== undefined) headers['range'] = `bytes=${request.range.start}-${request.range.end}`;
  const response = await context.http.send({ method: 'GET', count: 'GET', key: fullKey(context, key), ...(request.versionId === undefined ? {} : { query: [['versionId', request.versionId]] }), headers, signal: request.signal });
  if (response.status !== 200 && response.status !== 206) return refusalAnswer(await explain(context, response));
  const object = objectOrThrow(context, key, response);
  if (request.range !== undefined && response.status !== 206) {
    await response.drop();
    throw new AppError('store_error', { place: context.http.place, detail: 'it ignores ranges' });
  }
  // Some servers ignore If-Match on GET; the ETag of this very answer is what counts (rule 14).
  if (request.ifMatch !== undefined && object.etag !== request.ifMatch) {
    await response.drop();
    return { ok: false, why: 'precondition' };
  }
  return { ok: true, value: { object, body: response.body } };
}

/** Asks for the checksum the store made itself, where it keeps one. */
const readHeaders: Readonly<Record<string, string>> = { 'x-amz-checksum-mode': 'ENABLED' };

function objectOrThrow(context: S3Context, key: StoreKey, response: S3Response): RemoteObject {
  const object = objectFromHeaders(key, response.headers);
  if (object === null) throw notAStore(context);
  return object;
}
