/** The composed core over a real data dir, disk and folder store: every answer fits the contract; two data dirs agree through one place; bad input has its own code. */
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contract, type CallInputOf, type InputOf, type OutputOf } from '../shared/api/contract.ts';
import type { Core } from './app/core.ts';
import type { CoreCommand } from './app/handlers.ts';
import { silentLogger } from './base/logger.ts';
import { composeCore } from './compose.ts';

let dir: string;
const cores: Core[] = [];
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'strata-core-'));
  for (const name of ['a', 'b', 'store', 'data-a', 'data-b']) await mkdir(path.join(dir, name));
  await mkdir(path.join(dir, 'a', 'sub'));
  await writeFile(path.join(dir, 'a', 'one.txt'), 'hello');
  await writeFile(path.join(dir, 'a', 'sub', 'two.txt'), 'world');
});
afterEach(async () => {
  for (const core of cores.splice(0)) await core.close();
  await rm(dir, { recursive: true, force: true });
});
const at = (...parts: string[]): string => path.join(dir, ...parts);

async function open(name: string, env: NodeJS.ProcessEnv = {}) {
  const core = await composeCore({ dataDir: at(`data-${name}`), env: { STRATA_SECRET_KEY: 'a passphrase for tests', ...env }, logger: silentLogger, deviceName: `Device ${name}` });
  cores.push(core);
  const call = async <N extends CoreCommand>(command: N, input: CallInputOf<N>): Promise<OutputOf<N>> => {
    const handler = core.handlers[command] as (input: InputOf<N>, caller: { who: 'owner'; sessionId: string }) => Promise<OutputOf<N>> | OutputOf<N>;
    return contract[command].output.parse(await handler(contract[command].input.parse(input) as InputOf<N>, { who: 'owner', sessionId: 'test' })) as OutputOf<N>;
  };
  return { core, call };
}
const place = (): { address: string } => ({ address: `folder:${at('store')}` });

describe('one device', () => {
  it('previews without writing, syncs once, shows it, verifies it, and does nothing the second time', async () => {
    const { call } = await open('a');
    expect((await call('readStatus', {})).headline).toMatchObject({ kind: 'firstRun', text: 'Choose a folder to begin' });
    expect(await call('previewRoot', { folder: at('a'), place: place() })).toMatchObject({ uploads: 2, downloads: 0, same: 0, localFiles: 2, remoteFiles: 0, bytesUp: 10, reason: null });
    expect([await readdir(at('store')), await readdir(at('a'))]).toEqual([[], ['one.txt', 'sub']]);
    expect(await call('syncOnce', { folder: at('a'), place: place() })).toMatchObject({ summary: { uploaded: 2, failed: 0 }, reasons: [], inStep: true });
    expect(await readFile(at('store', 'sub', 'two.txt'), 'utf8')).toBe('world');
    const { roots, headline } = await call('readStatus', {});
    expect([roots.length, headline.kind]).toEqual([1, 'upToDate']);
    const rootId = roots[0]?.id ?? '';
    const view = await call('openView', { rootId });
    const { rows } = await call('readRows', { viewId: view.viewId, from: 0, to: 10 });
    expect(rows.map((row) => [row.rank, row.name, row.state])).toEqual([[0, 'sub', 'upToDate'], [1, 'one.txt', 'upToDate']]);
    expect(await call('readEntry', { rootId, key: 'sub/two.txt' })).toMatchObject({ previewKind: 'text', onDisk: { sizeBytes: 5 }, inPlace: { sizeBytes: 5 } });
    expect(await call('verify', { folder: at('a'), deep: true })).toEqual({ differences: [], checked: 2 });
    expect((await call('previewRoot', { folder: at('a'), place: place() })).same).toBe(2);
    expect((await call('syncOnce', { folder: at('a'), place: place() })).summary).toMatchObject({ uploaded: 0, downloaded: 0, bytesUp: 0 });
    for (const name of ['readTransfers', 'readNeedsYou', 'readStorage', 'readSettings', 'readAbout', 'health', 'readDefaults', 'makeReport'] as const) await call(name, {});
    await call('readRuns', {});
    await call('readLines', {});
  });
  it('verify names each difference, deep reads what size and date do not show', async () => {
    const { call } = await open('a');
    await call('syncOnce', { folder: at('a'), place: place() });
    await writeFile(at('store', 'one.txt'), 'HELLO');
    await rm(at('store', 'sub', 'two.txt'));
    const { differences } = await call('verify', { folder: at('a'), deep: true });
    expect(differences.map((one) => one.path).sort()).toEqual(['one.txt', 'sub/two.txt']);
    expect(differences.find((one) => one.path === 'sub/two.txt')?.what).toBe('is on this computer only');
  });
  it('a file served from the disk is refused once it changed', async () => {
    const { call, core } = await open('a');
    await call('syncOnce', { folder: at('a'), place: place() });
    const rootId = (await call('readStatus', {})).roots[0]?.id ?? '';
    const facts = await core.content.look(rootId, 'one.txt');
    expect(facts).toMatchObject({ sizeBytes: 5, contentType: 'text/plain' });
    expect(await text(core.content.read(rootId, 'one.txt', facts.etag, { start: 1, end: 3 }))).toBe('ell');
    await writeFile(at('a', 'one.txt'), 'other content');
    await expect(text(core.content.read(rootId, 'one.txt', facts.etag, null))).rejects.toMatchObject({ code: 'file_changed' });
    await rm(at('a', 'one.txt'));
    const remote = await core.content.look(rootId, 'one.txt');
    expect(await text(core.content.read(rootId, 'one.txt', remote.etag, null))).toBe('hello');
  });
});

describe('two data dirs, one place', () => {
  it('agree, and a conflict is settled and taken back', async () => {
    const a = await open('a');
    const b = await open('b');
    const syncA = () => a.call('syncOnce', { folder: at('a'), place: place() });
    const syncB = () => b.call('syncOnce', { folder: at('b'), place: place() });
    await syncA();
    expect((await syncB()).summary.downloaded).toBe(2);
    await writeFile(at('a', 'one.txt'), 'from a');
    await writeFile(at('b', 'one.txt'), 'from b, longer');
    await syncA();
    expect((await syncB()).summary.conflicts).toBe(1);
    const { conflicts } = await b.call('readNeedsYou', {});
    const conflict = conflicts[0];
    expect(await readFile(at('b', conflict?.copyPath ?? ''), 'utf8')).toBe('from b, longer');
    const { undo } = await b.call('resolveConflict', { rootId: conflict?.rootId ?? '', path: 'one.txt', keep: 'mine' });
    expect(await readFile(at('b', 'one.txt'), 'utf8')).toBe('from b, longer');
    expect((await b.call('readNeedsYou', {})).conflictCount).toBe(0);
    await b.call('undo', { undo: undo ?? '' });
    expect([await readFile(at('b', 'one.txt'), 'utf8'), await readFile(at('b', conflict?.copyPath ?? ''), 'utf8')]).toEqual(['from a', 'from b, longer']);
    expect((await b.call('readNeedsYou', {})).conflictCount).toBe(1);
  });
});

describe('bad input', () => {
  const keys = { accessKeyId: 'someone', secretAccessKey: 'a secret nobody may see' };
  it.each<[string, () => CallInputOf<'syncOnce'>, string]>([
    ['no such folder', () => ({ folder: at('nope'), place: place() }), 'root_missing'],
    ['a file for a folder', () => ({ folder: at('a', 'one.txt'), place: place() }), 'root_not_folder'],
    ['no such store folder', () => ({ folder: at('a'), place: { address: `folder:${at('nope')}` } }), 'network_unreachable'],
    ['a bucket with a bad name', () => ({ folder: at('a'), place: { address: 's3://b/x//y?endpoint=http://127.0.0.1:1' } }), 'place_invalid'],
    ['no keys', () => ({ folder: at('a'), place: { address: 's3://bucket?endpoint=http://127.0.0.1:1' } }), 'keys_missing'],
    ['nobody listens', () => ({ folder: at('a'), place: { address: 's3://bucket?endpoint=http://127.0.0.1:1', keys } }), 'network_unreachable'],
    ['its own data dir', () => ({ folder: at('data-a'), place: place() }), 'root_overlaps'],
  ])('%s', async (_, input, code) => {
    const { call } = await open('a');
    await expect(call('syncOnce', input())).rejects.toMatchObject({ code });
    expect((await call('readStatus', {})).roots).toEqual([]);
  });
  it('testing a place says which step failed and tries nothing after it', async () => {
    const { call } = await open('a');
    const doctor = await call('testPlace', { address: 's3://bucket?endpoint=http://127.0.0.1:1', keys });
    expect([doctor.usable, doctor.checks[0]?.check, doctor.checks[0]?.outcome]).toEqual([false, 'reachable', 'problem']);
    expect(new Set(doctor.checks.slice(1).map((check) => check.outcome))).toEqual(new Set(['notTried']));
  });
});

describe('demo states', () => {
  it('show on an empty data dir and are refused over real folders', async () => {
    const demo = await open('b', { STRATA_DEMO_STATE: 'held' });
    expect((await demo.call('readStatus', {})).headline.suffix).toBe('312 deletions wait for you');
    expect((await demo.call('readNeedsYou', {})).holds).toHaveLength(1);
    const real = await open('a');
    await real.call('syncOnce', { folder: at('a'), place: place() });
    await real.core.close();
    await expect(open('a', { STRATA_DEMO_STATE: 'held' })).rejects.toMatchObject({ code: 'bad_request' });
    await expect(open('b', { STRATA_DEMO_STATE: 'nonsense' })).rejects.toMatchObject({ code: 'bad_request' });
  });
});

async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
