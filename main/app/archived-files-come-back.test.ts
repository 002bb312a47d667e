/** Archived files come back on the real engine and memory stores: asked for, watched with few requests, downloaded, told of, and in the archive again when their time is over; a restart forgets none. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Thaw } from '../../shared/model/thaw.ts';
import type { EntryKey, RelativePath } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import { thawQueries } from '../database/thaw-queries.ts';
import { tierQueries } from '../database/tier-queries.ts';
import type { RootRecord } from '../sync/index-port.ts';
import { tableFor } from '../tiers/cost.ts';
import { migrate } from '../tiers/mover.ts';
import { evict } from '../tiers/residency.ts';
import type { WorldDevice } from '../testing/world-device.ts';
import { settledWorld, type World, type WorldOptions } from '../testing/world.ts';
import { ThawService } from './thaw-service.ts';

const hour = 3_600_000;
const day = 24 * hour;
let world: World;
let service: ThawService;
let told: [number, number | null][];
let looks: string[];
afterEach(async () => {
  service.close();
  await world.close();
});

function openService(device: WorldDevice): ThawService {
  return new ThawService({
    rows: thawQueries(device.index.database), registry: { record: () => ({ id: device.rootId }) as RootRecord, engineOf: async () => device.engine }, prices: () => tableFor('s3://b?region=us-east-1'),
    clock: world.clock, logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }, concurrency: () => 4,
    onReady: (files, untilMs) => void told.push([files, untilMs]), onChange: () => undefined,
  });
}
/** All files are off the disk and in the archive of the cold store; its restores take four hours. */
async function archived(files: Record<string, string>, cold: NonNullable<WorldOptions['cold']> = {}, storageClass: 'GLACIER' | 'DEEP_ARCHIVE' = 'GLACIER'): Promise<WorldDevice> {
  world = await settledWorld(files, { devices: ['A'], cold: { archivedClasses: ['GLACIER', 'DEEP_ARCHIVE'], restoreMs: 4 * hour, ...cold } });
  const device = world.device('A');
  await device.engine.between((work) => evict(work, { paths: ['' as RelativePath], pinned: [] }));
  const policy = { rules: [{ name: 'All', folder: '', pattern: null, unusedDays: 0, atLeastBytes: 0, storageClass }], neverArchive: [], keepWarm: [], deleteFromWarm: true, despiteFees: true };
  const moved = await migrate({ work: await device.engine.connected(), rows: tierQueries(device.index.database), policy, batchSize: 10, holder: 'A', requests: () => 0, log: () => undefined, onProgress: () => undefined, signal: new AbortController().signal });
  expect(moved).toMatchObject({ moved: Object.keys(files).length, failed: 0 });
  [told, looks] = [[], []];
  device.onColdRequest = (verb, key) => void (verb === 'head' && !key.startsWith('.strata') && looks.push(key));
  service = openService(device);
  service.start();
  return device;
}
async function pass(ms: number): Promise<void> {
  // In steps, as time really passes: a timer that was set meanwhile fires in its turn.
  const stepMs = ms > hour ? 60_000 : 5000;
  for (let left = ms; left > 0; left -= stepMs) {
    world.clock.pass(Math.min(left, stepMs));
    await service.settled();
  }
}
const states = (): Record<string, number> => Object.fromEntries(thawQueries(world.device('A').index.database).thawSums().map((sum) => [sum.state, sum.files]));
const tier = (key: string): string | undefined => world.device('A').index.row(world.device('A').rootId, key as EntryKey)?.remote?.tier;
const wish = { paths: [''], speed: 'standard', days: 3, toDisk: true } as const;
const some = (count: number): Record<string, string> => Object.fromEntries(Array.from({ length: count }, (_, at) => [`f/${String(at).padStart(3, '0')}.txt`, `content ${at}`]));

describe('B3: the whole journey', () => {
  it('asked, on the way, on the disk, told of, and in the archive again', async () => {
    const device = await archived({ 'a.txt': 'one', 'f/b.txt': 'two' });
    expect(tier('a.txt')).toBe('archive');
    expect(await service.begin('r', wish)).toEqual({ files: 2, bytes: 6, alreadyComing: 0, failed: 0 });
    expect(states()).toEqual({ waiting: 2 });
    await pass(3 * hour);
    expect(device.text('a.txt')).toBeNull();
    await pass(1.5 * hour);
    expect([device.text('a.txt'), device.text('f/b.txt'), states()]).toEqual(['one', 'two', { here: 2 }]);
    expect(told).toEqual([[2, expect.any(Number)]]);
    expect(tier('a.txt')).toBe('cold');
    expect(service.read(10)).toMatchObject({ files: 2, comingFiles: 0, thaws: [{ state: 'here', untilMs: expect.any(Number) }, { state: 'here' }] });
    device.onColdRequest = null;
    await world.settle();
    expect(tier('a.txt')).toBe('cold');
    await pass(4 * day);
    expect([states(), tier('a.txt'), device.text('a.txt')]).toEqual([{ over: 2 }, 'archive', 'one']);
    await world.settle();
    expect(world.clock.pending).toBeLessThan(10);
  });
  it('only made readable: nothing is downloaded', async () => {
    const device = await archived({ 'a.txt': 'one' });
    await service.begin('r', { ...wish, toDisk: false });
    await pass(5 * hour);
    expect([device.text('a.txt'), states(), tier('a.txt'), told.length]).toEqual([null, { ready: 1 }, 'cold', 1]);
    await world.quiet();
    expect(device.text('a.txt')).toBeNull();
  });
  it('a store that restores at once is noticed within a minute', async () => {
    const device = await archived({ 'a.txt': 'one' }, { restoreMs: 0 });
    await service.begin('r', wish);
    await pass(60_000);
    expect(device.text('a.txt')).toBe('one');
  });
  it('one file fails, the others come', async () => {
    const device = await archived(some(5));
    world.cold?.erase('f/002.txt');
    expect(await service.begin('r', wish)).toMatchObject({ files: 5, failed: 1 });
    await pass(5 * hour);
    expect(states()).toEqual({ failed: 1, here: 4 });
    expect(service.read(10).thaws.find((thaw) => thaw.state === 'failed')?.reason?.code).toBe('object_missing');
    expect(device.text('f/003.txt')).toBe('content 3');
  });
});

describe('another name', () => {
  it('costs what bringing back costs, and the rest of the minimum stay of all that leave', async () => {
    const device = await archived({ 'a.txt': 'x'.repeat(1000), 'b.txt': 'y'.repeat(2000) });
    await device.sync();
    const gb = 1024 ** 3;
    const cost = (back: readonly string[], all: readonly string[]) => service.renameCost(device.rootId, { back, all });
    const overhead = 32 * 1024;
    const feeOf = (bytes: number, files: number, days: number): number => ((bytes + files * overhead) / gb) * 0.0036 * (days / 30);
    const whole = cost(['a.txt'], ['a.txt', 'b.txt']);
    expect(whole).toMatchObject({ files: 1, bytes: 1000, currency: 'USD' });
    expect(whole?.fee).toBeCloseTo(feeOf(3000, 2, 90), 12);
    expect((whole?.amount ?? 0) - (whole?.fee ?? 0)).toBeCloseTo((1000 / gb) * (0.01 + (0.023 * 7) / 30) + 0.05 / 1000, 12);
    // What is on this disk is sent anew: it costs no bringing back, and leaves all the same.
    expect(cost([], ['b.txt'])).toMatchObject({ files: 0, amount: cost([], ['b.txt'])?.fee });
    expect(cost([], ['none.txt'])).toBeNull();
    world.clock.pass(60 * day);
    expect(cost([], ['b.txt'])?.fee).toBeCloseTo(feeOf(2000, 1, 30), 12);
    world.clock.pass(31 * day);
    expect(cost([], ['b.txt'])).toMatchObject({ amount: 0, fee: 0 });
  });
});

describe('few requests', () => {
  it('of sixty files of one wish three are asked after until one is there', async () => {
    await archived(some(60));
    await service.begin('r', wish);
    looks = [];
    await pass(3.9 * hour);
    expect(looks.length).toBeLessThanOrEqual(45);
    await pass(2 * hour);
    expect(states()).toEqual({ here: 60 });
  });
  it('a place that is away is waited for, and nothing is forgotten', async () => {
    const device = await archived({ 'a.txt': 'one' });
    await service.begin('r', wish);
    device.onColdRequest = () => {
      throw new AppError('network_unreachable', { place: 'cold' });
    };
    await pass(6 * hour);
    expect(service.read(1).thaws[0]).toMatchObject({ state: 'waiting', reason: { code: 'network_unreachable' } });
    device.onColdRequest = null;
    await pass(hour);
    expect(device.text('a.txt')).toBe('one');
  });
});

describe('restart, cancel, again', () => {
  it('a restart in the middle goes on where it was', async () => {
    const device = await archived(some(20));
    await service.begin('r', wish);
    await pass(hour);
    service.close();
    service = openService(device);
    service.start();
    await pass(4 * hour);
    expect(states()).toEqual({ here: 20 });
  });
  it('a death right after the wish was written asks again, and the store charges no second time', async () => {
    const device = await archived({ 'a.txt': 'one' });
    const asked: string[] = [];
    await service.begin('r', wish);
    service.close();
    const rows = thawQueries(device.index.database);
    const [thaw] = rows.thaws(1);
    rows.saveThaws([{ ...(thaw as Thaw), state: 'asked', startedAtMs: null, nextMs: world.clock.nowMs() }]);
    device.onColdRequest = (verb, key) => void (verb === 'restore' && asked.push(key));
    service = openService(device);
    service.start();
    await pass(5 * hour);
    expect([asked, device.text('a.txt')]).toEqual([['a.txt'], 'one']);
  });
  it('cancelled stays cancelled, and can be wished again', async () => {
    const device = await archived({ 'a.txt': 'one' });
    await service.begin('r', wish);
    const id = service.read(1).thaws[0]?.id ?? '';
    expect(await service.change({ ids: [id], act: 'cancel' })).toEqual({ changed: 1 });
    await pass(6 * hour);
    expect([states(), device.text('a.txt')]).toEqual([{ cancelled: 1 }, null]);
    expect(await service.begin('r', wish)).toMatchObject({ files: 1, alreadyComing: 0 });
    await pass(hour);
    expect(device.text('a.txt')).toBe('one');
  });
  it('too urgent is said, and Standard works', async () => {
    const device = await archived({ 'a.txt': 'one' }, { refusesUrgent: true });
    expect(await service.begin('r', { ...wish, speed: 'expedited' })).toMatchObject({ failed: 1 });
    const [thaw] = service.read(1).thaws;
    expect(thaw).toMatchObject({ state: 'failed', reason: { code: 'restore_too_urgent' } });
    await service.change({ ids: [thaw?.id ?? ''], act: 'again', speed: 'standard' });
    await pass(5 * hour);
    expect(device.text('a.txt')).toBe('one');
  });
});

describe('the dry run', () => {
  it('counts each file once, names time and price, and asks the store for nothing', async () => {
    const device = await archived(some(100));
    const requests: string[] = [];
    device.onColdRequest = device.onRequest = (verb) => void requests.push(verb);
    const plan = service.preview('r', { paths: ['f', 'f/001.txt', ''], days: 3 });
    expect(plan).toMatchObject({ files: 100, alreadyComing: 0, days: 3, currency: 'USD', pricesDate: '2026-11-22', byClass: { GLACIER: { files: 100 } } });
    expect(plan.speeds.map((offer) => [offer.speed, offer.fromMs / hour, offer.toMs / hour, offer.price?.toFixed(2)])).toEqual([['standard', 3, 5, '0.01'], ['bulk', 5, 12, '0.00'], ['expedited', 1 / 60, 5 / 60, '1.00']]);
    expect(requests).toEqual([]);
    expect(states()).toEqual({});
  });
  it('a deep archive offers no urgent speed, and refuses it', async () => {
    await archived({ 'a.txt': 'one' }, {}, 'DEEP_ARCHIVE');
    expect(service.preview('r', { paths: ['a.txt'], days: 7 }).speeds.map((offer) => offer.speed)).toEqual(['standard', 'bulk']);
    await expect(service.begin('r', { ...wish, speed: 'expedited' })).rejects.toMatchObject({ code: 'bad_request' });
    expect(states()).toEqual({});
  });
  it('what is on its way is not asked for twice', async () => {
    await archived({ 'a.txt': 'one', 'b.txt': 'two' });
    await service.begin('r', { ...wish, paths: ['a.txt'] });
    expect(service.preview('r', { paths: [''], days: 7 })).toMatchObject({ files: 1, alreadyComing: 1 });
    expect(await service.begin('r', wish)).toMatchObject({ files: 1, alreadyComing: 1 });
  });
});
