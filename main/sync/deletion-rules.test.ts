/** Replays how files were lost by deletions elsewhere: what was not seen, could not be read or was claimed is never deleted (rules 2, 4, 5, 8, 9, 28). */
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../base/app-error.ts';
import { at, rootFolder } from '../testing/world-device.ts';
import { settledWorld, type World, type WorldOptions } from '../testing/world.ts';

let world: World;
const start = async (files: Record<string, string>, options: WorldOptions = {}): Promise<World> => (world = await settledWorld(files, options));
afterEach(() => world.close());
const some = (count: number, folder = 'f'): Record<string, string> => Object.fromEntries(Array.from({ length: count }, (_, number) => [`${folder}/${number}.txt`, `content ${number}`]));

describe('rule 2: not seen is not deleted', () => {
  it('rule 2: a file that the listing missed but a HEAD finds is never deleted (F45)', async () => {
    await start({ 'keep.txt': 'k', 'hidden/one.txt': '1', 'hidden/two.txt': '2' }, { store: { fileHidesFolder: true } });
    world.bucket.write('hidden', 'a file in the folder’s place');
    await world.device('B').sync();
    await world.device('A').sync();
    for (const name of ['A', 'B']) {
      expect(world.device(name).text('hidden/one.txt')).toBe('1');
      expect(world.device(name).text('hidden/two.txt')).toBe('2');
    }
    expect(world.bucket.text('hidden/one.txt')).toBe('1');
  });

  it('rule 2: a listing that breaks off in the middle deletes nothing (F45)', async () => {
    await start(some(20), { store: { pageSize: 5 } });
    let lists = 0;
    world.device('B').onRequest = (verb) => {
      if (verb === 'list' && (lists += 1) === 3) throw new AppError('listing_incomplete', { place: 'memory' });
    };
    const outcome = await world.device('B').sync();
    expect(outcome.inStep).toBe(false);
    expect(Object.keys(world.tree('B'))).toHaveLength(21);
    world.device('B').onRequest = null;
    await world.settle();
    expect(Object.keys(world.tree('B'))).toHaveLength(21);
  });

  it('rule 2: a page lost by the store deletes nothing, because every key is looked at again (F45)', async () => {
    await start(some(20));
    const hidden = ['f/3.txt', 'f/4.txt', 'f/5.txt'];
    const list = world.device('B').store.list.bind(world.device('B').store);
    world.device('B').store.list = async (request) => {
      const page = await list(request);
      return { ...page, objects: page.objects.filter((object) => !hidden.includes(object.key)) };
    };
    await world.device('B').sync();
    for (const path of hidden) expect(world.device('B').exists(path)).toBe(true);
    world.device('B').store.list = list;
    await world.settle();
  });

  it('rule 2: an unmounted root is a stop, not a deletion of everything (F14)', async () => {
    await start(some(8));
    world.device('A').disk.mount('/home/disk');
    world.device('A').disk.unmount(rootFolder);
    const outcome = await world.device('A').sync();
    expect(outcome.inStep).toBe(false);
    expect(outcome.deleted).toBe(0);
    expect(Object.keys(world.objects())).toHaveLength(8);
    world.device('A').disk.remount(rootFolder, { newDevice: true });
    await world.device('A').restart();
    await world.settle();
    expect(Object.keys(world.objects())).toHaveLength(8);
  });

  it('rule 2: a start while the disk is away goes on by itself when the disk is there again (F14)', async () => {
    await start(some(3));
    const { disk } = world.device('A');
    disk.unmount(rootFolder);
    await world.device('A').restart();
    expect((await world.device('A').sync()).reasons).toHaveLength(1);
    disk.remount(rootFolder);
    expect((await world.device('A').sync()).inStep).toBe(true);
  });

  it('rule 2: a root that is unmounted after the scan deletes nothing (F14)', async () => {
    await start(some(3));
    world.device('A').remove('f/1.txt');
    world.device('A').onRequest = (verb) => {
      if (verb === 'list' && !unmounted) {
        unmounted = true;
        world.device('A').disk.unmount(rootFolder);
      }
    };
    let unmounted = false;
    await world.device('A').sync();
    expect(Object.keys(world.objects())).toHaveLength(3);
  });

  it('rule 2: an emptied folder of a root whose mark is gone is a stop (F14)', async () => {
    await start(some(8));
    const { disk } = world.device('A');
    for (const path of ['f', '.strata']) disk.remove(at(path));
    const outcome = await world.device('A').sync();
    expect(outcome.inStep).toBe(false);
    expect(Object.keys(world.objects())).toHaveLength(8);
  });
});

describe('rule 4: a deletion takes exactly the version it looked at', () => {
  const options: WorldOptions = { store: { ignoresConditionalDelete: true } };

  it('rule 4: an edit that arrives between look and delete survives on a store that ignores If-Match on DELETE', async () => {
    await start({ 'f.txt': 'v1', 'other.txt': 'o' }, options);
    world.device('A').remove('f.txt');
    let done = false;
    world.device('A').onRequest = async (verb, key) => {
      if (done || verb !== 'put' || key !== 'f.txt') return;
      done = true;
      world.device('B').write('f.txt', 'v2 by B');
      await world.device('B').sync();
    };
    await world.device('A').sync();
    world.device('A').onRequest = null;
    expect(done).toBe(true);
    await world.settle();
    expect(world.tree('A')).toEqual({ 'f.txt': 'v2 by B', 'other.txt': 'o' });
  });

  it('rule 4: an edit between claim and DELETE waits, and then survives', async () => {
    await start({ 'f.txt': 'v1', 'other.txt': 'o' }, options);
    world.device('A').remove('f.txt');
    let done = false;
    world.device('A').onRequest = async (verb, key) => {
      if (done || verb !== 'remove' || key !== 'f.txt') return;
      done = true;
      world.device('B').write('f.txt', 'v2 by B');
      await world.device('B').sync();
    };
    await world.device('A').sync();
    world.device('A').onRequest = null;
    expect(done).toBe(true);
    await world.settle();
    expect(world.tree('A')).toEqual({ 'f.txt': 'v2 by B', 'other.txt': 'o' });
  });

  it('rule 4: a claim whose maker died is taken over, and never comes down as a file', async () => {
    await start({ 'f.txt': 'v1', 'other.txt': 'o' }, options);
    world.device('A').remove('f.txt');
    world.device('A').onRequest = (verb, key) => {
      if (verb === 'remove' && key === 'f.txt') world.device('A').kill();
    };
    await world.device('A').sync().catch(() => undefined);
    expect(world.device('A').killed).toBe(true);
    world.device('A').onRequest = null;
    expect(world.bucket.objects.has('f.txt')).toBe(true);
    await world.device('B').sync();
    expect(world.device('B').text('f.txt') ?? 'v1').toBe('v1');
    world.clock.pass(61_000);
    world.device('A').revive();
    await world.settle();
    expect(world.tree('B')).toEqual({ 'other.txt': 'o' });
    expect(world.bucket.objects.has('f.txt')).toBe(false);
  });
});

describe('rule 5: lost answers are looked at, never repeated', () => {
  it('rule 5: a DELETE whose answer was lost does not take what another device created since (F44)', async () => {
    await start({ 'f.txt': 'v1', 'other.txt': 'o' });
    world.device('A').remove('f.txt');
    let lost = false;
    world.device('A').onRequest = (verb, key) => {
      if (lost || verb !== 'remove' || key !== 'f.txt') return;
      lost = true;
      return 'lose-answer';
    };
    await world.device('A').sync();
    world.bucket.write('f.txt', 'new by somebody');
    await world.settle();
    expect(lost).toBe(true);
    expect(world.tree('A')).toEqual({ 'f.txt': 'new by somebody', 'other.txt': 'o' });
  });

  it('rule 5: a PUT whose answer was lost is no conflict against oneself, also after another save (F44, rule 17)', async () => {
    await start({ 'f.txt': 'v1' });
    world.device('A').write('f.txt', 'v2');
    let lost = false;
    world.device('A').onRequest = (verb, key) => {
      if (lost || verb !== 'put' || key !== 'f.txt') return;
      lost = true;
      return 'lose-answer';
    };
    await world.device('A').sync();
    world.device('A').write('f.txt', 'v3 of the same user');
    await world.settle();
    expect(lost).toBe(true);
    expect(world.tree('B')).toEqual({ 'f.txt': 'v3 of the same user' });
  });

  it('rule 5: a PUT whose answer was lost, and whose process died before it could look, is no conflict (F01, F44)', async () => {
    await start({ 'f.txt': 'v1' });
    world.device('A').write('f.txt', 'v2');
    world.device('A').onRequest = (verb, key) => {
      if (verb === 'put' && key === 'f.txt') return 'lose-answer';
      if (verb === 'head' && key === 'f.txt') world.device('A').kill();
    };
    await world.device('A').sync().catch(() => undefined);
    expect(world.device('A').killed).toBe(true);
    world.device('A').onRequest = null;
    world.device('A').revive();
    world.device('A').write('f.txt', 'v3 of the same user');
    await world.settle();
    expect(world.tree('B')).toEqual({ 'f.txt': 'v3 of the same user' });
  });

  it('rule 5: a Complete whose answer was lost is looked at (F44, F51)', async () => {
    await start({ 'f.txt': 'v1' });
    const large = 'x'.repeat(17 * 1024 * 1024);
    world.device('A').write('large.bin', large);
    let completes = 0;
    world.device('A').onRequest = (verb) => {
      if (verb === 'completeUpload' && (completes += 1) === 1) return 'lose-answer';
    };
    await world.device('A').sync();
    await world.settle();
    expect(completes).toBe(1);
    expect(world.bucket.uploads.size).toBe(0);
    expect(world.device('B').text('large.bin')?.length).toBe(large.length);
  });
});

describe('rule 28: folders', () => {
  it('rule 28: empty folders travel, and a folder stays when its last file is deleted', async () => {
    await start({ 'folder/last.txt': 'x', 'other.txt': 'o' });
    world.device('A').mkdir('empty/deeper');
    await world.settle();
    expect(Object.keys(world.tree('B'))).toContain('empty/deeper/');
    world.device('A').remove('folder/last.txt');
    await world.settle();
    expect(Object.keys(world.tree('B'))).toContain('folder/');
    expect(Object.keys(world.tree('A'))).toContain('folder/');
    world.device('B').remove('folder');
    world.device('B').remove('empty');
    await world.settle();
    expect(Object.keys(world.tree('A'))).toEqual(['other.txt']);
    expect(Object.keys(world.objects())).toEqual(['other.txt']);
  });

  it('rule 28: a recursive delete does not take a child that another device has just added', async () => {
    await start({ 'folder/a.txt': 'a', 'folder/b.txt': 'b', 'other.txt': 'o' });
    world.device('A').remove('folder');
    world.device('B').write('folder/new.txt', 'new');
    await world.settle();
    expect(world.tree('A')).toEqual({ 'folder/': '', 'folder/new.txt': 'new', 'other.txt': 'o' });
  });

  it('rule 28: a folder that is kept here by something ignored is not sent again for ever', async () => {
    await start({ 'folder/a.txt': 'a', 'other.txt': 'o' });
    world.device('A').write('folder/.DS_Store', 'finder');
    await world.quiet();
    world.device('B').remove('folder');
    await world.quiet();
    expect(world.device('A').text('folder/a.txt')).toBe(null);
    expect(Object.keys(world.objects())).toEqual(['other.txt']);
    expect(Object.keys(world.tree('B'))).toEqual(['other.txt']);
  });
});
