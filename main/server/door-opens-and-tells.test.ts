/** The door finds a free port, tells what it offers, keeps tokens out of the log, and answers every problem in one shape. */
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { contract } from '../../shared/api/contract.ts';
import { errorCodes } from '../../shared/api/errors.ts';
import { AppError } from '../base/app-error.ts';
import { openLogger } from '../base/logger.ts';
import { openTestDoor, testToken } from '../testing/door-under-test.ts';
import { httpStatusOf } from './http-status.ts';

function listening(port: number): Promise<http.Server> {
  return new Promise((resolve, reject) => {
    const server = http.createServer().listen(port, '127.0.0.1', () => resolve(server));
    server.on('error', reject);
  });
}

describe('the port', () => {
  it('is the wished one or the next free, on 127.0.0.1 only', async () => {
    const taken = await listening(0);
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const world = await openTestDoor({ port });
    expect(world.door.port).toBeGreaterThan(port);
    expect(world.door.port).toBeLessThanOrEqual(port + 50);
    expect(world.door.address).toBe(`http://127.0.0.1:${world.door.port}`);
    expect((await world.ask('GET', '/api/v1/status')).status).toBe(200);
    // Free elsewhere: we listen on this one address.
    await (await listening(0)).close();
    await world.close();
    taken.close();
  });
});

describe('what goes wrong', () => {
  it('every code answers by the table, in capitals and in a sentence', async () => {
    let next: (typeof errorCodes)[number] = 'internal';
    const world = await openTestDoor({ handlers: { readStatus: () => { throw new AppError(next, { place: 'minio.home' }, new Error('deep cause')); } } });
    for (next of errorCodes) {
      const told = await world.ask('GET', '/api/v1/status');
      expect([told.status, told.json()['error_code']]).toEqual([httpStatusOf[next], next.toUpperCase()]);
      expect(told.text).not.toContain('deep cause');
    }
    await world.close();
  });
  it('an unknown error says nothing of itself', async () => {
    const world = await openTestDoor({ handlers: { readStatus: () => { throw new TypeError('secret detail'); } } });
    const told = await world.ask('GET', '/api/v1/status');
    expect(told.status).toBe(500);
    expect(told.text).not.toContain('secret detail');
    await world.close();
  });
  it('an output that breaks the contract is found where we test', async () => {
    const world = await openTestDoor({ checkOutputs: true });
    expect((await world.ask('POST', '/api/v1/sync/pause')).status).toBe(200);
    expect((await world.ask('GET', '/api/v1/status')).status).toBe(500);
    await world.close();
  });
});

describe('the log', () => {
  it('has neither bearer nor code nor ticket nor file name', async () => {
    const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-log-'));
    const logger = openLogger({ dataDir, level: 'debug' });
    const world = await openTestDoor({ logger });
    const { code } = (await world.ask('POST', '/api/v1/session/code')).json();
    const { token } = (await world.ask('POST', '/api/v1/session/exchange', { body: { code }, anonymous: true })).json();
    const { url } = (await world.ask('POST', '/api/v1/roots/r/ticket', { body: { key: 'private-name.txt', purpose: 'preview' } })).json();
    const told = await world.ask('GET', String(url), { anonymous: true });
    await world.ask('GET', `/api/v1/roots/r/entry?key=private-name.txt&token=${testToken}`);
    await world.ask('GET', `/nowhere/${String(token)}`);
    await world.close();
    logger.close();
    const log = fs.readFileSync(path.join(dataDir, 'logs', 'strata.log'), 'utf8');
    expect(told.status).toBe(404);
    expect(log).toContain('GET /api/v1/content/:ticket');
    for (const secret of [testToken, code, token, String(url).split('/').at(-1), 'private-name']) expect(log).not.toContain(secret);
    fs.rmSync(dataDir, { recursive: true, force: true });
  });
});

describe('the OpenAPI document', () => {
  it('has every command, with its parameters, body and answers', async () => {
    const world = await openTestDoor();
    const told = await world.ask('GET', '/api/openapi.json', { anonymous: true });
    const document = told.json() as { openapi: string; paths: Record<string, Record<string, { operationId: string; parameters: { name: string; in: string }[]; requestBody?: unknown }>> };
    expect(document.openapi).toBe('3.1.0');
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods).map((operation) => operation.operationId));
    expect(operations.sort()).toEqual(Object.keys(contract).sort());
    expect(document.paths['/api/v1/views/{viewId}/rows']?.['get']?.parameters.map((parameter) => [parameter.name, parameter.in])).toEqual([['viewId', 'path'], ['from', 'query'], ['to', 'query']]);
    expect(document.paths['/api/v1/roots']?.['post']?.requestBody).toBeDefined();
    await world.close();
  });
});
