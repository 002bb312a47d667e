/** Carries a choice of folders out: what is no longer chosen leaves this disk as any eviction does, what is chosen again comes down in the ordinary rounds; nothing is deleted anywhere (rules 1, 12, 18). */
import { choiceOfBoth, isHere, simplified, type FolderChoice } from '../../shared/model/chosen-folders.ts';
import { kindOfKey, pathOfKey, type RelativePath } from '../../shared/relative-path.ts';
import type { ErrorCode } from '../../shared/api/errors.ts';
import { chosenFolders, saveChosenFolders } from '../sync/chosen-folders.ts';
import type { Index, RootId, Row } from '../sync/index-port.ts';
import { diskPathFor, type Work } from '../sync/work.ts';
import { evict, keepOnlineOnlyList, type ResidencyResult } from './residency.ts';

const pageRows = 500;
/** What may be in step a little later is tried again. */
const passing: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['not_in_step', 'file_changed', 'object_changed']);

/** At once, also while a long round runs: nothing new comes into what is no longer chosen. What is chosen again waits for `chooseFolders`. */
export function chooseAtOnce(index: Index, rootId: RootId, choices: readonly FolderChoice[]): void {
  saveChosenFolders(index, rootId, choiceOfBoth(chosenFolders(index, rootId), choices));
  index.setSetting(leavingName(rootId), '1');
}
export function isLeaving(index: Pick<Index, 'setting'>, rootId: RootId): boolean {
  return index.setting(leavingName(rootId)) !== null;
}
function leavingName(rootId: RootId): string {
  return `leaving:${rootId}`;
}

/**
 * Between two rounds. What is chosen again is forgotten as online-only first and the choice is kept after that: cut off in
 * between, the next round finds the old choice and takes these rows up as online-only again. An absence is never a deletion in either.
 */
export async function chooseFolders(work: Work, choices: readonly FolderChoice[]): Promise<void> {
  const before = chosenFolders(work.index, work.rootId);
  const comesBack = (path: string): boolean => !isHere(before, path) && isHere(choices, path);
  for (const rows of pagesBelow(work, '' as RelativePath)) {
    const wanted = rows.filter((row) => row.base?.resident === false && row.local === null && row.remote !== null && comesBack(pathOfKey(row.key)));
    work.index.transaction(() => wanted.forEach((row) => work.index.setBase(work.rootId, row.key, null)));
  }
  saveChosenFolders(work.index, work.rootId, choices);
  // A death before the mark is written leaves the index ahead of it; every start writes the mark again.
  const { marker } = await work.local.identify();
  if (marker !== null) await work.local.writeMarker({ ...marker, folders: simplified(choices) });
  await keepOnlineOnlyList(work);
  work.emit({ type: 'rows', keys: 'all' });
}

/** Takes off this disk what was not chosen; what is not in step yet stays and is named, and `isLeaving` holds until it has gone. */
export async function leaveFolders(work: Work, pinned: readonly string[]): Promise<ResidencyResult> {
  const choices = chosenFolders(work.index, work.rootId);
  const stays = (path: string): boolean => isHere(choices, path);
  const folders = choices.filter((choice) => !choice.here).map((choice) => choice.folder as RelativePath);
  const result = await evict(work, { paths: folders, pinned, stays });
  for (const folder of folders) await removeEmptied(work, folder, stays);
  if (!result.left.some((one) => passing.has(one.code))) work.index.setSetting(leavingName(work.rootId), null);
  return result;
}

/** Folders without a file here go as well, from the deepest up; one that holds anything, skipped files too, stays (rule 28). */
async function removeEmptied(work: Work, folder: RelativePath, stays: (path: string) => boolean): Promise<void> {
  if (folder !== '' && (await work.local.stat(diskPathFor(work, `${folder}/` as Row['key']))) === null) return;
  const levels = new Map<number, Row[]>();
  const own = folder === '' ? null : work.index.row(work.rootId, `${folder}/` as Row['key']);
  for (const rows of [...(own === null ? [] : [[own]]), ...pagesBelow(work, folder)]) {
    for (const row of rows) {
      if (kindOfKey(row.key) !== 'folder' || row.base === null || row.remote === null || row.frozen !== null || stays(pathOfKey(row.key))) continue;
      const depth = row.key.split('/').length;
      levels.set(depth, [...(levels.get(depth) ?? []), row]);
    }
  }
  for (const [, rows] of [...levels].sort((a, b) => b[0] - a[0])) await removeLevel(work, rows);
}
async function removeLevel(work: Work, rows: readonly Row[]): Promise<void> {
  const going = rows.filter((row) => !work.index.anyBelow(work.rootId, pathOfKey(row.key), 'local', new Set()));
  // Base moves first: were it killed after the folder went, its absence must not read as a deletion (rule 1).
  work.index.durably(() => going.forEach((row) => row.base !== null && work.index.setBase(work.rootId, row.key, { ...row.base, resident: false })));
  for (const row of going) {
    // A folder that a download made is on the disk before a scan tells of it.
    const removed = await work.local.removeFolder(diskPathFor(work, row.key));
    if (removed.ok || removed.why === 'absent') work.index.setLocal(work.rootId, row.key, null);
    else work.index.setBase(work.rootId, row.key, row.base);
  }
}

function* pagesBelow(work: Work, folder: RelativePath): Generator<readonly Row[], void, void> {
  let after = '';
  for (;;) {
    const rows = work.index.below(work.rootId, folder, { after, limit: pageRows });
    yield rows;
    const last = rows[rows.length - 1];
    if (rows.length < pageRows || last === undefined) return;
    after = last.key;
  }
}
