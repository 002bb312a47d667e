/** One synced folder on a disk: ties the acts of this folder together behind the `LocalRoot` port and translates their errors. */
import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { DiskAbilities, LocalRoot, LocalStat, Logger, RootMarker, ScanEvent } from '../sync/ports.ts';
import { probeAbilities } from './abilities.ts';
import { checkedPath, insideRoot, lstatOrNull, parentsOf } from './containment.ts';
import type { DiskCalls, Platform } from './disk-calls.ts';
import { asDiskWork, isErrno, translateDiskError } from './disk-errors.ts';
import { refusedName } from './names.ts';
import { nodeCalls } from './node-calls.ts';
import { changeExecutable, makeOneFolder, placeIncoming, removeOneFolder, renameEntry, settleName, type SettledFolders } from './placing.ts';
import { hashFile, readFile, readWholeFile } from './reading.ts';
import { absoluteOf, type RootContext, type RootIdentity } from './root-context.ts';
import { fileWorkers, type FileWorkers } from './file-workers.ts';
import { scanInWorker } from './scanner.ts';
import type { WalkRequest } from './scan-walk.ts';
import { clearIncoming, readMarker, readOnlineOnly, receiveFile, writeMarker, writeOnlineOnly } from './strata-folder.ts';
import { changedInTrash, listTrash, purgeTrash, readTrashed, trashFile, untrashFile } from './trash.ts';

export type Scan = (request: WalkRequest, signal: AbortSignal | undefined) => AsyncIterable<ScanEvent>;

export interface DiskRootOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Absolute real paths inside the root that are never synced: data dirs, folder stores (rule 29). */
  readonly foreignFolders?: readonly string[];
}
/** What the simulated disk puts in place of the real one. */
export interface DiskRootParts {
  readonly calls: DiskCalls;
  readonly platform: Platform;
  readonly newId: () => string;
  readonly scan: Scan;
  /** Null: every file is read where it is asked for. */
  readonly workers: FileWorkers | null;
}

export async function openDiskRoot(options: DiskRootOptions): Promise<LocalRoot> {
  let path: string;
  try {
    path = await realpath(options.path);
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR')) throw new AppError('root_missing', { root: options.path }, thrown);
    throw translateDiskError(thrown, 'read', options.path);
  }
  const platform = process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux';
  return await openRootWith({ ...options, path }, { calls: nodeCalls, platform, newId: randomUUID, scan: scanInWorker, workers: fileWorkers() });
}

export async function openRootWith(options: DiskRootOptions, parts: DiskRootParts): Promise<LocalRoot> {
  const { path } = options;
  const found = await asDiskWork('read', path, async () => await lstatOrNull({ path, calls: parts.calls } as RootContext, path));
  if (found === null) throw new AppError('root_missing', { root: path });
  if (found.kind !== 'folder') throw new AppError('root_not_folder', { root: path });
  let identity: RootIdentity = { device: found.device, inode: found.inode };
  let lastRootId: string | null = null;
  let abilities: DiskAbilities | null = null;
  const context: RootContext = { path, calls: parts.calls, clock: options.clock, logger: options.logger, platform: parts.platform, newId: parts.newId, identity: () => identity };
  const settled: SettledFolders = new Map();
  const reading = <T>(work: () => Promise<T>): Promise<T> => asDiskWork('read', path, work);
  const writing = <T>(work: () => Promise<T>): Promise<T> => asDiskWork('write', path, work);
  const inside = (diskPath: string): string => checkedPath(context, diskPath);
  const placeOf = (diskPath: string) => ({ path, identity, diskPath: inside(diskPath) });

  const identify = async (): Promise<Awaited<ReturnType<LocalRoot['identify']>>> => {
    const now = await lstatOrNull(context, path);
    if (now === null) throw new AppError('root_missing', { root: path });
    if (now.kind !== 'folder') throw new AppError('root_not_folder', { root: path });
    const marker = await readMarker(context);
    const isSame = now.device === identity.device && now.inode === identity.inode;
    if (!isSame) {
      // A drive plugged in again gets other numbers; only its own marker makes it the same root. Without it: an empty folder under an unmounted disk (F14).
      if (marker === null || marker.rootId !== lastRootId) throw new AppError('root_changed', { root: path });
      identity = { device: now.device, inode: now.inode };
    }
    if (marker !== null) lastRootId = marker.rootId;
    return { device: now.device, marker, onlineOnly: await readOnlineOnly(context) };
  };
  const keepMarker = async (marker: RootMarker): Promise<void> => {
    await writeMarker(context, marker);
    lastRootId = marker.rootId;
  };

  return {
    path,
    identify: () => reading(identify),
    writeMarker: (marker) => writing(() => keepMarker(marker)),
    abilities: () => writing(async () => (abilities ??= await probeAbilities(context))),
    accessedMs: (diskPath) => reading(() => parts.calls.accessedMs(absoluteOf(context, diskPath)).catch(() => null)),
    freeBytes: () => reading(() => parts.calls.freeBytes(path)),
    scan: ({ folders, signal }) => parts.scan({ rootPath: path, identity, folders, foreignFolders: options.foreignFolders ?? [] }, signal),
    stat: (diskPath) => reading(async () => (diskPath === '' ? await lstatOrNull(context, path) : await insideRoot(context, inside(diskPath), () => asSpelled(context, diskPath, abilities?.foldsCase === true)))),
    absenceIsCredible: (diskPath) => absenceIsCredible(context, diskPath),
    hash: (diskPath, request = {}) => reading(() => (parts.workers === null ? hashFile(context, inside(diskPath), request) : parts.workers.hash(placeOf(diskPath), { withEtags: request.withEtags ?? false, signal: request.signal }))),
    read: (diskPath, range) => translated(path, readFile(context, inside(diskPath), range)),
    readWhole: (diskPath) => reading(() => (parts.workers === null ? readWholeFile(context, inside(diskPath)) : parts.workers.readWhole(placeOf(diskPath)))),
    receive: (sizeBytes) => writing(() => receiveFile(context, sizeBytes)),
    place: (incoming, diskPath, request) => writing(() => placeIncoming(context, incoming, inside(diskPath), request)),
    trash: (diskPath, expect, runId) => writing(() => trashFile(context, inside(diskPath), expect, runId)),
    untrash: (trashId, diskPath) => writing(() => untrashFile(context, trashId, inside(diskPath))),
    listTrash: () => reading(() => listTrash(context)),
    readTrash: (trashId) => translated(path, readTrashed(context, trashId)),
    purgeTrash: (trashIds) => writing(() => purgeTrash(context, trashIds)),
    changedInTrash: (alsoOf) => reading(() => changedInTrash(context, alsoOf)),
    settleName: (diskPath) => writing(() => settleName(context, settled, inside(diskPath))),
    makeFolder: (diskPath) => writing(() => makeOneFolder(context, inside(diskPath))),
    removeFolder: (diskPath) => writing(() => removeOneFolder(context, inside(diskPath))),
    rename: (from, to, expect) => writing(() => renameEntry(context, inside(from), inside(to), expect)),
    setExecutable: (diskPath, executable, expect) => writing(() => changeExecutable(context, inside(diskPath), executable, expect)),
    refusesName: (relative) => refusedName(relative, parts.platform, Buffer.byteLength(path)),
    writeOnlineOnly: (paths) => writing(() => writeOnlineOnly(context, paths)),
    clearIncoming: () => writing(() => clearIncoming(context)),
    close: async () => await parts.workers?.close(),
  };
}

async function* translated(root: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (thrown) {
    throw translateDiskError(thrown, 'read', root);
  }
}

/** On a disk that folds case, `A` is not there while the disk calls it `a`: else a rename of case only reads as nothing having changed (rule 19). */
async function asSpelled(context: RootContext, diskPath: string, folds: boolean): Promise<LocalStat | null> {
  const found = await lstatOrNull(context, absoluteOf(context, diskPath));
  if (found === null || !folds) return found;
  const parts = diskPath.split('/');
  for (const [depth, part] of parts.entries()) {
    const names = await context.calls.readFolder(absoluteOf(context, parts.slice(0, depth).join('/')));
    if (!names.some((name) => name.normalize('NFC') === part.normalize('NFC'))) return null;
  }
  return found;
}

/** ENOENT means "deleted" only where one could have seen the file: on the root's own disk, in a folder that can be read. */
async function absenceIsCredible(context: RootContext, diskPath: string): Promise<boolean> {
  try {
    const parents = await parentsOf(context, checkedPath(context, diskPath));
    // A file in a parent's place is an answer too: nothing can lie below it.
    const nearest = diskPath.split('/').slice(0, parents.inodes.length).join('/');
    await context.calls.readFolder(nearest === '' ? context.path : `${context.path}/${nearest}`);
    return true;
  } catch (thrown) {
    if (translateDiskError(thrown, 'read', context.path) instanceof AppError) return false;
    throw thrown;
  }
}
