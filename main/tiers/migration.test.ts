/** A migration on the real engine and two memory stores: what it leaves behind, in every race and after a death at every step (rules 4, 7, 25; H5, F70). */
import { afterEach, describe, expect, it } from 'vitest';
import { tierQueries } from '../database/tier-queries.ts';
import { AppError } from '../base/app-error.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import { SimulatedCrash } from '../testing/memory-disk.ts';
import type { MemoryBucket, StoreVerb } from '../testing/memory-store.ts';
import type { WorldDevice } from '../testing/world-device.ts';
import { plainObjects, settledWorld, type World, type WorldOptions } from '../testing/world.ts';
import { leaseKey, takeLease } from './lease.ts';
import type { MigrationLine, MigrationResult } from './migration-log.ts';
import { migrate } from './mover.ts';
import { planTiers } from './planning.ts';
import { defaultRules, type TierPolicy } from './policy.ts';

let world: World;
afterEach(() => world.close());
const start = async (files: Record<string, string>, options: WorldOptions = {}): Promise<World> => (world = await settledWorld(files, { cold: {}, ...options }));
const policy = (over: Partial<TierPolicy> = {}): TierPolicy => ({ rules: defaultRules, neverArchive: [], keepWarm: [], deleteFromWarm: false, despiteFees: false, ...over });
const some = (count: number): Record<string, string> => Object.fromEntries(Array.from({ length: count }, (_, at) => [`f/${String(at).padStart(3, '0')}.txt`, `content ${at}`]));

function cold(): MemoryBucket {
  if (world.cold === null) throw new Error('no cold store');
  return world.cold;
}
async function run(device: WorldDevice, over: Partial<TierPolicy> = {}, more: { readonly log?: MigrationLine[]; readonly holder?: string; readonly batchSize?: number } = {}): Promise<MigrationResult> {
  const work = await device.engine.connected();
  const result = await migrate({
    work, rows: tierQueries(device.index.database), policy: policy(over), batchSize: more.batchSize ?? 10, holder: more.holder ?? device.name, requests: () => 0,
    log: (line) => more.log?.push(line), onProgress: () => undefined, signal: new AbortController().signal,
  });
  await device.engine.tellNow();
  return result;
}
const row = (name: string, key: string) => world.device(name).index.row(world.device(name).rootId, key as EntryKey);

describe('H5: what a migration leaves', () => {
  it('copies in batches, keeps the warm ones, logs a line each, and does nothing the second time', async () => {
    await start(some(25));
    const log: MigrationLine[] = [];
    expect(await run(world.device('A'), {}, { log })).toMatchObject({ copied: 25, moved: 0, failed: 0, left: 0 });
    expect(plainObjects(cold())).toEqual(plainObjects(world.bucket));
    expect(log.filter((line) => line.kind === 'file').length).toBe(25);
    expect(log.at(-1)).toMatchObject({ kind: 'run', copied: 25 });
    expect(row('A', 'f/000.txt')?.cold).toMatchObject({ sizeBytes: 9 });
    const before = cold().objects.get('f/000.txt');
    expect(await run(world.device('A'))).toMatchObject({ copied: 0, moved: 0, failed: 0 });
    expect(cold().objects.get('f/000.txt')).toBe(before);
    await world.settle();
    expect(row('B', 'f/000.txt')?.cold?.ofEtag).toBe(row('B', 'f/000.txt')?.remote?.etag);
  });
  it('takes the warm ones away when it is wanted; nothing is downloaded or deleted on any disk', async () => {
    await start(some(25));
    const tree = world.tree('A');
    expect(await run(world.device('A'), { deleteFromWarm: true })).toMatchObject({ moved: 25, copied: 0, failed: 0 });
    expect(plainObjects(world.bucket)).toEqual({});
    const [a, b] = [await world.device('A').sync(), await world.device('B').sync()];
    expect([a.bytesDown, b.bytesDown, a.deleted, b.deleted, a.uploaded, b.uploaded]).toEqual([0, 0, 0, 0, 0, 0]);
    await world.settle();
    expect(world.tree('B')).toEqual(tree);
    expect(row('B', 'f/007.txt')?.remote).toMatchObject({ store: 'cold', tier: 'cold' });
    expect(await run(world.device('B'), { deleteFromWarm: true })).toMatchObject({ moved: 0, copied: 0, failed: 0, left: 0 });
  });
  it('first copied, later taken away: no byte is sent again', async () => {
    await start(some(5));
    await run(world.device('A'));
    expect(await run(world.device('B'), { deleteFromWarm: true })).toMatchObject({ moved: 5, bytesUp: 0 });
    await world.settle();
    expect(plainObjects(world.bucket)).toEqual({});
  });
  it('on a store that ignores conditions on DELETE the warm one is claimed first', async () => {
    await start(some(5), { store: { ignoresConditionalDelete: true }, cold: { ignoresConditionalDelete: true } });
    expect(await run(world.device('A'), { deleteFromWarm: true })).toMatchObject({ moved: 5, failed: 0 });
    await world.settle();
    expect(plainObjects(world.bucket)).toEqual({});
  });
  it('a file in parts', async () => {
    await start({ 'large.bin': 'x'.repeat(17 * 1024 * 1024) }, { devices: ['A'] });
    expect(await run(world.device('A'), { deleteFromWarm: true })).toMatchObject({ moved: 1, failed: 0 });
    await world.settle();
    expect(cold().objects.get('large.bin')?.bytes.byteLength).toBe(17 * 1024 * 1024);
    expect(cold().uploads.size).toBe(0);
  });
  it('type and other programs’ metadata go with the object', async () => {
    await start({ 'a.txt': 'one' });
    world.bucket.write('b.txt', 'two', { metadata: { contentType: 'text/x-odd', otherHeaders: { 'x-amz-meta-camera': 'old' } } });
    await world.settle();
    await run(world.device('A'), { deleteFromWarm: true });
    expect(cold().objects.get('b.txt')?.metadata).toMatchObject({ contentType: 'text/x-odd', otherHeaders: { 'x-amz-meta-camera': 'old' } });
  });
  it('one failing file is tried again and never stops the others', async () => {
    await start(some(12));
    let refused = 0;
    world.device('A').onColdRequest = (verb, key) => {
      if (verb !== 'put' || key !== 'f/003.txt') return;
      refused += 1;
      throw new AppError('store_busy', { place: 'cold' });
    };
    const log: MigrationLine[] = [];
    expect(await run(world.device('A'), {}, { log })).toMatchObject({ copied: 11, failed: 1 });
    expect(refused).toBe(3);
    expect(log.find((line) => line.kind === 'file' && line.path === 'f/003.txt')).toMatchObject({ outcome: 'failed', why: 'store_busy', tries: 3 });
    world.device('A').onColdRequest = null;
    expect(await run(world.device('A'))).toMatchObject({ copied: 1, failed: 0 });
  });
  it('bytes that arrive wrong never count as a copy', async () => {
    await start(some(3));
    world.device('A').onRequest = (verb, key) => (verb === 'get' && key === 'f/001.txt' ? 'flip-byte' : undefined);
    expect(await run(world.device('A'), { deleteFromWarm: true })).toMatchObject({ moved: 2, failed: 1 });
    world.device('A').onRequest = null;
    expect(plainObjects(world.bucket)).toEqual({ 'f/001.txt': 'content 1' });
    expect(plainObjects(cold())['f/001.txt']).toBeUndefined();
    await world.settle();
  });
  it('asks four times for a file, small or large, and a sync after it asks for no file at all', async () => {
    await start({ 'small.txt': 'few bytes', 'large.txt': 'x'.repeat(400_000), 'huge.bin': 'y'.repeat(17 * 1024 * 1024) });
    const a = world.device('A');
    const asked: string[] = [];
    const note = (side: string) => (verb: StoreVerb, key: string): void => void (/^(small|large)/.test(key) && asked.push(`${key.slice(0, 5)} ${verb} ${side}`));
    [a.onRequest, a.onColdRequest] = [note('warm'), note('cold')];
    expect(await run(a, {}, { batchSize: 1 })).toMatchObject({ copied: 3, failed: 0, bytesUp: 9 + 400_000 + 17 * 1024 * 1024 });
    expect(asked.sort()).toEqual(['large get warm', 'large head cold', 'large head warm', 'large put cold', 'small get warm', 'small head cold', 'small head warm', 'small put cold']);
    expect(plainObjects(cold())).toEqual(plainObjects(world.bucket));
    expect(await run(a, { deleteFromWarm: true })).toMatchObject({ moved: 3, bytesUp: 0 });
    asked.length = 0;
    await a.sync();
    expect(asked).toEqual([]);
    [a.onRequest, a.onColdRequest] = [null, null];
    await world.settle();
  });
  it('one server copies by itself what is not small: no byte is read or sent, and the other computer needs none to see that it is the same', async () => {
    const server = new Map<string, MemoryBucket>();
    await start({ 'small.txt': 'few bytes', 'f/large.txt': 'x'.repeat(400_000) }, { cold: { server }, store: { server } });
    const [a, b] = [world.device('A'), world.device('B')];
    const asked: string[] = [];
    a.onRequest = (verb, key) => void (verb === 'get' && asked.push(key));
    expect(await run(a)).toMatchObject({ copied: 2, failed: 0, bytesUp: 9 });
    expect(asked.filter((key) => !key.startsWith('.strata/'))).toEqual(['small.txt']);
    expect(plainObjects(cold())).toEqual(plainObjects(world.bucket));
    a.onRequest = null;
    await world.settle();
    expect(row('B', 'f/large.txt')?.cold?.ofEtag).toBe(row('B', 'f/large.txt')?.remote?.etag);
    expect(await run(b, { deleteFromWarm: true })).toMatchObject({ moved: 2, failed: 0, bytesUp: 0 });
    const [first, second] = [await a.sync(), await b.sync()];
    expect([first.bytesDown, second.bytesDown, first.conflicts]).toEqual([0, 0, 0]);
    await world.settle();
  });
  it('a plan says what a run does, and writes nothing', async () => {
    await start(some(7));
    const a = world.device('A');
    const plan = planTiers(tierQueries(a.index.database), a.rootId, policy({ deleteFromWarm: true }), { nowMs: world.clock.nowMs(), mostExamples: 2 });
    expect([plan.copies, plan.drops, plan.bytesToCopy, plan.examples.map((one) => one.path)]).toEqual([7, 7, 63, ['f/000.txt', 'f/001.txt']]);
    expect(plainObjects(cold())).toEqual({});
  });
});

describe('races with a user', () => {
  /** Before the `count`th such request of A something else happens. */
  const meanwhile = (store: 'warm' | 'cold', verb: StoreVerb, key: string, act: () => Promise<unknown> | void, count = 1): void => {
    let seen = 0;
    const hook = async (was: StoreVerb, on: string): Promise<undefined> => {
      if (was === verb && on === key && (seen += 1) === count) await act();
    };
    if (store === 'warm') world.device('A').onRequest = hook;
    else world.device('A').onColdRequest = hook;
  };
  const editOnB = async (): Promise<void> => {
    world.device('B').write('a.txt', 'edited on B');
    await world.device('B').sync();
  };
  const deleteOnB = async (): Promise<void> => {
    world.device('B').remove('a.txt');
    await world.device('B').sync();
  };
  const steps = [['warm', 'head', 1], ['warm', 'get', 1], ['cold', 'head', 1], ['cold', 'put', 1], ['cold', 'head', 2], ['warm', 'head', 2], ['cold', 'head', 3], ['warm', 'remove', 1], ['warm', 'put', 1]] as const;
  const kinds = [false, true].flatMap((ignores) => steps.map(([store, verb, count]) => [store, verb, count, ignores] as const));

  it.each(kinds)('rule 4: an edit elsewhere before %s %s %i (DELETE ignores conditions: %s) is never lost', async (store, verb, count, ignores) => {
    await start({ 'a.txt': 'first', 'b.txt': 'b' }, { store: { ignoresConditionalDelete: ignores }, cold: { ignoresConditionalDelete: ignores } });
    meanwhile(store, verb, 'a.txt', editOnB, count);
    await run(world.device('A'), { deleteFromWarm: true });
    world.device('A').onRequest = world.device('A').onColdRequest = null;
    await world.settle();
    expect([world.device('A').text('a.txt'), world.device('B').text('a.txt')]).toEqual(world.device('B').text('a.txt') === 'first' ? ['first', 'first'] : ['edited on B', 'edited on B']);
    await run(world.device('A'), { deleteFromWarm: true });
    await world.settle();
    expect(plainObjects(world.bucket)).toEqual({});
    expect(plainObjects(cold())['a.txt']).toBe(world.device('B').text('a.txt'));
  });
  it.each(kinds)('rule 7: a deletion elsewhere before %s %s %i (DELETE ignores conditions: %s) stays a deletion', async (store, verb, count, ignores) => {
    await start({ 'a.txt': 'first', 'b.txt': 'b' }, { store: { ignoresConditionalDelete: ignores }, cold: { ignoresConditionalDelete: ignores } });
    let happened = false;
    meanwhile(store, verb, 'a.txt', async () => {
      happened = true;
      await deleteOnB();
    }, count);
    await run(world.device('A'), { deleteFromWarm: true });
    world.device('A').onRequest = world.device('A').onColdRequest = null;
    await world.settle();
    if (happened) expect(world.tree('A')).toEqual({ 'b.txt': 'b' });
    expect(world.holdsContent('first')).toBe(true);
  });
  it('a rename elsewhere while it moves ends in one file', async () => {
    await start({ 'a.txt': 'first and more', 'b.txt': 'b' });
    meanwhile('cold', 'put', 'a.txt', async () => {
      world.device('B').rename('a.txt', 'z.txt');
      await world.device('B').sync();
    });
    await run(world.device('A'), { deleteFromWarm: true });
    world.device('A').onColdRequest = null;
    await world.settle();
    expect(world.tree('A')).toEqual({ 'b.txt': 'b', 'z.txt': 'first and more' });
  });
  it('an old copy behind a newer version goes with the next run', async () => {
    await start({ 'a.txt': 'old' });
    await run(world.device('A'));
    world.bucket.write('a.txt', 'by some program');
    await world.settle();
    await run(world.device('A'));
    expect(plainObjects(cold())).toEqual({ 'a.txt': 'by some program' });
    expect(world.holdsContent('old')).toBe(true);
  });
});

describe('death at every step (F70)', () => {
  const files = { 'a.txt': 'first', 'b/c.txt': 'second', 'd.txt': 'third' };
  it.each([false, true])('nothing is lost and the next run finishes (DELETE ignores conditions: %s)', async (ignores) => {
    for (let deadly = 1; ; deadly += 1) {
      await start(files, { store: { ignoresConditionalDelete: ignores }, cold: { ignoresConditionalDelete: ignores }, devices: ['A', 'B'] });
      const a = world.device('A');
      let requests = 0;
      const count = (): void => {
        requests += 1;
        if (requests !== deadly) return;
        a.kill();
        throw new SimulatedCrash('killed');
      };
      await a.engine.connected();
      a.onRequest = a.onColdRequest = count;
      await run(a, { deleteFromWarm: true }, { batchSize: 1 }).catch(() => undefined);
      a.onRequest = a.onColdRequest = null;
      if (!a.killed) {
        expect(deadly).toBeGreaterThan(20);
        break;
      }
      a.revive();
      await world.device('B').sync();
      expect(world.tree('B'), `after request ${deadly}`).toEqual({ ...files, 'b/': '' });
      world.clock.pass(11 * 60_000);
      await world.settle();
      await run(a, { deleteFromWarm: true }, { holder: 'A again' });
      await world.settle();
      expect([world.tree('A'), plainObjects(world.bucket), plainObjects(cold())], `after request ${deadly}`).toEqual([{ ...files, 'b/': '' }, {}, files]);
      await world.close();
    }
  });
});

describe('rule 25: the lease', () => {
  it('keeps a second device out, and is taken over when it ran out', async () => {
    await start(some(2));
    const store = world.device('A').store;
    const deps = (holder: string) => ({ store, profile: { conditionalPut: true, conditionalPutIfMatch: true }, clock: world.clock, holder });
    const first = await takeLease(deps('one'));
    expect(first).not.toBeNull();
    expect(await run(world.device('B'))).toMatchObject({ isBusy: true, copied: 0 });
    world.clock.pass(11 * 60_000);
    expect(await run(world.device('B'))).toMatchObject({ isBusy: false, copied: 2 });
    expect(await first?.stillHeld()).toBe(false);
    expect(world.bucket.text(leaseKey)).toContain('"holder":null');
  });
  it('every step is safe without it: two devices at once', async () => {
    await start(some(15));
    world.bucket.write(leaseKey, 'nobody can read this');
    const [a, b] = await Promise.all([run(world.device('A'), { deleteFromWarm: true }), run(world.device('B'), { deleteFromWarm: true })]);
    expect(a.failed + b.failed).toBe(0);
    await world.settle();
    await run(world.device('A'), { deleteFromWarm: true });
    await world.settle();
    expect(plainObjects(world.bucket)).toEqual({});
    expect(plainObjects(cold())).toEqual(some(15));
  });
});
