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

/** Whom failures are counted for: an IPv6 network has more addresses than anyone can count, so its first half stands for all. */
export function addressGroup(address: string): string {
  const bare = address.split('%')[0] ?? '';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (mapped !== undefined || !bare.includes(':')) return mapped ?? bare;
  const [left = [], right = []] = bare.split('::').map((half) => half.split(':').filter((part) => part !== ''));
  const whole = [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0'), ...right];
  return `${whole.slice(0, 4).map((part) => Number.parseInt(part, 16).toString(16)).join(':')}::/64`;
}

/** Of failures, newest first: which accounts and addresses are locked at this moment. */
export function lockedNow(failures: readonly { readonly account: string; readonly address: string; readonly at: string }[], nowMs: number, limits: LoginLimits): { readonly kind: 'account' | 'address'; readonly who: string; readonly untilMs: number }[] {
  const recent = failures.map((failure) => ({ ...failure, atMs: Date.parse(failure.at) })).filter(({ atMs }) => atMs > nowMs - limits.windowMs);
  return (['account', 'address'] as const).flatMap((kind) => [...Map.groupBy(recent, (failure) => failure[kind])].flatMap(([who, tries]) => {
    const lastAtMs = Math.max(...tries.map(({ atMs }) => atMs));
    const forMs = lockedFor({ count: tries.length, lastAtMs }, kind === 'account' ? limits.perAccount : limits.perAddress, nowMs, limits);
    return forMs > 0 ? [{ kind, who, untilMs: nowMs + forMs }] : [];
  }));
}

function lockedFor(tries: Tries, limit: number, nowMs: number, limits: LoginLimits): number {
  if (tries.count < limit) return 0;
  return Math.max(0, (tries.lastAtMs ?? nowMs) + limits.windowMs - nowMs);
}
