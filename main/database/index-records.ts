/** What the index keeps beside rows: roots, journal, runs, activity, conflicts, totals, settings. */
import type Database from 'better-sqlite3';
import type { EntryKey } from '../../shared/relative-path.ts';
import type { ActivityDraft, ConflictRecord, Index, JournalRow, JournalState, OperationKind, RootId, RootRecord, RootTotals } from '../sync/index-port.ts';
import type { ETag, Sha256, StoreKey } from '../sync/ports.ts';
import { dueSql } from './schema.ts';

type RecordMethods = Pick<Index, 'roots' | 'root' | 'saveRoot' | 'removeRoot' | 'openJournal' | 'updateJournal' | 'closeJournal' | 'journal' | 'startRun' | 'endRun' | 'addActivity' | 'noteKeptVersion' | 'keptVersions' | 'addConflict' | 'conflicts' | 'removeConflict' | 'conflictCopies' | 'totals' | 'setting' | 'setSetting'>;

interface FlatRoot { id: string; name: string; folder: string; address: string; cold_address: string | null; library_id: string | null; device_id: string; device_name: string; epoch: string; counter: number; counter_on_disk: number; counter_in_store: number; paused_until: number | null; created_at: number; last_in_step: number | null; trusted_certificate: string | null }

function toRoot(flat: FlatRoot): RootRecord {
  return {
    id: flat.id as RootId, name: flat.name, folder: flat.folder, address: flat.address, coldAddress: flat.cold_address, libraryId: flat.library_id, deviceId: flat.device_id, deviceName: flat.device_name,
    epoch: flat.epoch, counter: flat.counter, counterOnDisk: flat.counter_on_disk, counterInStore: flat.counter_in_store, pausedUntilMs: flat.paused_until === -1 ? Infinity : flat.paused_until, createdAtMs: flat.created_at, lastInStepAtMs: flat.last_in_step, trustedCertificate: flat.trusted_certificate,
  };
}

export function recordMethods(database: Database.Database): RecordMethods {
  return { ...rootMethods(database), ...journalMethods(database), ...historyMethods(database) };
}

function rootMethods(database: Database.Database): Pick<RecordMethods, 'roots' | 'root' | 'saveRoot' | 'removeRoot' | 'totals' | 'setting' | 'setSetting'> {
  const all = database.prepare<[], FlatRoot>('SELECT * FROM roots ORDER BY created_at, id');
  const one = database.prepare<[string], FlatRoot>('SELECT * FROM roots WHERE id = ?');
  const save = database.prepare(`INSERT INTO roots (id, name, folder, address, cold_address, library_id, device_id, device_name, epoch, counter, counter_on_disk, counter_in_store, paused_until, created_at, last_in_step, trusted_certificate)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, folder = excluded.folder, address = excluded.address, cold_address = excluded.cold_address, library_id = excluded.library_id, device_id = excluded.device_id,
    device_name = excluded.device_name, epoch = excluded.epoch, counter = excluded.counter, counter_on_disk = excluded.counter_on_disk, counter_in_store = excluded.counter_in_store, paused_until = excluded.paused_until, last_in_step = excluded.last_in_step, trusted_certificate = excluded.trusted_certificate`);
  const removals = ['entries', 'journal', 'runs', 'activity', 'holds', 'hold_rows', 'passed', 'conflicts', 'pins', 'kept_versions', 'thaws'].map((table) => database.prepare(`DELETE FROM ${table} WHERE root = ?`));
  const removeRoot = database.prepare('DELETE FROM roots WHERE id = ?');
  const count = (sql: string): Database.Statement<[string], number> => database.prepare<[string], number>(sql).pluck();
  const files = database.prepare<[string], { n: number; bytes: number | null }>("SELECT count(*) AS n, sum(coalesce(l_size, r_size, b_size)) AS bytes FROM entries WHERE root = ? AND frozen IS NULL AND substr(key, -1) <> '/'");
  const due = count(`SELECT count(*) FROM entries INDEXED BY entries_due WHERE root = ? AND frozen IS NULL AND ${dueSql}`);
  const skipped = count('SELECT count(*) FROM entries INDEXED BY entries_frozen WHERE root = ? AND frozen IS NOT NULL');
  const failed = count('SELECT count(*) FROM entries INDEXED BY entries_failed WHERE root = ? AND fail_code IS NOT NULL AND fail_next IS NULL');
  const conflicts = count('SELECT count(*) FROM conflicts WHERE root = ?');
  const held = count("SELECT coalesce(sum(rows), 0) FROM holds WHERE root = ? AND state = 'waiting'");
  const readSetting = database.prepare<[string], string>('SELECT value FROM settings WHERE name = ?').pluck();
  const writeSetting = database.prepare('INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value');
  const dropSettings = database.prepare('DELETE FROM settings WHERE substr(name, -length(?)) = ?');
  const dropSetting = database.prepare('DELETE FROM settings WHERE name = ?');
  return {
    roots: () => all.all().map(toRoot),
    root: (id) => {
      const flat = one.get(id);
      return flat === undefined ? null : toRoot(flat);
    },
    saveRoot: (root) => {
      const pausedUntil = root.pausedUntilMs === Infinity ? -1 : root.pausedUntilMs;
      save.run(root.id, root.name, root.folder, root.address, root.coldAddress, root.libraryId, root.deviceId, root.deviceName, root.epoch, root.counter, root.counterOnDisk, root.counterInStore, pausedUntil, root.createdAtMs, root.lastInStepAtMs, root.trustedCertificate);
    },
    removeRoot: (id) => {
      database.transaction(() => {
        for (const removal of removals) removal.run(id);
        dropSettings.run(`:${id}`, `:${id}`);
        removeRoot.run(id);
      })();
    },
    totals: (rootId): RootTotals => {
      const all = files.get(rootId);
      return { files: all?.n ?? 0, bytes: all?.bytes ?? 0, due: due.get(rootId) ?? 0, skipped: skipped.get(rootId) ?? 0, failed: failed.get(rootId) ?? 0, conflicts: conflicts.get(rootId) ?? 0, held: held.get(rootId) ?? 0 };
    },
    setting: (name) => readSetting.get(name) ?? null,
    setSetting: (name, value) => {
      if (value === null) dropSetting.run(name);
      else writeSetting.run(name, value);
    },
  };
}

function journalMethods(database: Database.Database): Pick<RecordMethods, 'openJournal' | 'updateJournal' | 'closeJournal' | 'journal'> {
  const open = database.prepare('INSERT INTO journal (root, kind, key, other_key, state) VALUES (?, ?, ?, ?, ?)');
  const update = database.prepare('UPDATE journal SET state = ? WHERE id = ?');
  const close = database.prepare('DELETE FROM journal WHERE id = ?');
  const list = database.prepare<[string], { id: number; root: string; kind: string; key: string; other_key: string | null; state: string }>('SELECT * FROM journal WHERE root = ? ORDER BY id');
  return {
    openJournal: (row) => Number(open.run(row.rootId, row.kind, row.key, row.otherKey, JSON.stringify(row.state)).lastInsertRowid),
    updateJournal: (id, state) => void update.run(JSON.stringify(state), id),
    closeJournal: (id) => void close.run(id),
    journal: (rootId) =>
      list.all(rootId).map((flat): JournalRow => ({ id: flat.id, rootId: flat.root as RootId, kind: flat.kind as OperationKind, key: flat.key as EntryKey, otherKey: flat.other_key as EntryKey | null, state: JSON.parse(flat.state) as JournalState })),
  };
}

/** Which counter of its run an activity line moves. */
const runCounter: Readonly<Record<ActivityDraft['kind'], 'uploaded' | 'downloaded' | 'deleted' | 'moved' | 'conflicts' | 'failed' | 'restored' | null>> = {
  upload: 'uploaded', download: 'downloaded', deleteLocal: 'deleted', deleteRemote: 'deleted', moveLocal: 'moved', moveRemote: 'moved', keepBoth: 'conflicts', problem: 'failed', adopt: null, forget: null, hold: null, putBack: 'restored', moveTier: 'moved', evict: null,
};

function historyMethods(database: Database.Database): Pick<RecordMethods, 'startRun' | 'endRun' | 'addActivity' | 'noteKeptVersion' | 'keptVersions' | 'addConflict' | 'conflicts' | 'removeConflict' | 'conflictCopies'> {
  const start = database.prepare('INSERT INTO runs (id, root, started_at, device) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING');
  const end = database.prepare('UPDATE runs SET ended_at = ? WHERE id = ?');
  const add = database.prepare('INSERT INTO activity (run, root, at, kind, path, other_path, size, device, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const bump = new Map<string, Database.Statement>();
  for (const column of new Set(Object.values(runCounter))) {
    if (column !== null) bump.set(column, database.prepare(`UPDATE runs SET ${column} = ${column} + 1, bytes_up = bytes_up + ?, bytes_down = bytes_down + ? WHERE id = ?`));
  }
  const noteKept = database.prepare('INSERT INTO kept_versions (root, run, object_key, etag, size) VALUES (?, ?, ?, ?, ?)');
  const kept = database.prepare<[string], { root: RootId; run: string; object_key: StoreKey; etag: ETag; size: number }>('SELECT * FROM kept_versions WHERE run = ? ORDER BY id');
  const addConflict = database.prepare('INSERT INTO conflicts (id, root, path, copy_path, device, at, here, base_sha) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING');
  const otherRecords = database.prepare('DELETE FROM conflicts WHERE root = ? AND copy_path = ? AND id <> ?');
  const listConflicts = database.prepare<[string | null, string | null], { id: string; root: string; path: string; copy_path: string; device: string | null; at: number; here: number; base_sha: string | null }>('SELECT * FROM conflicts WHERE ? IS NULL OR root = ? ORDER BY at DESC');
  const copies = database.prepare<[string], string>("SELECT key FROM entries INDEXED BY entries_conflict_copies WHERE root = ? AND instr(key, ' (conflict, ') > 0 AND frozen IS NULL AND substr(key, -1) <> '/' AND (l_here = 1 OR r_etag IS NOT NULL)").pluck();
  const removeConflict = database.prepare('DELETE FROM conflicts WHERE id = ?');
  return {
    startRun: (rootId, runId, atMs, device) => void start.run(runId, rootId, atMs, device),
    endRun: (runId, atMs) => void end.run(atMs, runId),
    addActivity: (line) => {
      const id = Number(add.run(line.runId, line.rootId, line.atMs, line.kind, line.path, line.otherPath, line.sizeBytes, line.device, line.note).lastInsertRowid);
      const column = runCounter[line.kind];
      if (column !== null) bump.get(column)?.run(line.kind === 'upload' ? (line.sizeBytes ?? 0) : 0, line.kind === 'download' ? (line.sizeBytes ?? 0) : 0, line.runId);
      return id;
    },
    noteKeptVersion: (line) => void noteKept.run(line.rootId, line.runId, line.objectKey, line.etag, line.sizeBytes),
    keptVersions: (runId) => kept.all(runId).map((flat) => ({ rootId: flat.root, runId: flat.run, objectKey: flat.object_key, etag: flat.etag, sizeBytes: flat.size })),
    addConflict: (conflict) => {
      // A copy that an undo brought back may have been found on the disk before the undo says what it was: it is one conflict.
      otherRecords.run(conflict.rootId, conflict.copyPath, conflict.id);
      addConflict.run(conflict.id, conflict.rootId, conflict.path, conflict.copyPath, conflict.device, conflict.atMs, conflict.here ? 1 : 0, conflict.baseSha256);
    },
    conflicts: (rootId) => listConflicts.all(rootId, rootId).map((flat): ConflictRecord => ({ id: flat.id, rootId: flat.root as RootId, path: flat.path, copyPath: flat.copy_path, device: flat.device, atMs: flat.at, here: flat.here === 1, baseSha256: flat.base_sha as Sha256 | null })),
    conflictCopies: (rootId) => copies.all(rootId) as EntryKey[],
    removeConflict: (id) => void removeConflict.run(id),
  };
}
