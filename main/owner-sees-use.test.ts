/** What the owner sees of others: what each uploaded by day, where each is logged in, and who is locked out for guessing (V10, V12). */
import { afterAll, expect, it } from 'vitest';
import { openTestHub, settle, type Person } from './testing/hub-under-test.ts';

const world = await openTestHub();
let people = await settle(world);
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
  people = { ...people, owner: await world.logIn('owner@hub.test'), admin: await world.logIn('admin@hub.test'), member: await world.logIn('member@hub.test') };
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

it('an owner sees where a member is logged in, and ends one session or all of them at once', async () => {
  const [other, phone] = [await world.logIn('other@hub.test'), await world.logIn('other@hub.test')];
  const listed = async () => ((await world.as(people.owner, 'GET', `/api/users/${people.other.id}/sessions`)).json() as { sessions: { id: string; address: string; current: boolean }[] }).sessions;
  const me = async (who: Person) => (await world.as(who, 'GET', '/api/auth/me')).status;
  const open = await listed();
  expect(open.map(({ address, current }) => [address, current])).toEqual([['127.0.0.1', false], ['127.0.0.1', false]]);
  const ofPhone = ((await world.as(phone, 'GET', '/api/auth/sessions')).json() as { sessions: { id: string; current: boolean }[] }).sessions.find(({ current }) => current)?.id ?? '';
  const end = async (by: Person, user: Person) => (await world.as(by, 'DELETE', `/api/users/${user.id}/sessions/${ofPhone}`)).status;
  // By another account's number it isn't found, and an admin ends no session of an owner.
  const ofOwner = ((await world.as(people.owner, 'GET', '/api/auth/sessions')).json() as { sessions: { id: string }[] }).sessions[0]?.id ?? '';
  expect([await end(people.member, people.other), await end(people.owner, people.member), (await world.as(people.admin, 'DELETE', `/api/users/${people.owner.id}/sessions/${ofOwner}`)).status]).toEqual([403, 404, 403]);
  expect([await me(phone), await me(people.owner)]).toEqual([200, 200]);
  expect([await end(people.owner, people.other), await me(phone), await me(other), (await listed()).length, await end(people.owner, people.other)]).toEqual([200, 401, 200, 1, 404]);
  expect((await world.as(people.owner, 'DELETE', `/api/users/${people.other.id}/sessions`)).status).toBe(200);
  expect((await world.as(other, 'GET', '/api/auth/me')).status).toBe(401);
});
