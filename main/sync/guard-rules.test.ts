/** Replays mass deletions and mass overwrites: they wait for the user, counted over a sliding hour, and refusing brings everything back (rule 8, F63). */
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../testing/world.ts';

let world: World;
afterEach(() => world.close());
const names = (count: number, from = 0): string[] => Array.from({ length: count }, (_, number) => `f/${from + number}.txt`);
async function start(count: number): Promise<World> {
  world = createWorld();
  for (const name of names(count)) world.device('A').write(name, `content of ${name}`);
  await world.settle();
  return world;
}
const removeAll = (device: string, paths: readonly string[]): void => paths.forEach((path) => world.device(device).remove(path));
const holdOf = (device: string) => world.device(device).index.holds(world.device(device).rootId, 'waiting').find((hold) => hold.kind === 'massDeletion');
const filesThere = (): number => Object.keys(world.objects()).filter((key) => !key.endsWith('/')).length;

describe('rule 8: mass deletions wait', () => {
  it('rule 8: sixty of a hundred deleted here are not deleted there, and everything else goes on (F63)', async () => {
    await start(100);
    removeAll('A', names(60));
    world.device('A').write('meanwhile.txt', 'goes on');
    const outcome = await world.device('A').sync();
    expect(outcome.held).toBe(60);
    expect(outcome.inStep).toBe(false);
    expect(filesThere()).toBe(101);
    expect(holdOf('A')).toMatchObject({ rows: 60, ofRows: 100, direction: 'there' });
  });

  it('rule 8: sixty of a hundred deleted there are not deleted here (F63)', async () => {
    await start(100);
    for (const name of names(60)) world.bucket.erase(name);
    await world.device('B').sync();
    expect(holdOf('B')).toMatchObject({ rows: 60, direction: 'here' });
    expect(Object.keys(world.tree('B'))).toHaveLength(101);
  });

  it('rule 8: an approval deletes exactly what was listed', async () => {
    await start(100);
    removeAll('A', names(60));
    await world.device('A').sync();
    world.device('A').engine.settleHold(holdOf('A')?.id ?? '', 'approved');
    await world.device('A').sync();
    expect(filesThere()).toBe(40);
    // The other device sees a mass deletion of its own and asks too.
    await world.device('B').sync({ approveCounts: true });
    await world.device('B').sync({ approveCounts: true });
    expect(Object.keys(world.tree('B'))).toHaveLength(41);
  });

  it('rule 8: deletions that come after an approval are a new hold', async () => {
    await start(200);
    removeAll('A', names(60));
    await world.device('A').sync();
    const first = holdOf('A')?.id ?? '';
    world.device('A').engine.settleHold(first, 'approved');
    removeAll('A', names(60, 60));
    await world.device('A').sync();
    expect(filesThere()).toBe(140);
    expect(holdOf('A')).toMatchObject({ rows: 60 });
    expect(holdOf('A')?.id).not.toBe(first);
  });

  it('rule 8: a row that changed after it was listed is not covered by the approval', async () => {
    await start(100);
    removeAll('A', names(60));
    await world.device('A').sync();
    world.bucket.write('f/3.txt', 'edited there since');
    world.device('A').engine.settleHold(holdOf('A')?.id ?? '', 'approved');
    await world.device('A').sync();
    expect(world.bucket.text('f/3.txt')).toBe('edited there since');
    expect(world.device('A').text('f/3.txt')).toBe('edited there since');
  });

  it('rule 8: refusing restores what was deleted', async () => {
    await start(100);
    removeAll('A', names(60));
    await world.device('A').sync();
    world.device('A').engine.settleHold(holdOf('A')?.id ?? '', 'refused');
    await world.settle();
    expect(Object.keys(world.tree('A'))).toHaveLength(101);
  });

  it('rule 8: a slow rm -rf is seen over the sliding hour, not per run', async () => {
    await start(160);
    for (let step = 0; step < 8; step += 1) {
      removeAll('A', names(20, step * 20));
      await world.device('A').sync();
      world.clock.pass(60_000);
    }
    expect(holdOf('A')).toBeDefined();
    expect(filesThere()).toBeGreaterThanOrEqual(110);
  });

  it('rule 8: after an hour of quiet the count begins anew', async () => {
    await start(160);
    removeAll('A', names(30));
    await world.device('A').sync();
    world.clock.pass(3_601_000);
    removeAll('A', names(30, 30));
    await world.device('A').sync();
    expect(holdOf('A')).toBeUndefined();
    expect(filesThere()).toBe(100);
  });

  it('rule 8: all of a small root is a hold, four files are not', async () => {
    await start(5);
    removeAll('A', names(5));
    await world.device('A').sync();
    expect(holdOf('A')).toMatchObject({ rows: 5 });
    expect(filesThere()).toBe(5);
  });

  it('rule 8: moves do not count (F63)', async () => {
    await start(100);
    world.device('A').rename('f', 'renamed');
    const outcome = await world.device('A').sync();
    expect(outcome.moved).toBe(100);
    expect(holdOf('A')).toBeUndefined();
    await world.settle();
    expect(Object.keys(world.tree('B')).filter((name) => name.startsWith('renamed/'))).toHaveLength(101);
  });

  it('rule 8: --yes approves counts, never another library (rule 11)', async () => {
    await start(100);
    world.bucket.erase('.strata/~library');
    const outcome = await world.device('A').sync({ approveCounts: true });
    expect(outcome.inStep).toBe(false);
    expect(Object.keys(world.tree('A'))).toHaveLength(101);
  });
});

/** As random as a cipher's output. */
function scrambled(seed: string, length = 600): Uint8Array {
  return Buffer.concat(Array.from({ length: Math.ceil(length / 32) }, (_, at) => createHash('sha256').update(`${seed} ${at}`).digest())).subarray(0, length);
}
const overwriteHold = (device: string) => world.device(device).index.holds(world.device(device).rootId, 'waiting').find((hold) => hold.kind === 'massOverwrite');
const scrambledThere = (count: number): number => names(count).filter((name) => world.bucket.text(name)?.startsWith('content of') !== true).length;

describe('rule 8: mass overwrites that look like damage wait', () => {
  it('rule 8: sixty of a hundred scrambled here are not sent, and everything else goes on (F63)', async () => {
    await start(100);
    for (const name of names(60)) world.device('A').write(name, scrambled(name));
    world.device('A').write('f/70.txt', 'an ordinary edit');
    const outcome = await world.device('A').sync();
    expect([outcome.held, outcome.inStep]).toEqual([60, false]);
    expect(scrambledThere(60)).toBe(0);
    expect(world.bucket.text('f/70.txt')).toBe('an ordinary edit');
    expect(overwriteHold('A')).toMatchObject({ rows: 60, ofRows: 100, direction: 'there' });
  });

  it('rule 8: a checkout of sixty readable files is sent as it is', async () => {
    await start(100);
    for (const name of names(60)) world.device('A').write(name, `another branch of ${name} `.repeat(40));
    const outcome = await world.device('A').sync();
    expect([outcome.uploaded, outcome.held]).toEqual([60, 0]);
  });

  it('rule 8: scrambling file by file is seen over the sliding hour (F63)', async () => {
    await start(100);
    for (const name of names(80)) {
      world.device('A').write(name, scrambled(name));
      await world.device('A').sync();
    }
    expect(overwriteHold('A')).toBeDefined();
    expect(scrambledThere(80)).toBeLessThanOrEqual(50);
  });

  it('rule 8: sixty of a hundred scrambled there do not come down (F63)', async () => {
    await start(100);
    for (const name of names(60)) world.bucket.write(name, scrambled(name));
    await world.device('B').sync();
    expect(overwriteHold('B')).toMatchObject({ rows: 60, direction: 'here' });
    for (const name of names(60)) expect(world.device('B').text(name)).toBe(`content of ${name}`);
  });

  it('rule 8: scrambling there file by file is seen too, and what came down lies in the trash (F63, I1)', async () => {
    await start(100);
    for (const name of names(80)) {
      world.bucket.write(name, scrambled(name));
      await world.device('B').sync();
    }
    expect(overwriteHold('B')).toBeDefined();
    for (const name of names(80)) expect(world.device('B').contents()).toContain(`content of ${name}`);
  });

  it('rule 8: agreed, they are sent; refused, both are kept', async () => {
    await start(100);
    for (const name of names(60)) world.device('A').write(name, scrambled(name));
    await world.device('A').sync();
    world.device('A').engine.settleHold(overwriteHold('A')?.id ?? '', 'approved');
    expect((await world.device('A').sync()).uploaded).toBe(60);
    for (const name of names(60)) world.device('A').write(name, scrambled(`${name} again`));
    await world.device('A').sync();
    world.device('A').engine.settleHold(overwriteHold('A')?.id ?? '', 'refused');
    await world.device('A').sync();
    expect(Object.keys(world.tree('A')).filter((name) => name.includes('(conflict,'))).toHaveLength(60);
  });
});
