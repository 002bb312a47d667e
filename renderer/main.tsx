/** Starts the page for whoever came: this computer's owner, a member of the hub, or somebody with a link; each has its own part, fetched when it is known. */
import './theme/tokens.css';
import './theme/base.css';
import { createRoot, type Root } from 'react-dom/client';
import { makeHttpClient } from './api/client.ts';
import type { HubFacts } from './api/hub-session.ts';
import { findSession } from './api/session.ts';
import { persistently } from './components/lazy-part.tsx';
import { NoSession } from './app/no-session.tsx';

async function start(): Promise<void> {
  const place = document.getElementById('root');
  if (place === null) return;
  const root = createRoot(place);
  // What a link carries stands in the fragment, which reaches no server.
  const brought = new URLSearchParams(window.location.hash.slice(1));
  const share = brought.get('share');
  if (share !== null) return (await persistently(() => import('./hub/public-link.tsx'))).startPublicLink(root, share);
  const carried = [...(['invitation', 'reset'] as const)].flatMap((name) => (brought.get(name) === null ? [] : [[name, brought.get(name)]]));
  const session = carried.length > 0 ? null : await findSession(window).catch(() => null);
  if (session !== null) return (await persistently(() => import('./owner-start.tsx'))).startOwner(root, session);
  return startForMember(root, Object.fromEntries(carried) as { readonly invitation?: string; readonly reset?: string });
}

async function startForMember(root: Root, brought: { readonly invitation?: string; readonly reset?: string }): Promise<void> {
  const facts = window.strata === undefined ? await readHub() : null;
  if (facts === null) return root.render(<NoSession />);
  // A code is for once: a copied address must not carry it.
  if (window.location.hash !== '') window.history.replaceState(null, '', window.location.pathname);
  return (await persistently(() => import('./hub/hub-start.tsx'))).startHub(root, facts, brought);
}

/** Null where nothing is shared from here. */
async function readHub(): Promise<HubFacts | null> {
  return makeHttpClient({ address: window.location.origin, token: '', fetch: window.fetch.bind(window) }).call('readHub', {}).catch(() => null);
}

void start();
