/** What becomes of the files of an account that ends: kept as plain objects, given to another member, or removed; in the background, and on after a restart. */
import { AppError, asAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { ETag, RemoteStore, StoreKey } from '../sync/ports.ts';
import type { Catalogue } from './catalogue.ts';
import type { Moving } from './moving.ts';
import type { FileRecord, FileRecords, Leaving, LeavingRecords, UploadRecords } from './ports.ts';
import { prefixOf } from './resolver.ts';

export interface DeparturesDeps {
  readonly store: RemoteStore;
  /** Of every store that holds files, also those which a list of the library does not read. */
  readonly listAll: RemoteStore['list'];
  readonly leaving: LeavingRecords;
  readonly records: FileRecords;
  readonly uploads: UploadRecords;
  readonly catalogue: Catalogue;
  readonly moving: Moving;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly removeExactly: (key: StoreKey, etag: ETag) => Promise<boolean>;
}
const pageRows = 200;

export class Departures {
  readonly #deps: DeparturesDeps;
  #running: Promise<void> | null = null;
  #again = false;
  constructor(deps: DeparturesDeps) {
    this.#deps = deps;
  }

  /** Everybody who is leaving, one after the other; who asks meanwhile waits for a round that begins after they asked. */
  go(): Promise<void> {
    if (this.#running !== null) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#all().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #all(): Promise<void> {
    const { leaving, logger } = this.#deps;
    do {
      this.#again = false;
      for (const one of await leaving.leaving()) {
        await this.#see(one).catch((thrown: unknown) => logger.warn({ err: asAppError(thrown), user: one.userId }, 'an account could not be removed yet; it is tried again'));
      }
    } while (this.#again);
  }

  async #see(one: Leaving): Promise<void> {
    const { uploads, store, leaving, logger, catalogue, records } = this.#deps;
    for (const upload of await uploads.ofUser(one.userId)) {
      if (upload.storeUploadId !== null && upload.state !== 'stored') await store.abortUpload(upload.objectKey as StoreKey, upload.storeUploadId);
      await uploads.remove(upload.id);
    }
    if (one.files === 'keep') await records.forgetAll(one.userId);
    else {
      // Also what came there by other ways, a moment ago.
      await catalogue.look(one.userId);
      const left = await this.#eachFile(one, (file) => (one.files === 'move' ? this.#give(one, file) : this.#remove(file)));
      if (left > 0) throw new AppError('stale');
      if (one.files === 'remove') await this.#empty(one.userId);
    }
    await leaving.gone(one.userId);
    logger.info({ user: one.userId, files: one.files }, 'an account was removed');
  }

  /** How many could not be seen to. */
  async #eachFile(one: Leaving, act: (file: FileRecord) => Promise<void>): Promise<number> {
    let left = 0;
    for (let after = 0; ;) {
      const page = await this.#deps.records.allOf(one.userId, { after, limit: pageRows });
      for (const file of page) {
        await act(file).catch((thrown: unknown) => {
          left += 1;
          this.#deps.logger.warn({ err: asAppError(thrown), file: file.id }, 'a file of an account that ends stays for now');
        });
      }
      const last = page.at(-1);
      if (page.length < pageRows || last === undefined) return left;
      after = last.id;
    }
  }

  /** Into a folder that bears the name of whoever left, the trash into the trash. */
  async #give(one: Leaving, file: FileRecord): Promise<void> {
    if (one.to === null) throw new AppError('internal');
    await this.#deps.moving.give(file, { userId: one.to, folder: folderFor(one.email) });
  }
  async #remove(file: FileRecord): Promise<void> {
    const { store, records, removeExactly } = this.#deps;
    const key = file.objectKey as StoreKey;
    if ((await store.head(key)) !== null && !(await removeExactly(key, file.etag as ETag))) throw new AppError('stale');
    await records.remove(file.id, file.etag);
  }
  /** What no row tells of: empty folders, and what Strata itself keeps there. */
  async #empty(userId: number): Promise<void> {
    const { listAll, removeExactly } = this.#deps;
    for (let token: string | null = null; ;) {
      const page: Awaited<ReturnType<RemoteStore['list']>> = await listAll({ prefix: prefixOf(userId), ...(token === null ? {} : { token }) });
      for (const object of page.objects) await removeExactly(object.key, object.etag);
      if (page.next === null) return;
      token = page.next;
    }
  }
}

/** Whatever an e-mail may hold, this is the name of a folder. */
export function folderFor(email: string): string {
  return `Files of ${email.replaceAll(/[\u0000-\u001f\u007f/\\]/g, '_')}`.slice(0, 120);
}
