/** Looks once more at what was just moved into the root's trash: a program that still had the file open may have written to it (rule 15). */
import { keyOf, parentOf, type RelativePath } from '../../shared/relative-path.ts';
import { record, type Work } from './work.ts';

/** Brings back as a conflict copy what changed in the trash; resolves with the folders to look at again. */
export async function rescueFromTrash(work: Work): Promise<readonly RelativePath[]> {
  const folders: RelativePath[] = [];
  for (const trashed of await work.local.changedInTrash()) {
    const isTaken = (name: RelativePath): boolean => work.index.row(work.rootId, keyOf(name, 'file')) !== null || work.index.row(work.rootId, keyOf(name, 'folder')) !== null;
    const name = work.names.conflictName(trashed.path, work.root.deviceName, work.clock.nowMs(), isTaken);
    const back = await work.local.untrash(trashed.trashId, name);
    if (!back.ok) continue;
    work.index.transaction(() => {
      work.index.addConflict({ id: work.random(), rootId: work.rootId, path: trashed.path, copyPath: name, device: work.root.deviceName, atMs: work.clock.nowMs() });
      record(work, { kind: 'keepBoth', path: trashed.path, otherPath: name, sizeBytes: back.value.sizeBytes });
    });
    folders.push(parentOf(name));
    work.emit({ type: 'conflict' });
  }
  return folders;
}

const daysRunSetting = 'days-run';
const mostDaysKept = 4000;
const dayMs = 86_400_000;

/** Removes what has been in the trash for `days` days on which Strata ran and its clock agreed with the place's within a day (rule 24): a clock that jumps a year makes the trash one day older. */
export async function purgeOldTrash(work: Work, days: number): Promise<number> {
  const now = work.clock.nowMs();
  const theirs = work.store.storeTimeMs();
  if (theirs === null || Math.abs(theirs - now) > dayMs) return 0;
  const today = new Date(now).toISOString().slice(0, 10);
  const kept = JSON.parse(work.index.setting(daysRunSetting) ?? '[]') as string[];
  const run = kept.includes(today) ? kept : [...kept, today].slice(-mostDaysKept);
  if (run !== kept) work.index.setSetting(daysRunSetting, JSON.stringify(run));
  const old = (await work.local.listTrash()).filter((trashed) => {
    const since = new Date(trashed.trashedAtMs).toISOString().slice(0, 10);
    return run.filter((day) => day > since).length >= days;
  });
  await work.local.purgeTrash(old.map((trashed) => trashed.trashId));
  return old.length;
}
