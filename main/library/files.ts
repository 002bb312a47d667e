/** A member's files: received, listed, described, given out. Every question is bound to one user here, and nowhere else. */
import { randomUUID } from 'node:crypto';
import type { IncomingFile, OutgoingFile, OutgoingStream } from '../../shared/api/contract-row.ts';
import { nameOf, parentOf, type RelativePath } from '../../shared/relative-path.ts';
import { brokenRules, ruleSentence, type FileFacts, type UploadRules } from '../../shared/upload-rules.ts';
import { AppError } from '../base/app-error.ts';
import type { Budget } from '../base/budget.ts';
import type { Clock } from '../base/clock.ts';
import { isoAt } from '../base/iso-time.ts';
import type { ETag, RemoteObject, RemoteStore, StoreKey } from '../sync/ports.ts';
import type { Catalogue } from './catalogue.ts';
import type { Links } from './links.ts';
import type { FileFilter, FilePage, FileRecord, FileRecords, FileSort, RuleRecords } from './ports.ts';
import { receive, type Received, type ReceivingStore } from './receive.ts';
import { folderPath, resolve } from './resolver.ts';
import type { Room } from './room.ts';
import { zipStream, type ZippedFile } from './zip-stream.ts';

export interface FilesDeps {
  readonly store: RemoteStore;
  /** The same store, for what comes in. */
  readonly receiving: ReceivingStore;
  /** In an archive, and not brought back from there. */
  readonly isAway: (object: RemoteObject) => boolean;
  readonly records: FileRecords;
  readonly rules: RuleRecords;
  readonly catalogue: Catalogue;
  readonly links: Links;
  readonly clock: Clock;
  readonly memory: Budget;
  readonly mostBytes: number | null;
  readonly room: Room;
  /** Whose uploads without a folder lie under their own names (a synced folder); everybody else's bear a number in front (H4). */
  readonly keepsNames: (userId: number) => boolean;
  /** Signs an address of the store itself, where clients reach it; null where everything goes through the hub. */
  readonly direct: ((file: FileRecord) => string) | null;
}
export interface FileList {
  readonly files: readonly FileRecord[];
  readonly nextCursor: string | null;
}

export interface FolderFacts {
  readonly name: string;
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
}

export class Files {
  readonly #deps: FilesDeps;
  constructor(deps: FilesDeps) {
    this.#deps = deps;
  }

  /** In a named folder under its own name; without one under a name that nobody else has (H4). The folder may stand behind the file. */
  async upload(userId: number, folder: string, file: IncomingFile): Promise<FileRecord> {
    const { receiving: store, memory, mostBytes } = this.#deps;
    const name = fileName(file.filename);
    const rules = await this.#deps.rules.rulesOf(userId);
    refuseBroken(rules, { name, sizeBytes: null, contentType: null });
    let target = this.placeOf(userId, folder, name);
    const hold = await this.#deps.room.open(userId);
    let kept: FileRecord | null = null;
    try {
      const received = await receive({ store, memory }, {
        filename: name, chunks: file.chunks, mostBytes,
        check: (facts) => {
          refuseBroken(rules, { name, ...facts });
          hold.grow(Math.max(facts.atLeastBytes, facts.sizeBytes ?? 0));
        },
        keyFor: async (atEnd) => {
          if (atEnd) target = this.placeOf(userId, (await file.rest())['folder'] ?? folder, name);
          return target.key;
        },
        confirm: async () => {
          if (((await file.rest())['folder'] ?? folder) !== folder) throw new AppError('bad_request', { detail: 'for a file this large the field "folder" goes before the field "file"' });
        },
      });
      return (kept = await this.keep(userId, { name, originalName: file.filename, folder: target.folder }, received));
    } finally {
      hold.close(kept !== null);
    }
  }

  /** The row of what was just stored: from then on it is in every list. */
  keep(userId: number, named: { readonly name: string; readonly originalName: string; readonly folder: string }, received: Received): Promise<FileRecord> {
    const at = isoAt(this.#deps.clock.nowMs());
    return this.#deps.records.put({
      userId, filename: named.name, originalFilename: named.originalName.slice(0, 1024), folder: named.folder, sizeBytes: received.sizeBytes, contentType: received.contentType,
      objectKey: received.key, etag: received.etag, uploadedAt: at,
    }, at);
  }

  placeOf(userId: number, folder: string, name: string): { readonly key: StoreKey; readonly folder: string } {
    return placeOf(userId, folder, name, this.#deps.keepsNames(userId));
  }

  async list(filter: FileFilter, page: { readonly sort: FileSort; readonly descending?: boolean | undefined; readonly cursor: string | undefined; readonly limit: number }): Promise<FileList> {
    const after = page.cursor === undefined ? null : readCursor(page.cursor, page.sort);
    if (after === null) await this.#deps.catalogue.refresh(filter.userId);
    const found = await this.#deps.records.list(filter, { sort: page.sort, ...(page.descending === undefined ? {} : { descending: page.descending }), after, limit: page.limit + 1 });
    const files = found.slice(0, page.limit);
    const last = files.at(-1);
    return { files, nextCursor: found.length > page.limit && last !== undefined ? writeCursor(last, page.sort) : null };
  }

  /** The folders right in this one, by name; a folder is there as long as a file lies in or below it. */
  async folders(userId: number, folder: string): Promise<readonly FolderFacts[]> {
    const above = folderPath(userId, folder);
    await this.#deps.catalogue.refresh(userId);
    const found = new Map<string, { files: number; bytes: number }>();
    for (const row of await this.#deps.records.folders(userId, above)) {
      const name = row.folder.slice(above === '' ? 0 : above.length + 1).split('/')[0] ?? '';
      const sum = found.get(name) ?? { files: 0, bytes: 0 };
      found.set(name, { files: sum.files + row.files, bytes: sum.bytes + row.bytes });
    }
    return [...found].map(([name, sum]) => ({ name, path: above === '' ? name : `${above}/${name}`, ...sum })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Unknown is 404, somebody else's is 403 (H2). */
  async own(userId: number, fileId: number): Promise<FileRecord> {
    const file = await this.#deps.records.file(fileId);
    if (file === null) throw new AppError('not_found', { what: 'file' });
    if (file.userId !== userId) throw new AppError('file_foreign');
    // What lies in the trash is read by what is about the trash alone.
    if (file.deletedAt !== null) throw new AppError('not_found', { what: 'file' });
    return file;
  }

  /** By its place and name; null where there is none. */
  async named(userId: number, path: RelativePath): Promise<FileRecord | null> {
    const found = await this.#deps.records.named(userId, parentOf(path), nameOf(path));
    return found === null ? null : this.own(userId, found.id);
  }

  async open(userId: number, fileId: number): Promise<OutgoingFile> {
    return this.#outgoing(await this.own(userId, fileId));
  }
  /** Whoever has the link may read, until it ends. */
  async openLink(link: string): Promise<OutgoingFile> {
    const said = this.#deps.links.read(link);
    if (said === null) throw new AppError('not_found', { what: 'link' });
    return this.open(said.userId, said.fileId);
  }
  /** Whoever has the link gets the folder as it is then, until the link ends. */
  openZip(link: string): OutgoingStream {
    const said = this.#deps.links.readFolder(link);
    if (said === null) throw new AppError('not_found', { what: 'link' });
    const name = said.folder === '' ? 'files' : nameOf(said.folder as RelativePath);
    return { filename: `${name}.zip`, contentType: 'application/zip', chunks: zipStream(this.#below(said.userId, said.folder)) };
  }
  zipLinkFor(userId: number, folder: string): string {
    return this.#deps.links.signFolder(userId, folderPath(userId, folder));
  }
  /** What is in the archive is named in a text beside the others: nobody takes a part for the whole. */
  async *#below(userId: number, folder: string): AsyncGenerator<ZippedFile> {
    const archived: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page: FileList = await this.list({ userId, below: folder }, { sort: 'name', cursor, limit: 500 });
      for (const file of page.files) {
        const path = [file.folder, file.filename].filter((part) => part !== '').join('/').slice(folder === '' ? 0 : folder.length + 1);
        // What went away since the list was made is left out; a store that fails ends the whole.
        const outgoing = await this.#outgoing(file).catch((thrown: unknown) => {
          if (!(thrown instanceof AppError) || (thrown.code !== 'not_found' && thrown.code !== 'object_archived')) throw thrown;
          if (thrown.code === 'object_archived') archived.push(path);
          return null;
        });
        if (outgoing !== null) yield { path, sizeBytes: outgoing.sizeBytes, changedAtMs: outgoing.changedAtMs, read: () => (outgoing.sizeBytes === 0 ? nothing() : outgoing.read(null)) };
      }
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    if (archived.length > 0) yield notPacked(archived, this.#deps.clock.nowMs());
  }
  /** For 15 minutes, for whoever has it: of the store where clients reach it, else of the hub. */
  accessUrl(file: FileRecord, hubAddress: string): string {
    // What is not in the store at hand is found by the hub alone.
    if (this.#deps.direct !== null && file.storageLocation === 'minio') return this.#deps.direct(file);
    return `${hubAddress}/api/files/link/${this.#deps.links.sign(file.userId, file.id)}`;
  }

  /** What the store says now is what goes out; a row may be older than the object. */
  async #outgoing(file: FileRecord): Promise<OutgoingFile> {
    const { store } = this.#deps;
    const key = file.objectKey as StoreKey;
    const now = await store.head(key);
    if (now === null || now.deletionClaimedAtMs !== null) throw new AppError('not_found', { what: 'file' });
    // Said before the first byte of an answer: later nobody could tell.
    if (this.#deps.isAway(now)) throw new AppError('object_archived');
    return {
      filename: file.filename, sizeBytes: now.sizeBytes, contentType: file.contentType, etag: now.etag, changedAtMs: now.lastModifiedMs,
      read: (range) => readObject(store, key, now.etag, range),
    };
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function notPacked(paths: readonly string[], nowMs: number): ZippedFile {
  const text = Buffer.from(`These files are in the archive and had to be left out. Bring them back first, then download the folder again.\r\n\r\n${paths.join('\r\n')}\r\n`);
  return { path: 'Not in this ZIP.txt', sizeBytes: text.byteLength, changedAtMs: nowMs, read: async function* () { yield await Promise.resolve(text); } };
}

async function* readObject(store: RemoteStore, key: StoreKey, etag: ETag, range: { readonly start: number; readonly end: number } | null): AsyncGenerator<Uint8Array> {
  const stop = new AbortController();
  try {
    const answer = await store.get(key, { ifMatch: etag, signal: stop.signal, ...(range === null ? {} : { range }) });
    if (!answer.ok) throw new AppError(answer.why === 'archived' ? 'object_archived' : answer.why === 'absent' ? 'object_missing' : 'object_changed');
    yield* answer.value.body;
  } finally {
    // Whoever stopped reading must not leave the store sending.
    stop.abort();
  }
}

function placeOf(userId: number, folder: string, name: string, keepsName: boolean): { readonly key: StoreKey; readonly folder: string } {
  // The name must stand on its own too: behind a number even ".." would look harmless.
  const alone = resolve(userId, name);
  const place = alone.ok ? resolve(userId, folder === '' ? (keepsName ? name : `${randomUUID()}-${name}`) : `${folder}/${name}`) : alone;
  if (!place.ok) throw new AppError(place.code, { detail: place.detail });
  return { key: place.key, folder: folder === '' ? '' : parentOf(place.path) };
}

export function fileName(sent: string): string {
  const name = sent.normalize('NFC');
  if (name.includes('/')) throw new AppError('bad_request', { detail: 'a file’s name holds no slash' });
  return name;
}

export function refuseBroken(rules: UploadRules, facts: FileFacts): void {
  const broken = brokenRules(rules, facts);
  if (broken.length > 0) throw new AppError('upload_refused', { detail: broken.map((one) => ruleSentence(one, rules)).join('; ') });
}

function writeCursor(last: FileRecord, sort: FileSort): string {
  const value = sort === 'name' ? last.filename : sort === 'size' ? last.sizeBytes : 0;
  return Buffer.from(JSON.stringify([last.id, value])).toString('base64url');
}
function readCursor(cursor: string, sort: FileSort): FilePage['after'] {
  try {
    const said: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const [id, value] = Array.isArray(said) ? (said as readonly unknown[]) : [];
    const fits = sort === 'name' ? typeof value === 'string' && !value.includes('\0') : typeof value === 'number' && Number.isSafeInteger(value);
    if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 && id <= 2_147_483_647 && fits) return { id, value: value as string | number };
  } catch {
    throw new AppError('bad_request', { detail: 'the cursor is not one of ours' });
  }
  throw new AppError('bad_request', { detail: 'the cursor is not one of ours' });
}
