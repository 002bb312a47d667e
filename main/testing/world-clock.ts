/** A clock that tests move by hand and on which a sleep is over at once, having taken its time: an engine that waits for a retry never waits for real. */
import { ManualClock } from './manual-clock.ts';

export class WorldClock extends ManualClock {
  override sleep(delayMs: number): Promise<void> {
    this.pass(delayMs);
    return Promise.resolve();
  }
}
