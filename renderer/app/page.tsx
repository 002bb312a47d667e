/** The whole page over one app. */
import { CSPProvider } from '@base-ui/react/csp-provider';
import { AppProvider } from './app-context.tsx';
import type { App } from './make-app.ts';
import { Shell } from './shell.tsx';

export function Page({ app }: { readonly app: App }) {
  return (
    <CSPProvider disableStyleElements>
      <AppProvider app={app}><Shell /></AppProvider>
    </CSPProvider>
  );
}
