/** A folder that other programs and other processes use too: their changes are seen, their traps refused, nothing of theirs lost. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../base/clock.ts';
import type { RemoteStore } from '../sync/ports.ts';
import { allKeys, at, expectCode, hashOf, must, putText, textOf } from '../testing/store-suite.ts';
import { skippingClock } from '../testing/skipping-clock.ts';
import { folderLayout } from './folder-paths.ts';
import { createFolderStore } from './folder-store.ts';

let path: string;
let store: RemoteStore;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'strata-folder-'));
  store = createFolderStore({ path, clock: systemClock });
});
afterEach(() => rm(path, { recursive: true, force: true }));

describe('a person who opens the folder', () => {
  test('sees the same tree, with the files’ own dates', async () => {
    await putText(store, at('notes/plan.md'), 'hello', {}, { mtimeNs: 1_600_000_000_000_000_000n });
    expect(await readFile(join(path, 'notes/plan.md'), 'utf8')).toBe('hello');
    expect((await stat(join(path, 'notes/plan.md'))).mtimeMs).toBe(1_600_000_000_000);
  });
  test('may put files and empty folders there, which are then listed and read', async () => {
    await mkdir(join(path, 'mine/empty'), { recursive: true });
    await writeFile(join(path, 'mine/a.txt'), 'by hand');
    expect((await allKeys(store, {})).map((object) => object.key)).toEqual(['mine/a.txt', 'mine/empty/']);
    expect(await store.head(at('mine/a.txt'))).toMatchObject({ sizeBytes: 7, claimedSha256: null, storeSha256: hashOf('by hand') });
  });
  test.each([
    ['another content', async (file: string) => writeFile(file, 'edited!')],
    ['the same length', async (file: string) => writeFile(file, 'HELLO')],
    ['the same length and the same date', async (file: string) => {
      const before = await stat(file);
      await writeFile(file, 'HELLO');
      await utimes(file, before.atime, before.mtime);
    }],
    ['a file moved over it', async (file: string) => {
      await writeFile(`${file}.new`, 'HELLO');
      await rename(`${file}.new`, file);
    }],
  ])('rule 30: may edit a file (%s): its version changes, and the old one cannot be replaced', async (_, edit) => {
    // A whole second, so that a date put back is the very same.
    const written = await putText(store, at('a.txt'), 'hello', {}, { sha256: hashOf('hello'), mtimeNs: 1_600_000_000_000_000_000n });
    await edit(join(path, 'a.txt'));
    const listed = (await store.list({})).objects[0];
    expect(listed?.etag).not.toBe(written.etag);
    expect(await store.put(at('a.txt'), Buffer.from('mine'), { ifMatch: written.etag, sizeBytes: 4, sha256: hashOf('mine') })).toEqual({ ok: false, why: 'precondition' });
    expect(await store.remove(at('a.txt'), { ifMatch: written.etag })).toEqual({ ok: false, why: 'precondition' });
    const seen = await store.head(at('a.txt'));
    expect(seen).toMatchObject({ claimedSha256: null, storeSha256: hashOf(await readFile(join(path, 'a.txt'))) });
    await must(store.put(at('a.txt'), Buffer.from('mine'), { ifMatch: seen?.etag as NonNullable<typeof seen>['etag'], sizeBytes: 4, sha256: hashOf('mine') }));
  });
  test('a mere touch gets its version back once it was looked at', async () => {
    const later = skippingClock(Date.now() + 10_000);
    const patient = createFolderStore({ path, clock: later });
    const written = await putText(patient, at('a.txt'), 'hello');
    await utimes(join(path, 'a.txt'), 1, 1);
    expect((await patient.head(at('a.txt')))?.etag).toBe(written.etag);
    expect((await patient.list({})).objects[0]?.etag).toBe(written.etag);
  });
});

describe('rule 2: not to be seen is not to be gone', () => {
  test('a drive that is not there is an error, not an empty store', async () => {
    await putText(store, at('a'), 'x');
    await rename(path, `${path}.away`);
    for (const work of [store.list({}), store.head(at('a')), store.get(at('a')), putText(store, at('b'), 'x')]) await expectCode(work, ['network_unreachable']);
    await rename(`${path}.away`, path);
    expect(await store.head(at('a'))).not.toBeNull();
  });
  test('a folder that became a link hides its files, and says so', async () => {
    await putText(store, at('photos/a.jpg'), 'x');
    await rename(join(path, 'photos'), `${path}-larger`);
    await symlink(`${path}-larger`, join(path, 'photos'));
    await expectCode(store.head(at('photos/a.jpg')), ['is_symlink']);
    await expectCode(store.get(at('photos/a.jpg')), ['is_symlink']);
    await expectCode(putText(store, at('photos/b.jpg'), 'x'), ['is_symlink']);
    await expectCode(store.remove(at('photos/a.jpg')), ['is_symlink']);
    expect(await readdir(`${path}-larger`)).toEqual(['a.jpg']);
    await rm(`${path}-larger`, { recursive: true });
  });
});

describe('traps', () => {
  test('a link with a file’s name is neither read nor replaced', async () => {
    const outside = join(path, '..', `outside-${Date.now()}`);
    await writeFile(outside, 'secret');
    await symlink(outside, join(path, 'a'));
    await expectCode(store.get(at('a')), ['is_symlink']);
    await expectCode(putText(store, at('a'), 'x'), ['is_symlink']);
    expect(await readFile(outside, 'utf8')).toBe('secret');
    expect(await allKeys(store, {})).toEqual([]);
    await rm(outside);
  });
  test('Strata’s side files cannot be addressed, by any spelling', async () => {
    await putText(store, at('a'), 'x');
    for (const key of ['.strata/meta/x', '.strata/uploads/x/info', '.strata/locks/x', '.strata/incoming/x', '.Strata/meta/x', '.strata./META/x', '.strata/Meta/x', '.st\u200brata/x']) await expectCode(putText(store, at(key), 'x'), ['name_reserved']);
    await putText(store, at('.strata/devices/one'), 'x');
    await putText(store, at('.strata/~library'), 'x');
    expect((await allKeys(store, { prefix: '.strata/' })).map((object) => object.key)).toEqual(['.strata/devices/one', '.strata/~library']);
  });
  test('rule 3: a file and a folder of one name are a clash, not an overwrite', async () => {
    await putText(store, at('x'), 'file');
    await expectCode(putText(store, at('x/y'), 'child'), ['kind_clash']);
    await putText(store, at('d/y'), 'child');
    await expectCode(putText(store, at('d'), 'file'), ['kind_clash']);
    expect((await allKeys(store, {})).map((object) => object.key)).toEqual(['d/y', 'x']);
  });
});

describe('locks', () => {
  test('one that a dead process left behind is broken, one that is held is waited for', async () => {
    const lock = folderLayout(path).side('locks', 'a');
    await mkdir(dirname(lock), { recursive: true });
    await writeFile(lock, 'some-other-host 1 dead');
    await utimes(lock, 1, 1);
    await putText(store, at('a'), 'x');
    await writeFile(lock, 'some-other-host 1 alive');
    const impatient = createFolderStore({ path, clock: skippingClock(Date.now()) });
    const going = putText(impatient, at('a'), 'y');
    // The clock skips the waiting, so the lock becomes old enough to break while it looks.
    await going;
    expect(await readFile(join(path, 'a'), 'utf8')).toBe('y');
  });
  test('of 4 processes that replace one version, one wins each round', async () => {
    const rounds = 5;
    for (let round = 0; round < rounds; round += 1) await putText(store, at(`race-${round}`), 'base');
    const script = fileURLToPath(new URL('./folder-race.fixture.ts', import.meta.url));
    const runs = await Promise.all(['a', 'b', 'c', 'd'].map((name) => promisify(execFile)(process.execPath, [script, path, name, String(rounds)])));
    const wins = runs.flatMap((run) => JSON.parse(run.stdout) as number[]);
    expect([...wins].sort()).toEqual(Array.from({ length: rounds }, (_, round) => round));
    expect(await readdir(folderLayout(path).private('incoming'))).toEqual([]);
  });
});

test('20,000 files are listed page by page, in order, without reading one', async () => {
  for (let folder = 0; folder < 20; folder += 1) {
    await mkdir(join(path, `f${folder}`));
    await Promise.all(Array.from({ length: 1000 }, (_, file) => writeFile(join(path, `f${folder}/${file}`), '')));
  }
  const keys = await allKeys(store, {});
  expect(keys.length).toBe(20_000);
  const resumed = await allKeys(createFolderStore({ path, clock: systemClock }), { startAfter: keys[15_000]?.key as string });
  expect(resumed.length).toBe(4999);
});
test('a file that changes while it is read ends in an error', async () => {
  await writeFile(join(path, 'a'), Buffer.alloc(1_000_000, 'a'));
  const got = await must(store.get(at('a')));
  await writeFile(join(path, 'a'), Buffer.alloc(1_000_000, 'b'));
  await expectCode(textOf(got.body), ['object_changed']);
});
test('bytes that a crash left on their way in are cleared after a day, not before', async () => {
  const incoming = folderLayout(path).private('incoming');
  await mkdir(incoming, { recursive: true });
  await writeFile(join(incoming, 'torn'), 'x');
  await store.probe();
  expect(await readdir(incoming)).toEqual(['torn']);
  await createFolderStore({ path, clock: skippingClock(Date.now() + 25 * 3_600_000) }).probe();
  expect(await readdir(incoming)).toEqual([]);
});
