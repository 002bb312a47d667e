/** Turns a store's status, error document or broken connection into the one closed list of error codes. */
import type { ErrorCode, ErrorContext } from '../../shared/api/errors.ts';
import { AppError } from '../base/app-error.ts';
import { fieldsOf, rootElement } from './xml.ts';

export interface StoreRefusal {
  readonly status: number;
  /** The store's own code (`NoSuchKey`), or '' where it sent none. */
  readonly code: string;
  readonly region: string | null;
  readonly isHtml: boolean;
}
/** What a refusal means before it is an error: three of them are expected outcomes. */
export type Meaning = 'absent' | 'precondition' | 'archived' | AppError;

export function readRefusal(status: number, contentType: string, body: string): StoreRefusal {
  const isHtml = /text\/html/i.test(contentType) || /^\s*(<!doctype html|<html)/i.test(body);
  if (isHtml || body.trim() === '') return { status, code: '', region: null, isHtml };
  try {
    const root = rootElement(body);
    const fields = fieldsOf(root.inner);
    return { status, code: root.name === 'Error' ? fields.get('Code') ?? '' : '', region: fields.get('Region') ?? null, isHtml };
  } catch {
    return { status, code: '', region: null, isHtml };
  }
}

/** An error document that came with status 200 (Complete and Copy keep the connection alive that way). */
export function errorInside(body: string, place: PlaceNames): Meaning | null {
  const refusal = readRefusal(200, '', body);
  return refusal.code === '' ? null : meaningOf(refusal, place);
}

export interface PlaceNames {
  readonly place: string;
  readonly bucket: string;
}

const byCode: Readonly<Record<string, ErrorCode | 'absent' | 'precondition' | 'archived'>> = {
  NoSuchKey: 'absent',
  NoSuchVersion: 'absent',
  NoSuchUpload: 'upload_gone',
  NoSuchBucket: 'bucket_missing',
  PreconditionFailed: 'precondition',
  ConditionalRequestConflict: 'precondition',
  OperationAborted: 'precondition',
  InvalidObjectState: 'archived',
  InvalidAccessKeyId: 'keys_refused',
  SignatureDoesNotMatch: 'keys_refused',
  ExpiredToken: 'keys_refused',
  InvalidToken: 'keys_refused',
  TokenRefreshRequired: 'keys_refused',
  AccessDenied: 'access_denied',
  AllAccessDisabled: 'access_denied',
  AccountProblem: 'access_denied',
  RequestTimeTooSkewed: 'clock_skewed',
  SlowDown: 'store_busy',
  ServiceUnavailable: 'store_busy',
  TooManyRequests: 'store_busy',
  RequestTimeout: 'network_timeout',
  IncompleteBody: 'network_timeout',
  InvalidStorageClass: 'class_unsupported',
  GlacierExpeditedRetrievalNotAvailable: 'restore_too_urgent',
  EntityTooLarge: 'object_too_large',
  KeyTooLongError: 'key_too_long',
  KeyTooLong: 'key_too_long',
  BadDigest: 'checksum_mismatch',
  InvalidDigest: 'checksum_mismatch',
  XAmzContentSHA256Mismatch: 'checksum_mismatch',
  XAmzContentChecksumMismatch: 'checksum_mismatch',
  QuotaExceeded: 'store_full',
  InsufficientStorage: 'store_full',
  XMinioStorageFull: 'store_full',
  XMinioAdminBucketQuotaExceeded: 'store_full',
  XMinioServerNotInitialized: 'store_busy',
  XMinioInvalidObjectName: 'name_unsupported',
  XMinioObjectExistsAsDirectory: 'kind_clash',
  XMinioParentIsObject: 'kind_clash',
  ObjectParentIsFile: 'kind_clash',
  ExistingObjectIsDirectory: 'kind_clash',
};

export function meaningOf(refusal: StoreRefusal, names: PlaceNames): Meaning {
  const known = byCode[refusal.code];
  if (known === 'absent' || known === 'precondition' || known === 'archived') return known;
  if (known !== undefined) return new AppError(known, contextFor(known, refusal, names));
  if (refusal.isHtml) return new AppError('not_a_store', { place: names.place });
  if (refusal.code === 'AuthorizationHeaderMalformed' || refusal.code === 'PermanentRedirect' || (refusal.status >= 300 && refusal.status < 400 && refusal.status !== 304)) {
    return new AppError('place_invalid', { detail: refusal.region === null ? 'the bucket lives elsewhere; check endpoint and region' : `the bucket is in the region ${refusal.region}` });
  }
  return byStatus(refusal, names);
}

function byStatus(refusal: StoreRefusal, names: PlaceNames): Meaning {
  const { status } = refusal;
  // Any web server says 404; only an error document that names the key means that the key is absent (rule 2).
  if (status === 404) return new AppError('not_a_store', { place: names.place });
  if (status === 412 || status === 304) return 'precondition';
  if (status === 401 || status === 403) return new AppError('access_denied', contextFor('access_denied', refusal, names));
  if (status === 408) return new AppError('network_timeout', { place: names.place });
  if (status === 413) return new AppError('object_too_large', { place: names.place });
  if (status === 429 || status === 503) return new AppError('store_busy', { place: names.place });
  if (status === 507) return new AppError('store_full', { place: names.place });
  return new AppError('store_error', contextFor('store_error', refusal, names));
}

function contextFor(code: ErrorCode, refusal: StoreRefusal, names: PlaceNames): ErrorContext {
  if (code === 'bucket_missing') return { place: names.place, bucket: names.bucket };
  if (code === 'access_denied') return { place: names.place, action: 'reading or writing here' };
  if (code === 'store_error') return { place: names.place, detail: refusal.code === '' ? `status ${refusal.status}` : refusal.code };
  return { place: names.place };
}

const timeoutCodes = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const tlsCodes = /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_|ERR_SSL_|EPROTO)/;

/** What a connection threw. Errors of ours (a body that could not be read from disk) pass as they are. */
export function connectionError(thrown: unknown, place: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const error = thrown as { name?: string; code?: string; cause?: unknown };
  if (error.cause instanceof AppError) return error.cause;
  const code = error.code ?? (error.cause as { code?: string } | undefined)?.code ?? '';
  if (error.name === 'AbortError' || code === 'UND_ERR_ABORTED') return new AppError('cancelled', {}, thrown);
  if (timeoutCodes.has(code)) return new AppError('network_timeout', { place }, thrown);
  if (tlsCodes.test(code)) return new AppError('tls_untrusted', { place }, thrown);
  if (code.startsWith('HPE_')) return new AppError('not_a_store', { place }, thrown);
  if (code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH') return new AppError('file_changed', {}, thrown);
  return new AppError('network_unreachable', { place }, thrown);
}
