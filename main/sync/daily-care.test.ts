/** Proves that parts which nobody will complete are thrown away after a week, in both stores, and never those that somebody may still go on with (rule 32; F51). */
import { afterEach, describe, expect, it } from 'vitest';
import type { EntryKey } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import { handMadeWork } from '../testing/hand-made-work.ts';
import type { MemoryBucket } from '../testing/memory-store.ts';
import { createWorld, type World } from '../testing/world.ts';
import { figureQueries } from '../database/figure-queries.ts';
import { abortOldParts } from './daily-care.ts';
import type { StoreKey } from './ports.ts';

const dayMs = 86_400_000;
let world: World;
afterEach(() => world.close());

function leave(bucket: MemoryBucket, id: string): void {
  bucket.uploads.set(id, { key: `${id}.bin` as StoreKey, metadata: {}, startedAtMs: world.clock.nowMs(), parts: new Map() });
}
/** Each of these days the computer runs and syncs once. */
async function run(days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    world.clock.pass(dayMs);
    await world.device('A').sync();
  }
}

describe('rule 32: leftover parts (F51)', () => {
  it('stay for seven days that ran, whatever the clock says, and then go from both stores', async () => {
    world = createWorld({ cold: {} });
    const { bucket, cold } = world;
    if (cold === null) throw new Error('no cold store');
    await world.settle();
    leave(bucket, 'warm-old');
    leave(cold, 'cold-old');
    world.clock.pass(365 * dayMs);
    await run(6);
    expect([...bucket.uploads.keys(), ...cold.uploads.keys()], 'a year that did not run is a day').toEqual(['warm-old', 'cold-old']);
    leave(bucket, 'young');
    await run(1);
    expect([...bucket.uploads.keys(), ...cold.uploads.keys()]).toEqual(['young']);
    await run(5);
    expect([...bucket.uploads.keys()]).toEqual(['young']);
    await run(1);
    expect([...bucket.uploads.keys()]).toEqual([]);
  });
  it('that this journal will go on with stay, however old', async () => {
    world = createWorld();
    const { bucket } = world;
    await world.settle();
    leave(bucket, 'ours');
    leave(bucket, 'others');
    const { index, rootId } = world.device('A');
    index.openJournal({ rootId, kind: 'upload', key: 'ours.bin' as EntryKey, otherKey: null, state: { uploadId: 'ours' } });
    for (let day = 0; day < 8; day += 1) {
      world.clock.pass(dayMs);
      const work = await handMadeWork(world, 'A');
      await work.store.list({ maxKeys: 1 });
      await abortOldParts(work);
    }
    expect([...bucket.uploads.keys()]).toEqual(['ours']);
  });
  it('are asked for once a day, and who may not list them still syncs, without a word', async () => {
    world = createWorld();
    const a = world.device('A');
    await world.settle();
    let asked = 0;
    a.onRequest = (verb) => {
      if (verb !== 'listUploads') return;
      asked += 1;
      throw new AppError('access_denied', { place: 'memory', action: 'list uploads' });
    };
    await run(7);
    asked = 0;
    world.clock.pass(dayMs);
    a.write('new.txt', 'a day later');
    expect((await a.sync()).inStep).toBe(true);
    expect((await a.sync()).inStep).toBe(true);
    expect(asked).toBe(1);
    expect(figureQueries(a.index.database).lines({ runId: null, rootId: a.rootId, kind: 'problem', path: null, before: null, limit: 50 })).toEqual([]);
  });
});
