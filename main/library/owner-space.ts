/** One store out of two for a desktop that shares: the owner's space is their synced folder's own place, everybody else's lies in a place for members. */
import { AppError } from '../base/app-error.ts';
import type { ObjectVersion, RemoteObject, RemoteStore, StoreKey, StoreProfile } from '../sync/ports.ts';
import { prefixOf } from './resolver.ts';

export interface OwnerSpaceParts {
  /** Null until the owner's account is made. */
  readonly ownerId: () => number | null;
  readonly owner: RemoteStore;
  readonly members: RemoteStore;
}

export function ownerSpaceStore({ ownerId, owner, members }: OwnerSpaceParts): RemoteStore {
  const prefix = (): string | null => {
    const id = ownerId();
    return id === null ? null : prefixOf(id);
  };
  const isOwners = (key: string): boolean => key.startsWith(prefix() ?? '\0');
  const of = (key: StoreKey): { readonly store: RemoteStore; readonly key: StoreKey; readonly back: <T extends { readonly key: StoreKey }>(found: T) => T } => {
    const ahead = prefix();
    if (ahead === null || !key.startsWith(ahead)) return { store: members, key, back: (found) => found };
    return { store: owner, key: key.slice(ahead.length) as StoreKey, back: (found) => ({ ...found, key: `${ahead}${found.key}` as StoreKey }) };
  };
  return {
    ...members,
    // What only one of the two can do is not counted on.
    probe: async (signal) => {
      const [one, other] = [await owner.probe(signal), await members.probe(signal)];
      const both = (['conditionalPut', 'conditionalPutIfMatch', 'conditionalComplete', 'conditionalDelete', 'rangedCopy', 'multipart', 'checksPayload', 'notifications', 'listsInUtf8Order'] as const).map((name) => [name, one[name] && other[name]]);
      return { ...other, ...(Object.fromEntries(both) as Partial<StoreProfile>), versioning: one.versioning === other.versioning ? one.versioning : 'off' };
    },
    list: async (request) => {
      const ahead = prefix();
      if (ahead === null || !(request.prefix ?? '').startsWith(ahead)) return members.list(request);
      const inside = (text: string): string => (text.startsWith(ahead) ? text.slice(ahead.length) : '');
      const page = await owner.list({ ...request, prefix: inside(request.prefix ?? ''), ...(request.startAfter === undefined ? {} : { startAfter: inside(request.startAfter) }) });
      return { ...page, objects: page.objects.map((object) => ({ ...object, key: `${ahead}${object.key}` as StoreKey })) };
    },
    head: async (key, signal) => {
      const at = of(key);
      const found: RemoteObject | null = await at.store.head(at.key, signal);
      return found === null ? null : at.back(found);
    },
    versions: async (key, signal): Promise<readonly ObjectVersion[]> => {
      const at = of(key);
      return at.store.versions(at.key, signal);
    },
    get: async (key, request) => {
      const at = of(key);
      const answer = await at.store.get(at.key, request);
      return answer.ok ? { ...answer, value: { ...answer.value, object: at.back(answer.value.object) } } : answer;
    },
    put: (key, body, request) => of(key).store.put(of(key).key, body, request),
    remove: (key, condition) => of(key).store.remove(of(key).key, condition),
    startUpload: (key, metadata) => of(key).store.startUpload(of(key).key, metadata),
    putPart: (key, ...rest) => of(key).store.putPart(of(key).key, ...rest),
    listParts: (key, uploadId) => of(key).store.listParts(of(key).key, uploadId),
    completeUpload: (key, ...rest) => of(key).store.completeUpload(of(key).key, ...rest),
    abortUpload: (key, uploadId) => of(key).store.abortUpload(of(key).key, uploadId),
    // The synced folder's unfinished uploads are its engine's: whoever clears up here must not see them.
    listUploads: () => members.listUploads(),
    copy: async (from, to, request) => {
      // Two places know nothing of each other; who ends an account keeps its files or removes them.
      if (isOwners(from) !== isOwners(to)) throw new AppError('bad_request', { detail: 'the owner’s files and those of others lie in two places, and none moves from one into the other' });
      return of(from).store.copy(of(from).key, of(to).key, request);
    },
    restore: (key, request) => of(key).store.restore(of(key).key, request),
    watch: async (onKeys, signal) => {
      const [one, other] = await Promise.all([members.watch(onKeys, signal), owner.watch((keys) => onKeys(keys.map((key) => `${prefix() ?? ''}${key}` as StoreKey)), signal)]);
      return one || other;
    },
    close: async () => {
      await Promise.all([owner.close(), members.close()]);
    },
  };
}
