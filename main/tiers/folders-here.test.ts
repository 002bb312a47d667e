/** Chosen folders: what is left in the place moves no byte, leaves this disk without being deleted anywhere, and comes down when it is chosen again; also when killed at any step (rules 1, 12, 18). */
import { afterEach, describe, expect, it } from 'vitest';
import type { FolderChoice } from '../../shared/model/chosen-folders.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import { chosenFolders, saveChosenFolders } from '../sync/chosen-folders.ts';
import { SimulatedCrash } from '../testing/memory-disk.ts';
import { createWorld, settledWorld, type World, type WorldOptions } from '../testing/world.ts';
import { chooseAtOnce, chooseFolders, isLeaving, leaveFolders } from './folders-here.ts';
import type { ResidencyResult } from './residency.ts';

let world: World;
afterEach(() => world.close());
const start = async (files: Record<string, string>, options: WorldOptions = {}): Promise<World> => (world = await settledWorld(files, options));
const choose = async (name: string, choices: readonly FolderChoice[], pinned: readonly string[] = []): Promise<ResidencyResult> => {
  const { engine, index, rootId } = world.device(name);
  chooseAtOnce(index, rootId, choices);
  return engine.between(async (work) => {
    await chooseFolders(work, choices);
    return leaveFolders(work, pinned);
  });
};
const finish = (name: string): Promise<ResidencyResult> => world.device(name).engine.between((work) => leaveFolders(work, []));
const row = (name: string, key: string) => world.device(name).index.row(world.device(name).rootId, key as EntryKey);
const syncAll = async (): Promise<void> => {
  for (let round = 0; round < 3; round += 1) for (const device of world.devices) await device.sync();
};
const without = (...folders: string[]): FolderChoice[] => folders.map((folder) => ({ folder, here: false }));
const files = { 'a.txt': 'one', 'f/b.txt': 'two', 'f/g/c.txt': 'three', 'h/d.txt': 'four' };
const whole = { ...files, 'f/': '', 'f/g/': '', 'h/': '' };

describe('from the start', () => {
  it('rule 18: what is not chosen is in the tree as online-only and no byte of it moves', async () => {
    world = createWorld();
    const [a, b] = [world.device('A'), world.device('B')];
    for (const [path, text] of Object.entries(files)) a.write(path, text);
    await a.sync();
    saveChosenFolders(b.index, b.rootId, without('f'));
    const outcome = await b.sync();
    expect([outcome.downloaded, outcome.bytesDown, outcome.inStep]).toEqual([2, 7, true]);
    expect(world.tree('B')).toEqual({ 'a.txt': 'one', 'h/': '', 'h/d.txt': 'four' });
    expect(row('B', 'f/g/c.txt')).toMatchObject({ local: null, base: { resident: false, sizeBytes: 5 } });
    await syncAll();
    expect(world.objects()).toEqual(files);
    expect(world.tree('A')).toEqual(whole);
  });
  it('rule 18: new and changed files there stay there, deleted ones are forgotten, an exception comes down', async () => {
    await start(files);
    await choose('B', [...without('f'), { folder: 'f/g', here: true }]);
    const a = world.device('A');
    a.write('f/new.txt', 'new');
    a.write('f/g/too.txt', 'too');
    a.write('f/b.txt', 'changed');
    await syncAll();
    expect(world.tree('B')).toEqual({ 'a.txt': 'one', 'f/': '', 'f/g/': '', 'f/g/c.txt': 'three', 'f/g/too.txt': 'too', 'h/': '', 'h/d.txt': 'four' });
    a.remove('f/new.txt');
    await syncAll();
    expect(row('B', 'f/new.txt')).toBeNull();
    expect(world.objects()).toEqual({ ...files, 'f/b.txt': 'changed', 'f/g/too.txt': 'too' });
  });
  it('rule 18: a file made here at a name that lies only there keeps both', async () => {
    await start(files);
    await choose('B', without('f'));
    world.device('B').mkdir('f');
    world.device('B').write('f/b.txt', 'mine');
    await syncAll();
    expect(Object.values(world.objects()).sort()).toEqual(['four', 'mine', 'one', 'three', 'two']);
  });
});

describe('chosen later', () => {
  it('rules 1, 12, 18: leaves with its folders, is deleted nowhere, and comes back when chosen again', async () => {
    await start(files);
    expect(await choose('B', without('f'))).toEqual({ files: 2, bytes: 8, left: [] });
    expect(world.tree('B')).toEqual({ 'a.txt': 'one', 'h/': '', 'h/d.txt': 'four' });
    await syncAll();
    expect([world.objects(), world.tree('A')]).toEqual([files, whole]);
    await choose('B', []);
    await world.settle();
    expect(world.tree('B')).toEqual(whole);
  });
  it('what was freed up by itself stays off when a folder beside it is chosen again', async () => {
    await start(files);
    const { engine } = world.device('B');
    const { evict } = await import('./residency.ts');
    await engine.between((work) => evict(work, { paths: ['a.txt' as never], pinned: [] }));
    await choose('B', without('f'));
    await choose('B', []);
    await syncAll();
    expect(world.tree('B')).toEqual({ 'f/': '', 'f/b.txt': 'two', 'f/g/': '', 'f/g/c.txt': 'three', 'h/': '', 'h/d.txt': 'four' });
  });
  it('what is not sent yet and what is pinned stays; what stays only for now goes later', async () => {
    await start(files);
    const b = world.device('B');
    b.write('f/b.txt', 'edited, not sent');
    b.write('f/own.txt', 'only here');
    const result = await choose('B', without('f'), ['f/g']);
    expect(Object.fromEntries(result.left.map((one) => [one.path, one.code]))).toEqual({ 'f/b.txt': 'file_changed', 'f/g/c.txt': 'is_pinned' });
    expect([world.device('B').text('f/b.txt'), world.device('B').text('f/own.txt'), isLeaving(b.index, b.rootId)]).toEqual(['edited, not sent', 'only here', true]);
    await syncAll();
    await finish('B');
    expect(isLeaving(b.index, b.rootId)).toBe(false);
    await syncAll();
    expect(world.objects()).toEqual({ ...files, 'f/b.txt': 'edited, not sent', 'f/own.txt': 'only here' });
    expect(world.tree('B')).toEqual({ 'a.txt': 'one', 'h/': '', 'h/d.txt': 'four' });
  });
  it('rule 12: a lost index finds the choice on the disk', async () => {
    await start(files);
    await choose('B', without('f'));
    const b = world.device('B');
    await b.loseIndex();
    const outcome = await b.sync();
    expect(outcome.downloaded).toBe(0);
    expect(chosenFolders(b.index, b.rootId)).toEqual(without('f'));
    world.device('A').write('f/late.txt', 'late');
    await syncAll();
    expect(world.tree('B')).toEqual({ 'a.txt': 'one', 'h/': '', 'h/d.txt': 'four' });
    expect(world.objects()).toEqual({ ...files, 'f/late.txt': 'late' });
  });
  it('rule 12: an index put back from before the choice takes the newer one from the disk', async () => {
    await start(files, { indexFiles: true });
    const b = world.device('B');
    const putBack = await b.backUpIndex();
    await choose('B', without('f'));
    await b.restart();
    await b.sync();
    await putBack();
    await syncAll();
    expect(chosenFolders(b.index, b.rootId)).toEqual(without('f'));
    expect(world.tree('B')).toEqual({ 'a.txt': 'one', 'h/': '', 'h/d.txt': 'four' });
    expect(world.objects()).toEqual(files);
  });
});

describe('Dropbox 2014: death at every step while a choice is carried out', () => {
  const kinds = ['disk', 'index'] as const;
  it.each(kinds.flatMap((kind) => [false, true].map((dropUnsynced) => [kind, dropUnsynced] as const)))('deletes nothing anywhere (at each effect on the %s, power failure: %s)', async (kind, dropUnsynced) => {
    let deadly = 1;
    for (; ; deadly += 1) {
      await start(files);
      const b = world.device('B');
      await b.engine.connected();
      let effects = 0;
      const step = (): void => {
        effects += 1;
        if (effects !== deadly) return;
        b.kill({ dropUnsynced });
        throw new SimulatedCrash('killed');
      };
      if (kind === 'disk') b.disk.hooks.beforeEffect = step;
      const { index } = b;
      const [setBase, setSetting] = [index.setBase, index.setSetting];
      if (kind === 'index') {
        index.setBase = (...args) => (step(), setBase.apply(index, args));
        index.setSetting = (...args) => (step(), setSetting.apply(index, args));
      }
      // Half way through leaving one folder another is chosen again.
      await choose('B', without('f', 'h')).then(() => choose('B', without('f'))).catch(() => undefined);
      b.disk.hooks.beforeEffect = undefined;
      if (!b.killed) break;
      b.revive();
      await syncAll();
      expect([world.objects(), world.tree('A')], `after effect ${deadly}`).toEqual([files, whole]);
      await choose('B', []);
      await syncAll();
      expect([world.objects(), world.tree('A'), world.tree('B')], `after effect ${deadly}, chosen again`).toEqual([files, whole, whole]);
      await world.close();
    }
    expect(deadly).toBeGreaterThan(8);
  });
});
