/** What a plain file cannot carry: its last hash with its stat (which together are its ETag, rule 30) and our metadata. */
import { createHash } from 'node:crypto';
import { constants, type BigIntStats } from 'node:fs';
import { lstat, mkdir, open, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../base/app-error.ts';
import type { ETag, ObjectMetadata, RemoteObject, Sha256, StoreKey } from '../sync/ports.ts';
import { isCode, type FolderLayout } from './folder-paths.ts';

export interface FolderRecord {
  readonly stat: string;
  readonly sha256: Sha256;
  readonly metadata: ObjectMetadata;
}
export const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' as Sha256;
export const openNoFollow = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/** Changes when anything about the file does; ctime catches what keeps size and date. */
export function statMark(stat: BigIntStats): string {
  return `${stat.mtimeNs}-${stat.ctimeNs}-${stat.size}-${stat.ino}`;
}
export function etagOf(stat: BigIntStats, record: FolderRecord | null): ETag {
  if (stat.isDirectory()) return `sha256-${emptyHash}` as ETag;
  return (record !== null && record.stat === statMark(stat) ? `sha256-${record.sha256}` : `stat-${stat.mtimeNs}-${stat.ctimeNs}-${stat.size}-${stat.ino}`) as ETag;
}

export async function readRecord(layout: FolderLayout, key: string): Promise<FolderRecord | null> {
  try {
    const raw = JSON.parse(await readFile(layout.side('meta', key), 'utf8')) as { stat: string; sha256: Sha256; metadata: ObjectMetadata & { mtime?: string } };
    const { mtime, ...metadata } = raw.metadata;
    return { stat: raw.stat, sha256: raw.sha256, metadata: mtime === undefined ? metadata : { ...metadata, mtimeNs: BigInt(mtime) } };
  } catch {
    // Missing or torn: the file's own stat then stands in for it.
    return null;
  }
}

/** Not fsynced: a lost record only costs one more look at the file. */
export async function writeRecord(layout: FolderLayout, key: string, record: FolderRecord): Promise<void> {
  const path = layout.side('meta', key);
  const { mtimeNs, ...rest } = record.metadata;
  const text = JSON.stringify({ stat: record.stat, sha256: record.sha256, metadata: mtimeNs === undefined ? rest : { ...rest, mtime: String(mtimeNs) } });
  const temp = `${path}.${process.pid}.${tempSerial++}`;
  try {
    await writeFile(temp, text);
  } catch (thrown) {
    if (!isCode(thrown, 'ENOENT')) throw thrown;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temp, text);
  }
  await rename(temp, path);
}
let tempSerial = 0;

export async function removeRecord(layout: FolderLayout, key: string): Promise<void> {
  await unlink(layout.side('meta', key)).catch(() => undefined);
}
export async function hasRecord(layout: FolderLayout, key: string): Promise<boolean> {
  return (await lstat(layout.side('meta', key)).catch(() => null)) !== null;
}

export function describe(key: StoreKey, stat: BigIntStats, record: FolderRecord | null, seenHash: Sha256 | null, trustsModeBit: boolean): RemoteObject {
  const agreed = record !== null && (stat.isDirectory() || record.stat === statMark(stat)) ? record : null;
  const metadata = agreed?.metadata;
  const changedMs = Number(stat.ctimeNs / 1_000_000n);
  return {
    key,
    sizeBytes: stat.isDirectory() ? 0 : Number(stat.size),
    etag: etagOf(stat, record),
    storageClass: 'STANDARD',
    lastModifiedMs: changedMs,
    versionId: null,
    claimedSha256: metadata?.sha256 ?? null,
    storeSha256: stat.isDirectory() ? emptyHash : agreed?.sha256 ?? seenHash,
    parentSha256: metadata?.parentSha256 ?? null,
    mtimeNs: metadata?.mtimeNs ?? (stat.isDirectory() ? null : stat.mtimeNs),
    executable: agreed !== null ? metadata?.executable === true : trustsModeBit && !stat.isDirectory() && (stat.mode & 0o100n) !== 0n,
    deletionClaimedAtMs: metadata?.deletionClaim === true ? changedMs : null,
    restoring: 'no',
  };
}

/** Reads a file that some other program wrote. Null when it changed meanwhile. */
export async function hashFile(path: string, expect: BigIntStats): Promise<Sha256 | null> {
  const file = await open(path, openNoFollow);
  try {
    const hash = createHash('sha256');
    for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
    return statMark(await file.stat({ bigint: true })) === statMark(expect) ? (hash.digest('hex') as Sha256) : null;
  } finally {
    await file.close();
  }
}

/** The entry itself, never what a link points to; null when it is not there. */
export async function lookAt(path: string, place: string): Promise<BigIntStats | null> {
  try {
    const stat = await lstat(path, { bigint: true });
    if (stat.isSymbolicLink()) throw new AppError('is_symlink', { place });
    if (!stat.isFile() && !stat.isDirectory()) throw new AppError('is_special', { place });
    return stat;
  } catch (thrown) {
    if (isCode(thrown, 'ENOENT', 'ENOTDIR')) return null;
    throw thrown;
  }
}
