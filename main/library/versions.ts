/** What a file held before, where its bucket keeps that: listed, read, and brought back as its newest content; nothing is lost by it. */
import type { OutgoingFile } from '../../shared/api/contract-row.ts';
import { AppError } from '../base/app-error.ts';
import type { Budget } from '../base/budget.ts';
import type { ETag, ObjectVersion, RemoteStore, StoreKey } from '../sync/ports.ts';
import type { Files } from './files.ts';
import type { FileRecord } from './ports.ts';
import { receive, type ReceivingStore } from './receive.ts';
import type { Room } from './room.ts';

export interface VersionsDeps {
  readonly store: RemoteStore;
  /** The same store, for what is brought back. */
  readonly receiving: ReceivingStore;
  readonly files: Files;
  readonly memory: Budget;
  readonly room: Room;
}
export interface FileVersion extends ObjectVersion {
  readonly isCurrent: boolean;
}

export class Versions {
  readonly #deps: VersionsDeps;
  constructor(deps: VersionsDeps) {
    this.#deps = deps;
  }

  /** Newest first; a bucket that keeps none shows what is there now at most. */
  async list(userId: number, fileId: number): Promise<readonly FileVersion[]> {
    const file = await this.#deps.files.own(userId, fileId);
    const found = await this.#deps.store.versions(file.objectKey as StoreKey);
    return found.map((version, at) => ({ ...version, isCurrent: at === 0 }));
  }

  async open(userId: number, fileId: number, versionId: string): Promise<OutgoingFile> {
    const { file, version } = await this.#find(userId, fileId, versionId);
    return {
      filename: file.filename, sizeBytes: version.sizeBytes, contentType: file.contentType, etag: version.etag, changedAtMs: version.lastModifiedMs,
      read: (range) => this.#read(file, version, range),
    };
  }

  /** Only in place of what is there now: whoever saves meanwhile wins. */
  async bringBack(userId: number, fileId: number, versionId: string): Promise<FileRecord> {
    const { store, receiving, files, memory, room } = this.#deps;
    const { file, version } = await this.#find(userId, fileId, versionId);
    const key = file.objectKey as StoreKey;
    const now = await store.head(key);
    if (now === null || now.deletionClaimedAtMs !== null) throw new AppError('not_found', { what: 'file' });
    if (now.etag === version.etag && now.sizeBytes === version.sizeBytes) return file;
    await room.fits(userId, Math.max(0, version.sizeBytes - now.sizeBytes));
    const received = await receive({ store: receiving, memory }, {
      filename: file.filename, chunks: this.#read(file, version, null), mostBytes: null, replaces: now.etag,
      check: () => undefined, keyFor: () => Promise.resolve(key), confirm: () => Promise.resolve(),
    });
    return files.keep(userId, { name: file.filename, originalName: file.originalFilename, folder: file.folder }, received);
  }

  async #find(userId: number, fileId: number, versionId: string): Promise<{ readonly file: FileRecord; readonly version: ObjectVersion }> {
    const file = await this.#deps.files.own(userId, fileId);
    // Only one of this very file: the number alone would open whatever bears it.
    const version = (await this.#deps.store.versions(file.objectKey as StoreKey)).find((one) => one.versionId === versionId);
    if (version === undefined) throw new AppError('not_found', { what: 'version' });
    return { file, version };
  }

  async *#read(file: FileRecord, version: ObjectVersion, range: { readonly start: number; readonly end: number } | null): AsyncGenerator<Uint8Array> {
    const stop = new AbortController();
    try {
      const answer = await this.#deps.store.get(file.objectKey as StoreKey, { versionId: version.versionId, ifMatch: version.etag as ETag, signal: stop.signal, ...(range === null ? {} : { range }) });
      if (!answer.ok) throw new AppError(answer.why === 'archived' ? 'object_archived' : answer.why === 'absent' ? 'object_missing' : 'object_changed');
      yield* answer.value.body;
    } finally {
      stop.abort();
    }
  }
}
