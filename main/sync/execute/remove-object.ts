/** Removes exactly one version of an object: conditionally, or by claim where the store ignores conditions on DELETE (rules 4, 5). */
import { AppError } from '../../base/app-error.ts';
import { sha256Of } from '../markers.ts';
import type { ETag, StoreKey } from '../ports.ts';
import type { Work } from '../work.ts';
import { keepRemoteVersion } from './remote-trash.ts';

/** After this the claim may be taken over by another device: claim again (rule 4). */
const claimHoldMs = 10_000;

/** True when exactly this version is gone. Never repeated by itself. */
export async function removeObject(work: Work, key: StoreKey, etag: ETag, sizeBytes: number, request: { keep: boolean }): Promise<boolean> {
  if (request.keep) {
    try {
      await keepRemoteVersion(work, key, etag, sizeBytes);
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'object_changed') return false;
      throw thrown;
    }
  }
  if (work.profile.conditionalDelete) {
    const answer = await work.store.remove(key, { ifMatch: etag });
    return answer.ok || answer.why === 'absent';
  }
  if (!work.profile.conditionalPutIfMatch) {
    const there = await work.store.head(key);
    if (there === null) return true;
    if (there.etag !== etag) return false;
    return (await work.store.remove(key)).ok;
  }
  await provedToMayDelete(work, key);
  return claimAndRemove(work, key, etag);
}

/**
 * A claim that can't be followed by a removal would leave its few bytes where the file was, for every other program to see. Whoever
 * may write need not be allowed to delete: a name that nobody has, next to the first one of each folder, is deleted to find out.
 * Where versions are kept that would leave a marker behind; there nothing is lost either way.
 */
async function provedToMayDelete(work: Work, key: StoreKey): Promise<void> {
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  if (work.profile.versioning !== 'off' || work.mayDelete.has(folder)) return;
  await work.store.remove(`${folder}.strata-${work.random()}` as StoreKey);
  work.mayDelete.add(folder);
}

async function claimAndRemove(work: Work, key: StoreKey, etag: ETag): Promise<boolean> {
  let expect = etag;
  for (let round = 0; round < 3; round += 1) {
    // Never empty: all empty objects share one ETag, and a claim must be told from every other version.
    const bytes = Buffer.from(work.random().replaceAll('-', ''), 'hex').subarray(0, 16);
    const begun = work.clock.monotonicMs();
    const claim = await work.store.put(key, bytes, { sizeBytes: bytes.length, sha256: sha256Of(bytes), ifMatch: expect, metadata: { deletionClaim: true } });
    if (!claim.ok) return claim.why === 'absent';
    if (work.clock.monotonicMs() - begun <= claimHoldMs) {
      const removed = await work.store.remove(key, { ifMatch: claim.value.etag });
      return removed.ok || removed.why === 'absent';
    }
    expect = claim.value.etag;
  }
  return false;
}
