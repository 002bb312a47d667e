/** Bytes, times, progress and names are written by the rules of ui.md §1.2. */
import { expect, test } from 'vitest';
import { formatBytes, formatRate } from './bytes.ts';
import { cutName } from './middle-cut.ts';
import { percentOf, secondsLeftOf } from './progress.ts';
import { formatTimeLeft, formatUntil } from './time.ts';

test('kB is 1000 bytes, one decimal below ten', () => {
  expect([0, 999, 1000, 1234, 9950, 12_345, 999_600, 8_040_000_000].map(formatBytes)).toEqual(['0 B', '999 B', '1.0 kB', '1.2 kB', '10 kB', '12 kB', '1.0 MB', '8.0 GB']);
  expect(formatRate(13_800_000)).toBe('14 MB/s');
});

test('time left is in minutes from one minute on and in steps of five from an hour on', () => {
  expect([3, 59, 60, 520, 3540, 3600, 3660, 7199, 90_000, 200_000, 4_000_000].map(formatTimeLeft)).toEqual([
    'less than a minute', 'less than a minute', 'about 1 minute', 'about 9 minutes', 'about 59 minutes', 'about 1 hour', 'about 1 h 5 min', 'about 2 hours', 'about 25 hours', 'about 2 days', 'more than a month',
  ]);
});

test('the next try is rounded up so that it does not tick nervously', () => {
  expect([0, 4000, 29_000, 58_000, 120_000, 5_400_000].map((ms) => formatUntil(ms, 0))).toEqual(['now', '10 s', '30 s', '1 min', '2 min', '2 h']);
});

test('a rename without bytes moves the bar, and 100 % waits for the last confirmation', () => {
  expect(percentOf({ filesDone: 5, filesTotal: 10, bytesDone: 0, bytesTotal: 0 })).toBe(50);
  expect(percentOf({ filesDone: 9, filesTotal: 10, bytesDone: 1e9, bytesTotal: 1e9 })).toBe(99);
  expect(percentOf({ filesDone: 10, filesTotal: 10, bytesDone: 1e9, bytesTotal: 1e9 })).toBe(100);
  expect(percentOf({ filesDone: 0, filesTotal: 0, bytesDone: 0, bytesTotal: 0 })).toBe(0);
});

test('time left is only told after 5 s and 3 files, and the slower of bytes and files decides', () => {
  const amount = { filesDone: 3, filesTotal: 103, bytesDone: 100, bytesTotal: 1100 };
  expect(secondsLeftOf(amount, { elapsedMs: 4999, bytesPerSecond: 100, filesPerSecond: 10 })).toBeNull();
  expect(secondsLeftOf({ ...amount, filesDone: 2 }, { elapsedMs: 9000, bytesPerSecond: 100, filesPerSecond: 10 })).toBeNull();
  expect(secondsLeftOf(amount, { elapsedMs: 5000, bytesPerSecond: 50, filesPerSecond: 10 })).toBe(20);
  expect(secondsLeftOf(amount, { elapsedMs: 5000, bytesPerSecond: 1000, filesPerSecond: 2 })).toBe(50);
  expect(secondsLeftOf(amount, { elapsedMs: 5000, bytesPerSecond: 0, filesPerSecond: 2 })).toBeNull();
});

test('a long name is cut in the middle and keeps its ending', () => {
  const { head, tail } = cutName('A very long name that a camera thought useful.jpeg');
  expect(head + tail).toBe('A very long name that a camera thought useful.jpeg');
  expect(tail.endsWith('.jpeg')).toBe(true);
  expect(cutName('notes.md')).toEqual({ head: 'notes.md', tail: '' });
  // Turned round it would read as a picture.
  expect([cutName('a\u202egpj.exe').head, cutName('\u05e9\u05dc\u05d5\u05dd.txt').head]).toEqual(['a\ufffdgpj.exe', '\u05e9\u05dc\u05d5\u05dd.txt']);
});
