/** Where a member is, kept in the address so that the browser's back button works. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export const hubScreens = ['files', 'trash', 'links', 'profile', 'members'] as const;
export type HubScreen = (typeof hubScreens)[number];
/** What the bytes are; empty is all. */
export const libraryKinds = ['', 'image', 'video', 'audio', 'pdf', 'text'] as const;
export type LibraryKind = (typeof libraryKinds)[number];
export type LibrarySort = 'name' | 'size' | 'newest';
export interface HubRoute {
  readonly screen: HubScreen;
  readonly folder: string;
  readonly search: string;
  readonly kind: LibraryKind;
  readonly sort: LibrarySort;
  readonly descending: boolean;
}
export const startHubRoute: HubRoute = { screen: 'files', folder: '', search: '', kind: '', sort: 'name', descending: false };

export interface HubRouteStore extends StoreApi<HubRoute> {
  /** Goes somewhere; `replace` while typing, so that each letter is not a step back. */
  go(change: Partial<HubRoute>, how?: 'push' | 'replace'): void;
  follow(address: string): void;
}

/** Found where one is and below, from all folders at once. */
export function isSearching({ search, kind }: Pick<HubRoute, 'search' | 'kind'>): boolean {
  return search !== '' || kind !== '';
}

export function hubAddressOf(route: HubRoute): string {
  const query = new URLSearchParams();
  if (route.screen !== 'files') query.set('at', route.screen);
  for (const name of ['folder', 'search', 'kind'] as const) if (route[name] !== '') query.set(name, route[name]);
  if (route.sort !== 'name') query.set('sort', route.sort);
  if (route.descending) query.set('descending', '1');
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

export function hubRouteOf(address: string): HubRoute {
  const query = new URLSearchParams(address);
  const [at, sort] = [query.get('at'), query.get('sort')];
  return {
    screen: hubScreens.find((screen) => screen === at) ?? 'files', folder: query.get('folder') ?? '', search: query.get('search') ?? '',
    kind: libraryKinds.find((kind) => kind === query.get('kind')) ?? '',
    sort: sort === 'size' || sort === 'newest' ? sort : 'name', descending: query.get('descending') === '1',
  };
}

export function makeHubRoute(address: string, write: (address: string, how: 'push' | 'replace') => void): HubRouteStore {
  const store = createStore<HubRoute>(() => hubRouteOf(address));
  return {
    ...store,
    go(change, how = 'push') {
      const before = hubAddressOf(store.getState());
      store.setState(change);
      const after = hubAddressOf(store.getState());
      if (after !== before) write(after, how);
    },
    follow: (next) => store.setState(hubRouteOf(next)),
  };
}
