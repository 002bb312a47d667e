/** What the hub's files need of the outside: their rows. The store is the engine's RemoteStore. Times are ISO 8601 in UTC. */
import type { StorageLocation } from '../../shared/model/accounts.ts';
import type { UploadRules } from '../../shared/upload-rules.ts';

export interface FileRecord {
  readonly id: number;
  /** Whose library it lies in. */
  readonly userId: number;
  readonly filename: string;
  readonly originalFilename: string;
  /** '' is the top of the library. */
  readonly folder: string;
  readonly sizeBytes: number;
  readonly contentType: string;
  readonly storageLocation: StorageLocation;
  readonly objectKey: string;
  readonly etag: string;
  readonly uploadedAt: string;
  readonly syncedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** In the trash since; `objectKey` says where its bytes lie now. */
  readonly deletedAt: string | null;
  readonly restoreKey: string | null;
}
export type NewFile = Omit<FileRecord, 'id' | 'syncedAt' | 'storageLocation' | 'createdAt' | 'updatedAt' | 'deletedAt' | 'restoreKey'>;
/** Where a file went: every place it is known by changes at once. */
export type FileMove = Pick<FileRecord, 'objectKey' | 'etag' | 'filename' | 'folder' | 'deletedAt' | 'restoreKey'> & { readonly userId?: number; readonly storageLocation?: StorageLocation };

export interface FileFilter {
  readonly userId: number;
  readonly folder?: string | undefined;
  /** That folder and all below it. */
  readonly below?: string | undefined;
  /** Part of the name, without case; `%` and `_` mean themselves. */
  readonly search?: string | undefined;
  readonly type?: string | undefined;
  readonly minBytes?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly uploadedAfter?: string | undefined;
  readonly uploadedBefore?: string | undefined;
  readonly storageLocation?: StorageLocation | undefined;
}
export type FileSort = 'newest' | 'name' | 'size';
export interface FilePage {
  readonly sort: FileSort;
  /** Where it isn’t said, the newest come first, names and sizes rise. */
  readonly descending?: boolean;
  /** The last row of the page before. */
  readonly after: { readonly id: number; readonly value: string | number } | null;
  readonly limit: number;
}

export interface FileRecords {
  /** A row for the object; one that is there already keeps its id and takes the new facts. */
  put(file: NewFile, at: string): Promise<FileRecord>;
  putMany(files: readonly NewFile[], at: string): Promise<void>;
  file(id: number): Promise<FileRecord | null>;
  fileAt(objectKey: string): Promise<FileRecord | null>;
  /** Every folder below this one that holds files itself, with what lies in it. */
  folders(userId: number, below: string): Promise<readonly { readonly folder: string; readonly files: number; readonly bytes: number }[]>;
  /** The newest of that name in that folder: at the top several may bear one name. */
  named(userId: number, folder: string, filename: string): Promise<FileRecord | null>;
  /** Without what is in the trash. */
  list(filter: FileFilter, page: FilePage): Promise<readonly FileRecord[]>;
  /** What is in the trash, newest row first. */
  trashed(userId: number, page: { readonly before: number | null; readonly limit: number }): Promise<readonly FileRecord[]>;
  /** Null where it is no longer that version. */
  move(id: number, etag: string, to: FileMove, at: string): Promise<FileRecord | null>;
  /** Key and version of the rows after one key up to another (null: to the end), in the store's order. */
  keysBetween(userId: number, after: string, upTo: string | null): Promise<readonly { readonly id: number; readonly objectKey: string; readonly etag: string; readonly isInCold: boolean }[]>;
  /** Every row of a library, the trash too, by number. */
  allOf(userId: number, page: { readonly after: number; readonly limit: number }): Promise<readonly FileRecord[]>;
  /** The rows alone: the objects stay. */
  forgetAll(userId: number): Promise<void>;
  /** Only where it still has that version. */
  remove(id: number, etag: string): Promise<void>;
  /** Without what is in the trash, by number: what no verified copy in the cold store is known of, and what is known to be in both. */
  notInCold(afterId: number, limit: number): Promise<readonly { readonly id: number; readonly userId: number; readonly objectKey: string; readonly etag: string }[]>;
  inBoth(afterId: number, limit: number): Promise<readonly { readonly id: number; readonly userId: number; readonly objectKey: string; readonly etag: string }[]>;
  /** Only where it still has that version. */
  markSynced(id: number, etag: string, to: { readonly etag: string; readonly isInWarm: boolean }, at: string): Promise<boolean>;
  /** Files and bytes without the trash; `usedBytes` with it. */
  /** By account and day (UTC) since a moment, newest day first. */
  usage(since: string): Promise<readonly { readonly day: string; readonly userId: number; readonly email: string; readonly files: number; readonly bytes: number }[]>;
  totals(userIds: readonly number[]): Promise<ReadonlyMap<number, { readonly files: number; readonly bytes: number; readonly usedBytes: number }>>;
  /** With the trash. */
  usedBytes(userId: number): Promise<number>;
}

export interface RuleRecords {
  rulesOf(userId: number): Promise<UploadRules>;
  setRules(userId: number, rules: UploadRules, at: string): Promise<void>;
}

export interface ShareRecord {
  readonly id: number;
  readonly userId: number;
  /** A link is to a file, or to a folder ('' is the whole library). */
  readonly fileId: number | null;
  readonly folder: string | null;
  readonly mode: 'view' | 'upload';
  readonly hashedPassword: string | null;
  readonly expiresAt: string | null;
  readonly mostDownloads: number | null;
  readonly downloads: number;
  readonly createdAt: string;
}
export interface ShareUse {
  readonly at: string;
  readonly address: string;
  readonly what: string;
}
export interface ShareRecords {
  addShare(share: Omit<ShareRecord, 'id' | 'downloads'> & { readonly tokenHash: string }): Promise<ShareRecord>;
  share(tokenHash: string): Promise<ShareRecord | null>;
  sharesOf(userId: number): Promise<readonly ShareRecord[]>;
  countShares(userId: number): Promise<number>;
  /** False where it is not this user's. */
  removeShare(userId: number, shareId: number): Promise<boolean>;
  /** Links to this folder, and to those below it, lead to the other from now on. */
  moveFolder(userId: number, from: string, to: string): Promise<void>;
  /** False where there were as many as allowed. */
  countDownload(shareId: number): Promise<boolean>;
  noteUse(use: ShareUse & { readonly shareId: number }): Promise<void>;
  /** How often that was noted since; of every address, or of one. */
  countUses(shareId: number, what: string, since: string): Promise<{ readonly all: number; of(address: string): number }>;
  usesOf(shareId: number): Promise<readonly ShareUse[]>;
}

export interface UploadRecord {
  readonly id: string;
  /** Whose library it goes into. */
  readonly userId: number;
  /** The link by which it comes; null for the member's own. */
  readonly shareId: number | null;
  readonly address: string;
  readonly filename: string;
  readonly originalFilename: string;
  readonly folder: string;
  readonly sizeBytes: number;
  /** When the file itself was last changed, as its sender said. */
  readonly modifiedMs: number | null;
  readonly partBytes: number;
  readonly objectKey: string;
  /** As the store calls it; null before its first part. */
  readonly storeUploadId: string | null;
  readonly receivedBytes: number;
  readonly contentType: string | null;
  readonly state: 'receiving' | 'finishing' | 'stored' | 'failed';
  readonly fileId: number | null;
  readonly errorCode: string | null;
  readonly detail: string | null;
  readonly createdAt: string;
  readonly touchedAt: string;
}
export interface ReceivedPart {
  readonly number: number;
  readonly etag: string;
  readonly sizeBytes: number;
}
export interface UploadRecords {
  add(upload: UploadRecord): Promise<void>;
  upload(id: string): Promise<UploadRecord | null>;
  /** The member's own that have not ended, newest first. */
  openOf(userId: number): Promise<readonly UploadRecord[]>;
  /** How many have not ended: of the member’s own (null), or of those that come by this link. */
  countOpen(userId: number, shareId: number | null): Promise<number>;
  /** Whole sizes of all into this library that have not ended, by whatever way they come. */
  announcedBytes(userId: number): Promise<number>;
  /** By number. */
  parts(id: string): Promise<readonly ReceivedPart[]>;
  /** What came after the last whole part. */
  tail(id: string): Promise<Uint8Array>;
  /** False where the upload no longer stands at `from`: somebody else went on with it. */
  keepTail(id: string, from: number, bytes: Uint8Array, at: string): Promise<boolean>;
  /** The part that ends at `to`; the tail is part of it. False as above. */
  keepPart(id: string, from: number, part: ReceivedPart, to: number, at: string): Promise<boolean>;
  change(id: string, change: Partial<Pick<UploadRecord, 'storeUploadId' | 'contentType' | 'state' | 'fileId' | 'errorCode' | 'detail'>>, at: string): Promise<void>;
  /** What nobody has touched since. */
  untouchedSince(at: string, limit: number): Promise<readonly UploadRecord[]>;
  finishing(): Promise<readonly UploadRecord[]>;
  /** All into this library, ended or not, by whatever way they come. */
  ofUser(userId: number): Promise<readonly UploadRecord[]>;
  remove(id: string): Promise<void>;
}

/** An upload in parts that comes whole, under the store's own number. */
export interface PartsRecord {
  readonly storeUploadId: string;
  readonly objectKey: string;
  readonly touchedAt: string;
}
export interface PartRecords {
  add(parts: PartsRecord): Promise<void>;
  touch(storeUploadId: string, at: string): Promise<void>;
  remove(storeUploadId: string): Promise<void>;
  /** What no part has come of since. */
  untouchedSince(at: string, limit: number): Promise<readonly PartsRecord[]>;
}

/** An account that ends, and what was chosen for its files. */
export interface Leaving {
  readonly userId: number;
  readonly email: string;
  readonly files: 'keep' | 'move' | 'remove';
  /** Whose they become. */
  readonly to: number | null;
}
export interface LeavingRecords {
  leaving(): Promise<readonly Leaving[]>;
  /** The account and all that hangs on it: sessions, links, rules. */
  gone(userId: number): Promise<void>;
}
