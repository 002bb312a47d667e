/** Runs and lines of activity, newest first, by page and filter. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ActivityLine, Run } from '../../shared/api/contract.ts';
import { problemOf, type ApiClient, type ApiProblem } from '../api/client.ts';

export interface ActivityFilter { readonly rootId: string | null; readonly kind: ActivityLine['kind'] | null }
export interface ActivityState {
  readonly filter: ActivityFilter;
  readonly runs: readonly Run[];
  readonly lines: readonly ActivityLine[] | null;
  readonly nextLines: string | null;
  readonly problem: ApiProblem | null;
}
export interface ActivityStore extends StoreApi<ActivityState> {
  read(filter: ActivityFilter): Promise<void>;
  more(): Promise<void>;
  apply(lines: readonly ActivityLine[]): void;
}
const mostLines = 5000;

export function makeActivityStore(client: ApiClient): ActivityStore {
  const store = createStore<ActivityState>(() => ({ filter: { rootId: null, kind: null }, runs: [], lines: null, nextLines: null, problem: null }));
  const inputOf = ({ rootId, kind }: ActivityFilter): { rootId?: string; kind?: ActivityLine['kind'] } => ({
    ...(rootId === null ? {} : { rootId }), ...(kind === null ? {} : { kind }),
  });
  let turn = 0;
  return {
    ...store,
    async read(filter) {
      const mine = ++turn;
      store.setState({ filter });
      try {
        const { rootId } = inputOf(filter);
        const [{ runs }, { lines, next_cursor: nextLines }] = await Promise.all([
          client.call('readRuns', rootId === undefined ? {} : { rootId }),
          client.call('readLines', inputOf(filter)),
        ]);
        if (mine === turn) store.setState({ runs, lines, nextLines, problem: null });
      } catch (reason) {
        if (mine === turn) store.setState({ problem: problemOf(reason) });
      }
    },
    async more() {
      const { filter, nextLines } = store.getState();
      if (nextLines === null) return;
      const mine = turn;
      try {
        const answer = await client.call('readLines', { ...inputOf(filter), before: Number(nextLines) });
        if (mine === turn) store.setState((state) => ({ lines: [...state.lines ?? [], ...answer.lines], nextLines: answer.next_cursor }));
      } catch (reason) {
        store.setState({ problem: problemOf(reason) });
      }
    },
    apply(lines) {
      const { filter, lines: held } = store.getState();
      if (held === null) return;
      const known = new Set(held.slice(0, 1000).map((line) => line.id));
      const fitting = lines.filter((line) => !known.has(line.id) && (filter.rootId === null || line.rootId === filter.rootId) && (filter.kind === null || line.kind === filter.kind));
      if (fitting.length > 0) store.setState({ lines: [...fitting.toSorted((a, b) => b.id - a.id), ...held].slice(0, mostLines) });
    },
  };
}
