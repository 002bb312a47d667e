/** F84, X8: guesses are first slowed down, then locked, by account and by address, and it ends by itself. */
import { expect, it } from 'vitest';
import { addressGroup, defaultLoginLimits as limits, judgeLogin } from './login-policy.ts';

const nowMs = 1_000_000;
const none = { count: 0, lastAtMs: null };
const tries = (count: number, agoMs = 0) => ({ count, lastAtMs: nowMs - agoMs });

it('the first three are free, then it takes longer and longer', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 9].map((count) => judgeLogin({ account: tries(count), address: none }, nowMs, limits))).toEqual(
    [0, 0, 0, 500, 1000, 2000, 4000, 4000, 4000].map((waitMs) => ({ kind: 'try', waitMs })),
  );
});
it('ten lock, by account or by address, until the last is long enough ago', () => {
  expect(judgeLogin({ account: tries(10), address: none }, nowMs, limits)).toEqual({ kind: 'locked', forMs: limits.windowMs });
  expect(judgeLogin({ account: none, address: tries(10, 60_000) }, nowMs, limits)).toEqual({ kind: 'locked', forMs: limits.windowMs - 60_000 });
  expect(judgeLogin({ account: tries(10, limits.windowMs), address: none }, nowMs, limits)).toEqual({ kind: 'try', waitMs: 4000 });
});
it('many failures behind one address slow nobody else down before they lock', () => {
  expect(judgeLogin({ account: none, address: tries(9) }, nowMs, limits)).toEqual({ kind: 'try', waitMs: 0 });
});
it.each([
  ['1.2.3.4', '1.2.3.4'], ['::ffff:1.2.3.4', '1.2.3.4'], ['2001:db8:0:7:aaaa::1', '2001:db8:0:7::/64'], ['2001:0db8:0000:0007::', '2001:db8:0:7::/64'], ['::1', '0:0:0:0::/64'], ['fe80::1%eth0', 'fe80:0:0:0::/64'], ['', ''],
])('%s counts as %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});
