/** How many sockets one address may hold open and begin within a minute, so that nobody fills the memory before saying who they are (F84). */
import type { Clock } from '../base/clock.ts';

export const mostSocketsOfAddress = 100;
const minuteMs = 60_000;

export class SocketLimits {
  readonly #clock: Clock;
  readonly #perMinute: number;
  readonly #open = new Map<string, number>();
  #begun = new Map<string, number>();
  #minuteEndsMs = 0;
  constructor(options: { readonly clock: Clock; readonly perMinute: number }) {
    this.#clock = options.clock;
    this.#perMinute = options.perMinute;
  }

  /** Counts the try, whatever becomes of it. */
  mayBegin(address: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    // All counts end together: the map can't grow beyond one minute's addresses.
    if (nowMs >= this.#minuteEndsMs) [this.#begun, this.#minuteEndsMs] = [new Map(), nowMs + minuteMs];
    const begun = (this.#begun.get(address) ?? 0) + 1;
    this.#begun.set(address, begun);
    return begun <= this.#perMinute && (this.#open.get(address) ?? 0) < mostSocketsOfAddress;
  }
  /** Until the returned function is called. */
  opened(address: string): () => void {
    this.#open.set(address, (this.#open.get(address) ?? 0) + 1);
    return () => {
      const left = (this.#open.get(address) ?? 1) - 1;
      if (left === 0) this.#open.delete(address);
      else this.#open.set(address, left);
    };
  }
}
