/** A data dir has one owner, in this process and across processes, and a killed owner leaves it free at once (rule 40, F06). */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acquireOwnerLock } from './owner-lock.ts';

let dataDir: string;
let holder: ChildProcess | null = null;
beforeEach(() => { dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-lock-')); });
afterEach(() => {
  holder?.kill('SIGKILL');
  fs.rmSync(dataDir, { recursive: true, force: true });
});

async function startHolder(): Promise<ChildProcess> {
  const module = new URL('./owner-lock.ts', import.meta.url).href;
  // Kept by name: a lock that nothing refers to is collected, and its file closed.
  const script = `const { acquireOwnerLock } = await import(${JSON.stringify(module)}); globalThis.lock = acquireOwnerLock(${JSON.stringify(dataDir)}); console.log(globalThis.lock === null ? 'busy' : 'held'); process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  expect(said.toString().trim()).toBe('held');
  return child;
}

it('a second caller in the same process gets nothing until the first lets go', () => {
  const first = acquireOwnerLock(dataDir);
  expect(first).not.toBeNull();
  expect(acquireOwnerLock(dataDir)).toBeNull();
  first?.release();
  first?.release();
  const second = acquireOwnerLock(dataDir);
  expect(second).not.toBeNull();
  second?.release();
});

it('a second process gets nothing; kill -9 of the first frees it (F04)', async () => {
  holder = await startHolder();
  expect(acquireOwnerLock(dataDir)).toBeNull();
  const ended = once(holder, 'exit');
  holder.kill('SIGKILL');
  await ended;
  const lock = acquireOwnerLock(dataDir);
  expect(lock).not.toBeNull();
  lock?.release();
});
