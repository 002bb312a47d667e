/** Every command ends with the right status and words, on a data dir of its own and as a client of the one that holds it. */
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../base/app-error.ts';
import { findService, publishService } from '../secrets/session-file.ts';
import { openService, type Service } from '../service.ts';
import { coreUnderTest, emptyStatus, nothingSummary, rootAt, type CoreUnderTest } from '../testing/core-under-test.ts';
import { runCommandLine } from './run-command-line.ts';
import { findProvedService } from './service-client.ts';

let folder: string;
let dataDir: string;
let held: Service | null = null;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-cli-'));
  dataDir = path.join(folder, 'data');
});
afterEach(async () => {
  await held?.close();
  held = null;
  fs.rmSync(folder, { recursive: true, force: true });
});

interface Ran { readonly code: number; readonly out: readonly string[]; readonly err: string }
async function run(core: CoreUnderTest, line: string | readonly string[], around: { readonly env?: NodeJS.ProcessEnv; readonly stop?: AbortController; readonly onOut?: (text: string) => void } = {}): Promise<Ran> {
  const texts: string[] = [];
  let err = '';
  const code = await runCommandLine([...(typeof line === 'string' ? line.split(' ') : line), '--data', dataDir], {
    env: around.env ?? {}, cwd: folder, live: false, stop: around.stop ?? new AbortController(), compose: core.compose,
    out: (text) => { texts.push(text); around.onOut?.(text); }, err: (text) => { err += text; },
  });
  return { code, out: texts.join('').split('\n').slice(0, -1), err };
}
async function hold(core: CoreUnderTest): Promise<Service> {
  const service = await openService({ dataDir, port: 0, env: {}, compose: core.compose });
  if (service === null) throw new Error('the data dir is in use');
  held = service;
  return service;
}
const syncLine = 'sync docs s3://b/p?endpoint=http://h:9000 --once';

describe('sync --once', () => {
  const withAnswer = (inStep: boolean, reasons: string[] = []) => coreUnderTest({ syncOnce: () => ({ summary: { ...nothingSummary, uploaded: 2, bytesUp: 5 }, reasons, inStep }) });
  it('in step is 0, and the last line is the object that scripts read', async () => {
    const ran = await run(withAnswer(true), `${syncLine} --json`);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out.at(-1)).toBe('{"uploaded":2,"downloaded":0,"deleted":0,"moved":0,"conflicts":0,"failed":0,"held":0,"skipped":0,"bytesUp":5,"bytesDown":0,"requests":0,"ms":0}');
  });
  it('something waiting is 2, with the reasons on stderr', async () => {
    const ran = await run(withAnswer(false, ['60 files were deleted here.']), syncLine);
    expect([ran.code, ran.err]).toEqual([2, '60 files were deleted here.\n']);
  });
  it.each([['root_missing', 2], ['bucket_missing', 2], ['library_changed', 2], ['listing_incomplete', 2], ['network_unreachable', 1], ['keys_refused', 1], ['internal', 1]] as const)('%s is %i', async (code, exit) => {
    const ran = await run(coreUnderTest({ syncOnce: () => { throw new AppError(code); } }), `${syncLine} --json --yes`);
    expect(ran.code).toBe(exit);
    expect(ran.err).not.toBe('');
    if (exit === 2) expect((JSON.parse(ran.out.at(-1) ?? '') as { held: number }).held).toBe(1);
  });
  it('keys go with the call, the folder is absolute, --yes and --device are passed on', async () => {
    const core = withAnswer(true);
    await run(core, `${syncLine} --yes --device laptop`, { env: { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' } });
    expect(core.called).toEqual([{ name: 'syncOnce', input: { folder: path.join(folder, 'docs'), place: { address: 's3://b/p?endpoint=http://h:9000', keys: { accessKeyId: 'id', secretAccessKey: 'key' } }, device: 'laptop', approveCounts: true } }]);
    expect(core.composed[0]?.deviceName).toBe('laptop');
  });
  it('while it works, others reach it; afterwards nothing of it is left', async () => {
    let status: Ran | null = null;
    const core: CoreUnderTest = coreUnderTest({ syncOnce: async () => {
      status = await run(core, 'status --json');
      return { summary: nothingSummary, reasons: [], inStep: true };
    } });
    expect((await run(core, syncLine)).code).toBe(0);
    expect(status).toMatchObject({ code: 0, err: '' });
    expect([core.composed.length, core.started, core.closed]).toEqual([1, 0, 1]);
    expect(await findService(dataDir)).toBeNull();
  });
  it('on a data dir in use it is a call to the owner', async () => {
    const owner = withAnswer(true);
    await hold(owner);
    const other = coreUnderTest();
    expect((await run(other, syncLine)).code).toBe(0);
    expect([owner.called.map((call) => call.name), other.composed.length]).toEqual([['syncOnce'], 0]);
  });
  it('gives the cold store with its own keys', async () => {
    const core = withAnswer(true);
    expect((await run(core, `${syncLine} --cold s3://c?keys=COLD`, { env: { COLD_ACCESS_KEY_ID: 'a', COLD_SECRET_ACCESS_KEY: 'b' } })).code).toBe(0);
    expect(core.called[0]?.input).toMatchObject({ cold: { address: 's3://c?keys=COLD', keys: { accessKeyId: 'a', secretAccessKey: 'b' } } });
  });
  it('says what it can’t', async () => {
    expect(await run(coreUnderTest(), 'sync docs folder:/x --yes')).toMatchObject({ code: 1 });
  });
});

describe('sync that goes on', () => {
  it('starts syncing, tells what changes, and ends well when told to', async () => {
    const core = coreUnderTest({ addRoot: () => rootAt('/x') });
    const stop = new AbortController();
    const busy = { ...emptyStatus, headline: { ...emptyStatus.headline, text: 'Syncing' } };
    const ran = await run(core, 'sync docs folder:/x', { stop, onOut: (text) => {
      if (text.startsWith('Up to date')) core.bus.publish('status', busy);
      else stop.abort();
    } });
    expect(ran).toEqual({ code: 0, out: ['Up to date', 'Syncing'], err: '' });
    expect([core.started, core.closed]).toEqual([1, 1]);
  });
});

describe('the short commands', () => {
  const conflict = { id: 'c', rootId: 'r1', path: 'a/b.txt', copyPath: 'a/b (conflict).txt', device: null, atMs: 0, copyHere: true, sizeBytes: 1, copySizeBytes: 1, changedAtMs: 0, copyChangedAtMs: 0 };
  const needs = { holds: [], conflicts: [conflict], problems: [], conflictCount: 1, problemCount: 0 };
  const filled = () => coreUnderTest({ readStatus: () => ({ ...emptyStatus, roots: [rootAt(path.join(folder, 'docs'))] }), readNeedsYou: () => needs });
  beforeEach(() => fs.mkdirSync(dataDir));

  it.each([['status', 'readStatus'], ['conflicts', 'readNeedsYou'], ['holds', 'readNeedsYou'], ['pause', 'pause'], ['resume', 'resume'], ['approve h', 'approveHold'], ['refuse h', 'refuseHold']])('%s asks %s, with and without a service, and starts no sync', async (line, name) => {
    const own = filled();
    const alone = await run(own, line);
    expect([alone.code, alone.err, own.called.map((call) => call.name), own.started]).toEqual([0, '', [name], 0]);
    const owner = filled();
    await hold(owner);
    const client = await run(coreUnderTest(), `${line} --json`);
    expect([client.code, client.err, owner.called.map((call) => call.name)]).toEqual([0, '', [name]]);
    expect(() => JSON.parse(client.out.at(-1) ?? '') as unknown).not.toThrow();
  });
  it('nothing is made for a question', async () => {
    fs.rmSync(dataDir, { recursive: true });
    const ran = await run(coreUnderTest(), 'status');
    expect([ran.code, fs.existsSync(dataDir)]).toEqual([1, false]);
    expect(ran.err).toContain('Nothing is set up');
  });
  it.each(['a/b.txt', 'docs/a/b.txt', 'a/b (conflict).txt', './docs/a/b (conflict).txt'])('resolve finds %s', async (given) => {
    const core = filled();
    const ran = await run(core, ['resolve', given, '--keep', 'mine']);
    expect(ran.code).toBe(0);
    expect(core.called.at(-1)).toEqual({ name: 'resolveConflict', input: { rootId: 'r1', path: 'a/b (conflict).txt', keep: 'mine' } });
  });
  const dryRun = { uploads: 1, downloads: 0, deletions: 0, moves: 0, same: 0, conflicts: 2, skipped: 0, localFiles: 0, remoteFiles: 0, bytesUp: 3, bytesDown: 0, examples: [{ path: 'a/b.txt', what: 'comes back' }], reason: null };
  it('undo says what it will do with each file, puts the run back, and names the run that takes that back', async () => {
    const core = coreUnderTest({ previewPutBack: () => dryRun, putBack: () => ({ undo: null, runId: 'run-2', restored: 1, beside: 0, left: 0 }) });
    expect((await run(core, 'undo run-1 --preview')).out).toEqual(['a/b.txt: comes back']);
    expect(core.called.map((call) => call.name)).toEqual(['previewPutBack']);
    const ran = await run(core, 'undo run-1');
    expect([ran.code, ran.out.at(-1)]).toEqual([0, 'Put back: 1. Beside, because it changed since: 0. Left: 0. Taken back again with: strata undo run-2']);
  });
  it('resolve --all settles by a rule below a folder, exactly as many as the preview named', async () => {
    const core = coreUnderTest({ readStatus: () => ({ ...emptyStatus, roots: [rootAt(path.join(folder, 'docs'))] }), previewConflicts: () => dryRun, resolveConflicts: () => ({ undo: null, settled: 2, left: 0 }) });
    expect((await run(core, 'resolve docs/a --all --keep newest')).code).toBe(0);
    expect(core.called.at(-1)).toEqual({ name: 'resolveConflicts', input: { rule: 'newest', rootId: 'r1', folder: 'a', expected: 2 } });
    expect((await run(core, 'resolve --all --keep oldest')).code).toBe(1);
  });
  it('resolve settles all or nothing', async () => {
    const core = filled();
    const ran = await run(core, 'resolve a/b.txt a/none.txt --keep mine');
    expect([ran.code, core.called.some((call) => call.name === 'resolveConflict')]).toEqual([1, false]);
  });
  it('ls reads a view in pages and closes it', async () => {
    const row = { rank: 0, key: 'k', rootId: 'r1', path: 'evil\u001b[2Jname', name: 'n', kind: 'file' as const, state: 'upToDate' as const, percent: null, reason: null, sizeBytes: 1500, changedAtMs: null, residency: 'onDisk' as const, tier: null };
    const core = coreUnderTest({ readStatus: () => ({ ...emptyStatus, roots: [rootAt(path.join(folder, 'docs'))] }), openView: () => ({ viewId: 'v', count: 1001 }), readRows: () => ({ count: 1001, rows: [row] }) });
    const ran = await run(core, 'ls docs/a');
    expect(core.called.map((call) => call.name)).toEqual(['readStatus', 'openView', 'readRows', 'readRows', 'closeView']);
    expect(core.called[1]?.input).toMatchObject({ rootId: 'r1', folder: 'a' });
    expect(ran.out.join('')).toContain('1.5 KB');
    expect(ran.out.join('')).not.toContain('\u001b');
  });
  const plan = { copies: 2, drops: 1, bytesToCopy: 3000, bytesFreedInWarm: 1500, byClass: {}, stays: { alreadyThere: 4, noRule: 0, pinned: 0, tooSmallForClass: 0, changedTooRecently: 0 }, savesMonth: null, currency: null, examples: [{ path: 'a/b.txt', sizeBytes: 1500, rule: 'Everything', storageClass: null, dropsWarm: true }] };
  const migrated = { moved: 1, copied: 2, failed: 0, left: 0, bytesUp: 3000, requests: 9, ms: 12, isBusy: false };
  const tiers = { cold: 'cold.home/b', settings: { rules: [], keepWarm: [], neverArchive: [], deleteFromWarm: false, despiteFees: false, schedule: null }, nextRunAtMs: null, running: null, lastRun: null };
  const withCold = (handlers: Parameters<typeof coreUnderTest>[0] = {}) => coreUnderTest({ readStatus: () => ({ ...emptyStatus, roots: [rootAt(path.join(folder, 'docs'))] }), readTiers: () => tiers, previewTiers: () => plan, runTiers: () => migrated, ...handlers });
  it('tiers plan and run tell the figures that scripts rely on', async () => {
    expect((await run(withCold(), 'tiers plan')).out).toEqual([expect.stringContaining('2 files to copy, 3.0 KB; 1 warm copies go'), expect.stringContaining('a/b.txt'), '  Stays: 4 there already.']);
    expect((await run(withCold(), 'tiers run --json')).out).toEqual([JSON.stringify({ moved: 1, copied: 2, failed: 0, bytesUp: 3000, requests: 9, ms: 12 })]);
  });
  it('a migration in which files failed, or that another device does, is 2; without a cold store it is 1', async () => {
    expect((await run(withCold({ runTiers: () => ({ ...migrated, failed: 1 }) }), 'tiers run')).code).toBe(2);
    expect((await run(withCold({ runTiers: () => ({ ...migrated, isBusy: true }) }), 'tiers run')).code).toBe(2);
    expect(await run(withCold({ readTiers: () => ({ ...tiers, cold: null }) }), 'tiers run')).toMatchObject({ code: 1, err: expect.stringContaining('cold store') });
    expect((await run(withCold(), 'tiers walk')).code).toBe(1);
  });
  it.each([['evict', 'evict', {}], ['fetch', 'fetchEntries', {}], ['pin', 'pin', { pinned: true }], ['unpin', 'pin', { pinned: false }]] as const)('%s takes paths on this disk, all or none', async (word, name, more) => {
    const changed = { files: 1, bytes: 1500, left: [] };
    const core = withCold({ evict: () => changed, fetchEntries: () => changed, pin: () => changed });
    expect((await run(core, `${word} docs/a docs/b/c.txt`)).code).toBe(0);
    expect(core.called.at(-1)).toEqual({ name, input: { rootId: 'r1', paths: ['a', 'b/c.txt'], ...more } });
    const other = withCold();
    expect((await run(other, `${word} docs/a /elsewhere`)).code).toBe(1);
    expect(other.called.map((call) => call.name)).toEqual(['readStatus']);
  });
  it('what stays on this disk is said and is 2', async () => {
    const left = [{ path: 'a/b.txt', reason: { code: 'not_in_step' as const, context: {}, sentence: 'It is not in step.', fix: null, nextTryAtMs: null } }];
    expect(await run(withCold({ evict: () => ({ files: 0, bytes: 0, left }) }), 'evict docs')).toMatchObject({ code: 2, err: 'a/b.txt: It is not in step.\n' });
  });
  const thawPlan = {
    files: 14, bytes: 3000, alreadyComing: 1, days: 7, byClass: {}, currency: 'USD', prices: 'Amazon', pricesDate: '2026-11-22', examples: [],
    speeds: [{ speed: 'standard' as const, price: 0.4, fromMs: 10_800_000, toMs: 18_000_000 }, { speed: 'bulk' as const, price: null, fromMs: 18_000_000, toMs: 43_200_000 }],
  };
  const thawing = (failed = 0) => withCold({ previewThaw: () => thawPlan, startThaw: () => ({ files: 14, bytes: 3000, alreadyComing: 1, failed }), readThaws: () => ({ thaws: [], files: 0, comingFiles: 0, comingBytes: 0, price: null, currency: null }) });
  it('thaw says price and time, asks with the speed that was named, and only says with --preview', async () => {
    const core = thawing();
    expect((await run(core, 'thaw docs/a --preview')).out).toEqual(['14 files, 3.0 KB:', '  standard   standard, 3 to 5 hours, about 0.40 USD (estimate, prices of 2026-11-22)', '  bulk       bulk, 5 to 12 hours, no price known']);
    expect(core.called.map((call) => call.name)).toEqual(['readStatus', 'previewThaw']);
    expect((await run(core, 'thaw docs/a docs/b --json --days 3')).out).toEqual([JSON.stringify({ files: 14, bytes: 3000, alreadyComing: 1, failed: 0, price: 0.4, currency: 'USD' })]);
    expect(core.called.at(-1)).toEqual({ name: 'startThaw', input: { rootId: 'r1', paths: ['a', 'b'], speed: 'standard', days: 3, toDisk: true } });
    expect((await run(thawing(2), 'thaw docs --speed bulk')).code).toBe(2);
  });
  it.each(['thaw docs --speed soon', 'thaw docs --days 0', 'thaw docs --days many', 'thaw /elsewhere'])('%s is refused before anything is asked for', async (words) => {
    const core = thawing();
    expect((await run(core, words)).code).toBe(1);
    expect(core.called.map((call) => call.name)).not.toContain('startThaw');
  });
  it('verify with differences is 2, doctor of an unusable store too', async () => {
    const core = coreUnderTest({ verify: () => ({ differences: [{ path: 'a', what: 'only here' }], checked: 3 }), testPlace: () => ({ place: 'p', usable: false, checks: [] }) });
    expect((await run(core, 'verify docs --deep')).code).toBe(2);
    expect(core.called.at(-1)?.input).toEqual({ folder: path.join(folder, 'docs'), deep: true });
    expect((await run(core, 'doctor folder:/x')).code).toBe(2);
  });
  it('a refusal of the service reads as it was said there', async () => {
    await hold(coreUnderTest({ approveHold: () => { throw new AppError('stale'); } }));
    expect(await run(coreUnderTest(), 'approve h')).toEqual({ code: 1, out: [], err: 'That was already settled or has changed. Look again.\n' });
  });
});

describe('start', () => {
  it('prints where it is; a second start finds the first; stopService ends it', async () => {
    const core = coreUnderTest();
    const lines: string[] = [];
    const { promise: up, resolve } = Promise.withResolvers<void>();
    const first = run(core, 'start --port 0 --no-open', { onOut: (text) => { lines.push(text); resolve(); } });
    await up;
    const second = await run(coreUnderTest(), 'start --headless');
    const [one, two] = [lines[0], second.out[0]].map((line) => /http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]{43}/.exec(line ?? '')?.[0]);
    expect(one?.split('#')[0]).toBe(two?.split('#')[0]);
    expect(one).not.toBe(two);
    expect(core.started).toBe(1);
    const client = await findProvedService(dataDir);
    await client?.call('stopService', {});
    expect((await first).code).toBe(0);
    expect([core.closed, await findService(dataDir)]).toEqual([1, null]);
  });
  it('refuses a port that is none', async () => {
    for (const port of ['x', '70000', '-1', '1.5']) expect((await run(coreUnderTest(), `start --port=${port}`)).code).toBe(1);
  });
});

describe('a stranger on the old port', () => {
  it('never gets the token', async () => {
    const heard: string[] = [];
    const stranger = http.createServer((request, answer) => {
      heard.push(`${request.url} ${JSON.stringify(request.headers)}`);
      answer.setHeader('content-type', 'application/json').end(JSON.stringify({ proof: '0'.repeat(64), product: 'strata', version: '1', epoch: 'e' }));
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const address = stranger.address();
    fs.mkdirSync(dataDir);
    await publishService(dataDir, { address: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, pid: 1, epoch: 'e' }, 'the-token-of-the-dead-service');
    expect(await findProvedService(dataDir)).toBeNull();
    expect(heard.length).toBe(1);
    expect(heard.join()).not.toContain('the-token');
    stranger.close();
  });
});
