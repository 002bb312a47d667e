/** The composed core over a real data dir, disk and folder store: every answer fits the contract; two data dirs agree through one place; bad input has its own code. */
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallInputOf } from '../shared/api/contract.ts';
import type { Core } from './app/core.ts';
import { silentLogger } from './base/logger.ts';
import { composeCore } from './compose.ts';
import { typedCalls } from './testing/typed-calls.ts';

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
  const call = typedCalls(core);
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
  it('verify tells every kind of difference, and after a sync none', async () => {
    const { call } = await open('a');
    for (const name of ['edited.txt', 'gone here.txt', 'gone everywhere.txt', 'run.sh']) await writeFile(at('a', name), `text of ${name}`);
    await call('syncOnce', { folder: at('a'), place: place() });
    await writeFile(at('a', 'new.txt'), 'new');
    await writeFile(at('a', 'edited.txt'), 'TEXT of edited.txt');
    await chmod(at('a', 'run.sh'), 0o755);
    await rm(at('a', 'gone here.txt'));
    await Promise.all([rm(at('a', 'gone everywhere.txt')), rm(at('store', 'gone everywhere.txt'))]);
    await mkdir(at('a', 'empty folder'));
    await writeFile(at('store', 'from elsewhere.txt'), 'hello');
    await writeFile(at('store', 'one.txt'), 'longer than before');
    const { differences, checked } = await call('verify', { folder: at('a') });
    expect(Object.fromEntries(differences.map(({ path: where, what }) => [where, what]))).toEqual({
      'edited.txt': 'changed on this computer since the last sync', 'new.txt': 'is on this computer only', 'from elsewhere.txt': 'is in the place only', 'gone here.txt': 'is in the place only',
      'gone everywhere.txt': 'is in the records only: gone here and in the place', 'empty folder': 'is a folder on this computer only', 'one.txt': 'has 5 bytes here and 18 in the place',
      'run.sh': 'may be run as a program here, not in the place',
    });
    expect(checked).toBe(7);
    await call('syncOnce', { folder: at('a'), place: place() });
    expect((await call('verify', { folder: at('a'), deep: true })).differences).toEqual([]);
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
  it('a conflict is listed on both, laid open with the version before, and settled for both by one of them', async () => {
    const a = await open('a');
    const b = await open('b');
    const syncA = () => a.call('syncOnce', { folder: at('a'), place: place() });
    const syncB = () => b.call('syncOnce', { folder: at('b'), place: place() });
    await syncA();
    await syncB();
    await writeFile(at('a', 'one.txt'), 'from a');
    await writeFile(at('b', 'one.txt'), 'from b, longer');
    await syncA();
    await syncB();
    await syncA();
    const [there] = (await a.call('readNeedsYou', {})).conflicts;
    expect(there).toMatchObject({ path: 'one.txt', device: 'Device b', copyHere: false, sizeBytes: 6, copySizeBytes: 14 });
    for (const [device, mine, theirs] of [[a, 'from a', 'from b, longer'], [b, 'from b, longer', 'from a']] as const) {
      const [conflict] = (await device.call('readNeedsYou', {})).conflicts;
      const sides = await device.call('readConflict', { conflictId: conflict?.id ?? '' });
      expect([sides.previewKind, sides.base?.text, sides.mine?.text, sides.theirs?.text]).toEqual(['text', 'hello', mine, theirs]);
    }
    const preview = await a.call('previewConflicts', { rule: 'largest' });
    expect([preview.conflicts, preview.deletions, preview.examples]).toEqual([1, 1, [{ path: 'one.txt', what: 'the other stays, this computer’s goes to the trash' }]]);
    await expect(a.call('resolveConflicts', { rule: 'largest', expected: 2 })).rejects.toMatchObject({ code: 'stale' });
    expect(await a.call('resolveConflicts', { rule: 'largest', expected: 1 })).toMatchObject({ settled: 1, left: 0 });
    await syncA();
    await syncB();
    expect([await readFile(at('b', 'one.txt'), 'utf8'), (await readdir(at('b'))).filter((name) => name.includes('conflict'))]).toEqual(['from b, longer', []]);
    expect([(await a.call('readNeedsYou', {})).conflictCount, (await b.call('readNeedsYou', {})).conflictCount]).toEqual([0, 0]);
  });
});

describe('putting a run back', () => {
  it('brings back what was deleted and replaced, on either side, and is itself put back', async () => {
    const { call } = await open('a');
    const sync = () => call('syncOnce', { folder: at('a'), place: place() });
    const last = async () => (await call('readRuns', { limit: 1 })).runs[0]?.id ?? '';
    await sync();
    // A run that deletes here and replaces there.
    await rm(at('store', 'sub', 'two.txt'));
    await writeFile(at('a', 'one.txt'), 'second');
    await sync();
    const run = await last();
    const preview = await call('previewPutBack', { runId: run });
    expect([preview.uploads, preview.conflicts, preview.skipped]).toEqual([2, 0, 0]);
    expect(preview.examples.map((example) => example.path).sort()).toEqual(['one.txt', 'sub/two.txt']);
    const answer = await call('putBack', { runId: run });
    expect(answer).toMatchObject({ restored: 2, beside: 0, left: 0 });
    await sync();
    expect([await readFile(at('a', 'one.txt'), 'utf8'), await readFile(at('a', 'sub', 'two.txt'), 'utf8'), await readFile(at('store', 'one.txt'), 'utf8'), await readFile(at('store', 'sub', 'two.txt'), 'utf8')]).toEqual(['hello', 'world', 'hello', 'world']);
    expect((await call('readRuns', {})).runs.find((one) => one.id === answer.runId)).toMatchObject({ restored: 2 });
    await call('undo', { undo: answer.undo ?? '' });
    await sync();
    expect([await readFile(at('a', 'one.txt'), 'utf8'), await readFile(at('store', 'one.txt'), 'utf8'), (await readdir(at('store', 'sub'))).includes('two.txt')]).toEqual(['second', 'second', false]);
    await expect(call('putBack', { runId: 'nonsense' })).rejects.toMatchObject({ code: 'not_found' });
  });
  it('rule 26: what has moved on since is put beside, and nothing is overwritten', async () => {
    const { call } = await open('a');
    const sync = () => call('syncOnce', { folder: at('a'), place: place() });
    await sync();
    await writeFile(at('a', 'one.txt'), 'second');
    await sync();
    const run = (await call('readRuns', { limit: 1 })).runs[0]?.id ?? '';
    await writeFile(at('a', 'one.txt'), 'third, by the user');
    const answer = await call('putBack', { runId: run });
    expect(answer).toMatchObject({ restored: 0, beside: 1 });
    await sync();
    const beside = (await readdir(at('store'))).find((name) => name.startsWith('one (restored, ')) ?? '';
    expect([await readFile(at('a', 'one.txt'), 'utf8'), await readFile(at('store', 'one.txt'), 'utf8'), await readFile(at('store', beside), 'utf8')]).toEqual(['third, by the user', 'third, by the user', 'hello']);
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
