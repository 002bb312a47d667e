/** The shell hears address and token over its own channel, can end the service, and moves in when another owner ends (rules 40 and 41). */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findProvedService } from './cli/service-client.ts';
import { findService } from './secrets/session-file.ts';
import { openService, serveElectron, type ParentPort } from './service.ts';
import { ask } from './testing/door-under-test.ts';
import { coreUnderTest, type CoreUnderTest } from './testing/core-under-test.ts';

let dataDir: string;
beforeEach(() => { dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-shell-')); });
afterEach(() => fs.rmSync(dataDir, { recursive: true, force: true }));

interface Ready { readonly type: string; readonly address: string; readonly token: string; readonly owner: boolean }
function startFromShell(core: CoreUnderTest) {
  const ended = new AbortController();
  let say: (data: unknown) => void = () => undefined;
  const { promise: ready, resolve } = Promise.withResolvers<Ready>();
  const parentPort: ParentPort = { postMessage: (message) => resolve(message as Ready), on: (_, listener) => { say = (data) => listener({ data }); } };
  const end = serveElectron({ parentPort, dataDir, port: 0, env: {}, ended, compose: core.compose });
  return { ready, end, say: (data: unknown) => say(data) };
}

it('tells where it is with a token that works, syncs, and ends when told', async () => {
  const core = coreUnderTest();
  const shell = startFromShell(core);
  const ready = await shell.ready;
  expect(ready).toMatchObject({ type: 'ready', owner: true });
  const told = await ask(Number(new URL(ready.address).port), 'GET', '/api/v1/status', { headers: { authorization: `Bearer ${ready.token}` } });
  expect([told.status, core.started]).toEqual([200, 1]);
  for (const noise of [null, 'stop', { type: 'other' }]) shell.say(noise);
  expect(core.closed).toBe(0);
  shell.say({ type: 'stop' });
  await shell.end;
  expect([core.closed, await findService(dataDir)]).toEqual([1, null]);
});

it('is a client of the owner that is there, and ends with it so that the shell starts anew', async () => {
  const owner = await openService({ dataDir, port: 0, env: {}, compose: coreUnderTest().compose });
  const own = coreUnderTest();
  const shell = startFromShell(own);
  const ready = await shell.ready;
  expect(ready).toEqual({ type: 'ready', address: owner?.door()?.address, token: (await findProvedService(dataDir))?.token, owner: false });
  expect(own.composed.length).toBe(0);
  await owner?.close();
  await shell.end;
});
