/** Removes exactly one version of an object of one store: conditionally, or by claim where the store ignores conditions on DELETE (rules 4, 5). */
import { claimSizeBytes } from '../execute/claim-lifetime.ts';
import { sha256Of } from '../markers.ts';
import type { Answer, Clock, ETag, RemoteStore, StoreKey, StoreProfile, WriteCondition, Written } from '../ports.ts';

export interface RemovingFrom {
  readonly store: RemoteStore;
  readonly profile: Pick<StoreProfile, 'conditionalDelete' | 'conditionalPutIfMatch' | 'versioning'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** A fresh UUID each time. */
  readonly random: () => string;
}
/** After this the claim may be taken over by another device: claim again (rule 4). */
const claimHoldMs = 10_000;

/** True when exactly this version is gone, by us or before. Never repeated by itself; throws what the store throws. */
export async function removeVersion(from: RemovingFrom, key: StoreKey, etag: ETag): Promise<boolean> {
  if (from.profile.conditionalDelete) {
    const answer = await from.store.remove(key, { ifMatch: etag });
    return answer.ok || answer.why === 'absent';
  }
  if (!from.profile.conditionalPutIfMatch) {
    const there = await from.store.head(key);
    if (there === null) return true;
    if (there.etag !== etag) return false;
    return (await from.store.remove(key)).ok;
  }
  await provedToMayDelete(from, key);
  return claimAndRemove(from, key, etag);
}

/** Folders of an open store in which deleting was tried and allowed. */
const mayDelete = new WeakMap<RemoteStore, Set<string>>();

/**
 * A claim that can't be followed by a removal would leave its few bytes where the file was, for every other program to see. Whoever
 * may write need not be allowed to delete: a name that nobody has, next to the first one of each folder, is deleted to find out.
 * Where versions are kept that would leave a marker behind; there nothing is lost either way.
 */
async function provedToMayDelete(from: RemovingFrom, key: StoreKey): Promise<void> {
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  const proved = mayDelete.get(from.store) ?? new Set<string>();
  if (from.profile.versioning !== 'off' || proved.has(folder)) return;
  await from.store.remove(`${folder}.strata-${from.random()}` as StoreKey);
  mayDelete.set(from.store, proved.add(folder));
}

/** What nobody takes for a file, and nobody may write over before `claimLifetimeMs`. */
export function putClaim(from: Pick<RemovingFrom, 'store' | 'random'>, key: StoreKey, condition: WriteCondition): Promise<Answer<Written>> {
  // Never empty: all empty objects share one ETag, and a claim must be told from every other version.
  const bytes = Buffer.from(from.random().replaceAll('-', ''), 'hex').subarray(0, claimSizeBytes);
  return from.store.put(key, bytes, { sizeBytes: bytes.length, sha256: sha256Of(bytes), ...condition, metadata: { deletionClaim: true } });
}

async function claimAndRemove(from: RemovingFrom, key: StoreKey, etag: ETag): Promise<boolean> {
  let expect = etag;
  for (let round = 0; round < 3; round += 1) {
    const begun = from.clock.monotonicMs();
    const claim = await putClaim(from, key, { ifMatch: expect });
    if (!claim.ok) return claim.why === 'absent';
    if (from.clock.monotonicMs() - begun <= claimHoldMs) {
      const removed = await from.store.remove(key, { ifMatch: claim.value.etag });
      return removed.ok || removed.why === 'absent';
    }
    expect = claim.value.etag;
  }
  return false;
}
