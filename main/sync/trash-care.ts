/** Looks after the trashes: once more at what was just moved there, because a program may still write to it (rule 15), and away with what is old (rule 24). */
import { keyOf, parentOf, type RelativePath } from '../../shared/relative-path.ts';
import { daysThatRan, isOld } from './days-that-ran.ts';
import { remoteTrashPrefix } from './markers.ts';
import { record, type Work } from './work.ts';

/** Brings back as a conflict copy what changed in the trash lately, and of `alsoOf` whenever that was; resolves with the folders to look at again. */
export async function rescueFromTrash(work: Work, alsoOf?: ReadonlySet<RelativePath>): Promise<readonly RelativePath[]> {
  const folders: RelativePath[] = [];
  for (const trashed of await work.local.changedInTrash(alsoOf)) {
    const isTaken = (name: RelativePath): boolean => work.index.row(work.rootId, keyOf(name, 'file')) !== null || work.index.row(work.rootId, keyOf(name, 'folder')) !== null;
    const name = work.names.conflictName(trashed.path, work.root.deviceName, work.clock.nowMs(), isTaken);
    const back = await work.local.untrash(trashed.trashId, name);
    if (!back.ok) continue;
    work.index.transaction(() => {
      work.index.addConflict({ id: work.random(), rootId: work.rootId, path: trashed.path, copyPath: name, device: work.root.deviceName, atMs: work.clock.nowMs(), here: true, baseSha256: null });
      record(work, { kind: 'keepBoth', path: trashed.path, otherPath: name, sizeBytes: back.value.sizeBytes });
    });
    folders.push(parentOf(name));
    work.emit({ type: 'conflict' });
  }
  return folders;
}

/** A trash of many thousand objects is emptied over several looks, so that syncing does not wait for it. */
export const mostRemovedAtOnce = 2000;
const removedSideBySide = 8;

/** Removes what has been in the folder's trash for `days` days on which Strata ran and its clock agreed with the place's within a day (rule 24): a clock that jumps a year makes the trash one day older. */
export async function purgeOldTrash(work: Work, days: number): Promise<number> {
  const run = daysThatRan(work);
  if (run === null) return 0;
  const old = (await work.local.listTrash()).filter((trashed) => isOld(run, trashed.trashedAtMs, days));
  await work.local.purgeTrash(old.map((trashed) => trashed.trashId));
  return old.length;
}

/** The same for the trash in the place, by the store's own date of each object; nothing outside that prefix is ever named in a request. */
export async function purgeStoreTrash(work: Work, days: number): Promise<number> {
  const run = daysThatRan(work);
  if (run === null) return 0;
  let removed = 0;
  let token: string | undefined;
  do {
    const page = await work.store.list({ prefix: remoteTrashPrefix, signal: work.signal, ...(token === undefined ? {} : { token }) });
    const old = page.objects.filter((object) => object.key.startsWith(remoteTrashPrefix) && isOld(run, object.lastModifiedMs, days));
    for (let at = 0; at < old.length && removed < mostRemovedAtOnce; at += removedSideBySide) {
      work.signal.throwIfAborted();
      // Each key was made for one version and is never written again; another device may have been quicker.
      const some = old.slice(at, at + removedSideBySide);
      await Promise.all(some.map((object) => work.store.remove(object.key, work.profile.conditionalDelete ? { ifMatch: object.etag } : undefined)));
      removed += some.length;
    }
    token = page.next ?? undefined;
  } while (token !== undefined && removed < mostRemovedAtOnce);
  return removed;
}
