/** A whole folder moves, takes another name, goes into the trash and comes back in one request; links follow, what can't go stays and is named. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openTestHub, type HubUnderTest, type Person } from './testing/hub-under-test.ts';

let world: HubUnderTest;
let ann: Person;
let bob: Person;
beforeAll(async () => {
  world = await openTestHub();
  await world.signUp('owner@hub.test');
  [ann, bob] = [await world.signUp('ann@hub.test'), await world.signUp('bob@hub.test')];
});
afterAll(() => world.close());
beforeEach(async () => {
  world.bucket.objects.clear();
  world.clock.pass(60_000);
  await world.as(ann, 'GET', '/api/files');
});

interface Report { readonly done: number; readonly failed: number; readonly failures: readonly { readonly path: string; readonly error_code: string }[]; readonly more: boolean }
const ask = async (path: string, body: object, who: Person = ann): Promise<Report> => (await world.as(who, 'POST', path, { body })).json() as unknown as Report;
const put = (folder: string, ...names: string[]) => Promise.all(names.map((name) => world.upload(ann, name, `${folder}/${name}`, { folder })));
const own = (): string[] => world.bucket.sortedKeys().filter((key) => key.startsWith(`user-${ann.id}/`)).map((key) => key.slice(`user-${ann.id}/`.length));
const plain = (): string[] => own().filter((key) => !key.startsWith('.strata/'));

it('with all below it, under the same numbers, and nothing beside it', async () => {
  const told = await put('🏖️ trip/day', 'a.txt', 'b.txt');
  await put('🏖️ trip', 'map.txt');
  await put('🏖️ trip-2', 'other.txt');
  world.bucket.write(`user-${ann.id}/🏖️ trip/empty/`, '');
  expect(await ask('/api/folders/move', { folder: '🏖️ trip', to: 'Archive/2026 🦜' })).toEqual({ done: 3, failed: 0, failures: [], more: false });
  expect(plain()).toEqual(['Archive/2026 🦜/day/a.txt', 'Archive/2026 🦜/day/b.txt', 'Archive/2026 🦜/empty/', 'Archive/2026 🦜/map.txt', '🏖️ trip-2/other.txt']);
  const file = await world.as(ann, 'GET', `/api/files/${Number(told[0]?.json()['id'])}`);
  expect(file.json()).toMatchObject({ filename: 'a.txt', folder: 'Archive/2026 🦜/day' });
  expect((await world.as(ann, 'GET', `/api/files/${Number(told[0]?.json()['id'])}/download`)).text).toBe('🏖️ trip/day/a.txt');
});
it('what has a name there already stays, is named, and nothing is overwritten', async () => {
  await put('from', 'same.txt', 'free.txt');
  await put('to', 'same.txt');
  const report = await ask('/api/folders/move', { folder: 'from', to: 'to' });
  expect(report).toMatchObject({ done: 1, failed: 1, failures: [{ path: 'from/same.txt', error_code: 'NAME_TAKEN' }], more: false });
  expect([world.bucket.text(`user-${ann.id}/to/same.txt`), world.bucket.text(`user-${ann.id}/from/same.txt`)]).toEqual(['to/same.txt', 'from/same.txt']);
});
it('up into its parent it goes, into itself never, and only a folder that is there', async () => {
  await put('a/b', 'x.txt');
  expect((await world.as(ann, 'POST', '/api/folders/move', { body: { folder: 'a', to: 'a/b' } })).status).toBe(400);
  expect(await ask('/api/folders/move', { folder: 'a/b', to: 'a' })).toMatchObject({ done: 1 });
  expect(plain()).toEqual(['a/x.txt']);
  const others = [await world.as(ann, 'POST', '/api/folders/move', { body: { folder: 'nowhere', to: 'c' } }), await world.as(bob, 'POST', '/api/folders/move', { body: { folder: 'a', to: 'c' } }), await world.as(ann, 'POST', '/api/folders/move', { body: { folder: 'a', to: '../up' } }), await world.as(ann, 'POST', '/api/folders/delete', { body: { folder: '' } }), await world.as(bob, 'POST', '/api/folders/delete', { body: { folder: 'a' } })];
  expect(others.map(({ status }) => status)).toEqual([404, 404, 400, 400, 404]);
  expect(plain()).toEqual(['a/x.txt']);
});
it('links to it, below it and to its files lead on', async () => {
  await put('s/in', 'x.txt');
  const link = async (folder: string) => ((await world.as(ann, 'POST', '/api/shares', { body: { folder } })).json() as { token: string }).token;
  const [whole, below] = [await link('s'), await link('s/in')];
  await ask('/api/folders/move', { folder: 's', to: 'moved 😀' });
  expect((await world.as(null, 'GET', `/api/files/public/${whole}/download?path=in/x.txt`)).text).toBe('s/in/x.txt');
  expect((await world.as(null, 'GET', `/api/files/public/${below}/download?path=x.txt`)).text).toBe('s/in/x.txt');
});
it('into the trash and back', async () => {
  await put('gone/deep', 'a.txt');
  await put('gone', 'b.txt');
  await put('gone-not', 'c.txt');
  world.bucket.write(`user-${ann.id}/gone/empty/`, '');
  expect(await ask('/api/folders/delete', { folder: 'gone' })).toMatchObject({ done: 2, failed: 0 });
  expect(plain()).toEqual(['gone-not/c.txt']);
  expect(await ask('/api/trash/restore-folder', { folder: 'gone' })).toMatchObject({ done: 2, failed: 0 });
  expect([plain(), own().length]).toEqual([['gone-not/c.txt', 'gone/b.txt', 'gone/deep/a.txt'], 3]);
});
it('the trash is emptied of what was there when it was asked for, of one’s own alone, and an empty one is no mistake', async () => {
  await put('t', 'old.txt', 'older.txt');
  await put('u', 'later.txt');
  await ask('/api/folders/delete', { folder: 't' });
  const until = new Date(world.clock.nowMs()).toISOString();
  world.clock.pass(1000);
  await ask('/api/folders/delete', { folder: 'u' });
  expect((await world.as(bob, 'POST', '/api/trash/empty', { body: {} })).json()).toMatchObject({ done: 0, failed: 0, more: false });
  expect(await ask('/api/trash/empty', { until })).toMatchObject({ done: 2, failed: 0, more: false });
  const left = (await world.as(ann, 'GET', '/api/trash')).json() as unknown as { files: { filename: string }[] };
  expect([left.files.map(({ filename }) => filename), own().length]).toEqual([['later.txt'], 1]);
  expect(await ask('/api/trash/empty', {})).toMatchObject({ done: 1 });
  expect(own()).toEqual([]);
});
it('when time is up it says so, and the same request goes on', async () => {
  await put('many', ...Array.from({ length: 30 }, (_, number) => `${number}.txt`));
  let copies = 0;
  world.faults.hook = (verb) => {
    if (verb === 'copy' && (copies += 1) === 9) world.clock.pass(25_000);
  };
  const first = await ask('/api/folders/move', { folder: 'many', to: 'most' });
  world.faults.hook = null;
  expect([first.more, first.done > 0 && first.done < 30]).toEqual([true, true]);
  const second = await ask('/api/folders/move', { folder: 'many', to: 'most' });
  expect([second.more, first.done + second.done, plain().every((key) => key.startsWith('most/')), plain().length]).toEqual([false, 30, true, 30]);
});
