/** Parts of uploads that come whole (forms, versions brought back), written down before their first byte: what a crash leaves of them in the store is found and removed. */
import type { Clock } from '../base/clock.ts';
import { isoAt } from '../base/iso-time.ts';
import type { RemoteStore, StoreKey } from '../sync/ports.ts';
import type { PartRecords } from './ports.ts';
import type { ReceivingStore } from './receive.ts';

/** Longer than any client takes for one part; another process of this hub may be at it. */
export const leftoverAfterMs = 24 * 3_600_000;

export class PartsOnTheWay {
  readonly #deps: { readonly store: RemoteStore; readonly records: PartRecords; readonly clock: Clock };
  /** What this process is at: however long it takes, it is no leftover. */
  readonly #mine = new Set<string>();
  readonly store: ReceivingStore;
  constructor(deps: { readonly store: RemoteStore; readonly records: PartRecords; readonly clock: Clock }) {
    this.#deps = deps;
    const { store, records } = deps;
    this.store = {
      head: (key) => store.head(key),
      put: (key, body, request) => store.put(key, body, request),
      startUpload: (key, metadata) => this.#start(key, metadata),
      putPart: async (key, uploadId, number, bytes) => {
        const part = await store.putPart(key, uploadId, number, bytes);
        await records.touch(uploadId, this.#now());
        return part;
      },
      completeUpload: async (key, uploadId, parts, condition) => {
        const answer = await store.completeUpload(key, uploadId, parts, condition);
        if (answer.ok) await this.#over(uploadId);
        return answer;
      },
      abortUpload: async (key, uploadId) => {
        // A store that does not answer now is asked again by the sweep.
        this.#mine.delete(uploadId);
        await store.abortUpload(key, uploadId);
        await this.#over(uploadId);
      },
    };
  }

  /** Removes what nobody is at any more, each by its own number, never by its age in the store alone (rule 32). */
  async sweep(): Promise<number> {
    const { store, records, clock } = this.#deps;
    let swept = 0;
    for (const { objectKey, storeUploadId } of await records.untouchedSince(isoAt(clock.nowMs() - leftoverAfterMs), 1000)) {
      if (this.#mine.has(storeUploadId)) continue;
      await store.abortUpload(objectKey as StoreKey, storeUploadId);
      await records.remove(storeUploadId);
      swept += 1;
    }
    return swept;
  }

  /** Between the two steps it holds no byte yet, so one that is lost there costs nothing. */
  async #start(...[key, metadata]: Parameters<ReceivingStore['startUpload']>): Promise<string> {
    const { store, records } = this.#deps;
    const uploadId = await store.startUpload(key, metadata);
    this.#mine.add(uploadId);
    try {
      await records.add({ storeUploadId: uploadId, objectKey: key, touchedAt: this.#now() });
    } catch (thrown) {
      this.#mine.delete(uploadId);
      await store.abortUpload(key, uploadId).catch(() => undefined);
      throw thrown;
    }
    return uploadId;
  }
  async #over(uploadId: string): Promise<void> {
    this.#mine.delete(uploadId);
    await this.#deps.records.remove(uploadId);
  }
  #now(): string {
    return isoAt(this.#deps.clock.nowMs());
  }
}
