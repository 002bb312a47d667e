/** Tiers by the command line on real servers: warm and cold are two MinIOs, two computers, everything on real disks (H5). */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from './base/clock.ts';
import { runCommandLine } from './cli/run-command-line.ts';
import { createS3Store } from './remote/s3-store.ts';
import type { RemoteStore } from './sync/ports.ts';
import { startMinio, type TestServer } from './testing/servers.ts';

const [warmStarted, coldStarted] = [await startMinio(), await startMinio()];
const reason = warmStarted.reason ?? coldStarted.reason;
const fileCount = 40;
let folder: string;

const server = (which: 'warm' | 'cold'): TestServer => {
  const found = which === 'warm' ? warmStarted.server : coldStarted.server;
  if (found === null) throw new Error('not started');
  return found;
};
const storeOf = (which: 'warm' | 'cold'): RemoteStore => {
  const { endpoint, region, accessKey, secretKey } = server(which);
  return createS3Store({ endpoint: { endpoint, region, bucket: which }, prefix: '', clock: systemClock, credentials: () => Promise.resolve({ accessKeyId: accessKey, secretAccessKey: secretKey }) });
};
const word = (which: 'warm' | 'cold'): string => `s3://${which}?endpoint=${server(which).endpoint}&region=us-east-1&keys=${which.toUpperCase()}`;
const at = (...parts: string[]): string => path.join(folder, ...parts);

async function strata(device: 'a' | 'b', words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let [out, err] = ['', ''];
  const keys = Object.fromEntries((['warm', 'cold'] as const).flatMap((which) => [[`${which.toUpperCase()}_ACCESS_KEY_ID`, server(which).accessKey], [`${which.toUpperCase()}_SECRET_ACCESS_KEY`, server(which).secretKey]]));
  const code = await runCommandLine([...words, '--data', at(`data-${device}`)], {
    env: { STRATA_SECRET_KEY: 'a passphrase for tests', ...keys, ...env }, cwd: folder, live: false, stop: new AbortController(), out: (text) => { out += text; }, err: (text) => { err += text; },
  });
  return { code, out, err };
}
const sync = (device: 'a' | 'b') => strata(device, ['sync', at(device), word('warm'), '--cold', word('cold'), '--device', device, '--once', '--json']);
const json = (text: string): unknown => JSON.parse(text.trim().split('\n').at(-1) ?? '');

async function keysOf(which: 'warm' | 'cold'): Promise<string[]> {
  const store = storeOf(which);
  const page = await store.list({ maxKeys: 1000 });
  await store.close();
  return page.objects.map((object) => object.key as string).filter((key) => !key.startsWith('.strata/')).sort();
}
async function tree(device: 'a' | 'b'): Promise<Record<string, string>> {
  const names = (await readdir(at(device), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.relative(at(device), path.join(entry.parentPath, entry.name))).filter((name) => !name.startsWith('.strata'));
  return Object.fromEntries(await Promise.all(names.sort().map(async (name) => [name, (await readFile(at(device, name))).toString('base64').slice(0, 200)])));
}

beforeAll(async () => {
  if (reason !== null) return;
  folder = await mkdtemp(path.join(tmpdir(), 'strata-tiers-'));
  for (const name of ['a', 'a/f', 'b']) await mkdir(at(name));
  for (let number = 0; number < fileCount; number += 1) await writeFile(at('a', 'f', `${String(number).padStart(3, '0')}.txt`), `content ${number}`);
  await writeFile(at('a', 'large.bin'), Buffer.alloc(17 * 1024 * 1024, 'strata'));
  await server('warm').makeBucket('warm');
  await server('cold').makeBucket('cold');
});
afterAll(async () => {
  await warmStarted.server?.stop();
  await coldStarted.server?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe.skipIf(reason !== null)(`warm and cold on two MinIOs${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it('H5: plan, copy, copy nothing again, take away, same trees, nothing downloaded, a line each', async () => {
    const log = at('migration.log');
    const env = { SYNC_LOG_FILE: log };
    expect(await sync('a')).toMatchObject({ code: 0, err: '' });
    expect(await sync('b')).toMatchObject({ code: 0, err: '' });
    const before = await tree('b');
    expect(Object.keys(before)).toHaveLength(fileCount + 1);
    expect(json((await strata('a', ['tiers', 'plan', '--json'])).out)).toMatchObject({ copies: fileCount + 1, drops: 0 });
    const copied = await strata('a', ['tiers', 'run', '--json'], env);
    expect([copied.code, copied.err, json(copied.out)]).toMatchObject([0, '', { moved: 0, copied: fileCount + 1, failed: 0 }]);
    expect(await keysOf('cold')).toEqual(await keysOf('warm'));
    expect(json((await strata('a', ['tiers', 'run', '--json'])).out)).toMatchObject({ moved: 0, copied: 0, failed: 0, bytesUp: 0 });
    const moved = await strata('b', ['tiers', 'run', '--json'], { ...env, DELETE_FROM_MINIO_AFTER_SYNC: 'true' });
    expect([moved.code, moved.err, json(moved.out)]).toMatchObject([0, '', { moved: fileCount + 1, copied: 0, failed: 0, bytesUp: 0 }]);
    expect(await keysOf('warm')).toEqual([]);
    for (const device of ['a', 'b'] as const) {
      const synced = await sync(device);
      expect([synced.code, synced.err, json(synced.out)]).toMatchObject([0, '', { uploaded: 0, downloaded: 0, deleted: 0, bytesDown: 0, bytesUp: 0 }]);
    }
    expect(await tree('a')).toEqual(before);
    expect(await tree('b')).toEqual(before);
    const lines = (await readFile(log, 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as { kind: string; outcome?: string });
    expect([lines.filter((line) => line.outcome === 'copied').length, lines.filter((line) => line.outcome === 'dropped').length, lines.filter((line) => line.kind === 'run').length]).toEqual([fileCount + 1, fileCount + 1, 2]);
    const listed = json((await strata('a', ['ls', 'f', '--json'])).out) as { rows: { tier: string; residency: string }[] };
    expect(listed.rows.every((row) => row.tier === 'cold' && row.residency === 'onDisk')).toBe(true);
  });
  it('an edit brings a file back to warm and takes the cold one away; a deletion takes both', async () => {
    await writeFile(at('a', 'f', '000.txt'), 'edited');
    await rm(at('a', 'f', '001.txt'));
    expect(await sync('a')).toMatchObject({ code: 0, err: '' });
    expect(await sync('b')).toMatchObject({ code: 0, err: '' });
    expect(await readFile(at('b', 'f', '000.txt'), 'utf8')).toBe('edited');
    expect(Object.keys(await tree('b'))).not.toContain(path.join('f', '001.txt'));
    expect(await keysOf('warm')).toEqual(['f/000.txt']);
    expect((await keysOf('cold')).filter((key) => key === 'f/000.txt' || key === 'f/001.txt')).toEqual([]);
  });
  it('I9: a folder is freed up, deleted nowhere, and comes back; another cold store is refused', async () => {
    const evicted = await strata('b', ['evict', at('b', 'f'), '--json']);
    expect([evicted.code, evicted.err, json(evicted.out)]).toMatchObject([0, '', { files: fileCount - 1, left: [] }]);
    expect(Object.keys(await tree('b'))).toEqual(['large.bin']);
    expect(await sync('b')).toMatchObject({ code: 0, err: '' });
    expect(await sync('a')).toMatchObject({ code: 0, err: '' });
    expect(Object.keys(await tree('a'))).toHaveLength(fileCount);
    const listed = json((await strata('b', ['ls', 'f', '--json'])).out) as { rows: { residency: string }[] };
    expect(listed.rows.filter((row) => row.residency === 'notOnDisk')).toHaveLength(fileCount - 1);
    expect(await strata('b', ['fetch', at('b', 'f')])).toMatchObject({ code: 0, err: '' });
    expect(await tree('b')).toEqual(await tree('a'));
    const other = await strata('b', ['sync', at('b'), word('warm'), '--cold', `folder:${at('elsewhere')}`, '--once']);
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining('cold store') });
  });
});
