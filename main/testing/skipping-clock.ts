/** A clock on which every sleep is over at once and has taken exactly its time: for measuring delays without waiting. */
import type { Clock } from '../base/clock.ts';

export function skippingClock(startMs = Date.UTC(2026, 10, 20, 12, 0, 0)): Clock & { readonly slept: readonly number[] } {
  let nowMs = startMs;
  const slept: number[] = [];
  // Sleepers wake in the order of their time, as real ones do, or a limit shared by many could not be measured.
  const sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  let scheduled = false;
  function wakeNext(): void {
    scheduled = false;
    sleepers.sort((a, b) => a.atMs - b.atMs);
    const next = sleepers.shift();
    if (next === undefined) return;
    nowMs = Math.max(nowMs, next.atMs);
    next.wake();
    schedule();
  }
  function schedule(): void {
    if (scheduled || sleepers.length === 0) return;
    scheduled = true;
    setImmediate(wakeNext);
  }
  return {
    slept,
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: (delayMs) => new Promise((resolve) => {
      slept.push(delayMs);
      sleepers.push({ atMs: nowMs + delayMs, wake: resolve });
      schedule();
    }),
    after(delayMs, call) {
      let cancelled = false;
      sleepers.push({ atMs: nowMs + delayMs, wake: () => (cancelled ? undefined : call()) });
      schedule();
      return () => (cancelled = true);
    },
  };
}
