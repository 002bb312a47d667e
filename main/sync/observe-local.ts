/** Merges what a scan of the disk saw into the rows; what was not seen is gone only after a complete observation (rules 2, 9, 10, 16). */
import { ancestorsOf, keyOf, parentOf, pathOfKey, type EntryKey, type RelativePath } from '../../shared/relative-path.ts';
import type { ErrorCode } from '../../shared/api/errors.ts';
import type { Row } from './index-port.ts';
import type { ScanEvent, ScannedEntry, Sha256 } from './ports.ts';
import { createSeenBits, type SeenBits } from './seen-bits.ts';
import { localSeenOf, sameStat, type Work } from './work.ts';

export interface LocalObservation {
  readonly complete: boolean;
  readonly code: ErrorCode | null;
  readonly changed: readonly EntryKey[] | 'many';
  readonly looked: number;
}
const manyChanges = 2000;

/** `folders: 'all'` walks everything; else only those folders, and whatever turns out to be new below them. */
export async function observeLocal(work: Work, folders: 'all' | readonly RelativePath[], onLooked: (count: number) => void = () => undefined): Promise<LocalObservation> {
  const seen = createSeenBits();
  const upTo = work.index.highestId();
  const state: Merge = { work, seen, requestedAt: work.touched.next(), changed: [], many: false, thawing: new Map(), fresh: [], whole: folders === 'all', unreadable: new Set() };
  let looked = 0;
  let queue: readonly RelativePath[] | 'all' = folders;
  while (queue === 'all' || queue.length > 0) {
    state.requestedAt = work.touched.next();
    const scanned = queue;
    let ended: Extract<ScanEvent, { type: 'end' }> | null = null;
    for await (const event of work.local.scan({ folders: scanned, signal: work.signal })) {
      if (event.type === 'entries') {
        work.index.transaction(() => event.entries.forEach((entry) => mergeEntry(state, entry)));
        looked += event.entries.length;
        onLooked(looked);
      } else if (event.type === 'unreadable') {
        noteUnreadable(state, event.path, event.code);
      } else ended = event;
    }
    if (ended === null || !ended.complete) return { complete: false, code: ended === null ? 'scan_incomplete' : ended.code, changed: state.many ? 'many' : state.changed, looked };
    if (scanned === 'all') {
      sweepUnseen(state, upTo);
      break;
    }
    work.index.transaction(() => scanned.forEach((folder) => sweepFolder(state, folder)));
    queue = state.fresh.splice(0);
  }
  work.index.transaction(() => thaw(state));
  return { complete: true, code: null, changed: state.many ? 'many' : state.changed, looked };
}

interface Merge {
  readonly work: Work;
  readonly seen: SeenBits;
  requestedAt: number;
  readonly changed: EntryKey[];
  many: boolean;
  /** Rows whose reason to be skipped may be over; decided at the end, because a folder is named before it is found unreadable. */
  readonly thawing: Map<EntryKey, ScannedEntry>;
  readonly fresh: RelativePath[];
  readonly whole: boolean;
  readonly unreadable: Set<RelativePath>;
}

function note(state: Merge, key: EntryKey): void {
  if (state.changed.length < manyChanges) state.changed.push(key);
  else state.many = true;
}

function mergeEntry(state: Merge, entry: ScannedEntry): void {
  const { work } = state;
  const isFolder = entry.stat.kind === 'folder';
  const key = keyOf(entry.path, isFolder ? 'folder' : 'file');
  if (entry.skipped !== null) {
    freeze(state, entry);
    return;
  }
  const row = work.index.row(work.rootId, key);
  if (row !== null) state.seen.add(row.id);
  if (row !== null && row.frozen !== null) {
    state.thawing.set(key, entry);
    return;
  }
  // A link or special file of this name that kept the row frozen may have been replaced by a real one of the other kind.
  if (row === null) releaseOther(state, entry);
  if (row?.local && sameStat(row.local, { ...entry.stat, sizeBytes: isFolder ? 0 : entry.stat.sizeBytes }) && row.local.executable === (!isFolder && bitOf(work, row, entry))) return;
  if (isFolder && row?.local && row.local.inode === entry.stat.inode && row.local.diskPath === entry.diskPath) return;
  if (!work.touched.mayMerge(key, state.requestedAt)) {
    work.lookAgain.folders.add(parentOf(entry.path));
    return;
  }
  writeEntry(state, key, entry, row);
}

function bitOf(work: Work, row: Row | null, entry: ScannedEntry): boolean {
  // A disk that can't hold the bit keeps what both sides agreed on (rule 27).
  return work.holdsExecutable ? entry.stat.executable : (row?.base?.executable ?? false);
}

function writeEntry(state: Merge, key: EntryKey, entry: ScannedEntry, row: Row | null): void {
  const { work } = state;
  const isFolder = entry.stat.kind === 'folder';
  const isNew = row === null || row.local === null;
  const sha = inheritedHash(work, row, entry);
  const seen = { ...localSeenOf(entry.diskPath, entry.stat, sha), executable: !isFolder && bitOf(work, row, entry) };
  // Neither side may win: both are kept, the empty one as a conflict copy.
  if (row !== null && wasEmptiedByPowerFailure(row, entry)) work.index.setBase(work.rootId, key, null);
  state.seen.add(work.index.setLocal(work.rootId, key, seen));
  // What could not be read or sent as it was may be possible now that it is another.
  if (row !== null && row.failure !== null && row.failure.nextTryAtMs === null) work.index.setFailure(work.rootId, key, null);
  note(state, key);
  if (isFolder && isNew && !state.whole) state.fresh.push(entry.path);
}

/** A file whose program never flushed it comes out of a power failure without its bytes but with its time; whoever empties one moves that (F02). */
function wasEmptiedByPowerFailure(row: Row, { stat }: ScannedEntry): boolean {
  const { local, base } = row;
  return base !== null && base.sizeBytes > 0 && local !== null && local.sha256 === base.sha256 && local.inode === stat.inode && local.mtimeNs === stat.mtimeNs && stat.sizeBytes === 0;
}

/** A new path keeps a vanished row's hash only if inode, birthtime, size and mtime agree (rule 36); a bit flipped by chmod leaves the content alone only when nothing else moved. */
function inheritedHash(work: Work, row: Row | null, entry: ScannedEntry): Sha256 | null {
  const { stat } = entry;
  const own = row?.local ?? null;
  if (own !== null && own.sha256 !== null && own.sizeBytes === stat.sizeBytes && own.mtimeNs === stat.mtimeNs && own.inode === stat.inode && own.ctimeNs === stat.ctimeNs) return own.sha256;
  if (row === null && stat.kind === 'file' && stat.sizeBytes > 0) {
    const like = work.index.vanishedLike(work.rootId, { inode: stat.inode, birthtimeNs: stat.birthtimeNs, sizeBytes: stat.sizeBytes, mtimeNs: stat.mtimeNs });
    const [sole] = like;
    if (like.length === 1 && sole?.vanished && sole.base) return sole.base.sha256;
  }
  return null;
}

function freeze(state: Merge, entry: ScannedEntry): void {
  const { work } = state;
  const { skipped } = entry;
  if (skipped === null) return;
  const keys = [keyOf(entry.path, entry.stat.kind === 'folder' ? 'folder' : 'file')];
  // A link in a folder's place must keep the folder's rows from reading as deleted (rule 9), and the other way round.
  const other = keyOf(entry.path, entry.stat.kind === 'folder' ? 'file' : 'folder');
  if (work.index.row(work.rootId, other) !== null) keys.push(other);
  for (const key of keys) {
    const row = work.index.row(work.rootId, key);
    state.thawing.delete(key);
    if (row?.frozen?.code === skipped.code && row.frozen.detail === skipped.detail) {
      state.seen.add(row.id);
      continue;
    }
    state.seen.add(work.index.setFrozen(work.rootId, key, skipped));
    note(state, key);
  }
}

function releaseOther(state: Merge, entry: ScannedEntry): void {
  const { work } = state;
  const other = keyOf(entry.path, entry.stat.kind === 'folder' ? 'file' : 'folder');
  const row = work.index.row(work.rootId, other);
  if (row?.frozen && localReasons.has(row.frozen.code)) work.index.setFrozen(work.rootId, other, null);
}
/** Trouble of a disk or a network drive, which passes. */
const passingReasons = ['file_unreadable', 'disk_error', 'too_many_open', 'file_busy'] as const;
/** What a look at the disk can say, and the next look can take back. */
const localReasons: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['is_symlink', 'is_special', 'is_ignored', 'is_mount', 'is_nested_root', 'name_clash', 'only_skipped', ...passingReasons]);

function noteUnreadable(state: Merge, path: RelativePath, told: ErrorCode): void {
  if (path === '') return;
  const { work } = state;
  if (told === 'file_vanished') {
    state.fresh.push(parentOf(path));
    return;
  }
  // Whatever else a system says of a read, it must not outlast the next one that succeeds.
  const code = localReasons.has(told) ? told : 'disk_error';
  state.unreadable.add(path);
  // What could not be looked at is of the kind it was; of something new nobody knows.
  const known = (['file', 'folder'] as const).map((kind) => keyOf(path, kind)).filter((key) => work.index.row(work.rootId, key) !== null);
  for (const key of known.length > 0 ? known : [keyOf(path, 'folder')]) {
    state.thawing.delete(key);
    const row = work.index.row(work.rootId, key);
    if (row !== null) state.seen.add(row.id);
    if (row?.frozen?.code === code) continue;
    state.seen.add(work.index.setFrozen(work.rootId, key, { code, detail: '' }));
    note(state, key);
  }
}

/** What is readable and ordinary again loses its base and merges (rule 9). */
function thaw(state: Merge): void {
  const { work } = state;
  for (const [key, entry] of state.thawing) {
    const row = work.index.row(work.rootId, key);
    if (row?.frozen && !localReasons.has(row.frozen.code)) continue;
    if (row?.frozen?.code === 'only_skipped' && !work.index.anyBelow(work.rootId, pathOfKey(key), 'local', new Set())) continue;
    work.index.setFrozen(work.rootId, key, null);
    writeEntry(state, key, entry, work.index.row(work.rootId, key));
    releaseOther(state, entry);
    if (entry.stat.kind === 'folder') work.lookAgain.folders.add(entry.path);
  }
  if (state.whole) thawUnseen(state);
}

/** What could not be read, and is no longer there, was deleted: its folder is looked at again (rule 9). */
function thawUnseen(state: Merge): void {
  const { work } = state;
  const isUnreadable = (path: RelativePath): boolean => state.unreadable.has(path) || ancestorsOf(path).some((folder) => state.unreadable.has(folder));
  for (const code of passingReasons) {
    let after = '';
    for (;;) {
      const rows = work.index.frozenWith(work.rootId, code, { after, limit: 500 });
      for (const row of rows) {
        const path = pathOfKey(row.key);
        if (state.thawing.has(row.key) || isUnreadable(path)) continue;
        work.index.setFrozen(work.rootId, row.key, null);
        work.lookAgain.folders.add(parentOf(path));
      }
      const last = rows[rows.length - 1];
      if (rows.length < 500 || last === undefined) break;
      after = last.key;
    }
  }
}

function sweepUnseen(state: Merge, upTo: number): void {
  const { work } = state;
  let afterId = 0;
  for (;;) {
    const page = work.index.transaction(() => {
      const found = work.index.unseen(work.rootId, 'local', state.seen, { afterId, upTo, limit: 5000 });
      for (const row of found.rows) dropLocal(state, row);
      return found;
    });
    if (page.lastId === null) return;
    afterId = page.lastId;
  }
}

function sweepFolder(state: Merge, folder: RelativePath): void {
  const { work } = state;
  if (state.unreadable.has(folder)) return;
  let after = '';
  for (;;) {
    const rows = work.index.below(work.rootId, folder, { after, limit: 500, directOnly: true });
    for (const row of rows) {
      if (row.local === null || row.frozen !== null || state.seen.has(row.id)) continue;
      dropLocal(state, row);
      if (row.key.endsWith('/')) sweepBelow(state, pathOfKey(row.key));
    }
    const last = rows[rows.length - 1];
    if (rows.length < 500 || last === undefined) return;
    after = last.key;
  }
}

function sweepBelow(state: Merge, folder: RelativePath): void {
  let after = '';
  for (;;) {
    const rows = state.work.index.below(state.work.rootId, folder, { after, limit: 500 });
    for (const row of rows) if (row.local !== null && row.frozen === null) dropLocal(state, row);
    const last = rows[rows.length - 1];
    if (rows.length < 500 || last === undefined) return;
    after = last.key;
  }
}

function dropLocal(state: Merge, row: Row): void {
  const { work } = state;
  if (!work.touched.mayMerge(row.key, state.requestedAt)) {
    work.lookAgain.folders.add(parentOf(pathOfKey(row.key)));
    return;
  }
  work.index.setLocal(work.rootId, row.key, null);
  note(state, row.key);
}
