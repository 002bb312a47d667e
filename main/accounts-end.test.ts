/** An account ends: nobody gets in by it from that moment, and its files are kept, moved or removed as was chosen, also across a failure of the store. */
import { afterAll, describe, expect, it } from 'vitest';
import { AppError } from './base/app-error.ts';
import { password, openTestHub, settle, type Person } from './testing/hub-under-test.ts';

const world = await openTestHub();
const people = await settle(world);
afterAll(() => world.close());

const end = (by: Person, who: Person, body: object) => world.as(by, 'POST', `/api/users/${who.id}/delete`, { body });
const own = (who: Person): string[] => world.bucket.sortedKeys().filter((key) => key.startsWith(`user-${who.id}/`)).map((key) => key.slice(`user-${who.id}/`.length));
const gone = async (who: Person): Promise<boolean> => {
  await world.hub.parts.departures.go();
  return (await world.hub.parts.members.list(0, 1000)).every(({ id }) => id !== who.id);
};
let serial = 0;
/** Somebody with a file in a folder, one at the top, one in the trash, a link and an upload under way. */
async function settled(): Promise<{ readonly who: Person; readonly token: string; readonly files: readonly number[] }> {
  const who = await world.signUp(`leaving-${(serial += 1)}@hub.test`);
  const files = [await world.upload(who, 'letter.txt', 'letter', { folder: 'letters' }), await world.upload(who, 'top.txt', 'top'), await world.upload(who, 'old.txt', 'old', { folder: 'letters' })].map((told) => told.json()['id'] as number);
  await world.as(who, 'DELETE', `/api/files/${files[2] ?? 0}`);
  const { token } = (await world.as(who, 'POST', '/api/shares', { body: { folder: 'letters' } })).json() as { token: string };
  return { who, token, files };
}

describe('from that moment', () => {
  it('no session, no password and no link of it opens anything', async () => {
    const { who, token } = await settled();
    expect((await end(people.owner, who, { files: 'keep' })).status).toBe(202);
    expect([(await world.as(who, 'GET', '/api/files')).status, (await world.as(null, 'POST', '/api/auth/login', { body: { email: who.email, password } })).status, (await world.as(null, 'GET', `/api/files/public/${token}`)).status]).toEqual([401, 401, 404]);
    expect(await gone(who)).toBe(true);
    // The address is free again, and whoever has it now gets nothing of before.
    const next = await world.signUp(who.email);
    expect([next.id === who.id, (await world.as(next, 'GET', '/api/files')).json()['files'], (await world.as(who, 'GET', '/api/files')).status]).toEqual([false, [], 401]);
  });
  it('only those who may touch it end it, the last owner never, and nobody ends their own this way', async () => {
    const answers = [await end(people.member, people.other, { files: 'keep' }), await end(people.admin, people.owner, { files: 'keep' }), await end(people.owner, people.owner, { files: 'keep' }), await end(people.owner, people.other, { files: 'move' }), await end(people.owner, people.other, { files: 'move', to_user_id: people.other.id }), await end(people.owner, people.other, { files: 'keep', to_user_id: people.admin.id })];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 400, 400, 400, 400]);
    expect((await world.as(people.owner, 'POST', '/api/auth/delete', { body: { current_password: password, files: 'keep' } })).json()['error_code']).toBe('LAST_OWNER');
    expect((await world.as(people.other, 'GET', '/api/auth/me')).status).toBe(200);
  });
  it('one ends one’s own with the password', async () => {
    const { who } = await settled();
    expect((await world.as(who, 'POST', '/api/auth/delete', { body: { current_password: 'not it', files: 'remove' } })).status).toBe(401);
    expect((await world.as(who, 'POST', '/api/auth/delete', { body: { current_password: password, files: 'remove' } })).status).toBe(202);
    expect([await gone(who), own(who)]).toEqual([true, []]);
  });
});

describe('its files', () => {
  it('kept: they stay in the bucket as they are, and in nobody’s library', async () => {
    const { who, files } = await settled();
    const before = own(who);
    await end(people.owner, who, { files: 'keep' });
    expect([await gone(who), own(who), (await world.as(people.owner, 'GET', `/api/files/${files[0] ?? 0}`)).status]).toEqual([true, before, 404]);
  });
  it('moved: with their numbers into a folder of the other, the trash into the trash there', async () => {
    const { who, files } = await settled();
    world.bucket.write(`user-${who.id}/by another tool.txt`, 'by another tool');
    await end(people.owner, who, { files: 'move', to_user_id: people.other.id });
    expect([await gone(who), own(who)]).toEqual([true, []]);
    const folder = `Files of ${who.email}`;
    expect(world.bucket.text(`user-${people.other.id}/${folder}/letters/letter.txt`)).toBe('letter');
    expect((await world.as(people.other, 'GET', `/api/files/${files[0] ?? 0}`)).json()).toMatchObject({ folder: `${folder}/letters`, filename: 'letter.txt' });
    const names = ((await world.as(people.other, 'GET', `/api/files?below=${encodeURIComponent(folder)}`)).json() as unknown as { files: { filename: string }[] }).files.map(({ filename }) => filename).sort();
    expect(names).toEqual(['by another tool.txt', 'letter.txt', 'top.txt']);
    expect((await world.as(people.other, 'POST', `/api/trash/${files[2] ?? 0}/restore`, { body: {} })).json()).toMatchObject({ folder: `${folder}/letters`, filename: 'old.txt' });
  });
  it('removed: nothing of it is left, and nothing of anybody else goes', async () => {
    const { who } = await settled();
    world.bucket.write(`user-${who.id}0/neighbour.txt`, 'another library');
    world.bucket.write(`user-${who.id}/empty/`, '');
    await end(people.owner, who, { files: 'remove' });
    expect([await gone(who), own(who), world.bucket.text(`user-${who.id}0/neighbour.txt`)]).toEqual([true, [], 'another library']);
  });
  it('while the store fails the account stays shut and its files stay; afterwards it is seen to', async () => {
    const { who } = await settled();
    world.faults.hook = (verb) => {
      if (verb === 'copy') throw new AppError('network_unreachable', {});
    };
    await end(people.owner, who, { files: 'move', to_user_id: people.other.id });
    expect(await gone(who)).toBe(false);
    expect(own(who).filter((key) => !key.startsWith('.strata'))).toHaveLength(2);
    expect((await world.as(people.owner, 'PUT', `/api/users/${who.id}`, { body: { disabled: false } })).status).toBe(409);
    world.faults.hook = null;
    expect([await gone(who), own(who)]).toEqual([true, []]);
  });
});
