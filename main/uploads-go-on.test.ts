/** Resumable uploads (part 5, F85, X10): whatever is cut, repeated or forged, the file arrives equal or not at all. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { leastPartBytes, mostParts, partBytesFor } from '../shared/upload-parts.ts';
import type { Told } from './testing/door-under-test.ts';
import { tus } from './testing/hub-requests.ts';
import { openTestHub, type HubUnderTest, type Person } from './testing/hub-under-test.ts';

let world: HubUnderTest;
let ann: Person;
beforeAll(async () => {
  world = await openTestHub({ env: { MAX_FILE_SIZE_MB: '60' } });
  await world.signUp('owner@hub.test');
  ann = await world.signUp('ann@hub.test');
});
afterAll(() => world.close());
beforeEach(() => {
  world.bucket.objects.clear();
  world.bucket.uploads.clear();
});

const b64 = (text: string): string => Buffer.from(text).toString('base64');
const named = (filename: string, folder?: string): string => [`filename ${b64(filename)}`, ...(folder === undefined ? [] : [`folder ${b64(folder)}`])].join(',');
const begin = (size: number, filename = 'big.bin', folder = 'f', who: Person | null = ann, path = '/api/uploads'): Promise<Told> => world.as(who, 'POST', path, tus({ 'upload-length': String(size), 'upload-metadata': named(filename, folder) }));
const at = (told: Told): string => String(told.headers.location);
const send = (url: string, offset: number | string, bytes: Buffer, more: Readonly<Record<string, string>> = {}, who: Person | null = ann): Promise<Told> => world.as(who, 'PATCH', url, tus({ 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream', ...more }, bytes));
const look = (url: string, who: Person | null = ann): Promise<Told> => world.as(who, 'HEAD', url, tus({}));
const offsetOf = async (url: string): Promise<number> => Number((await look(url)).headers['upload-offset']);
const told = async (url: string): Promise<Record<string, unknown>> => (await world.as(ann, 'GET', url)).json();
const code = (answer: Told): unknown => answer.json()['error_code'];
const random = (size: number, seed = 1): Buffer => {
  const bytes = Buffer.alloc(size);
  for (let from = 0, block = createHash('sha256').update(String(seed)).digest(); from < size; from += 32, block = createHash('sha256').update(block).digest()) block.copy(bytes, from);
  return bytes;
};
const stored = (key: string): Buffer => Buffer.from(world.bucket.objects.get(`user-${ann.id}/${key}`)?.bytes ?? []);
const MiB = 1_048_576;

/** Sends the head and some bytes, then cuts the line. */
function cutShort(url: string, offset: number, bytes: Buffer, after: number, more: Readonly<Record<string, string>> = {}): Promise<void> {
  return new Promise((resolve) => {
    const request = http.request({ host: '127.0.0.1', port: world.door.door.port, method: 'PATCH', path: url, agent: false, headers: { authorization: `Bearer ${ann.token}`, 'tus-resumable': '1.0.0', 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream', 'content-length': bytes.byteLength, ...more } });
    request.on('error', () => resolve());
    request.write(bytes.subarray(0, after), () => request.destroy());
  });
}
/** Until what had come is put down. */
async function settled(url: string, least: number): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const offset = await offsetOf(url);
    if (offset >= least) return offset;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return offsetOf(url);
}

describe('what arrives', () => {
  it('goes on after every cut, and is one plain object that equals what was sent, with a row', async () => {
    const bytes = random(21 * MiB + 17);
    const url = at(await begin(bytes.byteLength, 'film.bin', 'films/old'));
    await cutShort(url, 0, bytes, 3 * MiB + 5);
    const first = await settled(url, 1);
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(3 * MiB + 5);
    await cutShort(url, first, bytes.subarray(first), 9 * MiB);
    const second = await settled(url, leastPartBytes);
    expect(second).toBeGreaterThanOrEqual(leastPartBytes);
    const last = await send(url, second, bytes.subarray(second));
    expect([last.status, last.headers['upload-offset']]).toEqual([204, String(bytes.byteLength)]);
    const now = await told(url);
    expect(now).toMatchObject({ state: 'stored', offset: bytes.byteLength, error_code: null });
    expect(stored('films/old/film.bin').equals(bytes)).toBe(true);
    expect([world.bucket.sortedKeys(), world.bucket.uploads.size]).toEqual([[`user-${ann.id}/films/old/film.bin`], 0]);
    expect((await world.as(ann, 'GET', `/api/files/${Number(now['file_id'])}`)).json()).toMatchObject({ filename: 'film.bin', folder: 'films/old', file_size: bytes.byteLength });
  });
  it('comes in pieces of any size, also far smaller than a part', async () => {
    const bytes = random(leastPartBytes + 300_000);
    const url = at(await begin(bytes.byteLength));
    for (let from = 0; from < bytes.byteLength; from += 700_001) expect((await send(url, from, bytes.subarray(from, from + 700_001))).headers['upload-offset']).toBe(String(Math.min(bytes.byteLength, from + 700_001)));
    expect(stored('f/big.bin').equals(bytes)).toBe(true);
  });
  it('is typed by its bytes, has its rules checked by them, and what breaks them leaves nothing', async () => {
    await world.as(ann, 'PUT', '/api/upload-rules', { body: { types: ['image/'] } });
    const url = at(await begin(20, 'photo.png'));
    const refused = await send(url, 0, Buffer.from('no picture at all...'));
    await world.as(ann, 'PUT', '/api/upload-rules', { body: {} });
    expect([refused.status, code(refused), (await told(url))['error_code'], world.bucket.objects.size]).toEqual([400, 'UPLOAD_REFUSED', 'UPLOAD_REFUSED', 0]);
  });
  it('zero bytes are a file at once; without a folder it gets a number of its own', async () => {
    const empty = await begin(0, 'empty.txt', '');
    expect(empty.status).toBe(201);
    expect(await told(at(empty))).toMatchObject({ state: 'stored', offset: 0 });
    expect(world.bucket.sortedKeys()).toEqual([expect.stringMatching(/^user-\d+\/[\da-f-]{36}-empty\.txt$/)]);
  });
  it('in the creation itself, where a client sends it along', async () => {
    const answer = await world.as(ann, 'POST', '/api/uploads', tus({ 'upload-length': '5', 'upload-metadata': named('now.txt', 'f'), 'content-type': 'application/offset+octet-stream' }, 'hello'));
    expect([answer.status, answer.headers['upload-offset'], stored('f/now.txt').toString()]).toEqual([201, '5', 'hello']);
  });
});

describe('what does not fit', () => {
  it('is refused when it begins: size, name, folder, a name that is taken', async () => {
    expect([(await begin(61 * MiB)).status, (await begin(-1)).status, (await begin(5, '../x')).status, (await begin(5, 'a\0b')).status, (await begin(5, 'x', '../y')).status]).toEqual([413, 400, 400, 400, 400]);
    await world.upload(ann, 'big.bin', 'there', { folder: 'f' });
    expect(code(await begin(5))).toBe('NAME_TAKEN');
    expect((await world.as(ann, 'POST', '/api/uploads', tus({ 'upload-length': '3' }))).status).toBe(400);
  });
  it('a wrong offset is 409 and the offset stays; NaN, none and more than was said are refused', async () => {
    const url = at(await begin(10));
    await send(url, 0, Buffer.from('abcd'));
    expect([(await send(url, 0, Buffer.from('abcd'))).status, (await send(url, 5, Buffer.from('x'))).status]).toEqual([409, 409]);
    expect([(await send(url, 'NaN', Buffer.from('x'))).status, (await send(url, '-1', Buffer.from('x'))).status, (await send(url, '4.0', Buffer.from('x'))).status, (await send(url, 4, Buffer.from('more than was said'))).status]).toEqual([400, 400, 400, 413]);
    expect(await offsetOf(url)).toBe(4);
    await send(url, 4, Buffer.from('efghij'));
    expect(stored('f/big.bin').toString()).toBe('abcdefghij');
  });
  it('a wrong checksum takes nothing of its piece, a right one all of it', async () => {
    const bytes = random(leastPartBytes + 100);
    const url = at(await begin(bytes.byteLength));
    const sum = (piece: Buffer): Record<string, string> => ({ 'upload-checksum': `sha256 ${createHash('sha256').update(piece).digest('base64')}` });
    const [one, two] = [bytes.subarray(0, leastPartBytes), bytes.subarray(leastPartBytes)];
    expect((await send(url, 0, one, sum(one))).status).toBe(204);
    const damaged = Buffer.from(two);
    damaged[7] = (damaged[7] ?? 0) ^ 1;
    const wrong = await send(url, leastPartBytes, damaged, sum(two));
    expect([wrong.status, code(wrong), await offsetOf(url)]).toEqual([460, 'UPLOAD_DAMAGED', leastPartBytes]);
    expect((await send(url, leastPartBytes, two, { 'upload-checksum': 'md4 AAAA' })).status).toBe(400);
    expect((await send(url, leastPartBytes, two, sum(two))).status).toBe(204);
    expect(stored('f/big.bin').equals(bytes)).toBe(true);
  });
  it('a file that came to be there meanwhile stays, and the upload says so', async () => {
    const bytes = random(leastPartBytes + 9);
    const url = at(await begin(bytes.byteLength));
    await send(url, 0, bytes.subarray(0, leastPartBytes));
    await world.upload(ann, 'big.bin', 'quicker', { folder: 'f' });
    await send(url, leastPartBytes, bytes.subarray(leastPartBytes));
    expect(await told(url)).toMatchObject({ state: 'failed', error_code: 'NAME_TAKEN' });
    expect([stored('f/big.bin').toString(), world.bucket.uploads.size]).toEqual(['quicker', 0]);
  });
  it('unknown and hostile numbers lead nowhere (X10)', async () => {
    for (const id of ['A'.repeat(32), `${'A'.repeat(20)}%2f${'A'.repeat(11)}`, `${'A'.repeat(31)}%00`, '%2e%2e%2fuploads', 'x', `${'A'.repeat(32)}%20`]) {
      for (const answer of [await look(`/api/uploads/${id}`), await send(`/api/uploads/${id}`, 0, Buffer.from('x')), await world.as(ann, 'DELETE', `/api/uploads/${id}`, tus({})), await world.as(ann, 'GET', `/api/uploads/${id}`)]) expect([id, [400, 404].includes(answer.status)]).toEqual([id, true]);
    }
    expect((await look(`/api/uploads/${'A'.repeat(32)}`)).status).toBe(404);
  });
  it('without the protocol’s own header nothing is taken', async () => {
    expect((await world.as(ann, 'POST', '/api/uploads', { rawBody: '', headers: { 'content-type': undefined, 'upload-length': '3' } })).status).toBe(412);
  });
});

describe('two at once, restarts and leftovers', () => {
  it('of two clients that send the same piece, what is stored is whole', async () => {
    const bytes = random(leastPartBytes * 2);
    const url = at(await begin(bytes.byteLength));
    const half = bytes.subarray(0, leastPartBytes);
    const answers = await Promise.all([send(url, 0, half), send(url, 0, half)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    await send(url, leastPartBytes, bytes.subarray(leastPartBytes));
    expect(stored('f/big.bin').equals(bytes)).toBe(true);
  });
  it('given up it leaves nothing; what nobody went on with for a week goes by itself, others’ uploads in the bucket stay', async () => {
    const bytes = random(leastPartBytes + 1);
    const [given, forgotten] = [at(await begin(bytes.byteLength, 'a')), at(await begin(bytes.byteLength, 'b'))];
    for (const url of [given, forgotten]) await send(url, 0, bytes.subarray(0, leastPartBytes));
    const foreign = await world.bucket.device().startUpload(`user-${ann.id}/of-a-desktop` as never, {});
    expect([(await world.as(ann, 'DELETE', given, tus({}))).status, (await look(given)).status, world.bucket.uploads.size]).toEqual([204, 404, 2]);
    await world.hub.parts.uploads.prune();
    expect(world.bucket.uploads.size).toBe(2);
    world.clock.pass(7 * 24 * 3_600_000 + 1000);
    const again = await world.logIn(ann.email);
    await world.hub.parts.uploads.prune();
    expect([[...world.bucket.uploads.keys()], (await look(forgotten, again)).status]).toEqual([[foreign], 404]);
    ann = again;
  });
  it('parts that nobody told us of are found done: a lost answer to the last step is no lost file', async () => {
    const bytes = random(leastPartBytes + 4);
    const url = at(await begin(bytes.byteLength));
    await send(url, 0, bytes.subarray(0, leastPartBytes));
    world.faults.hook = (verb) => (verb === 'completeUpload' ? 'lose-answer' : undefined);
    await send(url, leastPartBytes, bytes.subarray(leastPartBytes));
    world.faults.hook = null;
    for (let tries = 0; tries < 50 && (await told(url))['state'] !== 'stored'; tries += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await told(url)).toMatchObject({ state: 'stored' });
    expect(stored('f/big.bin').equals(bytes)).toBe(true);
  });
  it('nobody fills the hub with beginnings: so many by one link, and whoever’s library it is goes on', async () => {
    const share = (await world.as(ann, 'POST', '/api/shares', { body: { folder: 'drop', mode: 'upload' } })).json() as { token: string };
    const byLink = (number: number) => begin(50, `${number}.bin`, '', null, `/api/files/public/${share.token}/uploads`);
    for (let number = 0; number < 200; number += 1) expect((await byLink(number)).status).toBe(201);
    const late = await byLink(200);
    expect([late.status, code(late), (await begin(5, 'mine.bin')).status]).toEqual([409, 'LIMIT_REACHED', 201]);
    await world.as(ann, 'DELETE', `/api/shares/${(share as unknown as { id: number }).id}`);
  });
  it('the list of those under way is one’s own', async () => {
    const url = at(await world.as(ann, 'POST', '/api/uploads', tus({ 'upload-length': '50', 'upload-metadata': `${named('mine.bin', 'f')},modified ${b64('1795000000000')}` })));
    expect((await told(url))['modified']).toBe(1_795_000_000_000);
    const open = (await world.as(ann, 'GET', '/api/uploads')).json() as unknown as { uploads: { upload_id: string; filename: string }[] };
    expect(open.uploads.filter(({ filename }) => filename === 'mine.bin').map(({ upload_id }) => upload_id)).toContain(url.split('/').at(-1));
    const other = await world.signUp('bob@hub.test');
    expect((await world.as(other, 'GET', '/api/uploads')).json()).toEqual({ uploads: [] });
    expect([(await look(url, other)).status, (await send(url, 0, Buffer.from('x'), {}, other)).status]).toEqual([404, 404]);
  });
});

it('the hub ends and starts again in the middle: what had come is there, part and rest alike', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-uploads-'));
  const databaseFile = path.join(folder, 'hub.db');
  const bytes = random(leastPartBytes + 500_000, 3);
  const first = await openTestHub({ before: { databaseFile } });
  const owner = await first.signUp('owner@hub.test');
  const piece = (world: HubUnderTest, who: Person, url: string, from: number, to: number) => world.as(who, 'PATCH', url, tus({ 'upload-offset': String(from), 'content-type': 'application/offset+octet-stream' }, bytes.subarray(from, to)));
  const url = at(await first.as(owner, 'POST', '/api/uploads', tus({ 'upload-length': String(bytes.byteLength), 'upload-metadata': named('film.bin', 'f') })));
  await piece(first, owner, url, 0, leastPartBytes + 200_000);
  await first.close();
  const second = await openTestHub({ before: { databaseFile, bucket: first.bucket } });
  const again = await second.logIn('owner@hub.test');
  expect((await second.as(again, 'HEAD', url, tus({}))).headers['upload-offset']).toBe(String(leastPartBytes + 200_000));
  await piece(second, again, url, leastPartBytes + 200_000, bytes.byteLength);
  expect(Buffer.from(second.bucket.objects.get(`user-${again.id}/f/film.bin`)?.bytes ?? []).equals(bytes)).toBe(true);
  await second.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe('by a link', () => {
  it('goes into its folder whatever is asked for, on without the password once it has begun, and is noted', async () => {
    const share = (await world.as(ann, 'POST', '/api/shares', { body: { folder: 'in', mode: 'upload', password: 'of the link' } })).json() as { id: number; token: string };
    const path = `/api/files/public/${share.token}/uploads`;
    expect((await begin(5, 'a.txt', '../../up', null, path)).status).toBe(401);
    const { grant } = (await world.as(null, 'POST', `/api/files/public/${share.token}/unlock`, { body: { password: 'of the link' } })).json() as { grant: string };
    const begun = await begin(10, 'a.txt', 'elsewhere', null, `${path}?grant=${grant}`);
    const url = at(begun);
    expect([begun.status, url.startsWith(path)]).toEqual([201, true]);
    await send(url, 0, Buffer.from('01234'), {}, null);
    world.clock.pass(20 * 60_000);
    expect((await send(url, 5, Buffer.from('56789'), {}, null)).status).toBe(204);
    expect(stored('in/a.txt').toString()).toBe('0123456789');
    expect((await world.as(null, 'GET', url)).json()).not.toHaveProperty('folder');
    expect((await world.as(ann, 'GET', `/api/shares/${share.id}/uses`)).json()).toMatchObject({ uses: [{ what: 'upload a.txt' }, { what: 'unlock' }] });
    const other = (await world.as(ann, 'POST', '/api/shares', { body: { folder: 'in', mode: 'upload' } })).json() as { id: number; token: string };
    const id = url.split('/').at(-1) ?? '';
    expect([(await look(`/api/files/public/${other.token}/uploads/${id}`, null)).status, (await look(`/api/uploads/${id}`)).status]).toEqual([404, 404]);
    const begunNow = at(await begin(10, 'b.txt', '', null, `/api/files/public/${other.token}/uploads`));
    await world.as(ann, 'DELETE', `/api/shares/${other.id}`);
    expect((await send(begunNow, 0, Buffer.from('x'), {}, null)).status).toBe(404);
  });
});

it('no file needs more parts than a store takes', () => {
  expect([0, 1, leastPartBytes * mostParts, leastPartBytes * mostParts + 1, 5 * 1024 ** 4].map((size) => [partBytesFor(size) % MiB, size / partBytesFor(size) <= mostParts])).toEqual(Array.from({ length: 5 }, () => [0, true]));
  expect(partBytesFor(1)).toBe(leastPartBytes);
});
