/** One address opens a hundred sockets at most, and so many a minute as strangers may ask (F84). */
import { expect, it } from 'vitest';
import { HeldClock } from '../testing/door-under-test.ts';
import { mostSocketsOfAddress, SocketLimits } from './socket-limits.ts';

it('a minute’s tries end with the minute, for each address alone', () => {
  const clock = new HeldClock();
  const limits = new SocketLimits({ clock, perMinute: 2 });
  expect([limits.mayBegin('a'), limits.mayBegin('a'), limits.mayBegin('a'), limits.mayBegin('b')]).toEqual([true, true, false, true]);
  clock.pass(60_000);
  expect(limits.mayBegin('a')).toBe(true);
});
it('a hundred stay open, and one that closes makes room', () => {
  const limits = new SocketLimits({ clock: new HeldClock(), perMinute: 1000 });
  const leave = Array.from({ length: mostSocketsOfAddress }, () => limits.opened('a'));
  expect([limits.mayBegin('a'), limits.mayBegin('b')]).toEqual([false, true]);
  leave[0]?.();
  expect(limits.mayBegin('a')).toBe(true);
});
