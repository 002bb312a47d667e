/** The index as the engine sees it: one row per path and kind with local, remote and base side by side, and what must survive a restart. */
import type { ErrorCode, ErrorContext } from '../../shared/api/errors.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import type { ETag, Sha256, StoreKey, StoreRole, Tier } from './ports.ts';

export type RootId = string & { readonly __brand: 'RootId' };

/** What the disk showed. `sha256` is null until hashed for exactly this stat; folders carry `folderHash`. */
export interface LocalSeen {
  readonly diskPath: string;
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly birthtimeNs: bigint;
  readonly inode: bigint;
  readonly executable: boolean;
  readonly sha256: Sha256 | null;
}
/** What the stores showed. `sha256` only when proved (rule 14). A folder's `etag` is `folderEtag`; `marker` tells whether its marker object exists. */
export interface RemoteSeen {
  readonly objectKey: StoreKey;
  readonly sizeBytes: number;
  readonly etag: ETag;
  readonly modifiedMs: number | null;
  readonly sha256: Sha256 | null;
  readonly mtimeNs: bigint | null;
  /** Null = not known (a listing does not tell). */
  readonly executable: boolean | null;
  readonly tier: Tier;
  /** Which store of the library the entry lives in; a warm object shadows a cold one. */
  readonly store: StoreRole;
  readonly storageClass: string;
  readonly versionId: string | null;
}
/** What the library's cold store holds of an entry, be it the entry itself or a copy behind the warm object. */
export interface ColdCopy {
  readonly etag: ETag;
  readonly sizeBytes: number;
  /** When it was written, by the cold store's clock, ms. */
  readonly atMs: number;
  /** The version of the warm object it was verified to equal; null when nobody here did. */
  readonly ofEtag: ETag | null;
  /** As the store names it; null in records that are older than this. */
  readonly storageClass: string | null;
}
/** What both last agreed on. `resident` false = online-only here: absence on disk reads as unchanged (rules 1, 18). */
export interface BaseEntry {
  readonly sha256: Sha256;
  readonly sizeBytes: number;
  readonly executable: boolean;
  readonly resident: boolean;
  readonly store: StoreRole;
  readonly etag: ETag;
  readonly versionId: string | null;
}
export interface Failure {
  readonly code: ErrorCode;
  readonly context: ErrorContext;
  readonly attempts: number;
  /** Null: only the user's act or a new observation brings another try. */
  readonly nextTryAtMs: number | null;
}
export interface Frozen {
  readonly code: ErrorCode;
  readonly detail: string;
}
export interface Row {
  readonly id: number;
  readonly key: EntryKey;
  readonly local: LocalSeen | null;
  /** The last stat of a file that is gone from the disk: what a move is recognised by. */
  readonly vanished: LocalSeen | null;
  readonly remote: RemoteSeen | null;
  readonly base: BaseEntry | null;
  readonly cold: ColdCopy | null;
  /** When it was last opened through Strata on this device, ms; null = never seen. */
  readonly usedAtMs: number | null;
  readonly frozen: Frozen | null;
  readonly failure: Failure | null;
}
export const folderHash = 'folder' as Sha256;
export const folderEtag = 'folder' as ETag;

export interface RootRecord {
  readonly id: RootId;
  readonly name: string;
  readonly folder: string;
  /** STORE text without keys. */
  readonly address: string;
  /** STORE text of the library's cold store, as the library's mark names it; null without one. */
  readonly coldAddress: string | null;
  readonly libraryId: string | null;
  readonly deviceId: string;
  readonly deviceName: string;
  /** Rule 12: one with the folder's mark and the device's own object; grows with every start and every word to other devices. */
  readonly epoch: string;
  readonly counter: number;
  /** The counter that the folder's mark, and the device's object, are known to carry. */
  readonly counterOnDisk: number;
  readonly counterInStore: number;
  /** null = running; Infinity is stored as -1: until resumed. */
  readonly pausedUntilMs: number | null;
  readonly createdAtMs: number;
  readonly lastInStepAtMs: number | null;
  readonly trustedCertificate: string | null;
}
export type OperationKind = 'upload' | 'download' | 'deleteLocal' | 'deleteRemote' | 'moveLocal' | 'moveRemote' | 'keepBoth' | 'adopt' | 'forget';
export interface JournalRow {
  readonly id: number;
  readonly rootId: RootId;
  readonly kind: OperationKind;
  readonly key: EntryKey;
  readonly otherKey: EntryKey | null;
  /** What a restart needs to clean up or resume: upload id, hash, size, expected ETag. */
  readonly state: JournalState;
}
export interface JournalState {
  readonly uploadId?: string;
  readonly sha256?: Sha256;
  readonly sizeBytes?: number;
  readonly mtimeNs?: string;
  readonly inode?: string;
  readonly expectEtag?: ETag | null;
  readonly claimEtag?: ETag;
}
export interface ActivityDraft {
  readonly rootId: RootId;
  readonly runId: string;
  readonly atMs: number;
  readonly kind: OperationKind | 'hold' | 'problem' | 'putBack' | 'moveTier' | 'evict';
  readonly path: string;
  readonly otherPath: string | null;
  readonly sizeBytes: number | null;
  readonly device: string | null;
  readonly note: string | null;
}
export interface KeptVersion {
  readonly rootId: RootId;
  readonly runId: string;
  readonly objectKey: StoreKey;
  readonly etag: ETag;
  readonly sizeBytes: number;
}
export type HoldKind = 'massDeletion' | 'massOverwrite' | 'archivedRename' | 'rootMissing' | 'rootChanged' | 'libraryChanged' | 'libraryBehind' | 'listingIncomplete';
export interface HoldRecord {
  readonly id: string;
  readonly rootId: RootId;
  readonly kind: HoldKind;
  readonly direction: 'here' | 'there' | null;
  readonly rows: number;
  readonly ofRows: number;
  readonly sinceMs: number;
  readonly state: 'waiting' | 'approved' | 'refused';
  readonly code: ErrorCode;
  readonly context: ErrorContext;
}
/** What the guard counts: files about to go from one side, or to be replaced there by what the other side has. */
export type GuardedSide = 'deleteLocal' | 'deleteRemote' | 'overwriteLocal' | 'overwriteRemote';
export interface ConflictRecord {
  readonly id: string;
  readonly rootId: RootId;
  readonly path: string;
  readonly copyPath: string;
  /** Who made the copy; null when not known. */
  readonly device: string | null;
  readonly atMs: number;
  /** The copy was made on this device: it holds this device's edit. */
  readonly here: boolean;
  /** What both edits began from, where it was known. */
  readonly baseSha256: Sha256 | null;
}
/** Positions of rows that an observation saw: one bit per row id (rule 10). */
export interface SeenRows {
  has(id: number): boolean;
}
export interface RootTotals {
  readonly files: number;
  readonly bytes: number;
  readonly due: number;
  readonly skipped: number;
  readonly failed: number;
  readonly conflicts: number;
  readonly held: number;
}

/** Synchronous; every method outside `transaction` is its own transaction. */
export interface Index {
  transaction<T>(work: () => T): T;
  /** A transaction that has reached the disk when this returns: a power failure can't take it back (rule 1). */
  durably<T>(work: () => T): T;
  roots(): readonly RootRecord[];
  root(id: RootId): RootRecord | null;
  saveRoot(root: RootRecord): void;
  /** With its rows, history, and settings whose name ends in `:<id>`. */
  removeRoot(id: RootId): void;

  row(rootId: RootId, key: EntryKey): Row | null;
  /** Creates the row when needed; null removes that side. A row with no side left is removed. `local: null` keeps the stat as `vanished` while base remains. */
  setLocal(rootId: RootId, key: EntryKey, local: LocalSeen | null): number;
  setRemote(rootId: RootId, key: EntryKey, remote: RemoteSeen | null): number;
  setBase(rootId: RootId, key: EntryKey, base: BaseEntry | null): number;
  /** What lies in the cold store at this key; nothing happens without a row. */
  setCold(rootId: RootId, key: EntryKey, cold: ColdCopy | null): void;
  /** Rows with a cold copy whose bit is not set; the cursor is the last id. */
  coldUnseen(rootId: RootId, seen: SeenRows, request: { readonly afterId: number; readonly limit: number }): { readonly rows: readonly Row[]; readonly lastId: number | null };
  /** The file was opened; an earlier time than the known one changes nothing. */
  setUsed(rootId: RootId, key: EntryKey, atMs: number): void;
  setFrozen(rootId: RootId, key: EntryKey, frozen: Frozen | null): number;
  setFailure(rootId: RootId, key: EntryKey, failure: Failure | null): void;
  /** Clears every failure (or one) so that it is tried now. */
  clearFailures(rootId: RootId, key: EntryKey | null): void;
  /** What failed and is in step meanwhile without a further try has nothing to say any more. */
  forgetSettledFailures(rootId: RootId): void;
  /** No failed row waits longer than until then: a clock that ran ahead may have put its try off for days. */
  tryNoLaterThan(rootId: RootId, latestMs: number): void;

  /** Due rows in key order after `after`: not frozen, not waiting for a later try, not in a waiting hold, no frozen ancestor. */
  due(rootId: RootId, request: { readonly after: string; readonly limit: number; readonly nowMs: number }): readonly Row[];
  /** Files on disk whose hash a decision needs: base or remote exists, or a vanished row of that size does. */
  needHash(rootId: RootId, request: { readonly after: string; readonly limit: number; readonly nowMs: number }): readonly Row[];
  dueCount(rootId: RootId): number;
  /** Files and bytes that are due, for progress. */
  dueWork(rootId: RootId): { readonly files: number; readonly bytes: number };
  /** Rows that failed and wait, in key order. */
  failedRows(rootId: RootId, limit: number): readonly Row[];
  /** Earliest later try of a failed row. */
  nextTryAtMs(rootId: RootId): number | null;
  /** Highest row id now; rows with larger ids came after. */
  highestId(): number;
  /** Rows (id ≤ `upTo`) whose local (or remote) side exists and whose bit is not set; the cursor is the last id. */
  unseen(rootId: RootId, side: 'local' | 'remote', seen: SeenRows, request: { readonly afterId: number; readonly upTo: number; readonly limit: number }): { readonly rows: readonly Row[]; readonly lastId: number | null };
  /** Rows directly or anywhere below a folder, in key order, by page. */
  below(rootId: RootId, folder: string, request: { readonly after: string; readonly limit: number; readonly directOnly?: boolean }): readonly Row[];
  /** Any row below with that side present, not counting the given keys. */
  anyBelow(rootId: RootId, folder: string, side: 'local' | 'remote' | 'base', except: ReadonlySet<EntryKey>): boolean;
  /** Rename candidates for a new local file: vanished rows whose content here was the agreed one, by inode and birthtime; or by content. At most 3. */
  vanishedLike(rootId: RootId, like: { readonly inode: bigint; readonly birthtimeNs: bigint; readonly sizeBytes: number; readonly mtimeNs: bigint } | { readonly sha256: Sha256 }): readonly Row[];
  /** Files new on the disk with this content (to be sure that a pair is unique). At most 3. */
  newLocalsLike(rootId: RootId, sha256: Sha256): readonly Row[];
  /** Rows whose remote side is gone, of this size, and of this content where it is known (a folder of files of one size). At most 3. */
  remoteGoneOfSize(rootId: RootId, sizeBytes: number, sha256?: Sha256 | null): readonly Row[];
  /** Whether any agreed file is gone there: else nothing can have been renamed there. */
  anyRemoteGone(rootId: RootId): boolean;
  newRemotesOfSize(rootId: RootId, sizeBytes: number, sha256?: Sha256 | null): readonly Row[];
  onlineOnlyPaths(rootId: RootId): readonly string[];
  /** Whether this root's disk holds `a` and `A` as one name; then each row carries a fold key (rule 19). */
  foldsCase(rootId: RootId): boolean;
  setFoldsCase(rootId: RootId, folds: boolean): void;
  /** Other rows whose name differs from this one only in case or Unicode form; none where the disk does not fold. */
  spelledLike(rootId: RootId, key: EntryKey): readonly Row[];
  /** Rows frozen for this reason, in key order. */
  frozenWith(rootId: RootId, code: ErrorCode, request: { readonly after: string; readonly limit: number }): readonly Row[];
  /** Drops base (and failures, holds) of every row: the root merges anew, nothing is deleted by that. */
  dropAllBase(rootId: RootId): void;

  /** Due deletions or overwrites by what the table would do, files only; excluded: rows of holds, approved ones too, and rows that a move explains. */
  countPlanned(rootId: RootId, side: GuardedSide): number;
  plannedRows(rootId: RootId, side: GuardedSide, request: { readonly after: string; readonly limit: number }): readonly Row[];
  /** Files that both sides agreed on; counting stops at `atMost`. */
  countFiles(rootId: RootId, atMost: number): number;
  /** So many of these were let through: they count for an hour. */
  notePassed(rootId: RootId, side: GuardedSide, atMs: number, count: number): void;
  passedSince(rootId: RootId, side: GuardedSide, sinceMs: number): number;
  /** Creates (or extends) the waiting hold with what is planned now, all of it or these keys, and what each row expects. */
  holdPlanned(rootId: RootId, side: GuardedSide, hold: Omit<HoldRecord, 'rows'>, keys: readonly EntryKey[] | null): HoldRecord;
  /** Renames that wait for a yes because the stored copies lie in the archive: the old names are held, with where each is to go. */
  holdRenames(hold: Omit<HoldRecord, 'rows'>, renamed: readonly { readonly from: EntryKey; readonly to: EntryKey }[]): HoldRecord;
  renames(rootId: RootId, state: 'waiting' | 'approved'): readonly { readonly from: EntryKey; readonly to: EntryKey }[];
  dropRename(rootId: RootId, from: EntryKey): void;
  /** Folders that are new on this disk and were another's, by inode and birthtime (rule 18). */
  movedFolders(rootId: RootId): readonly { readonly from: EntryKey; readonly to: EntryKey }[];
  saveHold(hold: HoldRecord): void;
  holds(rootId: RootId | null, state: HoldRecord['state'] | null): readonly HoldRecord[];
  hold(id: string): HoldRecord | null;
  holdPaths(id: string, after: string, limit: number): readonly string[];
  /** `approved`: its rows may be deleted; `refused`: their base is dropped, so the table restores them; null: the hold is forgotten. */
  settleHold(id: string, outcome: 'approved' | 'refused' | null): void;

  openJournal(row: Omit<JournalRow, 'id'>): number;
  updateJournal(id: number, state: JournalState): void;
  closeJournal(id: number): void;
  journal(rootId: RootId): readonly JournalRow[];

  startRun(rootId: RootId, runId: string, atMs: number, device: string): void;
  endRun(runId: string, atMs: number): void;
  addActivity(line: ActivityDraft): number;
  /** A run is about to replace or delete this content, and the bucket keeps it as a version. */
  noteKeptVersion(kept: KeptVersion): void;
  /** In the order in which the run came to them. */
  keptVersions(runId: string): KeptVersion[];
  addConflict(conflict: ConflictRecord): void;
  conflicts(rootId: RootId | null): readonly ConflictRecord[];
  removeConflict(id: string): void;
  /** Files present on a side whose name looks like a conflict copy's. */
  conflictCopies(rootId: RootId): readonly EntryKey[];

  totals(rootId: RootId): RootTotals;
  setting(name: string): string | null;
  setSetting(name: string, value: string | null): void;
  close(): void;
}
