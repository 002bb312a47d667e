/** What the parts of one running engine share: ports, the library's identity, rows in flight, and the counters shown while it works. */
import { ancestorsOf, keyOf, pathOfKey, type EntryKey, type RelativePath } from '../../shared/relative-path.ts';
import { folderEtag, folderHash, type ActivityDraft, type Index, type RemoteSeen, type RootId, type RootRecord } from './index-port.ts';
import type { Budget } from '../base/budget.ts';
import type { Clock, LocalRoot, LocalStat, Logger, RemoteObject, RemoteStore, Sha256, StoreKey, StoreProfile, StoreRole } from './ports.ts';
import { isArchived } from './storage-class.ts';
import type { EngineEvent, NameRules, RunningTransfer } from './root-engine.ts';

export interface Tally { uploaded: number; downloaded: number; deleted: number; moved: number; conflicts: number; failed: number; bytesUp: number; bytesDown: number }

/** Everything an operation may touch. Made anew for each connection of root and store. */
export interface Work {
  readonly root: RootRecord;
  readonly rootId: RootId;
  readonly index: Index;
  readonly store: RemoteStore;
  readonly local: LocalRoot;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly names: NameRules;
  readonly random: () => string;
  readonly chance: () => number;
  readonly profile: StoreProfile;
  readonly holdsExecutable: boolean;
  readonly signal: AbortSignal;
  readonly touched: TouchedRows;
  readonly transfers: Transfers;
  /** Bytes of file content held in memory at once, by all uploads of this root. */
  readonly memory: Budget;
  readonly tally: Tally;
  /** Object keys changed by this device since its device object was last written (rule 34). */
  readonly changedKeys: Set<StoreKey>;
  /** Folders and keys to look at again because something unexpected was met. */
  readonly lookAgain: { readonly folders: Set<RelativePath>; readonly keys: Set<StoreKey> };
  /** What the guard thought of files that changed here, so that each content is judged and counted once (F63). */
  readonly judged: Map<EntryKey, { readonly sha256: Sha256; readonly damaged: boolean; readonly passed: boolean }>;
  /** The run that activity and trash belong to. */
  readonly runId: () => string;
  emit(event: EngineEvent): void;
}

/** Rows that operations touched, by sequence number: a page requested before may not overwrite them (rule 16). */
export interface TouchedRows {
  /** A new number for an observation step or a commit. */
  next(): number;
  touch(key: EntryKey): void;
  enter(key: EntryKey): boolean;
  leave(key: EntryKey): void;
  inFlight(key: EntryKey): boolean;
  /** True when what was requested at `requestedAt` still may be written to this row. */
  mayMerge(key: EntryKey, requestedAt: number): boolean;
  /** No observation begun before now is running: numbers before it are forgotten. */
  forget(): void;
  readonly flightSize: number;
}

export function createTouchedRows(): TouchedRows {
  let sequence = 0;
  const touched = new Map<EntryKey, number>();
  const flight = new Set<EntryKey>();
  return {
    next: () => (sequence += 1),
    touch: (key) => void touched.set(key, (sequence += 1)),
    enter: (key) => {
      if (flight.has(key)) return false;
      flight.add(key);
      return true;
    },
    leave: (key) => {
      flight.delete(key);
      touched.set(key, (sequence += 1));
    },
    inFlight: (key) => flight.has(key),
    mayMerge: (key, requestedAt) => !flight.has(key) && (touched.get(key) ?? 0) < requestedAt,
    forget: () => touched.clear(),
    get flightSize() {
      return flight.size;
    },
  };
}

export interface Transfers {
  start(transfer: Omit<RunningTransfer, 'bytesDone'>): { add(bytes: number): void; end(): void };
  list(): readonly RunningTransfer[];
}

export function createTransfers(onProgress: () => void): Transfers {
  const running = new Map<string, RunningTransfer & { bytesDone: number }>();
  return {
    start: (transfer) => {
      const entry = { ...transfer, bytesDone: 0 };
      running.set(transfer.id, entry);
      return {
        add: (bytes) => {
          entry.bytesDone += bytes;
          onProgress();
        },
        end: () => {
          running.delete(transfer.id);
          onProgress();
        },
      };
    },
    list: () => [...running.values()],
  };
}

/** A HEAD or GET answer as the row keeps it. The hash is only given when proved. */
export function remoteSeenOf(object: RemoteObject, sha256: RemoteSeen['sha256']): RemoteSeen {
  return {
    // HEAD and GET tell the time in whole seconds, a listing finer: only a listing's time is kept and compared.
    objectKey: object.key, sizeBytes: object.sizeBytes, etag: object.etag, modifiedMs: null, sha256, mtimeNs: object.mtimeNs, executable: object.executable,
    tier: isArchived(object.storageClass) && object.restoring !== 'restored' ? 'archive' : roleOf(object), store: roleOf(object), storageClass: object.storageClass, versionId: object.versionId,
  };
}
/** Which store of the library an answer came from. */
export function roleOf(answer: { readonly inCold?: true }): StoreRole {
  return answer.inCold === true ? 'cold' : 'warm';
}

export const folderRemote = (key: EntryKey): RemoteSeen => ({
  objectKey: key as string as StoreKey, sizeBytes: 0, etag: folderEtag, modifiedMs: null, sha256: folderHash, mtimeNs: null, executable: false, tier: 'warm', store: 'warm', storageClass: 'STANDARD', versionId: null,
});

/** After an object exists below them, folders exist remotely too; where they are on the disk as well, both sides agree on them. */
export function markFoldersPresent(work: Pick<Work, 'index' | 'rootId' | 'touched'>, path: RelativePath): void {
  for (const folder of ancestorsOf(path)) {
    const key = keyOf(folder, 'folder');
    const row = work.index.row(work.rootId, key);
    if (row?.remote && row.base) break;
    if (row?.frozen) break;
    if (!row?.remote) work.index.setRemote(work.rootId, key, folderRemote(key));
    if (row?.local && !row.base) work.index.setBase(work.rootId, key, folderBase);
    work.touched.touch(key);
  }
}
export const folderBase = { sha256: folderHash, sizeBytes: 0, executable: false, resident: true, store: 'warm', etag: folderEtag, versionId: null } as const;

export function sameStat(a: { sizeBytes: number; mtimeNs: bigint; inode: bigint; ctimeNs: bigint }, b: { sizeBytes: number; mtimeNs: bigint; inode: bigint; ctimeNs: bigint }): boolean {
  return a.sizeBytes === b.sizeBytes && a.mtimeNs === b.mtimeNs && a.inode === b.inode && a.ctimeNs === b.ctimeNs;
}
export function localSeenOf(diskPath: string, stat: LocalStat, sha256: RemoteSeen['sha256']) {
  return { diskPath, sizeBytes: stat.kind === 'folder' ? 0 : stat.sizeBytes, mtimeNs: stat.mtimeNs, ctimeNs: stat.ctimeNs, birthtimeNs: stat.birthtimeNs, inode: stat.inode, executable: stat.kind === 'file' && stat.executable, sha256: stat.kind === 'folder' ? folderHash : sha256 };
}
/** What a look at the disk must find for the row's local side to still be true. */
export function expectedStat(row: { local: { sizeBytes: number; mtimeNs: bigint; ctimeNs: bigint; birthtimeNs: bigint; inode: bigint; executable: boolean } }, kind: LocalStat['kind'] = 'file'): LocalStat {
  return { kind, sizeBytes: row.local.sizeBytes, mtimeNs: row.local.mtimeNs, ctimeNs: row.local.ctimeNs, birthtimeNs: row.local.birthtimeNs, inode: row.local.inode, device: 0n, executable: row.local.executable };
}

/** One line of history, with its run begun when it is the first. */
export function record(work: Work, line: Pick<ActivityDraft, 'kind' | 'path'> & Partial<ActivityDraft>): () => void {
  const draft: ActivityDraft = { rootId: work.rootId, runId: work.runId(), atMs: work.clock.nowMs(), otherPath: null, sizeBytes: null, device: null, note: null, ...line };
  const id = work.index.addActivity(draft);
  return () => work.emit({ type: 'activity', line: { ...draft, id } });
}

/** Where an entry lies on this disk: its own spelling where known, else below the parent's spelling. */
export function diskPathFor(work: Pick<Work, 'index' | 'rootId'>, key: EntryKey): string {
  const row = work.index.row(work.rootId, key);
  if (row?.local) return row.local.diskPath;
  const path = pathOfKey(key);
  const cut = path.lastIndexOf('/');
  if (cut < 0) return path;
  return `${diskPathFor(work, keyOf(path.slice(0, cut) as RelativePath, 'folder'))}/${path.slice(cut + 1)}`;
}
/** The key an upload goes to: as listed where known (rule 19), else the path itself. */
export function objectKeyFor(row: { key: EntryKey; remote: RemoteSeen | null }): StoreKey {
  return row.remote?.objectKey ?? (row.key as string as StoreKey);
}
