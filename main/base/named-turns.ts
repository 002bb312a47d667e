/** Work on one thing at a time, by its name, in the order in which it was asked for; different names don't wait for each other. */
export interface NamedTurns {
  take<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export function createNamedTurns(): NamedTurns {
  const last = new Map<string, Promise<unknown>>();
  return {
    take: async (name, work) => {
      const before = last.get(name) ?? Promise.resolve();
      const mine = before.then(work, work);
      last.set(name, mine);
      try {
        return await mine;
      } finally {
        if (last.get(name) === mine) last.delete(name);
      }
    },
  };
}
