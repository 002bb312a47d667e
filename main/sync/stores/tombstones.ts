/** What remembers, in the warm store, that a file was deleted: it hides every late or left-over cold copy of those versions (rule 7). */
import { createHash } from 'node:crypto';
import { AppError } from '../../base/app-error.ts';
import { ownPrefix, sha256Of } from '../markers.ts';
import { readOwnObject } from '../own-objects.ts';
import type { ETag, RemoteStore, Sha256, StoreKey } from '../ports.ts';

export const deletedPrefix = `${ownPrefix}deleted/`;
const mostTries = 5;
const largestBytes = 1_048_576;

/** One deleted version; a cold object that is any of these is not there. */
export interface DeletedVersion {
  readonly key: StoreKey;
  readonly sha256: Sha256 | null;
  readonly warmEtag: ETag | null;
  readonly coldEtag: ETag | null;
  readonly atMs: number;
  /** The cold bytes are archived and could not be copied to a trash: they stay for 30 days. */
  readonly kept: boolean;
}
export interface Tombstone {
  readonly etag: ETag;
  readonly versions: readonly DeletedVersion[];
}

/** By the hash of the name: a deleted file and a folder of its name would hide each other's, and long names would not fit. The name itself is in the versions. */
export function tombstoneKey(key: StoreKey): StoreKey {
  return `${deletedPrefix}${createHash('sha256').update(key).digest('hex')}` as StoreKey;
}

export async function readTombstone(warm: RemoteStore, key: StoreKey): Promise<Tombstone | null> {
  return readTombstoneAt(warm, tombstoneKey(key));
}

/** Null when there is none; one that can't be understood hides nothing, and says so by having no versions. */
export async function readTombstoneAt(warm: RemoteStore, at: StoreKey): Promise<Tombstone | null> {
  const found = await readOwnObject(warm, at, largestBytes);
  if (found === null || found.object.deletionClaimedAtMs !== null) return null;
  return { etag: found.object.etag, versions: found.bytes === null ? [] : parseVersions(found.bytes.toString('utf8')) };
}

/** Adds a version to the tombstone of its key. Throws `object_changed` when others write it all the time. */
export async function bury(warm: RemoteStore, version: DeletedVersion): Promise<void> {
  for (let round = 0; round < mostTries; round += 1) {
    const known = await readTombstone(warm, version.key);
    const others = (known?.versions ?? []).filter((one) => one.sha256 !== version.sha256 || one.warmEtag !== version.warmEtag || one.coldEtag !== version.coldEtag);
    const bytes = Buffer.from(JSON.stringify({ versions: [...others, version] }), 'utf8');
    const condition = known === null ? { ifNoneMatch: '*' as const } : { ifMatch: known.etag };
    const answer = await warm.put(tombstoneKey(version.key), bytes, { sizeBytes: bytes.length, sha256: sha256Of(bytes), metadata: { contentType: 'application/json' }, ...condition });
    if (answer.ok) return;
  }
  throw new AppError('object_changed');
}

/** A cold object that the tombstone names: by its version mark, or by the content it says it has. */
export function hides(tombstone: Tombstone | null, cold: { readonly etag: ETag; readonly claimedSha256: Sha256 | null }): boolean {
  if (tombstone === null) return false;
  return tombstone.versions.some((one) => one.coldEtag === cold.etag || one.warmEtag === cold.etag || (one.sha256 !== null && one.sha256 === cold.claimedSha256));
}

function parseVersions(text: string): DeletedVersion[] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('versions' in value) || !Array.isArray(value.versions)) return [];
    return value.versions.flatMap((one: unknown) => (isVersion(one) ? [one] : []));
  } catch {
    return [];
  }
}
function isVersion(value: unknown): value is DeletedVersion {
  if (typeof value !== 'object' || value === null) return false;
  const { key, sha256, warmEtag, coldEtag, atMs, kept } = value as Readonly<Record<string, unknown>>;
  const isText = (text: unknown): boolean => text === null || typeof text === 'string';
  return typeof key === 'string' && isText(sha256) && isText(warmEtag) && isText(coldEtag) && typeof atMs === 'number' && typeof kept === 'boolean';
}
