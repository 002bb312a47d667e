/** Nobody without a bearer, from another page or with another body gets through the door (F83, X14, rules 41 to 44). */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contract, type CommandName } from '../../shared/api/contract.ts';
import { codeLifetimeMs } from '../app/one-time-codes.ts';
import { openTestDoor, testToken, type DoorUnderTest } from '../testing/door-under-test.ts';

let world: DoorUnderTest;
beforeAll(async () => { world = await openTestDoor(); });
afterAll(async () => world.close());

const rows = (Object.keys(contract) as CommandName[]).map((name) => ({ name, ...contract[name] }));
const fill = (path: string): string => path.replace(/:\w+/g, 'x');
const guarded = rows.filter((row) => row.who !== 'anyone');

describe('without a bearer', () => {
  it.each(guarded.flatMap((row) => [`${row.method} /api/v1${fill(row.path)}`, `${row.method} /api${fill(row.path)}`]))('%s is 401', async (line) => {
    const [method = '', path = ''] = line.split(' ');
    const before = world.called.length;
    const none = await world.ask(method, path, { anonymous: true });
    const wrong = await world.ask(method, path, { headers: { authorization: `Bearer ${testToken}x` } });
    expect([none.status, wrong.status]).toEqual([401, 401]);
    // An answer to HEAD has no body.
    expect(method === 'HEAD' ? 'UNAUTHORIZED' : none.json()['error_code']).toBe('UNAUTHORIZED');
    expect(world.called.length).toBe(before);
  });
  it('no state changes by GET', () => {
    const getters = rows.filter((row) => row.method === 'GET').map((row) => row.name);
    expect(getters.filter((name) => /^(add|remove|change|pause|resume|sync|look|pair|open|close|make|retry|approve|refuse|resolve|undo|write|reveal|stop|exchange)/.test(name))).toEqual([]);
  });
});

describe('from elsewhere', () => {
  const origin = (): string => `http://127.0.0.1:${world.door.port}`;
  it('our own origin passes', async () => {
    expect((await world.ask('POST', '/api/v1/sync/pause', { headers: { origin: origin() } })).status).toBe(200);
  });
  it.each([
    ['null'], ['http://127.0.0.1'], ['https://127.0.0.1:PORT'], ['http://localhost:PORT'], ['http://127.0.0.1:PORT.evil.example'], ['http://127.0.0.1:1'], ['http://evil.example'], [''],
  ])('origin %j is 403', async (given) => {
    const headers = { origin: given.replace('PORT', String(world.door.port)) };
    for (const [method, path] of [['POST', '/api/v1/sync/pause'], ['GET', '/api/v1/status'], ['GET', '/api/health'], ['GET', '/']] as const) {
      const told = await world.ask(method, path, { headers });
      expect([told.status, told.headers['x-content-type-options'], told.headers['access-control-allow-origin']]).toEqual([403, 'nosniff', undefined]);
    }
  });
  it.each([['localhost:PORT'], ['127.0.0.1'], ['127.0.0.1:1'], ['evil.example:PORT'], ['[::1]:PORT'], ['127.0.0.1:PORT.'], ['127.0.0.2:PORT']])('host %s is 403', async (given) => {
    const host = given.replace('PORT', String(world.door.port));
    expect((await world.ask('GET', '/api/v1/status', { headers: { host } })).status).toBe(403);
    expect((await world.ask('GET', '/api/v1/hello?nonce=0123456789abcdef', { headers: { host }, anonymous: true })).status).toBe(403);
  });
  it('forwarded headers mean nothing', async () => {
    const told = await world.ask('GET', '/api/v1/status', { headers: { host: 'evil.example', 'x-forwarded-host': `127.0.0.1:${world.door.port}`, 'x-forwarded-for': '127.0.0.1' } });
    expect(told.status).toBe(403);
  });
});

describe('bodies', () => {
  it.each(['application/json;', 'application/json; charset=utf-8', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'Application/JSON', undefined])('content type %s is 415', async (type) => {
    const told = await world.ask('POST', '/api/v1/sync/pause', { headers: { 'content-type': type } });
    expect(told.status).toBe(415);
  });
  it.each(['{', '[]', '1', '"x"', '{"__proto__":{"x":1}}'])('body %s is 400', async (rawBody) => {
    expect((await world.ask('POST', '/api/v1/roots', { rawBody })).status).toBe(400);
  });
  it('input that does not fit is 400 and says where, not what', async () => {
    const told = await world.ask('POST', '/api/v1/roots', { body: { folder: '/x', place: { address: 5, keys: { accessKeyId: 'AKIAHIDDEN', secretAccessKey: '' } } } });
    expect(told.status).toBe(400);
    expect(told.json()['error_code']).toBe('BAD_REQUEST');
    expect(told.text).toContain('place.address');
    expect(told.text).not.toContain('AKIAHIDDEN');
  });
  it('more than a mebibyte is 413', async () => {
    expect((await world.ask('POST', '/api/v1/undo', { body: { undo: 'x'.repeat(1_100_000) } })).status).toBe(413);
  });
  it('the path wins over the body', async () => {
    await world.ask('POST', '/api/v1/roots/real/retry', { body: { rootId: 'other' } });
    expect(world.called.at(-1)).toEqual({ name: 'retryEntry', input: { rootId: 'real' } });
  });
  it('unknown commands are 404', async () => {
    for (const path of ['/api/v1/nothing', '/api', '/api/', '/api/v2/status', '/api/v1/status/']) expect((await world.ask('GET', path)).status).toBe(404);
    expect((await world.ask('GET', '/api/v1/sync/pause')).status).toBe(404);
  });
});

describe('who is who', () => {
  it('hello proves the token by the nonce', async () => {
    const nonce = 'n'.repeat(32);
    const told = await world.ask('GET', `/api/v1/hello?nonce=${nonce}`, { anonymous: true });
    expect(told.json()).toEqual({ proof: createHmac('sha256', testToken).update(nonce).digest('hex'), product: 'strata', version: '0.0.0', epoch: world.bus.epoch });
  });
  it('a code opens once, within a minute, and gives a bearer of its own', async () => {
    const { code } = (await world.ask('POST', '/api/v1/session/code')).json();
    const exchanged = await world.ask('POST', '/api/v1/session/exchange', { anonymous: true, body: { code } });
    expect(exchanged.status).toBe(200);
    const { token } = exchanged.json();
    expect(token).not.toBe(testToken);
    expect((await world.ask('POST', '/api/v1/sync/pause', { headers: { authorization: `Bearer ${String(token)}` } })).status).toBe(200);
    expect((await world.ask('POST', '/api/v1/session/exchange', { anonymous: true, body: { code } })).status).toBe(401);
    const late = (await world.ask('POST', '/api/v1/session/code')).json()['code'];
    world.clock.pass(codeLifetimeMs);
    expect((await world.ask('POST', '/api/v1/session/exchange', { anonymous: true, body: { code: late } })).status).toBe(401);
  });
  it('stopService is answered, then done', async () => {
    expect((await world.ask('POST', '/api/v1/stop')).status).toBe(200);
    await expect.poll(() => world.stops.length).toBe(1);
  });
});
