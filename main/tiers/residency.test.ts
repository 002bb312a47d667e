/** Off this disk and back: base moves first, an absence by choice is never a deletion, and nothing goes whose bytes might be nowhere else (rules 1, 12, 15, 18). */
import { afterEach, describe, expect, it } from 'vitest';
import type { EntryKey, RelativePath } from '../../shared/relative-path.ts';
import { SimulatedCrash } from '../testing/memory-disk.ts';
import { at } from '../testing/world-device.ts';
import { settledWorld, type World, type WorldOptions } from '../testing/world.ts';
import { evict, fetch, purgeEvicted, type ResidencyResult } from './residency.ts';

let world: World;
afterEach(() => world.close());
const start = async (files: Record<string, string>, options: WorldOptions = {}): Promise<World> => (world = await settledWorld(files, options));
const freeUp = (name: string, paths: readonly string[], pinned: readonly string[] = []): Promise<ResidencyResult> => world.device(name).engine.between((work) => evict(work, { paths: paths as readonly RelativePath[], pinned }));
const bringBack = async (name: string, paths: readonly string[]): Promise<ResidencyResult> => fetch(await world.device(name).engine.connected(), paths as readonly RelativePath[], 4);
const row = (name: string, key: string) => world.device(name).index.row(world.device(name).rootId, key as EntryKey);
const syncAll = async (): Promise<void> => {
  for (let round = 0; round < 3; round += 1) for (const device of world.devices) await device.sync();
};
const files = { 'a.txt': 'one', 'f/b.txt': 'two', 'f/g/c.txt': 'three' };

describe('off this disk', () => {
  it('rules 1, 18: a folder is freed up, deleted nowhere, and comes back whole', async () => {
    await start(files);
    expect(await freeUp('A', ['f'])).toEqual({ files: 2, bytes: 8, left: [] });
    expect(world.tree('A')).toEqual({ 'a.txt': 'one', 'f/': '', 'f/g/': '' });
    await syncAll();
    expect(world.tree('B')).toEqual({ ...files, 'f/': '', 'f/g/': '' });
    expect(world.objects()).toEqual(files);
    expect(row('A', 'f/b.txt')).toMatchObject({ local: null, base: { resident: false } });
    expect(await bringBack('A', [''])).toEqual({ files: 2, bytes: 8, left: [] });
    await world.settle();
    expect(world.tree('A')).toEqual(world.tree('B'));
  });
  it('the space is free a minute later', async () => {
    await start(files);
    await freeUp('A', ['a.txt']);
    const { engine } = world.device('A');
    expect(await engine.between(purgeEvicted)).toBeGreaterThan(0);
    expect(world.device('A').contents()).toContain('one');
    world.clock.pass(61_000);
    expect(await engine.between(purgeEvicted)).toBeNull();
    expect(world.device('A').contents()).not.toContain('one');
  });
  it('what is not in step, pinned or gone from the place stays', async () => {
    await start(files);
    world.device('A').write('a.txt', 'edited, not sent');
    world.device('A').write('new.txt', 'only here');
    world.bucket.erase('f/b.txt');
    const result = await freeUp('A', ['a.txt', 'new.txt', 'f'], ['f/g']);
    expect(Object.fromEntries(result.left.map((one) => [one.path, one.code]))).toEqual({ 'a.txt': 'file_changed', 'f/b.txt': 'object_changed', 'f/g/c.txt': 'is_pinned' });
    expect(result.files).toBe(0);
    expect(Object.values(world.tree('A'))).toEqual(expect.arrayContaining(['edited, not sent', 'only here', 'two', 'three']));
    await world.device('A').sync();
    expect(world.objects()).toMatchObject({ 'a.txt': 'edited, not sent', 'new.txt': 'only here' });
  });
  it('rule 18: an edit elsewhere does not fill the disk again, a deletion elsewhere is forgotten', async () => {
    await start(files);
    await freeUp('A', ['f']);
    world.device('B').write('f/b.txt', 'newer');
    world.device('B').remove('f/g/c.txt');
    await syncAll();
    expect(world.tree('A')).toEqual({ 'a.txt': 'one', 'f/': '', 'f/g/': '' });
    expect(row('A', 'f/g/c.txt')).toBeNull();
    await bringBack('A', ['f/b.txt']);
    expect(world.device('A').text('f/b.txt')).toBe('newer');
  });
  it('rule 18: a new file where an online-only one lies keeps both', async () => {
    await start(files);
    await freeUp('A', ['a.txt']);
    world.device('A').write('a.txt', 'mine, made anew');
    await syncAll();
    expect(Object.values(world.objects()).sort()).toEqual(['mine, made anew', 'one', 'three', 'two']);
  });
  it('rule 18: a folder with online-only files is not deleted there by being removed here', async () => {
    await start(files);
    await freeUp('A', ['f']);
    world.device('A').remove('f');
    await syncAll();
    expect(world.objects()).toEqual(files);
    expect(world.tree('B')).toEqual({ ...files, 'f/': '', 'f/g/': '' });
  });
  it('what is only in the cold store comes back as well', async () => {
    await start(files, { cold: {} });
    const found = world.bucket.objects.get('a.txt');
    world.cold?.write('a.txt', found?.bytes ?? '', { metadata: found?.metadata ?? {} });
    world.bucket.erase('a.txt');
    await world.settle();
    expect(await freeUp('A', ['a.txt'])).toMatchObject({ files: 1 });
    await syncAll();
    expect(await bringBack('A', ['a.txt'])).toMatchObject({ files: 1 });
    await world.settle();
  });
});

describe('rule 12: a lost index', () => {
  it('does not bring everything back', async () => {
    await start(files, { devices: ['A', 'B'] });
    await freeUp('A', ['f']);
    await world.device('A').loseIndex();
    const outcome = await world.device('A').sync();
    expect(outcome.downloaded).toBe(0);
    expect(world.tree('A')).toEqual({ 'a.txt': 'one', 'f/': '', 'f/g/': '' });
    await syncAll();
    expect(world.objects()).toEqual(files);
    await bringBack('A', ['']);
    await world.settle();
  });
});

describe('rule 1: death at every step', () => {
  it.each([false, true])('never becomes a deletion (power failure: %s)', async (dropUnsynced) => {
    let deadly = 1;
    for (; ; deadly += 1) {
      await start(files, { indexFiles: true });
      const a = world.device('A');
      await a.engine.connected();
      let effects = 0;
      a.disk.hooks.beforeEffect = () => {
        effects += 1;
        if (effects !== deadly) return;
        a.kill({ dropUnsynced });
        throw new SimulatedCrash('killed');
      };
      await freeUp('A', ['']).catch(() => undefined);
      a.disk.hooks.beforeEffect = undefined;
      if (!a.killed) break;
      a.revive();
      await syncAll();
      expect(world.objects(), `after effect ${deadly}`).toEqual(files);
      expect(world.tree('B'), `after effect ${deadly}`).toEqual({ ...files, 'f/': '', 'f/g/': '' });
      await bringBack('A', ['']);
      await syncAll();
      expect(world.tree('A'), `after effect ${deadly}`).toEqual(world.tree('B'));
      await world.close();
    }
    expect(deadly).toBeGreaterThan(5);
    expect(world.device('A').exists(at('a.txt'))).toBe(false);
  });
});
