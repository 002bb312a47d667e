/** How everything is doing, as the service last said it, and whether the service is there. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Status } from '../../shared/api/contract.ts';
import type { Connection } from '../api/live.ts';

export interface StatusState { readonly status: Status | null; readonly connection: Connection }
export type StatusStore = StoreApi<StatusState>;

export function makeStatusStore(): StatusStore {
  return createStore<StatusState>(() => ({ status: null, connection: 'connecting' }));
}
