/** Finds this window's session: from the shell's bridge, a one-time code in the address, or this tab's memory. */
import type { StrataBridge } from '../../shared/model/bridge.ts';
import { makeHttpClient } from './client.ts';

export interface Session { readonly address: string; readonly token: string }
const storageKey = 'strata-session';

export async function findSession(window: Window & { strata?: StrataBridge }): Promise<Session | null> {
  if (window.strata !== undefined) return await window.strata.session();
  const address = window.location.origin;
  const code = new URLSearchParams(window.location.hash.slice(1)).get('code');
  if (code !== null) {
    // The code is removed before it is used: a copied address must never carry it.
    window.history.replaceState(null, '', window.location.pathname + window.location.search);
    try {
      const { token } = await makeHttpClient({ address, token: '', fetch: window.fetch.bind(window) }).call('exchangeCode', { code });
      window.sessionStorage.setItem(storageKey, token);
      return { address, token };
    } catch {
      // A used or late code: an older session of this tab may still be good.
    }
  }
  const token = window.sessionStorage.getItem(storageKey);
  return token === null ? null : { address, token };
}

export function forgetSession(window: Window): void {
  window.sessionStorage.removeItem(storageKey);
}
