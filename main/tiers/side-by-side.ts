/** Works through a list with so many at once: as soon as one ends the next begins, so that a slow or waiting one holds up its own place alone. */

/** `act` says whether it goes on; what it throws ends the whole, once those under way have ended. */
export async function sideBySide<T>(items: Iterable<T> | AsyncIterable<T>, most: number, act: (item: T) => Promise<boolean>): Promise<void> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const problems: unknown[] = [];
  let goesOn = true;
  const place = async (): Promise<void> => {
    while (goesOn) {
      try {
        const next = await source.next();
        // Another one may have stopped the whole while this one waited for its next.
        if (next.done === true || !goesOn) return;
        if (!(await act(next.value))) goesOn = false;
      } catch (thrown) {
        goesOn = false;
        problems.push(thrown);
      }
    }
  };
  await Promise.all(Array.from({ length: most }, place));
  if (problems.length > 0) throw problems[0];
}
