/** Tells whoever looks at a library that something in it changed, and looks into the store for them as long as they do. */
import type { Clock } from '../base/clock.ts';
import type { FileRecords } from './ports.ts';

type Listener = () => void;
/** Seldom enough to cost nothing, often enough that a file saved on a disk is in an open page before one has turned around. */
const lookEveryMs = 1_500;

export interface ChangesDeps {
  readonly clock: Clock;
  /** Finds what others changed in the store, not too often; changes come back by `said`. */
  readonly look: (userId: number) => Promise<void>;
  /** The same for single keys, at once: the store itself told of them. */
  readonly lookAt: (userId: number, keys: readonly string[]) => Promise<void>;
  /** Hints of changed keys as long as somebody looks; false where the store has none. */
  readonly watchStore: (onKeys: (keys: readonly string[]) => void, signal: AbortSignal) => Promise<boolean>;
}
/** A connection that broke is not asked for again at once. */
const listenAgainMs = 2_000;

export class Changes {
  readonly #deps: ChangesDeps;
  readonly #watchers = new Map<number, { readonly listeners: Set<Listener>; readonly stop: AbortController }>();
  constructor(deps: ChangesDeps) {
    this.#deps = deps;
  }

  /** The store's hints, as long as anybody looks at anything. */
  #ears: AbortController | null = null;

  said(userId: number): void {
    for (const listener of [...(this.#watchers.get(userId)?.listeners ?? [])]) listener();
  }

  /** The returned function ends it; without watchers nothing is looked at. */
  watch(userId: number, listener: Listener): () => void {
    const found = this.#watchers.get(userId) ?? { listeners: new Set<Listener>(), stop: new AbortController() };
    found.listeners.add(listener);
    if (!this.#watchers.has(userId)) {
      this.#watchers.set(userId, found);
      void this.#lookOn(userId, found.stop.signal);
    }
    if (this.#ears === null) void this.#listen((this.#ears = new AbortController()).signal);
    return () => {
      if (!found.listeners.delete(listener) || found.listeners.size > 0) return;
      this.#watchers.delete(userId);
      found.stop.abort();
      if (this.#watchers.size === 0) this.#deafen();
    };
  }

  close(): void {
    for (const { stop } of this.#watchers.values()) stop.abort();
    this.#watchers.clear();
    this.#deafen();
  }

  #deafen(): void {
    this.#ears?.abort();
    this.#ears = null;
  }
  async #listen(signal: AbortSignal): Promise<void> {
    const hear = (keys: readonly string[]): void => {
      for (const [userId, own] of Map.groupBy(keys, ownerOf)) if (userId !== null && this.#watchers.has(userId)) void this.#deps.lookAt(userId, own).catch(() => undefined);
    };
    // Without hints the looks go on all the same, so nothing is lost where the store is away or has none.
    while (!signal.aborted && (await this.#deps.watchStore(hear, signal).catch(() => true))) await this.#deps.clock.sleep(listenAgainMs, signal);
  }

  async #lookOn(userId: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#deps.clock.sleep(lookEveryMs, signal);
      if (!signal.aborted) await this.#deps.look(userId);
    }
  }
}

/** Nobody's file for what is Strata's own. */
function ownerOf(key: string): number | null {
  const found = /^user-(\d{1,15})\/(?!\.strata\/)/.exec(key);
  return found === null ? null : Number(found[1]);
}

/** The same records; every change of a row is told, whoever made it. */
export function tellingRecords(records: FileRecords, said: (userId: number) => void): FileRecords {
  return {
    ...records,
    put: async (file, at) => {
      const put = await records.put(file, at);
      said(put.userId);
      return put;
    },
    putMany: async (files, at) => {
      await records.putMany(files, at);
      for (const userId of new Set(files.map((file) => file.userId))) said(userId);
    },
    move: async (id, etag, to, at) => {
      const moved = await records.move(id, etag, to, at);
      if (moved !== null) said(moved.userId);
      return moved;
    },
    remove: async (id, etag) => {
      const gone = await records.file(id);
      await records.remove(id, etag);
      if (gone !== null) said(gone.userId);
    },
  };
}
