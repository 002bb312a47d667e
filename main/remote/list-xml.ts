/** Parses one page of ListObjectsV2; a page that is not whole throws, because a short listing reads as deletions (rules 2, 11). */
import type { ETag, ListedObject, ListPage, ObjectVersion, StoreKey } from '../sync/ports.ts';
import { childrenOf, decodeEntities, fieldsOf, rootElement, XmlBroken } from './xml.ts';

/** Keys come back without `prefix`. Throws XmlBroken for everything that is not one whole, fitting page. */
export function parseListPage(text: string, prefix: string): ListPage {
  const root = rootElement(text);
  if (root.name !== 'ListBucketResult') throw new XmlBroken(`a ${root.name} instead of a listing`);
  const raw: string[] = [];
  let truncated: boolean | null = null;
  let token: string | null = null;
  let encoded = false;
  let keyCount: number | null = null;
  for (const child of childrenOf(root.inner)) {
    if (child.name === 'Contents') raw.push(child.inner);
    else if (child.name === 'IsTruncated') truncated = child.inner.trim() === 'true';
    else if (child.name === 'NextContinuationToken') token = decodeEntities(child.inner);
    else if (child.name === 'EncodingType') encoded = child.inner.trim() === 'url';
    else if (child.name === 'KeyCount') keyCount = Number(child.inner);
  }
  if (truncated === null) throw new XmlBroken('no IsTruncated');
  if (truncated && (token === null || token === '')) throw new XmlBroken('more to come, but no token');
  if (keyCount !== null && keyCount !== raw.length) throw new XmlBroken(`${raw.length} keys where ${keyCount} were announced`);
  return { objects: raw.map((inner) => readObject(inner, prefix, encoded)), next: truncated ? token : null };
}

/** What one key has been, newest first, from a ListObjectVersions answer; its deletions are left out. Throws XmlBroken like a listing. */
export function parseVersions(text: string, key: string): ObjectVersion[] {
  const root = rootElement(text);
  if (root.name !== 'ListVersionsResult') throw new XmlBroken(`a ${root.name} instead of versions`);
  const children = [...childrenOf(root.inner)];
  const encoded = children.some((child) => child.name === 'EncodingType' && child.inner.trim() === 'url');
  return children.flatMap((child) => {
    if (child.name !== 'Version') return [];
    const object = readObject(child.inner, '', encoded);
    const versionId = fieldsOf(child.inner).get('VersionId');
    if (versionId === undefined) throw new XmlBroken('a version without its id');
    return object.key === key ? [{ versionId, etag: object.etag, sizeBytes: object.sizeBytes, lastModifiedMs: object.lastModifiedMs }] : [];
  });
}

function readObject(inner: string, prefix: string, encoded: boolean): ListedObject {
  const fields = fieldsOf(inner);
  const rawKey = fields.get('Key');
  const sizeBytes = Number(fields.get('Size') ?? NaN);
  const etag = fields.get('ETag');
  const lastModifiedMs = Date.parse(fields.get('LastModified') ?? '');
  if (rawKey === undefined || etag === undefined || !Number.isSafeInteger(sizeBytes) || Number.isNaN(lastModifiedMs)) throw new XmlBroken('an object without key, size, ETag or date');
  const key = encoded ? decodeUrl(rawKey) : rawKey;
  if (!key.startsWith(prefix)) throw new XmlBroken('a key outside the prefix asked for');
  return {
    key: key.slice(prefix.length) as StoreKey,
    sizeBytes,
    etag: unquoted(etag),
    storageClass: fields.get('StorageClass') || 'STANDARD',
    lastModifiedMs,
  };
}

export function unquoted(etag: string): ETag {
  const bare = etag.startsWith('W/') ? etag.slice(2) : etag;
  return (bare.startsWith('"') && bare.endsWith('"') && bare.length >= 2 ? bare.slice(1, -1) : bare) as ETag;
}

/** Form encoding: `+` is a space. Bytes that are not UTF-8 become U+FFFD, so that one such key cannot stop a whole listing. */
export function decodeUrl(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return Buffer.from(spaced.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1').toString('utf8');
  }
}
