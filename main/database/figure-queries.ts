/** Read-only SQL over the index for figures and history: counts of a root, bytes by tier and folder, runs and their lines, failed rows. */
import type Database from 'better-sqlite3';
import type { ActivityLine, Run, Storage } from '../../shared/api/contract.ts';
import { afterFolder, type RelativePath } from '../../shared/relative-path.ts';
import type { TierName } from '../../shared/model/states.ts';
import type { RootId, Row } from '../sync/index-port.ts';
import { rowColumns, toRow, type FlatRow } from './row-codec.ts';
import { dueSql } from './schema.ts';

interface FlatRun { id: string; root: string; started_at: number; ended_at: number | null; device: string; uploaded: number; downloaded: number; deleted: number; moved: number; conflicts: number; failed: number; bytes_up: number; bytes_down: number; restored: number }
interface FlatLine { id: number; run: string; root: string; at: number; kind: string; path: string; other_path: string | null; size: number | null; device: string | null; note: string | null }

const isFileSql = "substr(key, -1) <> '/'";
const sizeSql = 'coalesce(CASE WHEN l_here = 1 THEN l_size END, r_size, b_size, 0)';
const notHeldSql = "NOT EXISTS (SELECT 1 FROM hold_rows h JOIN holds o ON o.id = h.hold WHERE h.root = entries.root AND h.key = entries.key AND o.state = 'waiting')";

export function figureQueries(database: Database.Database) {
  return { ...countQueries(database), ...storageQueries(database), ...folderQueries(database), ...mapQueries(database), ...historyQueries(database) };
}

function countQueries(database: Database.Database) {
  const number = (sql: string): Database.Statement<[string], number> => database.prepare<[string], number>(sql).pluck();
  const due = `FROM entries INDEXED BY entries_due WHERE root = ? AND frozen IS NULL AND ${dueSql}`;
  const statements = {
    due: number(`SELECT count(*) ${due}`),
    open: number(`SELECT count(*) ${due} AND fail_code IS NULL AND ${notHeldSql}`),
    holds: number("SELECT count(*) FROM holds WHERE root = ? AND state = 'waiting'"),
    skipped: number('SELECT count(*) FROM entries INDEXED BY entries_frozen WHERE root = ? AND frozen IS NOT NULL'),
    cantSync: number('SELECT count(*) FROM entries INDEXED BY entries_failed WHERE root = ? AND fail_code IS NOT NULL AND fail_next IS NULL AND frozen IS NULL'),
    tryingAgain: number('SELECT count(*) FROM entries INDEXED BY entries_failed WHERE root = ? AND fail_code IS NOT NULL AND fail_next IS NOT NULL AND frozen IS NULL'),
    conflicts: number('SELECT count(*) FROM conflicts WHERE root = ?'),
    held: number("SELECT coalesce(sum(rows), 0) FROM holds WHERE root = ? AND state = 'waiting' AND kind IN ('massDeletion', 'massOverwrite', 'archivedRename')"),
  };
  const problems = database.prepare<[number], FlatRow & { root: string }>(`SELECT root, ${rowColumns} FROM entries WHERE fail_code IS NOT NULL AND frozen IS NULL ORDER BY fail_next IS NOT NULL, root, key LIMIT ?`).safeIntegers(true);
  return {
    counts(rootId: RootId) {
      const count = (of: keyof typeof statements): number => statements[of].get(rootId) ?? 0;
      const told = { due: count('due'), skipped: count('skipped'), cantSync: count('cantSync'), tryingAgain: count('tryingAgain'), conflicts: count('conflicts'), held: count('held') };
      // Of a large first sync nothing failed and nothing is held: then all that is due is open, and needs no second look.
      const allOpen = told.cantSync + told.tryingAgain + count('holds') === 0;
      return { ...told, open: allOpen ? told.due : count('open') };
    },
    problemCount: (rootId: RootId): number => (statements.cantSync.get(rootId) ?? 0) + (statements.tryingAgain.get(rootId) ?? 0),
    problems: (limit: number): { rootId: RootId; row: Row }[] => problems.all(limit).map((flat) => ({ rootId: flat.root as RootId, row: toRow(flat) })),
  };
}

function storageQueries(database: Database.Database) {
  const sizes = database.prepare<[string], { files: number; bytes: number | null }>(`SELECT count(*) AS files, sum(${sizeSql}) AS bytes FROM entries WHERE root = ? AND frozen IS NULL AND ${isFileSql} AND (l_here = 1 OR r_etag IS NOT NULL)`);
  const byTier = database.prepare<[string], { tier: TierName; files: number; bytes: number }>(`SELECT coalesce(r_tier, 'warm') AS tier, count(*) AS files, sum(r_size) AS bytes FROM entries WHERE root = ? AND r_etag IS NOT NULL AND ${isFileSql} GROUP BY 1`);
  const onDisk = database.prepare<[string], { files: number; bytes: number | null }>(`SELECT count(*) AS files, sum(l_size) AS bytes FROM entries WHERE root = ? AND l_here = 1 AND frozen IS NULL AND ${isFileSql}`);
  const top = database.prepare<[string], { folder: string; files: number; bytes: number }>(
    `SELECT CASE WHEN instr(parent, '/') > 0 THEN substr(parent, 1, instr(parent, '/') - 1) ELSE parent END AS folder, count(*) AS files, sum(${sizeSql}) AS bytes
     FROM entries WHERE root = ? AND frozen IS NULL AND ${isFileSql} AND (l_here = 1 OR r_etag IS NOT NULL) GROUP BY 1 ORDER BY bytes DESC LIMIT 50`,
  );
  const byClass = database.prepare<[string, string], { storageClass: string; files: number; bytes: number }>(
    `SELECT coalesce(r_class, 'STANDARD') AS storageClass, count(*) AS files, sum(r_size) AS bytes FROM entries WHERE root = ? AND coalesce(r_store, 'warm') = ? AND r_etag IS NOT NULL AND ${isFileSql} GROUP BY 1 ORDER BY 1`,
  );
  const copies = database.prepare<[string], { storageClass: string; files: number; bytes: number }>(`SELECT coalesce(c_class, 'STANDARD') AS storageClass, count(*) AS files, sum(c_size) AS bytes FROM entries INDEXED BY entries_cold WHERE root = ? AND c_etag IS NOT NULL AND coalesce(r_store, 'warm') <> 'cold' GROUP BY 1`);
  const sizeOf = database.prepare<[string, string], number>(`SELECT ${sizeSql} FROM entries WHERE root = ? AND key = ?`).pluck();
  return {
    sizes(rootId: RootId) {
      const found = sizes.get(rootId);
      return { files: found?.files ?? 0, bytes: found?.bytes ?? 0 };
    },
    storageOf(rootId: RootId): Pick<Storage['places'][number], 'files' | 'bytes' | 'tiers' | 'onDiskFiles' | 'onDiskBytes' | 'topFolders'> {
      const all = sizes.get(rootId);
      const disk = onDisk.get(rootId);
      return { files: all?.files ?? 0, bytes: all?.bytes ?? 0, tiers: byTier.all(rootId), onDiskFiles: disk?.files ?? 0, onDiskBytes: disk?.bytes ?? 0, topFolders: top.all(rootId) };
    },
    /** What lies in one of a folder's two stores, by class; copies behind a warm file lie there as well. */
    usesOf(rootId: RootId, side: 'warm' | 'cold'): { storageClass: string; files: number; bytes: number }[] {
      const sums = new Map<string, { storageClass: string; files: number; bytes: number }>();
      for (const use of [...byClass.all(rootId, side), ...(side === 'cold' ? copies.all(rootId) : [])]) {
        const sum = sums.get(use.storageClass);
        sums.set(use.storageClass, { storageClass: use.storageClass, files: use.files + (sum?.files ?? 0), bytes: use.bytes + (sum?.bytes ?? 0) });
      }
      return [...sums.values()].sort((a, b) => (a.storageClass < b.storageClass ? -1 : 1));
    },
    sizeOf: (rootId: RootId, path: string): number | null => sizeOf.get(rootId, path) ?? null,
  };
}

/** Sums by child folder in one walk over a range of keys; what lies directly in the folder counts to none of them. */
function folderQueries(database: Database.Database) {
  const children = database.prepare<[number, number, string, string, string, number], { name: string; files: number; bytes: number; onDiskBytes: number; deep: number }>(
    `SELECT substr(key, ?, instr(substr(key, ?), '/') - 1) AS name, sum(${isFileSql}) AS files, sum(CASE WHEN ${isFileSql} THEN ${sizeSql} ELSE 0 END) AS bytes, sum(CASE WHEN ${isFileSql} AND l_here = 1 THEN l_size ELSE 0 END) AS onDiskBytes, max(length(key) - length(replace(key, '/', ''))) AS deep
     FROM entries INDEXED BY entries_key WHERE root = ? AND key > ? AND key < ? AND frozen IS NULL AND (l_here = 1 OR r_etag IS NOT NULL) AND instr(substr(key, ?), '/') > 0 GROUP BY 1 ORDER BY name COLLATE NOCASE LIMIT 5000`,
  );
  const after = database.prepare<[string, string, number], { key: string; bytes: number; here: number }>(`SELECT key, ${sizeSql} AS bytes, l_here AS here FROM entries INDEXED BY entries_key WHERE root = ? AND key > ? AND frozen IS NULL AND ${isFileSql} AND (l_here = 1 OR r_etag IS NOT NULL) ORDER BY key LIMIT ?`);
  const touched = database.prepare<{ root: string; side: string; from: string; to: string; over: number; under: number; before: number | null }, { files: number; bytes: number | null; dueFiles: number | null; dueBytes: number | null }>(
    `SELECT count(*) AS files, sum(r_size) AS bytes, sum(r_modified <= @before) AS dueFiles, sum(CASE WHEN r_modified <= @before THEN r_size ELSE 0 END) AS dueBytes
     FROM entries INDEXED BY entries_key WHERE root = @root AND key >= @from AND key < @to AND r_etag IS NOT NULL AND coalesce(r_store, 'warm') = @side AND r_size > @over AND r_size < @under AND ${isFileSql}`,
  );
  return {
    /** Files of one store whose key begins so, of a size between the two, and those last written before a time. */
    touchedBy(rootId: RootId, range: { readonly side: 'warm' | 'cold'; readonly prefix: string; readonly overBytes: number | null; readonly underBytes: number | null; readonly beforeMs: number | null }) {
      const found = touched.get({ root: rootId, side: range.side, from: range.prefix, to: `${range.prefix}\u{10ffff}`, over: range.overBytes ?? -1, under: range.underBytes ?? Number.MAX_SAFE_INTEGER, before: range.beforeMs });
      return { files: found?.files ?? 0, bytes: found?.bytes ?? 0, dueFiles: found?.dueFiles ?? 0, dueBytes: found?.dueBytes ?? 0 };
    },
    filesAfter: (rootId: RootId, key: string, limit: number) => after.all(rootId, key, limit).map((row) => ({ key: row.key, bytes: row.bytes, isHere: row.here === 1 })),
    folderSizes(rootId: RootId, folder: string): { path: string; name: string; files: number; bytes: number; onDiskBytes: number; hasFolders: boolean }[] {
      const prefix = folder === '' ? '' : `${folder}/`;
      // SQLite counts characters where JavaScript counts UTF-16 units.
      const from = [...prefix].length + 1;
      const slashes = prefix.split('/').length;
      const rows = children.all(from, from, rootId, prefix, folder === '' ? '\u{10ffff}' : afterFolder(folder as RelativePath), from);
      return rows.map(({ deep, ...row }) => ({ ...row, path: `${prefix}${row.name}`, hasFolders: deep > slashes }));
    },
  };
}

/** For the picture of a library: files by the folder they lie in, the largest first; what is over is one sum. */
function mapQueries(database: Database.Database) {
  const byParent = database.prepare<[string, number], { folder: string; files: number; bytes: number; disk: number; warm: number; cold: number; archive: number }>(
    `SELECT parent AS folder, count(*) AS files, sum(${sizeSql}) AS bytes, sum(CASE WHEN l_here = 1 AND r_etag IS NULL THEN l_size ELSE 0 END) AS disk, sum(CASE WHEN coalesce(r_tier, 'warm') = 'warm' THEN coalesce(r_size, 0) ELSE 0 END) AS warm,
       sum(CASE WHEN r_tier = 'cold' THEN r_size ELSE 0 END) AS cold, sum(CASE WHEN r_tier = 'archive' THEN r_size ELSE 0 END) AS archive
     FROM entries WHERE root = ? AND frozen IS NULL AND ${isFileSql} AND (l_here = 1 OR r_etag IS NOT NULL) GROUP BY parent ORDER BY bytes DESC LIMIT ?`,
  );
  return {
    mapOf(rootId: RootId, most: number): { folder: string; files: number; bytes: number; layer: 'disk' | TierName }[] {
      return byParent.all(rootId, most).map(({ folder, files, bytes, ...layers }) => ({ folder, files, bytes, layer: (Object.entries(layers) as ['disk' | TierName, number][]).reduce((most, one) => (one[1] > most[1] ? one : most))[0] }));
    },
  };
}

function historyQueries(database: Database.Database) {
  const runs = database.prepare<{ root: string | null; before: string | null; limit: number }, FlatRun>(
    `SELECT * FROM runs WHERE (@root IS NULL OR root = @root) AND (@before IS NULL OR (started_at, id) < (SELECT started_at, id FROM runs WHERE id = @before))
     AND (ended_at IS NULL OR uploaded + downloaded + deleted + moved + conflicts + failed + restored > 0) ORDER BY started_at DESC, id DESC LIMIT @limit`,
  );
  const oneRun = database.prepare<[string], FlatRun>('SELECT * FROM runs WHERE id = ?');
  const linesBy = (filter: string): Database.Statement<object, FlatLine> =>
    database.prepare(`SELECT * FROM activity WHERE ${filter} AND (@before IS NULL OR id < @before) AND (@kind IS NULL OR kind = @kind) AND (@root IS NULL OR root = @root) AND (@path IS NULL OR path = @path OR other_path = @path) ORDER BY id DESC LIMIT @limit`);
  const lines = { ofRun: linesBy('run = @run'), all: linesBy('@run IS NULL') };
  const ofPath = database.prepare<{ root: string | null; path: string; before: number | null; kind: string | null; limit: number }, FlatLine>(
    'SELECT * FROM activity INDEXED BY activity_path WHERE root = @root AND path = @path AND (@before IS NULL OR id < @before) AND (@kind IS NULL OR kind = @kind) ORDER BY id DESC LIMIT @limit',
  );
  // The newest lines are at the end of the table: walking back from there stops at the first that is too old.
  const latest = database.prepare<[], { at: number; kind: string; size: number | null }>('SELECT at, kind, size FROM activity ORDER BY id DESC');
  const lastChange = database.prepare<[], number>("SELECT at FROM activity WHERE kind NOT IN ('hold', 'problem', 'adopt', 'forget') ORDER BY id DESC LIMIT 1").pluck();
  return {
    run(id: string): Run | null {
      const flat = oneRun.get(id);
      return flat === undefined ? null : toRun(flat);
    },
    runs: (request: { readonly before: string | null; readonly rootId: string | null; readonly limit: number }): Run[] => runs.all({ root: request.rootId, before: request.before, limit: request.limit }).map(toRun),
    lines(request: { readonly runId: string | null; readonly rootId: string | null; readonly kind: string | null; readonly path: string | null; readonly before: number | null; readonly limit: number }): ActivityLine[] {
      const { runId: run, rootId: root, kind, path, before, limit } = request;
      if (run === null && root !== null && path !== null) return ofPath.all({ root, path, before, kind, limit }).map(toLine);
      return (run === null ? lines.all : lines.ofRun).all({ run, root, kind, path, before, limit }).map(toLine);
    },
    activityTotals(sinceMs: number) {
      const total = { done: 0, bytesUp: 0, bytesDown: 0 };
      for (const line of latest.iterate()) {
        if (line.at < sinceMs) break;
        if (line.kind === 'hold' || line.kind === 'problem') continue;
        total.done += 1;
        if (line.kind === 'upload') total.bytesUp += line.size ?? 0;
        if (line.kind === 'download') total.bytesDown += line.size ?? 0;
      }
      return total;
    },
    lastChangeAtMs: (): number | null => lastChange.get() ?? null,
  };
}

function toRun(flat: FlatRun): Run {
  return {
    id: flat.id, rootId: flat.root, startedAtMs: flat.started_at, endedAtMs: flat.ended_at, device: flat.device, uploaded: flat.uploaded, downloaded: flat.downloaded, deleted: flat.deleted,
    moved: flat.moved, conflicts: flat.conflicts, failed: flat.failed, bytesUp: flat.bytes_up, bytesDown: flat.bytes_down, restored: flat.restored,
  };
}
function toLine(flat: FlatLine): ActivityLine {
  return { id: flat.id, runId: flat.run, rootId: flat.root, atMs: flat.at, kind: flat.kind as ActivityLine['kind'], path: flat.path, otherPath: flat.other_path, sizeBytes: flat.size, device: flat.device, note: flat.note };
}
