/** Moves, copies, deletes to the trash and brings back a member's files: first the new place, then the row, last the old place, so that no moment has neither. */
import { randomUUID } from 'node:crypto';
import { nameOf, parentOf } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { isoAt } from '../base/iso-time.ts';
import type { ETag, ObjectMetadata, RemoteObject, RemoteStore, Sha256, StoreKey } from '../sync/ports.ts';
import type { Files } from './files.ts';
import type { FileRecord, FileRecords } from './ports.ts';
import { prefixOf, resolve } from './resolver.ts';
import type { Room } from './room.ts';

export interface MovingDeps {
  readonly store: RemoteStore;
  readonly records: FileRecords;
  readonly files: Files;
  readonly clock: Clock;
  readonly room: Room;
  /** True when exactly this version is gone: also where the store ignores conditions on DELETE. */
  readonly removeExactly: (key: StoreKey, etag: ETag) => Promise<boolean>;
}
export interface Place {
  /** What isn't named stays. */
  readonly folder?: string | undefined;
  readonly filename?: string | undefined;
}
export const emptySha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' as Sha256;

export class Moving {
  readonly #deps: MovingDeps;
  constructor(deps: MovingDeps) {
    this.#deps = deps;
  }

  async move(userId: number, fileId: number, to: Place): Promise<FileRecord> {
    const file = await this.#deps.files.own(userId, fileId);
    const target = this.#target(file, to);
    if (target.folder === file.folder && target.filename === file.filename) return file;
    return this.#carry(file, { ...target, deletedAt: null, restoreKey: null });
  }

  async copy(userId: number, fileId: number, to: Place): Promise<FileRecord> {
    const { records, clock, files } = this.#deps;
    const file = await files.own(userId, fileId);
    const target = this.#target(file, to);
    await this.#deps.room.fits(userId, file.sizeBytes);
    const copied = await this.#copyObject(file, target.key);
    const at = isoAt(clock.nowMs());
    return records.put({ userId, filename: target.filename, originalFilename: file.originalFilename, folder: target.folder, sizeBytes: copied.sizeBytes, contentType: file.contentType, objectKey: target.key, etag: copied.etag, uploadedAt: at }, at);
  }

  /** Into the library's own trash, beside what a synced desktop puts there. */
  async trash(userId: number, fileId: number): Promise<void> {
    const file = await this.#deps.files.own(userId, fileId);
    const at = isoAt(this.#deps.clock.nowMs());
    const inside = file.objectKey.slice(prefixOf(userId).length);
    const key = `${prefixOf(userId)}.strata/trash/hub-${at.replaceAll(/[:.]/g, '-')}/${randomUUID().slice(0, 8)}/${inside}`;
    // A path that leaves no room for the trash's own part keeps its end.
    const fitting = Buffer.byteLength(key) <= 1024 ? key : `${prefixOf(userId)}.strata/trash/hub-${randomUUID()}/${[...inside].slice(-150).join('')}`;
    await this.#carry(file, { key: fitting as StoreKey, filename: file.filename, folder: file.folder, deletedAt: at, restoreKey: file.objectKey });
  }

  async listTrash(userId: number, page: { readonly before: number | null; readonly limit: number }): Promise<readonly FileRecord[]> {
    return this.#deps.records.trashed(userId, page);
  }

  /** To where it was; where that name is taken by now, beside it under a name that says so. */
  async restore(userId: number, fileId: number): Promise<FileRecord> {
    const file = await this.#trashed(userId, fileId);
    const back = { filename: file.filename, folder: file.folder, deletedAt: null, restoreKey: null };
    try {
      return await this.#carry(file, { key: (file.restoreKey ?? file.objectKey) as StoreKey, ...back });
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'name_taken') throw thrown;
      const filename = besideName(file.filename, isoAt(this.#deps.clock.nowMs()));
      return this.#carry(file, { ...this.#deps.files.placeOf(userId, file.folder, filename), ...back, filename });
    }
  }

  /** Into another library, under a folder; what is in the trash goes into the trash there, and would come back below that folder. */
  async give(file: FileRecord, to: { readonly userId: number; readonly folder: string }): Promise<FileRecord> {
    const folder = file.folder === '' ? to.folder : `${to.folder}/${file.folder}`;
    const place = this.#deps.files.placeOf(to.userId, folder, file.filename);
    const move = { filename: file.filename, folder, userId: to.userId };
    if (file.deletedAt !== null) return this.#carry(file, { key: `${prefixOf(to.userId)}.strata/trash/hub-${randomUUID()}/${[...file.filename].slice(-150).join('')}` as StoreKey, ...move, deletedAt: file.deletedAt, restoreKey: place.key });
    try {
      return await this.#carry(file, { key: place.key, ...move, deletedAt: null, restoreKey: null });
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'name_taken') throw thrown;
      // At the top several may bear one name; in a folder each needs its own.
      const filename = besideName(file.filename, isoAt(this.#deps.clock.nowMs()), `${file.id}`);
      return this.#carry(file, { key: this.#deps.files.placeOf(to.userId, folder, filename).key, ...move, filename, deletedAt: null, restoreKey: null });
    }
  }

  /** For good. The one act here that can't be taken back. */
  async purge(userId: number, fileId: number): Promise<void> {
    const file = await this.#trashed(userId, fileId);
    if (!(await this.#deps.removeExactly(file.objectKey as StoreKey, file.etag as ETag))) throw new AppError('stale');
    await this.#deps.records.remove(file.id, file.etag);
  }

  async #trashed(userId: number, fileId: number): Promise<FileRecord> {
    const file = await this.#deps.records.file(fileId);
    if (file === null || (file.userId === userId && file.deletedAt === null)) throw new AppError('not_found', { what: 'file in the trash' });
    if (file.userId !== userId) throw new AppError('file_foreign');
    return file;
  }

  #target(file: FileRecord, to: Place): { readonly key: StoreKey; readonly folder: string; readonly filename: string } {
    const filename = (to.filename ?? file.filename).normalize('NFC');
    // One name, not a path: a slash in it would put the file where nobody asked for.
    const alone = resolve(file.userId, filename);
    if (!alone.ok || parentOf(alone.path) !== '') throw new AppError('bad_request', { detail: 'that is not a name for a file' });
    return { ...this.#deps.files.placeOf(file.userId, to.folder ?? file.folder, nameOf(alone.path)), filename };
  }

  async #carry(file: FileRecord, to: { readonly key: StoreKey; readonly filename: string; readonly folder: string; readonly deletedAt: string | null; readonly restoreKey: string | null; readonly userId?: number }): Promise<FileRecord> {
    const { records, clock, removeExactly } = this.#deps;
    const copied = await this.#copyObject(file, to.key);
    const moved = await records.move(file.id, file.etag, { objectKey: to.key, etag: copied.etag, filename: to.filename, folder: to.folder, deletedAt: to.deletedAt, restoreKey: to.restoreKey, storageLocation: copied.isInCold ? 's3' : 'minio', ...(to.userId === undefined ? {} : { userId: to.userId }) }, isoAt(clock.nowMs()));
    if (moved === null) {
      // Somebody else was faster: their change stands, our copy goes.
      await removeExactly(to.key, copied.etag);
      throw new AppError('stale');
    }
    // Changed meanwhile, the old place holds what is new: it stays and is listed as a file of its own.
    await removeExactly(file.objectKey as StoreKey, copied.source.etag);
    return moved;
  }

  /** Of exactly the version that a look shows now, only to a free place. */
  async #copyObject(file: FileRecord, key: StoreKey): Promise<{ readonly etag: ETag; readonly sizeBytes: number; readonly source: RemoteObject; readonly isInCold: boolean }> {
    const { store } = this.#deps;
    const source = await store.head(file.objectKey as StoreKey);
    if (source === null || source.deletionClaimedAtMs !== null) throw new AppError('not_found', { what: 'file' });
    if (source.etag !== file.etag) throw new AppError('stale');
    const metadata: ObjectMetadata = { contentType: file.contentType, ...(source.claimedSha256 === null ? {} : { sha256: source.claimedSha256 }), ...(source.mtimeNs === null ? {} : { mtimeNs: source.mtimeNs }), executable: source.executable };
    const answer = source.sizeBytes === 0
      ? await store.put(key, new Uint8Array(0), { ifNoneMatch: '*', sizeBytes: 0, sha256: emptySha256, metadata })
      : await store.copy(source.key, key, { sourceIfMatch: source.etag, sizeBytes: source.sizeBytes, metadata });
    if (answer.ok) return { etag: answer.value.etag, sizeBytes: source.sizeBytes, source, isInCold: answer.value.inCold === true };
    if (answer.why === 'archived') throw new AppError('object_archived');
    throw new AppError((await store.head(key)) === null ? 'stale' : 'name_taken');
  }
}

function besideName(filename: string, at: string, more = ''): string {
  const dot = filename.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [filename.slice(0, dot), filename.slice(dot)] : [filename, ''];
  return `${stem} (${more === '' ? 'restored' : more}, ${at.slice(0, 10)} ${at.slice(11, 16).replace(':', '.')})${ending}`;
}
