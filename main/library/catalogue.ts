/** Keeps the rows of a library equal to what lies in the store, so that every file has a row and a number however it came there. */
import type { Clock } from '../base/clock.ts';
import { isoAt } from '../base/iso-time.ts';
import type { Logger } from '../base/logger.ts';
import type { ListedObject, RemoteStore, StoreKey } from '../sync/ports.ts';
import type { FileRecords, NewFile } from './ports.ts';
import { describeKey, prefixOf } from './resolver.ts';

export interface CatalogueDeps {
  readonly store: RemoteStore;
  readonly records: FileRecords;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What other tools give a file of that name; its bytes were not seen here. */
  readonly contentTypeOfName: (name: string) => string;
}
/** Looking costs at most a twentieth of the time, and nobody waits for it longer than this. */
const leastPauseMs = 2_000;
const pausePerMs = 20;
const longestWaitMs = 2_000;

export class Catalogue {
  readonly #deps: CatalogueDeps;
  readonly #running = new Map<number, Promise<void>>();
  readonly #nextMs = new Map<number, number>();
  constructor(deps: CatalogueDeps) {
    this.#deps = deps;
  }

  /** Before a list is shown. A store that is down is told to whoever wants bytes; the list of what was known is still true. */
  async refresh(userId: number): Promise<void> {
    const { clock, logger } = this.#deps;
    if (clock.monotonicMs() < (this.#nextMs.get(userId) ?? 0)) return;
    const work = this.look(userId).catch((error: unknown) => logger.warn({ err: error, user: userId }, 'a library could not be looked at'));
    const enough = new AbortController();
    await Promise.race([work, clock.sleep(longestWaitMs, enough.signal)]);
    enough.abort();
  }

  /** One whole look; whoever asks meanwhile waits for the same. */
  look(userId: number): Promise<void> {
    const running = this.#running.get(userId);
    if (running !== undefined) return running;
    const begunMs = this.#deps.clock.monotonicMs();
    const work = this.#lookNow(userId).finally(() => {
      const nowMs = this.#deps.clock.monotonicMs();
      this.#running.delete(userId);
      this.#nextMs.set(userId, nowMs + Math.max(leastPauseMs, (nowMs - begunMs) * pausePerMs));
    });
    this.#running.set(userId, work);
    return work;
  }

  /** Of single keys that the store told of: what that costs follows what changed, never how large the library is. */
  async lookAt(userId: number, keys: readonly string[]): Promise<void> {
    const { store, records, clock } = this.#deps;
    for (const key of new Set(keys)) {
      const described = describeKey(userId, key);
      if (described === null) continue;
      const known = await records.fileAt(key);
      const there = await store.head(key as StoreKey);
      if (there === null || there.deletionClaimedAtMs !== null) {
        if (known !== null) await records.remove(known.id, known.etag);
      // What a migration has just left alone in the cold store is the same file: the migration says so itself.
      } else if (known?.etag !== there.etag && (known === null || there.inCold !== true)) await records.putMany([this.#rowFor(userId, there, described)], isoAt(clock.nowMs()));
    }
  }

  /** Listing and rows are both in the order of bytes, so two pages side by side tell every difference, and memory holds one page. */
  async #lookNow(userId: number): Promise<void> {
    const { store } = this.#deps;
    const prefix = prefixOf(userId);
    let after = prefix;
    let token: string | null = null;
    do {
      const page: Awaited<ReturnType<RemoteStore['list']>> = await store.list({ prefix, ...(token === null ? {} : { token }) });
      token = page.next;
      const upTo = token === null ? null : (page.objects.at(-1)?.key ?? null);
      // A page of nothing that is not the last tells nothing of what lies between.
      if (token !== null && upTo === null) continue;
      await this.#compare(userId, page.objects, { after, upTo });
      after = upTo ?? after;
    } while (token !== null);
  }

  async #compare(userId: number, objects: readonly ListedObject[], span: { readonly after: string; readonly upTo: string | null }): Promise<void> {
    const { records, clock } = this.#deps;
    const rows = new Map((await records.keysBetween(userId, span.after, span.upTo)).map((row) => [row.objectKey, row]));
    const changed: NewFile[] = [];
    for (const object of objects) {
      const known = rows.get(object.key);
      rows.delete(object.key);
      const described = known?.etag === object.etag ? null : describeKey(userId, object.key);
      if (described !== null) changed.push(this.#rowFor(userId, object, described));
    }
    await records.putMany(changed, isoAt(clock.nowMs()));
    // What has a verified copy in the cold store is there whatever the warm one lists.
    for (const row of rows.values()) if (!row.isInCold) await this.#lookAtMissing(row);
  }

  /** A listing may be older than an upload: a row goes only after its object was looked for by name. */
  async #lookAtMissing(row: { readonly id: number; readonly objectKey: string; readonly etag: string }): Promise<void> {
    const { store, records } = this.#deps;
    const there = await store.head(row.objectKey as StoreKey);
    if (there === null || there.deletionClaimedAtMs !== null) await records.remove(row.id, row.etag);
  }

  #rowFor(userId: number, object: Pick<ListedObject, 'key' | 'sizeBytes' | 'etag' | 'lastModifiedMs'>, described: { readonly folder: string; readonly filename: string }): NewFile {
    return {
      userId, filename: described.filename, originalFilename: described.filename, folder: described.folder, sizeBytes: object.sizeBytes,
      contentType: this.#deps.contentTypeOfName(described.filename), objectKey: object.key, etag: object.etag, uploadedAt: isoAt(object.lastModifiedMs),
    };
  }
}
