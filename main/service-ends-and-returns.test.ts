/** Real processes: a signal ends the service cleanly, a hanging end is cut off, and after kill -9 the next start just works. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { patient } from '../scripts/patience.mjs';
import { findProvedService } from './cli/service-client.ts';
import { findService } from './secrets/session-file.ts';

const program = fileURLToPath(new URL('./testing/start-command-program.ts', import.meta.url));
let dataDir: string;
const children: ChildProcess[] = [];
beforeEach(() => { dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-service-')); });
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  fs.rmSync(dataDir, { recursive: true, force: true });
});

interface Running { readonly child: ChildProcess; readonly address: string; readonly exit: Promise<number | null> }
function launch(words: readonly string[], env: NodeJS.ProcessEnv = {}): { readonly child: ChildProcess; readonly exit: Promise<number | null>; readonly firstText: Promise<string> } {
  const child = spawn(process.execPath, [program, ...words, '--data', dataDir], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  return { child, exit, firstText: once(child.stdout, 'data').then(([chunk]) => (chunk as Buffer).toString()) };
}
async function start(env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const { child, exit, firstText } = launch(['start', '--headless', '--port', '0'], env);
  const address = /http:\/\/127\.0\.0\.1:\d+/.exec(await firstText)?.[0];
  if (address === undefined) throw new Error('it did not say where it is');
  return { child, address, exit };
}

it.each(['SIGTERM', 'SIGINT'] as const)('%s ends it cleanly', async (signal) => {
  const { child, exit } = await start();
  child.kill(signal);
  expect(await exit).toBe(0);
  expect([await findService(dataDir), fs.existsSync(path.join(dataDir, 'token'))]).toEqual([null, false]);
});

it('an end that hangs is cut off after 5 seconds', async () => {
  const { child, exit } = await start({ HANG: '1' });
  const sentMs = performance.now();
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
  expect(performance.now() - sentMs).toBeGreaterThan(4_500);
  expect(performance.now() - sentMs).toBeLessThan(patient(9_000));
});

it('after kill -9 the leftover address is not believed and the next start owns the data dir', async () => {
  const first = await start();
  first.child.kill('SIGKILL');
  await first.exit;
  expect((await findService(dataDir))?.address).toBe(first.address);
  expect(await findProvedService(dataDir)).toBeNull();
  const second = await start();
  expect((await findProvedService(dataDir))?.address).toBe(second.address);
  second.child.kill('SIGTERM');
  expect(await second.exit).toBe(0);
});

it('ten starts at once: one owner, nine who found it', async () => {
  const all = Array.from({ length: 10 }, () => launch(['start', '--headless', '--port', '0']));
  const said = await Promise.all(all.map((one) => one.firstText));
  expect(new Set(said.map((text) => /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0])).size).toBe(1);
  const found = await findService(dataDir);
  const owner = all.find((one) => one.child.pid === found?.pid);
  owner?.child.kill('SIGTERM');
  expect(await Promise.all(all.map((one) => one.exit))).toEqual(Array.from({ length: 10 }, () => 0));
});

it('Ctrl+C ends a sync --once that waits, with 1 and without leftovers', async () => {
  const { child, exit } = launch(['sync', 'docs', 'folder:/x', '--once']);
  await expect.poll(() => findProvedService(dataDir), { timeout: 120_000 }).not.toBeNull();
  child.kill('SIGINT');
  expect(await exit).toBe(1);
  expect(await findService(dataDir)).toBeNull();
});
