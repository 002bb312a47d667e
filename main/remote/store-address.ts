/** The text form of a place (`s3://bucket/prefix?endpoint=…` or `folder:/path`) to a typed address and back. */
import { isAbsolute, normalize } from 'node:path';
import { AppError } from '../base/app-error.ts';

export interface S3Address {
  readonly kind: 's3';
  readonly bucket: string;
  /** '' or ending in `/`. */
  readonly prefix: string;
  /** Without a last slash. */
  readonly endpoint: string;
  readonly region: string;
  /** Keys come from `NAME_ACCESS_KEY_ID` and `NAME_SECRET_ACCESS_KEY`. */
  readonly keysName: string | null;
  /** Keys come from this profile of the AWS tools on this computer (single sign-on and roles as well). */
  readonly profile: string | null;
}
export interface FolderAddress {
  readonly kind: 'folder';
  readonly path: string;
}
export type StoreAddress = S3Address | FolderAddress;

export function parseStoreAddress(text: string): StoreAddress {
  if (text.startsWith('folder:')) return parseFolder(text.slice('folder:'.length));
  if (text.startsWith('s3://')) return parseS3(text.slice('s3://'.length));
  throw invalid('it begins neither with s3:// nor with folder:');
}

function parseFolder(path: string): FolderAddress {
  if (path === '') throw invalid('the folder is missing');
  if (path.includes('\0')) throw invalid('the folder’s path holds a character that no path can hold');
  if (!isAbsolute(path)) throw invalid('the folder must be given from the root on, like folder:/media/drive');
  const tidy = normalize(path);
  return { kind: 'folder', path: tidy.length > 1 ? tidy.replace(/[\\/]+$/, '') || tidy : tidy };
}

function parseS3(rest: string): S3Address {
  const question = rest.indexOf('?');
  const where = question < 0 ? rest : rest.slice(0, question);
  const query = new URLSearchParams(question < 0 ? '' : rest.slice(question + 1));
  const slash = where.indexOf('/');
  const bucket = slash < 0 ? where : where.slice(0, slash);
  const rawPrefix = slash < 0 ? '' : where.slice(slash + 1);
  checkBucket(bucket);
  for (const name of query.keys()) if (!['endpoint', 'region', 'keys', 'profile'].includes(name)) throw invalid(`“${name}” is not known; it takes endpoint, region, keys and profile`);
  const region = query.get('region') ?? 'us-east-1';
  if (!/^[a-z0-9-]{1,64}$/i.test(region)) throw invalid('the region holds characters that no region has');
  const keysName = query.get('keys');
  if (keysName !== null && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(keysName)) throw invalid('keys must name environment variables, like keys=HOME');
  const profile = query.get('profile');
  if (profile !== null && !/^[\w.@+ -]{1,128}$/.test(profile)) throw invalid('profile must name a profile of the AWS tools on this computer, like profile=work');
  if (profile !== null && keysName !== null) throw invalid('keys and profile are two ways to find the keys; give one of them');
  return { kind: 's3', bucket, prefix: parsePrefix(rawPrefix), endpoint: parseEndpoint(query.get('endpoint'), region), region, keysName, profile };
}

function checkBucket(bucket: string): void {
  if (bucket === '') throw invalid('the bucket is missing');
  if (/[^a-z0-9._-]/i.test(bucket)) throw invalid('the bucket’s name holds characters that no bucket has');
  // Amazon's own rule; older buckets elsewhere may hold capitals and underscores, so only what can never work is refused.
  if (bucket.length < 3 || bucket.length > 63 || !/^[a-z0-9]/i.test(bucket) || !/[a-z0-9]$/i.test(bucket) || bucket.includes('..')) throw invalid('the bucket’s name must have 3 to 63 letters, digits, dots or hyphens');
}
function parsePrefix(raw: string): string {
  if (raw === '') return '';
  let text: string;
  try {
    text = decodeURIComponent(raw);
  } catch {
    throw invalid('the prefix holds a % that begins no character');
  }
  const bare = text.replace(/\/+$/, '');
  if (bare.includes('\0') || bare.split('/').some((part) => part === '' || part === '.' || part === '..')) throw invalid('the prefix has an empty part, a “.” or a “..”');
  if (Buffer.byteLength(bare) > 512) throw invalid('the prefix is too long');
  return `${bare}/`;
}
function parseEndpoint(text: string | null, region: string): string {
  if (text === null || text === '') return `https://s3.${region}.amazonaws.com`;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid('the endpoint is no address; it looks like http://host:9000');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalid('the endpoint must begin with http:// or https://');
  // Keys in an address end up in lists of processes, logs and screenshots.
  if (url.username !== '' || url.password !== '') throw invalid('keys do not belong into the endpoint; give them in the environment');
  if (url.search !== '' || url.hash !== '') throw invalid('the endpoint must not have a ? or #');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

export function formatStoreAddress(address: StoreAddress): string {
  if (address.kind === 'folder') return `folder:${address.path}`;
  const prefix = address.prefix === '' ? '' : `/${address.prefix.slice(0, -1).split('/').map(encodeURIComponent).join('/')}`;
  const query = new URLSearchParams({ endpoint: address.endpoint, region: address.region, ...(address.keysName === null ? {} : { keys: address.keysName }), ...(address.profile === null ? {} : { profile: address.profile }) });
  return `s3://${address.bucket}${prefix}?${query.toString().replaceAll('%3A', ':').replaceAll('%2F', '/')}`;
}

/** Where a socket connects to; the host of an IPv6 address stands without its brackets. */
export function socketOf(endpoint: string): { readonly host: string; readonly port: number; readonly secure: boolean } {
  const url = new URL(endpoint);
  const secure = url.protocol === 'https:';
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? (secure ? 443 : 80) : Number(url.port), secure };
}

/** For messages: `127.0.0.1:9000/bucket/prefix` or the folder's path. */
export function placeName(address: StoreAddress): string {
  if (address.kind === 'folder') return address.path;
  return `${new URL(address.endpoint).host}/${address.bucket}${address.prefix === '' ? '' : `/${address.prefix.slice(0, -1)}`}`;
}

function invalid(detail: string): AppError {
  return new AppError('place_invalid', { detail });
}
