/** Starts the page: finds the session, makes the app, connects to the service, shows the window. */
import './theme/tokens.css';
import './theme/base.css';
import { createRoot } from 'react-dom/client';
import { makeHttpClient } from './api/client.ts';
import { connectLive } from './api/live.ts';
import { findSession, forgetSession, type Session } from './api/session.ts';
import { makeApp, type App } from './app/make-app.ts';
import { NoSession } from './app/no-session.tsx';
import { listenToKeyboard, Page } from './app/page.tsx';

const reloadPauseMs = 2000;

async function start(): Promise<void> {
  const place = document.getElementById('root');
  if (place === null) return;
  const root = createRoot(place);
  const session = await findSession(window).catch(() => null);
  if (session === null) {
    root.render(<NoSession />);
    return;
  }
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

void start();
