/** A bucket's rules in words, and what a change of Strata's own would do. */
import { describe, expect, it } from 'vitest';
import { changesOf, ruleText, touchesText, type BucketRule } from './lifecycle-words.ts';

const rule = (over: Partial<BucketRule>): BucketRule => ({ id: 'r', isEnabled: true, isOurs: false, prefix: '', byTags: false, overBytes: null, underBytes: null, moves: [], deletesAfterDays: null, deletesOnDate: null, oldVersionsGoAfterDays: null, abortsUploadsAfterDays: null, touches: null, ...over });

describe('rules in words', () => {
  it.each([
    [{ deletesAfterDays: 30, prefix: 'logs/' }, 'What begins with logs/: is deleted 30 days after it was stored.'],
    [{ moves: [{ afterDays: 90, onDate: null, storageClass: 'GLACIER' }], overBytes: 1_000_000 }, 'Everything in the bucket over 1.0 MB: moves to GLACIER 90 days after it was stored.'],
    [{ moves: [{ afterDays: null, onDate: '2027-01-01', storageClass: 'GLACIER' }], byTags: true }, 'Everything in the bucket with certain tags: moves to GLACIER on 2027-01-01.'],
    [{ abortsUploadsAfterDays: 1, oldVersionsGoAfterDays: 7 }, 'Everything in the bucket: old versions go after 7 days, unfinished uploads are cleared after 1 day.'],
    [{}, 'Everything in the bucket: something that Strata does not know.'],
  ])('%j', (over, text) => {
    expect(ruleText(rule(over))).toBe(text);
  });
  it('which files, and how many are old enough', () => {
    expect(touchesText(rule({ touches: { folder: '', files: 3, bytes: 3000, dueFiles: 1, dueBytes: 1000 } }))).toBe('It is about 3 files of this library (3.0 kB). 1 is old enough now (1.0 kB).');
    expect([touchesText(rule({})), touchesText(rule({ isEnabled: false }))]).toEqual(['It touches no file of this library.', 'It is switched off.']);
  });
  it('what Save would do', () => {
    const none = { archive: null, abortUploadsAfterDays: null };
    const archive = { folder: 'f', afterDays: 180, storageClass: 'GLACIER' as const };
    expect(changesOf(none, { archive, abortUploadsAfterDays: 7 })).toEqual(['New rule: f moves to GLACIER after 180 days.', 'Unfinished uploads are cleared after 7 days.']);
    expect(changesOf({ archive, abortUploadsAfterDays: 7 }, none)).toEqual(['Strata’s rule for the archive goes away.', 'Strata’s rule for unfinished uploads goes away.']);
    expect(changesOf(none, none)).toEqual([]);
  });
});
