/** One file with the records of a data folder (index and hub), taken while Strata runs and put into an empty data folder again. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { AppError } from '../base/app-error.ts';
import { acquireOwnerLock } from './owner-lock.ts';

/** Keys are not among them: they stay in the keychain, or in the file that SECRET_KEY seals. */
const records = ['index.db', 'hub.db'] as const;
/** Tells a backup from any other SQLite file. */
const applicationId = 0x5354_5242;
const chunkBytes = 8 * 1024 * 1024;

export interface BackupFacts {
  readonly takenAt: string;
  readonly parts: readonly { readonly name: string; readonly bytes: number }[];
}

/** Never over another file; what is under the name at the end is whole. */
export async function writeBackup(dataDir: string, file: string, takenAt: string): Promise<BackupFacts> {
  const found = records.filter((name) => fs.existsSync(path.join(dataDir, name)));
  if (found.length === 0) throw new AppError('nothing_set_up');
  if (fs.existsSync(file)) throw new AppError('backup_unusable', { detail: 'there is a file of that name already' });
  const half = `${file}.part`;
  remove(half);
  try {
    const facts = await fill(dataDir, half, found, takenAt);
    const handle = fs.openSync(half, 'r+');
    fs.fsyncSync(handle);
    fs.closeSync(handle);
    fs.renameSync(half, file);
    return facts;
  } catch (thrown) {
    remove(half);
    throw thrown instanceof AppError ? thrown : new AppError('backup_unusable', { detail: (thrown as Error).message.slice(0, 200) }, thrown);
  }
}

async function fill(dataDir: string, half: string, found: readonly string[], takenAt: string): Promise<BackupFacts> {
  // Hashes of passwords are in it: nobody else's to read, from its first byte on.
  fs.closeSync(fs.openSync(half, 'wx', 0o600));
  const box = new Database(half);
  try {
    box.pragma(`application_id = ${applicationId}`);
    box.exec('CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL); CREATE TABLE parts (name TEXT PRIMARY KEY, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL); CREATE TABLE chunks (part TEXT NOT NULL, seq INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (part, seq))');
    box.prepare('INSERT INTO facts VALUES (?, ?)').run('takenAt', takenAt);
    const parts: { name: string; bytes: number }[] = [];
    for (const name of found) {
      const copy = `${half}-${name}`;
      try {
        await copyWhileRunning(path.join(dataDir, name), copy);
        parts.push({ name, bytes: keepChunks(box, name, copy) });
      } finally {
        remove(copy);
      }
    }
    return { takenAt, parts };
  } finally {
    box.close();
  }
}

/** SQLite's own online backup: a whole state of one moment, whoever writes meanwhile. */
async function copyWhileRunning(source: string, copy: string): Promise<void> {
  const from = new Database(source, { readonly: true, fileMustExist: true });
  try {
    await from.backup(copy);
  } finally {
    from.close();
  }
  const made = new Database(copy);
  try {
    // One file, without a log beside it that could be forgotten.
    made.pragma('journal_mode = DELETE');
    refuseDamaged(made);
  } finally {
    made.close();
  }
}

function keepChunks(box: Database.Database, name: string, copy: string): number {
  const insert = box.prepare('INSERT INTO chunks VALUES (?, ?, ?)');
  const sum = createHash('sha256');
  const handle = fs.openSync(copy, 'r');
  const buffer = Buffer.alloc(chunkBytes);
  let bytes = 0;
  try {
    for (let seq = 0; ; seq += 1) {
      const length = fs.readSync(handle, buffer, 0, chunkBytes, bytes);
      if (length === 0) break;
      const chunk = buffer.subarray(0, length);
      sum.update(chunk);
      insert.run(name, seq, chunk);
      bytes += length;
    }
  } finally {
    fs.closeSync(handle);
  }
  box.prepare('INSERT INTO parts VALUES (?, ?, ?)').run(name, bytes, sum.digest('hex'));
  return bytes;
}

/** Into a data folder that holds no records and that nobody uses; all of it or nothing. */
export function restoreBackup(file: string, dataDir: string): BackupFacts {
  const box = openBox(file);
  try {
    fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const lock = acquireOwnerLock(dataDir);
    if (lock === null) throw new AppError('data_dir_in_use');
    try {
      if (records.some((name) => fs.existsSync(path.join(dataDir, name)))) throw new AppError('data_dir_not_empty', { detail: dataDir });
      return unpack(box, dataDir);
    } finally {
      lock.release();
    }
  } finally {
    box.close();
  }
}

function openBox(file: string): Database.Database {
  try {
    const box = new Database(file, { readonly: true, fileMustExist: true });
    if (box.pragma('application_id', { simple: true }) === applicationId) return box;
    box.close();
  } catch (thrown) {
    throw new AppError('backup_unusable', { detail: 'it is not a backup of Strata' }, thrown);
  }
  throw new AppError('backup_unusable', { detail: 'it is not a backup of Strata' });
}

function unpack(box: Database.Database, dataDir: string): BackupFacts {
  const parts = box.prepare('SELECT name, bytes, sha256 FROM parts').all() as { name: string; bytes: number; sha256: string }[];
  // A name decides where bytes land: only ours.
  const known = parts.filter(({ name }) => (records as readonly string[]).includes(name));
  const halves: string[] = [];
  try {
    for (const part of known) {
      const half = path.join(dataDir, `${part.name}.restoring`);
      halves.push(half);
      writePart(box, part, half);
    }
    known.forEach(({ name }, at) => fs.renameSync(halves[at] as string, path.join(dataDir, name)));
  } catch (thrown) {
    for (const half of halves) remove(half);
    throw thrown instanceof AppError ? thrown : new AppError('backup_unusable', { detail: (thrown as Error).message.slice(0, 200) }, thrown);
  }
  const takenAt = (box.prepare('SELECT value FROM facts WHERE name = ?').get('takenAt') as { value: string } | undefined)?.value ?? '';
  return { takenAt, parts: known.map(({ name, bytes }) => ({ name, bytes })) };
}

function writePart(box: Database.Database, part: { readonly name: string; readonly bytes: number; readonly sha256: string }, half: string): void {
  const sum = createHash('sha256');
  const handle = fs.openSync(half, 'w', 0o600);
  try {
    for (const row of box.prepare('SELECT bytes FROM chunks WHERE part = ? ORDER BY seq').iterate(part.name) as IterableIterator<{ bytes: Buffer }>) {
      sum.update(row.bytes);
      fs.writeSync(handle, row.bytes);
    }
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  if (sum.digest('hex') !== part.sha256) throw new AppError('backup_unusable', { detail: `its part ${part.name} is damaged` });
  const written = new Database(half, { readonly: true });
  try {
    refuseDamaged(written);
  } finally {
    written.close();
  }
}

function refuseDamaged(database: Database.Database): void {
  const found = database.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw new AppError('backup_unusable', { detail: `a database is damaged (${String(found).slice(0, 100)})` });
}

function remove(file: string): void {
  for (const each of [file, `${file}-journal`, `${file}-wal`, `${file}-shm`]) fs.rmSync(each, { force: true });
}
