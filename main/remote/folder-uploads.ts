/** Uploads in parts to a folder store: parts lie in `.strata/uploads/` until they become one file. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../base/app-error.ts';
import type { Answer, ETag, ObjectMetadata, RemoteStore, StoreKey, UploadedPart, WriteCondition, Written } from '../sync/ports.ts';
import { isCode } from './folder-paths.ts';
import { place, receive, type FolderContext } from './folder-write.ts';

interface UploadInfo {
  readonly key: StoreKey;
  readonly startedAtMs: number;
  readonly metadata: ObjectMetadata;
}

export async function startUpload(context: FolderContext, key: StoreKey, metadata: ObjectMetadata): Promise<string> {
  context.layout.object(key);
  const uploadId = randomBytes(16).toString('hex');
  await mkdir(uploadPath(context, uploadId), { recursive: true });
  const { mtimeNs, ...rest } = metadata;
  await writeFile(join(uploadPath(context, uploadId), 'info'), JSON.stringify({ key, startedAtMs: context.clock.nowMs(), metadata: rest, mtime: mtimeNs === undefined ? null : String(mtimeNs) }));
  return uploadId;
}

/** The hash stands in the part's name, so that listing parts reads none of them. */
export async function putPart(context: FolderContext, key: StoreKey, uploadId: string, number: number, bytes: Uint8Array): Promise<UploadedPart> {
  await infoOf(context, key, uploadId);
  const etag = createHash('sha256').update(bytes).digest('hex') as ETag;
  const incoming = await receive(context, [bytes], { executable: false });
  const earlier = (await partFiles(context, uploadId)).filter((part) => part.number === number && part.etag !== etag);
  await rename(incoming.path, join(uploadPath(context, uploadId), `${number}-${etag}`)).catch((thrown: unknown) => {
    throw isCode(thrown, 'ENOENT') ? gone(context) : thrown;
  });
  for (const part of earlier) await unlink(join(uploadPath(context, uploadId), `${number}-${part.etag}`)).catch(() => undefined);
  return { number, etag, sizeBytes: bytes.byteLength };
}

export async function listParts(context: FolderContext, key: StoreKey, uploadId: string): Promise<readonly UploadedPart[]> {
  await infoOf(context, key, uploadId);
  const parts = await partFiles(context, uploadId);
  const sized = await Promise.all(parts.map(async (part) => ({ ...part, sizeBytes: (await stat(join(uploadPath(context, uploadId), `${part.number}-${part.etag}`))).size })));
  return sized.sort((a, b) => a.number - b.number);
}
async function partFiles(context: FolderContext, uploadId: string): Promise<{ number: number; etag: ETag }[]> {
  const names = await readdir(uploadPath(context, uploadId));
  return names.filter((name) => /^\d+-[0-9a-f]{64}$/.test(name)).map((name) => ({ number: Number(name.split('-')[0]), etag: name.split('-')[1] as ETag }));
}

export async function completeUpload(context: FolderContext, key: StoreKey, uploadId: string, parts: readonly UploadedPart[], condition: WriteCondition): Promise<Answer<Written>> {
  const info = await infoOf(context, key, uploadId).catch((thrown: unknown) => {
    if (thrown instanceof AppError && thrown.code === 'upload_gone') return null;
    throw thrown;
  });
  if (info === null) return { ok: false, why: 'absent' };
  const there = await partFiles(context, uploadId);
  if (parts.length === 0 || parts.some((part) => !there.some((one) => one.number === part.number && one.etag === part.etag))) throw new AppError('store_error', { place: context.layout.name, detail: 'a part is missing' });
  const incoming = await receive(context, joined(parts.map((part) => join(uploadPath(context, uploadId), `${part.number}-${part.etag}`))), { executable: info.metadata.executable === true });
  const answer = await place(context, key, incoming, condition, info.metadata);
  if (answer.ok) await removeUpload(context, uploadId);
  return answer;
}
async function* joined(paths: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const path of paths) yield* createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>;
}

export async function abortUpload(context: FolderContext, key: StoreKey, uploadId: string): Promise<void> {
  try {
    await infoOf(context, key, uploadId);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'upload_gone') return;
    throw thrown;
  }
  await removeUpload(context, uploadId);
}
async function removeUpload(context: FolderContext, uploadId: string): Promise<void> {
  await rm(uploadPath(context, uploadId), { recursive: true, force: true });
}

export async function listUploads(context: FolderContext): ReturnType<RemoteStore['listUploads']> {
  const ids = await readdir(context.layout.private('uploads')).catch((thrown: unknown): string[] => {
    if (isCode(thrown, 'ENOENT')) return [];
    throw thrown;
  });
  const all = await Promise.all(ids.map(async (uploadId) => {
    const info = await readInfo(context, uploadId);
    return info === null ? null : { key: info.key, uploadId, startedAtMs: info.startedAtMs };
  }));
  return all.filter((one) => one !== null);
}

async function infoOf(context: FolderContext, key: StoreKey, uploadId: string): Promise<UploadInfo> {
  const info = await readInfo(context, uploadId);
  if (info === null || info.key !== key) throw gone(context);
  return info;
}
async function readInfo(context: FolderContext, uploadId: string): Promise<UploadInfo | null> {
  if (!/^[0-9a-f]{32}$/.test(uploadId)) return null;
  try {
    const raw = JSON.parse(await readFile(join(uploadPath(context, uploadId), 'info'), 'utf8')) as UploadInfo & { mtime: string | null };
    return { key: raw.key, startedAtMs: raw.startedAtMs, metadata: raw.mtime === null ? raw.metadata : { ...raw.metadata, mtimeNs: BigInt(raw.mtime) } };
  } catch (thrown) {
    if (isCode(thrown, 'ENOENT', 'ENOTDIR') || thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}
function uploadPath(context: FolderContext, uploadId: string): string {
  return context.layout.private('uploads', uploadId);
}
function gone(context: FolderContext): AppError {
  return new AppError('upload_gone', { place: context.layout.name });
}
