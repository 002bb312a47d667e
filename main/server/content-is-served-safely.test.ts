/** Content goes out by ticket only, in the ranges asked for, and never as a page of ours (rule 43, X4). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryContent, openTestDoor, type DoorUnderTest } from '../testing/door-under-test.ts';
import { ticketLifetimeMs } from './content-tickets.ts';

const bytes = Buffer.from('0123456789');
let world: DoorUnderTest;
beforeAll(async () => {
  const content = new MemoryContent();
  const types = { 'a.txt': 'text/plain; charset=latin1', 'a.png': 'image/png', 'a.pdf': 'application/pdf', 'a.svg': 'image/svg+xml', 'a.html': 'text/html', 'a.xhtml': 'application/xhtml+xml', 'a.xml': 'text/xml', 'a.js': 'text/javascript', 'd/naïve "q"\r\n.txt': 'text/plain' };
  for (const [key, contentType] of Object.entries(types)) content.files.set(key, { contentType, bytes });
  content.files.set('empty', { contentType: 'text/plain', bytes: Buffer.alloc(0) });
  world = await openTestDoor({ content });
});
afterAll(async () => world.close());

async function ticketFor(key: string, purpose: 'preview' | 'download' = 'preview', headers: Record<string, string> = {}): Promise<string> {
  return String((await world.ask('POST', '/api/v1/roots/r/ticket', { body: { key, purpose }, headers })).json()['url']);
}
const fetchTicket = (url: string, range?: string, headers: Record<string, string> = {}) => world.ask('GET', url, { anonymous: true, headers: { ...headers, ...(range === undefined ? {} : { range }) } });

describe('tickets', () => {
  it('open for 5 minutes, again and again, without a bearer', async () => {
    const url = await ticketFor('a.txt');
    expect((await fetchTicket(url)).text).toBe('0123456789');
    world.clock.pass(ticketLifetimeMs - 1);
    expect((await fetchTicket(url)).status).toBe(200);
    world.clock.pass(1);
    expect((await fetchTicket(url)).status).toBe(404);
  });
  it('made up ones, and a bearer instead of one, are 404', async () => {
    for (const ticket of ['x', 'a.txt', '%2e%2e', '%00', 'x'.repeat(500)]) expect((await world.ask('GET', `/api/v1/content/${ticket}`)).status).toBe(404);
  });
  it('are not given to strangers, and a foreign page can’t use one', async () => {
    expect((await world.ask('POST', '/api/v1/roots/r/ticket', { anonymous: true, body: { key: 'a.txt', purpose: 'preview' } })).status).toBe(401);
    expect((await fetchTicket(await ticketFor('a.txt'), undefined, { origin: 'http://evil.example' })).status).toBe(403);
  });
  it('what is not there is 404', async () => {
    expect((await fetchTicket(await ticketFor('gone'))).status).toBe(404);
  });
});

describe('ranges of ten bytes', () => {
  it.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'], ['bytes=4-', 206, '456789', 'bytes 4-9/10'], ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-30', 206, '0123456789', 'bytes 0-9/10'], ['bytes=0-0', 206, '0', 'bytes 0-0/10'], ['bytes=9-9', 206, '9', 'bytes 9-9/10'], ['bytes=5-500', 206, '56789', 'bytes 5-9/10'],
    ['bytes=0-1,3-4', 200, '0123456789', undefined], ['bytes=5-2', 200, '0123456789', undefined], ['items=0-1', 200, '0123456789', undefined], ['bytes=-', 200, '0123456789', undefined],
    ['bytes=a-b', 200, '0123456789', undefined], ['bytes=1-99999999999999999999', 200, '0123456789', undefined],
  ])('%s gives %i %s', async (range, status, text, contentRange) => {
    const told = await fetchTicket(await ticketFor('a.txt'), range);
    expect([told.status, told.text, told.headers['content-range'], told.headers['content-length']]).toEqual([status, text, contentRange, String(text.length)]);
  });
  it.each(['bytes=10-', 'bytes=10-20', 'bytes=-0'])('%s is 416', async (range) => {
    const told = await fetchTicket(await ticketFor('a.txt'), range);
    expect([told.status, told.headers['content-range']]).toEqual([416, 'bytes */10']);
  });
  it('an empty file is whole or nothing', async () => {
    expect((await fetchTicket(await ticketFor('empty'))).status).toBe(200);
    expect((await fetchTicket(await ticketFor('empty'), 'bytes=0-0')).status).toBe(416);
  });
  it('a part of another version is not given', async () => {
    const url = await ticketFor('a.txt');
    expect((await fetchTicket(url, 'bytes=0-3', { 'if-range': '"v1"' })).status).toBe(206);
    expect((await fetchTicket(url, 'bytes=0-3', { 'if-range': '"v0"' })).status).toBe(200);
  });
});

describe('what a browser may do with it', () => {
  it.each([['a.txt', 'text/plain; charset=utf-8'], ['a.png', 'image/png'], ['a.pdf', 'application/pdf']])('%s is shown, sandboxed', async (key, type) => {
    const { headers } = await fetchTicket(await ticketFor(key));
    expect(headers['content-type']).toBe(type);
    expect(headers['content-disposition']).toMatch(/^inline;/);
    expect(headers['content-security-policy']).toBe("sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'");
    expect([headers['x-content-type-options'], headers['cache-control'], headers['referrer-policy']]).toEqual(['nosniff', 'private, no-store', 'no-referrer']);
  });
  it.each([['a.svg', 'preview'], ['a.html', 'preview'], ['a.xhtml', 'preview'], ['a.xml', 'preview'], ['a.js', 'preview'], ['a.png', 'download']] as const)('%s for %s is only saved', async (key, purpose) => {
    const { headers } = await fetchTicket(await ticketFor(key, purpose));
    expect([headers['content-type'], String(headers['content-disposition']).split(';')[0], String(headers['content-security-policy']).startsWith('sandbox;')]).toEqual(['application/octet-stream', 'attachment', true]);
  });
  it('a name can’t break the header', async () => {
    const { headers } = await fetchTicket(await ticketFor('d/naïve "q"\r\n.txt', 'download'));
    expect(headers['content-disposition']).toBe(`attachment; filename="na_ve _q___.txt"; filename*=UTF-8''na%C3%AFve%20%22q%22%0D%0A.txt`);
  });
});
