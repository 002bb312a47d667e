/** Replays what went wrong while bytes were on their way: torn reads, saves at the last instant, claims that were believed, false conflicts, full disks (rules 6, 11 to 17, 21, 27, 32). */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { EntryKey } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import { handMadeWork } from '../testing/hand-made-work.ts';
import { MemoryBucket } from '../testing/memory-store.ts';
import { at, rootFolder } from '../testing/world-device.ts';
import { settledWorld, writesOf, type World, type WorldOptions } from '../testing/world.ts';
import { beginMerge, mergeObject } from './merge-listing.ts';
import type { ETag, Sha256 } from './ports.ts';

let world: World;
const start = async (files: Record<string, string>, options: WorldOptions = {}): Promise<World> => (world = await settledWorld(files, options));
afterEach(() => world.close());
const sha = (text: string): Sha256 => createHash('sha256').update(text).digest('hex') as Sha256;
const contents = (name: string): string[] => Object.values(world.tree(name)).filter((text) => text !== '').sort();

describe('rule 6: a move never overwrites', () => {
  it('rule 6: A renames f to g while B creates g: both contents stay (F61)', async () => {
    await start({ 'f.txt': 'renamed content', 'other.txt': 'o' });
    world.device('A').rename('f.txt', 'g.txt');
    let done = false;
    world.device('A').onRequest = (verb, key) => {
      if (done || verb !== 'copy' || key !== 'g.txt') return;
      done = true;
      world.bucket.write('g.txt', 'B was quicker');
    };
    await world.device('A').sync();
    await world.settle();
    expect(done).toBe(true);
    expect(contents('A')).toEqual(['B was quicker', 'o', 'renamed content']);
  });
});

describe('rules 11 and 12: the wrong place, the lost index', () => {
  it('rule 11: another bucket behind the same address: nothing is written, nothing comes down', async () => {
    await start({ 'a.txt': 'a' }, { devices: ['A'] });
    const other = new MemoryBucket({ clock: world.clock });
    other.write('foreign.txt', 'foreign');
    other.write('.strata/~library', JSON.stringify({ libraryId: 'another', createdAtMs: 0, coldStore: null }));
    await world.device('A').useBucket(other);
    const outcome = await world.device('A').sync({ approveCounts: true });
    expect(outcome.inStep).toBe(false);
    expect(world.tree('A')).toEqual({ 'a.txt': 'a' });
    expect(other.sortedKeys()).toEqual(['.strata/~library', 'foreign.txt']);
  });

  it('rule 11: an empty bucket in the place of the library is a stop (F47, F64)', async () => {
    await start({ 'a.txt': 'a' }, { devices: ['A'] });
    const empty = new MemoryBucket({ clock: world.clock });
    await world.device('A').useBucket(empty);
    expect((await world.device('A').sync({ approveCounts: true })).inStep).toBe(false);
    expect(world.tree('A')).toEqual({ 'a.txt': 'a' });
    expect(empty.sortedKeys()).toEqual([]);
  });

  it('rule 11: a bucket replaced between the first look and the listing deletes nothing (F47)', async () => {
    await start({ 'a.txt': 'a', 'b.txt': 'b' });
    world.device('A').onRequest = (verb) => {
      if (verb !== 'list') return;
      for (const key of world.bucket.sortedKeys()) world.bucket.erase(key);
    };
    expect((await world.device('A').sync({ approveCounts: true })).inStep).toBe(false);
    expect(world.tree('A')).toEqual({ 'a.txt': 'a', 'b.txt': 'b' });
    expect(world.objects()).toEqual({});
  });

  it('rule 11: a listing in which the library’s mark is missing is not whole, and deletes nothing (F44)', async () => {
    await start({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
    const missing = ['.strata/~library', 'b.txt'].map((key) => [key, world.bucket.objects.get(key)] as const);
    // Only listings lack them: whoever looks at the mark itself finds it.
    world.device('A').onRequest = (verb) => {
      for (const [key, stored] of missing) {
        if (verb === 'list') world.bucket.objects.delete(key);
        else if (stored !== undefined) world.bucket.objects.set(key, stored);
      }
    };
    expect((await world.device('A').sync({ approveCounts: true })).inStep).toBe(false);
    expect(world.device('A').text('b.txt')).toBe('b');
    world.device('A').onRequest = null;
    for (const [key, stored] of missing) if (stored !== undefined) world.bucket.objects.set(key, stored);
    await world.settle();
    expect(world.device('B').text('b.txt')).toBe('b');
  });

  it('rule 11: another folder in the place of the root is a stop (F14)', async () => {
    await start({ 'a.txt': 'a' }, { devices: ['A'] });
    const { disk } = world.device('A');
    disk.rename(rootFolder, '/home/moved-away');
    disk.mkdir(rootFolder);
    disk.write(at('foreign.txt'), 'foreign');
    await world.device('A').restart();
    expect((await world.device('A').sync({ approveCounts: true })).inStep).toBe(false);
    expect(world.objects()).toEqual({ 'a.txt': 'a' });
    expect(world.tree('A')).toEqual({ 'foreign.txt': 'foreign' });
  });

  it('rule 12: a lost index adopts what is equal without moving a byte (F15, F62)', async () => {
    await start({ 'a.txt': 'a', 'f/b.txt': 'b', 'empty-file': '' });
    world.device('B').mkdir('empty-folder');
    await world.settle();
    await world.device('A').loseIndex();
    const outcome = await world.device('A').sync();
    expect(outcome).toMatchObject({ uploaded: 0, downloaded: 0, deleted: 0, conflicts: 0, inStep: true });
    await world.settle();
  });

  it('rule 12: a lost index and edits on both sides keep everything, and bring nothing twice (F62)', async () => {
    await start({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
    await world.device('A').loseIndex();
    world.device('A').write('a.txt', 'edited here');
    world.device('B').write('b.txt', 'edited there');
    await world.device('B').sync();
    await world.settle();
    expect(contents('A')).toContain('edited here');
    expect(contents('A')).toContain('edited there');
    expect(world.device('A').text('b.txt')).toBe('edited there');
    // B's version names the hash it replaced, which is what A holds: just newer, no conflict (rule 17).
    expect(Object.keys(world.tree('A')).filter((name) => name.startsWith('b'))).toEqual(['b.txt']);
  });
});

describe('rules 13, 15 and 16: files that change under the engine', () => {
  it('rule 13: a file that changes while it is read goes up whole or not at all (F30)', async () => {
    await start({ 'f.txt': 'first' });
    let changes = 0;
    world.device('A').write('f.txt', 'second version');
    world.device('A').disk.hooks.beforeRead = (name, path) => {
      if (name === 'read' && path === at('f.txt') && (changes += 1) <= 3) world.device('A').disk.write(path, `version ${changes} of a slow writer`);
    };
    const seen = new Set<string | null>();
    world.device('A').onRequest = () => void seen.add(world.bucket.text('f.txt'));
    await world.device('A').sync();
    world.device('A').disk.hooks.beforeRead = undefined;
    await world.settle();
    expect(world.device('B').text('f.txt')).toBe('version 3 of a slow writer');
    for (const text of seen) expect(['first', 'second version', 'version 1 of a slow writer', 'version 2 of a slow writer', 'version 3 of a slow writer']).toContain(text);
  });

  it('rule 13: a large file that changes between its parts is never completed (F30)', async () => {
    await start({ 'other.txt': 'o' });
    world.device('A').write('large.bin', 'a'.repeat(17 * 1024 * 1024));
    let parts = 0;
    world.device('A').onRequest = (verb) => {
      if (verb === 'putPart' && (parts += 1) === 1) world.device('A').disk.write(at('large.bin'), 'b'.repeat(17 * 1024 * 1024));
    };
    await world.device('A').sync();
    world.device('A').onRequest = null;
    await world.settle();
    expect(new Set(world.device('B').text('large.bin'))).toEqual(new Set('b'));
    expect(world.bucket.uploads.size).toBe(0);
  });

  it('rule 15: a save between the last look and the rename is kept (F30)', async () => {
    await start({ 'f.txt': 'v1' });
    world.device('A').write('f.txt', 'v2 from A');
    await world.device('A').sync();
    let done = false;
    world.device('B').disk.hooks.beforeEffect = (name, path) => {
      if (done || name !== 'rename' || path !== at('f.txt')) return;
      done = true;
      world.device('B').disk.save(path, 'saved by B at the last instant');
    };
    await world.device('B').sync();
    world.device('B').disk.hooks.beforeEffect = undefined;
    await world.settle();
    expect(done).toBe(true);
    expect(contents('A')).toEqual(['saved by B at the last instant', 'v2 from A']);
  });

  it('rule 16: a save during the upload still goes up (F30)', async () => {
    await start({ 'f.txt': 'v1' });
    world.device('A').write('f.txt', 'v2');
    let done = false;
    world.device('A').onRequest = (verb, key) => {
      if (done || verb !== 'put' || key !== 'f.txt') return;
      done = true;
      world.device('A').disk.write(at('f.txt'), 'v3 saved meanwhile');
    };
    await world.device('A').sync();
    world.device('A').onRequest = null;
    await world.settle();
    expect(world.device('B').text('f.txt')).toBe('v3 saved meanwhile');
  });

  it('rule 16: a page asked for before an upload and a deletion brings neither old version back (F44)', async () => {
    await start({ 'f.txt': 'v1', 'gone.txt': 'g' }, { devices: ['A'] });
    const work = await handMadeWork(world, 'A');
    const [f, gone] = ['f.txt', 'gone.txt'].map((key) => key as EntryKey) as [EntryKey, EntryKey];
    const asked = beginMerge(work, null);
    const { objects } = await work.store.list({});
    // What both do to their rows while the page is on its way.
    for (const key of [f, gone]) work.touched.enter(key);
    const remote = work.index.row(work.rootId, f)?.remote ?? null;
    work.index.setRemote(work.rootId, f, remote === null ? null : { ...remote, etag: 'of v2' as ETag });
    work.index.setRemote(work.rootId, gone, null);
    for (const key of [f, gone]) work.touched.leave(key);
    for (const object of objects) mergeObject(asked, object);
    expect([f, gone].map((key) => work.index.row(work.rootId, key)?.remote?.etag ?? null)).toEqual(['of v2', null]);
    const later = beginMerge(work, null);
    for (const object of objects) mergeObject(later, object);
    expect([f, gone].map((key) => work.index.row(work.rootId, key)?.remote?.etag ?? null)).not.toContain(null);
  });
});

describe('rules 14 and 17: what is believed', () => {
  it('rule 14: a false claim of a hash is read, not believed', async () => {
    await start({ 'other.txt': 'o' });
    world.device('A').write('f.txt', 'mine 1');
    world.bucket.write('f.txt', 'theirs', { metadata: { sha256: sha('mine 1') } });
    await world.settle();
    expect(contents('A')).toEqual(['mine 1', 'o', 'theirs']);
  });

  it('rule 14: bytes that do not fit their claim are accepted with their real hash, not refused for ever', async () => {
    await start({ 'other.txt': 'o' });
    world.bucket.write('f.txt', 'rewritten by s3fs', { metadata: { sha256: sha('what it was before') } });
    await world.settle();
    expect(world.device('B').text('f.txt')).toBe('rewritten by s3fs');
  });

  it('rule 17: the same bytes under a new ETag are no edit; the local edit goes up without a conflict', async () => {
    await start({ 'f.txt': 'content' });
    world.bucket.write('f.txt', 'content', { etag: 'moved-by-somebody' as never, metadata: { sha256: sha('content') } });
    world.device('A').write('f.txt', 'edited by A');
    await world.settle();
    expect(world.tree('B')).toEqual({ 'f.txt': 'edited by A' });
  });
});

describe('rules 21, 27 and 32', () => {
  it('rule 21: a rename costs no bytes, here and there', async () => {
    await start({ 'dir/a.txt': 'content a', 'dir/b.txt': 'content bb', 'other.txt': 'o' });
    world.device('A').rename('dir', 'renamed');
    expect(await world.device('A').sync()).toMatchObject({ uploaded: 0, moved: 2, deleted: 0 });
    expect(await world.device('B').sync()).toMatchObject({ downloaded: 0, moved: 2, deleted: 0 });
    await world.settle();
    expect(Object.keys(world.tree('B'))).toEqual(['other.txt', 'renamed/', 'renamed/a.txt', 'renamed/b.txt']);
  });

  it('rule 21: A renames f to g and B edits f: B’s edit is not lost (F61)', async () => {
    await start({ 'f.txt': 'v1', 'other.txt': 'o' });
    world.device('B').write('f.txt', 'v2 by B');
    await world.device('B').sync();
    world.device('A').rename('f.txt', 'g.txt');
    await world.settle();
    expect(contents('A')).toContain('v2 by B');
    expect(world.device('A').text('f.txt')).toBe('v2 by B');
  });

  it('rule 21: a file is renamed and a folder made where it lay: it is moved there, and no second copy is made (F31, F61)', async () => {
    await start({ f: 'one content' });
    world.device('A').rename('f', 'g');
    world.device('A').write('f/inside', 'new');
    expect(await world.device('A').sync()).toMatchObject({ moved: 1 });
    await world.settle();
    for (const name of ['A', 'B']) expect(world.tree(name)).toEqual({ 'f/': '', 'f/inside': 'new', g: 'one content' });
  });

  it('rule 21: the same with an archived file, which can’t be moved there: after a yes it is sent under its new name (F31, F61)', async () => {
    await start({ f: 'one content' }, { devices: ['A'], store: { archivedClasses: ['GLACIER'] } });
    const stored = world.bucket.objects.get('f');
    world.bucket.write('f', 'one content', { storageClass: 'GLACIER', ...(stored === undefined ? {} : { etag: stored.etag, metadata: stored.metadata }) });
    world.device('A').rename('f', 'g');
    world.device('A').write('f/inside', 'new');
    await world.quiet();
    expect([world.objects()['f'], world.device('A').text('g')]).toEqual(['one content', 'one content']);
    const { engine, index, rootId } = world.device('A');
    for (const hold of index.holds(rootId, 'waiting')) engine.settleHold(hold.id, 'approved');
    await world.quiet();
    expect(world.objects()).toMatchObject({ g: 'one content' });
  });

  it('rule 21: two renames of one file, a swap and a chain come to rest with all contents (F31, F61)', async () => {
    await start({ 'f.txt': 'one content', 'a.txt': 'aaa', 'b.txt': 'bbbb', 'c1.txt': 'chain1', 'c2.txt': 'chain 2' });
    world.device('A').rename('f.txt', 'by-a.txt');
    world.device('B').rename('f.txt', 'by-b.txt');
    const { disk } = world.device('A');
    disk.rename(at('a.txt'), at('t.txt'));
    disk.rename(at('b.txt'), at('a.txt'));
    disk.rename(at('t.txt'), at('b.txt'));
    disk.rename(at('c2.txt'), at('c3.txt'));
    disk.rename(at('c1.txt'), at('c2.txt'));
    await world.settle();
    expect(world.device('B').text('a.txt')).toBe('bbbb');
    expect(world.device('B').text('b.txt')).toBe('aaa');
    expect(world.device('B').text('c2.txt')).toBe('chain1');
    expect(world.device('B').text('c3.txt')).toBe('chain 2');
    expect(contents('B')).toContain('one content');
  });

  it.each([['an edit of another length', 'edited, longer'], ['an edit of the same length', 'OLD TEXT']])('rule 21: %s that was seen, not sent and then renamed is sent under its new name (F01, F31)', async (_what, edited) => {
    await start({ 'f.txt': 'old text' });
    const device = world.device('A');
    device.write('f.txt', edited);
    device.onRequest = (verb, key) => {
      if (verb === 'put' && key === 'f.txt') device.kill();
    };
    await device.sync().catch(() => undefined);
    device.onRequest = null;
    expect(device.killed).toBe(true);
    device.revive();
    device.rename('f.txt', 'g.txt');
    await world.settle();
    for (const name of ['A', 'B']) expect(world.tree(name)).toEqual({ 'g.txt': edited });
    expect(world.bucket.text('g.txt')).toBe(edited);
  });

  it('rule 21: empty files do not pair: deleting one and making another is no move', async () => {
    await start({ 'empty-1': '', 'other.txt': 'o' });
    world.device('A').remove('empty-1');
    world.device('A').write('empty-2', '');
    expect((await world.device('A').sync()).moved).toBe(0);
    await world.settle();
  });

  it('rule 27: the executable bit travels both ways, a touch costs nothing', async () => {
    await start({ 'run.sh': '#!/bin/sh' });
    world.device('A').disk.chmod(at('run.sh'), { executable: true });
    await world.settle();
    expect(world.device('B').disk.stat(at('run.sh'))?.executable).toBe(true);
    world.clock.pass(5000);
    world.device('B').disk.chmod(at('run.sh'), { executable: false });
    await world.settle();
    expect(world.device('A').disk.stat(at('run.sh'))?.executable).toBe(false);
    world.device('A').disk.touch(at('run.sh'));
    const before = writesOf(world.device('A'));
    expect(await world.device('A').sync()).toMatchObject({ uploaded: 0, inStep: true });
    expect(writesOf(world.device('A'))).toBe(before);
  });

  it('rule 27: a disk that cannot hold the bit does not flip it for all', async () => {
    await start({ 'run.sh': '#!/bin/sh' }, { disks: { B: { holdsExecutable: false } } });
    world.device('A').disk.chmod(at('run.sh'), { executable: true });
    await world.settle();
    world.device('B').write('run.sh', '#!/bin/sh edited');
    await world.settle();
    expect(world.device('A').disk.stat(at('run.sh'))?.executable).toBe(true);
  });

  it('rule 32: another device’s unfinished upload is left alone', async () => {
    await start({ 'other.txt': 'o' });
    const foreign = await world.device('B').store.startUpload('large.bin' as never, {});
    world.device('A').write('large.bin', 'x'.repeat(17 * 1024 * 1024));
    await world.device('A').sync();
    expect([...world.bucket.uploads.keys()]).toEqual([foreign]);
  });
});

describe('one failing file never stops the others', () => {
  it('an unreadable file, a refused key and a full disk wait with a reason, the rest goes on (F10, F12, F48)', async () => {
    await start({ 'fine.txt': 'fine' });
    world.device('A').write('unreadable.txt', 'secret');
    world.device('A').disk.chmod(at('unreadable.txt'), { readable: false });
    world.device('A').write('refused.txt', 'refused');
    world.device('A').write('zz-last.txt', 'last');
    world.device('A').onRequest = (verb, key) => {
      if (verb === 'put' && key === 'refused.txt') throw new AppError('access_denied', { action: 'PutObject' });
    };
    const outcome = await world.device('A').sync();
    expect(outcome.inStep).toBe(false);
    expect(world.objects()).toEqual({ 'fine.txt': 'fine', 'zz-last.txt': 'last' });
    world.device('A').onRequest = null;
    world.device('A').disk.chmod(at('unreadable.txt'), { readable: true });
    world.clock.pass(3_600_000);
    await world.settle();
    expect(world.device('B').text('unreadable.txt')).toBe('secret');
  });

  it('a full disk waits for room, uploads go on, and then the file arrives (F10)', async () => {
    await start({ 'fine.txt': 'fine' });
    world.device('A').write('large.txt', 'x'.repeat(100_000));
    await world.device('A').sync();
    const { disk } = world.device('B');
    disk.capacityBytes = disk.tree.usedBytes + 2000;
    world.device('B').write('up.txt', 'up');
    const outcome = await world.device('B').sync();
    expect(outcome.inStep).toBe(false);
    expect(world.bucket.text('up.txt')).toBe('up');
    expect(world.device('B').exists('large.txt')).toBe(false);
    disk.capacityBytes = Number.MAX_SAFE_INTEGER;
    world.clock.pass(3_600_000);
    await world.settle();
    expect(world.device('B').text('large.txt')).toHaveLength(100_000);
  });
});
