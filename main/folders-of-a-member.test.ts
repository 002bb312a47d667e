/** A member's folders: named with what lies in them, listed with all below, packed into one ZIP, and never anybody else's (F81, F82). */
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHub, type HubUnderTest, type Person } from './testing/hub-under-test.ts';

let world: HubUnderTest;
let ann: Person;
let ben: Person;
beforeAll(async () => {
  world = await openTestHub();
  await world.signUp('owner@hub.test');
  [ann, ben] = [await world.signUp('ann@hub.test'), await world.signUp('ben@hub.test')];
  for (const [folder, name, content] of [['', 'top.txt', 'top'], ['', 'top.txt', 'again'], ['trip', 'map.txt', 'the map'], ['trip/day one', 'hut.txt', 'hut'], ['trip0', 'other.txt', 'x'], ['a_b', 'x.txt', 'x']] as const) {
    await world.upload(ann, name, content, folder === '' ? {} : { folder });
  }
  await world.upload(ben, 'secret.txt', 'of Ben', { folder: 'trip' });
});
afterAll(() => world.close());

const folders = async (who: Person, folder: string) => (await world.as(who, 'GET', `/api/folders?folder=${encodeURIComponent(folder)}`)).json()['folders'];
async function zipOf(who: Person, folder: string): Promise<Buffer> {
  const made = await world.as(who, 'POST', '/api/folders/zip', { body: { folder } });
  expect(made.status, made.text).toBe(201);
  const told = await world.as(null, 'GET', new URL(made.json()['url'] as string).pathname);
  expect([told.status, told.headers['content-type']]).toEqual([200, 'application/zip']);
  return told.bytes;
}
/** Names and contents by the directory at the end, as any reader does. */
function read(zip: Buffer): Record<string, string> {
  const found: Record<string, string> = {};
  let at = zip.readUInt32LE(zip.length - 6);
  for (let count = zip.readUInt16LE(zip.length - 12); count > 0; count -= 1) {
    const [method, size, nameLength, extra, head] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt32LE(at + 42)];
    const bytes = zip.subarray(head + 30 + nameLength + zip.readUInt16LE(head + 28)).subarray(0, size);
    found[zip.toString('utf8', at + 46, at + 46 + nameLength)] = (method === 0 ? bytes : inflateRawSync(bytes)).toString();
    at += 46 + nameLength + extra;
  }
  return found;
}

describe('folders', () => {
  it('are those that hold files, each with all that lies in and below it', async () => {
    expect(await folders(ann, '')).toEqual([{ name: 'a_b', path: 'a_b', files: 1, bytes: 1 }, { name: 'trip', path: 'trip', files: 2, bytes: 10 }, { name: 'trip0', path: 'trip0', files: 1, bytes: 1 }]);
    expect(await folders(ann, 'trip')).toEqual([{ name: 'day one', path: 'trip/day one', files: 1, bytes: 3 }]);
    expect(await folders(ann, 'aXb')).toEqual([]);
    expect(await folders(ben, '')).toEqual([{ name: 'trip', path: 'trip', files: 1, bytes: 6 }]);
  });
  it.each([['..', 400], ['a/../..', 400], ['/etc', 400], ['.strata', 409]] as const)('%s leads nowhere (F82)', async (folder, status) => {
    expect((await world.as(ann, 'GET', `/api/folders?folder=${encodeURIComponent(folder)}`)).status).toBe(status);
    expect((await world.as(ann, 'POST', '/api/folders/zip', { body: { folder } })).status).toBe(status);
  });
  it('are listed with all below, and in either order', async () => {
    const names = async (query: string) => ((await world.as(ann, 'GET', `/api/files?fields=filename&${query}`)).json() as unknown as { files: { filename: string }[] }).files.map(({ filename }) => filename);
    expect(await names('below=trip&sort=name')).toEqual(['hut.txt', 'map.txt']);
    expect(await names('below=trip&sort=name&order=desc')).toEqual(['map.txt', 'hut.txt']);
    expect(await names('sort=size&order=desc&limit=2')).toEqual(['map.txt', 'top.txt']);
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const page = (await world.as(ann, 'GET', `/api/files?fields=filename&sort=name&order=desc&limit=2${cursor}`)).json() as unknown as { files: { filename: string }[]; next_cursor: string | null };
      seen.push(...page.files.map(({ filename }) => filename));
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(seen).toEqual(['x.txt', 'top.txt', 'top.txt', 'other.txt', 'map.txt', 'hut.txt']);
  });
});

describe('a folder as a ZIP', () => {
  it('holds what lies below it, by its place there', async () => {
    expect(read(await zipOf(ann, 'trip'))).toEqual({ 'map.txt': 'the map', 'day one/hut.txt': 'hut' });
    expect(Object.keys(read(await zipOf(ann, ''))).sort()).toEqual(['a_b/x.txt', 'top (2).txt', 'top.txt', 'trip/day one/hut.txt', 'trip/map.txt', 'trip0/other.txt']);
    expect(read(await zipOf(ben, 'trip'))).toEqual({ 'secret.txt': 'of Ben' });
    expect(read(await zipOf(ann, 'nothing here'))).toEqual({});
  });
  it('has a link that opens it alone, unaltered, for 15 minutes (F81)', async () => {
    const url = new URL((await world.as(ann, 'POST', '/api/folders/zip', { body: { folder: 'trip' } })).json()['url'] as string).pathname;
    const link = url.split('/').at(-1) ?? '';
    const [, user = '', folder = '', until = '', mark = ''] = link.split('.');
    const other = Buffer.from('trip0').toString('base64url');
    for (const altered of [`zip.${ben.id}.${folder}.${until}.${mark}`, `zip.${user}.${other}.${until}.${mark}`, `zip.${user}.${folder}.${Number(until) + 60}.${mark}`, `${user}.${folder}.${until}.${mark}`, link.slice(0, -1)]) {
      expect([altered, (await world.as(null, 'GET', `/api/folders/zip/${altered}`)).status]).toEqual([altered, 404]);
    }
    // Each kind of link opens its own kind of thing.
    expect((await world.as(null, 'GET', `/api/files/link/${link}`)).status).toBe(404);
    world.clock.pass(15 * 60_000 + 1000);
    expect((await world.as(null, 'GET', url)).status).toBe(404);
    world.clock.pass(-15 * 60_000 - 1000);
  });
});
