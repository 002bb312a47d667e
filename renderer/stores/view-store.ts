/** One open list: only the pages of rows that were looked at are here, two hundred rows each, the oldest forgotten first. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CallInputOf, Row } from '../../shared/api/contract.ts';
import type { EventOf } from '../../shared/api/events.ts';
import { problemOf, type ApiClient, type ApiProblem } from '../api/client.ts';
import type { WatchedRanks } from '../api/live.ts';
import { nothingSelected, type Selection } from './selection.ts';

export const pageRows = 200;
const mostPages = 24;
export type ViewQueryInput = CallInputOf<'openView'>;

export interface ViewState {
  readonly query: ViewQueryInput | null;
  readonly viewId: string | null;
  /** Null while the list is being opened. */
  readonly count: number | null;
  /** Grows whenever a row that is here changed, so that lists look again. */
  readonly revision: number;
  readonly problem: ApiProblem | null;
  readonly focusRank: number;
  readonly selection: Selection;
}
export interface ViewStore extends StoreApi<ViewState> {
  open(query: ViewQueryInput): Promise<void>;
  rowAt(rank: number): Row | undefined;
  /** Fetches what is missing between these ranks and tells the service what is shown. */
  show(from: number, to: number): void;
  rows(from: number, to: number): Promise<readonly Row[]>;
  find(prefix: string, after: number): Promise<number | null>;
  apply(change: EventOf<'viewChanged'>): void;
  reread(): Promise<void>;
  focus(rank: number): void;
  select(selection: Selection): void;
}

const closed: ViewState = { query: null, viewId: null, count: null, revision: 0, problem: null, focusRank: 0, selection: nothingSelected };

export function makeViewStore({ client, watch }: { readonly client: ApiClient; readonly watch: (ranks: WatchedRanks) => void }): ViewStore {
  const store = createStore<ViewState>(() => closed);
  const pages = new Map<number, readonly Row[]>();
  const asked = new Set<number>();
  let opening = 0;
  let shown: { from: number; to: number } = { from: 0, to: 0 };

  const bump = (change: Partial<ViewState> = {}): void => store.setState((state) => ({ ...change, revision: state.revision + 1 }));
  const keep = (page: number, rows: readonly Row[]): void => {
    pages.delete(page);
    pages.set(page, rows);
    for (const oldest of pages.keys()) {
      if (pages.size <= mostPages) break;
      pages.delete(oldest);
    }
  };
  const fetchPage = async (page: number, viewId: string): Promise<void> => {
    if (asked.has(page)) return;
    asked.add(page);
    try {
      const { count, rows } = await client.call('readRows', { viewId, from: page * pageRows, to: (page + 1) * pageRows });
      if (store.getState().viewId !== viewId) return;
      keep(page, rows);
      bump({ count, problem: null });
    } catch (reason) {
      const problem = problemOf(reason);
      if (store.getState().viewId !== viewId) return;
      // A list lives five minutes after its last use; a forgotten one is simply opened again.
      if (problem.status === 404) void reopen();
      else bump({ problem });
    } finally {
      asked.delete(page);
    }
  };
  const openWith = async (query: ViewQueryInput, kept: Partial<ViewState>): Promise<void> => {
    const mine = ++opening;
    const before = store.getState().viewId;
    try {
      const { viewId, count } = await client.call('openView', query);
      if (mine !== opening) return;
      pages.clear();
      asked.clear();
      bump({ query, viewId, count, problem: null, ...kept });
      result.show(shown.from, Math.max(shown.to, 1));
    } catch (reason) {
      if (mine === opening) bump({ query, problem: problemOf(reason) });
    }
    if (before !== null) await client.call('closeView', { viewId: before }).catch(() => undefined);
  };
  const reopen = async (): Promise<void> => {
    const { query } = store.getState();
    if (query !== null) await openWith(query, {});
  };
  const result: ViewStore = {
    ...store,
    async open(query) {
      shown = { from: 0, to: 0 };
      pages.clear();
      bump({ query, count: null, problem: null, focusRank: 0, selection: nothingSelected });
      await openWith(query, {});
    },
    rowAt: (rank) => pages.get(Math.floor(rank / pageRows))?.[rank % pageRows],
    show(from, to) {
      shown = { from, to };
      const { viewId, count } = store.getState();
      if (viewId === null || count === null) return;
      // An empty list is watched too, or the first file that arrives would never be told.
      watch({ viewId, from, to });
      if (count === 0) return;
      const last = Math.floor((Math.min(to, count) - 1) / pageRows);
      for (let page = Math.floor(from / pageRows); page <= last; page += 1) {
        if (!pages.has(page)) void fetchPage(page, viewId);
      }
    },
    async rows(from, to) {
      const { viewId } = store.getState();
      if (viewId === null) return [];
      return (await client.call('readRows', { viewId, from, to })).rows;
    },
    async find(prefix, after) {
      const { viewId } = store.getState();
      return viewId === null ? null : (await client.call('findInView', { viewId, prefix, after })).rank;
    },
    apply({ viewId, count, ranges, rows }) {
      if (viewId !== store.getState().viewId) return;
      for (const range of ranges) {
        for (const page of [...pages.keys()]) {
          if (page * pageRows < range.to && (page + 1) * pageRows > range.from) pages.delete(page);
        }
      }
      for (const row of rows) {
        const page = Math.floor(row.rank / pageRows);
        const held = pages.get(page);
        if (held !== undefined) pages.set(page, held.with(Math.min(row.rank % pageRows, held.length - 1), row));
      }
      bump({ count });
      result.show(shown.from, shown.to);
    },
    reread: reopen,
    focus: (focusRank) => store.setState({ focusRank }),
    select: (selection) => store.setState({ selection }),
  };
  return result;
}
