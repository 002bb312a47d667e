/** Uploads that go on where they stopped: what has arrived lies in the store as parts and in the records, so neither a broken line nor a restart loses it. */
import { createHash, randomBytes } from 'node:crypto';
import { partBytesFor } from '../../shared/upload-parts.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import type { Budget } from '../base/budget.ts';
import { isoAt } from '../base/iso-time.ts';
import { createNamedTurns } from '../base/named-turns.ts';
import type { StoreKey } from '../sync/ports.ts';
import { kindOfBytes, sampleBytes } from './content-kinds.ts';
import { fileName, refuseBroken } from './files.ts';
import type { RuleRecords, UploadRecord } from './ports.ts';
import type { Room } from './room.ts';
import { giveUp, storeWhole, tooLarge, type Received } from './receive.ts';
import { OpenPart, PartBuffers } from './open-part.ts';
import { untilStalled } from './stall.ts';
import { Finishing, type FinishingDeps } from './upload-finishing.ts';

/** Whose upload it is: a member's own, or one that came by a link. */
export type UploadHolder = { readonly kind: 'member'; readonly userId: number } | { readonly kind: 'link'; readonly shareId: number };
export interface UploadWish {
  readonly userId: number;
  readonly shareId: number | null;
  readonly address: string;
  readonly folder: string;
  readonly filename: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number | null;
}
export interface Checksum {
  readonly algorithm: 'sha256' | 'sha1';
  /** In hex. */
  readonly digest: string;
}
export interface ResumableDeps extends FinishingDeps {
  readonly rules: RuleRecords;
  readonly memory: Budget;
  readonly mostBytes: number | null;
  readonly room: Room;
}
/** An upload that nobody has touched for so long is given up (rule 32: only our own ever are). */
export const uploadLifetimeMs = 7 * 24 * 3_600_000;
/** What doesn’t fill a part yet waits in the hub’s own database: nobody may fill that with beginnings. */
const mostOpen = { own: 1000, byLink: 200 } as const;
/** Whoever sends nothing for so long gives their place to others, and goes on when they are back. */
const silentMs = 30_000;
/** What became of one is told for so long. */
const tellForMs = 24 * 3_600_000;

export class Resumable {
  readonly #deps: ResumableDeps;
  readonly #turns = createNamedTurns();
  readonly #finishing: Finishing;
  readonly #buffers = new PartBuffers();
  constructor(deps: ResumableDeps) {
    this.#deps = deps;
    this.#finishing = new Finishing(deps);
  }

  /** Everything that can be refused is refused here, before a byte was sent. */
  async start(wish: UploadWish): Promise<UploadRecord> {
    const { rules, mostBytes, uploads, clock, store } = this.#deps;
    const name = fileName(wish.filename);
    if (mostBytes !== null && wish.sizeBytes > mostBytes) throw tooLarge(mostBytes);
    refuseBroken(await rules.rulesOf(wish.userId), { name, sizeBytes: wish.sizeBytes, contentType: null });
    const most = wish.shareId === null ? mostOpen.own : mostOpen.byLink;
    if ((await uploads.countOpen(wish.userId, wish.shareId)) >= most) throw new AppError('limit_reached', { count: most, what: 'unfinished uploads' });
    await this.#deps.room.fits(wish.userId, wish.sizeBytes);
    const target = this.#deps.files.placeOf(wish.userId, wish.folder, name);
    if (target.folder !== '' && (await store.head(target.key)) !== null) throw new AppError('name_taken');
    const at = isoAt(clock.nowMs());
    const upload: UploadRecord = {
      id: randomBytes(24).toString('base64url'), userId: wish.userId, shareId: wish.shareId, address: wish.address, filename: name, originalFilename: wish.filename, folder: target.folder,
      sizeBytes: wish.sizeBytes, modifiedMs: wish.modifiedMs, partBytes: partBytesFor(wish.sizeBytes), objectKey: target.key, storeUploadId: null, receivedBytes: 0, contentType: null,
      state: 'receiving', fileId: null, errorCode: null, detail: null, createdAt: at, touchedAt: at,
    };
    await uploads.add(upload);
    if (wish.sizeBytes > 0) return upload;
    await this.#takePart(upload, Buffer.alloc(0), 0);
    return this.#known(upload.id);
  }

  /** Unknown and somebody else's look the same. */
  async read(holder: UploadHolder, id: string): Promise<UploadRecord> {
    const upload = await this.#known(id);
    const isTheirs = holder.kind === 'link' ? upload.shareId === holder.shareId : upload.shareId === null && upload.userId === holder.userId;
    if (!isTheirs) throw unknown();
    if (upload.state === 'finishing') void this.#finishing.go(upload);
    return upload;
  }
  /** Where it goes on, once whoever is at it has put down what they hold. */
  look(holder: UploadHolder, id: string): Promise<UploadRecord> {
    return this.#turns.take(id, () => this.read(holder, id));
  }
  openOf(userId: number): Promise<readonly UploadRecord[]> {
    return this.#deps.uploads.openOf(userId);
  }

  /** As much as comes is kept; what does not fill a part waits in the records. With a checksum all of it counts or nothing. */
  send(holder: UploadHolder, id: string, piece: { readonly offset: number; readonly chunks: AsyncIterable<Uint8Array>; readonly checksum?: Checksum | undefined }): Promise<UploadRecord> {
    return this.#turns.take(id, async () => {
      const upload = await this.read(holder, id);
      if (upload.receivedBytes !== piece.offset || upload.state !== 'receiving') throw new AppError('stale');
      const giveBack = await this.#deps.memory.take(upload.partBytes);
      try {
        const chunks = untilStalled(piece.chunks, this.#deps.clock, silentMs);
        await (piece.checksum === undefined ? this.#receive(upload, chunks) : this.#receiveChecked(upload, chunks, piece.checksum));
      } finally {
        giveBack();
      }
      const now = await this.#known(id);
      if (now.state === 'finishing') await this.#finishing.soon(now);
      return this.#known(id);
    });
  }

  /** What has arrived is removed from the store; the file, where it is stored already, stays. */
  async end(holder: UploadHolder, id: string): Promise<void> {
    await this.#turns.take(id, async () => {
      const upload = await this.read(holder, id);
      if (upload.state === 'finishing') throw new AppError('stale');
      await this.#forget(upload);
    });
  }

  /** Those that nobody went on with; each is aborted by its own number, never by its age in the store alone. */
  async prune(): Promise<number> {
    const { uploads, clock } = this.#deps;
    for (const upload of await uploads.finishing()) void this.#finishing.go(upload);
    let pruned = 0;
    for (const upload of await uploads.untouchedSince(isoAt(clock.nowMs() - tellForMs), 1000)) {
      const isOver = upload.state === 'stored' || upload.state === 'failed' || (upload.state === 'receiving' && upload.touchedAt < isoAt(clock.nowMs() - uploadLifetimeMs));
      if (!isOver) continue;
      await this.#turns.take(upload.id, () => this.#forget(upload));
      pruned += 1;
    }
    return pruned;
  }

  async #forget(upload: UploadRecord): Promise<void> {
    const { store, uploads } = this.#deps;
    // The number goes only after the store has let go: it is all that is known of the parts there.
    if (upload.storeUploadId !== null && (upload.state === 'receiving' || upload.state === 'failed')) await store.abortUpload(upload.objectKey as StoreKey, upload.storeUploadId);
    await uploads.remove(upload.id);
  }

  async #receive(upload: UploadRecord, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const part = await this.#openPart(upload);
    try {
      for await (const chunk of chunks) {
        for (let from = 0; from < chunk.byteLength;) {
          if (part.room() === 0) throw new AppError('bad_request', { detail: 'more came than the file was said to hold' });
          from += part.add(chunk.subarray(from));
          if (part.room() === 0) await this.#flush(upload, part);
        }
      }
    } finally {
      // Also where the line broke: what came until then need not come again.
      if (part.newBytes().byteLength > 0) await this.#deps.uploads.keepTail(upload.id, part.keptUpTo(), part.newBytes(), isoAt(this.#deps.clock.nowMs()));
    }
  }

  async #receiveChecked(upload: UploadRecord, chunks: AsyncIterable<Uint8Array>, checksum: Checksum): Promise<void> {
    const { uploads, clock } = this.#deps;
    const part = await this.#openPart(upload);
    const hash = createHash(checksum.algorithm);
    for await (const chunk of chunks) {
      if (chunk.byteLength > part.room()) throw new AppError('bad_request', { detail: `with a checksum a request ends with its part, ${upload.partBytes} bytes at most` });
      hash.update(chunk);
      part.add(chunk);
    }
    if (hash.digest('hex') !== checksum.digest) throw new AppError('upload_damaged');
    if (part.room() === 0) await this.#flush(upload, part);
    else if (part.newBytes().byteLength > 0 && !(await uploads.keepTail(upload.id, part.keptUpTo(), part.newBytes(), isoAt(clock.nowMs())))) throw new AppError('stale');
  }

  async #openPart(upload: UploadRecord): Promise<OpenPart> {
    const isWhole = upload.receivedBytes % upload.partBytes === 0;
    return new OpenPart(upload, isWhole ? new Uint8Array(0) : await this.#deps.uploads.tail(upload.id), this.#buffers);
  }

  async #flush(upload: UploadRecord, part: OpenPart): Promise<void> {
    await this.#takePart(upload, part.bytes(), part.keptUpTo());
    part.next();
  }

  /** `from` is where the records stand: the part's beginning, or somewhere in it. */
  async #takePart(upload: UploadRecord, bytes: Uint8Array, from: number): Promise<void> {
    const { store, uploads, clock, rules } = this.#deps;
    const start = from - (from % upload.partBytes);
    const key = upload.objectKey as StoreKey;
    const now = await this.#known(upload.id);
    const contentType = now.contentType ?? (await kindOfBytes(bytes.subarray(0, sampleBytes), upload.filename));
    await this.#orFail(now, async () => refuseBroken(await rules.rulesOf(upload.userId), { name: upload.filename, sizeBytes: upload.sizeBytes, contentType }));
    // Announced it fitted; what came otherwise since then may have filled the library. The upload waits, and goes on once there is room.
    await this.#deps.room.fits(upload.userId, 0);
    const to = start + bytes.byteLength;
    const at = (): string => isoAt(clock.nowMs());
    if (upload.sizeBytes <= upload.partBytes) {
      const received = await this.#orFail(now, () => this.#storeWhole(key, bytes, contentType));
      await uploads.keepPart(upload.id, from, { number: 1, etag: received.etag, sizeBytes: bytes.byteLength }, to, at());
      return this.#finishing.keep(upload, received);
    }
    const storeUploadId = now.storeUploadId ?? (await store.startUpload(key, { contentType }));
    if (now.storeUploadId === null) await uploads.change(upload.id, { contentType, storeUploadId }, at());
    const sent = await store.putPart(key, storeUploadId, start / upload.partBytes + 1, bytes);
    if (!(await uploads.keepPart(upload.id, from, { number: sent.number, etag: sent.etag, sizeBytes: bytes.byteLength }, to, at()))) throw new AppError('stale');
  }

  /** The very same bytes at that place are ours: stored before a restart that the records did not live to see. */
  async #storeWhole(key: StoreKey, bytes: Uint8Array, contentType: string): Promise<Received> {
    const { store } = this.#deps;
    try {
      return await storeWhole(store, key, bytes, contentType);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'name_taken') throw thrown;
      const there = await store.head(key);
      if (there === null || there.sizeBytes !== bytes.byteLength || there.claimedSha256 !== createHash('sha256').update(bytes).digest('hex')) throw thrown;
      return { key, etag: there.etag, sizeBytes: there.sizeBytes, contentType };
    }
  }

  /** What will never be taken is not waited for: the upload ends, and says why. */
  async #orFail<T>(upload: UploadRecord, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      const error = asAppError(thrown);
      if (error.code === 'upload_refused' || error.code === 'name_taken' || error.code === 'file_too_large') {
        if (upload.storeUploadId !== null) await giveUp(this.#deps.store, upload.objectKey as StoreKey, upload.storeUploadId);
        await this.#finishing.fail(upload, error);
      }
      throw thrown;
    }
  }

  async #known(id: string): Promise<UploadRecord> {
    const upload = await this.#deps.uploads.upload(id);
    if (upload === null) throw unknown();
    return upload;
  }
}

function unknown(): AppError {
  return new AppError('not_found', { what: 'upload' });
}
