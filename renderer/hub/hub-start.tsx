/** Starts the members' page: looks whose session this browser holds, and shows the files or the way in. */
import type { Root } from 'react-dom/client';
import { say } from '../../shared/words/words.ts';
import { makeHubClient } from '../api/hub-client.ts';
import { connectHubLive, type HubLive } from '../api/hub-live.ts';
import { makeSessionShelf, type HubFacts } from '../api/hub-session.ts';
import { listenToKeyboard } from '../keyboard/listen.ts';
import type { Brought } from './entry-screen.tsx';
import { makeHubApp, type HubApp, type Look } from './hub-app.ts';
import { HubPage } from './hub-page.tsx';

const lookKey = 'strata-look';

export async function startHub(root: Root, facts: HubFacts, brought: Brought): Promise<void> {
  const hub = makeBrowserHub(facts);
  listenToKeyboard(hub.ui, document);
  window.addEventListener('popstate', () => hub.route.follow(window.location.search));
  // A session of before still counts, unless a link brought somebody new.
  if (brought.invitation === undefined && brought.reset === undefined && hub.client.credential() !== null) {
    const me = await hub.client.call('readMe', {}).catch(() => null);
    if (me !== null) hub.enter({ id: me.id, email: me.email, role: me.role });
  }
  followSession(hub);
  root.render(<HubPage hub={hub} brought={brought} />);
}

/** Events are heard while somebody is in, and by that session alone. */
function followSession(hub: HubApp): void {
  let live: Promise<HubLive> | null = null;
  const look = (): void => {
    const isIn = hub.state.getState().member !== null;
    if (isIn === (live !== null)) return;
    if (isIn) live = connectHubLive({ address: window.location.origin, credential: hub.client.credential, reread: hub.reread, onAnswers: (answers) => hub.state.setState({ answers }) });
    else {
      void live?.then((feed) => feed.stop());
      live = null;
      // Nothing of the one who left stays for the next.
      window.location.replace(window.location.pathname);
    }
  };
  look();
  hub.state.subscribe(look);
}

function makeBrowserHub(facts: HubFacts): HubApp {
  const address = window.location.origin;
  const shelf = makeSessionShelf(window);
  const kept = window.localStorage.getItem(lookKey);
  return makeHubApp({
    facts, address, now: () => Date.now(), mac: window.navigator.platform.startsWith('Mac'),
    routeAddress: window.location.search,
    writeAddress: (to, how) => {
      const target = window.location.pathname + to;
      if (how === 'push') window.history.pushState(null, '', target);
      else window.history.replaceState(null, '', target);
    },
    look: kept === 'light' || kept === 'dark' ? kept : 'system',
    keepLook: (look: Look) => window.localStorage.setItem(lookKey, look),
    open: (url) => {
      const link = document.createElement('a');
      link.href = url;
      link.download = '';
      link.click();
    },
    ...('Notification' in window && window.isSecureContext ? { notices: browserNotices } : {}),
    makeClient: (askToLogIn) => makeHubClient({ address, fetch: window.fetch.bind(window), shelf, cookies: facts.cookies, askToLogIn }),
  });
}

const browserNotices = {
  ask: async () => (await Notification.requestPermission()) === 'granted',
  tellIfHidden: (text: string): void => {
    if (!document.hidden || Notification.permission !== 'granted') return;
    // Phones throw here: they take notices from a service worker alone.
    try {
      const notice = new Notification(say('app.name'), { body: text, tag: 'strata-uploads' });
      notice.onclick = () => window.focus();
    } catch {
      return;
    }
  },
};
