/** Collects hints of changes and says when they have been quiet long enough to be looked at (settle). */
import type { RelativePath } from '../../shared/relative-path.ts';
import type { Clock, StoreKey } from './ports.ts';

/** A save is often several writes: wait until quiet, but not longer than the limit. */
const settleMs = 120;
const settleLimitMs = 1500;
/** Above this many folders a whole scan is cheaper and safer than looking at each (rule: the scan is the truth). */
const mostFolders = 2000;

export interface ChangeHints {
  addFolders(folders: readonly RelativePath[]): void;
  addKeys(keys: readonly StoreKey[]): void;
  needWholeScan(): void;
  needWholeListing(): void;
  /** What is ready to be looked at, taken out; null when nothing is. */
  take(): Hinted | null;
  /** A whole observation of both sides begins now: what was hinted until now is part of it, ready or not. */
  covered(): void;
  readonly pending: boolean;
}
export interface Hinted {
  readonly folders: 'all' | readonly RelativePath[];
  readonly keys: 'all' | readonly StoreKey[];
}

export function createChangeHints(clock: Clock, onReady: () => void): ChangeHints {
  let folders = new Set<RelativePath>();
  let keys = new Set<StoreKey>();
  let wholeScan = false;
  let wholeListing = false;
  let firstAtMs: number | null = null;
  let ready = false;
  let cancel: (() => void) | null = null;
  const arm = (quietMs: number): void => {
    const now = clock.monotonicMs();
    firstAtMs ??= now;
    cancel?.();
    const wait = Math.max(0, Math.min(quietMs, firstAtMs + settleLimitMs - now));
    cancel = clock.after(wait, () => {
      ready = true;
      onReady();
    });
  };
  const clear = (): void => {
    folders = new Set();
    keys = new Set();
    wholeScan = false;
    wholeListing = false;
    firstAtMs = null;
    ready = false;
    cancel?.();
  };
  return {
    addFolders: (added) => {
      for (const folder of added) folders.add(folder);
      if (folders.size > mostFolders) {
        wholeScan = true;
        folders = new Set();
      }
      if (added.length > 0) arm(settleMs);
    },
    addKeys: (added) => {
      for (const key of added) keys.add(key);
      if (keys.size > mostFolders) {
        wholeListing = true;
        keys = new Set();
      }
      if (added.length > 0) arm(20);
    },
    needWholeScan: () => {
      wholeScan = true;
      arm(settleMs);
    },
    needWholeListing: () => {
      wholeListing = true;
      arm(0);
    },
    take: () => {
      if (!ready) return null;
      const hinted: Hinted = { folders: wholeScan ? 'all' : [...folders], keys: wholeListing ? 'all' : [...keys] };
      clear();
      return hinted;
    },
    covered: clear,
    get pending() {
      return wholeScan || wholeListing || folders.size > 0 || keys.size > 0;
    },
  };
}
