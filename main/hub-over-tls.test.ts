/** A hub with TLS of its own: cookies and HSTS there and only there, sockets too, and the plain port answers this computer alone. */
import fs from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownAddresses } from './local/own-addresses.ts';
import { openTestHub, password, type HubUnderTest } from './testing/hub-under-test.ts';

interface Answer { readonly status: number; readonly headers: IncomingHttpHeaders; readonly cookies: readonly string[]; json(): Record<string, unknown> }
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-hub-tls-'));
let world: HubUnderTest;
let url: URL;
beforeAll(async () => {
  world = await openTestHub({ env: { TLS: 'self-signed', TLS_PORT: '0' }, dataDir: dir });
  url = world.door.door.publicUrls()[0] as URL;
  await world.signUp('owner@hub.test');
});
afterAll(async () => {
  await world.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

function askTls(method: string, at: string, more: { readonly headers?: Record<string, string>; readonly body?: object } = {}): Promise<Answer> {
  const body = more.body === undefined ? (method === 'GET' ? undefined : '{}') : JSON.stringify(more.body);
  return new Promise((resolve, reject) => {
    const request = https.request({ host: url.hostname, port: url.port, method, path: at, servername: '', ca: world.hub.door.tls?.certificate, agent: false, headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...more.headers } }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, cookies: answer.headers['set-cookie'] ?? [], json: () => JSON.parse(text) as Record<string, unknown> }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
const valueOf = (cookies: readonly string[]): string => cookies.map((cookie) => cookie.split(';')[0]).join('; ');
const logIn = () => askTls('POST', '/api/auth/browser', { body: { email: 'owner@hub.test', password } });

describe('over TLS', () => {
  it('a browser gets cookies that no script sees and no other host can set, and HSTS', async () => {
    const told = await logIn();
    expect([told.status, told.headers['strict-transport-security'], told.cookies.length]).toEqual([200, 'max-age=31536000', 2]);
    for (const cookie of told.cookies) expect(cookie).toMatch(/^__Host-strata-(access|refresh)=[\w.-]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    const cookie = valueOf(told.cookies);
    expect((await askTls('GET', '/api/auth/me', { headers: { cookie } })).json()).toMatchObject({ email: 'owner@hub.test' });
    expect((await askTls('PUT', '/api/upload-rules', { headers: { cookie }, body: {} })).json()['error_code']).toBe('CSRF_NEEDED');
    expect((await askTls('PUT', '/api/upload-rules', { headers: { cookie, 'x-csrf-token': told.json()['csrf_token'] as string }, body: {} })).status).toBe(200);
  });
  it('a renewal shown twice ends the whole family (F80)', async () => {
    // Beside a live cookie too, whose proof is lost (another tab, a copied profile).
    const cookie = valueOf((await logIn()).cookies);
    const renewed = await askTls('POST', '/api/auth/refresh', { headers: { cookie } });
    const now = valueOf(renewed.cookies);
    expect([renewed.status, (await askTls('GET', '/api/auth/me', { headers: { cookie: now } })).status]).toEqual([200, 200]);
    expect((await askTls('POST', '/api/auth/refresh', { headers: { cookie } })).status).toBe(401);
    expect([(await askTls('GET', '/api/auth/me', { headers: { cookie: now } })).status, (await askTls('POST', '/api/auth/refresh', { headers: { cookie: now } })).status]).toEqual([401, 401]);
  });
  it('a socket with the cookie hears of its own library; without one it is turned away', async () => {
    const cookie = valueOf((await logIn()).cookies);
    const heard = await hear({ cookie });
    expect(heard).toBe('ready');
    expect(await hear({})).toBe('unauthorized');
    expect(await hear({ cookie, origin: 'https://evil.test' })).toBe('websocket error');
  });
  it('foreign names are refused here too, and this computer’s owner is nobody here (F83)', async () => {
    for (const headers of [{ host: 'evil.test' }, { host: url.host, origin: 'https://evil.test' }, { host: url.host, origin: `http://${url.host}` }, { host: url.host, origin: 'null' }]) {
      expect([headers, (await askTls('GET', '/api/hub', { headers })).status]).toEqual([headers, 403]);
    }
    expect((await askTls('GET', '/api/status', { headers: { authorization: 'Bearer test-token-of-the-data-dir-0123456789' } })).status).toBe(401);
  });
  it('an address that is too long is refused in the usual shape, here and on the plain port', async () => {
    const long = `/api/files?search=${'x'.repeat(20_000)}`;
    const [here, plain] = [await askTls('GET', long), await world.as(null, 'GET', long)];
    const part = await world.as(null, 'GET', `/api/files/link/${'x'.repeat(3000)}`);
    expect([part.status, part.json()['error_code'], Object.keys(part.json()).length]).toEqual([414, 'BAD_REQUEST', 2]);
    for (const told of [here, plain]) expect([told.status, told.headers['content-type'], told.json()['error_code']]).toEqual([431, 'application/json; charset=utf-8', 'BAD_REQUEST']);
  });
  it('nothing older than TLS 1.2 is spoken', async () => {
    const outcome = await new Promise((resolve) => {
      const socket = connectTls({ host: url.hostname, port: Number(url.port), rejectUnauthorized: false, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, () => resolve('spoken'));
      socket.on('error', () => resolve('refused'));
    });
    expect(outcome).toBe('refused');
  });
});

describe('beside it, on plain loopback', () => {
  it('no cookie is given or taken, and no HSTS said (rule 42)', async () => {
    const cookie = valueOf((await logIn()).cookies);
    const told = await world.as(null, 'POST', '/api/auth/browser', { body: { email: 'owner@hub.test', password } });
    expect([told.json()['error_code'], told.headers['set-cookie'], told.headers['strict-transport-security']]).toEqual(['TLS_NEEDED', undefined, undefined]);
    expect((await world.as(null, 'GET', '/api/auth/me', { headers: { cookie } })).status).toBe(401);
  });
});

it('a computer is called by its addresses and its name, never by what only one network card knows', () => {
  const one = (address: string, family: 'IPv4' | 'IPv6', internal = false) => ({ address, family, internal, netmask: '', mac: '', cidr: null, scopeid: 0 }) as os.NetworkInterfaceInfo;
  expect(ownAddresses({ lo: [one('127.0.0.1', 'IPv4', true)], eth: [one('fe80::1', 'IPv6'), one('2001:db8::7', 'IPv6'), one('192.168.1.7', 'IPv4'), one('169.254.3.3', 'IPv4')] }, 'Laptop')).toEqual(['192.168.1.7', '[2001:db8::7]', 'laptop.local', 'laptop']);
  expect(ownAddresses({}, 'laptop of "Ann"')).toEqual([]);
});

/** What the socket is told first. */
function hear(headers: Record<string, string>): Promise<string> {
  return new Promise((resolve) => {
    const socket: Socket = io(url.origin, { transports: ['websocket'], extraHeaders: headers, reconnection: false, rejectUnauthorized: false, forceNew: true });
    const done = (what: string): void => {
      socket.close();
      resolve(what);
    };
    socket.on('ready', () => done('ready'));
    socket.on('connect_error', (error) => done(error.message));
  });
}
