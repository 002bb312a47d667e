/** The whole page over one app, and the one listener for the keyboard. */
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

/** Shortcuts are off in fields and while text is selected, unless they carry a modifier that says otherwise. */
export function listenToKeyboard(app: App, document: Document): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const target = event.target instanceof HTMLElement ? event.target : null;
    const inField = target !== null && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
    const textSelected = document.getSelection()?.isCollapsed === false;
    if (app.keys.handle(event, inField || textSelected)) event.preventDefault();
  });
}
