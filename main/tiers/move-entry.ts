/** Moves one file to the cold store: copy, verify, look at warm again, record, and only then, when it is wanted, take the warm object away; safe at every step and without the lease (rules 4, 7, 25). */
import type { EntryKey } from '../../shared/relative-path.ts';
import type { Row } from '../sync/index-port.ts';
import { onePartEtag, remoteTrashPrefix } from '../sync/markers.ts';
import type { ETag, RemoteObject, Sha256, StoreKey } from '../sync/ports.ts';
import { isArchived } from '../sync/storage-class.ts';
import { removeVersion } from '../sync/stores/remove-version.ts';
import { removingFrom, type TwoStores } from '../sync/stores/two-stores.ts';
import { record, remoteSeenOf, type Work } from '../sync/work.ts';
import { copyStraight, copyToCold, goesStraight, hashOf, provedCopy, type CopyDeps } from './copy-object.ts';
import type { Lease } from './lease.ts';
import type { PlannedMove } from './planning.ts';
import { clearTombstone } from './tombstone-care.ts';

export interface MoveDeps {
  readonly work: Work;
  readonly stores: TwoStores;
  readonly lease: Pick<Lease, 'stillHeld'>;
  readonly signal: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}
/** `left`: something about the file changed meanwhile; the next run looks at it again. */
export type MoveOutcome =
  | { readonly kind: 'copied' | 'moved' | 'dropped'; readonly bytes: number; readonly etag: ETag; readonly sha256: Sha256 }
  | { readonly kind: 'left'; readonly why: 'busy' | 'changed' | 'archivedCopy' | 'deletion' | 'leaseLost' };
type Left = Extract<MoveOutcome, { readonly kind: 'left' }>;

/** Throws `AppError` of either store; whatever was done until then is found and used by the next try. */
export async function moveEntry(deps: MoveDeps, move: PlannedMove): Promise<MoveOutcome> {
  const { work } = deps;
  const key = move.entry.key as EntryKey;
  if (!work.touched.enter(key)) return left('busy');
  try {
    const row = work.index.row(work.rootId, key);
    if (row?.remote == null || row.base === null || row.remote.store !== 'warm' || row.remote.etag !== row.base.etag || row.frozen !== null) return left('changed');
    return await moveRow(deps, move, row, row.remote.objectKey);
  } finally {
    work.touched.leave(key);
  }
}
function left(why: Left['why']): Left {
  return { kind: 'left', why };
}

async function moveRow(deps: MoveDeps, move: PlannedMove, row: Row, key: StoreKey): Promise<MoveOutcome> {
  const { stores } = deps;
  const verified = (await straightCopy(deps, move, row, key)) ?? (await carefulCopy(deps, move, row, key));
  if ('kind' in verified) return verified;
  const { source } = verified;
  // Warm changed or went while the copy was made: the copy is of something that is no longer the file.
  const now = await stores.warm.head(key, deps.signal);
  if (now === null || now.deletionClaimedAtMs !== null || now.etag !== source.etag) {
    if (verified.isOurs) await removeVersion(removingFrom(deps.stores, 'cold', deps.work), key, verified.copy.etag);
    return left('changed');
  }
  noteCopy(deps, row, source, verified.copy);
  const done = { bytes: source.sizeBytes, etag: verified.copy.etag, sha256: verified.sha256 };
  const drop = move.verdict.kind === 'dropWarm' || move.verdict.thenDropWarm;
  if (!drop) {
    tell(deps, row, source, 'in the cold store too');
    return { kind: 'copied', ...done };
  }
  const stays = await dropWarm(deps, { row, key, source, copy: verified.copy, sha256: verified.sha256 });
  if (stays !== null) return stays;
  return { kind: verified.isOurs ? 'moved' : 'dropped', ...done };
}

/** Where nothing is known to lie in the cold store, the fewest requests and no hashing here; null where it has to be looked at first. */
async function straightCopy(deps: MoveDeps, move: PlannedMove, row: Row, key: StoreKey): Promise<Verified | Left | null> {
  const { stores } = deps;
  const expect = agreedHash(row);
  if (move.verdict.kind !== 'copy' || row.cold !== null || row.remote === null || expect === null) return null;
  const request = { key, etag: row.remote.etag, expect, sizeBytes: row.remote.sizeBytes, storageClass: move.verdict.storageClass };
  if (!(await goesStraight(stores, request))) return null;
  const copied = await copyStraight(copying(deps), request);
  if (copied.kind === 'taken') return null;
  if (copied.kind === 'moved') return left('changed');
  return proved(deps, { key, source: copied.source }, copied);
}

async function carefulCopy(deps: MoveDeps, move: PlannedMove, row: Row, key: StoreKey): Promise<Verified | Left> {
  const source = await deps.stores.warm.head(key, deps.signal);
  if (source === null || source.deletionClaimedAtMs !== null || source.etag !== row.remote?.etag) return left('changed');
  return verifiedCopy(deps, move, { row, key, source });
}

function copying(deps: MoveDeps): CopyDeps {
  return { warm: deps.stores.warm, cold: deps.stores.cold, coldProfile: deps.stores.coldProfile, memory: deps.work.memory, signal: deps.signal, onBytes: deps.onBytes };
}

interface Verified {
  readonly source: RemoteObject;
  readonly copy: RemoteObject;
  readonly sha256: Sha256;
  readonly isOurs: boolean;
}
interface Moving {
  readonly row: Row;
  readonly key: StoreKey;
  readonly source: RemoteObject;
}

/** A copy that is there from an earlier run is taken when it is the same; anything else at the key is out of date and goes first. */
async function verifiedCopy(deps: MoveDeps, move: PlannedMove, moving: Moving): Promise<Verified | Left> {
  const { stores, signal } = deps;
  const { key, source } = moving;
  const expect = agreedHash(moving.row);
  const there = await stores.cold.head(key, signal);
  if (there !== null) {
    const sha256 = await sameContent(deps, key, there, { source, expect });
    if (sha256 !== null) return { source, copy: there, sha256, isOurs: false };
    if (isArchived(there.storageClass)) return left('archivedCopy');
    if (!(await putAside(deps, there))) return left('changed');
  }
  const copied = await copyToCold(copying(deps), { key, source, expect, storageClass: move.verdict.kind === 'copy' ? move.verdict.storageClass : null });
  return copied.kind === 'copied' ? proved(deps, moving, copied) : left('changed');
}

async function proved(deps: MoveDeps, { key, source }: Pick<Moving, 'key' | 'source'>, copied: { readonly etag: ETag; readonly sha256: Sha256; readonly proved: boolean }): Promise<Verified | Left> {
  const copy = await provedCopy({ stores: deps.stores, by: deps.work, signal: deps.signal }, key, source.sizeBytes, copied);
  return copy === null ? left('changed') : { source, copy, sha256: copied.sha256, isOurs: true };
}

/** An online-only file that nobody here ever read has no agreed content. */
function agreedHash(row: Row): Sha256 | null {
  const sha256 = row.base?.sha256 ?? null;
  return sha256 === null || sha256.startsWith('unread:') || row.base?.resident !== true ? null : sha256;
}

/** The content of a cold object when it is that of the source, proved; null when it is another, or can't be told. */
async function sameContent(deps: MoveDeps, key: StoreKey, there: RemoteObject, wanted: { readonly source: RemoteObject; readonly expect: Sha256 | null }): Promise<Sha256 | null> {
  const { source } = wanted;
  if (there.deletionClaimedAtMs !== null || there.sizeBytes !== source.sizeBytes) return null;
  const expect = wanted.expect ?? source.storeSha256 ?? source.claimedSha256;
  // Equal marks of one part are equal bytes; a mark with a count depends on how it was cut and says so only when it is equal, or that of the one part.
  if ((there.etag === source.etag || there.etag === onePartEtag(source.etag)) && expect !== null) return expect;
  if (expect === null) return null;
  if (there.storeSha256 !== null) return there.storeSha256 === expect ? expect : null;
  return (await hashOf(deps.stores.cold, key, there.etag, deps.signal)) === expect ? expect : null;
}

/** What lies behind a different warm version is out of date; its bytes are kept all the same where the store keeps no versions. */
async function putAside(deps: MoveDeps, there: RemoteObject): Promise<boolean> {
  const { stores, work } = deps;
  if (stores.coldProfile.versioning !== 'on' && there.deletionClaimedAtMs === null && there.sizeBytes > 0) {
    const kept = await stores.cold.copy(there.key, `${remoteTrashPrefix}${work.runId()}/${work.random().slice(0, 8)}/${[...there.key].slice(-150).join('')}` as StoreKey, { sourceIfMatch: there.etag, sizeBytes: there.sizeBytes, metadata: {} });
    if (!kept.ok) return false;
  }
  return removeVersion(removingFrom(deps.stores, 'cold', deps.work), there.key, there.etag);
}

function noteCopy(deps: MoveDeps, row: Row, source: RemoteObject, copy: RemoteObject): void {
  deps.work.index.setCold(deps.work.rootId, row.key, { etag: copy.etag, sizeBytes: copy.sizeBytes, atMs: copy.lastModifiedMs, ofEtag: source.etag, storageClass: copy.storageClass });
}

/** Null when the warm object is gone; else why it stays. */
async function dropWarm(deps: MoveDeps, moving: Moving & { readonly copy: RemoteObject; readonly sha256: Sha256 }): Promise<Left | null> {
  const { work, stores } = deps;
  const { key, source, copy } = moving;
  // A tombstone that names this content would hide the copy once it is alone.
  if (!(await clearTombstone(deps, key))) return left('deletion');
  if (!(await deps.lease.stillHeld())) return left('leaseLost');
  const last = await stores.cold.head(key, deps.signal);
  if (last === null || last.etag !== copy.etag || last.deletionClaimedAtMs !== null) return left('changed');
  if (!(await removeVersion(removingFrom(deps.stores, 'warm', deps.work), key, source.etag))) {
    // An edit was quicker: the copy is of what it replaced.
    const now = await stores.warm.head(key, deps.signal);
    if (now !== null && now.deletionClaimedAtMs === null && now.etag !== source.etag) await removeVersion(removingFrom(deps.stores, 'cold', deps.work), key, copy.etag);
    return left('changed');
  }
  const { base } = moving.row;
  work.index.transaction(() => {
    // Its time is told by the next listing: a look tells it to the second, and the difference would be taken for a write.
    work.index.setRemote(work.rootId, moving.row.key, { ...remoteSeenOf({ ...copy, inCold: true }, moving.sha256), modifiedMs: null });
    if (base !== null) work.index.setBase(work.rootId, moving.row.key, { ...base, store: 'cold', etag: copy.etag, versionId: copy.versionId });
    noteCopy(deps, moving.row, copy, copy);
  });
  tell(deps, moving.row, source, 'only in the cold store');
  work.changedKeys.add(key);
  return null;
}

function tell(deps: MoveDeps, row: Row, source: RemoteObject, note: string): void {
  record(deps.work, { kind: 'moveTier', path: row.key, sizeBytes: source.sizeBytes, note })();
  deps.work.emit({ type: 'rows', keys: [row.key] });
}
