/** The index's rows: reading them by key, due, unseen or alike, and writing one side at a time. */
import type Database from 'better-sqlite3';
import { afterFolder, foldKey, kindOfKey, parentOf, pathOfKey, type EntryKey, type RelativePath } from '../../shared/relative-path.ts';
import type { BaseEntry, Frozen, Index, RootId, Row, SeenRows } from '../sync/index-port.ts';
import { rowColumns, signed, toRow, type FlatRow } from './row-codec.ts';
import { dueSql } from './schema.ts';

type RowMethods = Pick<Index, 'row' | 'setLocal' | 'setRemote' | 'setBase' | 'setCold' | 'coldUnseen' | 'setUsed' | 'setFrozen' | 'setFailure' | 'clearFailures' | 'forgetSettledFailures' | 'tryNoLaterThan' | 'due' | 'needHash' | 'dueCount' | 'dueWork' | 'failedRows' | 'nextTryAtMs' | 'highestId' | 'unseen' | 'below' | 'anyBelow' | 'vanishedLike' | 'newLocalsLike' | 'remoteGoneOfSize' | 'anyRemoteGone' | 'newRemotesOfSize' | 'onlineOnlyPaths' | 'dropAllBase' | 'foldsCase' | 'setFoldsCase' | 'spelledLike' | 'frozenWith'>;

/** For a file that changed under the handle: what was read of it before is asked again. */
export interface Caching {
  forgetCached(): void;
}

export function rowMethods(database: Database.Database): RowMethods & Caching {
  const folds = foldMethods(database);
  const { forgetFolds, ...asked } = folds;
  const writing = writers(database, folds.foldsCase);
  return {
    ...writing, ...readers(database), ...lookalikes(database), ...asked,
    forgetCached: () => {
      writing.forgetCached();
      forgetFolds();
    },
  };
}

/** Fold keys are kept only for roots on a disk that folds: elsewhere they would be bytes for nothing (rule 37). */
function foldMethods(database: Database.Database): Pick<RowMethods, 'foldsCase' | 'setFoldsCase' | 'spelledLike' | 'frozenWith'> & { forgetFolds(): void } {
  const read = database.prepare<[string], number>('SELECT folds_case FROM roots WHERE id = ?').pluck();
  const write = database.prepare('UPDATE roots SET folds_case = ? WHERE id = ?');
  const keys = database.prepare<[string, number], { id: number; key: string }>('SELECT id, key FROM entries WHERE root = ? AND id > ? ORDER BY id LIMIT 5000');
  const fill = database.prepare('UPDATE entries SET fold = ? WHERE id = ?');
  const clear = database.prepare('UPDATE entries SET fold = NULL WHERE root = ? AND fold IS NOT NULL');
  const alike = reading(database, `SELECT ${rowColumns} FROM entries INDEXED BY entries_fold WHERE root = ? AND fold = ? AND key <> ?`);
  const frozen = reading(database, `SELECT ${rowColumns} FROM entries INDEXED BY entries_frozen WHERE root = ? AND key > ? AND frozen IS NOT NULL AND frozen = ? ORDER BY key LIMIT ?`);
  const known = new Map<string, boolean>();
  const foldsCase = (rootId: RootId): boolean => {
    const cached = known.get(rootId);
    if (cached !== undefined) return cached;
    const folds = read.get(rootId) === 1;
    known.set(rootId, folds);
    return folds;
  };
  return {
    forgetFolds: () => known.clear(),
    foldsCase,
    setFoldsCase: (rootId, folds) => {
      database.transaction(() => {
        write.run(folds ? 1 : 0, rootId);
        clear.run(rootId);
        if (!folds) return;
        for (let page = keys.all(rootId, 0); page.length > 0; page = keys.all(rootId, page[page.length - 1]?.id ?? 0)) {
          for (const { id, key } of page) fill.run(foldKey(key), id);
        }
      })();
      known.set(rootId, folds);
    },
    spelledLike: (rootId, key) => (foldsCase(rootId) ? alike.all(rootId, foldKey(key), key).map(toRow) : []),
    frozenWith: (rootId, code, { after, limit }) => frozen.all(rootId, after, code, limit).map(toRow),
  };
}

const notWaiting = `NOT EXISTS (SELECT 1 FROM hold_rows h JOIN holds o ON o.id = h.hold WHERE h.root = entries.root AND h.key = entries.key AND o.state = 'waiting')`;

/** What is skipped or agreed waits for nothing: an old failure of it would be told for ever. */
const noFailure = 'fail_code = NULL, fail_context = NULL, fail_attempts = NULL, fail_next = NULL';

function reading(database: Database.Database, sql: string): Database.Statement<unknown[], FlatRow> {
  return database.prepare<unknown[], FlatRow>(sql).safeIntegers(true);
}

function writers(database: Database.Database, foldsCase: Index['foldsCase']): Pick<RowMethods, 'row' | 'setLocal' | 'setRemote' | 'setBase' | 'setCold' | 'setUsed' | 'setFrozen' | 'setFailure' | 'clearFailures' | 'forgetSettledFailures' | 'tryNoLaterThan' | 'dropAllBase'> & Caching {
  const byKey = reading(database, `SELECT ${rowColumns} FROM entries WHERE root = ? AND key = ?`);
  const insert = database.prepare('INSERT INTO entries (root, key, parent, fold) VALUES (?, ?, ?, ?) ON CONFLICT (root, key) DO NOTHING');
  const idOf = database.prepare<[string, string], number>('SELECT id FROM entries WHERE root = ? AND key = ?').pluck();
  const local = database.prepare('UPDATE entries SET l_here = 1, l_disk = ?, l_size = ?, l_mtime = ?, l_ctime = ?, l_birth = ?, l_inode = ?, l_exec = ?, l_sha = ? WHERE id = ?');
  const localGone = database.prepare('UPDATE entries SET l_here = 0 WHERE id = ?');
  const remote = database.prepare('UPDATE entries SET r_key = ?, r_size = ?, r_etag = ?, r_modified = ?, r_sha = ?, r_mtime = ?, r_exec = ?, r_tier = ?, r_store = ?, r_class = ?, r_version = ? WHERE id = ?');
  const cold = database.prepare('UPDATE entries SET c_etag = ?, c_size = ?, c_at = ?, c_of = ?, c_class = ? WHERE root = ? AND key = ?');
  const used = database.prepare('UPDATE entries SET used_at = ? WHERE root = ? AND key = ? AND (used_at IS NULL OR used_at < ?)');
  const base = database.prepare(`UPDATE entries SET b_sha = ?, b_size = ?, b_exec = ?, b_resident = ?, b_store = ?, b_etag = ?, b_version = ?, ${noFailure} WHERE id = ?`);
  const sweep = database.prepare('DELETE FROM entries WHERE id = ? AND l_here = 0 AND r_etag IS NULL AND b_sha IS NULL AND frozen IS NULL');
  const setFrozenOne = database.prepare(`UPDATE entries SET frozen = ?, frozen_detail = ?, ${noFailure} WHERE id = ?`);
  const thawOne = database.prepare('UPDATE entries SET frozen = NULL, frozen_detail = NULL, b_sha = NULL, b_size = NULL, b_exec = NULL, b_resident = NULL, b_store = NULL, b_etag = NULL, b_version = NULL WHERE id = ?');
  const freezeBelow = database.prepare(`UPDATE entries SET frozen = ?, frozen_detail = ?, ${noFailure} WHERE root = ? AND key > ? AND key < ? AND frozen IS NULL`);
  const thawBelow = database.prepare('UPDATE entries SET frozen = NULL, frozen_detail = NULL, b_sha = NULL, b_size = NULL, b_exec = NULL, b_resident = NULL, b_store = NULL, b_etag = NULL, b_version = NULL WHERE root = ? AND key > ? AND key < ? AND frozen IS NOT NULL');
  const frozenFolderList = database.prepare<[string], string>("SELECT key FROM entries WHERE root = ? AND frozen IS NOT NULL AND key LIKE '%/'").pluck();
  const failure = database.prepare('UPDATE entries SET fail_code = ?, fail_context = ?, fail_attempts = ?, fail_next = ? WHERE root = ? AND key = ?');
  const noLater = database.prepare('UPDATE entries INDEXED BY entries_failed SET fail_next = ? WHERE root = ? AND fail_code IS NOT NULL AND fail_next > ?');
  const settledFailures = database.prepare(`UPDATE entries INDEXED BY entries_failed SET ${noFailure} WHERE root = ? AND fail_code IS NOT NULL AND frozen IS NULL AND NOT ${dueSql}`);
  const clearOne = database.prepare('UPDATE entries SET fail_next = 0 WHERE root = ? AND key = ? AND fail_code IS NOT NULL');
  const clearAll = database.prepare('UPDATE entries SET fail_next = 0 WHERE root = ? AND fail_code IS NOT NULL');
  const dropBase = database.prepare('UPDATE entries SET b_sha = NULL, b_size = NULL, b_exec = NULL, b_resident = NULL, b_store = NULL, b_etag = NULL, b_version = NULL, fail_code = NULL WHERE root = ? AND b_sha IS NOT NULL');
  const sweepAll = database.prepare('DELETE FROM entries WHERE root = ? AND l_here = 0 AND r_etag IS NULL AND b_sha IS NULL AND frozen IS NULL');

  const frozenFolders = new Map<string, Map<string, Frozen>>();
  const frozenOf = (rootId: string): Map<string, Frozen> => {
    let set = frozenFolders.get(rootId);
    if (set === undefined) {
      set = new Map();
      for (const key of frozenFolderList.all(rootId)) {
        const row = byKey.get(rootId, key);
        if (row?.frozen) set.set(key, { code: row.frozen as Frozen['code'], detail: row.frozen_detail ?? '' });
      }
      frozenFolders.set(rootId, set);
    }
    return set;
  };
  const ensure = (rootId: RootId, key: EntryKey): number => {
    const known = idOf.get(rootId, key);
    if (known !== undefined) return known;
    const id = Number(insert.run(rootId, key, parentOf(pathOfKey(key)), foldsCase(rootId) ? foldKey(key) : null).lastInsertRowid);
    // What appears below a frozen folder is frozen too (rule 9).
    const frozen = frozenOf(rootId);
    if (frozen.size > 0) {
      for (let at = parentOf(pathOfKey(key)); at !== ''; at = parentOf(at)) {
        const above = frozen.get(`${at}/`);
        if (above !== undefined) {
          setFrozenOne.run(above.code, above.detail, id);
          break;
        }
      }
    }
    return id;
  };

  return {
    forgetCached: () => frozenFolders.clear(),
    row: (rootId, key) => {
      const flat = byKey.get(rootId, key);
      return flat === undefined ? null : toRow(flat);
    },
    setLocal: (rootId, key, seen) => {
      if (seen === null) {
        const id = idOf.get(rootId, key);
        if (id === undefined) return 0;
        localGone.run(id);
        sweep.run(id);
        return id;
      }
      const id = ensure(rootId, key);
      local.run(seen.diskPath, seen.sizeBytes, seen.mtimeNs, seen.ctimeNs, seen.birthtimeNs, signed(seen.inode), seen.executable ? 1 : 0, seen.sha256, id);
      return id;
    },
    setRemote: (rootId, key, seen) => {
      if (seen === null) {
        const id = idOf.get(rootId, key);
        if (id === undefined) return 0;
        remote.run(null, null, null, null, null, null, null, null, null, null, null, id);
        sweep.run(id);
        return id;
      }
      const id = ensure(rootId, key);
      remote.run(seen.objectKey === (key as string) ? null : seen.objectKey, seen.sizeBytes, seen.etag, seen.modifiedMs, seen.sha256, seen.mtimeNs, seen.executable === null ? null : seen.executable ? 1 : 0, seen.tier, seen.store, seen.storageClass, seen.versionId, id);
      return id;
    },
    setBase: (rootId, key, entry) => {
      const id = entry === null ? (idOf.get(rootId, key) ?? 0) : ensure(rootId, key);
      if (id === 0) return 0;
      base.run(...baseValues(entry), id);
      if (entry === null) sweep.run(id);
      return id;
    },
    setCold: (rootId, key, copy) => void cold.run(copy?.etag ?? null, copy?.sizeBytes ?? null, copy?.atMs ?? null, copy?.ofEtag ?? null, copy?.storageClass ?? null, rootId, key),
    setUsed: (rootId, key, atMs) => void used.run(atMs, rootId, key, atMs),
    setFrozen: (rootId, key, frozen) => {
      const isFolder = kindOfKey(key) === 'folder';
      const range = [key, afterFolder(pathOfKey(key))] as const;
      if (frozen !== null) {
        const id = ensure(rootId, key);
        setFrozenOne.run(frozen.code, frozen.detail, id);
        if (isFolder) {
          freezeBelow.run(frozen.code, frozen.detail, rootId, ...range);
          frozenOf(rootId).set(key, frozen);
        }
        return id;
      }
      const id = idOf.get(rootId, key);
      if (id === undefined) return 0;
      thawOne.run(id);
      sweep.run(id);
      if (isFolder && frozenOf(rootId).delete(key)) thawBelow.run(rootId, ...range);
      return id;
    },
    setFailure: (rootId, key, entry) => {
      if (entry === null) failure.run(null, null, null, null, rootId, key);
      else failure.run(entry.code, JSON.stringify(entry.context), entry.attempts, entry.nextTryAtMs, rootId, key);
    },
    forgetSettledFailures: (rootId) => void settledFailures.run(rootId),
    clearFailures: (rootId, key) => {
      if (key === null) clearAll.run(rootId);
      else clearOne.run(rootId, key);
    },
    tryNoLaterThan: (rootId, latestMs) => void noLater.run(latestMs, rootId, latestMs),
    dropAllBase: (rootId) => {
      dropBase.run(rootId);
      sweepAll.run(rootId);
    },
  };
}

function baseValues(entry: BaseEntry | null): unknown[] {
  if (entry === null) return [null, null, null, null, null, null, null];
  return [entry.sha256, entry.sizeBytes, entry.executable ? 1 : 0, entry.resident ? 1 : 0, entry.store, entry.etag, entry.versionId];
}

function readers(database: Database.Database): Pick<RowMethods, 'due' | 'needHash' | 'dueCount' | 'dueWork' | 'failedRows' | 'nextTryAtMs' | 'highestId' | 'unseen' | 'coldUnseen' | 'below' | 'anyBelow' | 'onlineOnlyPaths'> {
  const due = reading(database, `SELECT ${rowColumns} FROM entries INDEXED BY entries_due WHERE root = ? AND key > ? AND frozen IS NULL AND ${dueSql} AND (fail_code IS NULL OR (fail_next IS NOT NULL AND fail_next <= ?)) AND ${notWaiting} ORDER BY key LIMIT ?`);
  const needHash = reading(
    database,
    `SELECT ${rowColumns} FROM entries INDEXED BY entries_due WHERE root = ? AND key > ? AND frozen IS NULL AND ${dueSql}
     AND l_here = 1 AND l_sha IS NULL AND (fail_code IS NULL OR fail_next <= ?)
     AND (b_sha IS NOT NULL OR EXISTS (SELECT 1 FROM entries v WHERE v.root = entries.root AND v.l_here = 0 AND v.b_sha IS NOT NULL AND v.b_resident = 1 AND v.b_size = entries.l_size AND v.b_size > 0))
     ORDER BY key LIMIT ?`,
  );
  const dueCount = database.prepare<[string], number>(`SELECT count(*) FROM entries INDEXED BY entries_due WHERE root = ? AND frozen IS NULL AND ${dueSql}`).pluck();
  const dueWork = database.prepare<[string], { files: number; bytes: number | null }>(`SELECT count(*) AS files, sum(CASE WHEN l_here = 1 AND (r_etag IS NULL OR r_etag IS b_etag) THEN l_size WHEN l_here = 0 OR r_etag IS NOT b_etag THEN coalesce(r_size, 0) ELSE 0 END) AS bytes FROM entries INDEXED BY entries_due WHERE root = ? AND frozen IS NULL AND ${dueSql}`);
  const failedRows = reading(database, `SELECT ${rowColumns} FROM entries INDEXED BY entries_failed WHERE root = ? AND fail_code IS NOT NULL ORDER BY key LIMIT ?`);
  const nextTry = database.prepare<[string], number | null>('SELECT min(fail_next) FROM entries INDEXED BY entries_failed WHERE root = ? AND fail_code IS NOT NULL').pluck();
  const highest = database.prepare<[], number | null>('SELECT max(id) FROM entries').pluck();
  const side = { local: 'l_here = 1', remote: 'r_etag IS NOT NULL', base: 'b_sha IS NOT NULL' } as const;
  const unseen = {
    local: database.prepare<[string, number, number, number], number>('SELECT id FROM entries WHERE root = ? AND id > ? AND id <= ? AND l_here = 1 AND frozen IS NULL ORDER BY id LIMIT ?').pluck(),
    remote: database.prepare<[string, number, number, number], number>('SELECT id FROM entries WHERE root = ? AND id > ? AND id <= ? AND r_etag IS NOT NULL ORDER BY id LIMIT ?').pluck(),
  };
  const coldIds = database.prepare<[string, number, number], number>('SELECT id FROM entries INDEXED BY entries_cold WHERE root = ? AND id > ? AND c_etag IS NOT NULL ORDER BY id LIMIT ?').pluck();
  const byId = reading(database, `SELECT ${rowColumns} FROM entries WHERE id = ?`);
  const below = reading(database, `SELECT ${rowColumns} FROM entries WHERE root = ? AND key > ? AND key > ? AND key < ? ORDER BY key LIMIT ?`);
  const all = reading(database, `SELECT ${rowColumns} FROM entries WHERE root = ? AND key > ? ORDER BY key LIMIT ?`);
  const children = reading(database, `SELECT ${rowColumns} FROM entries WHERE root = ? AND parent = ? AND key > ? ORDER BY key LIMIT ?`);
  const anyBelow = {
    local: database.prepare<[string, string, string, number], string>(`SELECT key FROM entries WHERE root = ? AND key > ? AND key < ? AND ${side.local} AND frozen IS NULL LIMIT ?`).pluck(),
    remote: database.prepare<[string, string, string, number], string>(`SELECT key FROM entries WHERE root = ? AND key > ? AND key < ? AND ${side.remote} LIMIT ?`).pluck(),
    base: database.prepare<[string, string, string, number], string>(`SELECT key FROM entries WHERE root = ? AND key > ? AND key < ? AND ${side.base} LIMIT ?`).pluck(),
  };
  const rowsNotSeen = (ids: readonly number[], seen: SeenRows, limit: number): { rows: Row[]; lastId: number | null } => {
    const rows = ids.flatMap((id) => {
      const flat = seen.has(id) ? undefined : byId.get(id);
      return flat === undefined ? [] : [toRow(flat)];
    });
    return { rows, lastId: ids.length < limit ? null : (ids[ids.length - 1] ?? null) };
  };
  const onlineOnly = database.prepare<[string], string>('SELECT key FROM entries INDEXED BY entries_online_only WHERE root = ? AND b_resident = 0 ORDER BY key').pluck();
  return {
    due: (rootId, request) => due.all(rootId, request.after, request.nowMs, request.limit).map(toRow),
    needHash: (rootId, request) => needHash.all(rootId, request.after, request.nowMs, request.limit).map(toRow),
    dueCount: (rootId) => dueCount.get(rootId) ?? 0,
    dueWork: (rootId) => {
      const found = dueWork.get(rootId);
      return { files: found?.files ?? 0, bytes: found?.bytes ?? 0 };
    },
    failedRows: (rootId, limit) => failedRows.all(rootId, limit).map(toRow),
    nextTryAtMs: (rootId) => nextTry.get(rootId) ?? null,
    highestId: () => highest.get() ?? 0,
    unseen: (rootId, which, seen, request) => rowsNotSeen(unseen[which].all(rootId, request.afterId, request.upTo, request.limit), seen, request.limit),
    coldUnseen: (rootId, seen, request) => rowsNotSeen(coldIds.all(rootId, request.afterId, request.limit), seen, request.limit),
    below: (rootId, folder, request) => {
      if (request.directOnly) return children.all(rootId, folder, request.after, request.limit).map(toRow);
      if (folder === '') return all.all(rootId, request.after, request.limit).map(toRow);
      return below.all(rootId, `${folder}/`, request.after, afterFolder(folder as RelativePath), request.limit).map(toRow);
    },
    anyBelow: (rootId, folder, which, except) =>
      anyBelow[which].all(rootId, `${folder}/`, afterFolder(folder as RelativePath), except.size + 1).some((key) => !except.has(key as EntryKey)),
    onlineOnlyPaths: (rootId) => onlineOnly.all(rootId),
  };
}

function lookalikes(database: Database.Database): Pick<RowMethods, 'vanishedLike' | 'newLocalsLike' | 'remoteGoneOfSize' | 'anyRemoteGone' | 'newRemotesOfSize'> {
  // Only of one whose last content here was the agreed one: an edit that was seen and then renamed is not what both sides have.
  const byInode = reading(database, `SELECT ${rowColumns} FROM entries WHERE root = ? AND l_inode = ? AND l_inode IS NOT NULL AND l_here = 0 AND b_resident = 1 AND l_sha = b_sha AND l_birth = ? AND l_size = ? AND l_mtime = ? AND frozen IS NULL LIMIT 3`);
  const bySha = reading(database, `SELECT ${rowColumns} FROM entries WHERE root = ? AND b_sha = ? AND l_here = 0 AND b_sha IS NOT NULL AND b_resident = 1 AND frozen IS NULL LIMIT 3`);
  const newLocals = reading(database, `SELECT ${rowColumns} FROM entries WHERE root = ? AND l_sha = ? AND l_here = 1 AND b_sha IS NULL AND frozen IS NULL LIMIT 3`);
  const remoteGone = reading(database, `SELECT ${rowColumns} FROM entries WHERE root = ? AND b_size = ? AND r_etag IS NULL AND b_sha IS NOT NULL AND frozen IS NULL AND (? IS NULL OR b_sha = ?) LIMIT 3`);
  const anyGone = database.prepare<[string], number>('SELECT 1 FROM entries INDEXED BY entries_remote_gone WHERE root = ? AND r_etag IS NULL AND b_sha IS NOT NULL LIMIT 1').pluck();
  const newRemotes = reading(database, `SELECT ${rowColumns} FROM entries WHERE root = ? AND r_size = ? AND r_etag IS NOT NULL AND b_sha IS NULL AND frozen IS NULL AND (? IS NULL OR r_sha = ?) LIMIT 3`);
  return {
    vanishedLike: (rootId, like) => ('sha256' in like ? bySha.all(rootId, like.sha256) : byInode.all(rootId, signed(like.inode), like.birthtimeNs, like.sizeBytes, like.mtimeNs)).map(toRow),
    newLocalsLike: (rootId, sha256) => newLocals.all(rootId, sha256).map(toRow),
    remoteGoneOfSize: (rootId, sizeBytes, sha256 = null) => remoteGone.all(rootId, sizeBytes, sha256, sha256).map(toRow),
    anyRemoteGone: (rootId) => anyGone.get(rootId) !== undefined,
    newRemotesOfSize: (rootId, sizeBytes, sha256 = null) => newRemotes.all(rootId, sizeBytes, sha256, sha256).map(toRow),
  };
}
