/** A folder that is renamed takes along what is not on this disk, and what would cost money and hours in the archive waits for a yes (rules 1, 7, 18, 21). */
import { afterEach, describe, expect, it } from 'vitest';
import type { EntryKey, RelativePath } from '../../shared/relative-path.ts';
import { tierQueries } from '../database/tier-queries.ts';
import type { StoreKey } from '../sync/ports.ts';
import { remoteSeenOf } from '../sync/work.ts';
import { SimulatedCrash } from '../testing/memory-disk.ts';
import type { WorldDevice } from '../testing/world-device.ts';
import { settledWorld, type World, type WorldOptions } from '../testing/world.ts';
import { migrate } from './mover.ts';
import { defaultRules } from './policy.ts';
import { evict } from './residency.ts';

const hour = 3_600_000;
let world: World;
afterEach(() => world.close());
const syncAll = async (): Promise<void> => {
  for (let round = 0; round < 3; round += 1) for (const device of world.devices) await device.sync();
};
const freeUp = (device: WorldDevice, ...paths: string[]) => device.engine.between((work) => evict(work, { paths: paths as RelativePath[], pinned: [] }));
const row = (key: string) => world.device('A').index.row(world.device('A').rootId, key as EntryKey);
const files = { 'f/a.txt': 'one', 'f/b.txt': 'two', 'f/g/c.txt': 'three', 'h.txt': 'four' };
const moved = { 'e/a.txt': 'one', 'e/b.txt': 'two', 'e/g/c.txt': 'three', 'h.txt': 'four' };
async function start(options: WorldOptions = {}): Promise<WorldDevice> {
  world = await settledWorld(files, options);
  return world.device('A');
}

describe('rule 18: a folder with files that are not here', () => {
  it('takes them along when it is renamed, and nothing comes down for it', async () => {
    const a = await start();
    await freeUp(a, 'f/a.txt', 'f/g/c.txt');
    a.rename('f', 'e');
    expect((await a.sync()).downloaded).toBe(0);
    await syncAll();
    expect(world.objects()).toEqual(moved);
    expect(world.tree('A')).toEqual({ 'e/': '', 'e/b.txt': 'two', 'e/g/': '', 'h.txt': 'four' });
    expect(world.tree('B')).toEqual({ ...moved, 'e/': '', 'e/g/': '' });
    expect(row('e/a.txt')).toMatchObject({ local: null, base: { resident: false, sizeBytes: 3 } });
    expect([row('f/a.txt'), row('f/')]).toEqual([null, null]);
  });
  it('each goes with the nearest folder that moved', async () => {
    const a = await start();
    await freeUp(a, 'f');
    a.rename('f/g', 'k');
    a.rename('f', 'e');
    await syncAll();
    expect(world.objects()).toEqual({ 'e/a.txt': 'one', 'e/b.txt': 'two', 'k/c.txt': 'three', 'h.txt': 'four' });
  });
  it('the old folder goes everywhere with its mark, as any renamed folder does', async () => {
    const a = await start();
    a.mkdir('f/empty');
    await world.settle();
    a.remove('f/empty');
    await freeUp(a, 'f/a.txt');
    world.bucket.write('f/', '');
    await syncAll();
    a.rename('f', 'e');
    await syncAll();
    await syncAll();
    expect(Object.keys(world.objects()).filter((key) => key.startsWith('f'))).toEqual([]);
    expect(world.tree('B')).toEqual({ ...moved, 'e/': '', 'e/g/': '' });
  });
  it('rule 7: comes back under its old name, also where it lies only in the cold store', async () => {
    const a = await start({ cold: {} });
    const policy = { rules: defaultRules, neverArchive: [], keepWarm: [], deleteFromWarm: true, despiteFees: true };
    await freeUp(a, 'f/a.txt');
    await migrate({ work: await a.engine.connected(), rows: tierQueries(a.index.database), policy, batchSize: 10, holder: 'A', requests: () => 0, log: () => undefined, onProgress: () => undefined, signal: new AbortController().signal });
    await syncAll();
    a.rename('f', 'e');
    await syncAll();
    expect(world.objects()).toEqual(moved);
    a.rename('e', 'f');
    await syncAll();
    await syncAll();
    expect(world.objects()).toEqual(files);
    expect(world.tree('B')).toEqual({ ...files, 'f/': '', 'f/g/': '' });
    expect(row('f/a.txt')).toMatchObject({ local: null, base: { resident: false } });
  });
  it('never replaces what another device put there', async () => {
    const a = await start();
    await freeUp(a, 'f/a.txt');
    world.bucket.write('e/a.txt', 'somebody else');
    a.rename('f', 'e');
    await syncAll();
    expect(Object.values(world.objects()).sort()).toEqual(['four', 'one', 'somebody else', 'three', 'two']);
  });
  it('rule 1: a death at every request and disk effect loses nothing', async () => {
    for (let deadly = 1; ; deadly += 1) {
      const a = await start();
      await freeUp(a, 'f/a.txt', 'f/g/c.txt');
      a.rename('f', 'e');
      let steps = 0;
      const step = (): void => {
        steps += 1;
        if (steps !== deadly) return;
        a.kill();
        throw new SimulatedCrash('killed');
      };
      a.onRequest = (verb) => void (verb !== 'list' && step());
      await a.sync().catch(() => undefined);
      a.onRequest = null;
      if (!a.killed) {
        expect(deadly).toBeGreaterThan(10);
        break;
      }
      a.revive();
      await syncAll();
      await syncAll();
      expect(new Set(Object.values(world.objects())), `after step ${deadly}`).toEqual(new Set(Object.values(files)));
      expect(world.tree('B')['h.txt']).toBe('four');
      await world.close();
    }
  });
});

/** All but h.txt in the archive of the cold store; `resident` stay on A's disk. */
async function archived(): Promise<WorldDevice> {
  const a = await start({ devices: ['A'], cold: { archivedClasses: ['GLACIER'], restoreMs: 4 * hour } });
  const policy = { rules: [{ name: 'Old', folder: 'f', pattern: null, unusedDays: 0, atLeastBytes: 0, storageClass: 'GLACIER' as const }], neverArchive: [], keepWarm: [], deleteFromWarm: true, despiteFees: true };
  await freeUp(a, 'f/a.txt');
  const result = await migrate({ work: await a.engine.connected(), rows: tierQueries(a.index.database), policy, batchSize: 10, holder: 'A', requests: () => 0, log: () => undefined, onProgress: () => undefined, signal: new AbortController().signal });
  expect(result).toMatchObject({ moved: 3, failed: 0 });
  await a.sync();
  return a;
}
const waiting = () => world.device('A').index.holds(world.device('A').rootId, 'waiting').map((hold) => ({ kind: hold.kind, rows: hold.rows }));
const settleHold = (outcome: 'approved' | 'refused'): void => {
  const { engine, index, rootId } = world.device('A');
  for (const hold of index.holds(rootId, 'waiting')) engine.settleHold(hold.id, outcome);
};

describe('rule 7: a rename in the archive waits for a yes', () => {
  it('nothing happens to the stored files until then, other work goes on', async () => {
    const a = await archived();
    a.rename('f', 'e');
    a.write('new.txt', 'new');
    const outcome = await a.sync();
    expect([outcome.uploaded, outcome.deleted, outcome.inStep]).toEqual([1, 0, false]);
    expect(outcome.reasons.join()).toContain('lie in the archive');
    expect(waiting()).toEqual([{ kind: 'archivedRename', rows: 3 }]);
    expect(world.objects()).toEqual({ ...files, 'new.txt': 'new' });
    await a.sync({ approveCounts: true });
    expect([waiting().length, world.objects()]).toEqual([1, { ...files, 'new.txt': 'new' }]);
  });
  it('a no leaves the old names there; what is on this disk is stored under its new name as well', async () => {
    const a = await archived();
    a.rename('f', 'e');
    await a.sync();
    settleHold('refused');
    await a.sync();
    await a.sync();
    expect([waiting(), world.objects()]).toEqual([[], { ...files, 'e/b.txt': 'two', 'e/g/c.txt': 'three' }]);
    expect(row('f/a.txt')).toMatchObject({ local: null, base: { resident: false } });
  });
  it('a yes sends what is here anew, and moves the others once they can be read', async () => {
    const a = await archived();
    a.rename('f', 'e');
    await a.sync();
    settleHold('approved');
    await a.sync();
    expect(world.objects()).toMatchObject({ 'e/b.txt': 'two', 'e/g/c.txt': 'three', 'f/a.txt': 'one' });
    const work = await a.engine.connected();
    await work.store.restore('f/a.txt' as StoreKey, { days: 3, speed: 'standard' });
    world.clock.pass(5 * hour);
    const there = await work.store.head('f/a.txt' as StoreKey);
    if (there !== null) work.index.setRemote(work.rootId, 'f/a.txt' as EntryKey, remoteSeenOf(there, null));
    await a.sync();
    await a.sync();
    expect(world.objects()).toMatchObject({ 'e/a.txt': 'one' });
    expect(row('e/a.txt')).toMatchObject({ local: null, base: { resident: false } });
    expect(a.index.holds(a.rootId, 'approved')).toEqual([]);
  });
});
