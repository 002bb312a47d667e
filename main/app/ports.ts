/** What the use-cases need of the outside, as interfaces: places, folders, view queries, secrets; main/compose.ts wires the real ones. */
import type { Reason, Run, ActivityLine, ShownCertificate, ViewQuery, Storage } from '../../shared/api/contract.ts';
import type { ErrorCode } from '../../shared/api/errors.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import type { LifecycleRule, OwnLifecycle } from '../../shared/model/lifecycle.ts';
import type { EntryState, TierName } from '../../shared/model/states.ts';
import type { Thaw, ThawState } from '../../shared/model/thaw.ts';
import type { Index, RootId, RootRecord, Row } from '../sync/index-port.ts';
import type { LocalRoot, RemoteStore } from '../sync/ports.ts';
import type { RootEngine } from '../sync/root-engine.ts';

export interface StoreKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}
/** An address taken apart far enough to compare and to show; never holds a secret. */
export interface ParsedPlace {
  readonly kind: 's3' | 'folder';
  /** The same place always has the same text. */
  readonly address: string;
  readonly name: string;
  /** As the store itself says it (`StoreDescription.identity`), known without opening it. */
  readonly identity: string;
  /** The folder of a folder store. */
  readonly folder: string | null;
  /** The server of a bucket: places there may share keys. Null where keys are named by the address, or there are none. */
  readonly server: string | null;
}
/** With which keys and whose trust a place is asked. */
export interface PlaceAccess {
  readonly keys: StoreKeys | null;
  readonly secretName: string | null;
  readonly trustedCertificate: string | null;
}
export interface Places {
  /** Throws `place_invalid`. */
  parse(address: string): ParsedPlace;
  /** Keys given here win; else the kept ones of `secretName`, else the environment. Throws `keys_missing`. `forSync` adds retries and speed limits. */
  open(address: string, request: { readonly keys: StoreKeys | null; readonly secretName: string | null; readonly trustedCertificate: string | null; readonly forSync: boolean }): Promise<RemoteStore>;
  /** False when the very same keys were kept already. */
  keepKeys(secretName: string, keys: StoreKeys): Promise<boolean>;
  /** Keys of one place, kept for another as well; false when there are none. */
  copyKeys(from: string, to: string): Promise<boolean>;
  forgetKeys(secretName: string): Promise<void>;
  /** Makes the bucket; nothing happens when it is there already. Throws `place_invalid` for a folder. */
  makeBucket(address: string, request: PlaceAccess): Promise<void>;
  /** What certificate the place shows, without believing it. Throws `place_invalid` where there is none, or what any connection throws. */
  lookAtCertificate(address: string): Promise<ShownCertificate>;
  /** Rules that the bucket of a place carries out by itself. Throws `lifecycle_unsupported` for a folder. */
  readLifecycle(address: string, request: PlaceAccess & { readonly libraryId: string }): Promise<{ readonly rules: readonly LifecycleRule[]; readonly version: string; readonly prefix: string }>;
  writeLifecycle(address: string, request: PlaceAccess & { readonly libraryId: string; readonly own: OwnLifecycle; readonly version: string }): Promise<void>;
  /** `memory` forgets at the end: whoever shows keys says so. */
  readonly secretsKind: 'keychain' | 'encryptedFile' | 'memory';
}
/** What a folder is, looked at without changing it. */
export interface FolderFacts {
  /** Real path, links resolved; the given path when it does not exist. */
  readonly path: string;
  readonly kind: 'folder' | 'other' | 'missing';
  readonly readable: boolean;
  readonly writable: boolean;
  readonly freeBytes: number | null;
  /** Another sync program that already looks after this folder, by name. */
  readonly cloud: string | null;
  readonly networkOrRemovable: boolean;
}
export interface Folders {
  look(folder: string): Promise<FolderFacts>;
  /** One real path inside the other (or equal), by this disk's own rules of names. */
  isWithin(inner: string, outer: string): boolean;
  browse(folder: string): Promise<{ readonly folder: string; readonly parent: string | null; readonly folders: readonly string[] }>;
  makeFolder(folder: string): Promise<void>;
  open(folder: string): Promise<LocalRoot>;
}
export interface ViewScope {
  readonly roots: readonly RootId[];
  readonly query: ViewQuery;
  readonly context: readonly RootContext[];
}
/** What SQL can't know of a root's rows: which run now, and how a due row is called. */
export interface RootContext {
  readonly rootId: RootId;
  readonly dueState: 'waiting' | 'paused' | 'offline';
  readonly running: ReadonlyMap<EntryKey, EntryState>;
  /** Whole percent of what is moving. */
  readonly percent: ReadonlyMap<EntryKey, number>;
  /** Paths that are kept on this disk, each with everything below. */
  readonly pinned: readonly string[];
}
export interface ViewedRow {
  readonly rootId: RootId;
  readonly row: Row;
  readonly inHold: boolean;
  readonly inConflict: boolean;
}
export interface RootCounts {
  readonly due: number;
  readonly skipped: number;
  readonly cantSync: number;
  readonly tryingAgain: number;
  readonly conflicts: number;
  readonly held: number;
  /** Due rows that neither failed nor wait for the user: work that goes on by itself. */
  readonly open: number;
}
/** Read-only SQL over the index for lists and figures. */
export interface ViewQueries {
  viewIds(scope: ViewScope): Int32Array;
  /** Ids of a view's scope whose name begins so. */
  idsOfPrefix(scope: ViewScope, prefix: string): ReadonlySet<number>;
  rowsById(ids: readonly number[]): ReadonlyMap<number, ViewedRow>;
  idsOfKeys(rootId: RootId, keys: readonly EntryKey[]): ReadonlyMap<EntryKey, number>;
  childFolders(rootId: RootId, folder: string): { readonly path: string; readonly name: string; readonly hasFolders: boolean }[];
  counts(rootId: RootId): RootCounts;
  /** Entries that failed and are not skipped; unlike `counts` its cost follows their number. */
  problemCount(rootId: RootId): number;
  sizes(rootId: RootId): { readonly files: number; readonly bytes: number };
  run(id: string): Run | null;
  runs(request: { readonly before: string | null; readonly rootId: string | null; readonly limit: number }): Run[];
  lines(request: { readonly runId: string | null; readonly rootId: string | null; readonly kind: string | null; readonly path: string | null; readonly before: number | null; readonly limit: number }): ActivityLine[];
  activityTotals(sinceMs: number): { readonly done: number; readonly bytesUp: number; readonly bytesDown: number };
  lastChangeAtMs(): number | null;
  /** Failed rows, those that need the user first. */
  problems(limit: number): { readonly rootId: RootId; readonly row: Row }[];
  storageOf(rootId: RootId): Pick<Storage['places'][number], 'files' | 'bytes' | 'tiers' | 'onDiskFiles' | 'onDiskBytes' | 'topFolders'>;
  sizeOf(rootId: RootId, path: string): number | null;
  /** Folders in a folder, each with all below it. */
  folderSizes(rootId: RootId, folder: string): { path: string; name: string; files: number; bytes: number; onDiskBytes: number; hasFolders: boolean }[];
  /** Folders by what lies directly in them, the largest first, each with the layer that holds most of it. */
  mapOf(rootId: RootId, most: number): { folder: string; files: number; bytes: number; layer: 'disk' | TierName }[];
  /** Files, here and only in the place, in key order. */
  filesAfter(rootId: RootId, after: string, limit: number): readonly { readonly key: string; readonly bytes: number; readonly isHere: boolean }[];
}
/** Which paths are kept where they are. */
export interface PinQueries {
  pins(rootId: RootId): readonly { readonly path: string; readonly kind: 'onDisk' | 'neverArchive' }[];
  setPin(rootId: RootId, path: string, kind: 'onDisk' | 'neverArchive', isPinned: boolean): void;
}
/** The thaw queue as it is kept. */
export interface ThawRows {
  saveThaws(thaws: readonly Thaw[]): void;
  thaw(id: string): Thaw | null;
  thawOf(rootId: string, key: string): Thaw | null;
  dueThaws(nowMs: number, limit: number): readonly Thaw[];
  nextThawMs(): number | null;
  thaws(limit: number): readonly Thaw[];
  thawSums(): readonly { readonly state: ThawState; readonly files: number; readonly bytes: number }[];
  forgetThaws(beforeMs: number): void;
  archivedBelow(rootId: string, path: string, after: string, limit: number): readonly { readonly key: string; readonly objectKey: string; readonly sizeBytes: number; readonly storageClass: string; readonly storedMs: number | null }[];
}
/** Makes the engine of one root; the core gives it everything but the wish. */
export type MakeEngine = (root: RootRecord, store: RemoteStore) => RootEngine;
export interface ScratchIndex {
  readonly index: Index;
  close(): void;
}
/** Opens or shows a file with the system's own program. */
export type OpenPath = (path: string, act: 'reveal' | 'open') => Promise<void>;
export type ReasonOf = (code: ErrorCode, context?: Readonly<Record<string, string | number>>, nextTryAtMs?: number | null) => Reason;
