/** The headline for every state of ui.md §2.3, which of them wins, and that "Up to date" is never said too early (I8). */
import { describe, expect, it } from 'vitest';
import { AppError } from '../base/app-error.ts';
import type { RootId, RootRecord } from '../sync/index-port.ts';
import type { EngineState } from '../sync/root-engine.ts';
import { computeStatus, type RootInputs } from './compute-status.ts';
import type { RootCounts } from './ports.ts';
import { aboutTime } from './status-words.ts';

const nowMs = new Date(2026, 10, 20, 14, 30).getTime();
const inStepAtMs = new Date(2026, 10, 20, 14, 2).getTime();
const noCounts: RootCounts = { due: 0, skipped: 0, cantSync: 0, tryingAgain: 0, conflicts: 0, held: 0, open: 0 };
const idle: EngineState = { phase: 'idle', problem: null, nextTryAtMs: null, checked: 0, filesDone: 0, filesTotal: 0, bytesDone: 0, bytesTotal: 0, profile: null };
const record: RootRecord = {
  id: 'r' as RootId, name: 'Photos', folder: '/home/a/Photos', address: 's3://b', coldAddress: null, libraryId: null, deviceId: 'd', deviceName: 'Dev', epoch: 'e', counter: 0, counterOnDisk: 0, counterInStore: 0, pausedUntilMs: null, createdAtMs: 0,
  lastInStepAtMs: inStepAtMs, trustedCertificate: null,
};
interface Given { readonly engine?: Partial<EngineState> | null; readonly record?: Partial<RootRecord>; readonly counts?: Partial<RootCounts>; readonly files?: number; readonly otherHolds?: number; readonly progress?: RootInputs['progress'] }
function root(given: Given = {}): RootInputs {
  return {
    record: { ...record, ...given.record }, place: 'minio.home/photos', placeKind: 's3', engine: given.engine === null ? null : { ...idle, ...given.engine }, counts: { ...noCounts, ...given.counts },
    sizes: { files: given.files ?? 10, bytes: 100 }, otherHolds: given.otherHolds ?? 0, progress: given.progress ?? null,
  };
}
function headline(...roots: RootInputs[]): string {
  const { text, suffix } = computeStatus({ device: 'Dev', nowMs, roots }).headline;
  return suffix === null ? text : `${text} · ${suffix}`;
}
const progress = { filesDone: 12, filesTotal: 340, bytesDone: 1, bytesTotal: 10, bytesPerSecond: 1, percent: 9, secondsLeft: 510 };
const refused = new AppError('keys_refused', { place: 'minio.home' });
const away = new AppError('network_unreachable', { place: 'minio.home' });

describe('the words of ui.md §2.3', () => {
  it.each<[string, string, RootInputs[]]>([
    ['first run', 'Choose a folder to begin', []],
    ['empty', 'Up to date · no files yet', [root({ files: 0 })]],
    ['checking', 'Checking 84,000 of 120,000 files', [root({ engine: { phase: 'checking', checked: 84_000 }, files: 120_000 })]],
    ['busy', 'Syncing 12 of 340 · about 9 minutes', [root({ engine: { phase: 'syncing' }, progress })]],
    ['busy, time not yet known', 'Syncing 12 of 340', [root({ engine: { phase: 'syncing' }, progress: { ...progress, secondsLeft: null } })]],
    ['up to date', 'Up to date · 14:02', [root()]],
    ['paused until', 'Paused until 16:00', [root({ record: { pausedUntilMs: new Date(2026, 10, 20, 16, 0).getTime() } })]],
    ['paused for ever', 'Paused', [root({ record: { pausedUntilMs: Infinity } })]],
    ['offline', 'minio.home can’t be reached · changes wait here', [root({ engine: { phase: 'offline', problem: away } })]],
    ['one file fails', 'Up to date · 1 needs you', [root({ counts: { cantSync: 1, due: 1 } })]],
    ['place fails', 'Photos is stopped: the keys were refused', [root({ engine: { phase: 'stopped', problem: refused } })]],
    ['held', 'Up to date · 312 deletions wait for you', [root({ counts: { held: 312, due: 312 } })]],
    ['conflict', 'Up to date · 1 conflict, both are kept', [root({ counts: { conflicts: 1 } })]],
    ['all three', 'Up to date · 2 deletions wait for you · 2 conflicts, both are kept · 3 need you', [root({ counts: { held: 2, conflicts: 2, cantSync: 3 } })]],
    ['an idle data dir', 'Up to date · 14:02', [root({ engine: null })]],
    ['an idle data dir with work', 'Strata has stopped. Your files are safe.', [root({ engine: null, counts: { open: 3 } })]],
  ])('%s: %s', (_, text, roots) => expect(headline(...roots)).toBe(text));
});

describe('what wins', () => {
  const inOrder = [
    root({ engine: { phase: 'stopped', problem: refused } }), root({ engine: { phase: 'offline', problem: away } }), root({ record: { pausedUntilMs: Infinity } }),
    root({ engine: { phase: 'syncing' }, progress }), root({ engine: { phase: 'checking', checked: 1 } }), root(),
  ];
  it.each(inOrder.map((_, at) => at))('number %i over all that follow, in any order of folders', (at) => {
    const alone = computeStatus({ device: 'Dev', nowMs, roots: [inOrder[at] as RootInputs] }).headline.kind;
    expect(computeStatus({ device: 'Dev', nowMs, roots: inOrder.slice(at).reverse() }).headline.kind).toBe(alone);
  });
  it('one failed file never changes the headline of the folder', () => {
    const status = computeStatus({ device: 'Dev', nowMs, roots: [root({ counts: { cantSync: 1 }, engine: { phase: 'syncing' }, progress })] });
    expect(status.headline).toMatchObject({ kind: 'syncing', suffix: '1 needs you' });
    expect(status.needsYou).toBe(1);
  });
});

describe('honest (I8)', () => {
  it('an idle engine with open rows is not up to date', () => expect(computeStatus({ device: 'D', nowMs, roots: [root({ counts: { open: 1, due: 1 } })] }).headline.kind).toBe('syncing'));
  it('rows that wait for their next try are not up to date', () => expect(computeStatus({ device: 'D', nowMs, roots: [root({ counts: { tryingAgain: 1, due: 1 } })] }).headline.kind).toBe('syncing'));
  it('a folder that was never compared is not up to date', () => expect(computeStatus({ device: 'D', nowMs, roots: [root({ record: { lastInStepAtMs: null } })] }).headline.kind).toBe('checking'));
  it('of several folders the oldest time is said', () => expect(headline(root(), root({ record: { lastInStepAtMs: inStepAtMs - 60_000 } }))).toBe('Up to date · 14:01'));
  it('a pause that is over is none', () => expect(headline(root({ record: { pausedUntilMs: nowMs - 1 } }))).toBe('Up to date · 14:02'));
});

describe('rough times', () => {
  it.each([[0, 'less than a minute'], [59, 'less than a minute'], [60, 'about 1 minute'], [61, 'about 2 minutes'], [3_540, 'about 59 minutes'], [3_600, 'about 1 hour'], [3_700, 'about 1 h 5 min'], [7_200, 'about 2 hours'], [40 * 86_400, 'more than a month']])('%i s: %s', (seconds, text) => {
    expect(aboutTime(seconds)).toBe(text);
  });
});
