/** Where the user is, kept in the address so that the browser's back button works. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { EntryState, TierName } from '../../shared/model/states.ts';

export const screens = ['files', 'transfers', 'activity', 'needsYou', 'storage', 'settings', 'more', 'addFolder'] as const;
export type Screen = (typeof screens)[number];
export type SortBy = 'name' | 'size' | 'changed' | 'state';

export interface Route {
  readonly screen: Screen;
  readonly rootId: string | null;
  readonly folder: string;
  readonly search: string;
  readonly state: EntryState | null;
  readonly tier: TierName | null;
  readonly sort: SortBy;
  readonly descending: boolean;
  /** The entry whose details are asked for, by key. */
  readonly entry: string | null;
  readonly section: string | null;
}
export const startRoute: Route = { screen: 'files', rootId: null, folder: '', search: '', state: null, tier: null, sort: 'name', descending: false, entry: null, section: null };

export interface RouteStore extends StoreApi<Route> {
  /** Goes somewhere; `replace` while typing, so that each letter is not a step back. */
  go(change: Partial<Route>, how?: 'push' | 'replace'): void;
  follow(address: string): void;
}

export function addressOf(route: Route): string {
  const query = new URLSearchParams();
  if (route.screen !== 'files') query.set('at', route.screen);
  for (const name of ['rootId', 'folder', 'search', 'state', 'tier', 'entry', 'section'] as const) {
    const value = route[name];
    if (value !== null && value !== '') query.set(name === 'rootId' ? 'in' : name, value);
  }
  if (route.sort !== 'name') query.set('sort', route.sort);
  if (route.descending) query.set('descending', '1');
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

export function routeOf(address: string): Route {
  const query = new URLSearchParams(address);
  const at = query.get('at');
  const sort = query.get('sort');
  return {
    screen: screens.find((screen) => screen === at) ?? 'files',
    rootId: query.get('in'), folder: query.get('folder') ?? '', search: query.get('search') ?? '',
    state: query.get('state') as EntryState | null, tier: query.get('tier') as TierName | null,
    sort: sort === 'size' || sort === 'changed' || sort === 'state' ? sort : 'name',
    descending: query.get('descending') === '1', entry: query.get('entry'), section: query.get('section'),
  };
}

export function makeRouteStore(address: string, write: (address: string, how: 'push' | 'replace') => void): RouteStore {
  const store = createStore<Route>(() => routeOf(address));
  return {
    ...store,
    go(change, how = 'push') {
      const before = addressOf(store.getState());
      store.setState(change);
      const after = addressOf(store.getState());
      if (after !== before) write(after, how);
    },
    follow: (next) => store.setState(routeOf(next)),
  };
}
