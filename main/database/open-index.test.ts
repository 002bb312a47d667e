/** What becomes of an index that is older, newer, damaged, or can't be written: it is migrated, refused, set aside, or left alone (F05, F10, F15). */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EntryKey } from '../../shared/relative-path.ts';
import { systemClock } from '../base/clock.ts';
import type { RootId } from '../sync/index-port.ts';
import type { ETag, Sha256, StoreKey } from '../sync/ports.ts';
import { folderRemote } from '../sync/work.ts';
import { openIndex } from './open-index.ts';
import { migrations } from './schema.ts';
import { thawQueries } from './thaw-queries.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-index-'));
  file = join(folder, 'index.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const root = {
  id: 'r' as RootId, name: 'Photos', folder: '/home/a/Photos', address: 's3://b', coldAddress: null, libraryId: 'l', deviceId: 'd', deviceName: 'Dev', epoch: 'e', counter: 3, counterOnDisk: 2, counterInStore: 1,
  pausedUntilMs: null, createdAtMs: 0, lastInStepAtMs: null, trustedCertificate: null,
};
/** An index with a root and some thousand rows, closed. */
function made(): void {
  const index = openIndex(file, systemClock);
  index.saveRoot(root);
  index.transaction(() => {
    for (let at = 0; at < 3000; at += 1) index.setRemote(root.id, `folder ${at}/` as EntryKey, folderRemote(`folder ${at}/` as EntryKey));
  });
  index.close();
}
const setAside = (): string[] => readdirSync(folder).filter((name) => name.includes('.damaged-'));

it('a folder that is no longer synced takes along what was kept for it, in whatever table', () => {
  const index = openIndex(file, systemClock);
  index.saveRoot(root);
  index.setLocal(root.id, 'a.txt' as EntryKey, null);
  index.noteKeptVersion({ rootId: root.id, runId: 'run', objectKey: 'a.txt' as StoreKey, etag: 'e' as ETag, sizeBytes: 1 });
  index.setSetting('prices:cold:r', '{}');
  thawQueries(index.database).saveThaws([{
    id: 't', rootId: root.id, key: 'a.txt', objectKey: 'a.txt', sizeBytes: 1, storageClass: 'GLACIER', speed: 'bulk', days: 1, toDisk: true,
    state: 'asked', askedAtMs: 0, startedAtMs: null, readyAtMs: null, untilMs: null, nextMs: 0, tries: 0, code: null,
  }]);
  const left = (): string[] => {
    const tables = index.database.prepare<[], string>("SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'root'").pluck().all();
    return tables.filter((table) => index.database.prepare(`SELECT 1 FROM ${table}`).get() !== undefined);
  };
  expect(left()).toEqual(expect.arrayContaining(['kept_versions', 'thaws']));
  index.removeRoot(root.id);
  expect([left(), index.setting('prices:cold:r'), index.roots()]).toEqual([[], null, []]);
  index.close();
});

it('a conflict copy is one conflict, whoever names it last', () => {
  const index = openIndex(file, systemClock);
  index.saveRoot(root);
  const copy = { rootId: root.id, path: 'a.txt', copyPath: 'a (conflict, Dev, 2026-11-28 12.00).txt', device: 'Dev', atMs: 1, here: true } as const;
  // Found on the disk while an undo brought it back, then told of by the undo, which knows more.
  index.addConflict({ ...copy, id: 'found', baseSha256: null });
  index.addConflict({ ...copy, id: 'undone', baseSha256: 'b' as Sha256 });
  index.addConflict({ ...copy, id: 'other', copyPath: 'a (conflict, Desk, 2026-11-28 12.00).txt', baseSha256: null });
  expect(index.conflicts(root.id).map(({ id, baseSha256 }) => [id, baseSha256]).sort()).toEqual([['other', null], ['undone', 'b']]);
  index.close();
});

describe('an older and a newer index', () => {
  it.each(migrations.map((_, at) => at + 1))('made by version %i is brought up to date with its rows (F05)', (version) => {
    const old = new Database(file);
    for (const migration of migrations.slice(0, version)) old.exec(migration);
    old.pragma(`user_version = ${version}`);
    old.prepare("INSERT INTO roots (id, name, folder, address, device_id, device_name, epoch, counter, created_at) VALUES ('r', 'Photos', '/p', 's3://b', 'd', 'Dev', 'e', 3, 0)").run();
    old.close();
    const index = openIndex(file, systemClock);
    expect(index.root('r' as RootId)).toMatchObject({ name: 'Photos', counter: 3 });
    expect(index.setAside).toBeNull();
    index.close();
  });
  it('a migration that dies leaves the version before, whole (F05)', () => {
    const old = new Database(file);
    old.exec(migrations[0] ?? '');
    // The second migration renames a table to this name: it fails in its middle.
    old.exec('CREATE TABLE passed (unrelated TEXT)');
    old.pragma('user_version = 1');
    const columns = (): unknown[] => old.prepare('SELECT name FROM pragma_table_info(?)').pluck().all('roots');
    const before = columns();
    expect(() => old.transaction(() => old.exec(migrations[1] ?? ''))()).toThrow();
    expect(columns()).toEqual(before);
    old.close();
  });
  it('made by a newer version is refused and not touched (F05)', () => {
    made();
    const newer = new Database(file);
    newer.pragma('user_version = 999');
    newer.close();
    const bytes = readFileSync(file);
    expect(() => openIndex(file, systemClock)).toThrow(expect.objectContaining({ code: 'index_newer' }));
    expect(readFileSync(file)).toEqual(bytes);
    expect(setAside()).toEqual([]);
  });
});

describe('a damaged index (F15)', () => {
  const damages: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
    ['cut off', (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2) + 100)],
    ['of another kind', () => Buffer.from('this is no database at all, whatever its name says'.repeat(50))],
    ['with a page full of noise', (bytes) => Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(4096 * 4, 0xa5), bytes.subarray(4096 * 5)])],
    ['with a flipped header', (bytes) => {
      const copy = Buffer.from(bytes);
      copy.writeUInt8(copy.readUInt8(3) ^ 0xff, 3);
      return copy;
    }],
  ];
  it.each(damages)('%s is set aside whole and made anew', (_name, damage) => {
    made();
    writeFileSync(file, damage(readFileSync(file)));
    const damaged = readFileSync(file);
    const index = openIndex(file, systemClock);
    expect(index.setAside).not.toBeNull();
    expect(readFileSync(index.setAside ?? '')).toEqual(damaged);
    expect(index.roots()).toEqual([]);
    index.saveRoot(root);
    expect(index.roots()).toHaveLength(1);
    index.close();
  });
  it('one that can’t be opened for another reason is left where it is (F10, F11)', () => {
    made();
    const holder = new Database(file);
    holder.pragma('journal_mode = DELETE');
    holder.exec('BEGIN EXCLUSIVE');
    try {
      expect(() => openIndex(file, systemClock)).toThrow(expect.objectContaining({ code: 'data_dir_unusable' }));
      expect(setAside()).toEqual([]);
    } finally {
      holder.exec('ROLLBACK');
      holder.close();
    }
  });
});
