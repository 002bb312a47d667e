/** A clock that runs as the world does and can be set ahead, as that of a computer which slept: timers do not run meanwhile, and whoever needs to know is told by the power command. */
import { systemClock, type Clock } from '../base/clock.ts';

export interface WakingClock extends Clock {
  slept(ms: number): void;
}
export function wakingClock(): WakingClock {
  let aheadMs = 0;
  return { ...systemClock, nowMs: () => systemClock.nowMs() + aheadMs, slept: (ms) => void (aheadMs += ms) };
}
