/** Folders that this computer leaves in the place: what arrives there is agreed on as online-only and moves no byte (rules 1, 12, 18). */
import { everythingHere, isHere, simplified, type FolderChoice } from '../../shared/model/chosen-folders.ts';
import { kindOfKey, parseRelativePath, pathOfKey } from '../../shared/relative-path.ts';
import { folderBase, type Work } from './work.ts';
import type { BaseEntry, Index, RootId, Row } from './index-port.ts';
import { compareRow } from './plan/compare.ts';
import { decide } from './plan/decide.ts';
import type { RootMarker, Sha256 } from './ports.ts';

const duePage = 500;

export function chosenFolders(index: Pick<Index, 'setting'>, rootId: RootId): readonly FolderChoice[] {
  const text = index.setting(settingName(rootId));
  return text === null ? everythingHere : readChoices(JSON.parse(text));
}
export function saveChosenFolders(index: Pick<Index, 'setSetting' | 'durably'>, rootId: RootId, choices: readonly FolderChoice[]): void {
  const kept = simplified(choices);
  index.durably(() => index.setSetting(settingName(rootId), JSON.stringify(kept)));
}
function settingName(rootId: RootId): string {
  return `folders:${rootId}`;
}
/** The mark on the disk may come from anywhere: what is no choice is left out. */
function readChoices(found: unknown): readonly FolderChoice[] {
  if (!Array.isArray(found)) return everythingHere;
  return simplified(found.flatMap((item: unknown) => {
    const { folder, here } = (item ?? {}) as { folder?: unknown; here?: unknown };
    if (typeof folder !== 'string' || typeof here !== 'boolean') return [];
    if (folder === '') return [{ folder, here }];
    const parsed = parseRelativePath(folder);
    return parsed.ok ? [{ folder: parsed.path as string, here }] : [];
  }));
}

/** The folder's mark carries the choice, so that a lost or older index does not bring everything down (rule 12). Of another library it says nothing. */
export function takeUpChoice(index: Index, rootId: RootId, libraryId: string, marker: RootMarker | null, over: 'nothing' | 'anything'): void {
  if (marker?.folders === undefined || marker.libraryId !== libraryId) return;
  if (over === 'anything' || index.setting(settingName(rootId)) === null) saveChosenFolders(index, rootId, readChoices(marker.folders));
}

/** Rows that would come down although their folder is not chosen become online-only; what is left has to be done. */
export function leaveUnchosen(work: Work, rows: readonly Row[]): readonly Row[] {
  const choices = chosenFolders(work.index, work.rootId);
  if (choices.length === 0) return rows;
  const stays = (row: Row): boolean => row.local === null && row.remote !== null && !isHere(choices, pathOfKey(row.key)) && !work.touched.inFlight(row.key) && decide(compareRow(row)) === 'download';
  const left = rows.filter(stays);
  if (left.length === 0) return rows;
  work.index.transaction(() => left.forEach((row) => work.index.setBase(work.rootId, row.key, onlineOnlyBase(row))));
  const marked = new Set(left);
  return rows.filter((row) => !marked.has(row));
}

/** Which version is meant, as far as a listing tells it: it proves nothing and overwrites nothing. */
function onlineOnlyBase(row: Row): BaseEntry | null {
  if (kindOfKey(row.key) === 'folder') return { ...folderBase, resident: false };
  const { remote } = row;
  if (remote === null) return row.base;
  return { sha256: remote.sha256 ?? (`unread:${remote.etag}` as Sha256), sizeBytes: remote.sizeBytes, executable: remote.executable ?? false, resident: false, store: remote.store, etag: remote.etag, versionId: remote.versionId };
}

/** Before a round is counted and shown: a million files left in the place are no work. */
export function leaveAllUnchosen(work: Work): void {
  if (chosenFolders(work.index, work.rootId).length === 0) return;
  let after = '';
  for (;;) {
    const rows = work.index.due(work.rootId, { after, limit: duePage, nowMs: work.clock.nowMs() });
    leaveUnchosen(work, rows);
    const last = rows[rows.length - 1];
    if (rows.length < duePage || last === undefined) return;
    after = last.key;
  }
}
