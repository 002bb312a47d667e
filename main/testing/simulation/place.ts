/** What a place of one or two stores shows to whoever looks at it from outside, by the union rules told once more: the simulation must not ask the code that it checks. */
import { createHash } from 'node:crypto';
import type { MemoryBucket } from '../memory-store.ts';
import { textOf } from './text-of.ts';

type Stored = MemoryBucket['objects'] extends Map<string, infer S> ? S : never;
export interface Place {
  readonly bucket: MemoryBucket;
  /** Null where the library has one store. */
  readonly cold: MemoryBucket | null;
}
export interface Shown {
  readonly text: string;
  readonly stored: Stored;
  /** It is there, and a file above it keeps it out of every listing. */
  readonly isHidden: boolean;
}

/** Files by key: a warm object is the file; a cold one is where no living warm object has its name and no tombstone names its version. */
export function shownIn({ bucket, cold }: Place): Map<string, Shown> {
  const shown = new Map<string, Shown>();
  for (const [key, stored] of bucket.objects) if (isFile(key, stored)) shown.set(key, { text: textOf(stored.bytes), stored, isHidden: bucket.hides(key) });
  for (const [key, stored] of cold?.objects ?? []) if (isFile(key, stored) && !shown.has(key) && !isDeleted(bucket, key, stored)) shown.set(key, { text: textOf(stored.bytes), stored, isHidden: false });
  return shown;
}
function isFile(key: string, stored: Stored): boolean {
  return !key.startsWith('.strata/') && !key.endsWith('/') && stored.metadata.deletionClaim !== true;
}
function isDeleted(bucket: MemoryBucket, key: string, stored: Stored): boolean {
  const tombstone = bucket.objects.get(`.strata/deleted/${createHash('sha256').update(key).digest('hex')}`);
  if (tombstone === undefined || tombstone.metadata.deletionClaim === true) return false;
  const { versions } = JSON.parse(textOf(tombstone.bytes)) as { versions: readonly { readonly sha256: string | null; readonly warmEtag: string | null; readonly coldEtag: string | null }[] };
  return versions.some((one) => one.coldEtag === stored.etag || one.warmEtag === stored.etag || (one.sha256 !== null && one.sha256 === stored.metadata.sha256));
}
/** Of both stores, Strata's own among them. */
export function allObjects({ bucket, cold }: Place): (readonly [string, Stored])[] {
  return [...bucket.objects, ...(cold?.objects ?? [])];
}
