/** Moving, copying, deleting and bringing back over HTTP: at every moment the bytes are somewhere, and nothing of another name is replaced. Upload rules (F1) hold at the door. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Told } from './testing/door-under-test.ts';
import { openTestHub, type HubUnderTest, type Person } from './testing/hub-under-test.ts';

let world: HubUnderTest;
let ann: Person;
beforeAll(async () => {
  world = await openTestHub();
  await world.signUp('owner@hub.test');
  ann = await world.signUp('ann@hub.test');
});
afterAll(() => world.close());
let serial = 0;
/** A folder that no other test uses, and a file in it. */
async function put(content = 'text', name = 'a.txt'): Promise<{ readonly folder: string; readonly id: number; readonly key: string }> {
  const folder = `f${(serial += 1)}`;
  const told = await world.upload(ann, name, content, { folder });
  return { folder, id: told.json()['id'] as number, key: `user-${ann.id}/${folder}/${name}` };
}
const call = (method: string, path: string, body?: object): Promise<Told> => world.as(ann, method, `/api${path}`, body === undefined ? {} : { body });
const codeOf = (told: Told): unknown => told.json()['error_code'];
const trash = async (): Promise<{ id: number; filename: string; deleted_at: string }[]> => ((await call('GET', '/trash')).json() as unknown as { files: { id: number; filename: string; deleted_at: string }[] }).files;

describe('moving', () => {
  it('keeps number and bytes, and leaves nothing at the old place', async () => {
    const { id, key } = await put('moved');
    const told = await call('POST', `/files/${id}/move`, { folder: `to-${id}/deep`, filename: 'b.txt' });
    expect(told.json()).toMatchObject({ id, filename: 'b.txt', folder: `to-${id}/deep` });
    expect([world.bucket.text(key), world.bucket.text(`user-${ann.id}/to-${id}/deep/b.txt`), (await call('GET', `/files/${id}/download`)).text]).toEqual([null, 'moved', 'moved']);
  });
  it('never replaces another file, and an empty one moves too', async () => {
    const [one, two] = [await put('one'), await put('two')];
    expect(codeOf(await call('POST', `/files/${one.id}/move`, { folder: two.folder }))).toBe('NAME_TAKEN');
    expect([world.bucket.text(one.key), world.bucket.text(two.key)]).toEqual(['one', 'two']);
    const empty = await put('');
    expect((await call('POST', `/files/${empty.id}/move`, { folder: `to-${empty.id}` })).status).toBe(200);
    expect(world.bucket.text(`user-${ann.id}/to-${empty.id}/a.txt`)).toBe('');
  });
  it.each([{ folder: '../user-1' }, { folder: '..' }, { folder: '/etc' }, { filename: '../b' }, { filename: 'x/y' }, { filename: '..' }, { filename: '.strata' }, { folder: '.strata/trash' }, { filename: 'a\u0000' }, { filename: '' }])('%j leads nowhere (F82)', async (to) => {
    const { id, key } = await put('stays');
    for (const act of ['move', 'copy']) expect([400, 409]).toContain((await call('POST', `/files/${id}/${act}`, to)).status);
    expect(world.bucket.text(key)).toBe('stays');
  });
  it('what another tool changed meanwhile is not carried off unseen', async () => {
    const { id, key } = await put('mine');
    world.bucket.write(key, 'changed by another tool');
    expect(codeOf(await call('POST', `/files/${id}/move`, { folder: 'elsewhere' }))).toBe('STALE');
    expect(codeOf(await call('DELETE', `/files/${id}`))).toBe('STALE');
    expect(world.bucket.text(key)).toBe('changed by another tool');
  });
});

it('a copy is a file of its own', async () => {
  const { id, key } = await put('twice');
  const told = await call('POST', `/files/${id}/copy`, { filename: 'copy.txt' });
  expect([told.status, told.json()['id'] === id]).toEqual([201, false]);
  await call('DELETE', `/files/${id}`);
  expect([world.bucket.text(key), (await call('GET', `/files/${String(told.json()['id'])}/download`)).text]).toEqual([null, 'twice']);
});

describe('the trash', () => {
  it('keeps what was deleted, out of lists and downloads, and brings it back to its place', async () => {
    const { id, key, folder } = await put('precious');
    expect((await call('DELETE', `/files/${id}`)).status).toBe(200);
    expect([(await call('GET', `/files/${id}`)).status, (await call('GET', `/files/${id}/download`)).status, (await call('DELETE', `/files/${id}`)).status]).toEqual([404, 404, 404]);
    expect(((await call('GET', `/files?folder=${folder}`)).json() as unknown as { files: unknown[] }).files).toEqual([]);
    expect((await trash()).find((file) => file.id === id)).toMatchObject({ filename: 'a.txt', deleted_at: expect.stringMatching(/^2026-/) as string });
    expect(world.bucket.text(key)).toBeNull();
    expect((await call('POST', `/trash/${id}/restore`)).json()).toMatchObject({ id, folder, filename: 'a.txt' });
    expect([world.bucket.text(key), (await trash()).some((file) => file.id === id)]).toEqual(['precious', false]);
  });
  it('beside what took its name meanwhile', async () => {
    const { id, key, folder } = await put('old');
    await call('DELETE', `/files/${id}`);
    await world.upload(ann, 'a.txt', 'new', { folder });
    const told = await call('POST', `/trash/${id}/restore`);
    expect(told.json()['filename']).toMatch(/^a \(restored, 2026-\d\d-\d\d \d\d\.\d\d\)\.txt$/);
    expect([world.bucket.text(key), (await call('GET', `/files/${id}/download`)).text]).toEqual(['new', 'old']);
  });
  it('deletes for good only what is in it, and only its owner’s', async () => {
    const { id, key } = await put('kept');
    const bob = await world.signUp('bob@hub.test');
    expect((await call('DELETE', `/trash/${id}`)).status).toBe(404);
    await call('DELETE', `/files/${id}`);
    for (const [method, path] of [['DELETE', `/api/trash/${id}`], ['POST', `/api/trash/${id}/restore`]] as const) expect((await world.as(bob, method, path)).status).toBe(403);
    expect((await call('DELETE', `/trash/${id}`)).status).toBe(200);
    expect([world.bucket.text(key), (await call('POST', `/trash/${id}/restore`)).status, world.bucket.sortedKeys().filter((one) => one.includes(key.slice(7)))]).toEqual([null, 404, []]);
  });
});

describe('upload rules (F1)', () => {
  it('text files from 512 to 2,048 bytes, and nothing of a refused one stays', async () => {
    const cid = await world.signUp('cid@hub.test');
    const rules = { least_bytes: 512, most_bytes: 2048, types: ['.txt'], name_pattern: null };
    expect((await world.as(cid, 'PUT', '/api/upload-rules', { body: rules })).json()).toEqual(rules);
    const sent = async (name: string, content: string | Buffer): Promise<unknown> => {
      const told = await world.upload(cid, name, content);
      return told.status === 201 ? 201 : codeOf(told);
    };
    expect([await sent('a.txt', 'x'.repeat(512)), await sent('b.txt', 'x'.repeat(2048))]).toEqual([201, 201]);
    expect([await sent('c.txt', 'x'.repeat(511)), await sent('d.txt', 'x'.repeat(2049)), await sent('e.md', 'x'.repeat(600)), await sent('f.txt', Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(600)]))]).toEqual(Array.from({ length: 4 }, () => 'UPLOAD_REFUSED'));
    expect(world.bucket.sortedKeys().filter((key) => key.startsWith(`user-${cid.id}/`))).toHaveLength(2);
    // Of her own library alone.
    expect((await call('GET', '/upload-rules')).json()['types']).toEqual([]);
  });
  it.each([{ least_bytes: -1 }, { types: ['*'] }, { types: 'txt' }, { name_pattern: '' }, { most_bytes: 1.5 }, { other: 1 }])('%j is no rule', async (rules) => {
    expect((await call('PUT', '/upload-rules', rules)).status).toBe(400);
  });
});
