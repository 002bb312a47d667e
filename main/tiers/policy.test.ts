/** Which file goes where: every rule, pin and guard as a table. */
import { describe, expect, it } from 'vitest';
import type { RootId } from '../sync/index-port.ts';
import { planTiers, plannedMoves } from './planning.ts';
import { defaultRules, judge, type TierEntry, type TierPolicy, type TierRule, type Verdict } from './policy.ts';

const dayMs = 86_400_000;
const nowMs = 1_000 * dayMs;
const daysAgo = (days: number): number => nowMs - days * dayMs;
const entry = (over: Partial<TierEntry> = {}): TierEntry => ({ key: 'photos/2020/a.jpg', sizeBytes: 5_000_000, store: 'warm', hasColdCopy: false, lastUsedMs: daysAgo(400), changedMs: daysAgo(400), storageClass: 'STANDARD', storedMs: daysAgo(400), ...over });
const rule = (over: Partial<TierRule> = {}): TierRule => ({ name: 'old', folder: '', pattern: null, unusedDays: 0, atLeastBytes: 0, storageClass: null, ...over });
const policy = (over: Partial<TierPolicy> = {}): TierPolicy => ({ rules: [rule()], neverArchive: [], keepWarm: [], deleteFromWarm: false, despiteFees: false, ...over });
const copy = (over: Partial<Extract<Verdict, { kind: 'copy' }>> = {}): Verdict => ({ kind: 'copy', storageClass: null, thenDropWarm: false, rule: 'old', ...over });
const stay = (why: Extract<Verdict, { kind: 'stay' }>['why']): Verdict => ({ kind: 'stay', why });

describe('one file', () => {
  const cases: readonly (readonly [string, TierEntry, TierPolicy, Verdict])[] = [
    ['without own rules every file that is not there yet', entry({ sizeBytes: 0, lastUsedMs: nowMs, changedMs: nowMs }), policy({ rules: defaultRules }), copy({ rule: 'Everything' })],
    ['in cold already', entry({ store: 'cold' }), policy(), stay('alreadyThere')],
    ['copied, and the warm one stays', entry({ hasColdCopy: true }), policy(), stay('alreadyThere')],
    ['copied, and the warm one would cost a fee for leaving its class early', entry({ hasColdCopy: true, storageClass: 'STANDARD_IA', storedMs: daysAgo(29) }), policy({ deleteFromWarm: true }), stay('changedTooRecently')],
    ['the same, and asked for', entry({ hasColdCopy: true, storageClass: 'STANDARD_IA', storedMs: daysAgo(29) }), policy({ deleteFromWarm: true, despiteFees: true }), { kind: 'dropWarm', rule: 'old' }],
    ['its stay is over', entry({ hasColdCopy: true, storageClass: 'STANDARD_IA', storedMs: daysAgo(31) }), policy({ deleteFromWarm: true }), { kind: 'dropWarm', rule: 'old' }],
    ['copied, and the warm one is to go', entry({ hasColdCopy: true }), policy({ deleteFromWarm: true }), { kind: 'dropWarm', rule: 'old' }],
    ['copy, then drop', entry(), policy({ deleteFromWarm: true }), copy({ thenDropWarm: true })],
    ['no rule at all', entry(), policy({ rules: [] }), stay('noRule')],
    ['exactly old enough', entry({ lastUsedMs: daysAgo(90) }), policy({ rules: [rule({ unusedDays: 90 })] }), copy()],
    ['a day too young', entry({ lastUsedMs: daysAgo(89) }), policy({ rules: [rule({ unusedDays: 90 })] }), stay('noRule')],
    ['of unknown age is not old', entry({ lastUsedMs: null }), policy({ rules: [rule({ unusedDays: 1 })] }), stay('noRule')],
    ['opened yesterday, changed long ago: it is in use', entry({ lastUsedMs: daysAgo(1), changedMs: daysAgo(400) }), policy({ rules: [rule({ unusedDays: 30 })] }), stay('noRule')],
    ['large enough', entry({ sizeBytes: 1000 }), policy({ rules: [rule({ atLeastBytes: 1000 })] }), copy()],
    ['too small for the rule', entry({ sizeBytes: 999 }), policy({ rules: [rule({ atLeastBytes: 1000 })] }), stay('noRule')],
    ['below the folder', entry(), policy({ rules: [rule({ folder: 'photos' })] }), copy()],
    ['in a folder whose name only begins so', entry({ key: 'photos-new/a.jpg' }), policy({ rules: [rule({ folder: 'photos' })] }), stay('noRule')],
    ['a pattern of names fits at any depth', entry(), policy({ rules: [rule({ pattern: '*.JPG' })] }), copy()],
    ['a pattern of paths', entry(), policy({ rules: [rule({ pattern: 'photos/**' })] }), copy()],
    ['a star does not cross folders', entry(), policy({ rules: [rule({ pattern: 'photos/*.jpg' })] }), stay('noRule')],
    ['any folder in between, or none', entry({ key: 'photos/a.jpg' }), policy({ rules: [rule({ pattern: 'photos/**/?.jpg' })] }), copy()],
    ['a dot is a dot', entry({ key: 'axjpg' }), policy({ rules: [rule({ pattern: 'a.jpg' })] }), stay('noRule')],
    ['the first rule that fits decides', entry(), policy({ rules: [rule({ name: 'first', folder: 'photos' }), rule({ name: 'second' })] }), copy({ rule: 'first' })],
    ['kept in warm', entry(), policy({ keepWarm: ['photos/2020'] }), stay('pinned')],
    ['never to be archived', entry(), policy({ rules: [rule({ storageClass: 'GLACIER' })], neverArchive: ['photos'] }), stay('pinned')],
    ['never archived, but another class may be', entry(), policy({ rules: [rule({ storageClass: 'STANDARD_IA' })], neverArchive: ['photos'] }), copy({ storageClass: 'STANDARD_IA' })],
    ['under 128 KB to a class that bills that much', entry({ sizeBytes: 131_071 }), policy({ rules: [rule({ storageClass: 'STANDARD_IA' })] }), stay('tooSmallForClass')],
    ['128 KB exactly', entry({ sizeBytes: 131_072 }), policy({ rules: [rule({ storageClass: 'STANDARD_IA' })] }), copy({ storageClass: 'STANDARD_IA' })],
    ['small, to a class without a minimum', entry({ sizeBytes: 10 }), policy({ rules: [rule({ storageClass: 'INTELLIGENT_TIERING' })] }), copy({ storageClass: 'INTELLIGENT_TIERING' })],
    ['small, but asked for all the same', entry({ sizeBytes: 10 }), policy({ rules: [rule({ storageClass: 'GLACIER' })], despiteFees: true }), copy({ storageClass: 'GLACIER' })],
    ['changed within the minimum stay', entry({ changedMs: daysAgo(179) }), policy({ rules: [rule({ storageClass: 'DEEP_ARCHIVE' })] }), stay('changedTooRecently')],
    ['unchanged for the minimum stay', entry({ changedMs: daysAgo(180) }), policy({ rules: [rule({ storageClass: 'DEEP_ARCHIVE' })] }), copy({ storageClass: 'DEEP_ARCHIVE' })],
  ];
  it.each(cases)('%s', (_name, file, wanted, verdict) => {
    expect(judge(file, wanted, nowMs)).toEqual(verdict);
  });
});

describe('a plan', () => {
  const files = Array.from({ length: 12_345 }, (_, at) => entry({ key: `f/${String(at).padStart(6, '0')}`, sizeBytes: 10, hasColdCopy: at % 10 === 0, store: at % 100 === 1 ? 'cold' : 'warm' }));
  let largest = 0;
  const rows = {
    tierPage: (_root: RootId, afterId: number, limit: number) => {
      const entries = files.slice(afterId, afterId + limit);
      largest = Math.max(largest, entries.length);
      return { entries, lastId: entries.length < limit ? null : afterId + limit };
    },
  };
  it('counts what moves and what stays, page by page', () => {
    const plan = planTiers(rows, 'r' as RootId, policy({ deleteFromWarm: true }), { nowMs, mostExamples: 3 });
    expect([plan.copies, plan.drops, plan.bytesToCopy, plan.bytesFreedInWarm, plan.stays.alreadyThere, plan.examples.length]).toEqual([10_986, 12_221, 109_860, 122_210, 124, 3]);
    expect(largest).toBe(5000);
  });
  it('gives every move once, in key order', () => {
    const keys = [...plannedMoves(rows, 'r' as RootId, policy(), nowMs)].map((move) => move.entry.key);
    expect(keys).toEqual([...new Set(keys)].sort());
    expect(keys).toHaveLength(10_986);
  });
});
