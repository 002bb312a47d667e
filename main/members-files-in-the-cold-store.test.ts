/** What lies in a hub's cold store alone goes and moves with its account and its folder, a missed midnight is made up for, and members ask archived files back (H5, B3). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AppError } from './base/app-error.ts';
import { openTestHub, settle, type HubUnderTest, type Kind, type Person } from './testing/hub-under-test.ts';
import type { MemoryBucketOptions, StoreVerb } from './testing/memory-store.ts';

const [hour, day] = [3_600_000, 86_400_000];
let world: HubUnderTest;
let people: Readonly<Record<Kind | 'other', Person>>;
afterEach(() => world.close());

async function start(cold: Partial<MemoryBucketOptions> = {}, before?: { readonly databaseFile: string }): Promise<void> {
  world = await openTestHub({ cold, ...(before === undefined ? {} : { before }), environment: { batchSize: 10, deleteFromWarm: true, logFile: null } });
  people = await settle(world);
}
const upload = async (who: Person, name: string, content: string, folder: string): Promise<number> => (await world.upload(who, name, content, { folder })).json()['id'] as number;
const migrate = async (): Promise<unknown> => (await world.as(people.owner, 'POST', '/api/files/migrate', { body: {} })).json();
const keys = (store: 'bucket' | 'cold', who: Person): string[] => (world[store]?.sortedKeys() ?? []).filter((key) => key.startsWith(`user-${who.id}/`)).map((key) => key.slice(`user-${who.id}/`.length));
const names = async (who: Person): Promise<string[]> => ((await world.as(who, 'GET', '/api/files?sort=name&fields=filename,folder')).json()['files'] as { folder: string; filename: string }[]).map((file) => `${file.folder}/${file.filename}`);
const end = async (who: Person, body: object): Promise<void> => {
  expect((await world.as(people.owner, 'POST', `/api/users/${who.id}/delete`, { body })).status).toBe(202);
  await world.hub.parts.departures.go();
};

describe('an account that ends', () => {
  it('removed: nothing of it is left in either store, be it known to a row or not', async () => {
    await start();
    await upload(people.member, 'a.txt', 'one', 'f');
    expect(await migrate()).toMatchObject({ moved: 1 });
    await upload(people.member, 'b.txt', 'two', 'f');
    world.cold?.write(`user-${people.member.id}/f/left over.txt`, 'of some other program');
    world.cold?.write(`user-${people.other.id}/theirs.txt`, 'not touched');
    await end(people.member, { files: 'remove' });
    expect([keys('bucket', people.member), keys('cold', people.member), keys('cold', people.other)]).toEqual([[], [], ['theirs.txt']]);
    expect((await world.hub.parts.members.list(0, 100)).map(({ id }) => id)).not.toContain(people.member.id);
  });
  it('given to another: what is only in the cold store is read by whom it was given to', async () => {
    await start();
    await upload(people.member, 'a.txt', 'one', 'f');
    await migrate();
    await end(people.member, { files: 'move', to_user_id: people.other.id });
    expect([keys('bucket', people.member), keys('cold', people.member)]).toEqual([[], []]);
    const [found] = (await world.as(people.other, 'GET', '/api/files')).json()['files'] as { id: number }[];
    expect((await world.as(people.other, 'GET', `/api/files/${found?.id ?? 0}/download`)).text).toBe('one');
  });
});

describe('a whole folder', () => {
  it('moves with what is in the cold store alone, and with the marks of its empty folders in both', async () => {
    await start();
    const id = await upload(people.member, 'a.txt', 'one', 'f/deep');
    await migrate();
    await upload(people.member, 'b.txt', 'two', 'f');
    for (const [store, name] of [['bucket', 'f/empty/'], ['cold', 'f/old/']] as const) world[store]?.write(`user-${people.member.id}/${name}`, '');
    expect((await world.as(people.member, 'POST', '/api/folders/move', { body: { folder: 'f', to: 'g' } })).json()).toMatchObject({ done: 2, failed: 0, more: false });
    expect(await names(people.member)).toEqual(['g/deep/a.txt', 'g/b.txt']);
    expect([keys('bucket', people.member), keys('cold', people.member)]).toEqual([['g/b.txt', 'g/empty/', 'g/old/'], ['g/deep/a.txt']]);
    expect((await world.as(people.member, 'GET', `/api/files/${id}/download`)).text).toBe('one');
  });
});

describe('a midnight', () => {
  it('that was missed while the hub was off is made up for at its next start, once', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'strata-midnight-'));
    try {
      const databaseFile = path.join(folder, 'hub.db');
      const begun = Date.UTC(2026, 10, 21, 12);
      const open = async (atMs: number, before: HubUnderTest | null): Promise<void> => {
        world = await openTestHub({ cold: true, atMs, before: { databaseFile, ...(before === null ? {} : { bucket: before.bucket, ...(before.cold === null ? {} : { cold: before.cold }) }) } });
      };
      await open(begun, null);
      const member = await world.signUp('owner@hub.test');
      await upload(member, 'a.txt', 'one', 'f');
      await world.close();
      await open(begun + 60_000, world);
      await world.close();
      expect(keys('cold', member)).toEqual([]);
      await open(begun + day, world);
      await vi.waitFor(() => expect(keys('cold', member)).toEqual(['f/a.txt']), 5000);
      await upload(await world.logIn('owner@hub.test'), 'b.txt', 'two', 'f');
      await world.close();
      await open(begun + day + 60_000, world);
      await world.close();
      expect(keys('cold', member)).toEqual(['f/a.txt']);
      await open(begun + 9 * day, world);
      await vi.waitFor(() => expect(keys('cold', member)).toEqual(['f/a.txt', 'f/b.txt']), 5000);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('an archived file', () => {
  const archive = async (restoreMs: number, before?: { readonly databaseFile: string }): Promise<number> => {
    await start({ archivedClasses: ['GLACIER'], restoreMs }, before);
    const id = await upload(people.member, 'a.txt', 'one', 'f');
    await migrate();
    // As a rule of the bucket does it: the same object in another class.
    const key = `user-${people.member.id}/f/a.txt`;
    const [cold, object] = [world.cold, world.cold?.objects.get(key)];
    if (cold == null || object === undefined) throw new Error('it was migrated');
    cold.objects.set(key, { ...object, storageClass: 'GLACIER' });
    return id;
  };
  const look = async (id: number, who = people.member) => (await world.as(who, 'GET', `/api/files/${id}/archive`)).json();
  const thaw = (id: number, body: object = {}, who = people.member) => world.as(who, 'POST', `/api/files/${id}/thaw`, { body });

  it('says so, is asked for once, comes, is read, and goes back to the archive', async () => {
    const id = await archive(4 * hour);
    expect((await world.as(people.member, 'GET', `/api/files/${id}/download`)).json()).toMatchObject({ error_code: 'OBJECT_ARCHIVED' });
    expect(await look(id)).toEqual({ state: 'archived', storage_class: 'GLACIER', readable_until: null, speed: null, expected_from: null, expected_to: null, speeds: [{ speed: 'standard', from_seconds: 10_800, to_seconds: 18_000 }, { speed: 'bulk', from_seconds: 18_000, to_seconds: 43_200 }] });
    const asked = await thaw(id, { speed: 'standard', days: 2 });
    expect([asked.status, asked.json()]).toEqual([202, expect.objectContaining({ state: 'coming', speed: 'standard', speeds: [] })]);
    const expected = asked.json()['expected_from'];
    world.clock.pass(hour);
    expect((await thaw(id, { speed: 'bulk', days: 30 })).json()).toMatchObject({ state: 'coming', speed: 'standard', expected_from: expected });
    world.clock.pass(4 * hour);
    expect(await look(id)).toMatchObject({ state: 'ready', readable_until: expect.stringMatching(/^2026-11-23T/) });
    expect((await world.as(people.member, 'GET', `/api/files/${id}/download`)).text).toBe('one');
    world.clock.pass(3 * day);
    expect(await look(id, await world.logIn(people.member.email))).toMatchObject({ state: 'archived' });
  });
  it('asked back comes also when the hub was started anew meanwhile, and is asked of the store once', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'strata-thaw-'));
    try {
      const databaseFile = path.join(folder, 'hub.db');
      const id = await archive(4 * hour, { databaseFile });
      let asked = 0;
      const count = (verb: StoreVerb): undefined => void (asked += verb === 'restore' ? 1 : 0);
      world.faults.coldHook = count;
      const { expected_from: expected } = (await thaw(id)).json();
      const { bucket, cold, clock } = world;
      await world.close();
      if (cold === null) throw new Error('no cold store');
      // The stores' time goes on by the first clock.
      clock.pass(hour);
      world = await openTestHub({ cold: true, atMs: clock.nowMs(), before: { databaseFile, bucket, cold } });
      world.faults.coldHook = count;
      people = { ...people, member: await world.logIn(people.member.email) };
      expect([(await look(id)).state, (await look(id)).expected_from]).toEqual(['coming', expected]);
      let told = 0;
      const stop = world.hub.door.watch(people.member.id, () => (told += 1));
      clock.pass(4 * hour);
      world.clock.pass(4 * hour);
      await vi.waitFor(() => expect(told).toBeGreaterThan(0), 5000);
      stop();
      expect([(await look(id)).state, asked]).toEqual(['ready', 1]);
      expect((await world.as(people.member, 'GET', `/api/files/${id}/download`)).text).toBe('one');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
  it('is left out of a ZIP of its folder, and a text in it says so', async () => {
    const id = await archive(hour);
    await upload(people.member, 'b.txt', 'two', 'f');
    const { url } = (await world.as(people.member, 'POST', '/api/folders/zip', { body: { folder: 'f' } })).json();
    const zip = (await world.as(null, 'GET', new URL(url as string).pathname)).text;
    expect(zip).toContain('Not in this ZIP.txt');
    expect(zip).toMatch(/in the archive and had to be left out[^]*\r\na\.txt\r\n/);
    expect([zip.includes('two'), zip.includes('one')]).toEqual([true, false]);
    expect(await look(id)).toMatchObject({ state: 'archived' });
  });
  it('is told of when it is there', async () => {
    const id = await archive(hour);
    await thaw(id);
    let told = 0;
    const stop = world.hub.door.watch(people.member.id, () => (told += 1));
    world.clock.pass(5 * hour);
    await vi.waitFor(() => expect(told).toBeGreaterThan(0), 5000);
    stop();
    expect(await look(id)).toMatchObject({ state: 'ready' });
  });
  it('is nobody else’s to ask for, a guest asks for nothing, and the dearest speed is not for members', async () => {
    const id = await archive(hour);
    expect([(await thaw(id, {}, people.other)).status, (await world.as(people.other, 'GET', `/api/files/${id}/archive`)).status, (await thaw(id, {}, people.guest)).status, (await thaw(id, { speed: 'expedited' })).status, (await thaw(999)).status]).toEqual([403, 403, 403, 400, 404]);
    expect(world.cold?.restored.size).toBe(0);
  });
  it('a store that takes no wish is told of as it is, nothing is in the queue, and the next wish is a new one', async () => {
    const id = await archive(hour);
    world.faults.coldHook = (verb) => {
      if (verb === 'restore') throw new AppError('access_denied', { place: 'cold', action: 'restore' });
      return undefined;
    };
    expect((await thaw(id)).json()).toMatchObject({ error_code: 'ACCESS_DENIED' });
    world.faults.coldHook = null;
    expect(await look(id)).toMatchObject({ state: 'archived' });
    expect((await thaw(id, { speed: 'bulk' })).json()).toMatchObject({ state: 'coming', speed: 'bulk' });
  });
  it('a file in no archive is readable, and asking for it does nothing', async () => {
    await start();
    const id = await upload(people.member, 'a.txt', 'one', 'f');
    expect((await thaw(id)).json()).toMatchObject({ state: 'readable', speeds: [] });
  });
});
