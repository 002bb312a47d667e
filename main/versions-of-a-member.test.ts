/** What a file held before is listed, read and brought back by the API, where the bucket keeps it; and nobody reaches another's. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { leastPartBytes } from '../shared/upload-parts.ts';
import { openTestHub, type HubUnderTest, type Person } from './testing/hub-under-test.ts';

let world: HubUnderTest;
let ann: Person;
let bob: Person;
beforeAll(async () => {
  world = await openTestHub({ versioning: true });
  await world.signUp('owner@hub.test');
  [ann, bob] = [await world.signUp('ann@hub.test'), await world.signUp('bob@hub.test')];
});
afterAll(() => world.close());

interface Version { readonly version_id: string; readonly file_size: number; readonly current: boolean }
const list = async (id: number, who: Person = ann): Promise<readonly Version[]> => ((await world.as(who, 'GET', `/api/files/${id}/versions`)).json() as unknown as { versions: Version[] }).versions;
const read = (id: number, version: string, who: Person = ann, headers: Readonly<Record<string, string>> = {}) => world.as(who, 'GET', `/api/files/${id}/versions/${encodeURIComponent(version)}/download`, { headers });
const back = (id: number, version: string, who: Person = ann) => world.as(who, 'POST', `/api/files/${id}/versions/${encodeURIComponent(version)}/restore`, { body: {} });
/** As a synced desktop saves it over and over. */
async function saved(name: string, ...contents: readonly (string | Buffer)[]): Promise<number> {
  const id = (await world.upload(ann, name, contents[0] ?? '', { folder: 'f' })).json()['id'] as number;
  for (const content of contents.slice(1)) {
    world.clock.pass(60_000);
    world.bucket.write(`user-${ann.id}/f/${name}`, content);
  }
  world.clock.pass(60_000);
  await world.as(ann, 'GET', '/api/files');
  return id;
}
const now = async (id: number): Promise<string> => (await world.as(ann, 'GET', `/api/files/${id}/download`)).text;

it('newest first, each with its own bytes, in parts too', async () => {
  const id = await saved('plan.txt', 'first', 'second one', 'third');
  const found = await list(id);
  expect(found.map(({ file_size: size, current }) => [size, current])).toEqual([[5, true], [10, false], [5, false]]);
  expect([(await read(id, found[2]?.version_id ?? '')).text, (await read(id, found[1]?.version_id ?? '')).text, (await read(id, found[1]?.version_id ?? '', ann, { range: 'bytes=0-5' })).text]).toEqual(['first', 'second one', 'second']);
});
it('brought back it is the content again, under the same number, and what was there stays a version', async () => {
  const id = await saved('letter.txt', 'one', 'two');
  const told = await back(id, (await list(id))[1]?.version_id ?? '');
  expect([told.status, told.json()['id'], await now(id)]).toEqual([200, id, 'one']);
  const found = await list(id);
  expect(found).toHaveLength(3);
  expect((await read(id, found[1]?.version_id ?? '')).text).toBe('two');
});
it('a large one goes in parts', async () => {
  const large = Buffer.alloc(leastPartBytes + 77, 'large');
  const id = await saved('large.bin', large, 'small');
  expect((await back(id, (await list(id))[1]?.version_id ?? '')).status).toBe(200);
  expect(Buffer.from(world.bucket.objects.get(`user-${ann.id}/f/large.bin`)?.bytes ?? []).equals(large)).toBe(true);
  expect(world.bucket.uploads.size).toBe(0);
});
it('whoever saves meanwhile wins', async () => {
  const id = await saved('race.txt', 'old', 'new');
  const version = (await list(id))[1]?.version_id ?? '';
  world.faults.hook = (verb, key) => {
    if (verb !== 'get') return;
    world.faults.hook = null;
    world.bucket.write(key, 'saved meanwhile');
  };
  const told = await back(id, version);
  expect([told.status, told.json()['error_code'], world.bucket.text(`user-${ann.id}/f/race.txt`)]).toEqual([409, 'STALE', 'saved meanwhile']);
});
it('unknown ones are not there, and nobody reaches another’s', async () => {
  const id = await saved('mine.txt', 'mine', 'mine too');
  const other = await saved('other.txt', 'a', 'b');
  const version = (await list(id))[1]?.version_id ?? '';
  expect([(await read(id, version, bob)).status, (await back(id, version, bob)).status, (await world.as(bob, 'GET', `/api/files/${id}/versions`)).status]).toEqual([403, 403, 403]);
  expect([(await read(other, version)).status, (await read(id, 'nothing')).status, (await read(id, '../x')).status]).toEqual([404, 404, 404]);
  expect(await now(id)).toBe('mine too');
});
it('without room it stays as it is', async () => {
  const owner = await world.logIn('owner@hub.test');
  const id = await saved('room.txt', 'x'.repeat(500), 'x');
  await world.as(owner, 'PUT', `/api/users/${ann.id}`, { body: { quota_bytes: 1 } });
  expect((await back(id, (await list(id))[1]?.version_id ?? '')).json()['error_code']).toBe('QUOTA_EXCEEDED');
});
