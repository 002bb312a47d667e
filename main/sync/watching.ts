/** Listens to disk and store for hints, and leaves out the echo of this device's own writes. */
import type { EntryKey } from '../../shared/relative-path.ts';
import type { ChangeHints } from './change-hints.ts';
import { ownPrefix } from './markers.ts';
import type { ChangeWatcher, Clock, StoreKey } from './ports.ts';
import type { Work } from './work.ts';

export async function startWatching(
  work: Work,
  watcher: ChangeWatcher | null,
  folder: string,
  deps: { hints: ChangeHints; isOwnEcho: (key: StoreKey) => boolean; notified: (works: boolean) => void },
): Promise<{ stop(): Promise<void> }> {
  const local = await watcher?.start(folder, {
    onHint: (folders) => deps.hints.addFolders(folders),
    onLost: () => deps.hints.needWholeScan(),
  });
  const remote = new AbortController();
  deps.notified(work.profile.notifications);
  void work.store
    .watch((keys) => deps.hints.addKeys(keys.filter((key) => !key.startsWith(ownPrefix) && !deps.isOwnEcho(key))), remote.signal)
    .then((ended) => deps.notified(ended && !remote.signal.aborted))
    .catch(() => deps.notified(false));
  return {
    stop: async () => {
      remote.abort();
      await local?.stop();
    },
  };
}

/** Echoes of a write arrive within this time; what comes later is somebody else's. */
const echoMs = 1500;

/** Keys this device wrote a moment ago: what a notification says of them is what was written. */
export function createRecentKeys(clock: Clock): { add(keys: readonly EntryKey[]): void; has(key: StoreKey): boolean } {
  const recent = new Map<string, number>();
  return {
    add: (keys) => {
      for (const key of keys) recent.set(key, (recent.get(key) ?? 0) + 1);
      clock.after(echoMs, () => {
        for (const key of keys) {
          const left = (recent.get(key) ?? 1) - 1;
          if (left <= 0) recent.delete(key);
          else recent.set(key, left);
        }
      });
    },
    has: (key) => recent.has(key),
  };
}
