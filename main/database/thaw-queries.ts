/** The thaw queue in the index: one row per entry that comes back from an archive, so that a restart forgets none. */
import type Database from 'better-sqlite3';
import type { Thaw, ThawState } from '../../shared/model/thaw.ts';

interface FlatThaw {
  id: string; root: string; key: string; object_key: string; size: number; class: string; speed: string; days: number; to_disk: number; state: string;
  asked_at: number; started_at: number | null; ready_at: number | null; until: number | null; next_at: number | null; tries: number; code: string | null;
}

export interface ArchivedFile { readonly key: string; readonly objectKey: string; readonly sizeBytes: number; readonly storageClass: string; readonly storedMs: number | null }

export function thawQueries(database: Database.Database) {
  const save = database.prepare<FlatThaw>(
    `INSERT INTO thaws (id, root, key, object_key, size, class, speed, days, to_disk, state, asked_at, started_at, ready_at, until, next_at, tries, code)
     VALUES (@id, @root, @key, @object_key, @size, @class, @speed, @days, @to_disk, @state, @asked_at, @started_at, @ready_at, @until, @next_at, @tries, @code)
     ON CONFLICT (root, key) DO UPDATE SET id = @id, object_key = @object_key, size = @size, class = @class, speed = @speed, days = @days, to_disk = @to_disk, state = @state,
       asked_at = @asked_at, started_at = @started_at, ready_at = @ready_at, until = @until, next_at = @next_at, tries = @tries, code = @code`,
  );
  const one = database.prepare<[string], FlatThaw>('SELECT * FROM thaws WHERE id = ?');
  const ofEntry = database.prepare<[string, string], FlatThaw>('SELECT * FROM thaws WHERE root = ? AND key = ?');
  const due = database.prepare<[number, number], FlatThaw>('SELECT * FROM thaws WHERE next_at <= ? ORDER BY next_at LIMIT ?');
  const earliest = database.prepare<[], number | null>('SELECT min(next_at) FROM thaws').pluck();
  const list = database.prepare<[number], FlatThaw>('SELECT * FROM thaws ORDER BY asked_at DESC, key LIMIT ?');
  const byState = database.prepare<[], { state: string; files: number; bytes: number }>('SELECT state, count(*) AS files, sum(size) AS bytes FROM thaws GROUP BY state');
  const forget = database.prepare<[number]>("DELETE FROM thaws WHERE state IN ('over', 'failed', 'cancelled') AND asked_at < ?");
  const archived = database.prepare<{ root: string; path: string; low: string; after: string; limit: number }, ArchivedFile>(
    `SELECT key, coalesce(r_key, key) AS objectKey, r_size AS sizeBytes, r_class AS storageClass, r_modified AS storedMs FROM entries INDEXED BY entries_archived
     WHERE root = @root AND r_tier = 'archive' AND key > @after AND (@path = '' OR key = @path OR (key >= @low AND key < @low || char(1114111))) AND frozen IS NULL ORDER BY key LIMIT @limit`,
  );
  const saveAll = database.transaction((thaws: readonly Thaw[]) => {
    for (const thaw of thaws) save.run(flat(thaw));
  });
  return {
    saveThaws: (thaws: readonly Thaw[]): void => saveAll(thaws),
    thaw: (id: string): Thaw | null => lifted(one.get(id)),
    thawOf: (rootId: string, key: string): Thaw | null => lifted(ofEntry.get(rootId, key)),
    /** Whose time has come, the longest waiting first. */
    dueThaws: (nowMs: number, limit: number): Thaw[] => due.all(nowMs, limit).map(lift),
    nextThawMs: (): number | null => earliest.get() ?? null,
    thaws: (limit: number): Thaw[] => list.all(limit).map(lift),
    thawSums: (): { state: ThawState; files: number; bytes: number }[] => byState.all() as { state: ThawState; files: number; bytes: number }[],
    /** Ended ones that nobody asks about any more; those of a folder that is no longer synced go with it (index-records.ts). */
    forgetThaws: (beforeMs: number): void => void forget.run(beforeMs),
    /** Files below a folder (or the file itself) that have to be brought back before they can be read. */
    archivedBelow: (rootId: string, path: string, after: string, limit: number): ArchivedFile[] => archived.all({ root: rootId, path, low: path === '' ? '' : `${path}/`, after, limit }),
  };
}

function flat(thaw: Thaw): FlatThaw {
  return {
    id: thaw.id, root: thaw.rootId, key: thaw.key, object_key: thaw.objectKey, size: thaw.sizeBytes, class: thaw.storageClass, speed: thaw.speed, days: thaw.days, to_disk: thaw.toDisk ? 1 : 0, state: thaw.state,
    asked_at: thaw.askedAtMs, started_at: thaw.startedAtMs, ready_at: thaw.readyAtMs, until: round(thaw.untilMs), next_at: round(thaw.nextMs), tries: thaw.tries, code: thaw.code,
  };
}
/** A column of whole numbers takes no fraction. */
function round(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}
function lifted(row: FlatThaw | undefined): Thaw | null {
  return row === undefined ? null : lift(row);
}
function lift(row: FlatThaw): Thaw {
  return {
    id: row.id, rootId: row.root, key: row.key, objectKey: row.object_key, sizeBytes: row.size, storageClass: row.class, speed: row.speed as Thaw['speed'], days: row.days, toDisk: row.to_disk === 1,
    state: row.state as Thaw['state'], askedAtMs: row.asked_at, startedAtMs: row.started_at, readyAtMs: row.ready_at, untilMs: row.until, nextMs: row.next_at, tries: row.tries, code: row.code as Thaw['code'],
  };
}
