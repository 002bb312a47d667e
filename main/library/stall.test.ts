/** A silent sender is not waited for; one that sends is read to its end, and its errors are told. */
import { expect, it } from 'vitest';
import { HeldClock } from '../testing/door-under-test.ts';
import { untilStalled } from './stall.ts';

/** Rings when the test says so. */
class RungClock extends HeldClock {
  readonly #waiting = new Set<() => void>();
  override sleep(_delayMs?: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
      signal?.addEventListener('abort', () => {
        this.#waiting.delete(resolve);
        resolve();
      }, { once: true });
    });
  }
  ring(): void {
    for (const resolve of this.#waiting) resolve();
  }
  get sleepers(): number {
    return this.#waiting.size;
  }
}
async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of source) found.push(one);
  return found;
}

it('ends where nothing comes any more, with what came', async () => {
  const clock = new RungClock();
  async function* silent(): AsyncGenerator<number> {
    yield 1;
    yield 2;
    queueMicrotask(() => clock.ring());
    await new Promise(() => undefined);
  }
  expect(await all(untilStalled(silent(), clock, 1000))).toEqual([1, 2]);
});
it('reads all of one that sends, tells its error, and leaves no timer', async () => {
  const clock = new RungClock();
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    throw new Error('the line broke');
  }
  async function* whole(): AsyncGenerator<number> {
    yield* [1, 2, 3];
  }
  expect(await all(untilStalled(whole(), clock, 1000))).toEqual([1, 2, 3]);
  await expect(all(untilStalled(broken(), clock, 1000))).rejects.toThrow('the line broke');
  expect(clock.sleepers).toBe(0);
});
