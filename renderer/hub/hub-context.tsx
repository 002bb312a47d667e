/** Hands a member's page its parts, with one hook per subject. */
import { createContext, useCallback, useContext, useEffect, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { problemOf, type ApiProblem } from '../api/client.ts';
import { UiProvider } from '../app/ui-context.tsx';
import type { HubApp, HubState } from './hub-app.ts';
import type { HubRoute } from './hub-route.ts';
import type { LibraryState } from './library-store.ts';

const HubContext = createContext<HubApp | null>(null);

export function HubProvider({ hub, children }: { readonly hub: HubApp; readonly children: ReactNode }) {
  return <HubContext value={hub}><UiProvider ui={hub.ui}>{children}</UiProvider></HubContext>;
}

export function useHub(): HubApp {
  const hub = useContext(HubContext);
  if (hub === null) throw new Error('A part of the page is outside HubProvider.');
  return hub;
}

/** Selectors must return a part that is kept, never a new one (it would render for ever). */
export function useHubState<T>(select: (state: HubState) => T): T {
  return useStore(useHub().state, select);
}
export function useHubRoute<T>(select: (route: HubRoute) => T): T {
  return useStore(useHub().route, select);
}
export function useLibrary<T>(select: (state: LibraryState) => T): T {
  return useStore(useHub().library, select);
}

/** What a screen shows from one question; `again` asks anew and keeps what is shown meanwhile. `ask` must be kept by the caller. */
export function useAsked<T>(ask: () => Promise<T>): { readonly value: T | null; readonly problem: ApiProblem | null; readonly again: () => void } {
  const [answer, setAnswer] = useState<{ readonly value: T | null; readonly problem: ApiProblem | null }>({ value: null, problem: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let wanted = true;
    ask().then((value) => {
      if (wanted) setAnswer({ value, problem: null });
    }, (reason: unknown) => {
      if (wanted) setAnswer((before) => ({ ...before, problem: problemOf(reason) }));
    });
    return () => {
      wanted = false;
    };
  }, [ask, turn]);
  return { ...answer, again: useCallback(() => setTurn((before) => before + 1), []) };
}
