/** A clock that tests move by hand: timers fire in order when their time has come, and nothing ever sleeps. */
import type { Clock } from '../base/clock.ts';

export class ManualClock implements Clock {
  #nowMs: number;
  #serial = 0;
  readonly #timers = new Map<number, { readonly atMs: number; readonly call: () => void }>();

  constructor(startMs = Date.UTC(2026, 10, 20, 12, 0, 0)) {
    this.#nowMs = startMs;
  }
  nowMs(): number {
    return this.#nowMs;
  }
  monotonicMs(): number {
    return this.#nowMs;
  }
  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const cancel = this.after(delayMs, resolve);
      signal?.addEventListener('abort', () => {
        cancel();
        resolve();
      }, { once: true });
    });
  }
  after(delayMs: number, call: () => void): () => void {
    this.#serial += 1;
    const id = this.#serial;
    this.#timers.set(id, { atMs: this.#nowMs + delayMs, call });
    return () => void this.#timers.delete(id);
  }
  /** Timers that are set; 0 means that nothing would wake the computer. */
  get pending(): number {
    return this.#timers.size;
  }
  pass(delayMs: number): void {
    const untilMs = this.#nowMs + delayMs;
    for (;;) {
      const next = [...this.#timers].filter(([, timer]) => timer.atMs <= untilMs).sort(([a, x], [b, y]) => x.atMs - y.atMs || a - b)[0];
      if (next === undefined) break;
      this.#timers.delete(next[0]);
      this.#nowMs = Math.max(this.#nowMs, next[1].atMs);
      next[1].call();
    }
    this.#nowMs = untilMs;
  }
}
