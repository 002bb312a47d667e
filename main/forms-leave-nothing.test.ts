/** Of an upload by form that never came to its end nothing stays in the store: not after a crash, not where the store was away when it was given up (F85, rule 32). */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { leastPartBytes } from '../shared/upload-parts.ts';
import { AppError } from './base/app-error.ts';
import { leftoverAfterMs } from './library/parts-on-the-way.ts';
import { openTestHub, type HubUnderTest, type Person } from './testing/hub-under-test.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-forms-'));
const open: HubUnderTest[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
async function opened(before?: { readonly databaseFile: string; readonly bucket?: HubUnderTest['bucket'] }): Promise<HubUnderTest> {
  const world = await openTestHub(before === undefined ? {} : { before });
  open.push(world);
  return world;
}
const large = Buffer.alloc(leastPartBytes * 2 + 1, 'form ');
/** Its first part is in the store, the second waits until it is let go. */
async function halfway(world: HubUnderTest, who: Person) {
  const gate = Promise.withResolvers<undefined>();
  const reached = Promise.withResolvers<undefined>();
  let parts = 0;
  world.faults.hook = async (verb) => {
    if (verb !== 'putPart' || (parts += 1) < 2) return;
    reached.resolve(undefined);
    await gate.promise;
  };
  const told = world.upload(who, 'film.bin', large, { folder: 'f' });
  await reached.promise;
  return { told, letGo: () => gate.resolve(undefined) };
}

it('after a crash: the next process removes it a day later by its own number, and nothing of anybody else', async () => {
  fs.mkdirSync(folder, { recursive: true });
  const databaseFile = path.join(folder, 'hub.db');
  const first = await opened({ databaseFile });
  const { told, letGo } = await halfway(first, await first.signUp('owner@hub.test'));
  const foreign = await first.bucket.device().startUpload('user-1/f/of-a-desktop.bin' as never, {});
  // The one that crashed does nothing more.
  const second = await opened({ databaseFile, bucket: first.bucket });
  await second.hub.prune();
  expect(first.bucket.uploads.size).toBe(2);
  second.clock.pass(leftoverAfterMs + 1000);
  await second.hub.prune();
  expect([...first.bucket.uploads.keys()]).toEqual([foreign]);
  letGo();
  expect((await told).status).toBeGreaterThanOrEqual(400);
});

it('one that takes longer than a day in this very process is no leftover', async () => {
  const world = await opened();
  const { told, letGo } = await halfway(world, await world.signUp('owner@hub.test'));
  world.clock.pass(leftoverAfterMs * 2);
  await world.hub.prune();
  letGo();
  expect((await told).status).toBe(201);
  expect([world.bucket.uploads.size, world.bucket.objects.get('user-1/f/film.bin')?.bytes.byteLength]).toEqual([0, large.byteLength]);
});

it('given up while the store is away, it goes once the store is back', async () => {
  const world = await opened();
  const owner = await world.signUp('owner@hub.test');
  let parts = 0;
  world.faults.hook = (verb) => {
    if (verb === 'abortUpload' || (verb === 'putPart' && (parts += 1) > 1)) throw new AppError('network_unreachable', {});
  };
  expect((await world.upload(owner, 'film.bin', large, { folder: 'f' })).status).toBe(503);
  expect(world.bucket.uploads.size).toBe(1);
  world.clock.pass(leftoverAfterMs + 1000);
  await expect(world.hub.prune()).rejects.toMatchObject({ code: 'network_unreachable' });
  world.faults.hook = null;
  await world.hub.prune();
  expect(world.bucket.uploads.size).toBe(0);
});

it('of what was stored, or given up the usual way, nothing is remembered: also the next process asks the store for nothing', async () => {
  fs.mkdirSync(folder, { recursive: true });
  const databaseFile = path.join(folder, 'hub.db');
  const first = await opened({ databaseFile });
  const owner = await first.signUp('owner@hub.test');
  expect((await first.upload(owner, 'film.bin', large, { folder: 'f' })).status).toBe(201);
  expect((await first.upload(owner, 'film.bin', large, { folder: 'f' })).status).toBe(409);
  const second = await opened({ databaseFile, bucket: first.bucket });
  const asked: string[] = [];
  second.faults.hook = (verb) => {
    asked.push(verb);
  };
  second.clock.pass(leftoverAfterMs + 1000);
  await second.hub.prune();
  expect(asked).toEqual([]);
});
