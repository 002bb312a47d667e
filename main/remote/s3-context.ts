/** What every S3 verb of one library shares: the connection, the prefix, and what was learned about the server. */
import { AppError } from '../base/app-error.ts';
import type { Clock, ETag, StoreKey, StoreProfile, WriteCondition } from '../sync/ports.ts';
import { meaningOf, readRefusal, type Meaning } from './s3-errors.ts';
import type { S3Http, S3Response } from './s3-http.ts';
import { quoted } from './s3-metadata.ts';

/** Learned from answers, never from a vendor's name; wrong guesses only cost one more request. */
export interface LearnedQuirks {
  /** Ceph RGW compares `If-Match` on PUT as it stands, quotes included, and so only matches without them. */
  ifMatchForm: 'unknown' | 'quoted' | 'bare';
  /** A delete marker on top makes `If-None-Match: *` fail for ever (rule 22). */
  markerBlocksCreate: boolean;
  profile: StoreProfile | null;
}
export interface S3Context {
  readonly http: S3Http;
  readonly clock: Clock;
  /** '' or ending in `/`. */
  readonly prefix: string;
  readonly learned: LearnedQuirks;
}

export const maxKeyBytes = 1024;

/** The whole key in the bucket. Dot parts are refused, because a proxy that tidies paths would reach another key with them. */
export function fullKey(context: S3Context, key: StoreKey): string {
  const whole = context.prefix + key;
  if (key === '' || key.includes('\0') || key.split('/').some((part) => part === '.' || part === '..')) throw new AppError('key_hostile', { place: context.http.place });
  if (Buffer.byteLength(whole) > maxKeyBytes) throw new AppError('key_too_long', { place: context.http.place });
  return whole;
}

/** Reads a refusal to its end and says what it means. */
export async function explain(context: S3Context, response: S3Response): Promise<Meaning> {
  const body = await response.text();
  const refusal = readRefusal(response.status, response.headers['content-type'] ?? '', body);
  const meaning = meaningOf(refusal, namesOf(context));
  const retryAfterMs = Number(response.headers['retry-after'] ?? NaN) * 1000;
  return meaning instanceof AppError && meaning.code === 'store_busy' && retryAfterMs > 0 ? new AppError('store_busy', { ...meaning.context, retryAfterMs }) : meaning;
}
export function namesOf(context: S3Context): { place: string; bucket: string } {
  return { place: context.http.place, bucket: context.http.bucket };
}

/** An expected outcome as a value; anything else is thrown. */
export function refusalAnswer(meaning: Meaning): { readonly ok: false; readonly why: 'absent' | 'precondition' | 'archived' } {
  if (typeof meaning === 'string') return { ok: false, why: meaning };
  throw meaning;
}
export function throwMeaning(context: S3Context, meaning: Meaning): never {
  if (meaning === 'absent') throw new AppError('object_missing', { place: context.http.place });
  if (meaning === 'precondition') throw new AppError('object_changed', { place: context.http.place });
  if (meaning === 'archived') throw new AppError('object_archived', { place: context.http.place });
  throw meaning;
}
export function notAStore(context: S3Context): AppError {
  return new AppError('not_a_store', { place: context.http.place });
}

export function conditionHeaders(context: S3Context, condition: WriteCondition, form: 'quoted' | 'bare' = context.learned.ifMatchForm === 'bare' ? 'bare' : 'quoted'): Record<string, string> {
  if (condition.ifNoneMatch !== undefined) return { 'if-none-match': '*' };
  if (condition.ifMatch !== undefined) return { 'if-match': form === 'quoted' ? quoted(condition.ifMatch) : condition.ifMatch };
  return {};
}
export function sameEtag(a: ETag | null, b: ETag | undefined): boolean {
  return a !== null && b !== undefined && a === b;
}
