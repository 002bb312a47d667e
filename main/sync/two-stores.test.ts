/** A library in a warm and a cold store: one tree, edits and deletions in an order that loses nothing, copies that never come back (rules 2, 7, 11, 17). */
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../base/app-error.ts';
import { plainObjects, settledWorld, type World, type WorldOptions } from '../testing/world.ts';
import type { MemoryBucket } from '../testing/memory-store.ts';

let world: World;
const start = async (files: Record<string, string>, options: WorldOptions = {}): Promise<World> => (world = await settledWorld(files, { cold: {}, ...options }));
afterEach(() => world.close());

function cold(): MemoryBucket {
  if (world.cold === null) throw new Error('no cold store');
  return world.cold;
}
/** As a migration leaves it: the copy in cold, the warm object there or gone. */
function moveByHand(key: string, request: { keepWarm?: boolean } = {}): void {
  const found = world.bucket.objects.get(key);
  if (found === undefined) throw new Error(`no ${key}`);
  cold().write(key, found.bytes, { metadata: found.metadata });
  if (request.keepWarm !== true) world.bucket.erase(key);
}
const bytesDown = async (name: string): Promise<number> => (await world.device(name).sync()).bytesDown;

describe('one tree from two stores', () => {
  it('rule 7: what moved to the cold store is the same file: nothing is deleted, nothing travels', async () => {
    await start({ 'a.txt': 'one', 'b/c.txt': 'two' });
    moveByHand('a.txt');
    expect(await bytesDown('A')).toBe(0);
    expect(await bytesDown('B')).toBe(0);
    await world.settle();
    expect(world.tree('B')).toEqual({ 'a.txt': 'one', 'b/': '', 'b/c.txt': 'two' });
    expect(world.device('B').index.row(world.device('B').rootId, 'a.txt' as never)?.remote).toMatchObject({ store: 'cold', tier: 'cold' });
  });
  it('a version mark that the move changed is proved by the bytes here, not by reading them there (rules 14, 17)', async () => {
    await start({ 'a.txt': 'one' });
    const found = world.bucket.objects.get('a.txt');
    const probe = cold().device();
    world.bucket.erase('a.txt');
    cold().write('tmp', found?.bytes ?? '', { metadata: found?.metadata ?? {} });
    await probe.copy('tmp' as never, 'a.txt' as never, { sourceIfMatch: found?.etag as never, sizeBytes: 3, metadata: found?.metadata ?? {} });
    cold().erase('tmp');
    expect(await bytesDown('B')).toBe(0);
    await world.settle();
    expect(world.tree('A')).toEqual({ 'a.txt': 'one' });
  });
  it('a device that comes later gets what is only in the cold store', async () => {
    await start({ 'a.txt': 'one' }, { devices: ['A', 'B'] });
    moveByHand('a.txt');
    await world.device('B').loseIndex();
    world.device('B').remove('a.txt');
    await world.settle();
    expect(world.device('B').text('a.txt')).toBe('one');
  });
  it('rule 11: a cold store without the library’s mark is not the cold store: nothing is deleted', async () => {
    await start({ 'a.txt': 'one', 'b.txt': 'two' });
    moveByHand('a.txt');
    await world.settle();
    cold().erase('.strata/~library');
    cold().erase('a.txt');
    const outcome = await world.device('A').sync();
    expect(outcome.inStep).toBe(false);
    expect(world.tree('A')).toEqual({ 'a.txt': 'one', 'b.txt': 'two' });
  });
  it('rule 7: a listing of only one of the two stores deletes nothing', async () => {
    await start({ 'a.txt': 'one', 'b.txt': 'two' });
    moveByHand('a.txt');
    await world.settle();
    world.device('B').onColdRequest = () => {
      throw new AppError('network_unreachable', { place: 'cold' });
    };
    expect((await world.device('B').sync()).inStep).toBe(false);
    expect(world.tree('B')).toEqual({ 'a.txt': 'one', 'b.txt': 'two' });
    world.device('B').onColdRequest = null;
    await world.settle();
  });
  it('rule 7: what goes back to warm between the two listings is not taken for deleted', async () => {
    await start({ 'a.txt': 'one', 'b.txt': 'two' });
    moveByHand('a.txt');
    await world.settle();
    let moved = false;
    world.device('B').onColdRequest = (verb) => {
      if (verb !== 'list' || moved) return;
      moved = true;
      const found = cold().objects.get('a.txt');
      world.bucket.write('a.txt', found?.bytes ?? '', { metadata: found?.metadata ?? {} });
      cold().erase('a.txt');
    };
    await world.device('B').sync();
    expect(world.device('B').index.row(world.device('B').rootId, 'a.txt' as never)?.remote?.store).toBe('warm');
    await world.settle();
    expect(world.tree('B')).toEqual({ 'a.txt': 'one', 'b.txt': 'two' });
  });
});

describe('edits and deletions over two stores', () => {
  it('an edit of a file that is only in cold puts the new one into warm and takes the old one away', async () => {
    await start({ 'a.txt': 'one' });
    moveByHand('a.txt');
    await world.settle();
    world.device('A').write('a.txt', 'newer');
    await world.settle();
    expect(plainObjects(world.bucket)).toEqual({ 'a.txt': 'newer' });
    expect(plainObjects(cold())).toEqual({});
    expect(world.device('B').text('a.txt')).toBe('newer');
    expect(world.holdsContent('one')).toBe(true);
  });
  it('rule 7: before an edit replaces a warm object its cold copy goes, so that no stale copy outlives it', async () => {
    await start({ 'a.txt': 'one' });
    moveByHand('a.txt', { keepWarm: true });
    await world.settle();
    world.device('A').write('a.txt', 'newer');
    await world.settle();
    expect(plainObjects(cold())).toEqual({});
    expect(world.device('B').text('a.txt')).toBe('newer');
  });
  it.each([true, false])('a deletion takes both (warm copy there: %s), and keeps the bytes', async (keepWarm) => {
    await start({ 'a.txt': 'one', 'b.txt': 'two' });
    moveByHand('a.txt', { keepWarm });
    await world.settle();
    world.device('A').remove('a.txt');
    await world.settle();
    expect(world.objects()).toEqual({ 'b.txt': 'two' });
    expect(world.tree('B')).toEqual({ 'b.txt': 'two' });
    expect(world.holdsContent('one')).toBe(true);
  });
  it('rule 7c: a copy that lands after the deletion stays hidden', async () => {
    await start({ 'a.txt': 'one', 'b.txt': 'two' });
    const late = world.bucket.objects.get('a.txt');
    world.device('A').remove('a.txt');
    await world.settle();
    cold().write('a.txt', late?.bytes ?? '', { metadata: late?.metadata ?? {} });
    await world.device('A').sync();
    await world.device('B').sync();
    expect(world.tree('A')).toEqual({ 'b.txt': 'two' });
    expect(world.tree('B')).toEqual({ 'b.txt': 'two' });
  });
  it('a new file of that name is a new file, and clears the late copy away', async () => {
    await start({ 'a.txt': 'one', 'b.txt': 'two' });
    const late = world.bucket.objects.get('a.txt');
    world.device('A').remove('a.txt');
    await world.settle();
    cold().write('a.txt', late?.bytes ?? '', { metadata: late?.metadata ?? {} });
    world.device('B').write('a.txt', 'again');
    await world.settle();
    expect(world.objects()).toEqual({ 'a.txt': 'again', 'b.txt': 'two' });
    expect(plainObjects(cold())).toEqual({});
  });
  it('rule 7d: an old copy behind a newer version does not come back when some program takes the newer one away', async () => {
    await start({ 'a.txt': 'old', 'b.txt': 'two' });
    moveByHand('a.txt', { keepWarm: true });
    await world.settle();
    world.bucket.write('a.txt', 'foreign edit');
    await world.settle();
    world.bucket.erase('a.txt');
    await world.device('A').sync();
    await world.device('B').sync();
    expect(world.tree('A')).toEqual({ 'b.txt': 'two' });
    expect(world.tree('B')).toEqual({ 'b.txt': 'two' });
  });
  it('rule 7: a claim that a dying mover left over a file that is safe in cold is not taken for a newer version of it (F70)', async () => {
    await start({ 'a.txt': 'one' });
    moveByHand('a.txt');
    world.bucket.write('a.txt', 'sixteen bytes of', { metadata: { deletionClaim: true } });
    await world.device('B').loseIndex();
    world.device('B').remove('a.txt');
    world.device('A').write('a.txt', 'two');
    for (let round = 0; round < 3; round += 1) {
      await world.device('B').sync();
      world.clock.pass(70_000);
    }
    expect(world.device('B').text('a.txt')).toBe('one');
    expect(cold().text('a.txt')).toBe('one');
  });
  it('rule 7c: what remembers a deleted file and one below a folder of its name do not hide each other', async () => {
    await start({ 'x/b.txt': 'one', 'k.txt': 'k' }, { store: { fileHidesFolder: true } });
    const late = world.bucket.objects.get('x/b.txt');
    world.device('A').remove('x');
    await world.settle();
    world.device('A').write('x', 'a file now');
    await world.settle();
    world.device('A').remove('x');
    await world.settle();
    cold().write('x/b.txt', late?.bytes ?? '', { metadata: late?.metadata ?? {} });
    for (const name of ['A', 'B']) await world.device(name).sync();
    expect([world.tree('A'), world.tree('B')]).toEqual([{ 'k.txt': 'k' }, { 'k.txt': 'k' }]);
  });
  it('a rename of a file that is only in cold stays in cold', async () => {
    await start({ 'a.txt': 'one and some more' });
    moveByHand('a.txt');
    await world.settle();
    world.device('A').rename('a.txt', 'z.txt');
    await world.settle();
    expect(world.objects()).toEqual({ 'z.txt': 'one and some more' });
    expect(world.tree('B')).toEqual({ 'z.txt': 'one and some more' });
    expect(plainObjects(cold())).toEqual({ 'z.txt': 'one and some more' });
  });
  it('a name that was created elsewhere and moved to cold since the listing is not hidden by a new file here: both are kept', async () => {
    await start({ 'b.txt': 'two' });
    let moved = false;
    world.device('B').onColdRequest = (verb, key) => {
      if (verb !== 'head' || key !== 'a.txt' || moved) return;
      moved = true;
      cold().write('a.txt', 'of A');
    };
    world.device('B').write('a.txt', 'of B');
    await world.settle();
    expect(moved).toBe(true);
    expect(Object.values(world.tree('A')).sort()).toEqual(['of A', 'of B', 'two']);
  });
});

describe('the cold store is the library’s', () => {
  it('another one than the library names is refused', async () => {
    await start({ 'a.txt': 'one' });
    const b = world.device('B');
    b.index.saveRoot({ ...b.index.root(b.rootId)!, coldAddress: 'memory:another' });
    await b.restart();
    expect((await b.sync()).reasons.join(' ')).toContain('cold store');
    b.index.saveRoot({ ...b.index.root(b.rootId)!, coldAddress: 'memory:cold' });
  });
  it('a device that was not told takes the one that the mark names', async () => {
    await start({ 'a.txt': 'one' });
    const b = world.device('B');
    await b.loseIndex();
    b.index.saveRoot({ ...b.index.root(b.rootId)!, coldAddress: null });
    await b.restart();
    moveByHand('a.txt');
    await world.settle();
    expect(b.index.root(b.rootId)?.coldAddress).toBe('memory:cold');
  });
});
