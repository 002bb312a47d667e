/** What a member's folder shows: its folders, its files page by page, and what is selected. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CallInputOf, OutputOf } from '../../shared/api/contract.ts';
import { problemOf, type ApiProblem } from '../api/client.ts';
import type { HubClient } from '../api/hub-client.ts';
import { hubAddressOf, isSearching, type HubRoute } from './hub-route.ts';

export interface FolderItem { readonly kind: 'folder'; readonly key: string; readonly name: string; readonly path: string; readonly files: number; readonly bytes: number }
export interface FileItem { readonly kind: 'file'; readonly key: string; readonly id: number; readonly name: string; readonly folder: string; readonly bytes: number; readonly location: 'minio' | 's3'; readonly atMs: number; readonly type: string; readonly syncedAtMs: number | null }
export type LibraryItem = FolderItem | FileItem;

export interface LibraryState {
  /** Null while the first answer is awaited. */
  readonly items: readonly LibraryItem[] | null;
  readonly cursor: string | null;
  readonly problem: ApiProblem | null;
  readonly selected: ReadonlySet<string>;
  readonly focusRank: number;
  /** Where the shift key extends from. */
  readonly anchor: number;
  /** The route that is shown. */
  readonly shown: string;
}
export interface LibraryStore extends StoreApi<LibraryState> {
  show(route: HubRoute): Promise<void>;
  more(): Promise<void>;
  /** The same place anew, without losing place or selection. */
  reread(): Promise<void>;
  /** Away from the list at once; the hub's answer comes later. */
  hide(keys: ReadonlySet<string>): void;
  select(selected: ReadonlySet<string>): void;
  focus(rank: number, extend: boolean): void;
}
const pageLength = 200;
const mostRereadLength = 1000;
const fields = 'id,filename,file_size,storage_location,uploaded_at,synced_at,folder,content_type';

export function makeLibraryStore(client: HubClient): LibraryStore {
  const empty: LibraryState = { items: null, cursor: null, problem: null, selected: new Set(), focusRank: 0, anchor: 0, shown: '' };
  const store = createStore<LibraryState>(() => empty);
  let route: HubRoute | null = null;
  let turn = 0;
  let reading: Promise<void> | null = null;
  let again = false;

  const read = async (wanted: HubRoute, limit: number): Promise<void> => {
    const mine = (turn += 1);
    try {
      const [folders, files] = await Promise.all([
        isSearching(wanted) ? { folders: [] } : client.call('listFolders', { folder: wanted.folder }),
        client.call('listFiles', { ...queryOf(wanted), limit }),
      ]);
      if (mine !== turn) return;
      const items = [...sortFolders(folders.folders, wanted), ...files.files.map(fileItem)];
      const keys = new Set(items.map((item) => item.key));
      store.setState(({ selected, focusRank }) => ({ items, cursor: files.next_cursor, problem: null, selected: new Set([...selected].filter((key) => keys.has(key))), focusRank: Math.min(focusRank, Math.max(0, items.length - 1)) }));
    } catch (reason) {
      if (mine === turn) store.setState({ problem: problemOf(reason) });
    }
  };
  const reread = async (): Promise<void> => {
    if (route === null) return;
    // Many changes at once are read once more, not once each.
    if (reading !== null) {
      again = true;
      return reading;
    }
    const files = store.getState().items?.filter((item) => item.kind === 'file').length ?? 0;
    reading = read(route, Math.min(Math.max(pageLength, files), mostRereadLength)).finally(() => {
      reading = null;
      if (!again) return;
      again = false;
      void reread();
    });
    return reading;
  };
  return {
    ...store,
    async show(next) {
      route = next;
      const shown = hubAddressOf(next);
      if (shown !== store.getState().shown || store.getState().items === null) store.setState({ ...empty, shown });
      await read(next, pageLength);
    },
    async more() {
      const { cursor } = store.getState();
      if (cursor === null || route === null) return;
      const mine = turn;
      store.setState({ cursor: null });
      try {
        const answer = await client.call('listFiles', { ...queryOf(route), limit: pageLength, cursor });
        if (mine !== turn) return;
        store.setState(({ items }) => ({ items: [...(items ?? []), ...answer.files.map(fileItem)], cursor: answer.next_cursor }));
      } catch (reason) {
        if (mine === turn) store.setState({ problem: problemOf(reason), cursor });
      }
    },
    reread,
    hide: (keys) => store.setState(({ items, selected, focusRank }) => {
      const left = items?.filter((item) => !keys.has(item.key)) ?? null;
      return { items: left, selected: new Set([...selected].filter((key) => !keys.has(key))), focusRank: Math.min(focusRank, Math.max(0, (left?.length ?? 1) - 1)) };
    }),
    select: (selected) => store.setState({ selected }),
    focus: (rank, extend) => store.setState(({ items, anchor, selected }) => {
      if (!extend) return { focusRank: rank, anchor: rank };
      const [from, to] = [Math.min(anchor, rank), Math.max(anchor, rank)];
      return { focusRank: rank, selected: new Set([...selected, ...(items ?? []).slice(from, to + 1).map((item) => item.key)]) };
    }),
  };
}

const types = { image: 'image/', video: 'video/', audio: 'audio/', pdf: 'application/pdf', text: 'text/' } as const;
function queryOf(route: HubRoute): CallInputOf<'listFiles'> {
  const { folder, search, kind, sort, descending } = route;
  const down = sort === 'newest' ? !descending : descending;
  return { ...(isSearching(route) ? { below: folder } : { folder }), ...(search === '' ? {} : { search }), ...(kind === '' ? {} : { type: types[kind] }), sort, order: down ? 'desc' : 'asc', fields };
}

type Folders = OutputOf<'listFolders'>['folders'];
function sortFolders(folders: Folders, { sort, descending }: HubRoute): FolderItem[] {
  const sorted = [...folders].sort((a, b) => (sort === 'size' ? a.bytes - b.bytes : a.name.localeCompare(b.name)));
  if (descending && sort !== 'newest') sorted.reverse();
  return sorted.map((folder) => ({ kind: 'folder', key: `folder:${folder.path}`, ...folder }));
}

export function fileItem(file: OutputOf<'listFiles'>['files'][number]): FileItem {
  const synced = file.synced_at ?? null;
  return {
    kind: 'file', key: `file:${file.id ?? 0}`, id: file.id ?? 0, name: file.filename ?? '', folder: file.folder ?? '', bytes: file.file_size ?? 0, location: file.storage_location ?? 'minio',
    atMs: Date.parse(file.uploaded_at ?? ''), type: file.content_type ?? '', syncedAtMs: synced === null ? null : Date.parse(synced),
  };
}
