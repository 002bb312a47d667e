/** Kills one device at every write to its disk and at every request of a fixed history, before and after it took effect: afterwards all come to rest alike and no content is lost (F01, F02, F03, F44). */
import { describe, expect, it } from 'vitest';
import { at } from '../testing/world-device.ts';
import { createWorld, settledWorld, type World, type WorldOptions } from '../testing/world.ts';

/** What both wrote: each is afterwards at a path, in a trash or in a version. */
const written = ['kept', 'old a', 'new a', 'goes', 'moves', 'edited by B', 'edited by A', 'from B', 'of A only', 'B edits what A deletes'];

async function prepared(options: WorldOptions): Promise<World> {
  const world = createWorld({ concurrency: 1, ...options });
  const [a, b] = [world.device('A'), world.device('B')];
  for (const [path, text] of Object.entries({ 'kept.txt': 'kept', 'a.txt': 'old a', 'goes.txt': 'goes', 'dir/moves.txt': 'moves', 'both.txt': 'base', 'won.txt': 'base of won', 'dir/sub/deep.txt': 'deep', 'gone-by-b.txt': 'gone by B', 'renamed.txt': 'renamed by B' })) a.write(path, text);
  await world.settle();
  b.write('both.txt', 'edited by B');
  b.write('from-b.txt', 'from B');
  b.write('won.txt', 'B edits what A deletes');
  b.remove('gone-by-b.txt');
  b.rename('renamed.txt', 'renamed-by-b.txt');
  await b.sync();
  a.write('a.txt', 'new a');
  a.remove('goes.txt');
  a.remove('won.txt');
  a.rename('dir/moves.txt', 'moved/moves.txt');
  a.write('both.txt', 'edited by A');
  a.write('new/of-a.txt', 'of A only');
  a.mkdir('empty');
  a.remove('dir/sub');
  return world;
}

type KillAt = { readonly effects: number } | { readonly requests: number; readonly after: boolean };

/** True when the device really was killed: else the history is over. */
async function killed(options: WorldOptions, kill: KillAt, dropUnsynced: boolean): Promise<boolean> {
  const world = await prepared(options);
  const device = world.device('A');
  let count = 0;
  let reached = false;
  try {
    if ('effects' in kill) {
      device.disk.hooks.beforeEffect = () => {
        if ((count += 1) === kill.effects) device.kill({ dropUnsynced });
      };
    } else {
      device.onRequest = () => {
        if (reached && !device.killed) device.kill({ dropUnsynced });
        if ((count += 1) !== kill.requests) return;
        if (!kill.after) device.kill({ dropUnsynced });
        else {
          reached = true;
          return 'lose-answer';
        }
      };
    }
    await device.sync().catch(() => undefined);
    device.disk.hooks.beforeEffect = undefined;
    device.onRequest = null;
    if (reached && !device.killed) device.kill({ dropUnsynced });
    if (!device.killed) return false;
    device.revive();
    try {
      await world.settle();
      for (const text of written) expect(world.holdsContent(text), `“${text}” is still somewhere`).toBe(true);
      const tree = Object.values(world.tree('A'));
      for (const text of ['renamed by B', 'kept', 'new a', 'moves', 'edited by B', 'edited by A', 'from B', 'of A only', 'B edits what A deletes']) expect(tree.filter((one) => one === text), `“${text}” is a file, once`).toEqual([text]);
      expect(tree).not.toContain('goes');
      expect(tree).not.toContain('gone by B');
    } catch (thrown) {
      throw new Error(`after ${JSON.stringify({ ...kill, dropUnsynced })}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, { cause: thrown });
    }
    return true;
  } finally {
    device.disk.hooks.beforeEffect = undefined;
    await world.close();
  }
}

async function atEvery(options: WorldOptions, killAt: (number: number) => KillAt, dropUnsynced: boolean): Promise<number> {
  for (let number = 1; number < 500; number += 1) if (!(await killed(options, killAt(number), dropUnsynced))) return number - 1;
  throw new Error('the history never ends');
}
const stores: Readonly<Record<string, WorldOptions>> = {
  'a plain bucket': {},
  'a bucket that ignores conditions on DELETE': { store: { ignoresConditionalDelete: true } },
  'a versioned bucket': { store: { versioning: true } },
};

describe.each(Object.entries(stores))('killed with %s (F53)', (_name, options) => {
  it('comes to rest and loses nothing, killed before any write to the disk (F01)', async () => {
    expect(await atEvery(options, (effects) => ({ effects }), false)).toBeGreaterThan(20);
  });
  it('comes to rest and loses nothing when the power fails before any write to the disk (F02)', async () => {
    expect(await atEvery(options, (effects) => ({ effects }), true)).toBeGreaterThan(20);
  });
  it('comes to rest and loses nothing, killed before any request (F01)', async () => {
    expect(await atEvery(options, (requests) => ({ requests, after: false }), false)).toBeGreaterThan(15);
  });
  it('comes to rest and loses nothing, killed after any request took effect (F44)', async () => {
    expect(await atEvery(options, (requests) => ({ requests, after: true }), true)).toBeGreaterThan(15);
  });
});

describe('a power failure that empties a file whose program never flushed it (F02)', () => {
  // The time stays what it was: with delayed allocation only the bytes are lost.
  it('does not replace the version that had already gone up', async () => {
    const world = await settledWorld({ 'letter.txt': 'just saved' });
    const a = world.device('A');
    a.kill();
    a.disk.write(at('letter.txt'), '', { mtimeNs: a.disk.stat(at('letter.txt'))?.mtimeNs ?? 0n });
    a.revive();
    await world.settle();
    const [copy = 'no copy'] = Object.keys(world.tree('B')).filter((path) => path.includes('conflict'));
    expect(world.tree('B')).toEqual({ 'letter.txt': 'just saved', [copy]: '' });
    await world.close();
  });
  it('and whoever empties it by hand is believed', async () => {
    const world = await settledWorld({ 'letter.txt': 'just saved' });
    world.device('A').write('letter.txt', '');
    await world.settle();
    expect(world.tree('B')).toEqual({ 'letter.txt': '' });
    await world.close();
  });
});
