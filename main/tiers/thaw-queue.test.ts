/** The way back from an archive as tables: every state against every event, and how rarely a store is asked. */
import { describe, expect, it } from 'vitest';
import { thawStates, type RestoreSpeed, type Thaw, type ThawState } from '../../shared/model/thaw.ts';
import { expectedMs, next, nextLookMs, stepOf, type ThawEvent } from './thaw-queue.ts';

const nowMs = Date.UTC(2026, 10, 22);
const hour = 3_600_000;
const day = 24 * hour;
const thaw = (over: Partial<Thaw> = {}): Thaw => ({
  id: 't1', rootId: 'r', key: 'a.txt', objectKey: 'a.txt', sizeBytes: 5, storageClass: 'GLACIER', speed: 'standard', days: 7, toDisk: true,
  state: 'asked', askedAtMs: nowMs, startedAtMs: null, readyAtMs: null, untilMs: null, nextMs: nowMs, tries: 0, code: null, ...over,
});
const seen = (restoring: 'no' | 'in-progress' | 'restored', untilMs: number | null = null, storageClass = 'GLACIER'): ThawEvent => ({ kind: 'seen', object: { restoring, readableUntilMs: untilMs, storageClass } });
const problem = (code: Extract<ThawEvent, { kind: 'problem' }>['code']): ThawEvent => ({ kind: 'problem', code, chance: 0.5 });
const after = (state: ThawState, event: ThawEvent, over: Partial<Thaw> = {}): Thaw => next(thaw({ state, startedAtMs: nowMs - hour, ...over }), event, nowMs);

describe('states', () => {
  it.each<[ThawState, string, ThawEvent, ThawState]>([
    ['asked', 'begun', { kind: 'answered', answer: 'started' }, 'waiting'], ['asked', 'begun before', { kind: 'answered', answer: 'inProgress' }, 'waiting'],
    ['asked', 'readable already', { kind: 'answered', answer: 'readable' }, 'waiting'], ['asked', 'not archived', { kind: 'answered', answer: 'notArchived' }, 'ready'],
    ['asked', 'not there', { kind: 'answered', answer: 'absent' }, 'failed'], ['asked', 'too urgent', problem('restore_too_urgent'), 'failed'],
    ['asked', 'no network', problem('network_unreachable'), 'asked'], ['asked', 'cancelled', { kind: 'cancel' }, 'cancelled'],
    ['waiting', 'under way', seen('in-progress'), 'waiting'], ['waiting', 'restored', seen('restored', nowMs + day), 'ready'], ['waiting', 'forgotten by the store', seen('no'), 'asked'],
    ['waiting', 'moved out of the archive', seen('no', null, 'STANDARD'), 'ready'], ['waiting', 'gone', { kind: 'gone' }, 'failed'], ['waiting', 'cancelled', { kind: 'cancel' }, 'cancelled'],
    ['waiting', 'spared', { kind: 'spared' }, 'waiting'],
    ['ready', 'arrived', { kind: 'arrived' }, 'here'], ['ready', 'no room', problem('disk_full'), 'ready'], ['ready', 'run out', seen('no'), 'over'], ['ready', 'still readable', seen('restored', nowMs + day), 'ready'],
    ['here', 'run out', seen('no'), 'over'], ['here', 'kept longer', seen('restored', nowMs + day), 'here'],
    ['over', 'again', { kind: 'again', speed: 'bulk', days: 3 }, 'asked'], ['failed', 'again', { kind: 'again', speed: 'bulk', days: 3 }, 'asked'], ['cancelled', 'again', { kind: 'again', speed: 'bulk', days: 3 }, 'asked'],
    ['cancelled', 'restored meanwhile', seen('restored', nowMs + day), 'cancelled'], ['failed', 'arrived', { kind: 'arrived' }, 'failed'],
  ])('%s, %s', (from, _, event, to) => expect(after(from, event).state).toBe(to));
  it('what is readable and wanted on the disk is downloaded at once, else looked at when its time is over', () => {
    expect(after('waiting', seen('restored', nowMs + day))).toMatchObject({ state: 'ready', nextMs: nowMs, untilMs: nowMs + day, readyAtMs: nowMs });
    expect(after('waiting', seen('restored', nowMs + day), { toDisk: false })).toMatchObject({ state: 'ready', nextMs: nowMs + day });
    expect(after('ready', { kind: 'arrived' }, { untilMs: nowMs + day })).toMatchObject({ state: 'here', nextMs: nowMs + day });
  });
  it('a time that is over by this computer’s clock and not by the store’s is not asked for in a circle', () => {
    expect(after('ready', seen('restored', nowMs - hour), { toDisk: false }).nextMs).toBe(nowMs + 60_000);
  });
  it('a store that says nothing of an end is believed for the days that were asked for', () => {
    expect(after('waiting', seen('restored', null)).untilMs).toBe(nowMs + 7 * day);
  });
  it('asked again it begins anew, with another speed', () => {
    expect(after('failed', { kind: 'again', speed: 'expedited', days: 1 }, { tries: 6, code: 'store_error' })).toMatchObject({ state: 'asked', speed: 'expedited', days: 1, tries: 0, code: null, nextMs: nowMs, startedAtMs: null });
  });
  it('an error of the file ends after six tries, a place that is away is waited for', () => {
    let one = thaw();
    for (let tries = 0; tries < 5; tries += 1) one = next(one, problem('store_error'), nowMs);
    expect(one).toMatchObject({ state: 'asked', tries: 5 });
    expect(next(one, problem('store_error'), nowMs)).toMatchObject({ state: 'failed', code: 'store_error', nextMs: null });
    expect(next(thaw({ tries: 50 }), problem('network_unreachable'), nowMs).state).toBe('asked');
  });
  it('a store that forgets every wish is not asked for ever', () => {
    let one = thaw();
    for (let round = 0; round < 20 && one.state !== 'failed'; round += 1) one = next(next(one, { kind: 'answered', answer: 'started' }, nowMs), seen('no'), nowMs);
    expect(one).toMatchObject({ state: 'failed', code: 'object_archived' });
  });
  it('every state has one next thing to do', () => {
    expect(Object.fromEntries(thawStates.map((state) => [state, stepOf(thaw({ state }))]))).toEqual({ asked: 'ask', waiting: 'look', ready: 'download', here: 'look', over: 'nothing', failed: 'nothing', cancelled: 'nothing' });
    expect(stepOf(thaw({ state: 'ready', toDisk: false }))).toBe('look');
  });
});

describe('how often a store is asked', () => {
  const looks = (storageClass: string, speed: RestoreSpeed, tookMs: number): number => {
    const earliest = expectedMs(storageClass, speed)?.fromMs ?? 0;
    let count = 0;
    for (let passed = 0; passed < tookMs; count += 1) passed = nextLookMs(passed, earliest);
    return count;
  };
  it.each<[string, RestoreSpeed, number, number]>([
    ['GLACIER', 'expedited', 5 / 60, 6], ['GLACIER', 'standard', 5, 12], ['GLACIER', 'bulk', 12, 20], ['DEEP_ARCHIVE', 'standard', 12, 12], ['DEEP_ARCHIVE', 'bulk', 48, 80], ['GLACIER', 'standard', 0, 0],
  ])('%s, %s, %d hours: at most %d looks', (storageClass, speed, hours, most) => expect(looks(storageClass, speed, hours * hour)).toBeLessThanOrEqual(most));
  it('it is seen at most half an hour late', () => {
    for (let passed = 4 * hour; passed < 48 * hour; ) {
      const then = nextLookMs(passed, 3 * hour);
      expect(then - passed).toBeLessThanOrEqual(30 * 60_000);
      expect(then).toBeGreaterThan(passed);
      passed = then;
    }
  });
  it('a deep archive has no urgent speed', () => expect(expectedMs('DEEP_ARCHIVE', 'expedited')).toBeNull());
});
