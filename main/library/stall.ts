/** Ends a stream whose sender has gone silent: what it held in memory is for others, and what came is kept. */
import type { Clock } from '../base/clock.ts';

export async function* untilStalled<T>(source: AsyncIterable<T>, clock: Clock, stallMs: number): AsyncGenerator<T> {
  const items = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const enough = new AbortController();
      const silent = clock.sleep(stallMs, enough.signal).then(() => 'silent' as const);
      const next = await Promise.race([items.next(), silent]).finally(() => enough.abort());
      if (next === 'silent' || next.done === true) return;
      yield next.value;
    }
  } finally {
    // A source that never answers would not answer to its end either.
    void Promise.resolve(items.return?.()).catch(() => undefined);
  }
}
