/** Starts the page of this computer's owner: makes the app, connects to the service, shows the window. */
import type { Root } from 'react-dom/client';
import { makeHttpClient } from './api/client.ts';
import { connectLive } from './api/live.ts';
import { forgetSession, type Session } from './api/session.ts';
import { makeApp, type App } from './app/make-app.ts';
import { NoSession } from './app/no-session.tsx';
import { Page } from './app/page.tsx';
import { listenToKeyboard } from './keyboard/listen.ts';

const reloadPauseMs = 2000;

export async function startOwner(root: Root, session: Session): Promise<void> {
  const app = makePageApp(session, () => {
    // The shell hands over a fresh session when asked again; a browser's user has to come through Strata.
    if (window.strata !== undefined) return window.setTimeout(() => window.location.reload(), reloadPauseMs);
    forgetSession(window);
    return root.render(<NoSession />);
  });
  listenToKeyboard(app, document);
  window.addEventListener('popstate', () => app.route.follow(window.location.search));
  root.render(<Page app={app} />);
  app.attach(await connectLive({ session, reread: app.reread, onEvent: app.onEvent, onConnection: app.onConnection }));
}

function makePageApp({ address, token }: Session, onStranger: () => void): App {
  return makeApp({
    client: makeHttpClient({ address, token, fetch: window.fetch.bind(window) }),
    bridge: window.strata ?? null, onStranger,
    now: () => Date.now(),
    mac: window.navigator.platform.startsWith('Mac'),
    address: window.location.search,
    writeAddress: (address, how) => {
      const target = window.location.pathname + address;
      if (how === 'push') window.history.pushState(null, '', target);
      else window.history.replaceState(null, '', target);
    },
  });
}
