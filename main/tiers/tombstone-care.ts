/** Clears tombstones away: cold keys of deleted files are emptied, and what has hidden long enough for every late copy goes (rule 7). */
import { claimLifetimeMs } from '../sync/execute/claim-lifetime.ts';
import { isArchived } from '../sync/storage-class.ts';
import { removeVersion } from '../sync/stores/remove-version.ts';
import { deletedPrefix, hides, readTombstone, readTombstoneAt, tombstoneKey, type Tombstone } from '../sync/stores/tombstones.ts';
import { removingFrom, type TwoStores } from '../sync/stores/two-stores.ts';
import type { StoreKey } from '../sync/ports.ts';
import type { Work } from '../sync/work.ts';

export interface CareDeps {
  readonly work: Pick<Work, 'clock' | 'random'>;
  readonly stores: TwoStores;
  readonly signal: AbortSignal;
}
/** A deletion writes its tombstone first; a younger one may belong to a deletion that is still under way. */
const underWayMs = 10 * claimLifetimeMs;
/** No copy is under way longer than this: then nothing can land late any more. */
const lateCopyMs = 7 * 86_400_000;
/** Archived bytes that could go to no trash. */
const keptMs = 30 * 86_400_000;

/** Before the copy of a living file is left alone in the cold store. False when a deletion of it may be under way. */
export async function clearTombstone(deps: CareDeps, key: StoreKey): Promise<boolean> {
  const tombstone = await readTombstone(deps.stores.warm, key);
  if (tombstone === null) return true;
  if (tombstone.versions.some((one) => nowOf(deps) - one.atMs < underWayMs)) return false;
  return removeVersion(removingFrom(deps.stores, 'warm', deps.work), tombstoneKey(key), tombstone.etag);
}

/** Looks at every tombstone once; each failure leaves that one for the next run. Resolves with how many cold keys were emptied. */
export async function careForTombstones(deps: CareDeps): Promise<number> {
  const { stores } = deps;
  let emptied = 0;
  let token: string | undefined;
  do {
    const page = await stores.warm.list({ prefix: deletedPrefix, maxKeys: 1000, signal: deps.signal, ...(token === undefined ? {} : { token }) });
    for (const object of page.objects) {
      const tombstone = await readTombstoneAt(stores.warm, object.key);
      const key = tombstone?.versions[0]?.key;
      if (tombstone !== null && key !== undefined && (await careForOne(deps, key, tombstone))) emptied += 1;
    }
    token = page.next ?? undefined;
  } while (token !== undefined);
  return emptied;
}

async function careForOne(deps: CareDeps, key: StoreKey, tombstone: Tombstone): Promise<boolean> {
  const { stores, work } = deps;
  const age = nowOf(deps) - Math.max(...tombstone.versions.map((one) => one.atMs));
  if (age < underWayMs) return false;
  const there = await stores.cold.head(key, deps.signal);
  const isHidden = there !== null && hides(tombstone, there);
  const mustKeep = isHidden && (isArchived(there.storageClass) || tombstone.versions.some((one) => one.kept)) && age < keptMs;
  let emptied = false;
  // Whoever claimed it died before it was done: its few bytes would lie there for every other program to see.
  const isDeadClaim = there !== null && there.deletionClaimedAtMs !== null && nowOf(deps) - there.deletionClaimedAtMs > claimLifetimeMs;
  if ((isHidden || isDeadClaim) && !mustKeep) emptied = await removeVersion(removingFrom(stores, 'cold', work), key, there.etag);
  if (age >= lateCopyMs && !mustKeep && (!isHidden || emptied)) await removeVersion(removingFrom(stores, 'warm', work), tombstoneKey(key), tombstone.etag);
  return emptied;
}

function nowOf(deps: CareDeps): number {
  return deps.stores.warm.storeTimeMs() ?? deps.work.clock.nowMs();
}
