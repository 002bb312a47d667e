/** How soon a save is in the bucket and another client's object on this disk, and whether a limit is kept, on one running Strata and a real MinIO: `npm run how-soon [-- --times N]`. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../main/base/clock.ts';
import { proveService } from '../main/cli/service-client.ts';
import type { Sha256, StoreKey } from '../main/sync/ports.ts';
import { startMinio } from '../main/testing/servers.ts';
import { openTestStore } from '../main/testing/store-under-test.ts';
import { inProject, projectNode, strataNode } from '../scripts/project.mjs';

const at = process.argv.indexOf('--times');
const times = at < 0 ? 50 : Number(process.argv[at + 1]);
const limitBytesPerSecond = 2 * 1024 * 1024;
const limitedBytes = 24 * 1024 * 1024;
/** Between two tries, so that each is a save of its own. */
const restMs = 300;
const giveUpMs = 60_000;

async function until(holds: () => Promise<boolean> | boolean, lookEveryMs: number): Promise<number> {
  const begunMs = performance.now();
  while (!(await holds())) {
    if (performance.now() - begunMs > giveUpMs) throw new Error('it took longer than a minute');
    await systemClock.sleep(lookEveryMs);
  }
  return performance.now() - begunMs;
}
function told(what: string, sorted: readonly number[]): void {
  const of = (share: number): string => `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(0)} ms`;
  console.log(`| ${what} | ${of(0.5)} | ${of(0.95)} | ${of(1)} |`);
}

const started = await startMinio();
if (started.server === null) throw new Error(started.reason);
const { server } = started;
const folder = await mkdtemp(path.join(tmpdir(), 'strata-how-soon-'));
const [root, data] = [path.join(folder, 'root'), path.join(folder, 'data')];
await mkdir(root);
await server.makeBucket('soon');
const store = openTestStore(server, 'soon', '');
const strata = spawn(projectNode, [...strataNode.flags, inProject('main', 'cli.ts'), 'sync', root, `s3://soon?endpoint=${server.endpoint}&region=${server.region}`, '--data', data], {
  env: { ...process.env, ...strataNode.env, STRATA_SECRET_KEY: 'a passphrase for measuring', AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey }, stdio: 'ignore',
});
try {
  await until(() => existsSync(path.join(root, '.strata', 'root.json')), 50);
  const service = await proveService(data, systemClock);
  const rests = async (): Promise<boolean> => (await service.call('readStatus', {})).roots.every((one) => one.kind === 'upToDate');
  await until(rests, 50);
  console.log(`| of ${times} | median | 95 % within | slowest |\n| --- | --- | --- | --- |`);
  const up: number[] = [];
  for (let number = 0; number < times; number += 1) {
    await writeFile(path.join(root, `up-${number}.bin`), randomBytes(4096));
    up.push(await until(async () => (await store.head(`up-${number}.bin` as StoreKey)) !== null, 5));
    await systemClock.sleep(restMs);
  }
  told('a saved file is in the bucket', up.sort((a, b) => a - b));
  const down: number[] = [];
  for (let number = 0; number < times; number += 1) {
    const bytes = randomBytes(4096);
    await store.put(`down-${number}.bin` as StoreKey, bytes, { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') as Sha256 });
    down.push(await until(() => existsSync(path.join(root, `down-${number}.bin`)), 2));
    await systemClock.sleep(restMs);
  }
  told('an object of another client is on this disk', down.sort((a, b) => a - b));
  await until(rests, 50);
  await service.call('writeSettings', { upBytesPerSecond: limitBytesPerSecond });
  const begunMs = performance.now();
  await writeFile(path.join(root, 'limited.bin'), randomBytes(limitedBytes));
  while ((await store.head('limited.bin' as StoreKey)) === null && performance.now() - begunMs < giveUpMs) await systemClock.sleep(20);
  const seconds = (performance.now() - begunMs) / 1000;
  console.log(`\nWith a limit of 2 MiB/s ${limitedBytes / 1024 / 1024} MiB took ${seconds.toFixed(1)} s from the save on: ${(limitedBytes / 1024 / 1024 / seconds).toFixed(2)} MiB/s.`);
} finally {
  strata.kill('SIGTERM');
  await new Promise((resolve) => strata.once('exit', resolve));
  await store.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
