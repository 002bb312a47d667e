/** Starts a real PostgreSQL for tests on a free loopback port in a temporary folder, as a user without rights, and ends only that. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureTool } from '../../scripts/test-servers.mjs';
import { systemClock } from '../base/clock.ts';
import { ownProcess } from './own-process.ts';
import { freePort } from './servers.ts';

export interface TestPostgres {
  /** Of a database that is made for this call alone. */
  newDatabase(): Promise<string>;
  stop(): Promise<void>;
}
export type StartedPostgres = { readonly server: TestPostgres; readonly reason: null } | { readonly server: null; readonly reason: string };

export async function startPostgres(): Promise<StartedPostgres> {
  const tool = ensureTool('postgres', { install: process.env['CI'] === 'true' });
  if (tool.path === null) return { server: null, reason: tool.reason ?? 'PostgreSQL is not there' };
  const program = (name: string): string => join(tool.path ?? '', '..', name);
  const someone = withoutRights();
  if (someone === 'nobody') return { server: null, reason: 'PostgreSQL refuses to run as root, and there is no user postgres' };
  const folder = await mkdtemp(join(tmpdir(), 'strata-postgres-'));
  if (someone !== null) chownSync(folder, someone.uid, someone.gid);
  const data = join(folder, 'data');
  const as = someone ?? {};
  const made = spawnSync(program('initdb'), ['-D', data, '-U', 'strata', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], { ...as, cwd: folder, encoding: 'utf8' });
  if (made.status !== 0) {
    await rm(folder, { recursive: true, force: true });
    return { server: null, reason: `initdb failed: ${made.stderr.trim().split('\n').at(-1) ?? ''}` };
  }
  const port = await freePort();
  const child = ownProcess(program('postgres'), ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-F'], {}, as);
  const stop = async (): Promise<void> => {
    await child.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const query = (text: string): boolean => spawnSync(program('psql'), ['-h', '127.0.0.1', '-p', String(port), '-U', 'strata', '-d', 'postgres', '-qc', text], { stdio: 'ignore' }).status === 0;
  const since = systemClock.monotonicMs();
  while (!query('select 1')) {
    const failed = child.failed() ?? (systemClock.monotonicMs() - since > 120_000 ? 'no answer within two minutes' : null);
    if (failed !== null) {
      await stop();
      return { server: null, reason: `PostgreSQL did not start: ${failed}` };
    }
    await systemClock.sleep(100);
  }
  let serial = 0;
  return {
    reason: null,
    server: {
      stop,
      newDatabase: async () => {
        serial += 1;
        if (!query(`create database hub${serial}`)) throw new Error('no database was made');
        return `postgres://strata@127.0.0.1:${port}/hub${serial}`;
      },
    },
  };
}

/** Null when we have no rights to give up; `nobody` when there is nobody to be. */
function withoutRights(): { readonly uid: number; readonly gid: number } | null | 'nobody' {
  if (process.getuid?.() !== 0) return null;
  try {
    const id = (option: string): number => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim());
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return 'nobody';
  }
}
