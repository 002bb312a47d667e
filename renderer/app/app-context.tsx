/** Hands the app's parts to components, with one hook per subject. */
import { createContext, useContext, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Route } from '../stores/route-store.ts';
import type { StatusState } from '../stores/status-store.ts';
import type { ViewState } from '../stores/view-store.ts';
import type { App } from './make-app.ts';
import { UiProvider } from './ui-context.tsx';

const AppContext = createContext<App | null>(null);

export function AppProvider({ app, children }: { readonly app: App; readonly children: ReactNode }) {
  return <AppContext value={app}><UiProvider ui={app}>{children}</UiProvider></AppContext>;
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
