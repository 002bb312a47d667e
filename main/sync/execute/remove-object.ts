/** Removes exactly one version of an object: conditionally, or by claim where the store ignores conditions on DELETE (rules 4, 5). */
import { AppError } from '../../base/app-error.ts';
import { sha256Of } from '../markers.ts';
import type { ETag, StoreKey } from '../ports.ts';
import type { Work } from '../work.ts';
import { keepRemoteVersion } from './remote-trash.ts';

/** As little as removing needs. */
export type Remover = Pick<Work, 'store' | 'profile' | 'clock' | 'random'>;

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
  return removeExactly(work, key, etag);
}

/** Without keeping anything: the caller has seen to that. */
export async function removeExactly(work: Remover, key: StoreKey, etag: ETag): Promise<boolean> {
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
  return claimAndRemove(work, key, etag);
}

async function claimAndRemove(work: Remover, key: StoreKey, etag: ETag): Promise<boolean> {
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
