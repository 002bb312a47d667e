/** Hands the app's parts to components, with one hook per subject. */
import { createContext, useContext, useEffect, useRef, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Route } from '../stores/route-store.ts';
import type { StatusState } from '../stores/status-store.ts';
import type { Shortcut } from '../keyboard/registry.ts';
import type { ViewState } from '../stores/view-store.ts';
import type { App } from './make-app.ts';

const AppContext = createContext<App | null>(null);

export function AppProvider({ app, children }: { readonly app: App; readonly children: ReactNode }) {
  return <AppContext value={app}>{children}</AppContext>;
}

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error('A part of the page is outside AppProvider.');
  return app;
}

/** Selectors must return a part that is kept, never a new object (it would render for ever). */
export function useStatus<T>(select: (state: StatusState) => T): T {
  return useStore(useApp().status, select);
}
export function useRoute<T>(select: (route: Route) => T): T {
  return useStore(useApp().route, select);
}
export function useView<T>(select: (view: ViewState) => T): T {
  return useStore(useApp().view, select);
}

/** Registers shortcuts while the component is there; the newest definition always runs. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const { keys } = useApp();
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  const names = shortcuts.map((shortcut) => `${shortcut.keys}${shortcut.inFields === true ? '!' : ''}`).join(' ');
  useEffect(() => keys.add(latest.current.map((shortcut, at) => ({ ...shortcut, run: () => latest.current[at]?.run() }))), [keys, names]);
}
