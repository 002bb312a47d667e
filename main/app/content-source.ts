/** Bytes of one entry for a ticket: from this disk when they are here, else streamed from the place. */
import { nameOf, pathOfKey, type EntryKey } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import type { Index, LocalSeen, RemoteSeen } from '../sync/index-port.ts';
import type { ETag } from '../sync/ports.ts';
import type { ByteRange, ContentFacts, ContentSource } from './core.ts';
import { contentTypeOf } from './file-kinds.ts';
import type { LocalRoots } from './local-roots.ts';
import type { RootRegistry } from './root-registry.ts';

export interface ContentDeps {
  readonly index: Index;
  readonly registry: RootRegistry;
  readonly localRoots: LocalRoots;
  readonly nowMs: () => number;
}
const onDiskMark = 'disk-';

export class EntryContent implements ContentSource {
  readonly #deps: ContentDeps;
  constructor(deps: ContentDeps) {
    this.#deps = deps;
  }

  async look(rootId: string, key: string): Promise<ContentFacts> {
    const { local, remote } = this.#sides(rootId, key);
    const name = nameOf(pathOfKey(key as EntryKey));
    const contentType = contentTypeOf(name);
    const onDisk = local === null ? null : await this.#statOf(rootId, local);
    if (onDisk !== null) return { name, contentType, ...onDisk };
    if (remote === null) throw new AppError('not_found', { what: 'file' });
    if (remote.tier === 'archive') throw new AppError('object_archived', { place: this.#deps.registry.get(rootId).place.name });
    return { name, contentType, sizeBytes: remote.sizeBytes, etag: remote.etag };
  }

  async *read(rootId: string, key: string, etag: string, range: ByteRange | null): AsyncGenerator<Uint8Array> {
    const { local, remote } = this.#sides(rootId, key);
    // Opened is used: rules go by it. The rest of a file that is read in pieces says nothing new.
    if (range === null || range.start === 0) this.#deps.index.setUsed(this.#deps.registry.record(rootId).id, key as EntryKey, this.#deps.nowMs());
    if (etag.startsWith(onDiskMark)) {
      const now = local === null ? null : await this.#statOf(rootId, local);
      if (local === null || now === null || now.etag !== etag) throw new AppError('file_changed');
      const root = await this.#deps.localRoots.of(this.#deps.registry.record(rootId).folder);
      yield* root.read(local.diskPath, range ?? undefined);
      return;
    }
    if (remote === null) throw new AppError('object_missing');
    const store = await this.#deps.registry.storeOf(rootId);
    const answer = await store.get(remote.objectKey, { ifMatch: etag as ETag, ...(range === null ? {} : { range }) });
    const place = store.description.name;
    if (!answer.ok) throw new AppError(answer.why === 'archived' ? 'object_archived' : answer.why === 'absent' ? 'object_missing' : 'object_changed', { place });
    yield* answer.value.body;
  }

  #sides(rootId: string, key: string): { readonly local: LocalSeen | null; readonly remote: RemoteSeen | null } {
    const record = this.#deps.registry.record(rootId);
    const row = this.#deps.index.row(record.id, key as EntryKey);
    if (row === null || key.endsWith('/')) throw new AppError('not_found', { what: 'file' });
    return row;
  }
  /** Null when it is not there (any more) as a file: then the place is asked. */
  async #statOf(rootId: string, local: LocalSeen): Promise<{ readonly sizeBytes: number; readonly etag: string } | null> {
    try {
      const root = await this.#deps.localRoots.of(this.#deps.registry.record(rootId).folder);
      const stat = await root.stat(local.diskPath);
      return stat?.kind === 'file' ? { sizeBytes: stat.sizeBytes, etag: `${onDiskMark}${stat.sizeBytes}-${stat.mtimeNs}-${stat.inode}` } : null;
    } catch {
      return null;
    }
  }
}
