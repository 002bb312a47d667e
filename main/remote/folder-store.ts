/** A plain folder (external drive, NAS) as a store with a bucket's promises; a person who opens it sees the same tree. */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readdir, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { dropOldest } from '../base/drop-oldest.ts';
import { AppError } from '../base/app-error.ts';
import type { Answer, Clock, RemoteObject, RemoteStore, RequestCounts, StoreKey, StoreProfile, Written } from '../sync/ports.ts';
import { describeFound, walkKeys } from './folder-listing.ts';
import { describe, hashFile, lookAt, openNoFollow, readRecord, statMark, writeRecord } from './folder-meta.ts';
import { diskError, folderLayout, isCode, refuseLinks, requireRoot, type FolderLayout } from './folder-paths.ts';
import * as uploads from './folder-uploads.ts';
import { discard, markerExists, place, putMarker, receive, removeFile, removeMarker, type FolderContext } from './folder-write.ts';

const pageSize = 1000;
/** A stat taken within this time of a change may not show the next one (coarse clocks, rule 13). */
const coarseClockMs = 2000;

export function createFolderStore(options: { readonly path: string; readonly clock: Clock }): RemoteStore {
  const layout = folderLayout(resolve(options.path));
  const context: FolderContext = { layout, clock: options.clock };
  const counts = { PUT: 0, GET: 0, HEAD: 0, DELETE: 0, LIST: 0, POST: 0 };
  const walks = new OpenWalks(layout);
  let answered: number | null = null;

  async function counted<T>(verb: keyof RequestCounts, work: () => Promise<T>): Promise<T> {
    counts[verb] += 1;
    try {
      const result = await work();
      answered = options.clock.nowMs();
      return result;
    } catch (thrown) {
      throw diskError(thrown, layout.name);
    }
  }
  return {
    description: { kind: 'folder', name: layout.root, identity: `folder ${layout.root}` },
    probe: () => counted('GET', () => probeFolder(context)),
    list: (request) => counted('LIST', () => walks.page(request)),
    head: (key) => counted('HEAD', () => headFile(context, key)),
    // A folder keeps no versions.
    versions: () => Promise.resolve([]),
    get: (key, request) => counted('GET', () => (request?.versionId === undefined ? getFile(context, key, request ?? {}) : Promise.resolve({ ok: false, why: 'absent' } as const))),
    put: (key, body, request) => counted('PUT', () => putFile(context, key, body, request)),
    remove: (key, condition) => counted('DELETE', () => (key.endsWith('/') ? removeMarker(context, key, condition?.ifMatch) : removeFile(context, key, condition?.ifMatch))),
    startUpload: (key, metadata) => counted('POST', () => uploads.startUpload(context, key, metadata)),
    putPart: (key, uploadId, number, bytes) => counted('PUT', () => uploads.putPart(context, key, uploadId, number, bytes)),
    listParts: (key, uploadId) => counted('LIST', () => uploads.listParts(context, key, uploadId)),
    completeUpload: (key, uploadId, parts, condition) => counted('POST', () => uploads.completeUpload(context, key, uploadId, parts, condition)),
    abortUpload: (key, uploadId) => counted('DELETE', () => uploads.abortUpload(context, key, uploadId)),
    listUploads: () => counted('LIST', () => uploads.listUploads(context)),
    copy: (from, to, request) => counted('PUT', () => copyFile(context, from, to, request)),
    restore: (key) => counted('HEAD', async () => ((await headFile(context, key)) === null ? 'absent' : 'notArchived')),
    watch: async () => false,
    requestCounts: () => ({ ...counts }),
    storeTimeMs: () => answered,
    close: async () => walks.close(),
  };
}

/** Keeps the walk behind a page's token open, so that the next page does not start over; without it the token's key is enough. */
class OpenWalks {
  private readonly layout: FolderLayout;
  private readonly byToken = new Map<string, AsyncGenerator<{ readonly key: string; readonly isFolder: boolean }>>();
  constructor(layout: FolderLayout) {
    this.layout = layout;
  }
  async page(request: Parameters<RemoteStore['list']>[0]): ReturnType<RemoteStore['list']> {
    await requireRoot(this.layout);
    const prefix = request.prefix ?? '';
    const after = request.token ?? request.startAfter ?? '';
    const name = `${prefix}\0${after}`;
    const walk = (request.token === undefined ? undefined : this.byToken.get(name)) ?? walkKeys(this.layout, prefix, after);
    this.byToken.delete(name);
    const limit = Math.min(request.maxKeys ?? pageSize, pageSize);
    const found: { readonly key: string; readonly isFolder: boolean }[] = [];
    while (found.length < limit) {
      if (request.signal?.aborted === true) throw new AppError('cancelled');
      const step = await walk.next();
      if (step.done === true) return { objects: await describeFound(this.layout, found), next: null };
      found.push(step.value);
    }
    const last = found[found.length - 1]?.key ?? '';
    this.keep(`${prefix}\0${last}`, walk);
    const objects = await describeFound(this.layout, found);
    // The drive may have gone while we looked; what then seems to have vanished has not.
    await requireRoot(this.layout);
    return { objects, next: last };
  }
  private keep(name: string, walk: AsyncGenerator<{ readonly key: string; readonly isFolder: boolean }>): void {
    this.byToken.set(name, walk);
    // A listing that was given up leaves its walk behind; a few are enough for all that run at once.
    dropOldest(this.byToken, 4);
  }
  close(): void {
    this.byToken.clear();
  }
}

async function headFile(context: FolderContext, key: StoreKey): Promise<RemoteObject | null> {
  const { layout } = context;
  const path = layout.object(key);
  await requireRoot(layout);
  await refuseLinks(layout, key);
  const stat = await lookAt(path, layout.name);
  if (stat === null) {
    // Asked again after the miss: "absent" lets a deletion go on, a drive that was just pulled must not (rule 2).
    await requireRoot(layout);
    return null;
  }
  if (stat.isDirectory() !== key.endsWith('/')) return null;
  if (stat.isDirectory()) return (await markerExists(layout, key)) ? describe(key, stat, await readRecord(layout, key), null, false) : null;
  const record = await readRecord(layout, key);
  if (record !== null && record.stat === statMark(stat)) return describe(key, stat, record, null, true);
  // Some other program wrote it: hashed now, and remembered once its date is old enough to be trusted.
  const sha256 = await hashFile(path, stat);
  if (sha256 === null) throw new AppError('object_changed', { place: layout.name });
  if (context.clock.nowMs() - Number(stat.ctimeNs / 1_000_000n) < coarseClockMs) return describe(key, stat, null, sha256, true);
  const executable = (stat.mode & 0o100n) !== 0n;
  const fresh = { stat: statMark(stat), sha256, metadata: { mtimeNs: stat.mtimeNs, ...(executable ? { executable } : {}) } };
  await writeRecord(layout, key, fresh);
  return describe(key, stat, fresh, sha256, true);
}

async function getFile(context: FolderContext, key: StoreKey, request: NonNullable<Parameters<RemoteStore['get']>[1]>): ReturnType<RemoteStore['get']> {
  const { layout } = context;
  const path = layout.object(key);
  await requireRoot(layout);
  await refuseLinks(layout, key);
  const seen = await lookAt(path, layout.name);
  if (seen === null || seen.isDirectory() !== key.endsWith('/')) return { ok: false, why: 'absent' };
  if (seen.isDirectory()) return (await markerExists(layout, key)) ? { ok: true, value: { object: describe(key, seen, null, null, false), body: nothing() } } : { ok: false, why: 'absent' };
  const file = await open(path, openNoFollow).catch((thrown: unknown) => {
    if (isCode(thrown, 'ENOENT')) return null;
    throw thrown;
  });
  if (file === null) return { ok: false, why: 'absent' };
  const stat = await file.stat({ bigint: true });
  const object = describe(key, stat, await readRecord(layout, key), null, true);
  if (request.ifMatch !== undefined && request.ifMatch !== object.etag) {
    await file.close();
    return { ok: false, why: 'precondition' };
  }
  return { ok: true, value: { object, body: readOpen(file, statMark(stat), request, layout.name) } };
}
async function* nothing(): AsyncGenerator<Uint8Array> {}

/** The bytes of exactly the version that was described: a file that changes while it is read ends in an error, not in a mixture. */
async function* readOpen(file: Awaited<ReturnType<typeof open>>, mark: string, request: NonNullable<Parameters<RemoteStore['get']>[1]>, place: string): AsyncGenerator<Uint8Array> {
  try {
    const range = request.range === undefined ? {} : { start: request.range.start, end: request.range.end };
    for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 1 << 18, ...range })) {
      if (request.signal?.aborted === true) throw new AppError('cancelled');
      yield chunk as Buffer;
    }
    const after = await file.stat({ bigint: true });
    // Replaced by rename meanwhile: the open file lost its name (ctime), but its bytes are still the ones described.
    if (after.nlink > 0n && statMark(after) !== mark) throw new AppError('object_changed', { place });
  } catch (thrown) {
    throw diskError(thrown, place);
  } finally {
    await file.close();
  }
}

async function putFile(context: FolderContext, key: StoreKey, body: Uint8Array | AsyncIterable<Uint8Array>, request: Parameters<RemoteStore['put']>[2]): Promise<Answer<Written>> {
  const { layout } = context;
  layout.object(key);
  if (key.endsWith('/')) {
    if (request.sizeBytes !== 0) throw new AppError('kind_clash', { place: layout.name });
    return putMarker(context, key, request);
  }
  const incoming = await receive(context, body instanceof Uint8Array ? [body] : body, { executable: request.metadata?.executable === true, signal: request.signal, onBytes: request.onSent });
  if (incoming.sizeBytes !== request.sizeBytes || incoming.sha256 !== request.sha256) {
    await discard(incoming.path);
    throw new AppError(incoming.sizeBytes === request.sizeBytes ? 'checksum_mismatch' : 'file_changed', { place: layout.name });
  }
  return place(context, key, incoming, request, request.metadata ?? {});
}

async function copyFile(context: FolderContext, from: StoreKey, to: StoreKey, request: Parameters<RemoteStore['copy']>[2]): Promise<Answer<Written>> {
  context.layout.object(to);
  const source = await getFile(context, from, { ifMatch: request.sourceIfMatch });
  if (!source.ok) return source;
  const incoming = await receive(context, source.value.body, { executable: request.metadata.executable === true });
  return place(context, to, incoming, { ifNoneMatch: '*' }, request.metadata);
}

/** Exclusive creation is what every condition here rests on; some network disks only pretend to it (rule 30). */
async function probeFolder(context: FolderContext): Promise<StoreProfile> {
  await requireRoot(context.layout);
  const path = context.layout.private('incoming', `probe-${randomBytes(8).toString('hex')}`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'probe', { flag: 'wx' });
  const second = await writeFile(path, 'probe', { flag: 'wx' }).then(() => false, (thrown: unknown) => isCode(thrown, 'EEXIST'));
  await unlink(path);
  await clearLeftovers(context);
  return {
    conditionalPut: second, conditionalPutIfMatch: second, conditionalComplete: second, conditionalDelete: second, rangedCopy: true, multipart: true, versioning: 'off',
    checksPayload: true, notifications: false, listsInUtf8Order: true, clockOffsetMs: 0, probedAtMs: context.clock.nowMs(),
  };
}

const leftoverAfterMs = 24 * 3_600_000;
/** Bytes that a crash left on their way in; nothing that is still being written is a day old. */
async function clearLeftovers(context: FolderContext): Promise<void> {
  const folder = context.layout.private('incoming');
  for (const name of await readdir(folder)) {
    const stat = await lstat(join(folder, name)).catch(() => null);
    if (stat !== null && context.clock.nowMs() - stat.ctimeMs > leftoverAfterMs) await discard(join(folder, name));
  }
}
