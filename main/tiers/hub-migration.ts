/** The nightly migration of a hub's files: each that is not in the cold store yet is copied there in batches, verified, and only then said to be there; an upload meanwhile wins (H5, rules 4, 5, 7, 14, 25). */
import type { Budget } from '../base/budget.ts';
import { isArchived } from '../sync/storage-class.ts';
import type { ETag, RemoteObject, StoreKey } from '../sync/ports.ts';
import { removingFrom } from '../sync/stores/two-stores.ts';
import { removeVersion } from '../sync/stores/remove-version.ts';
import { copyToCold, hashOf, provedCopy } from './copy-object.ts';
import type { Lease } from './lease.ts';
import { sideBySide } from './side-by-side.ts';
import { careForTombstones, clearTombstone, type CareDeps } from './tombstone-care.ts';
import type { MigrationResult } from './migration-log.ts';
import { runUnderLease, type RunDeps } from './under-lease.ts';
import { withTries, type Tried } from './with-tries.ts';

export interface HubFile {
  readonly id: number;
  readonly objectKey: string;
  readonly etag: string;
}
/** The hub's rows as a migration sees them. */
export interface HubRows {
  /** By number, after `afterId`: what is in the warm store only, or (`dropping`) what the warm store still holds beside the cold one. */
  notInCold(afterId: number, limit: number): Promise<readonly HubFile[]>;
  inBoth(afterId: number, limit: number): Promise<readonly HubFile[]>;
  /** A verified copy is there; `etag` is what the file has from now on. Nothing happens when the row is of another version by now. */
  markSynced(file: HubFile, etag: string, isInWarm: boolean): Promise<void>;
}
export interface HubMigrationDeps extends RunDeps {
  readonly rows: HubRows;
  readonly memory: Budget;
  readonly batchSize: number;
  readonly deleteFromWarm: boolean;
  readonly random: () => string;
}
const left = (why: string): Tried => ({ kind: 'left', why, bytes: 0, sha256: null });

/** Throws what stops it as a whole. */
export function migrateHub(deps: HubMigrationDeps): Promise<MigrationResult> {
  return runUnderLease(deps, async ({ lease, sums, trying }) => {
    const copying: Copying = { ...deps, onBytes: (bytes) => (sums.bytesUp += bytes) };
    await careForTombstones(careOf(deps));
    const kinds = [{ page: deps.rows.notInCold, act: (file: HubFile) => copyOne(copying, lease, file) }, ...(deps.deleteFromWarm ? [{ page: deps.rows.inBoth, act: (file: HubFile) => dropOne(deps, lease, file) }] : [])];
    for (const { page, act } of kinds) {
      await sideBySide(filesOf(page, deps.batchSize), deps.batchSize, async (file) => {
        if (deps.signal.aborted || !(await lease.stillHeld())) return false;
        const whole = await withTries(trying, file.objectKey, () => act(file));
        if (whole !== null) throw whole;
        return true;
      });
    }
  });
}

/** Each is asked for once, in pages. */
async function* filesOf(page: HubRows['notInCold'], pageSize: number): AsyncGenerator<HubFile> {
  for (let afterId = 0; ; ) {
    const files = await page(afterId, pageSize);
    yield* files;
    const last = files[files.length - 1];
    if (last === undefined) return;
    afterId = last.id;
  }
}

function careOf(deps: HubMigrationDeps): CareDeps {
  return { work: deps, stores: deps.stores, signal: deps.signal };
}

type Copying = HubMigrationDeps & { readonly onBytes: (bytes: number) => void };
async function copyOne(deps: Copying, lease: Lease, file: HubFile): Promise<Tried> {
  const { stores, signal } = deps;
  const key = file.objectKey as StoreKey;
  const source = await stores.warm.head(key, signal);
  if (source === null && (await isOnlyInCold(deps, file))) {
    await deps.rows.markSynced(file, file.etag, false);
    return { kind: 'dropped', why: null, bytes: 0, sha256: null };
  }
  if (source === null || source.deletionClaimedAtMs !== null || source.etag !== file.etag) return left('changed');
  const there = await stores.cold.head(key, signal);
  let copy: RemoteObject | null = null;
  let sha256: string | null = null;
  if (there !== null) {
    const [warmHash, coldHash] = [await hashOf(stores.warm, key, source.etag, signal), isArchived(there.storageClass) ? null : await hashOf(stores.cold, key, there.etag, signal)];
    if (warmHash !== null && warmHash === coldHash) [copy, sha256] = [there, coldHash];
    // What an edit outlived goes first; archived bytes can't be told, so they stay.
    else if (isArchived(there.storageClass) || !(await removeVersion(removingFrom(stores, 'cold', deps), key, there.etag))) return left('archivedCopy');
  }
  if (copy === null) {
    const copied = await copyToCold({ warm: stores.warm, cold: stores.cold, coldProfile: stores.coldProfile, memory: deps.memory, signal, onBytes: deps.onBytes }, { key, source, expect: source.storeSha256, storageClass: null, claimWillDo: true });
    if (copied.kind !== 'copied') return left('changed');
    copy = await provedCopy({ stores, by: deps, signal }, key, source.sizeBytes, copied);
    if (copy === null) return left('changed');
    sha256 = copied.sha256;
  }
  // An upload or a deletion meanwhile wins: the own copy goes again, so that nothing outlives it.
  const now = await stores.warm.head(key, signal);
  if (now === null || now.etag !== source.etag || now.deletionClaimedAtMs !== null) {
    await removeVersion(removingFrom(stores, 'cold', deps), key, copy.etag);
    return left('changed');
  }
  if (deps.deleteFromWarm && (await dropWarm(deps, lease, key, { warm: source.etag, cold: copy.etag }))) {
    await deps.rows.markSynced(file, copy.etag, false);
    return { kind: 'moved', why: null, bytes: source.sizeBytes, sha256 };
  }
  await deps.rows.markSynced(file, source.etag, true);
  return { kind: 'copied', why: null, bytes: source.sizeBytes, sha256 };
}

/** A row that was made anew, or a death before it was told: the version it names lies in the cold store already. */
async function isOnlyInCold(deps: HubMigrationDeps, file: HubFile): Promise<boolean> {
  const there = await deps.stores.head(file.objectKey as StoreKey, deps.signal);
  return there !== null && there.inCold === true && there.etag === file.etag && there.deletionClaimedAtMs === null;
}

/** Of what an earlier run copied: the copy is looked at once more before the warm object goes. */
async function dropOne(deps: HubMigrationDeps, lease: Lease, file: HubFile): Promise<Tried> {
  const { stores, signal } = deps;
  const key = file.objectKey as StoreKey;
  const [source, copy] = [await stores.warm.head(key, signal), await stores.cold.head(key, signal)];
  if (copy === null || copy.deletionClaimedAtMs !== null || isArchived(copy.storageClass)) return left('changed');
  if (source === null) {
    await deps.rows.markSynced(file, copy.etag, false);
    return { kind: 'dropped', why: null, bytes: 0, sha256: null };
  }
  if (source.etag !== file.etag || source.sizeBytes !== copy.sizeBytes) return left('changed');
  const same = source.etag === copy.etag || (await hashOf(stores.warm, key, source.etag, signal)) === (await hashOf(stores.cold, key, copy.etag, signal));
  if (!same || !(await dropWarm(deps, lease, key, { warm: source.etag, cold: copy.etag }))) return left('changed');
  await deps.rows.markSynced(file, copy.etag, false);
  return { kind: 'dropped', why: null, bytes: 0, sha256: null };
}

/** False when it stays: an edit was quicker, or the lease ran out. */
async function dropWarm(deps: HubMigrationDeps, lease: Lease, key: StoreKey, marks: { readonly warm: ETag; readonly cold: ETag }): Promise<boolean> {
  const { stores } = deps;
  // A tombstone that names this content would hide the copy once it is alone.
  if (!(await clearTombstone(careOf(deps), key)) || !(await lease.stillHeld())) return false;
  const last = await stores.cold.head(key, deps.signal);
  if (last === null || last.etag !== marks.cold || last.deletionClaimedAtMs !== null) return false;
  if (await removeVersion(removingFrom(stores, 'warm', deps), key, marks.warm)) return true;
  const now = await stores.warm.head(key, deps.signal);
  if (now !== null && now.deletionClaimedAtMs === null && now.etag !== marks.warm) await removeVersion(removingFrom(stores, 'cold', deps), key, marks.cold);
  return false;
}
