/** Read-only SQL over the index for lists by rank: which rows a view holds, in which order, and what a page of it shows. */
import type Database from 'better-sqlite3';
import type { ViewQuery } from '../../shared/api/contract.ts';
import type { EntryState } from '../../shared/model/states.ts';
import { afterFolder, nameOf, type EntryKey, type RelativePath } from '../../shared/relative-path.ts';
import type { RootId, Row } from '../sync/index-port.ts';
import { rowColumns, toRow, type FlatRow } from './row-codec.ts';
import { dueSql } from './schema.ts';

export interface RowContext {
  readonly rootId: RootId;
  readonly dueState: 'waiting' | 'paused' | 'offline';
  readonly running: ReadonlyMap<EntryKey, EntryState>;
}
export interface Scope {
  readonly roots: readonly RootId[];
  readonly query: ViewQuery;
  readonly context: readonly RowContext[];
}
interface Sql { readonly text: string; readonly values: readonly (string | number)[] }

const isFolderSql = "substr(key, -1) = '/'";
/** A name without its folders and without a folder's slash. */
const nameSql = "rtrim(CASE WHEN parent = '' THEN key ELSE substr(key, length(parent) + 2) END, '/')";
const heldSql = "EXISTS (SELECT 1 FROM hold_rows h JOIN holds o ON o.id = h.hold WHERE h.root = entries.root AND h.key = entries.key AND o.state = 'waiting')";
const inConflictSql = 'key IN (SELECT path FROM conflicts c WHERE c.root = entries.root UNION ALL SELECT copy_path FROM conflicts c WHERE c.root = entries.root)';
const candidates = {
  frozen: 'SELECT id FROM entries INDEXED BY entries_frozen WHERE root = ? AND frozen IS NOT NULL',
  failed: 'SELECT id FROM entries INDEXED BY entries_failed WHERE root = ? AND fail_code IS NOT NULL',
  due: `SELECT id FROM entries INDEXED BY entries_due WHERE root = ? AND frozen IS NULL AND ${dueSql}`,
  held: "SELECT e.id FROM holds o JOIN hold_rows h ON h.hold = o.id JOIN entries e ON e.root = h.root AND e.key = h.key WHERE h.root = ? AND o.state = 'waiting'",
  conflicts: 'SELECT e.id FROM conflicts c JOIN entries e ON e.root = c.root AND (e.key = c.path OR e.key = c.copy_path) WHERE c.root = ?',
} as const;
/** Lists of an app are sorted by how much they ask of the user, loudest first. */
const stateRank: Readonly<Record<EntryState, number>> = { cantSync: 0, waitingForYou: 1, conflict: 2, tryingAgain: 3, uploading: 4, downloading: 5, moving: 6, checking: 7, waiting: 8, paused: 9, offline: 10, skipped: 11, upToDate: 12 };

export function viewQueries(database: Database.Database) {
  const statements = new Map<string, Database.Statement>();
  // Texts are few (they vary by filter and sort, never by value), so each is compiled once.
  const prepared = (text: string): Database.Statement => {
    let statement = statements.get(text);
    if (statement === undefined) statements.set(text, (statement = database.prepare(text)));
    return statement;
  };
  // SQLite folds only ASCII; a search for "ÄRGER" must find "Ärger".
  database.function('strata_fold', { deterministic: true }, (text) => (typeof text === 'string' ? text.normalize('NFC').toLowerCase() : ''));
  const ids = (sql: Sql): number[] => prepared(sql.text).pluck().all(...sql.values) as number[];

  const isLarge = (rootId: RootId, query: ViewQuery): boolean => {
    const place = placeOf(rootId, query);
    return query.search === '' && ids({ text: `SELECT 1 FROM entries INDEXED BY entries_parent WHERE ${place.text} LIMIT ?`, values: [...place.values, largeFolder] }).length === largeFolder;
  };
  const page = database.prepare<[string], FlatRow & { root: string }>(`SELECT root, ${rowColumns} FROM entries WHERE id IN (SELECT value FROM json_each(?))`).safeIntegers(true);
  const heldAmong = database.prepare<[string], number>(`SELECT id FROM entries WHERE id IN (SELECT value FROM json_each(?)) AND ${heldSql}`).pluck();
  const conflictAmong = database.prepare<[string], number>(`SELECT id FROM entries WHERE id IN (SELECT value FROM json_each(?)) AND ${inConflictSql}`).pluck();
  const idsOfKeys = database.prepare<[string, string], { id: number; key: string }>('SELECT id, key FROM entries WHERE root = ? AND key IN (SELECT value FROM json_each(?))');
  const folders = database.prepare<[string, string], string>(`SELECT key FROM entries WHERE root = ? AND parent = ? AND ${isFolderSql} ORDER BY key COLLATE NOCASE LIMIT 5000`).pluck();
  const hasFolders = database.prepare<[string, string], number>(`SELECT 1 FROM entries WHERE root = ? AND parent = ? AND ${isFolderSql} LIMIT 1`).pluck();

  return {
    viewIds(scope: Scope): Int32Array {
      const parts = scope.roots.map((rootId) => ids(orderedIds(rootId, scope, isLarge(rootId, scope.query))));
      if (parts.length === 1) return Int32Array.from(parts[0] ?? []);
      return Int32Array.from(parts.flat());
    },
    idsOfPrefix(scope: Scope, prefix: string): ReadonlySet<number> {
      const found = new Set<number>();
      for (const rootId of scope.roots) {
        const place = placeOf(rootId, scope.query);
        const begins = matches(nameSql, prefix, 'begins');
        for (const id of ids({ text: `SELECT id FROM entries WHERE ${place.text} AND ${begins.text}`, values: [...place.values, ...begins.values] })) found.add(id);
      }
      return found;
    },
    rowsById(wanted: readonly number[]): ReadonlyMap<number, { rootId: RootId; row: Row; inHold: boolean; inConflict: boolean }> {
      const list = JSON.stringify(wanted);
      const held = new Set(heldAmong.all(list));
      const conflicting = new Set(conflictAmong.all(list));
      const rows = page.all(list).map((flat) => ({ rootId: flat.root as RootId, row: toRow(flat) }));
      return new Map(rows.map(({ rootId, row }) => [row.id, { rootId, row, inHold: held.has(row.id), inConflict: conflicting.has(row.id) }]));
    },
    idsOfKeys: (rootId: RootId, keys: readonly EntryKey[]): ReadonlyMap<EntryKey, number> => new Map(idsOfKeys.all(rootId, JSON.stringify(keys)).map((found) => [found.key as EntryKey, found.id])),
    childFolders: (rootId: RootId, folder: string) =>
      folders.all(rootId, folder).map((key) => {
        const path = key.slice(0, -1);
        return { path, name: nameOf(path as RelativePath), hasFolders: hasFolders.get(rootId, path) === 1 };
      }),
  };
}

/** Ids in the order of the view: folders first, then as asked, names last so that equal values do not jump. */
function orderedIds(rootId: RootId, scope: Scope, isLarge: boolean): Sql {
  const { query } = scope;
  const context = scope.context.find((one) => one.rootId === rootId) ?? { rootId, dueState: 'waiting' as const, running: new Map() };
  const place = placeOf(rootId, query);
  const where = [place.text];
  const values: (string | number)[] = [...place.values];
  const add = (sql: Sql): void => {
    where.push(sql.text);
    values.push(...sql.values);
  };
  if (query.search !== '') add(matches(nameSql, query.search, 'holds'));
  if (query.tiers.length > 0) add({ text: `(r_etag IS NOT NULL AND coalesce(r_tier, 'warm') IN (SELECT value FROM json_each(?)))`, values: [JSON.stringify(query.tiers)] });
  if (query.states.length > 0) add(ofStates(rootId, query.states, context));
  const order = orderOf(query, context);
  const from = sourceOf(query, isLarge);
  return { text: `SELECT id FROM ${from} WHERE ${where.join(' AND ')} ORDER BY ${order.text}`, values: [...values, ...order.values] };
}

/** Columns that no index holds cost a jump into the table per row: from some size on reading the whole table in its own order is ten times faster. */
function sourceOf(query: ViewQuery, isLarge: boolean): string {
  if (query.states.length > 0) return 'entries';
  const needsTable = query.sort !== 'name' || query.tiers.length > 0;
  return needsTable && isLarge ? 'entries NOT INDEXED' : 'entries INDEXED BY entries_parent';
}
const largeFolder = 20_000;

/** The folder's own entries, or everything below it when a name is searched. */
function placeOf(rootId: RootId, query: ViewQuery): Sql {
  if (query.search === '') return { text: 'root = ? AND parent = ?', values: [rootId, query.folder] };
  if (query.folder === '') return { text: 'root = ?', values: [rootId] };
  return { text: 'root = ? AND (parent = ? OR (parent > ? AND parent < ?))', values: [rootId, query.folder, `${query.folder}/`, afterFolder(query.folder as RelativePath)] };
}

function matches(column: string, text: string, how: 'holds' | 'begins'): Sql {
  const escaped = text.normalize('NFC').replace(/[\\%_]/g, '\\$&');
  const pattern = how === 'holds' ? `%${escaped}%` : `${escaped}%`;
  // What SQLite's own LIKE folds.
  if (/^[\x00-\x7f]*$/.test(text)) return { text: `${column} LIKE ? ESCAPE '\\'`, values: [pattern] };
  return { text: `strata_fold(${column}) LIKE ? ESCAPE '\\'`, values: [pattern.toLowerCase()] };
}

function stateCase(context: RowContext): Sql {
  const running = JSON.stringify(Object.fromEntries(context.running));
  const text = `CASE WHEN frozen IS NOT NULL THEN 'skipped' WHEN (SELECT 1 FROM json_each(?) j WHERE j.key = entries.key) THEN (SELECT j.value FROM json_each(?) j WHERE j.key = entries.key)
    WHEN fail_code IS NOT NULL AND fail_next IS NULL THEN 'cantSync' WHEN fail_code IS NOT NULL THEN 'tryingAgain' WHEN ${heldSql} THEN 'waitingForYou' WHEN ${inConflictSql} THEN 'conflict'
    WHEN ${dueSql} THEN '${context.dueState}' ELSE 'upToDate' END`;
  return { text, values: [running, running] };
}

/** Cost follows the rows that are not fine, by partial indexes; "up to date" is what none of them holds. */
function ofStates(rootId: RootId, states: readonly EntryState[], context: RowContext): Sql {
  const state = stateCase(context);
  const sources = [candidates.frozen, candidates.failed, candidates.due, candidates.held, candidates.conflicts, 'SELECT id FROM entries WHERE root = ? AND key IN (SELECT key FROM json_each(?))'];
  const special = `id IN (${sources.join(' UNION ALL ')})`;
  const specialValues = [rootId, rootId, rootId, rootId, rootId, rootId, JSON.stringify(Object.fromEntries(context.running))];
  const wanted = `${special} AND ${state.text} IN (SELECT value FROM json_each(?))`;
  const wantedValues = [...specialValues, ...state.values, JSON.stringify(states)];
  if (!states.includes('upToDate')) return { text: `(${wanted})`, values: wantedValues };
  return { text: `((${wanted}) OR NOT ${special})`, values: [...wantedValues, ...specialValues] };
}

function orderOf(query: ViewQuery, context: RowContext): Sql {
  const way = query.descending ? 'DESC' : 'ASC';
  const foldersFirst = `${isFolderSql} DESC`;
  const byName = 'key COLLATE NOCASE';
  if (query.sort === 'size') return { text: `${foldersFirst}, coalesce(CASE WHEN l_here = 1 THEN l_size END, r_size, b_size) ${way}, ${byName}`, values: [] };
  if (query.sort === 'changed') return { text: `${foldersFirst}, coalesce(CASE WHEN l_here = 1 THEN l_mtime END, r_mtime, r_modified * 1000000) ${way}, ${byName}`, values: [] };
  if (query.sort === 'state') {
    const state = stateCase(context);
    const ranks = `CASE ${state.text} ${Object.entries(stateRank).map(([name, rank]) => `WHEN '${name}' THEN ${rank}`).join(' ')} END`;
    return { text: `${ranks} ${way}, ${foldersFirst}, ${byName}`, values: [...state.values] };
  }
  return { text: `${foldersFirst}, ${byName} ${way}`, values: [] };
}
