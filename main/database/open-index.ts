/** Opens the index: SQLite in WAL mode, checked, migrated by number, refused when a newer Strata made it. */
import Database from 'better-sqlite3';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Index } from '../sync/index-port.ts';
import { recordMethods } from './index-records.ts';
import { holdMethods } from './index-holds.ts';
import { rowMethods, type Caching } from './index-rows.ts';
import { migrations } from './schema.ts';
import { keepSteady } from './steady-statements.ts';

export type IndexHandle = Index & Caching & {
  /** For the app's read-only views. */
  readonly database: Database.Database;
  /** The damaged file that was set aside, or null. */
  readonly setAside: string | null;
};

/** `path` may be ':memory:'. Throws `index_newer`; a damaged file is set aside and made anew (observing rebuilds it). */
export function openIndex(path: string, clock: Clock): IndexHandle {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let setAside: string | null = null;
  let database: Database.Database;
  try {
    database = openChecked(path);
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    // A full disk or a missing right says nothing against the index: only what is damaged is set aside.
    if (path === ':memory:' || !existsSync(path) || !isDamage(thrown)) throw new AppError('data_dir_unusable', { detail: path }, thrown);
    setAside = `${path}.damaged-${clock.nowMs()}`;
    for (const end of ['', '-wal', '-shm']) if (existsSync(path + end)) renameSync(path + end, setAside + end);
    database = openChecked(path);
  }
  const transaction = transactions(database);
  return {
    ...rowMethods(database),
    ...recordMethods(database),
    ...holdMethods(database, transaction),
    transaction,
    durably: (work) => {
      // Only between transactions: SQLite ignores it inside one.
      database.pragma('synchronous = FULL');
      try {
        return transaction(work);
      } finally {
        database.pragma('synchronous = NORMAL');
      }
    },
    database,
    setAside,
    close: () => database.close(),
  };
}

class Damaged extends Error {}
function isDamage(thrown: unknown): boolean {
  if (thrown instanceof Damaged) return true;
  const code = thrown instanceof Database.SqliteError ? thrown.code : '';
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code === 'SQLITE_IOERR_SHORT_READ' || code === 'SQLITE_ERROR';
}

/** Prepared once: the library's own wrapper is built anew for every function, which costs more than a small transaction. */
function transactions(database: Database.Database): Index['transaction'] {
  const [begin, commit, rollback] = [database.prepare('BEGIN IMMEDIATE'), database.prepare('COMMIT'), database.prepare('ROLLBACK')];
  return (work) => {
    if (database.inTransaction) return work();
    begin.run();
    try {
      const result = work();
      commit.run();
      return result;
    } catch (thrown) {
      // A full disk may have ended the transaction already.
      if (database.inTransaction) rollback.run();
      throw thrown;
    }
  };
}

function openChecked(path: string): Database.Database {
  const database = new Database(path);
  try {
    database.pragma('journal_mode = WAL');
    // A commit may be lost by power loss, never torn; eviction asks for FULL (`durably`), where it must not be lost.
    database.pragma('synchronous = NORMAL');
    database.pragma('cache_size = -16000');
    // Fewer, larger checkpoints: a first sync writes the same pages again and again, and each checkpoint waits for the disk.
    database.pragma('wal_autocheckpoint = 4000');
    database.pragma('temp_store = MEMORY');
    if (path !== ':memory:') {
      const answer = database.pragma('quick_check(1)', { simple: true });
      if (answer !== 'ok') throw new Damaged(`quick_check: ${String(answer)}`);
    }
    migrate(database);
    keepSteady(database);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function migrate(database: Database.Database): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > migrations.length) throw new AppError('index_newer');
  for (let number = version; number < migrations.length; number += 1) {
    database.transaction(() => {
      database.exec(migrations[number] ?? '');
      database.pragma(`user_version = ${number + 1}`);
    })();
  }
}
