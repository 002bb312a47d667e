/** The one time of a simulated world: the driver moves it, every computer shows it a little differently, and nothing ever really waits. */
import type { Clock } from '../../base/clock.ts';

/** Starts Saturday, 2026-11-21, 12:00 UTC. */
const startMs = Date.UTC(2026, 10, 21, 12, 0, 0);

export class SimulatedTime {
  #nowMs = startMs;
  #serial = 0;
  readonly #timers = new Map<number, { readonly atMs: number; readonly call: () => void }>();
  /** True: a sleep is over at once and has taken its time. False: it ends when `advance` comes to it. */
  skipsSleep = true;

  get nowMs(): number {
    return this.#nowMs;
  }
  after(delayMs: number, call: () => void): () => void {
    this.#serial += 1;
    const id = this.#serial;
    this.#timers.set(id, { atMs: this.#nowMs + Math.max(0, delayMs), call });
    return () => void this.#timers.delete(id);
  }
  /** Lets time pass at once; timers fire in their order, what they start goes on later. */
  pass(delayMs: number): void {
    const untilMs = this.#nowMs + delayMs;
    while (this.#fireNext(untilMs));
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }
  /** Lets time pass and everything that a timer starts come to its next wait before the next one fires. */
  async advance(delayMs: number): Promise<void> {
    const untilMs = this.#nowMs + delayMs;
    await everythingWaits();
    while (this.#fireNext(untilMs)) await everythingWaits();
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }
  forgetTimers(): void {
    this.#timers.clear();
  }
  #fireNext(untilMs: number): boolean {
    let next: number | null = null;
    let atMs = Infinity;
    for (const [id, timer] of this.#timers) {
      if (timer.atMs > untilMs || timer.atMs >= atMs) continue;
      next = id;
      atMs = timer.atMs;
    }
    const timer = next === null ? undefined : this.#timers.get(next);
    if (next === null || timer === undefined) return false;
    this.#timers.delete(next);
    this.#nowMs = Math.max(this.#nowMs, timer.atMs);
    timer.call();
    return true;
  }
}

/** In a world without real input and output one turn of the event loop comes after everything that can run now. */
export function everythingWaits(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The clock of one computer: its wall time may be wrong and may jump (F49), its monotonic time never does. */
export class ComputerClock implements Clock {
  readonly #time: SimulatedTime;
  offsetMs = 0;
  constructor(time: SimulatedTime) {
    this.#time = time;
  }
  nowMs(): number {
    return this.#time.nowMs + this.offsetMs;
  }
  monotonicMs(): number {
    return this.#time.nowMs - startMs;
  }
  pass(delayMs: number): void {
    this.#time.pass(delayMs);
  }
  after(delayMs: number, call: () => void): () => void {
    return this.#time.after(delayMs, call);
  }
  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    if (this.#time.skipsSleep) {
      this.#time.pass(delayMs);
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const cancel = this.#time.after(delayMs, resolve);
      signal?.addEventListener('abort', () => {
        cancel();
        resolve();
      }, { once: true });
    });
  }
}
