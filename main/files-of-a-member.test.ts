/** A member's files over HTTP: hostile names, cut uploads, what other tools put there, conditions and ranges (F82, F85, X4). */
import http from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { partBytes } from './library/receive.ts';
import { judgeConditions } from './server/file-answer.ts';
import { formOf, openTestHub, type HubUnderTest, type Person } from './testing/hub-under-test.ts';
import type { Told } from './testing/door-under-test.ts';

let world: HubUnderTest;
let ann: Person;
beforeAll(async () => {
  world = await openTestHub({ env: { MAX_FILE_SIZE_MB: '20' } });
  await world.signUp('owner@hub.test');
  ann = await world.signUp('ann@hub.test');
});
afterAll(() => world.close());
beforeEach(() => world.bucket.objects.clear());

interface Listed { readonly id: number; readonly filename: string; readonly file_size: number; readonly folder: string; readonly content_type: string }
const list = async (query = ''): Promise<Listed[]> => {
  world.clock.pass(60_000);
  return ((await world.as(ann, 'GET', `/api/files?fields=id,filename,file_size,folder,content_type${query}`)).json() as unknown as { files: Listed[] }).files;
};
const names = async (query = ''): Promise<string[]> => (await list(query)).map((file) => file.filename).sort();
const keys = (): string[] => world.bucket.sortedKeys();
const codeOf = (told: Told): unknown => told.json()['error_code'];
const idOf = (told: Told): number => told.json()['id'] as number;

describe('where a file lands', () => {
  it('without a folder under a number of its own, in a folder under its own name', async () => {
    await world.upload(ann, 'a.txt', 'one');
    await world.upload(ann, 'a.txt', 'two');
    await world.upload(ann, 'a.txt', 'three', { folder: 'letters/2026' });
    const own = `user-${ann.id}/`;
    expect(keys().filter((key) => /^user-\d+\/[\da-f-]{36}-a\.txt$/.test(key))).toHaveLength(2);
    expect(world.bucket.text(`${own}letters/2026/a.txt`)).toBe('three');
    expect((await list('&folder=letters/2026')).map(({ filename, folder }) => [filename, folder])).toEqual([['a.txt', 'letters/2026']]);
  });
  it('one of that name in that folder stays', async () => {
    await world.upload(ann, 'a.txt', 'first', { folder: 'f' });
    expect(codeOf(await world.upload(ann, 'a.txt', 'second', { folder: 'f' }))).toBe('NAME_TAKEN');
    expect(world.bucket.text(`user-${ann.id}/f/a.txt`)).toBe('first');
  });
  it('the folder may stand behind a small file; behind a large one it is refused, and nothing stays', async () => {
    const behind = (content: Buffer) => {
      const { rawBody, headers } = formOf('late.bin', content);
      const text = Buffer.from(rawBody as Buffer).toString('latin1').replace(/--mark-of-the-form--\r\n$/, '--mark-of-the-form\r\nContent-Disposition: form-data; name="folder"\r\n\r\nlate\r\n--mark-of-the-form--\r\n');
      return world.as(ann, 'POST', '/api/files/upload', { rawBody: Buffer.from(text, 'latin1'), headers: headers ?? {} });
    };
    expect((await behind(Buffer.from('small'))).status).toBe(201);
    expect(keys()).toEqual([`user-${ann.id}/late/late.bin`]);
    expect((await behind(Buffer.alloc(partBytes + 1))).status).toBe(400);
    expect([keys().length, world.bucket.uploads.size]).toEqual([1, 0]);
  });
  it.each(['..', '.', '...%2f', '../up', 'a/../../b', '/etc', 'C:/x', 'a//b', 'a\\b', 'a\u0001b', '.strata/trash', '.STRATA', ' ', 'user-1/../../user-2', 'x'.repeat(300), `${'d/'.repeat(448)}e`])('the folder %j never leads out (F82)', async (folder) => {
    const told = await world.upload(ann, 'a.txt', 'x', { folder });
    expect([400, 409, 201]).toContain(told.status);
    for (const key of keys()) expect(key.startsWith(`user-${ann.id}/`) && !key.split('/').some((part) => part === '..' || part === '.' || part === '')).toBe(true);
    if (told.status !== 201) expect(keys()).toEqual([]);
  });
  it.each(['..', '.', '', '\\\\server\\share', 'a\u0000b', 'a\u007fb', '.strata', '.strata-x', 'x'.repeat(260)])('the name %j is refused, and nothing is stored (F82)', async (name) => {
    const told = await world.upload(ann, name, 'x');
    // A form's own parser takes away what stands before the last slash or backslash.
    if (told.status === 201) expect(told.json()['filename']).toMatch(/^[^\\/]+$/);
    else expect([[400, 409].includes(told.status), keys()]).toEqual([true, []]);
  });
  it('names of every language come back as they were sent', async () => {
    const sent = ['naïve – 2026.txt', '日本語.txt', '😀 smile.txt', 'اسم.txt', "a'b;c=d.txt"];
    for (const name of sent) expect((await world.upload(ann, name, 'x')).json()['filename']).toBe(name);
    expect((await names()).sort()).toEqual([...sent].sort());
    const file = (await list()).find(({ filename }) => filename === '日本語.txt');
    const told = await world.as(ann, 'GET', `/api/files/${file?.id ?? 0}/download`);
    expect(told.headers['content-disposition']).toBe("attachment; filename=\"___.txt\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%E8%AA%9E.txt");
  });
});

describe('what arrives', () => {
  it('is what was sent, in parts where it is large, and typed by its bytes, not its name', async () => {
    const large = Buffer.alloc(partBytes * 2 + 5, 'strata');
    const told = await world.upload(ann, 'large.bin', large);
    expect((await world.as(ann, 'GET', `/api/files/${idOf(told)}/download`)).bytes.equals(large)).toBe(true);
    expect(world.bucket.uploads.size).toBe(0);
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');
    await world.upload(ann, 'picture.txt', png);
    await world.upload(ann, 'text.png', 'only text');
    await world.upload(ann, 'drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>');
    expect(Object.fromEntries((await list()).map((file) => [file.filename, file.content_type]))).toEqual({ 'large.bin': 'text/plain', 'picture.txt': 'image/png', 'text.png': 'text/plain', 'drawing.svg': 'image/svg+xml' });
  });
  it('what could run as our page goes out as bytes, in a sandbox (X4)', async () => {
    for (const [name, content] of [['page.html', '<script>1</script>'], ['drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'], ['a.xml', '<?xml version="1.0"?><a/>'], ['a.js', 'alert(1)']] as const) {
      const told = await world.as(ann, 'GET', `/api/files/${idOf(await world.upload(ann, name, content))}/download`);
      expect([told.headers['content-type'], told.headers['x-content-type-options'], String(told.headers['content-security-policy']).startsWith('sandbox;'), String(told.headers['content-disposition']).startsWith('attachment;')]).toEqual(['application/octet-stream', 'nosniff', true, true]);
    }
  });
  it('too large is 413, one byte less is not, and nothing of it stays', async () => {
    const most = 20 * 1_048_576;
    expect((await world.upload(ann, 'fits.bin', Buffer.alloc(most))).status).toBe(201);
    const told = await world.upload(ann, 'not.bin', Buffer.alloc(most + 1));
    expect([told.status, codeOf(told), keys().length, world.bucket.uploads.size]).toEqual([413, 'FILE_TOO_LARGE', 1, 0]);
  });
  it('cut off at any place it leaves nothing behind (F85)', async () => {
    const { rawBody, headers } = formOf('cut.bin', Buffer.alloc(partBytes + 100_000, 'x'));
    const whole = rawBody as Buffer;
    for (const length of [0, 10, 60, 200, 5000, partBytes, partBytes + 50_000, whole.length - 30, whole.length - 8]) {
      await new Promise<void>((resolve) => {
        const sent = http.request({ host: '127.0.0.1', port: world.door.door.port, method: 'POST', path: '/api/files/upload', agent: false, setHost: false, headers: { ...headers, host: `127.0.0.1:${world.door.door.port}`, authorization: `Bearer ${ann.token}`, 'content-length': whole.length } });
        sent.on('error', () => resolve());
        sent.on('close', () => resolve());
        sent.write(whole.subarray(0, length), () => sent.destroy());
      });
    }
    await expect.poll(() => world.bucket.uploads.size, { timeout: 60_000 }).toBe(0);
    expect([keys(), await names()]).toEqual([[], []]);
  });
  it('a form that lies about itself is a 400', async () => {
    const mark = 'multipart/form-data; boundary=mark-of-the-form';
    for (const rawBody of ['', 'no form at all', '--mark-of-the-form\r\n', '--mark-of-the-form--\r\n', '--mark-of-the-form\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext, no file\r\n--mark-of-the-form--\r\n']) {
      expect([rawBody.slice(0, 40), (await world.as(ann, 'POST', '/api/files/upload', { rawBody, headers: { 'content-type': mark } })).status]).toEqual([rawBody.slice(0, 40), 400]);
    }
    expect((await world.as(ann, 'POST', '/api/files/upload', { rawBody: '{}', headers: { 'content-type': 'multipart/form-data' } })).status).toBe(400);
    expect(keys()).toEqual([]);
  });
});

describe('what other tools do in the bucket', () => {
  it('is listed with a number that it keeps, changes with it, and goes with it', async () => {
    const key = `user-${ann.id}/by-another-tool/report.pdf`;
    world.bucket.write(key, 'first');
    world.bucket.write(`user-${ann.id}/.strata/~library`, 'not a file of hers');
    world.bucket.write(`user-${ann.id}/empty-folder/`, '');
    world.bucket.write('user-999/else.txt', 'of somebody else');
    expect(await names()).toEqual(['report.pdf']);
    const [file] = await list();
    expect(file).toMatchObject({ folder: 'by-another-tool', content_type: 'application/pdf', file_size: 5 });
    world.bucket.write(key, 'second one');
    expect((await list())[0]).toMatchObject({ id: file?.id, file_size: 10 });
    expect((await world.as(ann, 'GET', `/api/files/${file?.id ?? 0}/download`)).text).toBe('second one');
    world.bucket.erase(key);
    expect((await world.as(ann, 'GET', `/api/files/${file?.id ?? 0}/download`)).status).toBe(404);
    expect(await names()).toEqual([]);
  });
});

describe('lists', () => {
  it('go on by cursor, narrow by filters, and take what is typed as text', async () => {
    for (let number = 0; number < 7; number += 1) await world.upload(ann, `file ${number}.txt`, 'x'.repeat(number));
    await world.upload(ann, '100%_sure.txt', 'y');
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const page = (await world.as(ann, 'GET', `/api/files?limit=3&sort=name${cursor}`)).json() as unknown as { files: { filename: string }[]; next_cursor: string | null };
      seen.push(...page.files.map((file) => file.filename));
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(seen).toEqual(['100%_sure.txt', ...Array.from({ length: 7 }, (_, number) => `file ${number}.txt`)]);
    expect(await names('&search=%25_')).toEqual(['100%_sure.txt']);
    expect(await names('&min_size=5&max_size=6&type=text/')).toEqual(['file 5.txt', 'file 6.txt']);
    expect(await names('&uploaded_after=2999-01-01T00:00:00Z')).toEqual([]);
  });
  it.each(['limit=0', 'limit=1001', 'limit=x', 'sort=evil', 'fields=hashed_password', 'fields=', 'cursor=AAAA', 'cursor=eyJhIjoxfQ', 'uploaded_after=yesterday', 'min_size=-1', 'search=%00', 'folder=a%00', 'storage_location=here'])('%s is a 400', async (query) => {
    const told = await world.as(ann, 'GET', `/api/files?${query}`);
    expect([told.status, codeOf(told)]).toEqual([400, 'BAD_REQUEST']);
  });
  it('database text in a search or a name is only text (X11)', async () => {
    const evil = "x'); DROP TABLE files; --";
    await world.upload(ann, evil, 'x');
    expect(await names(`&search=${encodeURIComponent(evil)}`)).toEqual([evil]);
    expect(await names(`&search=${encodeURIComponent("' OR 1=1 --")}`)).toEqual([]);
  });
});

describe('downloads', () => {
  const text = 'abcdefghijklmnopqrstuvwxyz';
  it.each([
    ['bytes=0-4', 206, 'abcde'], ['bytes=-3', 206, 'xyz'], ['bytes=20-', 206, 'uvwxyz'], ['bytes=20-99', 206, 'uvwxyz'], ['bytes=26-', 416, null], ['bytes=-0', 416, null], ['bytes=0-1,3-4', 200, text], ['bytes=NaN-', 200, text], ['lines=1-2', 200, text], ['bytes=5-2', 200, text],
  ] as const)('Range %s answers %i', async (range, status, body) => {
    const told = await world.as(ann, 'GET', `/api/files/${idOf(await world.upload(ann, 'abc.txt', text))}/download`, { headers: { range } });
    expect([told.status, body === null ? null : told.text]).toEqual([status, body]);
  });
  it('conditions are heeded, and a part of another version is never given', async () => {
    const path = `/api/files/${idOf(await world.upload(ann, 'abc.txt', text))}/download`;
    const etag = (await world.as(ann, 'GET', path)).headers.etag;
    const ask = async (headers: Record<string, string>): Promise<number> => (await world.as(ann, 'GET', path, { headers })).status;
    expect([await ask({ 'if-none-match': etag ?? '' }), await ask({ 'if-match': '"other"' }), await ask({ 'if-match': etag ?? '' }), await ask({ range: 'bytes=0-1', 'if-range': '"other"' }), await ask({ range: 'bytes=0-1', 'if-range': etag ?? '' })]).toEqual([304, 412, 200, 200, 206]);
  });
  it('an empty file is an empty answer', async () => {
    const told = await world.as(ann, 'GET', `/api/files/${idOf(await world.upload(ann, 'empty', ''))}/download`);
    expect([told.status, told.headers['content-length'], told.bytes.length]).toEqual([200, '0', 0]);
  });
  it('conditions by date count only without one by version', () => {
    const file = { etag: 'v1', changedAtMs: Date.UTC(2026, 0, 2) };
    const [before, after] = [new Date(Date.UTC(2026, 0, 1)).toUTCString(), new Date(Date.UTC(2026, 0, 3)).toUTCString()];
    expect([
      judgeConditions({ 'if-modified-since': after }, file), judgeConditions({ 'if-modified-since': before }, file), judgeConditions({ 'if-modified-since': after, 'if-none-match': '"v2"' }, file),
      judgeConditions({ 'if-unmodified-since': before }, file), judgeConditions({ 'if-unmodified-since': before, 'if-match': '"v1"' }, file), judgeConditions({ 'if-none-match': 'W/"v1", "v9"' }, file), judgeConditions({ 'if-match': 'W/"v1"' }, file), judgeConditions({ 'if-modified-since': 'no date' }, file),
    ]).toEqual(['notModified', 'go', 'go', 'failed', 'go', 'notModified', 'failed', 'go']);
  });
});
