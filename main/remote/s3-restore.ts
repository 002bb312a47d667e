/** Asks an S3 store for a readable copy of an archived object (RestoreObject). */
import { createHash } from 'node:crypto';
import type { RemoteStore, RestoreAnswer, RestoreSpeed, StoreKey } from '../sync/ports.ts';
import { fullKey, namesOf, notAStore, throwMeaning, type S3Context } from './s3-context.ts';
import { meaningOf, readRefusal } from './s3-errors.ts';

const names: Readonly<Record<RestoreSpeed, string>> = { standard: 'Standard', bulk: 'Bulk', expedited: 'Expedited' };

/** 202 begins it; 200 says that a readable copy is there already and stays longer now. */
export async function restore(context: S3Context, key: StoreKey, request: Parameters<RemoteStore['restore']>[1]): Promise<RestoreAnswer> {
  const body = Buffer.from(`<RestoreRequest xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Days>${request.days}</Days><GlacierJobParameters><Tier>${names[request.speed]}</Tier></GlacierJobParameters></RestoreRequest>`);
  const response = await context.http.send({
    method: 'POST', count: 'POST', key: fullKey(context, key), query: [['restore', '']], signal: request.signal,
    headers: { 'content-type': 'application/xml', 'content-length': String(body.byteLength), 'content-md5': createHash('md5').update(body).digest('base64') },
    body, payloadHash: createHash('sha256').update(body).digest('hex'),
  });
  if (response.status === 200 || response.status === 202) {
    // A log-in page also answers 200; taken for a restore, the queue would wait for nothing. Its type says nothing: some servers call everything text/html.
    if (/<html|<!doctype html/i.test(await response.text())) throw notAStore(context);
    return response.status === 202 ? 'started' : 'readable';
  }
  const refusal = readRefusal(response.status, response.headers['content-type'] ?? '', await response.text());
  if (refusal.code === 'RestoreAlreadyInProgress') return 'inProgress';
  const meaning = meaningOf(refusal, namesOf(context));
  if (meaning === 'archived') return 'notArchived';
  if (meaning === 'absent') return 'absent';
  return throwMeaning(context, meaning);
}
