/** Whole folders: moved, renamed, put into the trash and brought back file by file in one request, with a report of what stayed and why. */
import type { ErrorCode } from '../../shared/api/errors.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { isoAt } from '../base/iso-time.ts';
import type { ETag, RemoteStore, StoreKey } from '../sync/ports.ts';
import type { Files } from './files.ts';
import { emptySha256, type Moving } from './moving.ts';
import type { FileRecord, FileRecords, ShareRecords } from './ports.ts';
import { folderPath, prefixOf } from './resolver.ts';

export interface FolderReport {
  readonly done: number;
  readonly failed: number;
  /** The first of those that stayed. */
  readonly failures: readonly { readonly path: string; readonly code: ErrorCode; readonly detail: string }[];
  /** Time was up before the end: the same request goes on. */
  readonly more: boolean;
}
export interface FoldersDeps {
  readonly store: RemoteStore;
  /** Of every store that holds files, also those which a list of the library does not read. */
  readonly listAll: RemoteStore['list'];
  readonly records: FileRecords;
  readonly shares: Pick<ShareRecords, 'moveFolder'>;
  readonly files: Files;
  readonly moving: Moving;
  readonly clock: Clock;
  readonly removeExactly: (key: StoreKey, etag: ETag) => Promise<boolean>;
}
/** Proxies cut a request at 100 seconds; whoever asked hears well before that how far it is. */
const longestMs = 20_000;
const atOnce = 8;
const pageRows = 200;
const mostTold = 50;

export class Folders {
  readonly #deps: FoldersDeps;
  constructor(deps: FoldersDeps) {
    this.#deps = deps;
  }

  /** Into a folder that is there already they are put beside what it holds; what has a name there already stays where it is. */
  async move(userId: number, from: string, to: string): Promise<FolderReport> {
    const [source, target] = [named(userId, from), named(userId, to)];
    if (source === target) return { done: 0, failed: 0, failures: [], more: false };
    if (target.startsWith(`${source}/`)) throw new AppError('bad_request', { detail: 'a folder does not go into itself' });
    const inTarget = (folder: string): string => target + folder.slice(source.length);
    const report = await this.#each(this.#below(userId, source), (file) => this.#deps.moving.move(userId, file.id, { folder: inTarget(file.folder) }));
    // Links and what lies below go where the files went.
    if (report.done > 0) await this.#deps.shares.moveFolder(userId, source, target);
    if (report.failed === 0 && !report.more) await this.#moveMarkers(userId, source, target);
    return report;
  }

  async trash(userId: number, folder: string): Promise<FolderReport> {
    const source = named(userId, folder);
    const report = await this.#each(this.#below(userId, source), (file) => this.#deps.moving.trash(userId, file.id));
    if (report.failed === 0 && !report.more) await this.#moveMarkers(userId, source, null);
    return report;
  }

  /** Everything that was in or below that folder and is in the trash, whenever it went there. */
  async restore(userId: number, folder: string): Promise<FolderReport> {
    const source = named(userId, folder);
    return this.#each(this.#trashed(userId, ({ folder: at }) => at === source || at.startsWith(`${source}/`)), (file) => this.#deps.moving.restore(userId, file.id));
  }

  /** What comes into the trash meanwhile stays: nobody saw it there when they asked. */
  async emptyTrash(userId: number, until?: string): Promise<FolderReport> {
    const before = until ?? isoAt(this.#deps.clock.nowMs());
    return this.#act(this.#trashed(userId, (file) => file.deletedAt !== null && file.deletedAt <= before), (file) => this.#deps.moving.purge(userId, file.id));
  }

  async #each(files: AsyncIterable<FileRecord>, act: (file: FileRecord) => Promise<unknown>): Promise<FolderReport> {
    const report = await this.#act(files, act);
    if (report.done + report.failed === 0 && !report.more) throw new AppError('not_found', { what: 'folder' });
    return report;
  }
  async #act(files: AsyncIterable<FileRecord>, act: (file: FileRecord) => Promise<unknown>): Promise<FolderReport> {
    const { clock } = this.#deps;
    const untilMs = clock.monotonicMs() + longestMs;
    const failures: { path: string; code: ErrorCode; detail: string }[] = [];
    let [done, failed] = [0, 0];
    const source = files[Symbol.asyncIterator]();
    let isOver = false;
    const worker = async (): Promise<void> => {
      while (!isOver && clock.monotonicMs() < untilMs) {
        const next = await source.next();
        if (next.done === true) return void (isOver = true);
        await act(next.value).then(() => void (done += 1), (thrown: unknown) => {
          const error = asAppError(thrown);
          failed += 1;
          if (failures.length < mostTold) failures.push({ path: `${next.value.folder}/${next.value.filename}`, code: error.code, detail: error.message });
        });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return { done, failed, failures, more: !isOver };
  }

  /** By number: a file keeps its own when it moves, so a page is never missed or read twice. */
  async *#below(userId: number, folder: string): AsyncGenerator<FileRecord> {
    for (let cursor: string | undefined; ;) {
      const page = await this.#deps.files.list({ userId, below: folder }, { sort: 'newest', cursor, limit: pageRows });
      yield* page.files;
      if (page.nextCursor === null) return;
      cursor = page.nextCursor;
    }
  }
  async *#trashed(userId: number, isMeant: (file: FileRecord) => boolean): AsyncGenerator<FileRecord> {
    for (let before: number | null = null; ;) {
      const page: readonly FileRecord[] = await this.#deps.records.trashed(userId, { before, limit: pageRows });
      for (const file of page) if (isMeant(file)) yield file;
      const last = page.at(-1);
      if (page.length < pageRows || last === undefined) return;
      before = last.id;
    }
  }

  /** Empty folders are objects that end in a slash, which no row tells of: without this they would stay behind alone. */
  async #moveMarkers(userId: number, source: string, target: string | null): Promise<void> {
    const { store, listAll, removeExactly } = this.#deps;
    const prefix = `${prefixOf(userId)}${source}/`;
    for (let token: string | null = null; ;) {
      const page: Awaited<ReturnType<RemoteStore['list']>> = await listAll({ prefix, ...(token === null ? {} : { token }) });
      for (const { key, etag, sizeBytes } of page.objects) {
        if (!key.endsWith('/') || sizeBytes !== 0) continue;
        if (target !== null) await store.put(`${prefixOf(userId)}${target}/${key.slice(prefix.length)}` as StoreKey, new Uint8Array(0), { ifNoneMatch: '*', sizeBytes: 0, sha256: emptySha256 });
        await removeExactly(key, etag);
      }
      if (page.next === null) return;
      token = page.next;
    }
  }
}

/** The whole library is no folder that could go somewhere. */
function named(userId: number, folder: string): string {
  const path = folderPath(userId, folder);
  if (path === '') throw new AppError('bad_request', { detail: 'the folder has no name' });
  return path;
}
