/** Short messages after an action, each with an optional Undo. */
import { createStore, type StoreApi } from 'zustand/vanilla';

export interface Notice { readonly id: number; readonly text: string; readonly alert: boolean; readonly undo: string | null }
export interface NoticeStore extends StoreApi<{ readonly notices: readonly Notice[] }> {
  say(text: string, options?: { readonly undo?: string | null; readonly alert?: boolean }): void;
  drop(id: number): void;
}

export function makeNoticeStore(): NoticeStore {
  const store = createStore<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }));
  let nextId = 1;
  return {
    ...store,
    say(text, { undo = null, alert = false } = {}) {
      store.setState(({ notices }) => ({ notices: [...notices.slice(-4), { id: nextId++, text, alert, undo }] }));
    },
    drop: (id) => store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
  };
}
