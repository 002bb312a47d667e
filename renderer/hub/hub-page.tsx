/** The members' whole page: the way in, or what they have once they are in. */
import { CSPProvider } from '@base-ui/react/csp-provider';
import { Suspense, useEffect } from 'react';
import { HubShell } from './hub-shell.tsx';
import { HubProvider, useHubState } from './hub-context.tsx';
import type { HubApp } from './hub-app.ts';
import type { Brought } from './entry-screen.tsx';
import { lazyPart, PartBoundary } from '../components/lazy-part.tsx';

const EntryScreen = lazyPart(() => import('./entry-screen.tsx').then((module) => ({ default: module.EntryScreen })));

export function HubPage({ hub, brought }: { readonly hub: HubApp; readonly brought: Brought }) {
  return (
    <CSPProvider disableStyleElements>
      <PartBoundary><HubProvider hub={hub}><Way brought={brought} /></HubProvider></PartBoundary>
    </CSPProvider>
  );
}

function Way({ brought }: { readonly brought: Brought }) {
  const isIn = useHubState((state) => state.member !== null);
  const look = useHubState((state) => state.look);
  useEffect(() => {
    if (look === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = look;
  }, [look]);
  return isIn ? <HubShell /> : <Suspense fallback={null}><EntryScreen brought={brought} /></Suspense>;
}
