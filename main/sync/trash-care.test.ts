/** Proves that what a program still writes to a file in the trash comes back beside the new one, and that trashes empty themselves by days that ran. */
import { expect, test } from 'vitest';
import { handMadeWork } from '../testing/hand-made-work.ts';
import { at } from '../testing/world-device.ts';
import { createWorld, type World } from '../testing/world.ts';
import { AppError } from '../base/app-error.ts';
import { figureQueries } from '../database/figure-queries.ts';
import type { WorldDevice } from '../testing/world-device.ts';
import { purgeOldTrash, purgeStoreTrash, rescueFromTrash } from './trash-care.ts';

const queriesOf = (device: WorldDevice): ReturnType<typeof figureQueries> => figureQueries(device.index.database);

test('rule 15: a program that wrote to the replaced file through its open handle finds that edit as a conflict copy', async () => {
  const world = createWorld();
  world.device('A').write('report.txt', 'one');
  await world.settle();
  const { disk } = world.device('B');
  disk.hardLink(at('report.txt'), '/open-handle');
  world.device('A').write('report.txt', 'two, from the other computer');
  // Not settled here: that lets minutes pass, and the trash is only looked at while a program may still write.
  await world.device('A').sync();
  await world.device('B').sync();
  disk.write('/open-handle', 'what the open program saved late');
  const folders = await rescueFromTrash(await handMadeWork(world, 'B'));
  expect(folders).toHaveLength(1);
  await world.settle();
  const texts = Object.values(world.tree('A'));
  expect(texts).toContain('two, from the other computer');
  expect(texts).toContain('what the open program saved late');
  expect(await rescueFromTrash(await handMadeWork(world, 'B'))).toEqual([]);
});

test('rule 24: a clock that jumps a year makes the trash one day older, and days that really ran empty it', async () => {
  const world = createWorld();
  world.device('A').write('old.txt', 'kept for a while');
  await world.settle();
  world.device('A').remove('old.txt');
  await world.device('A').sync();
  await world.device('B').sync();
  const work = await handMadeWork(world, 'B');
  const dayMs = 86_400_000;
  const passDays = async (days: number): Promise<number> => {
    world.clock.pass(days * dayMs);
    await work.store.list({ maxKeys: 1 });
    return purgeOldTrash(work, 30);
  };
  expect(await passDays(365)).toBe(0);
  for (let day = 0; day < 28; day += 1) expect(await passDays(1)).toBe(0);
  expect((await work.local.listTrash()).map((trashed) => trashed.path)).toEqual(['old.txt']);
  expect(await passDays(1)).toBe(1);
  expect(await work.local.listTrash()).toEqual([]);
});

const dayMs = 86_400_000;
const trashOf = (world: World): string[] => world.bucket.sortedKeys().filter((key) => key.startsWith('.strata/trash/'));

test('rule 24: what a deletion left in the place’s trash goes after 30 days that ran, and nothing outside the trash with it', async () => {
  const world = createWorld();
  const [a, b] = [world.device('A'), world.device('B')];
  a.write('old.txt', 'kept for a while');
  a.write('kept.txt', 'still wanted');
  await world.settle();
  a.remove('old.txt');
  await a.sync();
  await b.sync();
  expect(trashOf(world)).toHaveLength(1);
  const outside = world.bucket.sortedKeys().filter((key) => !key.startsWith('.strata/trash/'));
  world.clock.pass(365 * dayMs);
  await b.sync();
  expect(trashOf(world), 'a clock that jumped makes it one day older').toHaveLength(1);
  for (let day = 0; day < 28; day += 1) {
    world.clock.pass(dayMs);
    await b.sync();
  }
  expect(trashOf(world)).toHaveLength(1);
  const lists = (): number => b.store.requestCounts().LIST;
  world.clock.pass(dayMs);
  const before = lists();
  await b.sync();
  expect(trashOf(world)).toEqual([]);
  const dayOfEmptying = lists() - before;
  const again = lists();
  await b.sync();
  expect(lists() - again, 'the second look of a day asks nothing of the trash, nor for old parts').toBe(dayOfEmptying - 2);
  expect(world.bucket.sortedKeys().filter((key) => !key.startsWith('.strata/trash/'))).toEqual(outside);
  expect([a.text('kept.txt'), b.text('kept.txt')]).toEqual(['still wanted', 'still wanted']);
});

test('rule 24: a store clock that is a year ahead empties nothing', async () => {
  const world = createWorld();
  world.device('A').write('old.txt', 'kept');
  await world.settle();
  world.device('A').remove('old.txt');
  await world.device('A').sync();
  const work = await handMadeWork(world, 'A');
  const wrong = { ...work, store: Object.assign(Object.create(work.store) as typeof work.store, { storeTimeMs: () => world.clock.nowMs() + 365 * dayMs }) };
  for (let day = 0; day < 40; day += 1) {
    world.clock.pass(dayMs);
    expect(await purgeStoreTrash(wrong, 30)).toBe(0);
  }
  expect(trashOf(world)).toHaveLength(1);
});

test('a trash in the place that can’t be emptied is listed and tried again the next day; the round goes on', async () => {
  const world = createWorld();
  const a = world.device('A');
  a.write('old.txt', 'kept for a while');
  await world.settle();
  a.remove('old.txt');
  await a.sync();
  a.onRequest = (verb, key) => {
    if (verb === 'list' && key === '.strata/trash/') throw new AppError('access_denied', { place: 'memory', action: 'list' });
  };
  const problems = (): number => queriesOf(a).lines({ runId: null, rootId: a.rootId, kind: 'problem', path: null, before: null, limit: 50 }).length;
  world.clock.pass(dayMs);
  a.write('new.txt', 'goes up all the same');
  expect((await a.sync()).reasons).toEqual([]);
  expect(world.bucket.text('new.txt')).toBe('goes up all the same');
  expect(problems()).toBe(1);
  await a.sync();
  expect(problems(), 'once a day is enough').toBe(1);
  for (let day = 0; day < 31; day += 1) {
    world.clock.pass(dayMs);
    await a.sync();
  }
  expect(problems()).toBe(32);
  a.onRequest = null;
  world.clock.pass(dayMs);
  await a.sync();
  expect(trashOf(world)).toEqual([]);
});
