/** The end of an upload in parts: the store makes them one object, in the background where that takes long, and again after a restart; nobody's request waits for it. */
import { AppError, asAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { isoAt } from '../base/iso-time.ts';
import type { ETag, RemoteStore, StoreKey } from '../sync/ports.ts';
import type { Files } from './files.ts';
import type { FileRecord, UploadRecord, UploadRecords } from './ports.ts';
import { giveUp } from './receive.ts';

export interface FinishingDeps {
  readonly store: RemoteStore;
  readonly uploads: UploadRecords;
  readonly files: Files;
  readonly clock: Clock;
  /** Told once of every file that was stored this way. */
  readonly onStored: (upload: UploadRecord, file: FileRecord) => Promise<void>;
}

/** A request waits so long for a store that is quick, and no longer. */
const quickMs = 3_000;
const againAfterMs = 15_000;

export class Finishing {
  readonly #deps: FinishingDeps;
  readonly #running = new Map<string, Promise<void>>();
  constructor(deps: FinishingDeps) {
    this.#deps = deps;
  }

  /** Resolves when it is done or takes long. */
  async soon(upload: UploadRecord): Promise<void> {
    const enough = new AbortController();
    await Promise.race([this.go(upload), this.#deps.clock.sleep(quickMs, enough.signal)]);
    enough.abort();
  }

  /** Once at a time for each; what failed for a while is tried again by itself, and whenever somebody asks. */
  go(upload: UploadRecord): Promise<void> {
    const running = this.#running.get(upload.id);
    if (running !== undefined) return running;
    const work = this.#complete(upload).catch((thrown: unknown) => this.#judge(upload, asAppError(thrown))).finally(() => this.#running.delete(upload.id));
    this.#running.set(upload.id, work);
    return work;
  }

  async keep(upload: UploadRecord, stored: { readonly etag: ETag; readonly contentType: string }): Promise<void> {
    const { files, uploads, clock, onStored } = this.#deps;
    const named = { name: upload.filename, originalName: upload.originalFilename, folder: upload.folder };
    const file = await files.keep(upload.userId, named, { key: upload.objectKey as StoreKey, etag: stored.etag, sizeBytes: upload.sizeBytes, contentType: stored.contentType });
    await uploads.change(upload.id, { state: 'stored', fileId: file.id }, isoAt(clock.nowMs()));
    await onStored(upload, file);
  }

  fail(upload: UploadRecord, error: AppError): Promise<void> {
    return this.#deps.uploads.change(upload.id, { state: 'failed', errorCode: error.code.toUpperCase(), detail: error.message }, isoAt(this.#deps.clock.nowMs()));
  }

  async #complete(upload: UploadRecord): Promise<void> {
    const { store, uploads } = this.#deps;
    const key = upload.objectKey as StoreKey;
    const parts = (await uploads.parts(upload.id)).map((part) => ({ ...part, etag: part.etag as ETag }));
    const answer = upload.storeUploadId === null ? ({ ok: false, why: 'absent' } as const) : await store.completeUpload(key, upload.storeUploadId, parts, { ifNoneMatch: '*' });
    const contentType = upload.contentType ?? 'application/octet-stream';
    if (answer.ok) return this.keep(upload, { etag: answer.value.etag, contentType });
    if (answer.why === 'precondition') throw new AppError('name_taken');
    // Sent in one piece, or not known there any more: it may have been done, and only the answer was lost (rule 5).
    const there = await store.head(key);
    if (there === null || there.sizeBytes !== upload.sizeBytes) throw new AppError('upload_gone');
    return this.keep(upload, { etag: there.etag, contentType });
  }

  async #judge(upload: UploadRecord, error: AppError): Promise<void> {
    const { store, clock } = this.#deps;
    if (error.code !== 'name_taken' && error.code !== 'upload_gone') {
      clock.after(againAfterMs, () => void this.#again(upload.id));
      return;
    }
    if (upload.storeUploadId !== null) await giveUp(store, upload.objectKey as StoreKey, upload.storeUploadId);
    await this.fail(upload, error);
  }

  async #again(id: string): Promise<void> {
    const upload = await this.#deps.uploads.upload(id).catch(() => null);
    if (upload?.state === 'finishing') await this.go(upload);
  }
}
