/** The whole page over one app. */
import { CSPProvider } from '@base-ui/react/csp-provider';
import { PartBoundary } from '../components/lazy-part.tsx';
import { AppProvider } from './app-context.tsx';
import type { App } from './make-app.ts';
import { Shell } from './shell.tsx';

export function Page({ app }: { readonly app: App }) {
  return (
    <CSPProvider disableStyleElements>
      <PartBoundary><AppProvider app={app}><Shell /></AppProvider></PartBoundary>
    </CSPProvider>
  );
}
