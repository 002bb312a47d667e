/** Codes with which a browser opens: 256 random bits, one use, 60 seconds, so that one seen in a process list is worth nothing soon (rule 41). */
import { randomBytes } from 'node:crypto';
import { dropOldest } from '../base/drop-oldest.ts';
import type { Clock } from '../base/clock.ts';

export const codeLifetimeMs = 60_000;
/** More than anyone opens at once; the oldest goes, so that nobody fills the memory. */
const mostCodes = 64;

export class OneTimeCodes {
  readonly #clock: Clock;
  readonly #madeAtMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  make(): string {
    const code = randomBytes(32).toString('base64url');
    this.#madeAtMs.set(code, this.#clock.monotonicMs());
    dropOldest(this.#madeAtMs, mostCodes);
    return code;
  }

  /** True once per code, and only in its 60 seconds. Looking up 256 random bits by hash leaks no usable time. */
  use(code: string): boolean {
    const madeAtMs = this.#madeAtMs.get(code);
    this.#madeAtMs.delete(code);
    return madeAtMs !== undefined && this.#clock.monotonicMs() - madeAtMs < codeLifetimeMs;
  }
}
