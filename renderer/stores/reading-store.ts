/** A subject that is read whole from one command and replaced by its event: transfers, needs you, storage, settings. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { problemOf, type ApiProblem } from '../api/client.ts';

export interface Reading<T> { readonly value: T | null; readonly problem: ApiProblem | null }
export interface ReadingStore<T> extends StoreApi<Reading<T>> {
  read(): Promise<void>;
  apply(value: T): void;
}

export function makeReadingStore<T>(ask: () => Promise<T>): ReadingStore<T> {
  const store = createStore<Reading<T>>(() => ({ value: null, problem: null }));
  let turn = 0;
  return {
    ...store,
    async read() {
      const mine = ++turn;
      try {
        const value = await ask();
        // An event that came while this was asked is newer than the answer.
        if (mine === turn) store.setState({ value, problem: null });
      } catch (reason) {
        if (mine === turn) store.setState({ problem: problemOf(reason) });
      }
    },
    apply(value) {
      turn += 1;
      store.setState({ value, problem: null });
    },
  };
}
