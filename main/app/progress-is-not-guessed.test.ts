/** Percent and time left by the rules of ui.md §1.2: floor, never 100 too early, a time only once it can be trusted. */
import { describe, expect, it } from 'vitest';
import { advance, percentOf, progressOf, sumProgress, type Meter, type ProgressSample } from './progress.ts';

const sample = (atMs: number, filesDone: number, bytesDone: number, totals = { filesTotal: 100, bytesTotal: 1_000 }): ProgressSample => ({ atMs, filesDone, bytesDone, ...totals });
const after = (...samples: ProgressSample[]): Meter => samples.reduce<Meter | null>((meter, next) => advance(meter, next), null) as Meter;

describe('percent', () => {
  it.each([
    [{ filesDone: 0, filesTotal: 0, bytesDone: 0, bytesTotal: 0 }, 0],
    [{ filesDone: 1, filesTotal: 3, bytesDone: 0, bytesTotal: 0 }, 33],
    [{ filesDone: 0, filesTotal: 2, bytesDone: 999, bytesTotal: 1_000 }, 99],
    [{ filesDone: 2, filesTotal: 2, bytesDone: 1_000, bytesTotal: 1_000 }, 99],
    [{ filesDone: 50, filesTotal: 100, bytesDone: 0, bytesTotal: 0 }, 50],
  ])('%o is %i', (given, percent) => expect(percentOf(given)).toBe(percent));
});

describe('time left', () => {
  it('is not said before 5 seconds', () => expect(progressOf(after(sample(0, 0, 0), sample(4_999, 50, 500))).secondsLeft).toBeNull());
  it('is not said before 3 files', () => expect(progressOf(after(sample(0, 0, 0), sample(9_000, 2, 500))).secondsLeft).toBeNull());
  it('goes by bytes when they are slower', () => expect(progressOf(after(sample(0, 0, 0), sample(10_000, 50, 100))).secondsLeft).toBeCloseTo(90));
  it('goes by files when they are slower', () => expect(progressOf(after(sample(0, 0, 0), sample(10_000, 10, 900))).secondsLeft).toBeCloseTo(90));
  it('is unknown while nothing moves', () => expect(progressOf(after(sample(0, 0, 0), sample(3_000, 5, 0), sample(9_000, 5, 0))).secondsLeft).toBeNull());
  it('follows the last seconds, not the whole run', () => {
    const slowThenFast = after(sample(0, 0, 0), sample(60_000, 10, 10), sample(61_000, 11, 20), sample(70_000, 20, 510));
    expect(progressOf(slowThenFast).bytesPerSecond).toBeCloseTo(50);
  });
  it('a new run starts anew', () => expect(progressOf(after(sample(0, 0, 0), sample(9_000, 90, 900), sample(10_000, 0, 0))).secondsLeft).toBeNull());
  it('of several folders is unknown while one is', () => {
    const known = progressOf(after(sample(0, 0, 0), sample(10_000, 50, 100)));
    expect(sumProgress([known, { ...known, secondsLeft: null }])?.secondsLeft).toBeNull();
    expect(sumProgress([known, known])?.filesTotal).toBe(200);
    expect(sumProgress([])).toBeNull();
  });
});
