/** Read-only SQL over the index for tiers: pages of agreed files with where they lie and when they were last used, and what is pinned. */
import type Database from 'better-sqlite3';
import type { RootId } from '../sync/index-port.ts';

/** id, key, size, store, copied, last used, changed, class, stored. */
type FlatTier = [number, string, number, string | null, number, number | null, number | null, string | null, number | null];
export interface TierRow {
  readonly key: string;
  readonly sizeBytes: number;
  readonly store: 'warm' | 'cold';
  readonly hasColdCopy: boolean;
  readonly lastUsedMs: number | null;
  readonly changedMs: number | null;
  readonly storageClass: string | null;
  readonly storedMs: number | null;
}
export interface ResidentFile {
  readonly key: string;
  readonly diskPath: string;
  readonly sizeBytes: number;
  readonly usedMs: number;
}
export type PinKind = 'onDisk' | 'neverArchive';

/** When the content last changed, in ms: this disk's time, the time in the metadata, or the listing's. */
const changedSql = 'coalesce(CASE WHEN l_here = 1 THEN l_mtime / 1000000 END, r_mtime / 1000000, r_modified)';
/** A verified copy of this very version: what the mover recorded, or an equal version mark. */
export const copiedSql = '(c_etag IS NOT NULL AND (c_of IS r_etag OR c_etag IS r_etag))';

export function tierQueries(database: Database.Database) {
  // In the order of the table itself: by an index each row would be a jump, which takes a million of them out of every budget. Bare values, for as many rows are soon many objects.
  const page = database.prepare<[string, number, number], FlatTier>(
    `SELECT id, key, r_size, r_store, ${copiedSql}, nullif(max(coalesce(used_at, 0), coalesce(${changedSql}, 0)), 0), ${changedSql}, r_class, r_modified
     FROM entries NOT INDEXED WHERE root = ? AND id > ? AND r_etag IS NOT NULL AND r_etag IS b_etag AND frozen IS NULL AND r_tier <> 'archive' AND substr(key, -1) <> '/' ORDER BY id LIMIT ?`,
  ).raw(true);
  const arrivedSql = 'max(coalesce(used_at, 0), coalesce(l_mtime, 0) / 1000000, coalesce(l_birth, 0) / 1000000)';
  const residentSql = `root = ? AND l_here = 1 AND b_resident = 1 AND l_sha IS b_sha AND r_etag IS b_etag AND frozen IS NULL AND r_tier <> 'archive' AND l_size > 0 AND substr(key, -1) <> '/'`;
  const residentColumns = `key, l_disk AS diskPath, l_size AS sizeBytes, ${arrivedSql} AS usedMs`;
  const unused = database.prepare<[string, string, number, number], ResidentFile>(`SELECT ${residentColumns} FROM entries INDEXED BY entries_key WHERE ${residentSql} AND key > ? AND ${arrivedSql} < ? ORDER BY key LIMIT ?`);
  const longest = database.prepare<[string, number], ResidentFile>(`SELECT ${residentColumns} FROM entries WHERE ${residentSql} ORDER BY usedMs, key LIMIT ?`);
  const pins = database.prepare<[string], { path: string; kind: string }>('SELECT path, kind FROM pins WHERE root = ? ORDER BY path');
  const pin = database.prepare('INSERT INTO pins (root, path, kind) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const unpin = database.prepare('DELETE FROM pins WHERE root = ? AND path = ? AND kind = ?');
  return {
    tierPage: (rootId: RootId, afterId: number, limit: number): { entries: TierRow[]; lastId: number | null } => {
      const rows = page.all(rootId, afterId, limit);
      const entries = rows.map(([, key, sizeBytes, store, copied, used, changed, storageClass, stored]): TierRow => ({ key, sizeBytes, store: store === 'cold' ? 'cold' : 'warm', hasColdCopy: copied === 1, lastUsedMs: used, changedMs: changed, storageClass, storedMs: stored }));
      return { entries, lastId: rows.length < limit ? null : (rows[rows.length - 1]?.[0] ?? null) };
    },
    unusedPage: (rootId: RootId, beforeMs: number, after: string, limit: number): ResidentFile[] => unused.all(rootId, after, beforeMs, limit),
    longestUnused: (rootId: RootId, limit: number): ResidentFile[] => longest.all(rootId, limit),
    pins: (rootId: RootId): { path: string; kind: PinKind }[] => pins.all(rootId).map((flat) => ({ path: flat.path, kind: flat.kind as PinKind })),
    setPin: (rootId: RootId, path: string, kind: PinKind, isPinned: boolean): void => void (isPinned ? pin : unpin).run(rootId, path, kind),
  };
}
