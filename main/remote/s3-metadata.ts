/** Translates between our object metadata and the `x-amz-meta-` headers that other tools read too. */
import type { ETag, ObjectMetadata, RemoteObject, Sha256, StoreKey } from '../sync/ports.ts';
import { unquoted } from './list-xml.ts';

export function metadataHeaders(metadata: ObjectMetadata | undefined): Record<string, string> {
  if (metadata === undefined) return {};
  const out: Record<string, string> = { ...metadata.otherHeaders };
  if (metadata.storageClass !== undefined) out['x-amz-storage-class'] = metadata.storageClass;
  if (metadata.contentType !== undefined) out['content-type'] = metadata.contentType;
  if (metadata.mtimeNs !== undefined) out['x-amz-meta-mtime'] = secondsText(metadata.mtimeNs);
  if (metadata.sha256 !== undefined) out['x-amz-meta-strata-sha256'] = metadata.sha256;
  if (metadata.parentSha256 !== undefined) out['x-amz-meta-strata-parent'] = metadata.parentSha256;
  if (metadata.executable === true) out['x-amz-meta-strata-mode'] = '0755';
  if (metadata.deletionClaim === true) out['x-amz-meta-strata-deleted'] = '1';
  return out;
}

/** Null when the answer carries no ETag: then it was not an S3 server that spoke. */
export function objectFromHeaders(key: StoreKey, headers: Readonly<Record<string, string>>): RemoteObject | null {
  const etag = headers['etag'];
  const sizeBytes = Number(headers['content-range']?.split('/')[1] ?? headers['content-length'] ?? NaN);
  if (etag === undefined || !Number.isSafeInteger(sizeBytes)) return null;
  const lastModifiedMs = Date.parse(headers['last-modified'] ?? '') || 0;
  return {
    key,
    sizeBytes,
    etag: unquoted(etag),
    storageClass: headers['x-amz-storage-class'] ?? 'STANDARD',
    lastModifiedMs,
    versionId: versionFrom(headers),
    claimedSha256: hexSha256(headers['x-amz-meta-strata-sha256']),
    storeSha256: fullChecksum(headers),
    parentSha256: hexSha256(headers['x-amz-meta-strata-parent']),
    mtimeNs: nanoseconds(headers['x-amz-meta-mtime']),
    executable: (Number.parseInt(headers['x-amz-meta-strata-mode'] ?? '0', 8) & 0o111) !== 0,
    deletionClaimedAtMs: headers['x-amz-meta-strata-deleted'] === undefined ? null : lastModifiedMs,
    restoring: restoreState(headers['x-amz-restore']),
    readableUntilMs: readableUntil(headers['x-amz-restore']),
    ...(headers['content-type'] === undefined ? {} : { contentType: headers['content-type'] }),
    otherHeaders: otherHeadersOf(headers),
  };
}

export function versionFrom(headers: Readonly<Record<string, string>>): string | null {
  const id = headers['x-amz-version-id'];
  return id === undefined || id === 'null' || id === '' ? null : id;
}
export function quoted(etag: ETag): string {
  return `"${etag}"`;
}

const ownHeaders: ReadonlySet<string> = new Set(['mtime', 'strata-sha256', 'strata-parent', 'strata-mode', 'strata-deleted'].map((name) => `x-amz-meta-${name}`));
const describingHeaders: ReadonlySet<string> = new Set(['cache-control', 'content-disposition', 'content-encoding', 'content-language']);
function otherHeadersOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => describingHeaders.has(name) || (name.startsWith('x-amz-meta-') && !ownHeaders.has(name))));
}

/** rclone's form: seconds with nine decimals. */
export function secondsText(ns: bigint): string {
  const seconds = ns / 1_000_000_000n;
  const rest = ns % 1_000_000_000n;
  const sign = ns < 0n ? '-' : '';
  const abs = (n: bigint): bigint => (n < 0n ? -n : n);
  return `${sign}${abs(seconds)}.${abs(rest).toString().padStart(9, '0')}`;
}
export function nanoseconds(text: string | undefined): bigint | null {
  const parts = /^(-?)(\d{1,12})(?:\.(\d{1,18}))?$/.exec(text ?? '');
  if (parts === null) return null;
  const ns = BigInt(parts[2] ?? '0') * 1_000_000_000n + BigInt((parts[3] ?? '').slice(0, 9).padEnd(9, '0'));
  return parts[1] === '-' ? -ns : ns;
}

function hexSha256(text: string | undefined): Sha256 | null {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? (text as Sha256) : null;
}
/** Composite checksums (`…-3`, multipart) are not a hash of the content. */
function fullChecksum(headers: Readonly<Record<string, string>>): Sha256 | null {
  const sum = headers['x-amz-checksum-sha256'];
  if (sum === undefined || sum.includes('-') || headers['x-amz-checksum-type'] === 'COMPOSITE') return null;
  return hexSha256(Buffer.from(sum, 'base64').toString('hex'));
}
function readableUntil(header: string | undefined): number | null {
  const date = /expiry-date="([^"]+)"/.exec(header ?? '')?.[1];
  const ms = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(ms) ? null : ms;
}
function restoreState(header: string | undefined): RemoteObject['restoring'] {
  if (header === undefined) return 'no';
  return header.includes('ongoing-request="true"') ? 'in-progress' : 'restored';
}
