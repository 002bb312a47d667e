/** Replays indexes, folders and places that were put back from a backup or copied: never read as deletions or as newer (rule 12, F15, F62, F64). */
import { afterEach, describe, expect, it } from 'vitest';
import { settledWorld, type World } from '../testing/world.ts';
import { createOtherDevices } from './device-objects.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import type { StoreKey } from './ports.ts';
import { standingOf, type Mark, type Standing } from './standing.ts';

let world: World | null = null;
afterEach(async () => {
  await world?.close();
  world = null;
});
const problemOf = (of: World, device: string) => of.device(device).engine.state().problem?.code ?? null;
const profile = { conditionalPut: true, conditionalPutIfMatch: true };

describe('rule 12: which of the three is behind', () => {
  const index = { epoch: 'e', counter: 7, counterOnDisk: 6, counterInStore: 7 };
  const mark = (counter: number, epoch = 'e'): Mark => ({ counter, epoch });
  const cases: readonly (readonly [string, Mark, Mark | null, Standing])[] = [
    ['as left', mark(6), mark(7), 'current'],
    ['killed before it was noted that the folder has the new mark', mark(7), mark(7), 'current'],
    ['the folder is newer than the index', mark(8), mark(7), 'indexBehind'],
    ['the device’s object is newer than the index', mark(6), mark(8), 'indexBehind'],
    ['the folder was merged under another epoch since', mark(6, 'other'), mark(7), 'indexBehind'],
    ['the folder was put back', mark(5), mark(7), 'folderBehind'],
    ['the place was put back', mark(6), mark(6), 'libraryBehind'],
    ['the place never saw this device', mark(6), null, 'libraryBehind'],
  ];
  it.each(cases)('%s', (_name, folder, own, expected) => {
    expect(standingOf(index, folder, own)).toBe(expected);
  });
  it('a root that never told the place anything is current', () => {
    expect(standingOf({ epoch: 'e', counter: 1, counterOnDisk: 0, counterInStore: 0 }, mark(1), null)).toBe('current');
  });
});

describe('rule 12: an older index', () => {
  it('rule 12: what was made online-only after the backup is not deleted in the place (F15, F62)', async () => {
    world = await settledWorld({ 'big.bin': 'large content', 'kept.txt': 'kept' });
    const a = world.device('A');
    const putBack = await a.backUpIndex();
    const row = a.index.row(a.rootId, 'big.bin' as EntryKey);
    if (row?.base == null) throw new Error('big.bin is not agreed');
    a.index.setBase(a.rootId, row.key, { ...row.base, resident: false });
    a.remove('big.bin');
    await a.sync();
    expect(world.bucket.text('big.bin')).toBe('large content');
    await putBack();
    const outcome = await a.sync();
    expect(outcome.deleted).toBe(0);
    expect(world.bucket.text('big.bin')).toBe('large content');
    await world.settle();
    expect(world.tree('B')).toMatchObject({ 'big.bin': 'large content', 'kept.txt': 'kept' });
  });

  it('rule 12: an ordinary restart is no backup: a deletion made while Strata was off is carried out (F24)', async () => {
    world = await settledWorld({ 'a.txt': 'a', 'b.txt': 'b' });
    await world.device('A').restart();
    world.device('A').remove('a.txt');
    expect((await world.device('A').sync()).deleted).toBe(1);
    expect(world.bucket.text('a.txt')).toBeNull();
  });

  it('rule 12: the same after a kill at each step of the renewal (F01)', async () => {
    world = await settledWorld({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
    const a = world.device('A');
    for (const [path, verb, key] of [['a.txt', 'put', '.strata/devices/'], ['b.txt', 'get', '.strata/~library']] as const) {
      await a.restart();
      a.onRequest = (asked, askedKey) => {
        if (asked === verb && askedKey.startsWith(key)) a.kill();
      };
      await a.sync().catch(() => undefined);
      expect(a.killed).toBe(true);
      a.onRequest = null;
      a.revive();
      a.remove(path);
      expect((await a.sync()).deleted).toBe(1);
      expect(world.bucket.text(path)).toBeNull();
    }
  });
});

describe('rule 12: a folder or a place that was put back', () => {
  it('rule 12: a place put back to an older state is a hold; paired again it is merged and nothing is lost (F64)', async () => {
    world = await settledWorld({ 'letter.txt': 'first draft', 'gone.txt': 'deleted later' });
    const before = new Map(world.bucket.objects);
    world.device('A').write('letter.txt', 'second draft');
    world.device('A').write('new.txt', 'made after the backup');
    await world.settle();
    world.bucket.objects.clear();
    for (const [key, object] of before) world.bucket.objects.set(key, object);
    for (const device of world.devices) {
      await device.restart();
      const outcome = await device.sync();
      expect(outcome.inStep).toBe(false);
      expect(problemOf(world, device.name)).toBe('library_behind');
      expect(device.text('letter.txt')).toBe('second draft');
      expect(device.text('new.txt')).toBe('made after the backup');
    }
    await world.device('A').engine.pairAgain();
    await world.device('B').engine.pairAgain();
    await world.settle();
    const contents = Object.values(world.tree('A'));
    expect(contents).toEqual(expect.arrayContaining(['second draft', 'first draft', 'made after the backup', 'deleted later']));
  });

  it('rule 12: a place put back while Strata runs is noticed by another device’s object going back in time (F64)', async () => {
    world = await settledWorld({ 'a.txt': 'a' });
    const { index, rootId } = world.device('A');
    const seen = createOtherDevices('writer', index, rootId);
    const store = world.bucket.device();
    const root = { deviceId: 'another', name: 'Root' };
    await seen.read(store, root);
    const b = world.device('B');
    b.write('b.txt', 'b');
    await b.sync();
    const before = new Map(world.bucket.objects);
    expect(await seen.read(store, root)).toEqual(['b.txt']);
    b.write('c.txt', 'c');
    await b.sync();
    expect(await seen.read(store, root)).toEqual(['c.txt']);
    world.bucket.objects.clear();
    for (const [key, object] of before) world.bucket.objects.set(key, object);
    await expect(seen.read(store, root)).rejects.toMatchObject({ code: 'library_behind' });
  });

  it('rule 12: a folder put back to an older state brings nothing old over something new, and deletes nothing (F62)', async () => {
    world = await settledWorld({ 'letter.txt': 'first draft' });
    const b = world.device('B');
    const marker = b.disk.text('/home/root/.strata/root.json');
    world.device('A').write('letter.txt', 'second draft');
    world.device('A').write('new.txt', 'made after the backup');
    await world.settle();
    await b.restart();
    await b.sync();
    // The folder of last month, its mark included, is copied over the present one.
    b.disk.write('/home/root/.strata/root.json', marker);
    b.write('letter.txt', 'first draft');
    b.remove('new.txt');
    await b.restart();
    await world.settle();
    expect(world.tree('A')).toMatchObject({ 'letter.txt': 'second draft', 'new.txt': 'made after the backup' });
  });
});

describe('rule 12: a cloned computer', () => {
  it('rule 12: who finds another’s word under its own id takes a new id, and both go on (F62)', async () => {
    world = await settledWorld({ 'a.txt': 'a' });
    const store = world.bucket.device();
    const index = world.device('A').index;
    const root = index.root(world.device('A').rootId);
    if (root === null) throw new Error('no root');
    const deps = { index, store, logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }, random: () => 'an-id-of-its-own' };
    const [one, two] = [createOtherDevices('one', index, root.id), createOtherDevices('two', index, root.id)];
    await one.readOwn(store, root.deviceId);
    await two.readOwn(store, root.deviceId);
    const next = { ...root, counter: root.counter + 1 };
    expect((await one.tell(deps, next, profile, ['a.txt' as StoreKey])).deviceId).toBe(root.deviceId);
    expect((await two.tell(deps, next, profile, ['b.txt' as StoreKey])).deviceId).toBe('an-id-of-its-own');
    expect(Object.keys(Object.fromEntries(world.bucket.objects)).filter((key) => key.startsWith('.strata/devices/'))).toContain('.strata/devices/an-id-of-its-own');
  });

  it('rule 12: an own word whose answer was lost is no clone (F44)', async () => {
    world = await settledWorld({ 'a.txt': 'a' });
    const index = world.device('A').index;
    const root = index.root(world.device('A').rootId);
    if (root === null) throw new Error('no root');
    const plain = world.bucket.device();
    // A layer below asks again after a lost answer: the second try meets the first one's object.
    const store = Object.assign(Object.create(plain) as typeof plain, {
      put: async (...request: Parameters<typeof plain.put>) => {
        await plain.put(...request);
        return plain.put(...request);
      },
    });
    const deps = { index, store, logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }, random: () => 'an-id-of-its-own' };
    const devices = createOtherDevices('one', index, root.id);
    await devices.readOwn(store, root.deviceId);
    expect((await devices.tell(deps, { ...root, counter: root.counter + 1 }, profile, [])).deviceId).toBe(root.deviceId);
  });
});
