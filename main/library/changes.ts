/** Tells whoever looks at a library that something in it changed, and looks into the store for them as long as they do. */
import type { Clock } from '../base/clock.ts';
import type { FileRecords } from './ports.ts';

type Listener = () => void;
/** Seldom enough to cost nothing, often enough that a file saved on a disk is in an open page before one has turned around. */
const lookEveryMs = 1_500;

export interface ChangesDeps {
  readonly clock: Clock;
  /** Finds what others changed in the store; changes come back by `said`. */
  readonly look: (userId: number) => Promise<void>;
}

export class Changes {
  readonly #deps: ChangesDeps;
  readonly #watchers = new Map<number, { readonly listeners: Set<Listener>; readonly stop: AbortController }>();
  constructor(deps: ChangesDeps) {
    this.#deps = deps;
  }

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
    return () => {
      if (!found.listeners.delete(listener) || found.listeners.size > 0) return;
      this.#watchers.delete(userId);
      found.stop.abort();
    };
  }

  close(): void {
    for (const { stop } of this.#watchers.values()) stop.abort();
    this.#watchers.clear();
  }

  async #lookOn(userId: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#deps.clock.sleep(lookEveryMs, signal);
      if (!signal.aborted) await this.#deps.look(userId);
    }
  }
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
