/** Many at once, never more than allowed: a slow one holds up its own place alone, and a problem ends the whole once those under way have ended. */
import { describe, expect, it } from 'vitest';
import { sideBySide } from './side-by-side.ts';

/** Each act ends when the test says so. */
function acts() {
  const ends = new Map<number, (goesOn: boolean | Error) => void>();
  const act = (item: number): Promise<boolean> => new Promise((resolve, reject) => {
    ends.set(item, (how) => {
      ends.delete(item);
      if (how instanceof Error) reject(how);
      else resolve(how);
    });
  });
  const end = async (item: number, how: boolean | Error = true): Promise<void> => {
    ends.get(item)?.(how);
    await allWait();
  };
  return { act, end, underWay: () => [...ends.keys()] };
}
const allWait = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
async function* pages(count: number, failsAt: number | null = null): AsyncGenerator<number> {
  for (let at = 0; at < count; at += 1) {
    if (at === failsAt) throw new Error('no page');
    await Promise.resolve();
    yield at;
  }
}
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

describe('side by side', () => {
  it('the next begins as soon as one ends, however long another takes', async () => {
    const { act, end, underWay } = acts();
    const done = sideBySide(numbers(6), 3, act);
    await allWait();
    expect(underWay()).toEqual([0, 1, 2]);
    for (const item of [1, 2, 3, 4]) await end(item);
    expect(underWay()).toEqual([0, 5]);
    await end(5);
    await end(0);
    await done;
  });
  it('nothing more begins once one says so, and none is cut off', async () => {
    const { act, end, underWay } = acts();
    let isOver = false;
    const done = sideBySide(numbers(9), 2, act).then(() => (isOver = true));
    await allWait();
    await end(0, false);
    expect([underWay(), isOver]).toEqual([[1], false]);
    await end(1);
    await done;
  });
  it('what is thrown comes out when the others have ended', async () => {
    const { act, end, underWay } = acts();
    let problem: unknown = null;
    const done = sideBySide(numbers(9), 2, act).catch((thrown: unknown) => (problem = thrown));
    await allWait();
    await end(1, new Error('away'));
    expect([underWay(), problem]).toEqual([[0], null]);
    await end(0);
    await done;
    expect(problem).toEqual(new Error('away'));
  });
  it('so it is with what comes in pages; a page that fails ends the whole, once those under way have ended', async () => {
    const { act, end, underWay } = acts();
    const done = sideBySide(pages(5), 3, act);
    await allWait();
    for (const item of [1, 2]) await end(item);
    expect(underWay()).toEqual([0, 3, 4]);
    for (const item of [0, 3, 4]) await end(item);
    await done;
    let problem: unknown = null;
    const broken = sideBySide(pages(5, 2), 3, act).catch((thrown: unknown) => (problem = thrown));
    await allWait();
    expect([underWay(), problem]).toEqual([[0, 1], null]);
    for (const item of [0, 1]) await end(item);
    await broken;
    expect(problem).toEqual(new Error('no page'));
  });
  it('of nothing nothing is done', async () => {
    await sideBySide([], 10, () => Promise.reject(new Error('asked')));
  });
});
