/** Everything outside the engine, as interfaces: store, disk, watcher, index (see index-port.ts), clock. Nothing else may have effects. */
import type { ErrorCode } from '../../shared/api/errors.ts';
import type { FolderChoice } from '../../shared/model/chosen-folders.ts';
import type { RestoreSpeed } from '../../shared/model/thaw.ts';
import type { EntryKind, RelativePath } from '../../shared/relative-path.ts';

export type { Clock } from '../base/clock.ts';
export type { RestoreSpeed };

/** Lower-case hex SHA-256 of whole content. */
export type Sha256 = string & { readonly __brand: 'Sha256' };
/** An opaque version mark of a store, without quotes. */
export type ETag = string & { readonly __brand: 'ETag' };
/** A key below the library's prefix, exactly as the store listed it (may be NFD, may be hostile). */
export type StoreKey = string & { readonly __brand: 'StoreKey' };
export type Tier = 'warm' | 'cold' | 'archive';
/** A library's two stores: the one at hand, and the one for what is rarely used. */
export type StoreRole = 'warm' | 'cold';
/** What became of a wish to have an object back: begun now, begun before, readable already, not in an archive at all, or no longer there. */
export type RestoreAnswer = 'started' | 'inProgress' | 'readable' | 'notArchived' | 'absent';

// ---------------------------------------------------------------- store

export interface ListedObject {
  readonly key: StoreKey;
  readonly sizeBytes: number;
  readonly etag: ETag;
  readonly storageClass: string;
  readonly lastModifiedMs: number;
  /** It lies only in the library's cold store. */
  readonly inCold?: true;
}
export interface RemoteObject extends ListedObject {
  readonly versionId: string | null;
  /** `strata-sha256` metadata: a claim, not a proof (rule 14). */
  readonly claimedSha256: Sha256 | null;
  /** SHA-256 that the store itself computed over the whole object, where it does. */
  readonly storeSha256: Sha256 | null;
  /** `strata-parent`: hash of the content this version replaced (rule 17). */
  readonly parentSha256: Sha256 | null;
  readonly mtimeNs: bigint | null;
  readonly executable: boolean;
  /** A deletion in progress (rule 4); reads as absent. Value: when the claim was made, in the store's time, ms. */
  readonly deletionClaimedAtMs: number | null;
  readonly restoring: 'no' | 'in-progress' | 'restored';
  /** Of what was restored: from then on it has to be brought back anew. Null where the store does not say. */
  readonly readableUntilMs?: number | null;
  readonly contentType?: string;
  /** Headers that other programs gave it, by name: carried along when the object moves to another store. */
  readonly otherHeaders?: Readonly<Record<string, string>>;
}
/** What goes with an object; stores as user metadata in the form of `s3-facts.md`. */
export interface ObjectMetadata {
  readonly sha256?: Sha256;
  readonly parentSha256?: Sha256;
  readonly mtimeNs?: bigint;
  readonly executable?: boolean;
  readonly deletionClaim?: boolean;
  readonly contentType?: string;
  readonly otherHeaders?: Readonly<Record<string, string>>;
  /** As the store names it; its default class when not given. */
  readonly storageClass?: string;
}
/** `ifNoneMatch: '*'` = only when absent; `ifMatch` = only this version. Never both. */
export interface WriteCondition {
  readonly ifMatch?: ETag;
  readonly ifNoneMatch?: '*';
}
/** Expected outcomes are values. `absent`: 404. `precondition`: 412 (and 409 where the store says a race by it). */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: 'absent' | 'precondition' | 'archived' };
export interface Written {
  readonly etag: ETag;
  readonly versionId: string | null;
  /** Written to the library's cold store (a copy stays in the store of its source). */
  readonly inCold?: true;
}
/** One content that a key has or had, in a store that keeps versions. */
export interface ObjectVersion {
  readonly versionId: string;
  readonly etag: ETag;
  readonly sizeBytes: number;
  readonly lastModifiedMs: number;
}
export interface UploadedPart {
  readonly number: number;
  readonly etag: ETag;
  readonly sizeBytes: number;
}
export interface ListPage {
  readonly objects: readonly ListedObject[];
  /** Null when this was the last page. */
  readonly next: string | null;
}
/** What the store was seen to do, found by doing it (never by its name). */
export interface StoreProfile {
  readonly conditionalPut: boolean;
  readonly conditionalPutIfMatch: boolean;
  readonly conditionalComplete: boolean;
  readonly conditionalDelete: boolean;
  /** UploadPartCopy with a pinned source works. */
  readonly rangedCopy: boolean;
  readonly multipart: boolean;
  readonly versioning: 'off' | 'on' | 'suspended';
  /** Refuses a body that does not match its signed hash. */
  readonly checksPayload: boolean;
  readonly notifications: boolean;
  readonly listsInUtf8Order: boolean;
  /** The store's clock minus this computer's, ms. */
  readonly clockOffsetMs: number;
  readonly probedAtMs: number;
}
export interface StoreDescription {
  readonly kind: 's3' | 'folder' | 'memory';
  /** For people: `minio.home/bucket/prefix` or the folder's path. Never holds a secret. */
  readonly name: string;
  /** Stable text that tells whether two stores are one (rule 29): endpoint, bucket, prefix or real path. */
  readonly identity: string;
}
export type RequestCounts = Readonly<Record<'PUT' | 'GET' | 'HEAD' | 'DELETE' | 'LIST' | 'POST', number>>;

/** An object as another place of the same server can reach it. */
export interface CopySource {
  /** The server, and as whom it is asked: a copy is tried only where both are the same. Never holds a secret. */
  readonly server: string;
  readonly bucket: string;
  /** Whole, with the library's prefix. */
  readonly key: string;
}
/** Copies between two places of one server: the bytes don't pass through this computer. */
export interface ServerCopy {
  source(key: StoreKey): Promise<CopySource>;
  /**
   * One pinned version, only to an absent key. `sameMark`: the server's own marks (MD5s of the parts) show that the copy has the bytes of the
   * source; else it has to be read to be believed. `elsewhere`: this server can't, or may not, take it from there.
   */
  from(source: CopySource, to: StoreKey, request: { readonly sourceIfMatch: ETag; readonly sizeBytes: number; readonly metadata: ObjectMetadata; readonly signal?: AbortSignal }): Promise<Answer<Written & { readonly sameMark: boolean }> | 'elsewhere'>;
}

/** One library's objects: a bucket (or folder) and prefix. Throws `AppError` for everything that is not an `Answer`. Never retries DELETE, copy or complete (rule 5). */
export interface RemoteStore {
  readonly description: StoreDescription;
  /** Probes by doing under `.strata/probe/`, leaves nothing behind. */
  probe(signal?: AbortSignal): Promise<StoreProfile>;
  /** One page in the store's own order. Throws `listing_incomplete` when the answer does not parse as a whole listing. */
  list(request: { readonly prefix?: string; readonly startAfter?: string; readonly token?: string; readonly maxKeys?: number; readonly signal?: AbortSignal }): Promise<ListPage>;
  head(key: StoreKey, signal?: AbortSignal): Promise<RemoteObject | null>;
  /** The newest thousand contents of a key, newest first, deletions left out; where the store keeps no versions, what is there now at most. */
  versions(key: StoreKey, signal?: AbortSignal): Promise<readonly ObjectVersion[]>;
  /** `object` is what this very answer said (its ETag goes into base, rule 14). Range is inclusive at both ends. `versionId`: one of `versions`. */
  get(key: StoreKey, request?: { readonly versionId?: string; readonly ifMatch?: ETag; readonly range?: { readonly start: number; readonly end: number }; readonly signal?: AbortSignal }): Promise<Answer<{ readonly object: RemoteObject; readonly body: AsyncIterable<Uint8Array> }>>;
  /** The body is sent with `sha256` as signed payload, so that the store refuses other bytes (rule 13). */
  put(
    key: StoreKey,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    request: WriteCondition & { readonly sizeBytes: number; readonly sha256: Sha256; readonly metadata?: ObjectMetadata; readonly signal?: AbortSignal; readonly onSent?: (bytes: number) => void },
  ): Promise<Answer<Written>>;
  remove(key: StoreKey, condition?: { readonly ifMatch?: ETag }): Promise<Answer<null>>;
  startUpload(key: StoreKey, metadata: ObjectMetadata): Promise<string>;
  putPart(key: StoreKey, uploadId: string, number: number, bytes: Uint8Array, signal?: AbortSignal): Promise<UploadedPart>;
  /** Throws `upload_gone` when the upload id is not known. */
  listParts(key: StoreKey, uploadId: string): Promise<readonly UploadedPart[]>;
  /** `absent` = the upload is unknown: look at the object (rule 5). */
  completeUpload(key: StoreKey, uploadId: string, parts: readonly UploadedPart[], condition: WriteCondition): Promise<Answer<Written>>;
  abortUpload(key: StoreKey, uploadId: string): Promise<void>;
  listUploads(): Promise<readonly { readonly key: StoreKey; readonly uploadId: string; readonly startedAtMs: number }[]>;
  /** Server-side copy that can't overwrite (rule 6): pinned source, only to an absent key. `precondition` also when the source moved on. */
  copy(from: StoreKey, to: StoreKey, request: { readonly sourceIfMatch: ETag; readonly sizeBytes: number; readonly metadata: ObjectMetadata }): Promise<Answer<Written>>;
  /** Not there where a store is no server's. */
  readonly serverCopy?: ServerCopy;
  /** Asks for a readable copy of an archived object for so many days; asking again while it is under way changes nothing, and asking for what is readable keeps it longer. Throws `restore_too_urgent` when the store has no room for so urgent a wish. */
  restore(key: StoreKey, request: { readonly days: number; readonly speed: RestoreSpeed; readonly signal?: AbortSignal }): Promise<RestoreAnswer>;
  /** Hints of changed keys until the signal aborts; resolves `false` at once where the store has none. Lossy by nature. */
  watch(onKeys: (keys: readonly StoreKey[]) => void, signal: AbortSignal): Promise<boolean>;
  requestCounts(): RequestCounts;
  /** The store's own clock as of its last answer (header Date), or null before one. */
  storeTimeMs(): number | null;
  close(): Promise<void>;
}

// ---------------------------------------------------------------- disk

export interface LocalStat {
  readonly kind: EntryKind | 'symlink' | 'special';
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly birthtimeNs: bigint;
  readonly inode: bigint;
  readonly device: bigint;
  readonly executable: boolean;
}
/** One thing seen by a scan. `skipped` says why it is not synced; then everything below it was not read. */
export interface ScannedEntry {
  readonly path: RelativePath;
  /** This disk's own spelling, relative to the root, `/`-separated. */
  readonly diskPath: string;
  readonly stat: LocalStat;
  readonly skipped: { readonly code: ErrorCode; readonly detail: string } | null;
}
export type ScanEvent =
  | { readonly type: 'entries'; readonly entries: readonly ScannedEntry[] }
  /** A folder that could not be read: everything below is unknown, not absent. `''` ends the scan as incomplete. */
  | { readonly type: 'unreadable'; readonly path: RelativePath; readonly code: ErrorCode }
  | { readonly type: 'end'; readonly complete: true }
  | { readonly type: 'end'; readonly complete: false; readonly code: ErrorCode };
export interface HashedFile {
  readonly sha256: Sha256;
  /** MD5 of the whole, hex; and the ETag of our multipart form (MD5 of the 8 MiB parts' MD5s, `-n`). Only when asked for. */
  readonly md5: string | null;
  readonly partsEtag: string | null;
  /** Equal before and after reading. */
  readonly stat: LocalStat;
}
export interface RootMarker {
  readonly rootId: string;
  readonly libraryId: string;
  /** Data dir's id: a second data dir on one root is refused (rule 29). */
  readonly ownerId: string;
  readonly epoch: string;
  readonly counter: number;
  /** Which folders of the library this computer keeps; a lost index finds it here (rule 12). */
  readonly folders?: readonly FolderChoice[];
}
export interface DiskAbilities {
  readonly foldsCase: boolean;
  readonly holdsExecutable: boolean;
  readonly foldsUnicode: boolean;
}
export interface TrashedFile {
  readonly trashId: string;
  readonly path: RelativePath;
  readonly stat: LocalStat;
  readonly trashedAtMs: number;
}
/** Where an incoming file is written before it gets its name. */
export interface IncomingFile {
  write(bytes: Uint8Array): Promise<void>;
  /** fsync; returns the hash of what was written. */
  finish(): Promise<{ readonly sha256: Sha256; readonly sizeBytes: number }>;
  /** Removes the temp; harmless after `place`. */
  discard(): Promise<void>;
}
/** Outcome of an act on a path whose state the caller had justified by an earlier look. */
export type DiskAnswer<T> =
  | { readonly ok: true; readonly value: T }
  /** What is there is not what was expected; nothing was lost or replaced. */
  | { readonly ok: false; readonly why: 'changed' | 'absent' | 'exists' | 'not-empty' };

/** One synced folder. Every path is checked component by component against links before and after (rule 46); throws `AppError` on I/O problems. */
export interface LocalRoot {
  readonly path: string;
  /** Looks at the root itself: it must exist, be a folder, on the same device as before. `marker` null = no marker file. */
  identify(): Promise<{ readonly device: bigint; readonly marker: RootMarker | null; readonly onlineOnly: readonly RelativePath[] | null }>;
  writeMarker(marker: RootMarker): Promise<void>;
  abilities(): Promise<DiskAbilities>;
  freeBytes(): Promise<number>;
  /** When the system last noted that the file was read, ms; null where it does not, or where there is no such file. */
  accessedMs(diskPath: string): Promise<number | null>;
  /** Streams in a worker; `folders: 'all'` walks everything, else just those folders, not their subfolders' contents. */
  scan(request: { readonly folders: 'all' | readonly RelativePath[]; readonly signal?: AbortSignal }): AsyncIterable<ScanEvent>;
  stat(diskPath: string): Promise<LocalStat | null>;
  /** True when the nearest existing ancestor is readable and on the root's device, so that "absent" can be believed (rule 2). */
  absenceIsCredible(diskPath: string): Promise<boolean>;
  hash(diskPath: string, request?: { readonly withEtags?: boolean; readonly signal?: AbortSignal }): Promise<DiskAnswer<HashedFile>>;
  /** Reads from a handle opened without following links. */
  read(diskPath: string, range?: { readonly start: number; readonly end: number }): AsyncIterable<Uint8Array>;
  /** Whole small file at once with the stat before and after; `changed` when they differ. */
  readWhole(diskPath: string): Promise<DiskAnswer<{ readonly bytes: Uint8Array; readonly stat: LocalStat }>>;
  receive(sizeBytes: number): Promise<IncomingFile>;
  /** Rule 15: what is at the target must equal `expect` (null = nothing), goes to the trash, is looked at again, then the new file is placed without replacing and the folder fsynced. Makes missing parents. Returns the stat read back. */
  place(incoming: IncomingFile, diskPath: string, request: { readonly expect: LocalStat | null; readonly mtimeNs: bigint | null; readonly executable: boolean; readonly runId: string }): Promise<DiskAnswer<LocalStat>>;
  /** Moves into the root's trash if it still is `expect`. */
  trash(diskPath: string, expect: LocalStat, runId: string): Promise<DiskAnswer<TrashedFile>>;
  /** Puts a trashed file back without replacing. */
  untrash(trashId: string, diskPath: string): Promise<DiskAnswer<LocalStat>>;
  listTrash(): Promise<readonly TrashedFile[]>;
  /** The bytes of a trashed file; throws `file_vanished` when it is no longer there. */
  readTrash(trashId: string): AsyncIterable<Uint8Array>;
  purgeTrash(trashIds: readonly string[]): Promise<void>;
  /** Trashed in the last day and not what was put there (an app wrote to the open inode, or a save met the move and could not be put back): to come back as a conflict copy (rule 15). Of `alsoOf` at whatever time: clocks are wrong at times. */
  changedInTrash(alsoOf?: ReadonlySet<string>): Promise<readonly TrashedFile[]>;
  /** Makes a name that was seen outlive a power failure: one that was given and never fsynced would read as deleted after it. */
  settleName(diskPath: string): Promise<void>;
  makeFolder(diskPath: string): Promise<DiskAnswer<LocalStat>>;
  removeFolder(diskPath: string): Promise<DiskAnswer<null>>;
  /** Renames without replacing; `expect` is what must be at `from`. Makes missing parents. A case-only rename is allowed. */
  rename(from: string, to: string, expect: LocalStat): Promise<DiskAnswer<LocalStat>>;
  setExecutable(diskPath: string, executable: boolean, expect: LocalStat): Promise<DiskAnswer<LocalStat>>;
  /** Why this disk cannot hold the path, or null. */
  refusesName(path: RelativePath): ErrorCode | null;
  /** `.strata/online-only` (rule 12). */
  writeOnlineOnly(paths: readonly RelativePath[]): Promise<void>;
  /** Removes temp files that a crash left behind. */
  clearIncoming(): Promise<void>;
  close(): Promise<void>;
}

/** Hints only: names folders to look at and nothing more. */
export interface ChangeWatcher {
  /** `onHint` gets folders below the root; `onLost` means anything may have changed: scan everything. Resolves when watching. */
  start(rootPath: string, handlers: { readonly onHint: (folders: readonly RelativePath[]) => void; readonly onLost: (why: 'overflow' | 'limit' | 'error') => void }): Promise<{ readonly coverage: 'all' | 'part' | 'none'; stop(): Promise<void> }>;
}

export interface Logger {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}
