/** What the owner sees of others: what each uploaded by day, where each is logged in, and who is locked out for guessing (V10, V12). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestHub, settle, type HubUnderTest, type Kind, type Person } from './testing/hub-under-test.ts';

let world: HubUnderTest;
let people: Readonly<Record<Kind | 'other', Person>>;
beforeAll(async () => {
  world = await openTestHub();
  people = await settle(world);
});
afterAll(() => world.close());
const day = 24 * 3_600_000;
const usage = async (days = 30) => ((await world.as(people.owner, 'GET', `/api/usage?days=${days}`)).json() as { usage: { day: string; email: string; files: number; bytes: number }[] }).usage.map(({ day: on, email, files, bytes }) => [on, email, files, bytes]);

it('uploads are counted by account and day, newest day first; what was deleted is not', async () => {
  const today = new Date(world.clock.nowMs()).toISOString().slice(0, 10);
  const tomorrow = new Date(world.clock.nowMs() + day).toISOString().slice(0, 10);
  await world.upload(people.member, 'one.txt', 'one');
  await world.upload(people.member, 'four.txt', 'four');
  await world.upload(people.other, 'x.txt', 'x');
  world.clock.pass(day);
  people = { ...people, owner: await world.logIn('owner@hub.test'), member: await world.logIn('member@hub.test') };
  const gone = (await world.upload(people.member, 'later.txt', 'later!')).json() as { id: number };
  expect(await usage()).toEqual([[tomorrow, 'member@hub.test', 1, 6], [today, 'member@hub.test', 2, 7], [today, 'other@hub.test', 1, 1]]);
  expect(await usage(1)).toEqual([[tomorrow, 'member@hub.test', 1, 6]]);
  await world.as(people.member, 'DELETE', `/api/files/${gone.id}`);
  expect(await usage(1)).toEqual([]);
  expect((await world.as(people.member, 'GET', '/api/usage')).status).toBe(403);
});

it('who guesses is shown with the address and until when the account is locked', async () => {
  const failed = async () => (await world.as(people.owner, 'GET', '/api/auth/failures')).json() as { failures: { account: string; address: string }[]; locked: { kind: string; who: string; until: string }[] };
  for (let turn = 0; turn < 9; turn += 1) await world.as(null, 'POST', '/api/auth/login', { body: { email: 'guest@hub.test', password: 'a guess' } });
  expect((await failed()).locked).toEqual([]);
  await world.as(null, 'POST', '/api/auth/login', { body: { email: 'guest@hub.test', password: 'a guess' } });
  const { failures, locked } = await failed();
  const until = new Date(world.clock.nowMs() + 5 * 60_000).toISOString();
  expect([failures.length, failures[0]]).toMatchObject([10, { account: 'guest@hub.test', address: '127.0.0.1' }]);
  expect(locked).toEqual([{ kind: 'account', who: 'guest@hub.test', until }, { kind: 'address', who: '127.0.0.1', until }]);
  world.clock.pass(5 * 60_000);
  expect((await failed()).locked).toEqual([]);
});

it('an owner sees where a member is logged in, and ends it at once', async () => {
  const other = await world.logIn('other@hub.test');
  const { sessions } = (await world.as(people.owner, 'GET', `/api/users/${people.other.id}/sessions`)).json() as { sessions: { address: string }[] };
  expect(sessions.map(({ address }) => address)).toEqual(['127.0.0.1']);
  expect((await world.as(people.owner, 'DELETE', `/api/users/${people.other.id}/sessions`)).status).toBe(200);
  expect((await world.as(other, 'GET', '/api/auth/me')).status).toBe(401);
});
