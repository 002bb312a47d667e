/** One owner per data dir: an exclusive transaction held open on `lock.sqlite`, an OS lock that survives sleep and dies with the process (rule 40). */
import path from 'node:path';
import Database from 'better-sqlite3';

export interface OwnerLock {
  release(): void;
}

/** Null when another process (or another caller in this one) owns the data dir. The folder must exist. */
export function acquireOwnerLock(dataDir: string): OwnerLock | null {
  // No waiting: whoever comes second becomes a client at once.
  const database = new Database(path.join(dataDir, 'lock.sqlite'), { timeout: 0 });
  try {
    // Not WAL: there an exclusive transaction would still let others in to read.
    database.pragma('journal_mode = DELETE');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
  return {
    release: () => {
      if (!database.open) return;
      database.exec('ROLLBACK');
      database.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === 'string' && (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'));
}
