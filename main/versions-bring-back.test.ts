/** A bucket that keeps versions needs no trash of Strata's: Compare and Put back read its versions, on real MinIO. */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Core } from './app/core.ts';
import { silentLogger } from './base/logger.ts';
import { composeCore } from './compose.ts';
import type { StoreKey } from './sync/ports.ts';
import { startMinio, type TestServer } from './testing/servers.ts';
import { openTestStore } from './testing/store-under-test.ts';
import { typedCalls } from './testing/typed-calls.ts';

const started = await startMinio();
let dir: string;
let server: TestServer;
const cores: Core[] = [];

beforeAll(async () => {
  if (started.server === null) return;
  server = started.server;
  dir = await mkdtemp(path.join(tmpdir(), 'strata-versions-'));
});
afterAll(async () => {
  for (const core of cores) await core.close();
  await started.server?.stop();
  if (started.server !== null) await rm(dir, { recursive: true, force: true });
});

async function open(bucket: string, name: string) {
  const [folder, dataDir] = [path.join(dir, bucket, name), path.join(dir, bucket, `${name}-data`)];
  for (const each of [folder, dataDir]) await mkdir(each, { recursive: true });
  const core = await composeCore({ dataDir, logger: silentLogger, deviceName: name, env: { STRATA_SECRET_KEY: 'a passphrase for tests', AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey } });
  cores.push(core);
  const call = typedCalls(core);
  const sync = () => call('syncOnce', { folder, place: { address: `s3://${bucket}?endpoint=${server.endpoint}&region=${server.region}` } });
  return { call, sync, at: (name: string) => path.join(folder, name) };
}

describe.skipIf(started.server === null)(`a bucket with versions${started.reason === null ? '' : ` (${started.reason})`}`, () => {
  it('a run that deleted and replaced there is put back from the versions, and what has moved on stays', async () => {
    await server.makeBucket('put-back', { versioning: true });
    const { call, sync, at } = await open('put-back', 'anna');
    for (const [name, text] of [['gone.txt', 'was here'], ['edited.txt', 'first'], ['moved on.txt', 'one']] as const) await writeFile(at(name), text);
    await sync();
    await rm(at('gone.txt'));
    await writeFile(at('edited.txt'), 'second');
    await writeFile(at('moved on.txt'), 'two');
    await sync();
    const run = (await call('readRuns', { limit: 1 })).runs[0]?.id ?? '';
    await writeFile(at('moved on.txt'), 'three, by the user');
    await sync();
    expect((await call('previewPutBack', { runId: run })).examples.map((example) => example.path).sort()).toEqual(['edited.txt', 'gone.txt', 'moved on.txt']);
    expect(await call('putBack', { runId: run })).toMatchObject({ restored: 2, beside: 1, left: 0 });
    await sync();
    const beside = (await readdir(at('.'))).find((name) => name.startsWith('moved on (restored, ')) ?? 'none';
    expect(await Promise.all(['gone.txt', 'edited.txt', 'moved on.txt', beside].map((name) => readFile(at(name), 'utf8')))).toEqual(['was here', 'first', 'three, by the user', 'one']);
    const store = openTestStore(server, 'put-back', '');
    expect((await store.list({ prefix: '.strata/trash/' })).objects).toEqual([]);
    expect((await store.head('gone.txt' as StoreKey))?.sizeBytes).toBe(8);
    await store.close();
  });
  it('a conflict shows what both began from', async () => {
    await server.makeBucket('compare', { versioning: true });
    const [anna, bo] = [await open('compare', 'anna'), await open('compare', 'bo')];
    await writeFile(anna.at('plan.txt'), 'the plan');
    await anna.sync();
    await bo.sync();
    await writeFile(anna.at('plan.txt'), 'the plan of Anna');
    await writeFile(bo.at('plan.txt'), 'the plan of Bo, later');
    await anna.sync();
    await bo.sync();
    await anna.sync();
    for (const device of [anna, bo]) {
      const [conflict] = (await device.call('readNeedsYou', {})).conflicts;
      const { base } = await device.call('readConflict', { conflictId: conflict?.id ?? '' });
      expect(base?.text).toBe('the plan');
    }
  });
});
