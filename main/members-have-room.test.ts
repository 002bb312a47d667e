/** Room per member: set by the owner, shown to the member, held before and while files come, by form, resumable, copy and link; the trash counts. */
import { afterAll, expect, it } from 'vitest';
import { leastPartBytes } from '../shared/upload-parts.ts';
import type { Told } from './testing/door-under-test.ts';
import { tus } from './testing/hub-requests.ts';
import { openTestHub, settle, type Person } from './testing/hub-under-test.ts';

const world = await openTestHub();
const people = await settle(world);
const ann = people.member;
afterAll(() => world.close());

const setRoom = (bytes: number | null, by: Person = people.owner, of: Person = ann): Promise<Told> => world.as(by, 'PUT', `/api/users/${of.id}`, { body: { quota_bytes: bytes } });
const code = (told: Told): unknown => told.json()['error_code'];
const begin = (size: number, name: string, path = '/api/uploads', who: Person | null = ann): Promise<Told> => world.as(who, 'POST', path, tus({ 'upload-length': String(size), 'upload-metadata': `filename ${Buffer.from(name).toString('base64')},folder ${Buffer.from('f').toString('base64')}` }));
const keys = (): string[] => world.bucket.sortedKeys().filter((key) => key.startsWith(`user-${ann.id}/`));

it('is set by those who may touch the account, told to the member, and no member sets their own', async () => {
  expect([(await setRoom(1000)).json()['quota_bytes'], (await setRoom(1000, ann)).status, (await setRoom(1000, people.admin, people.owner)).status, (await setRoom(-1)).status]).toEqual([1000, 403, 403, 400]);
  await world.upload(ann, 'a', 'x'.repeat(400), { folder: 'f' });
  expect((await world.as(ann, 'GET', '/api/auth/me')).json()).toMatchObject({ quota_bytes: 1000, used_bytes: 400 });
  const { users } = (await world.as(people.owner, 'GET', '/api/users')).json() as unknown as { users: { id: number; quota_bytes: number | null; used_bytes: number }[] };
  expect(users.find(({ id }) => id === ann.id)).toMatchObject({ quota_bytes: 1000, used_bytes: 400 });
});
it('what does not fit is refused with a code of its own and leaves nothing, by every way', async () => {
  const file = (await world.upload(ann, 'b', 'x'.repeat(300), { folder: 'f' })).json()['id'] as number;
  const before = keys();
  const tries = [await world.upload(ann, 'c', 'x'.repeat(301), { folder: 'f' }), await begin(301, 'c'), await world.as(ann, 'POST', `/api/files/${file}/copy`, { body: { folder: 'g' } })];
  const { token } = (await world.as(ann, 'POST', '/api/shares', { body: { folder: 'in', mode: 'upload' } })).json() as { token: string };
  tries.push(await begin(301, 'c', `/api/files/public/${token}/uploads`, null));
  expect(tries.map((told) => [told.status, code(told)])).toEqual([[413, 'QUOTA_EXCEEDED'], [413, 'QUOTA_EXCEEDED'], [201, undefined], [413, 'QUOTA_EXCEEDED']]);
  expect(keys()).toEqual([...before, `user-${ann.id}/g/b`].sort());
  expect((await world.upload(ann, 'c', 'x', { folder: 'f' })).status).toBe(413);
  expect((await world.upload(ann, 'empty', '', { folder: 'f' })).status).toBe(201);
});
it('the trash counts until it is emptied', async () => {
  const { files } = (await world.as(ann, 'GET', '/api/files?folder=g&fields=id')).json() as unknown as { files: { id: number }[] };
  const id = files[0]?.id ?? 0;
  await world.as(ann, 'DELETE', `/api/files/${id}`);
  expect((await world.upload(ann, 'd', 'x'.repeat(100), { folder: 'f' })).status).toBe(413);
  await world.as(ann, 'DELETE', `/api/trash/${id}`);
  expect((await world.upload(ann, 'd', 'x'.repeat(100), { folder: 'f' })).status).toBe(201);
});
it('what is announced holds its room until it ends, and two that come at once don’t both get the last of it', async () => {
  await setRoom(1800);
  const url = String((await begin(900, 'big')).headers.location);
  expect([(await begin(101, 'more')).status, (await world.upload(ann, 'more', 'x'.repeat(101), { folder: 'f' })).status]).toEqual([413, 413]);
  await world.as(ann, 'DELETE', url, tus({}));
  const both = await Promise.all([world.upload(ann, 'p', 'x'.repeat(600), { folder: 'f' }), world.upload(ann, 'q', 'x'.repeat(600), { folder: 'f' })]);
  expect(both.map(({ status }) => status).sort()).toEqual([201, 413]);
});
it('a large form is stopped while it comes', async () => {
  await setRoom(leastPartBytes + 5000);
  const before = keys();
  const told = await world.upload(ann, 'large', Buffer.alloc(leastPartBytes * 2), { folder: 'f' });
  expect([told.status, code(told), keys(), world.bucket.uploads.size]).toEqual([413, 'QUOTA_EXCEEDED', before, 0]);
});
it('less room than is used stops what is on its way, which goes on once there is room again', async () => {
  await setRoom(null);
  const url = String((await begin(10, 'late')).headers.location);
  const send = () => world.as(ann, 'PATCH', url, tus({ 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }, '0123456789'));
  await setRoom(1);
  expect(code(await send())).toBe('QUOTA_EXCEEDED');
  await setRoom(null);
  expect([(await send()).status, world.bucket.text(`user-${ann.id}/f/late`)]).toEqual([204, '0123456789']);
});
