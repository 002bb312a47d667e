/** Does something soon after it was wished, but not more often than a given pace; nothing runs while nothing is wished. */
import type { Clock } from '../base/clock.ts';

export class Paced {
  readonly #clock: Clock;
  readonly #work: () => void;
  readonly #pauseMs: () => number;
  #lastMs = -Infinity;
  #cancel: (() => void) | null = null;

  /** `pauseMs` is asked each time, so that costly work may slow itself down. */
  constructor(clock: Clock, pauseMs: number | (() => number), work: () => void) {
    this.#clock = clock;
    this.#pauseMs = typeof pauseMs === 'number' ? () => pauseMs : pauseMs;
    this.#work = work;
  }

  wish(): void {
    if (this.#cancel !== null) return;
    const waitMs = Math.max(0, this.#lastMs + this.#pauseMs() - this.#clock.monotonicMs());
    // Also at once it goes over a timer: whoever wishes is in the middle of something.
    this.#cancel = this.#clock.after(waitMs, () => this.#run());
  }

  #run(): void {
    this.#cancel = null;
    this.#work();
    this.#lastMs = this.#clock.monotonicMs();
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}
