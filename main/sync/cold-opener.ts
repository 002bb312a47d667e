/** Holds the one open cold store of an engine: a connection that broke off asks the same store again. */
import type { RemoteStore } from './ports.ts';
import { totalRequests } from './outcome.ts';

export interface ColdOpener {
  /** Throws what opening throws. */
  open(address: string): Promise<RemoteStore>;
  /** Requests of the store that is open; 0 without one. */
  requests(): number;
  close(): Promise<void>;
}

export function createColdOpener(open: (address: string) => Promise<RemoteStore>): ColdOpener {
  let held: { readonly address: string; readonly store: RemoteStore } | null = null;
  const close = async (): Promise<void> => {
    const { store } = held ?? { store: null };
    held = null;
    await store?.close().catch(() => undefined);
  };
  return {
    open: async (address) => {
      if (held?.address === address) return held.store;
      await close();
      const store = await open(address);
      held = { address, store };
      return store;
    },
    requests: () => (held === null ? 0 : totalRequests(held.store.requestCounts())),
    close,
  };
}
