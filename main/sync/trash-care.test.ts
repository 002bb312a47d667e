/** Proves that what a program still writes to a file in the trash comes back beside the new one. */
import { expect, test } from 'vitest';
import { handMadeWork } from '../testing/hand-made-work.ts';
import { at } from '../testing/world-device.ts';
import { createWorld } from '../testing/world.ts';
import { purgeOldTrash, rescueFromTrash } from './trash-care.ts';

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
