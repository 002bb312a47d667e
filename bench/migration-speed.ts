/** Strata's migration beside `rclone copy`, from one real MinIO to another, as many at once, in one run: `npm run migration-speed [-- --at-once N] [--rounds N] [--large N] [--small N]`. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import type { Core } from '../main/app/core.ts';
import type { Caller } from '../main/app/handlers.ts';
import { silentLogger } from '../main/base/logger.ts';
import { composeCore } from '../main/compose.ts';
import { startMinio, type TestServer } from '../main/testing/servers.ts';
import { become, strataNode } from '../scripts/project.mjs';
import { option } from './two-minios.ts';

const owner: Caller = { who: 'owner', sessionId: 'bench' };
const filesPerFolder = 100;

function rclonePath(): string {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), process.env['STRATA_TOOLS'] ?? path.join(homedir(), '.cache', 'strata-tools'), path.join(homedir(), 'go', 'bin')];
  const found = folders.map((folder) => path.join(folder, 'rclone')).find((file) => existsSync(file));
  if (found === undefined) throw new Error('rclone is not there (node scripts/test-servers.mjs rclone gets it)');
  return found;
}

async function makeTree(folder: string, files: number, bytes: number): Promise<void> {
  for (let number = 0; number < files; number += 1) {
    const below = path.join(folder, `folder-${Math.floor(number / filesPerFolder)}`);
    if (number % filesPerFolder === 0) await mkdir(below, { recursive: true });
    await writeFile(path.join(below, `file-${number}.bin`), randomBytes(bytes));
  }
}

interface Ground {
  readonly warm: TestServer;
  readonly cold: TestServer;
  readonly scratch: string;
  readonly atOnce: number;
}
const place = (server: TestServer, bucket: string) => ({ address: `s3://${bucket}?endpoint=${server.endpoint}&region=us-east-1`, keys: { accessKeyId: server.accessKey, secretAccessKey: server.secretKey } });

/** A library whose files lie in the warm bucket, ready to migrate. */
async function library(ground: Ground, folder: string, bucket: string): Promise<Core> {
  const core = await composeCore({ dataDir: path.join(ground.scratch, `data-${bucket}`), deviceName: bucket, env: { STRATA_SECRET_KEY: 'a passphrase for tests', SYNC_BATCH_SIZE: String(ground.atOnce) }, logger: silentLogger });
  const { inStep, reasons } = await core.handlers.syncOnce({ folder, place: place(ground.warm, bucket), cold: place(ground.cold, bucket), approveCounts: false }, owner);
  if (!inStep) throw new Error(reasons.join(' '));
  return core;
}
async function byStrata(core: Core, files: number): Promise<number> {
  const rootId = (await core.handlers.readStatus({}, owner)).roots[0]?.id ?? '';
  const begun = performance.now();
  const { copied, failed } = await core.handlers.runTiers({ rootId }, owner);
  if (copied !== files || failed > 0) throw new Error(`${copied} of ${files} copied, ${failed} failed`);
  return (performance.now() - begun) / 1000;
}
async function byRclone(ground: Ground, from: string, to: string): Promise<number> {
  const remote = (name: string, server: TestServer): NodeJS.ProcessEnv => ({ [`RCLONE_CONFIG_${name}_TYPE`]: 's3', [`RCLONE_CONFIG_${name}_PROVIDER`]: 'Minio', [`RCLONE_CONFIG_${name}_ENDPOINT`]: server.endpoint, [`RCLONE_CONFIG_${name}_ACCESS_KEY_ID`]: server.accessKey, [`RCLONE_CONFIG_${name}_SECRET_ACCESS_KEY`]: server.secretKey });
  const begun = performance.now();
  const words = ['copy', `W:${from}`, `C:${to}`, '--exclude', '/.strata/**', '--transfers', String(ground.atOnce), '--checkers', String(ground.atOnce), '--config', path.join(ground.scratch, 'no-rclone.conf')];
  // Old versions of rclone can't read a bundle of certificates from the environment, and need none here.
  const child = spawn(rclonePath(), words, { env: { ...process.env, AWS_CA_BUNDLE: undefined, ...remote('W', ground.warm), ...remote('C', ground.cold) }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-400)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`rclone ended with ${code}: ${said}`);
  return (performance.now() - begun) / 1000;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function compare(ground: Ground, name: string, files: number, bytes: number, rounds: number): Promise<void> {
  const [strata, rclone]: number[][] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const bucket = `${name}-${round}`;
    const folder = path.join(ground.scratch, bucket);
    await makeTree(folder, files, bytes);
    await ground.warm.makeBucket(bucket);
    for (const to of [bucket, `${bucket}-rclone`]) await ground.cold.makeBucket(to);
    const core = await library(ground, folder, bucket);
    // Each is first every other time: the second finds the source in the system's cache.
    const acts = [async () => strata?.push(await byStrata(core, files)), async () => rclone?.push(await byRclone(ground, bucket, `${bucket}-rclone`))];
    for (const act of round % 2 === 0 ? acts : acts.reverse()) await act();
    await core.close();
    await rm(folder, { recursive: true });
  }
  const told = (times: readonly number[] = []): string => `${median(times).toFixed(2)} s (${times.map((time) => time.toFixed(2)).join(', ')}), ${((files * bytes) / median(times) / 1e6).toFixed(1)} MB/s, ${(files / median(times)).toFixed(0)} files/s`;
  console.log(`\n### ${files} files of ${bytes / 1024} KiB, ${ground.atOnce} at once, median of ${rounds}\n\n- strata: ${told(strata)}\n- rclone copy: ${told(rclone)}\n- strata's speed is ${(median(rclone ?? []) / median(strata ?? [])).toFixed(2)} of rclone's`);
}

async function measure(): Promise<void> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'strata-speed-'));
  const [warm, cold] = [await startMinio(), await startMinio()];
  try {
    if (warm.server === null || cold.server === null) throw new Error(warm.reason ?? cold.reason ?? '');
    const ground: Ground = { warm: warm.server, cold: cold.server, scratch, atOnce: option('at-once', 10) };
    const rounds = option('rounds', 3);
    const [large, small] = [option('large', 200), option('small', 2000)];
    if (large > 0) await compare(ground, 'large', large, 4 * 1024 * 1024, rounds);
    if (small > 0) await compare(ground, 'small', small, 4096, rounds);
  } finally {
    await warm.server?.stop();
    await cold.server?.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

// Strata moves the files in this very process, which therefore runs on Node as Strata does.
if (strataNode.flags.every((flag) => process.execArgv.includes(flag))) await measure();
else become(process.execPath, [...strataNode.flags, ...process.argv.slice(1)], strataNode.env);
