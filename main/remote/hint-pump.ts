/** Keeps live hints flowing from servers that hold them back.
 * MinIO's last releases write each event into a 4,096-byte buffer that
 * nobody flushes (the response writer it is wrapped in no longer passes Flush on), so a single event waits for the next few.
 * A HEAD of an object with a very long key makes an event larger than that buffer, which pushes out everything before it.
 */
import { createHash } from 'node:crypto';
import type { Clock, RemoteStore, Sha256, StoreKey } from '../sync/ports.ts';

/** `<` is six bytes in the event's JSON, and the key stands in it twice: over 4,096 bytes for one event. */
export const pumpKey = `.strata/~hints/${'<'.repeat(200)}/${'<'.repeat(200)}` as StoreKey;
const livelyMs = 350;
const quietMs = 2500;
/** So long after the last hint the folder counts as quiet, and fewer requests are made. */
const livelyForMs = 10 * 60_000;
/** A server that passes events on at once answers its own test within this time. */
const testWaitMs = 700;

export interface HintPump {
  /** Every key that an event named, also those of looks (HEAD). */
  saw(key: StoreKey): void;
}

/** Runs until the signal aborts. Stops by itself where events come at once. Errors of the store end it quietly: hints are never the truth. */
export function startHintPump(deps: { readonly store: Pick<RemoteStore, 'put' | 'head'>; readonly clock: Clock; readonly testKey: StoreKey; readonly signal: AbortSignal }): HintPump {
  const { store, clock, signal } = deps;
  let prompt = false;
  let testing = false;
  // Anything that came with the test event may have pushed it out: that proves nothing.
  let alone = true;
  let lastHintAt = clock.monotonicMs();
  const run = async (): Promise<void> => {
    const empty = new Uint8Array(0);
    await store.put(pumpKey, empty, { sizeBytes: 0, sha256: createHash('sha256').update(empty).digest('hex') as Sha256, ifNoneMatch: '*' });
    // Give the connection time to be there, then see whether one small event comes alone.
    await clock.sleep(testWaitMs, signal);
    testing = true;
    await store.head(deps.testKey, signal);
    await clock.sleep(testWaitMs, signal);
    testing = false;
    prompt = prompt && alone;
    while (!prompt && !signal.aborted) {
      await store.head(pumpKey, signal);
      await clock.sleep(clock.monotonicMs() - lastHintAt < livelyForMs ? livelyMs : quietMs, signal);
    }
  };
  void run().catch(() => undefined);
  return {
    saw: (key) => {
      if (testing && key === deps.testKey) prompt = true;
      else if (testing) alone = false;
      if (!key.startsWith('.strata/')) lastHintAt = clock.monotonicMs();
    },
  };
}
