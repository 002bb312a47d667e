/** A backup is taken while others write, comes back into an empty data folder as it was, and touches nothing where it can't. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../base/app-error.ts';
import { restoreBackup, writeBackup } from './backup.ts';
import { acquireOwnerLock } from './owner-lock.ts';

let home: string;
let dataDir: string;
let file: string;
let hub: Database.Database;
const takenAt = '2026-11-21T14:05:00.000Z';
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-backup-'));
  dataDir = path.join(home, 'data');
  file = path.join(home, 'strata.backup');
  fs.mkdirSync(dataDir);
  // As a running service holds them: in WAL, open, with what is not yet in the file itself.
  hub = openWal('hub.db');
  hub.exec('CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)');
  hub.prepare('INSERT INTO users (email) VALUES (?)').run('ann@example.org');
  const index = openWal('index.db');
  index.exec('CREATE TABLE rows (name TEXT); INSERT INTO rows VALUES (\'plan.md\')');
  index.close();
});
afterEach(() => {
  hub.close();
  fs.rmSync(home, { recursive: true, force: true });
});
function openWal(name: string): Database.Database {
  const database = new Database(path.join(dataDir, name));
  database.pragma('journal_mode = WAL');
  return database;
}
function emails(folder: string): unknown {
  const database = new Database(path.join(folder, 'hub.db'), { readonly: true });
  const found = database.prepare('SELECT email FROM users ORDER BY id').pluck().all();
  database.close();
  return found;
}
async function codeOf(job: () => unknown): Promise<string> {
  try {
    await job();
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown.code;
    throw thrown;
  }
  return 'none';
}

describe('a backup', () => {
  it('holds what was written until then, and comes back into an empty folder', async () => {
    const facts = await writeBackup(dataDir, file, takenAt);
    expect(facts.parts.map(({ name }) => name)).toEqual(['index.db', 'hub.db']);
    hub.prepare('INSERT INTO users (email) VALUES (?)').run('later@example.org');
    const restored = path.join(home, 'restored');
    expect(restoreBackup(file, restored)).toEqual(facts);
    expect([emails(restored), emails(dataDir)]).toEqual([['ann@example.org'], ['ann@example.org', 'later@example.org']]);
    expect(fs.readdirSync(restored).sort()).toEqual(['hub.db', 'index.db', 'lock.sqlite']);
  });
  it('is one whole moment, however much is written meanwhile', async () => {
    const add = hub.prepare('INSERT INTO users (email) VALUES (?)');
    const both = hub.transaction(() => {
      add.run('pair');
      add.run('pair');
    });
    for (let at = 0; at < 2000; at += 1) both();
    const taking = writeBackup(dataDir, file, takenAt);
    for (let at = 0; at < 200; at += 1) {
      both();
      if (at % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await taking;
    restoreBackup(file, path.join(home, 'restored'));
    expect((emails(path.join(home, 'restored')) as string[]).length % 2).toBe(1);
  });
  it('is for its owner’s eyes, and leaves nothing beside it', async () => {
    await writeBackup(dataDir, file, takenAt);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(home).sort()).toEqual(['data', 'strata.backup']);
  });
  it('never replaces a file, and is not made of nothing', async () => {
    fs.writeFileSync(file, 'mine');
    expect(await codeOf(() => writeBackup(dataDir, file, takenAt))).toBe('backup_unusable');
    expect(fs.readFileSync(file, 'utf8')).toBe('mine');
    expect(await codeOf(() => writeBackup(path.join(home, 'nowhere'), `${file}2`, takenAt))).toBe('nothing_set_up');
  });
});

describe('restoring', () => {
  it('is refused where records are, or where Strata runs', async () => {
    await writeBackup(dataDir, file, takenAt);
    expect(await codeOf(() => restoreBackup(file, dataDir))).toBe('data_dir_not_empty');
    const used = path.join(home, 'used');
    fs.mkdirSync(used);
    const lock = acquireOwnerLock(used);
    expect(await codeOf(() => restoreBackup(file, used))).toBe('data_dir_in_use');
    lock?.release();
    expect(restoreBackup(file, used).takenAt).toBe(takenAt);
  });
  it('of a damaged or foreign file changes nothing', async () => {
    await writeBackup(dataDir, file, takenAt);
    const box = new Database(file);
    box.prepare("UPDATE chunks SET bytes = zeroblob(length(bytes)) WHERE part = 'hub.db'").run();
    box.close();
    const restored = path.join(home, 'restored');
    expect(await codeOf(() => restoreBackup(file, restored))).toBe('backup_unusable');
    expect(fs.readdirSync(restored)).toEqual(['lock.sqlite']);
    fs.writeFileSync(file, 'no database at all');
    expect(await codeOf(() => restoreBackup(file, restored))).toBe('backup_unusable');
    expect(await codeOf(() => restoreBackup(path.join(dataDir, 'index.db'), restored))).toBe('backup_unusable');
    expect(await codeOf(() => restoreBackup(path.join(home, 'none'), restored))).toBe('backup_unusable');
  });
});
