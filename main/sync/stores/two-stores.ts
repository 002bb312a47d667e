/** A library in a warm and a cold store, seen as one store: what is only in cold is there too, a warm object shadows a cold one, and every write keeps the order that loses nothing (rules 4, 6, 7). */
import { isArchived } from '../storage-class.ts';
import { ownPrefix, remoteTrashPrefix } from '../markers.ts';
import type { Answer, Clock, ETag, ListPage, ObjectMetadata, RemoteObject, RemoteStore, RequestCounts, StoreKey, StoreProfile, WriteCondition, Written } from '../ports.ts';
import { claimLifetimeMs } from '../execute/claim-lifetime.ts';
import { putClaim, removeVersion, type RemovingFrom } from './remove-version.ts';
import { bury, hides, readTombstone } from './tombstones.ts';

export interface TwoStoresDeps {
  readonly warm: RemoteStore;
  readonly cold: RemoteStore;
  readonly warmProfile: StoreProfile;
  readonly coldProfile: StoreProfile;
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>;
  readonly random: () => string;
}
/** Conditions are honoured by its own means whatever its parts do. `close` and `probe` are those of the parts and not offered here. */
export interface TwoStores extends RemoteStore {
  readonly warm: RemoteStore;
  readonly cold: RemoteStore;
  readonly warmProfile: StoreProfile;
  readonly coldProfile: StoreProfile;
}
const precondition = { ok: false, why: 'precondition' } as const;
const absent = { ok: false, why: 'absent' } as const;
const coldToken = 'cold:';
const warmToken = 'warm:';

export function isTwoStores(store: RemoteStore): store is TwoStores {
  return 'cold' in store && 'warm' in store;
}
/** The stores a listing has to read, warm first. */
export function storesOf(store: RemoteStore): { readonly warm: RemoteStore; readonly cold: RemoteStore | null } {
  return isTwoStores(store) ? { warm: store.warm, cold: store.cold } : { warm: store, cold: null };
}

/** What the two can do together: deletions are always of one version, by condition or by claim. */
export function jointProfile(warm: StoreProfile, cold: StoreProfile): StoreProfile {
  return { ...warm, conditionalDelete: true, rangedCopy: warm.rangedCopy && cold.rangedCopy, versioning: warm.versioning === 'on' && cold.versioning === 'on' ? 'on' : 'off' };
}

export function createTwoStores(deps: TwoStoresDeps): TwoStores {
  const { warm, cold, warmProfile, coldProfile } = deps;
  return {
    warm, cold, warmProfile, coldProfile,
    description: warm.description,
    probe: () => Promise.resolve(jointProfile(warmProfile, coldProfile)),
    list: (request) => listBoth(deps, request),
    head: (key, signal) => headOf(deps, key, signal),
    versions: async (key, signal) => [
      ...(await warm.versions(key, signal)),
      ...(await cold.versions(key, signal)).map((each) => ({ ...each, versionId: `${coldToken}${each.versionId}` })),
    ],
    get: (key, request) => (request?.versionId === undefined ? getFrom(deps, key, request) : getVersion(deps, key, { ...request, versionId: request.versionId })),
    put: async (key, body, request) => {
      if (isOwn(key)) return warm.put(key, body, request);
      const way = await clearWay(deps, key, request);
      if (!way.ok) return way;
      const { ifMatch: _ifMatch, ifNoneMatch: _ifNoneMatch, ...rest } = request;
      const answer = await warm.put(key, body, { ...rest, ...way.value.condition });
      if (answer.ok) await dropOldCold(deps, key, way.value.oldCold);
      return answer;
    },
    remove: (key, condition) => removeFrom(deps, key, condition),
    startUpload: (key, metadata) => warm.startUpload(key, metadata),
    putPart: (key, uploadId, number, bytes, signal) => warm.putPart(key, uploadId, number, bytes, signal),
    listParts: (key, uploadId) => warm.listParts(key, uploadId),
    completeUpload: async (key, uploadId, parts, condition) => {
      const way = await clearWay(deps, key, condition);
      if (!way.ok) return way;
      const answer = await warm.completeUpload(key, uploadId, parts, way.value.condition);
      if (answer.ok) await dropOldCold(deps, key, way.value.oldCold);
      return answer;
    },
    abortUpload: (key, uploadId) => warm.abortUpload(key, uploadId),
    listUploads: () => warm.listUploads(),
    copy: (from, to, request) => copyWithin(deps, from, to, request),
    restore: async (key, request) => {
      const inWarm = await warm.head(key, request.signal);
      return (inWarm !== null && inWarm.deletionClaimedAtMs === null ? warm : cold).restore(key, request);
    },
    watch: (onKeys, signal) => warm.watch(onKeys, signal),
    requestCounts: () => sumOf(warm.requestCounts(), cold.requestCounts()),
    storeTimeMs: () => warm.storeTimeMs(),
    close: async () => {
      await warm.close();
      await cold.close();
    },
  };
}

function isOwn(key: StoreKey): boolean {
  return key.startsWith(ownPrefix);
}
export function sumOf(a: RequestCounts, b: RequestCounts): RequestCounts {
  return { PUT: a.PUT + b.PUT, GET: a.GET + b.GET, HEAD: a.HEAD + b.HEAD, DELETE: a.DELETE + b.DELETE, LIST: a.LIST + b.LIST, POST: a.POST + b.POST };
}
/** What it takes to remove from one of the two. */
export function removingFrom(stores: Pick<TwoStores, 'warm' | 'cold' | 'warmProfile' | 'coldProfile'>, side: 'warm' | 'cold', by: Pick<RemovingFrom, 'clock' | 'random'>): RemovingFrom {
  return { store: stores[side], profile: side === 'warm' ? stores.warmProfile : stores.coldProfile, clock: by.clock, random: by.random };
}

/** First the warm pages, then the cold ones; Strata's own keys lie in warm, but for the trash. What shadows what is the caller's to tell: only it sees both. */
async function listBoth(deps: TwoStoresDeps, request: Parameters<RemoteStore['list']>[0]): Promise<ListPage> {
  const { token, ...rest } = request;
  const bothHold = request.prefix === undefined || !request.prefix.startsWith(ownPrefix) || request.prefix.startsWith(remoteTrashPrefix);
  if (token?.startsWith(coldToken)) {
    const inner = token.slice(coldToken.length);
    const page = await deps.cold.list({ ...rest, ...(inner === '' ? {} : { token: inner }) });
    return { objects: page.objects.map((object) => ({ ...object, inCold: true as const })), next: page.next === null ? null : `${coldToken}${page.next}` };
  }
  const page = await deps.warm.list({ ...rest, ...(token === undefined ? {} : { token: token.slice(warmToken.length) }) });
  if (page.next !== null) return { objects: page.objects, next: `${warmToken}${page.next}` };
  return { objects: page.objects, next: bothHold ? coldToken : null };
}

/** Warm, cold, warm: an object that moves between two looks is never missed (rule 7). */
async function headOf(deps: TwoStoresDeps, key: StoreKey, signal?: AbortSignal): Promise<RemoteObject | null> {
  const first = await deps.warm.head(key, signal);
  if (first !== null && first.deletionClaimedAtMs === null) return first;
  if (isOwn(key) && !key.startsWith(remoteTrashPrefix)) return first;
  const found = await visibleCold(deps, key, signal);
  if (found === null) return first ?? deps.warm.head(key, signal);
  if (first !== null) await takeOverOldClaim(deps, first);
  return { ...found, inCold: true };
}

function getVersion(deps: TwoStoresDeps, key: StoreKey, request: NonNullable<Parameters<RemoteStore['get']>[1]> & { readonly versionId: string }): ReturnType<RemoteStore['get']> {
  const { versionId } = request;
  return versionId.startsWith(coldToken) ? deps.cold.get(key, { ...request, versionId: versionId.slice(coldToken.length) }) : deps.warm.get(key, request);
}

/** The cold object, unless a tombstone says that it was deleted. */
async function visibleCold(deps: TwoStoresDeps, key: StoreKey, signal?: AbortSignal): Promise<RemoteObject | null> {
  const object = await deps.cold.head(key, signal);
  if (object === null || object.deletionClaimedAtMs !== null) return null;
  return hides(await readTombstone(deps.warm, key), object) ? null : object;
}

/** A mover that died between claim and deletion left its claim over a file that is safe in cold. */
async function takeOverOldClaim(deps: TwoStoresDeps, claim: RemoteObject): Promise<void> {
  const now = deps.warm.storeTimeMs() ?? deps.clock.nowMs();
  if (claim.deletionClaimedAtMs !== null && now - claim.deletionClaimedAtMs > claimLifetimeMs) await removeVersion(removingFrom(deps, 'warm', deps), claim.key, claim.etag);
}

async function getFrom(deps: TwoStoresDeps, key: StoreKey, request: Parameters<RemoteStore['get']>[1] = {}): ReturnType<RemoteStore['get']> {
  const inWarm = await deps.warm.get(key, request);
  if (isOwn(key) && !key.startsWith(remoteTrashPrefix)) return inWarm;
  if (inWarm.ok && inWarm.value.object.deletionClaimedAtMs === null) return inWarm;
  if (!inWarm.ok && inWarm.why === 'archived') return inWarm;
  // Another warm version shadows what is in cold; a claim does not.
  if (!inWarm.ok && inWarm.why === 'precondition') {
    const there = await deps.warm.head(key, request.signal);
    if (there !== null && there.deletionClaimedAtMs === null) return inWarm;
  }
  const inCold = await deps.cold.get(key, request);
  if (inCold.ok) return { ok: true, value: { ...inCold.value, object: { ...inCold.value.object, inCold: true } } };
  if (inCold.why === 'archived' || inWarm.ok) return inWarm.ok ? inWarm : inCold;
  return deps.warm.get(key, request);
}

interface Way {
  /** What the warm store is to be asked for. */
  readonly condition: WriteCondition;
  /** The cold version that is replaced by a new warm one: it goes after that is there. */
  readonly oldCold: RemoteObject | null;
}
/**
 * Before a key of warm is written. A cold copy of what is replaced goes first, so that no stale copy outlives an edit; a file that is
 * only in cold goes after its successor is there; what a tombstone hides is cleared away (rule 7).
 */
async function clearWay(deps: TwoStoresDeps, key: StoreKey, condition: WriteCondition): Promise<Answer<Way>> {
  const plain = pick(condition);
  const inCold = await livingCold(deps, key);
  if (inCold === 'claimed') return precondition;
  if (inCold === null || key.endsWith('/')) return { ok: true, value: { condition: plain, oldCold: null } };
  const tombstone = await readTombstone(deps.warm, key);
  const inWarm = await deps.warm.head(key);
  if (hides(tombstone, inCold)) {
    // Archived bytes have no other trash than their own place: the new version shadows them.
    if (isArchived(inCold.storageClass)) return { ok: true, value: { condition: plain, oldCold: null } };
    // What an edit outlived is in no trash yet; what was deleted is.
    if (tombstone?.versions.some((one) => one.kept) === true && !(await keepOldCold(deps, inCold))) return precondition;
    if (!(await removeVersion(removingFrom(deps, 'cold', deps), key, inCold.etag))) return precondition;
    return { ok: true, value: { condition: plain, oldCold: null } };
  }
  if (inWarm !== null) {
    if (inWarm.deletionClaimedAtMs !== null || condition.ifNoneMatch !== undefined || (condition.ifMatch !== undefined && inWarm.etag !== condition.ifMatch)) return precondition;
    if (!isArchived(inCold.storageClass) && !isCopyOf(inCold, inWarm) && !(await keepOldCold(deps, inCold))) return precondition;
    if (!(await removeCold(deps, inCold, inWarm))) return precondition;
    return { ok: true, value: { condition: plain, oldCold: null } };
  }
  if (condition.ifNoneMatch !== undefined || (condition.ifMatch !== undefined && condition.ifMatch !== inCold.etag)) return precondition;
  return { ok: true, value: { condition: { ifNoneMatch: '*' }, oldCold: inCold } };
}
/** Null when nothing is there. A claim whose deleter died is finished, or the name could never be used again. */
async function livingCold(deps: TwoStoresDeps, key: StoreKey): Promise<RemoteObject | 'claimed' | null> {
  const there = await deps.cold.head(key);
  if (there === null || there.deletionClaimedAtMs === null) return there;
  const now = deps.cold.storeTimeMs() ?? deps.clock.nowMs();
  if (now - there.deletionClaimedAtMs <= claimLifetimeMs) return 'claimed';
  return (await removeVersion(removingFrom(deps, 'cold', deps), key, there.etag)) ? null : 'claimed';
}
function pick(condition: WriteCondition): WriteCondition {
  return { ...(condition.ifMatch === undefined ? {} : { ifMatch: condition.ifMatch }), ...(condition.ifNoneMatch === undefined ? {} : { ifNoneMatch: condition.ifNoneMatch }) };
}

function isCopyOf(inCold: RemoteObject, inWarm: RemoteObject): boolean {
  return inCold.etag === inWarm.etag || (inCold.claimedSha256 !== null && inCold.claimedSha256 === inWarm.claimedSha256);
}
/** Another program may have put its version over a file that was only in cold: what lies there is then the last copy of the file. */
async function keepOldCold(deps: TwoStoresDeps, old: RemoteObject): Promise<boolean> {
  if (deps.coldProfile.versioning === 'on' || old.sizeBytes === 0) return true;
  const target = `${remoteTrashPrefix}${deps.random()}/${deps.random().slice(0, 8)}/${[...old.key].slice(-150).join('')}` as StoreKey;
  return (await deps.cold.copy(old.key, target, { sourceIfMatch: old.etag, sizeBytes: old.sizeBytes, metadata: {} })).ok;
}

/** What can't be copied to a trash stays under a tombstone instead of being lost (rule 7). */
async function removeCold(deps: TwoStoresDeps, inCold: RemoteObject, inWarm: RemoteObject | null): Promise<boolean> {
  if (!isArchived(inCold.storageClass)) return removeVersion(removingFrom(deps, 'cold', deps), inCold.key, inCold.etag);
  await bury(deps.warm, { key: inCold.key, sha256: null, warmEtag: null, coldEtag: inCold.etag, atMs: timeOf(deps), kept: inWarm === null || inWarm.etag !== inCold.etag });
  return true;
}
async function dropOldCold(deps: TwoStoresDeps, key: StoreKey, oldCold: RemoteObject | null): Promise<void> {
  // Left behind by a crash here it lies behind a newer warm version: it never becomes the file, and the next migration clears it away.
  if (oldCold !== null) await removeCold(deps, { ...oldCold, key }, null);
}
function timeOf(deps: TwoStoresDeps): number {
  return deps.warm.storeTimeMs() ?? deps.clock.nowMs();
}

/** Tombstone, then warm, then cold: a copy that lands late stays hidden (rule 7). */
async function removeFrom(deps: TwoStoresDeps, key: StoreKey, condition: { readonly ifMatch?: ETag } = {}): Promise<Answer<null>> {
  if (key.startsWith(remoteTrashPrefix)) return removeTrashed(deps, key, condition);
  if (isOwn(key)) return deps.warm.remove(key, condition);
  if (key.endsWith('/')) return removeFolderMark(deps, key, condition);
  const inWarm = await deps.warm.head(key);
  const inCold = await livingCold(deps, key);
  if (inCold === 'claimed') return precondition;
  if (inWarm?.deletionClaimedAtMs != null) return condition.ifMatch === inWarm.etag ? removedWarm(deps, key, inWarm.etag) : precondition;
  const current = inWarm ?? inCold;
  if (current === null) return absent;
  if (condition.ifMatch !== undefined && current.etag !== condition.ifMatch) return precondition;
  const archived = inCold !== null && isArchived(inCold.storageClass);
  // Behind a version of some other program may lie the last copy of the file: it goes to a trash like the one that is deleted.
  if (inWarm !== null && inCold !== null && !archived && !isCopyOf(inCold, inWarm) && !(await keepOldCold(deps, inCold))) return precondition;
  await bury(deps.warm, { key, sha256: current.claimedSha256, warmEtag: inWarm?.etag ?? null, coldEtag: inCold?.etag ?? null, atMs: timeOf(deps), kept: archived });
  if (inWarm !== null && !(await removeVersion(removingFrom(deps, 'warm', deps), key, inWarm.etag))) return precondition;
  // The cold copy that a mover made meanwhile stays hidden; the next migration empties its key.
  if (inCold !== null && !archived) await removeVersion(removingFrom(deps, 'cold', deps), key, inCold.etag);
  return { ok: true, value: null };
}
async function removedWarm(deps: TwoStoresDeps, key: StoreKey, etag: ETag): Promise<Answer<null>> {
  return (await removeVersion(removingFrom(deps, 'warm', deps), key, etag)) ? { ok: true, value: null } : precondition;
}
async function removeTrashed(deps: TwoStoresDeps, key: StoreKey, condition: { readonly ifMatch?: ETag }): Promise<Answer<null>> {
  const side = (await deps.warm.head(key)) === null ? 'cold' : 'warm';
  const profile = side === 'warm' ? deps.warmProfile : deps.coldProfile;
  // A trashed key is made for one version and never written again.
  return deps[side].remove(key, profile.conditionalDelete ? condition : {});
}
async function removeFolderMark(deps: TwoStoresDeps, key: StoreKey, condition: { readonly ifMatch?: ETag }): Promise<Answer<null>> {
  const answer = await deps.warm.remove(key, condition);
  if ((await deps.cold.head(key)) !== null) await deps.cold.remove(key);
  return answer;
}

async function bringToWarm(deps: TwoStoresDeps, from: StoreKey, to: StoreKey, request: Parameters<RemoteStore['copy']>[2]): Promise<Answer<Written>> {
  const source = await deps.cold.get(from, { ifMatch: request.sourceIfMatch });
  if (!source.ok) return source;
  // Without a proven hash the payload stays unsigned: a claim may be wrong, and the store would refuse the true bytes for ever (rule 14).
  const sha256 = request.metadata.sha256 ?? ('UNSIGNED-PAYLOAD' as NonNullable<ObjectMetadata['sha256']>);
  const { storageClass: _class, ...metadata } = request.metadata;
  return deps.warm.put(to, source.value.body, { ifNoneMatch: '*', sizeBytes: source.value.object.sizeBytes, sha256, metadata });
}

/** A copy stays in the store its source is in; to a visible key only where neither store has something. */
async function copyWithin(deps: TwoStoresDeps, from: StoreKey, to: StoreKey, request: Parameters<RemoteStore['copy']>[2]): Promise<Answer<Written>> {
  const visible = !isOwn(to);
  if (visible) {
    const way = await clearWay(deps, to, { ifNoneMatch: '*' });
    if (!way.ok) return way;
  }
  const inWarm = await deps.warm.copy(from, to, request);
  if (inWarm.ok || inWarm.why !== 'absent') return inWarm;
  if (!visible) return copyInCold(deps, from, to, request);
  if ((await deps.warm.head(to)) !== null) return precondition;
  // A tombstone of this name would hide the copy in cold as the one that was deleted: what comes back to an old name comes to warm.
  if ((await readTombstone(deps.warm, to)) !== null) return bringToWarm(deps, from, to, request);
  return deps.warmProfile.conditionalPut ? copyUnderClaim(deps, from, to, request) : copyThenLook(deps, from, to, request);
}

/** Whoever creates the name in warm at this very instant would hide the copy in cold without a word: a claim in warm keeps the name for it. */
async function copyUnderClaim(deps: TwoStoresDeps, from: StoreKey, to: StoreKey, request: Parameters<RemoteStore['copy']>[2]): Promise<Answer<Written>> {
  const claim = await putClaim({ store: deps.warm, random: deps.random }, to, { ifNoneMatch: '*' });
  if (!claim.ok) return precondition;
  try {
    return await copyInCold(deps, from, to, request);
  } finally {
    await removeVersion(removingFrom(deps, 'warm', deps), to, claim.value.etag);
  }
}
async function copyThenLook(deps: TwoStoresDeps, from: StoreKey, to: StoreKey, request: Parameters<RemoteStore['copy']>[2]): Promise<Answer<Written>> {
  const answer = await copyInCold(deps, from, to, request);
  if (!answer.ok || (await deps.warm.head(to)) === null) return answer;
  await removeVersion(removingFrom(deps, 'cold', deps), to, answer.value.etag);
  return precondition;
}
async function copyInCold(deps: TwoStoresDeps, from: StoreKey, to: StoreKey, request: Parameters<RemoteStore['copy']>[2]): Promise<Answer<Written>> {
  const answer = await deps.cold.copy(from, to, request);
  return answer.ok ? { ok: true, value: { ...answer.value, inCold: true } } : answer;
}
