/** The counts of `npm test` can be trusted: nothing that went wrong adds up to green. */
import { describe, expect, it } from 'vitest';
import { countsIn, judgeSkips, lineOf, readPlaywrightReport, readVitestReport, skipLines, sum, wasCutOff, withExitCode } from './test-counts.mjs';

describe('the line of counts', () => {
  it('adds up the steps', () => {
    expect(lineOf(sum([{ passed: 1, failed: 0, skipped: 2 }, { passed: 3, failed: 1, skipped: 0 }]))).toBe('4 passed, 1 failed, 2 skipped');
  });
  it('is read from the end of a step’s output', () => {
    expect(countsIn('1 passed, 0 failed, 0 skipped\nmore\n7 passed, 2 failed, 1 skipped\n')).toEqual({ passed: 7, failed: 2, skipped: 1 });
    expect(countsIn('almost: 7 passed, 2 failed')).toBeNull();
  });
});

describe('a step that ended badly', () => {
  it('counts one failure when no test failed', () => {
    expect(withExitCode({ passed: 5, failed: 0, skipped: 0 }, 1).failed).toBe(1);
    expect(withExitCode({ passed: 5, failed: 3, skipped: 0 }, 1).failed).toBe(3);
    expect(withExitCode({ passed: 5, failed: 0, skipped: 0 }, 0).failed).toBe(0);
  });
});

describe('a skipped test', () => {
  const skips = [
    { name: 'store', why: 'minio is neither on the PATH nor in the tools folder' },
    { name: 'the window', why: 'Electron’s runtime is not here' },
    { name: 'Ceph RGW > store', why: 'Ceph is not installed' },
    { name: 'MinIO > deletes', why: 'DELETE ignores conditions here' },
  ];
  const counts = { passed: 1, failed: 0, skipped: 4 };
  it('is only skipped on a developer’s machine', () => {
    expect(judgeSkips(counts, skips, false).counts).toEqual(counts);
  });
  it('for a missing server fails on a build machine, unless it is Electron or Ceph', () => {
    const judged = judgeSkips(counts, skips, true);
    expect(judged.counts).toEqual({ passed: 1, failed: 1, skipped: 3 });
    expect(judged.refused.map((skip: { name: string }) => skip.name)).toEqual(['store']);
  });
  it('is told once per reason', () => {
    expect(skipLines([{ name: 'a', why: 'x' }, { name: 'b', why: 'x' }, { name: 'c', why: '' }])).toEqual(['2 tests: x', 'c: no reason given']);
  });
});

describe('the reports', () => {
  it('of Vitest keep the reasons', () => {
    expect(readVitestReport({ passed: 4, failed: 1, skips: [{ name: 'a', why: 'b' }] })).toEqual({ counts: { passed: 4, failed: 1, skipped: 1 }, skips: [{ name: 'a', why: 'b' }] });
  });
  it('of Playwright count nested suites, and files that did not load', () => {
    const test = (status: string) => ({ status, annotations: status === 'skipped' ? [{ type: 'skip', description: 'no runtime' }] : [] });
    const suites = [{ specs: [{ title: 'one', tests: [test('expected')] }], suites: [{ specs: [{ title: 'two', tests: [test('unexpected'), test('skipped')] }] }] }];
    expect(readPlaywrightReport({ suites, errors: [{}] })).toEqual({ counts: { passed: 1, failed: 1, skipped: 1 }, skips: [{ name: 'two', why: 'no runtime' }] });
    expect(readPlaywrightReport({ suites: [], errors: [{}] }).counts.failed).toBe(1);
  });
  it('of Playwright that was cut off is no failure, but what had failed before stays one', () => {
    const suites = [{ specs: [{ title: 'done', tests: [{ status: 'expected', annotations: [] }] }, { title: 'late', tests: [{ status: 'skipped', annotations: [] }] }] }];
    const errors = [{ message: '\u001b[31mTimed out waiting 120s for the test suite to run\u001b[39m' }, { message: 'Timed out waiting 120s for the teardown for test suite to run' }];
    expect(wasCutOff({ suites, errors })).toBe(true);
    expect(readPlaywrightReport({ suites, errors }, 'no time')).toEqual({ counts: { passed: 1, failed: 0, skipped: 1 }, skips: [{ name: 'late', why: 'no time' }] });
    expect(readPlaywrightReport({ suites, errors: [...errors, { message: 'a file did not load' }] }, 'no time').counts.failed).toBe(1);
    const broken = [...suites, { specs: [{ title: 'bad', tests: [{ status: 'unexpected', annotations: [] }] }] }];
    expect(readPlaywrightReport({ suites: broken, errors }, 'no time').counts.failed).toBe(1);
    expect(wasCutOff({ suites, errors: [{ message: 'Error: it said Timed out waiting for the test suite to run' }] })).toBe(false);
  });
});
