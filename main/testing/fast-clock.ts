/** A clock that runs faster than the world, for tests of real servers: what waits minutes waits seconds. Its date drifts by (rate - 1) × elapsed, and servers refuse signatures 15 minutes off. */
import { systemClock, type Clock } from '../base/clock.ts';

export function fastClock(rate: number): Clock {
  const [nowMs, monotonicMs] = [systemClock.nowMs(), systemClock.monotonicMs()];
  const passed = (): number => (systemClock.monotonicMs() - monotonicMs) * rate;
  return {
    nowMs: () => Math.round(nowMs + passed()),
    monotonicMs: () => monotonicMs + passed(),
    sleep: (delayMs, signal) => systemClock.sleep(delayMs / rate, signal),
    after: (delayMs, call) => systemClock.after(delayMs / rate, call),
  };
}
