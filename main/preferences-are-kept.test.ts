/** What a member prefers is kept by the hub, for them alone, and one bad value takes no other along (M10). */
import { afterAll, expect, it } from 'vitest';
import { openTestHub, settle, type Person } from './testing/hub-under-test.ts';

const world = await openTestHub();
const people = await settle(world);
afterAll(() => world.close());

const usual = { look: 'system', sort: 'name', descending: false, notify_uploads: false, mail_new_device: true };
const read = async (who: Person) => (await world.as(who, 'GET', '/api/preferences')).json();
const write = (who: Person, body: object) => world.as(who, 'PUT', '/api/preferences', { body });

it('nobody has chosen anything at first; what is changed stays, in every session, and is nobody else’s', async () => {
  expect(await read(people.member)).toEqual(usual);
  expect((await write(people.member, { look: 'dark', sort: 'size' })).json()).toEqual({ ...usual, look: 'dark', sort: 'size' });
  expect((await write(people.member, { descending: true })).json()).toEqual({ ...usual, look: 'dark', sort: 'size', descending: true });
  expect(await read(await world.logIn('member@hub.test'))).toEqual({ ...usual, look: 'dark', sort: 'size', descending: true });
  expect(await read(people.other)).toEqual(usual);
  expect((await write(people.guest, { look: 'light' })).status).toBe(200);
});

it.each([{ look: 'pink' }, { sort: 'colour' }, { descending: 'yes' }, { user_id: 1 }, { look: null }])('%j is refused, and nothing of it stays', async (body) => {
  const before = await read(people.member);
  expect([(await write(people.member, { notify_uploads: true, ...body })).status, await read(people.member)]).toEqual([400, before]);
});

it('a value of another version of Strata leaves the others as they are', async () => {
  const { preferences } = world.hub.parts;
  await preferences.setPreferences(people.other.id, JSON.stringify({ look: 'sepia', sort: 'newest', more: 1 }), '2026-11-21T00:00:00.000Z');
  expect(await read(people.other)).toEqual({ ...usual, sort: 'newest' });
});

it('they go with the account', async () => {
  await write(people.other, { look: 'dark' });
  await world.as(people.owner, 'POST', `/api/users/${people.other.id}/delete`, { body: { files: 'remove' } });
  await world.hub.parts.departures.go();
  expect(await world.hub.parts.preferences.preferencesOf(people.other.id)).toBeNull();
});
