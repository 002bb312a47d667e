/** The page's files and nothing beside them: no encoded path leaves the folder or slips past the bearer (X12, F82). */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDoor, type DoorUnderTest } from '../testing/door-under-test.ts';

let folder: string;
let world: DoorUnderTest;
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-page-'));
  const pageDir = path.join(folder, 'page');
  fs.mkdirSync(path.join(pageDir, 'assets'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'secret.txt'), 'SECRET');
  fs.writeFileSync(path.join(pageDir, 'index.html'), 'INDEX');
  fs.writeFileSync(path.join(pageDir, 'pdf-frame.html'), 'FRAME');
  fs.writeFileSync(path.join(pageDir, '.hidden'), 'SECRET');
  fs.writeFileSync(path.join(pageDir, 'assets', 'app-1a2b.js'), 'APP');
  world = await openTestDoor({ pageDir });
});
afterAll(async () => {
  await world.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
const get = (url: string, headers: Record<string, string> = {}) => world.ask('GET', url, { anonymous: true, headers });

describe('what is served', () => {
  it.each([['/', 'INDEX'], ['/index.html', 'INDEX'], ['/assets/app-1a2b.js', 'APP'], ['/files/some%20folder', 'INDEX'], ['/activity', 'INDEX'], ['/?x=1', 'INDEX']])('%s is %s', async (url, text) => {
    const told = await get(url);
    expect([told.status, told.text]).toEqual([200, text]);
  });
  it('carries the policy with the very port', async () => {
    const { headers } = await get('/');
    expect(headers['content-security-policy']).toBe(`default-src 'none';script-src 'self';style-src 'self';img-src 'self' blob:;media-src 'self';connect-src 'self' ws://127.0.0.1:${world.door.port};frame-src 'self';font-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'`);
    expect([headers['x-frame-options'], headers['x-content-type-options'], headers['referrer-policy'], headers['strict-transport-security']]).toEqual(['DENY', 'nosniff', 'no-referrer', undefined]);
  });
  it('the frame for PDFs is sandboxed and may get its own scripts, nothing else', async () => {
    const frame = await get('/pdf-frame.html');
    expect(frame.headers['content-security-policy']).toMatch(/^sandbox allow-scripts; default-src 'none'/);
    expect(frame.headers['content-security-policy']).not.toContain('allow-same-origin');
    expect(frame.headers['x-frame-options']).toBe('SAMEORIGIN');
    const script = await get('/assets/app-1a2b.js', { origin: 'null' });
    expect([script.status, script.headers['access-control-allow-origin']]).toEqual([200, '*']);
    for (const url of ['/', '/assets/../index.html', '/assets/%2e%2e/index.html', '/assets/x?y=/api', '/api/v1/status', '/assets/../api/v1/health']) expect((await get(url, { origin: 'null' })).status, url).toBe(403);
    expect((await get('/assets/app-1a2b.js', { host: 'evil.example' })).status).toBe(403);
  });
});

describe('what is not', () => {
  it.each([
    '/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/%2e%2e%2fsecret.txt', '/..%5csecret.txt', '/%252e%252e%252fsecret.txt', '/assets/../../secret.txt', '/assets/..%2f..%2fsecret.txt',
    '//secret.txt', '/%00', '/index.html%00.txt', '/.hidden', '/%2ehidden', '/nothing.js', '/%c0%ae%c0%ae/secret.txt', '/%', '/files/%2e%2e/x', '/files/..%2fx',
  ])('%s is refused', async (url) => {
    const told = await get(url);
    expect(told.status, told.text).toBeGreaterThanOrEqual(400);
    expect(told.text).not.toContain('SECRET');
  });
  it.each(['/%61pi/v1/status', '/api%2fv1%2fstatus', '/api/v1/%73tatus', '//api/v1/status', '/API/v1/status', '/api/v1//status', '/api/./v1/status', '/x/../api/v1/status', '/api/v1/status;x', '/api/v1/status%00', '/api/v1/status/'])('%s gives nothing without a bearer', async (url) => {
    const before = world.called.length;
    const told = await get(url);
    expect([401, 403, 404, 400]).toContain(told.status);
    expect(told.text).not.toBe('INDEX');
    expect(world.called.length).toBe(before);
  });
  it('only GET reads pages', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await world.ask(method, '/index.html', { body: {} })).status).toBe(404);
  });
});
