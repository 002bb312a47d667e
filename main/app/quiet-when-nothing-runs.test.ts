/** Pushed events: at most four a second, only when something changed, and no timer is left when nothing runs; notices by the rules of ui.md §2.6. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Status } from '../../shared/api/contract.ts';
import type { EventEnvelope } from '../../shared/api/events.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import { figureQueries } from '../database/figure-queries.ts';
import { openIndex } from '../database/open-index.ts';
import { viewQueries } from '../database/view-queries.ts';
import { idleState, openRegistry, recordOf, type StandInEngine } from '../testing/app-stand-ins.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { EventBus } from './event-bus.ts';
import { Notices } from './notices.ts';
import type { RootRegistry } from './root-registry.ts';
import { SettingsService } from './settings-service.ts';
import { StatusService } from './status-service.ts';
import { TransfersService } from './transfers-service.ts';
import { UndoTokens } from './undo-tokens.ts';

let clock: ManualClock;
let bus: EventBus;
let events: EventEnvelope[];
let registry: RootRegistry;
let engine: StandInEngine;
let status: StatusService;
let transfers: TransfersService;

beforeEach(async () => {
  clock = new ManualClock();
  bus = new EventBus();
  events = [];
  bus.subscribe((envelope) => void events.push(envelope));
  const index = openIndex(':memory:', clock);
  index.saveRoot(recordOf('photos', { lastInStepAtMs: clock.nowMs() }));
  const made = openRegistry(index, clock);
  ({ registry } = made);
  registry.start();
  engine = (await registry.engineOf('photos')) as StandInEngine;
  const queries = { ...viewQueries(index.database), ...figureQueries(index.database) };
  const settings = new SettingsService({ index, undo: new UndoTokens(), defaultDeviceName: 'Laptop', onChange: () => undefined });
  status = new StatusService({ index, queries, registry, bus, clock, deviceName: () => 'Laptop' });
  transfers = new TransfersService({ registry, queries, status, bus, clock, settings: () => settings.read() });
});
const named = (name: string): EventEnvelope[] => events.filter((event) => event.name === name);

function upload(bytesDone: number): void {
  engine.shown = { ...idleState, phase: 'syncing', filesDone: 0, filesTotal: 1, bytesDone, bytesTotal: 1_000_000 };
  engine.moving = [{ id: 't1', key: 'a' as EntryKey, path: 'a', direction: 'up', sizeBytes: 1_000_000, bytesDone, startedAtMs: clock.nowMs() - 10_000 }];
  engine.tell({ type: 'progress' });
}

describe('pace', () => {
  it('a thousand progress events a second become at most five of each kind', () => {
    for (let moment = 0; moment < 1_000; moment += 1) {
      upload(moment);
      clock.pass(1);
    }
    for (const name of ['status', 'transfers']) {
      expect(named(name).length).toBeGreaterThan(2);
      expect(named(name).length).toBeLessThanOrEqual(5);
    }
  });
  it('the end is told once, then nothing wakes the computer', () => {
    upload(10);
    clock.pass(1_000);
    engine.shown = idleState;
    engine.moving = [];
    engine.tell({ type: 'state' });
    clock.pass(1_000);
    expect(named('transfers').at(-1)?.data).toMatchObject({ running: [] });
    const count = events.length;
    clock.pass(60_000);
    expect([events.length, clock.pending]).toEqual([count, 0]);
  });
  it('what did not change is not told', () => {
    engine.tell({ type: 'state' });
    clock.pass(1_000);
    const count = events.length;
    engine.tell({ type: 'state' });
    clock.pass(1_000);
    expect(events.length).toBe(count);
  });
  it('the graph shows bytes by second, the running one left out', () => {
    upload(100);
    upload(400);
    clock.pass(1_000);
    upload(1_000);
    expect(transfers.read().graph.up.slice(-2)).toEqual([0, 400]);
    expect(transfers.read().running[0]).toMatchObject({ direction: 'up', bytesDone: 1_000 });
  });
});

describe('notices', () => {
  const told = (headline: Status['headline']['kind'], needsYou = 0): void => {
    const base = status.read();
    bus.publish('status', { ...base, needsYou, headline: { kind: headline, text: headline, suffix: null }, roots: base.roots.map((root) => ({ ...root, kind: headline })) });
  };
  const shown = (): string[] => named('notice').map((event) => (event.data as { id: string; gone: boolean })).map((notice) => `${notice.id}${notice.gone ? ' gone' : ''}`);
  beforeEach(() => {
    const index = openIndex(':memory:', clock);
    const settings = new SettingsService({ index, undo: new UndoTokens(), defaultDeviceName: 'L', onChange: () => undefined });
    settings.write({ notifyJobDone: false });
    void new Notices({ bus, clock, settings: () => settings.read() });
  });
  it('unreachable only after 15 minutes, and taken away when it answers', () => {
    told('offline');
    clock.pass(14 * 60_000);
    expect(shown()).toEqual([]);
    clock.pass(60_000);
    expect(shown()).toEqual(['unreachable']);
    told('upToDate');
    expect(shown()).toEqual(['unreachable', 'unreachable gone']);
    expect(clock.pending).toBe(0);
  });
  it('a short outage says nothing', () => {
    told('offline');
    clock.pass(10 * 60_000);
    told('upToDate');
    clock.pass(60 * 60_000);
    expect(shown()).toEqual([]);
  });
  it('at most one a minute, the newest of a kind, and none that is no longer true', () => {
    told('upToDate', 1);
    told('upToDate', 2);
    told('upToDate', 3);
    expect(shown()).toEqual(['needsYou']);
    clock.pass(59_999);
    expect(shown()).toEqual(['needsYou']);
    clock.pass(1);
    expect(shown()).toEqual(['needsYou', 'needsYou']);
    told('upToDate', 4);
    told('upToDate', 0);
    clock.pass(120_000);
    expect(shown()).toEqual(['needsYou', 'needsYou', 'needsYou gone']);
  });
  it('a switched-off kind is never shown', () => {
    told('syncing');
    clock.pass(120_000);
    told('upToDate');
    expect(shown()).toEqual([]);
  });
});
