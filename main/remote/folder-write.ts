/** Puts bytes into a folder store: written aside, made durable, then placed under the key's lock only if the condition still holds. */
import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, rename, rmdir, unlink, utimes, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../base/app-error.ts';
import type { Answer, Clock, ETag, ObjectMetadata, Sha256, StoreKey, WriteCondition, Written } from '../sync/ports.ts';
import { withLock } from './folder-lock.ts';
import { emptyHash, etagOf, hasRecord, lookAt, readRecord, removeRecord, statMark, writeRecord } from './folder-meta.ts';
import { isCode, refuseLinks, requireRoot, type FolderLayout } from './folder-paths.ts';

export interface FolderContext {
  readonly layout: FolderLayout;
  readonly clock: Clock;
}
export interface IncomingBytes {
  readonly path: string;
  readonly sha256: Sha256;
  readonly sizeBytes: number;
}

/** Writes and fsyncs the bytes beside the tree, on the same disk, so that placing them is one rename. */
export async function receive(context: FolderContext, body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, options: { readonly executable: boolean; readonly signal?: AbortSignal | undefined; readonly onBytes?: ((bytes: number) => void) | undefined }): Promise<IncomingBytes> {
  await requireRoot(context.layout);
  const path = context.layout.private('incoming', randomBytes(12).toString('hex'));
  const file = await openNew(path, options.executable ? 0o755 : 0o644);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const chunk of body) {
      if (options.signal?.aborted === true) throw new AppError('cancelled');
      hash.update(chunk);
      await file.writeFile(chunk);
      sizeBytes += chunk.byteLength;
      options.onBytes?.(chunk.byteLength);
    }
    await file.sync();
  } catch (thrown) {
    await file.close();
    await discard(path);
    throw thrown;
  }
  await file.close();
  return { path, sha256: hash.digest('hex') as Sha256, sizeBytes };
}
async function openNew(path: string, mode: number): Promise<FileHandle> {
  try {
    return await open(path, 'wx', mode);
  } catch (thrown) {
    if (!isCode(thrown, 'ENOENT')) throw thrown;
    await mkdir(dirname(path), { recursive: true });
    return open(path, 'wx', mode);
  }
}
export async function discard(path: string): Promise<void> {
  await unlink(path).catch(() => undefined);
}

/** Takes over `incoming` in every outcome. */
export async function place(context: FolderContext, key: StoreKey, incoming: IncomingBytes, condition: WriteCondition, metadata: ObjectMetadata): Promise<Answer<Written>> {
  try {
    if (metadata.mtimeNs !== undefined) {
      // The person who looks into the folder sees the file's own date.
      const seconds = Number(metadata.mtimeNs) / 1e9;
      await utimes(incoming.path, seconds, seconds).catch(() => undefined);
    }
    return await locked(context, key, () => placeLocked(context, key, incoming, condition, metadata));
  } finally {
    await discard(incoming.path);
  }
}
async function placeLocked(context: FolderContext, key: StoreKey, incoming: IncomingBytes, condition: WriteCondition, metadata: ObjectMetadata): Promise<Answer<Written>> {
  const { layout } = context;
  const target = layout.object(key);
  const refusal = await conditionRefused(layout, key, condition);
  if (refusal !== null) return refusal;
  for (let attempt = 0; ; attempt += 1) {
    await makeParents(layout, target);
    await refuseLinks(layout, key);
    try {
      if (condition.ifNoneMatch !== undefined) await placeNew(incoming.path, target);
      else await rename(incoming.path, target);
      break;
    } catch (thrown) {
      if (isCode(thrown, 'EEXIST')) return { ok: false, why: 'precondition' };
      // The folder was emptied and removed by someone between making it and using it.
      if (!isCode(thrown, 'ENOENT') || attempt >= 4) throw thrown;
    }
  }
  await syncFolder(dirname(target));
  const stat = await lookAt(target, layout.name);
  if (stat === null || Number(stat.size) !== incoming.sizeBytes) throw new AppError('object_changed', { place: layout.name });
  const record = { stat: statMark(stat), sha256: incoming.sha256, metadata };
  await writeRecord(layout, key, record);
  return { ok: true, value: { etag: etagOf(stat, record), versionId: null } };
}

/** Never replaces: a hard link fails where a name is taken, by whomever. Disks without links rely on the key's lock. */
async function placeNew(from: string, target: string): Promise<void> {
  try {
    await link(from, target);
    await unlink(from);
  } catch (thrown) {
    if (!isCode(thrown, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw thrown;
    if ((await lookAt(target, target)) !== null) throw Object.assign(new Error('taken'), { code: 'EEXIST' });
    await rename(from, target);
  }
}

export async function conditionRefused(layout: FolderLayout, key: StoreKey, condition: WriteCondition): Promise<{ readonly ok: false; readonly why: 'absent' | 'precondition' } | null> {
  const stat = await lookAt(layout.object(key), layout.name);
  // The other kind of thing under this name is neither "exists" nor "absent": the planner renames the file (rule 3).
  if (stat !== null && stat.isDirectory()) throw new AppError('kind_clash', { place: layout.name });
  if (condition.ifNoneMatch !== undefined) return stat === null ? null : { ok: false, why: 'precondition' };
  if (condition.ifMatch === undefined) return null;
  if (stat === null) return { ok: false, why: 'absent' };
  return etagOf(stat, await readRecord(layout, key)) === condition.ifMatch ? null : { ok: false, why: 'precondition' };
}

export async function removeFile(context: FolderContext, key: StoreKey, ifMatch: ETag | undefined): Promise<Answer<null>> {
  const { layout } = context;
  return locked(context, key, async () => {
    await refuseLinks(layout, key);
    const target = layout.object(key);
    const stat = await lookAt(target, layout.name);
    if (stat === null) return ifMatch === undefined ? { ok: true, value: null } : { ok: false, why: 'absent' };
    const refusal = await conditionRefused(layout, key, ifMatch === undefined ? {} : { ifMatch });
    if (refusal !== null) return refusal;
    await unlink(target);
    await removeRecord(layout, key);
    await syncFolder(dirname(target));
    await removeEmptyParents(layout, key);
    return { ok: true, value: null };
  });
}

/** A folder's marker is the folder itself, kept by a record once something lies in it. */
export async function putMarker(context: FolderContext, key: StoreKey, condition: WriteCondition): Promise<Answer<Written>> {
  const { layout } = context;
  const etag = `sha256-${emptyHash}` as ETag;
  return locked(context, key, async () => {
    await requireRoot(layout);
    await refuseLinks(layout, key);
    const exists = await markerExists(layout, key);
    if (condition.ifNoneMatch !== undefined && exists) return { ok: false, why: 'precondition' };
    if (condition.ifMatch !== undefined && !exists) return { ok: false, why: 'absent' };
    if (condition.ifMatch !== undefined && condition.ifMatch !== etag) return { ok: false, why: 'precondition' };
    // The record first: an empty folder without one is taken away with the last file in it.
    await writeRecord(layout, key, { stat: '', sha256: emptyHash, metadata: {} });
    await mkdir(layout.object(key), { recursive: true }).catch((thrown: unknown) => {
      throw isCode(thrown, 'EEXIST', 'ENOTDIR') ? new AppError('kind_clash', { place: layout.name }) : thrown;
    });
    await syncFolder(dirname(layout.object(key)));
    return { ok: true, value: { etag, versionId: null } };
  });
}
export async function markerExists(layout: FolderLayout, key: StoreKey): Promise<boolean> {
  const stat = await lookAt(layout.object(key), layout.name);
  if (stat === null || !stat.isDirectory()) return false;
  return (await hasRecord(layout, key)) || (await isEmptyFolder(layout.object(key)));
}
export async function removeMarker(context: FolderContext, key: StoreKey, ifMatch: ETag | undefined): Promise<Answer<null>> {
  const { layout } = context;
  return locked(context, key, async () => {
    await refuseLinks(layout, key);
    if (ifMatch !== undefined && !(await markerExists(layout, key))) return { ok: false, why: 'absent' };
    if (ifMatch !== undefined && ifMatch !== `sha256-${emptyHash}`) return { ok: false, why: 'precondition' };
    await removeRecord(layout, key);
    await removeEmptyParents(layout, `${key}x`);
    return { ok: true, value: null };
  });
}

async function isEmptyFolder(path: string): Promise<boolean> {
  const { opendir } = await import('node:fs/promises');
  const dir = await opendir(path).catch(() => null);
  if (dir === null) return false;
  try {
    return (await dir.read()) === null;
  } finally {
    await dir.close();
  }
}
/** In a bucket a folder goes with its last object; only a marker keeps it. rmdir refuses by itself when something is left. */
async function removeEmptyParents(layout: FolderLayout, key: string): Promise<void> {
  const parts = key.split('/');
  for (let depth = parts.length - 1; depth > 0; depth -= 1) {
    const folder = `${parts.slice(0, depth).join('/')}/`;
    if (folder === '.strata/' || (await hasRecord(layout, folder))) return;
    try {
      await rmdir(join(layout.root, folder));
    } catch {
      return;
    }
  }
}

async function makeParents(layout: FolderLayout, target: string): Promise<void> {
  await requireRoot(layout);
  await mkdir(dirname(target), { recursive: true }).catch((thrown: unknown) => {
    throw isCode(thrown, 'EEXIST', 'ENOTDIR') ? new AppError('kind_clash', { place: layout.name }) : thrown;
  });
}
function locked<T>(context: FolderContext, key: StoreKey, work: () => Promise<T>): Promise<T> {
  return withLock({ path: context.layout.side('locks', key), clock: context.clock, place: context.layout.name }, work);
}
/** A name is durable only when its folder is; Windows cannot and need not do this. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null);
  if (folder === null) return;
  await folder.sync().catch(() => undefined);
  await folder.close();
}
