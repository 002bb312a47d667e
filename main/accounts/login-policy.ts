/** What failed log-ins lead to: first a wait, then a lock, by account and by address. Pure, so that every step can be tried. */

export interface LoginLimits {
  /** So many failures within the window lock. */
  readonly perAccount: number;
  readonly perAddress: number;
  /** Failures count for so long, and a lock lasts so long after the last one. */
  readonly windowMs: number;
}
export const defaultLoginLimits: LoginLimits = { perAccount: 10, perAddress: 10, windowMs: 5 * 60_000 };

export interface Tries {
  readonly count: number;
  readonly lastAtMs: number | null;
}
export type LoginVerdict = { readonly kind: 'try'; readonly waitMs: number } | { readonly kind: 'locked'; readonly forMs: number };

const freeTries = 3;
const firstWaitMs = 500;
const longestWaitMs = 4_000;

export function judgeLogin(tries: { readonly account: Tries; readonly address: Tries }, nowMs: number, limits: LoginLimits): LoginVerdict {
  const forMs = Math.max(lockedFor(tries.account, limits.perAccount, nowMs, limits), lockedFor(tries.address, limits.perAddress, nowMs, limits));
  if (forMs > 0) return { kind: 'locked', forMs };
  // By account only: behind one address there may be a whole office.
  const over = tries.account.count - freeTries;
  return { kind: 'try', waitMs: over < 0 ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** over) };
}

function lockedFor(tries: Tries, limit: number, nowMs: number, limits: LoginLimits): number {
  if (tries.count < limit) return 0;
  return Math.max(0, (tries.lastAtMs ?? nowMs) + limits.windowMs - nowMs);
}
