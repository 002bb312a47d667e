/** Numbered migrations of the index, and the one expression that says when a row is due. */

/** A row is due while local, remote and base differ; there is no flag that could go stale (rule 16). */
export const dueSql = `(
  (l_here = 1) <> (b_sha IS NOT NULL AND b_resident = 1)
  OR (l_here = 1 AND (l_sha IS NOT b_sha OR l_exec IS NOT b_exec))
  OR r_etag IS NOT b_etag
  OR (r_exec IS NOT NULL AND b_exec IS NOT NULL AND r_exec <> b_exec)
)`;
/** What the decision table would delete, in SQL, so that the guard has its numbers before the first operation (rule 33). */
export const deleteRemoteSql = `(b_sha IS NOT NULL AND b_sha <> 'folder' AND b_resident = 1 AND l_here = 0 AND r_etag IS b_etag AND frozen IS NULL)`;
export const deleteLocalSql = `(b_sha IS NOT NULL AND b_sha <> 'folder' AND r_etag IS NULL AND l_here = 1 AND l_sha IS b_sha AND l_exec IS b_exec AND frozen IS NULL)`;

/** What it would replace: changed on one side only. */
export const overwriteRemoteSql = `(b_sha IS NOT NULL AND b_sha <> 'folder' AND b_resident = 1 AND l_here = 1 AND l_sha IS NOT NULL AND l_sha <> b_sha AND r_etag IS b_etag)`;
export const overwriteLocalSql = `(b_sha IS NOT NULL AND b_sha <> 'folder' AND b_resident = 1 AND l_here = 1 AND l_sha IS b_sha AND r_etag IS NOT NULL AND r_etag <> b_etag AND r_sha IS NOT b_sha)`;

export const migrations: readonly string[] = [
  `
CREATE TABLE roots (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, folder TEXT NOT NULL, address TEXT NOT NULL, library_id TEXT, device_id TEXT NOT NULL,
  device_name TEXT NOT NULL, epoch TEXT NOT NULL, counter INTEGER NOT NULL, paused_until INTEGER, created_at INTEGER NOT NULL,
  last_in_step INTEGER, trusted_certificate TEXT
) STRICT;
CREATE TABLE entries (
  id INTEGER PRIMARY KEY, root TEXT NOT NULL, key TEXT NOT NULL, parent TEXT NOT NULL,
  l_here INTEGER NOT NULL DEFAULT 0, l_disk TEXT, l_size INTEGER, l_mtime INTEGER, l_ctime INTEGER, l_birth INTEGER, l_inode INTEGER, l_exec INTEGER, l_sha TEXT,
  r_key TEXT, r_size INTEGER, r_etag TEXT, r_modified INTEGER, r_sha TEXT, r_mtime INTEGER, r_exec INTEGER, r_tier TEXT, r_class TEXT, r_version TEXT,
  b_sha TEXT, b_size INTEGER, b_exec INTEGER, b_resident INTEGER, b_store TEXT, b_etag TEXT, b_version TEXT,
  frozen TEXT, frozen_detail TEXT, fail_code TEXT, fail_context TEXT, fail_attempts INTEGER, fail_next INTEGER
) STRICT;
CREATE UNIQUE INDEX entries_key ON entries(root, key);
CREATE INDEX entries_parent ON entries(root, parent, key);
CREATE INDEX entries_due ON entries(root, key) WHERE frozen IS NULL AND ${dueSql};
CREATE INDEX entries_vanished_inode ON entries(root, l_inode) WHERE l_here = 0 AND l_inode IS NOT NULL AND b_resident = 1;
CREATE INDEX entries_vanished_sha ON entries(root, b_sha) WHERE l_here = 0 AND b_sha IS NOT NULL AND b_resident = 1;
CREATE INDEX entries_vanished_size ON entries(root, b_size) WHERE l_here = 0 AND b_sha IS NOT NULL AND b_resident = 1;
CREATE INDEX entries_new_local_sha ON entries(root, l_sha) WHERE l_here = 1 AND b_sha IS NULL;
CREATE INDEX entries_new_local_inode ON entries(root, l_inode) WHERE l_here = 1 AND b_sha IS NULL;
CREATE INDEX entries_remote_gone ON entries(root, b_size) WHERE r_etag IS NULL AND b_sha IS NOT NULL;
CREATE INDEX entries_new_remote ON entries(root, r_size) WHERE r_etag IS NOT NULL AND b_sha IS NULL;
CREATE INDEX entries_new_remote_sha ON entries(root, r_sha) WHERE r_sha IS NOT NULL AND b_sha IS NULL;
CREATE INDEX entries_frozen ON entries(root, key) WHERE frozen IS NOT NULL;
CREATE INDEX entries_failed ON entries(root, key) WHERE fail_code IS NOT NULL;
CREATE INDEX entries_online_only ON entries(root, key) WHERE b_resident = 0;
CREATE TABLE journal (id INTEGER PRIMARY KEY, root TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, other_key TEXT, state TEXT NOT NULL) STRICT;
CREATE TABLE runs (
  id TEXT PRIMARY KEY, root TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER, device TEXT NOT NULL,
  uploaded INTEGER NOT NULL DEFAULT 0, downloaded INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0, moved INTEGER NOT NULL DEFAULT 0,
  conflicts INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0, bytes_up INTEGER NOT NULL DEFAULT 0, bytes_down INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX runs_started ON runs(started_at);
CREATE TABLE activity (
  id INTEGER PRIMARY KEY, run TEXT NOT NULL, root TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, path TEXT NOT NULL,
  other_path TEXT, size INTEGER, device TEXT, note TEXT
) STRICT;
CREATE INDEX activity_run ON activity(run, id);
CREATE INDEX activity_path ON activity(root, path, id);
CREATE TABLE holds (
  id TEXT PRIMARY KEY, root TEXT NOT NULL, kind TEXT NOT NULL, direction TEXT, rows INTEGER NOT NULL, of_rows INTEGER NOT NULL,
  since INTEGER NOT NULL, state TEXT NOT NULL, code TEXT NOT NULL, context TEXT NOT NULL
) STRICT;
CREATE TABLE hold_rows (hold TEXT NOT NULL, root TEXT NOT NULL, key TEXT NOT NULL, side TEXT NOT NULL, expect TEXT, PRIMARY KEY (root, key, side)) STRICT, WITHOUT ROWID;
CREATE INDEX hold_rows_hold ON hold_rows(hold, key);
CREATE TABLE deletions (root TEXT NOT NULL, side TEXT NOT NULL, at INTEGER NOT NULL, count INTEGER NOT NULL) STRICT;
CREATE TABLE conflicts (id TEXT PRIMARY KEY, root TEXT NOT NULL, path TEXT NOT NULL, copy_path TEXT NOT NULL, device TEXT, at INTEGER NOT NULL) STRICT;
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`,
  `
ALTER TABLE roots ADD COLUMN counter_on_disk INTEGER NOT NULL DEFAULT 0;
ALTER TABLE roots ADD COLUMN counter_in_store INTEGER NOT NULL DEFAULT 0;
UPDATE roots SET counter_on_disk = 1 WHERE library_id IS NOT NULL;
ALTER TABLE deletions RENAME TO passed;
ALTER TABLE roots ADD COLUMN folds_case INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entries ADD COLUMN fold TEXT;
CREATE INDEX entries_fold ON entries(root, fold) WHERE fold IS NOT NULL;
`,
  `
ALTER TABLE conflicts ADD COLUMN here INTEGER NOT NULL DEFAULT 1;
ALTER TABLE conflicts ADD COLUMN base_sha TEXT;
ALTER TABLE runs ADD COLUMN restored INTEGER NOT NULL DEFAULT 0;
CREATE INDEX entries_conflict_copies ON entries(root, key) WHERE instr(key, ' (conflict, ') > 0;
`,
  `
ALTER TABLE roots ADD COLUMN cold_address TEXT;
ALTER TABLE entries ADD COLUMN r_store TEXT;
ALTER TABLE entries ADD COLUMN c_etag TEXT;
ALTER TABLE entries ADD COLUMN c_size INTEGER;
ALTER TABLE entries ADD COLUMN c_at INTEGER;
ALTER TABLE entries ADD COLUMN c_of TEXT;
ALTER TABLE entries ADD COLUMN used_at INTEGER;
CREATE INDEX entries_cold ON entries(root, id) WHERE c_etag IS NOT NULL;
CREATE TABLE pins (root TEXT NOT NULL, path TEXT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (root, path, kind)) STRICT, WITHOUT ROWID;
`,
  `
CREATE TABLE thaws (
  id TEXT PRIMARY KEY, root TEXT NOT NULL, key TEXT NOT NULL, object_key TEXT NOT NULL, size INTEGER NOT NULL, class TEXT NOT NULL, speed TEXT NOT NULL,
  days INTEGER NOT NULL, to_disk INTEGER NOT NULL, state TEXT NOT NULL, asked_at INTEGER NOT NULL, started_at INTEGER, ready_at INTEGER, until INTEGER,
  next_at INTEGER, tries INTEGER NOT NULL, code TEXT
) STRICT;
CREATE UNIQUE INDEX thaws_entry ON thaws(root, key);
CREATE INDEX thaws_next ON thaws(next_at) WHERE next_at IS NOT NULL;
CREATE INDEX thaws_asked ON thaws(asked_at);
CREATE INDEX entries_archived ON entries(root, key) WHERE r_tier = 'archive';
`,
  `
CREATE TABLE kept_versions (id INTEGER PRIMARY KEY, root TEXT NOT NULL, run TEXT NOT NULL, object_key TEXT NOT NULL, etag TEXT NOT NULL, size INTEGER NOT NULL) STRICT;
CREATE INDEX kept_versions_run ON kept_versions(run, id);
`,
  `
ALTER TABLE entries ADD COLUMN c_class TEXT;
`,
];
