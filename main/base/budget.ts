/** Hands out shares of a fixed amount (bytes of memory, say) in the order in which they were asked for. */

export interface Budget {
  /** Resolves when `amount` is free; an amount above the whole gets the whole. Call the result to give it back. */
  take(amount: number): Promise<() => void>;
}

export function createBudget(whole: number): Budget {
  let free = whole;
  const waiting: { readonly amount: number; readonly start: () => void }[] = [];
  const serve = (): void => {
    for (let next = waiting[0]; next !== undefined && next.amount <= free; next = waiting[0]) {
      waiting.shift();
      free -= next.amount;
      next.start();
    }
  };
  return {
    take: (wanted) => {
      const amount = Math.min(wanted, whole);
      return new Promise((resolve) => {
        let returned = false;
        const giveBack = (): void => {
          if (returned) return;
          returned = true;
          free += amount;
          serve();
        };
        waiting.push({ amount, start: () => resolve(giveBack) });
        serve();
      });
    },
  };
}
