/** Walks a folder store in the order of an S3 listing, one page at a time, without ever holding more than the folders on the way. */
import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareKeys } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import type { ListedObject, StoreKey } from '../sync/ports.ts';
import { etagOf, hasRecord, readRecord } from './folder-meta.ts';
import { isCode, isPrivate, type FolderLayout } from './folder-paths.ts';

interface Found {
  readonly key: string;
  readonly isFolder: boolean;
}

/** Keys after `after` (exclusive) that begin with `prefix`, in UTF-8 order, a folder's own marker before what it holds. */
export async function* walkKeys(layout: FolderLayout, prefix: string, after: string): AsyncGenerator<Found> {
  yield* walkFolder(layout, '', prefix, after);
}

async function* walkFolder(layout: FolderLayout, folder: string, prefix: string, after: string): AsyncGenerator<Found> {
  const entries = await readNames(layout, folder);
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort(compareKeys);
  // Strata's own folder is always there and nobody's empty folder.
  if (folder !== '' && folder !== '.strata/' && isWanted(folder, prefix, after) && (names.length === 0 || (await hasRecord(layout, folder)))) yield { key: folder, isFolder: true };
  for (const name of names) {
    const key = folder + name;
    if (!name.endsWith('/')) {
      if (isWanted(key, prefix, after)) yield { key, isFolder: false };
      continue;
    }
    // A folder is entered only when something below it can be wanted.
    const leadsToPrefix = prefix.startsWith(key) || key.startsWith(prefix);
    const endsBefore = compareKeys(key, after) < 0 && !after.startsWith(key);
    if (leadsToPrefix && !endsBefore) yield* walkFolder(layout, key, prefix, after);
  }
}
function isWanted(key: string, prefix: string, after: string): boolean {
  return key.startsWith(prefix) && (after === '' || compareKeys(key, after) > 0);
}

/** Names that are not UTF-8, links and specials are left out here; asking for them by key says why. */
async function readNames(layout: FolderLayout, folder: string): Promise<Dirent[]> {
  try {
    const raw = await readdir(join(layout.root, folder), { withFileTypes: true });
    return raw.filter((entry) => (entry.isFile() || entry.isDirectory()) && !entry.name.includes('\ufffd') && !isPrivate([...folder.split('/').filter((part) => part !== ''), entry.name]));
  } catch (thrown) {
    // A folder that went away meanwhile holds nothing now; one that cannot be read makes the whole listing worthless.
    if (folder !== '' && isCode(thrown, 'ENOENT', 'ENOTDIR')) return [];
    throw new AppError(folder === '' ? 'network_unreachable' : 'listing_incomplete', { place: layout.name }, thrown);
  }
}

/** Stat and record of each key; what vanished since its name was read is left out. */
export async function describeFound(layout: FolderLayout, found: readonly Found[]): Promise<ListedObject[]> {
  const all = await Promise.all(found.map((one) => describeOne(layout, one)));
  return all.filter((one) => one !== null);
}
async function describeOne(layout: FolderLayout, found: Found): Promise<ListedObject | null> {
  let stat: BigIntStats;
  try {
    stat = await lstat(join(layout.root, found.key), { bigint: true });
  } catch (thrown) {
    if (isCode(thrown, 'ENOENT', 'ENOTDIR')) return null;
    throw new AppError('listing_incomplete', { place: layout.name }, thrown);
  }
  if (stat.isDirectory() !== found.isFolder) return null;
  const record = found.isFolder ? null : await readRecord(layout, found.key);
  return {
    key: found.key as StoreKey,
    sizeBytes: found.isFolder ? 0 : Number(stat.size),
    etag: etagOf(stat, record),
    storageClass: 'STANDARD',
    lastModifiedMs: Number(stat.ctimeNs / 1_000_000n),
  };
}
