/** One writer per key at a time, between processes too, so that "look, then write" in a folder is one step. */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../sync/ports.ts';
import { isCode } from './folder-paths.ts';

/** A lock is held for a rename and two stats; one this old belongs to a process that died or a machine that sleeps. */
const staleAfterMs = 30_000;
const giveUpAfterMs = 60_000;
const longestWaitMs = 40;

export async function withLock<T>(deps: { readonly path: string; readonly clock: Clock; readonly place: string }, work: () => Promise<T>): Promise<T> {
  const mark = `${hostname()} ${process.pid} ${randomBytes(8).toString('hex')}`;
  const since = deps.clock.monotonicMs();
  for (let waitMs = 1; !(await taken(deps.path, mark)); waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    if (deps.clock.monotonicMs() - since > giveUpAfterMs) throw new AppError('store_busy', { place: deps.place });
    await breakIfStale(deps.path, deps.clock);
    await deps.clock.sleep(waitMs);
  }
  try {
    return await work();
  } finally {
    // Only our own: after a long sleep someone else may rightly have taken it over.
    if ((await readFile(deps.path, 'utf8').catch(() => '')) === mark) await unlink(deps.path).catch(() => undefined);
  }
}

async function taken(path: string, mark: string): Promise<boolean> {
  try {
    await writeFile(path, mark, { flag: 'wx' });
    return true;
  } catch (thrown) {
    if (isCode(thrown, 'EEXIST')) return false;
    if (!isCode(thrown, 'ENOENT')) throw thrown;
    await mkdir(dirname(path), { recursive: true });
    return false;
  }
}

/** Breaking is itself exclusive: of two that see the same dead lock, the slower one would remove the faster one's new lock. */
async function breakIfStale(path: string, clock: Clock): Promise<void> {
  const seen = await readFile(path, 'utf8').catch(() => null);
  if (seen === null || !(await isStale(path, seen, clock))) return;
  const breaker = `${path}.break`;
  if (!(await taken(breaker, seen))) {
    if (await isOld(breaker, clock)) await unlink(breaker).catch(() => undefined);
    return;
  }
  try {
    if ((await readFile(path, 'utf8').catch(() => null)) === seen) await unlink(path).catch(() => undefined);
  } finally {
    await unlink(breaker).catch(() => undefined);
  }
}
async function isStale(path: string, mark: string, clock: Clock): Promise<boolean> {
  const [host, pid] = mark.split(' ');
  if (host === hostname() && pid !== undefined && Number(pid) > 0 && !isAlive(Number(pid))) return true;
  return isOld(path, clock);
}
async function isOld(path: string, clock: Clock): Promise<boolean> {
  const stat = await lstat(path).catch(() => null);
  return stat !== null && clock.nowMs() - stat.mtimeMs > staleAfterMs;
}
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return isCode(thrown, 'EPERM');
  }
}
