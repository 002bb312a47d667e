/** Holds in the index: counting deletions and overwrites before the first one, keeping the exact rows that wait, and what becomes of them. */
import type Database from 'better-sqlite3';
import type { ErrorCode, ErrorContext } from '../../shared/api/errors.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import type { GuardedSide, HoldRecord, Index, RootId } from '../sync/index-port.ts';
import { rowColumns, toRow, type FlatRow } from './row-codec.ts';
import { deleteLocalSql, deleteRemoteSql, dueSql, overwriteLocalSql, overwriteRemoteSql } from './schema.ts';

type HoldMethods = Pick<Index, 'countPlanned' | 'plannedRows' | 'countFiles' | 'notePassed' | 'passedSince' | 'holdPlanned' | 'holdRenames' | 'renames' | 'dropRename' | 'movedFolders' | 'saveHold' | 'holds' | 'hold' | 'holdPaths' | 'settleHold'>;
interface FlatHold { id: string; root: string; kind: string; direction: string | null; rows: number; of_rows: number; since: number; state: string; code: string; context: string }

/** Named so that the small index of due rows is read, never the whole table. */
const due = `frozen IS NULL AND ${dueSql}`;
/** A deletion that a move explains is none (rule 8): same inode and size, or same content, newly there on the other name. */
const movedLocally = `EXISTS (SELECT 1 FROM entries c WHERE c.root = entries.root AND c.l_here = 1 AND c.b_sha IS NULL AND c.l_inode = entries.l_inode AND c.l_size = entries.l_size AND c.l_birth = entries.l_birth)
  OR (entries.b_size > 0 AND EXISTS (SELECT 1 FROM entries c WHERE c.root = entries.root AND c.l_here = 1 AND c.b_sha IS NULL AND c.l_sha = entries.b_sha))`;
const movedRemotely = `entries.b_size > 0 AND EXISTS (SELECT 1 FROM entries c WHERE c.root = entries.root AND c.r_sha IS NOT NULL AND c.b_sha IS NULL AND c.r_sha = entries.b_sha)`;
const counted: Readonly<Record<GuardedSide, string>> = {
  deleteRemote: `${due} AND ${deleteRemoteSql} AND NOT (${movedLocally})`,
  deleteLocal: `${due} AND ${deleteLocalSql} AND NOT (${movedRemotely})`,
  overwriteRemote: `${due} AND ${overwriteRemoteSql}`,
  overwriteLocal: `${due} AND ${overwriteLocalSql}`,
};
/** An approval covers exactly these rows as they were: a row that expects something else by now is a new change. */
const expectSql: Readonly<Record<GuardedSide, string>> = { deleteRemote: 'b_etag', deleteLocal: 'b_sha', overwriteRemote: 'l_sha', overwriteLocal: 'r_etag' };
const notHeld = (side: GuardedSide): string => `NOT EXISTS (SELECT 1 FROM hold_rows h WHERE h.root = entries.root AND h.key = entries.key AND h.side = '${side}' AND h.expect IS ${expectSql[side]})`;

function toHold(flat: FlatHold): HoldRecord {
  return {
    id: flat.id, rootId: flat.root as RootId, kind: flat.kind as HoldRecord['kind'], direction: flat.direction as HoldRecord['direction'], rows: flat.rows, ofRows: flat.of_rows, sinceMs: flat.since,
    state: flat.state as HoldRecord['state'], code: flat.code as ErrorCode, context: JSON.parse(flat.context) as ErrorContext,
  };
}

function eachSide<T>(make: (side: GuardedSide) => T): Readonly<Record<GuardedSide, T>> {
  return { deleteLocal: make('deleteLocal'), deleteRemote: make('deleteRemote'), overwriteLocal: make('overwriteLocal'), overwriteRemote: make('overwriteRemote') };
}

export function holdMethods(database: Database.Database, transaction: Index['transaction']): HoldMethods {
  const count = (side: GuardedSide): Database.Statement<[string], number> => database.prepare<[string], number>(`SELECT count(*) FROM entries INDEXED BY entries_due WHERE root = ? AND ${counted[side]} AND ${notHeld(side)}`).pluck();
  const counts = eachSide(count);
  const planned = eachSide((side) => database.prepare<[string, string, number], FlatRow>(`SELECT ${rowColumns} FROM entries INDEXED BY entries_due WHERE root = ? AND key > ? AND ${counted[side]} AND ${notHeld(side)} ORDER BY key LIMIT ?`).safeIntegers(true));
  const files = database.prepare<[string, number], number>("SELECT count(*) FROM (SELECT 1 FROM entries WHERE root = ? AND b_sha IS NOT NULL AND b_sha <> 'folder' LIMIT ?)").pluck();
  const note = database.prepare('INSERT INTO passed (root, side, at, count) VALUES (?, ?, ?, ?)');
  const since = database.prepare<[string, string, number], number>('SELECT coalesce(sum(count), 0) FROM passed WHERE root = ? AND side = ? AND at > ?').pluck();
  const fill = (side: GuardedSide): Database.Statement =>
    database.prepare(`INSERT INTO hold_rows (hold, root, key, side, expect) SELECT ?, root, key, '${side}', ${expectSql[side]} FROM entries INDEXED BY entries_due WHERE root = ? AND ${counted[side]} AND ${notHeld(side)} AND (? IS NULL OR key IN (SELECT value FROM json_each(?)))
      ON CONFLICT (root, key, side) DO UPDATE SET hold = excluded.hold, expect = excluded.expect`);
  const fills = eachSide(fill);
  // The new name waits with the old one: sent alone it would be a second file.
  const fillRename = database.prepare("INSERT INTO hold_rows (hold, root, key, side, expect) VALUES (?, ?, ?, 'rename', ?) ON CONFLICT (root, key, side) DO UPDATE SET hold = excluded.hold, expect = excluded.expect");
  const fillTarget = database.prepare("INSERT INTO hold_rows (hold, root, key, side, expect) VALUES (?, ?, ?, 'renameTo', NULL) ON CONFLICT (root, key, side) DO UPDATE SET hold = excluded.hold");
  const renamesOf = database.prepare<[string, string], { from: EntryKey; to: EntryKey }>(`SELECT h.key AS "from", h.expect AS "to" FROM holds o JOIN hold_rows h ON h.hold = o.id WHERE o.root = ? AND o.kind = 'archivedRename' AND o.state = ? AND h.side = 'rename' ORDER BY h.key`);
  const dropRename = database.prepare("DELETE FROM hold_rows WHERE root = ? AND ((key = ? AND side = 'rename') OR (side = 'renameTo' AND key = (SELECT expect FROM hold_rows WHERE root = ? AND key = ? AND side = 'rename')))");
  const moved = database.prepare<[string], { from: EntryKey; to: EntryKey }>(
    `SELECT o.key AS "from", n.key AS "to" FROM entries o INDEXED BY entries_vanished_inode JOIN entries n ON n.root = o.root AND n.l_inode = o.l_inode AND n.l_birth = o.l_birth AND n.l_here = 1 AND n.b_sha IS NULL AND substr(n.key, -1) = '/'
     WHERE o.root = ? AND o.l_here = 0 AND o.l_inode IS NOT NULL AND o.b_resident = 1 AND substr(o.key, -1) = '/' AND o.frozen IS NULL AND n.frozen IS NULL`,
  );
  const renamedRows = database.prepare<[string], number>("SELECT count(*) FROM hold_rows WHERE hold = ? AND side = 'rename'").pluck();
  const rowsOf = database.prepare<[string], number>('SELECT count(*) FROM hold_rows WHERE hold = ?').pluck();
  const save = database.prepare(`INSERT INTO holds (id, root, kind, direction, rows, of_rows, since, state, code, context) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET rows = excluded.rows, of_rows = excluded.of_rows, state = excluded.state, code = excluded.code, context = excluded.context`);
  const list = database.prepare<[string | null, string | null, string | null, string | null], FlatHold>('SELECT * FROM holds WHERE (? IS NULL OR root = ?) AND (? IS NULL OR state = ?) ORDER BY since');
  const one = database.prepare<[string], FlatHold>('SELECT * FROM holds WHERE id = ?');
  const paths = database.prepare<[string, string, number], string>("SELECT key FROM hold_rows WHERE hold = ? AND key > ? AND side <> 'renameTo' ORDER BY key LIMIT ?").pluck();
  const setState = database.prepare('UPDATE holds SET state = ? WHERE id = ?');
  const dropBase = database.prepare('UPDATE entries SET b_sha = NULL, b_size = NULL, b_exec = NULL, b_resident = NULL, b_store = NULL, b_etag = NULL, b_version = NULL WHERE root = ? AND key IN (SELECT key FROM hold_rows WHERE hold = ?)');
  const dropRows = database.prepare('DELETE FROM hold_rows WHERE hold = ?');
  const drop = database.prepare('DELETE FROM holds WHERE id = ?');
  const saveHold = (hold: HoldRecord): void => {
    save.run(hold.id, hold.rootId, hold.kind, hold.direction, hold.rows, hold.ofRows, hold.sinceMs, hold.state, hold.code, JSON.stringify(hold.context));
  };
  return {
    plannedRows: (rootId, side, { after, limit }) => planned[side].all(rootId, after, limit).map(toRow),
    countPlanned: (rootId, side) => counts[side].get(rootId) ?? 0,
    countFiles: (rootId, atMost) => files.get(rootId, atMost) ?? 0,
    notePassed: (rootId, side, atMs, number) => void note.run(rootId, side, atMs, number),
    passedSince: (rootId, side, sinceMs) => since.get(rootId, side, sinceMs) ?? 0,
    holdPlanned: (rootId, side, hold, keys) =>
      transaction(() => {
        const only = keys === null ? null : JSON.stringify(keys);
        fills[side].run(hold.id, rootId, only, only);
        const rows = rowsOf.get(hold.id) ?? 0;
        const full: HoldRecord = { ...hold, rows, context: { ...hold.context, count: rows } };
        saveHold(full);
        return full;
      }),
    holdRenames: (hold, renamed) =>
      transaction(() => {
        for (const { from, to } of renamed) {
          fillRename.run(hold.id, hold.rootId, from, to);
          fillTarget.run(hold.id, hold.rootId, to);
        }
        const rows = renamedRows.get(hold.id) ?? 0;
        const full: HoldRecord = { ...hold, rows, context: { ...hold.context, count: rows } };
        saveHold(full);
        return full;
      }),
    renames: (rootId, state) => renamesOf.all(rootId, state),
    dropRename: (rootId, from) => void dropRename.run(rootId, from, rootId, from),
    movedFolders: (rootId) => moved.all(rootId),
    saveHold,
    holds: (rootId, state) => list.all(rootId, rootId, state, state).map(toHold),
    hold: (id) => {
      const flat = one.get(id);
      return flat === undefined ? null : toHold(flat);
    },
    holdPaths: (id, after, limit) => paths.all(id, after, limit),
    settleHold: (id, outcome) =>
      transaction(() => {
        const hold = one.get(id);
        if (hold === undefined) return;
        if (outcome === 'approved') {
          setState.run('approved', id);
          return;
        }
        if (outcome === 'refused') dropBase.run(hold.root, id);
        dropRows.run(id);
        if (outcome === 'refused') setState.run('refused', id);
        else drop.run(id);
      }),
  };
}
