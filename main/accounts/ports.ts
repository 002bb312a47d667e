/** What accounts need of the outside: records of people, sessions and tries, and a place for signing keys. Times are ISO 8601 in UTC. */
import type { Role } from '../../shared/model/accounts.ts';

export type LeavingFiles = 'keep' | 'move' | 'remove';
export interface UserRecord {
  readonly id: number;
  readonly email: string;
  readonly hashedPassword: string;
  readonly role: Role;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Shut out since; null while welcome. */
  readonly disabledAt: string | null;
  /** What the library and its trash may hold together; null has no limit. */
  readonly quotaBytes: number | null;
  /** The account ends as soon as this was done with its files; null while it stays. */
  readonly leavingFiles: LeavingFiles | null;
}
export interface SessionRecord {
  readonly id: string;
  readonly userId: number;
  readonly kind: 'program' | 'browser';
  readonly device: string;
  readonly address: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly expiresAt: string;
  readonly endedAt: string | null;
}
export interface InvitationRecord {
  readonly id: number;
  readonly email: string | null;
  readonly role: Role;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly usedAt: string | null;
}
export interface FailureRecord {
  readonly account: string;
  readonly address: string;
  readonly at: string;
}
/** Tries since a moment, and when the newest was. */
export interface FailureCount {
  readonly count: number;
  readonly lastAt: string | null;
}

export interface AccountCounts {
  readonly accounts: number;
  readonly openSessions: number;
  readonly failedLogins: number;
}
export interface AccountRecords {
  /** Sessions open at a moment, failed log-ins since another. */
  counts(at: string, since: string): Promise<AccountCounts>;
  /** Null where the e-mail is taken. The very first account gets the role owner, whatever is asked; of two at once only one. */
  addUser(user: { readonly email: string; readonly hashedPassword: string; readonly role: Role; readonly at: string }): Promise<UserRecord | null>;
  hasUsers(): Promise<boolean>;
  user(id: number): Promise<UserRecord | null>;
  userByEmail(email: string): Promise<UserRecord | null>;
  listUsers(page: { readonly after: number; readonly limit: number }): Promise<readonly UserRecord[]>;
  changeUser(id: number, change: { readonly role?: Role; readonly hashedPassword?: string; readonly disabledAt?: string | null; readonly quotaBytes?: number | null; readonly leaving?: { readonly files: LeavingFiles; readonly to: number | null } }, at: string): Promise<UserRecord | null>;
  /** How many owners may still come in: the last one is never shut out. */
  countOwners(): Promise<number>;

  addSession(session: SessionRecord): Promise<void>;
  /** One question for every request: the session and whose it is. */
  sessionWithUser(id: string): Promise<{ readonly session: SessionRecord; readonly user: UserRecord } | null>;
  /** Newest first, only those that still live at `at`. */
  listSessions(userId: number, at: string): Promise<readonly SessionRecord[]>;
  /** What its sessions called themselves, ended ones too. */
  devicesOf(userId: number): Promise<readonly string[]>;
  /** `expiresAt` only where the session's life grows with it. */
  seen(sessionId: string, seen: { readonly at: string; readonly address: string; readonly expiresAt?: string }): Promise<void>;
  /** False where it is not this user's or has ended already. */
  endSession(userId: number, sessionId: string, at: string): Promise<boolean>;
  endSessions(userId: number, at: string, except: string | null): Promise<void>;

  addRefreshToken(token: { readonly hash: string; readonly sessionId: string; readonly expiresAt: string }): Promise<void>;
  /** Marks it used in the same step; `reused` is true when it was used before. Null where it is not known. */
  useRefreshToken(hash: string, at: string): Promise<{ readonly sessionId: string; readonly expiresAt: string; readonly reused: boolean } | null>;

  addFailure(failure: FailureRecord): Promise<void>;
  failuresSince(since: string, who: { readonly account: string; readonly address: string }): Promise<{ readonly account: FailureCount; readonly address: FailureCount }>;
  forgetFailures(account: string): Promise<void>;
  listFailures(limit: number): Promise<readonly FailureRecord[]>;
  dropFailures(before: string): Promise<void>;

  addInvitation(invitation: { readonly hash: string; readonly email: string | null; readonly role: Role; readonly at: string; readonly expiresAt: string }): Promise<InvitationRecord>;
  invitation(hash: string): Promise<InvitationRecord | null>;
  /** True for the one who used it first. */
  useInvitation(id: number, at: string): Promise<boolean>;
  listInvitations(): Promise<readonly InvitationRecord[]>;
  removeInvitation(id: number): Promise<boolean>;

  addReset(reset: { readonly hash: string; readonly userId: number; readonly expiresAt: string }): Promise<void>;
  /** Made for this account, used or not, that end after that moment. */
  countResets(userId: number, endsAfter: string): Promise<number>;
  /** Whose it was, once; null where it is unknown, used or too old. */
  useReset(hash: string, at: string): Promise<number | null>;
}

/** What has ended long ago; each moment is given by whoever knows how long something is kept. */
export interface PruneBefore {
  readonly now: string;
  /** Sessions that ended before. */
  readonly sessions: string;
  /** Invitations and resets that were over before. */
  readonly codes: string;
  readonly failures: string;
  readonly shareUses: string;
}
export interface PruneRecords {
  /** How many rows went. */
  prune(before: PruneBefore): Promise<number>;
}

/** Where signing keys lie: the keychain, or an encrypted file. */
export interface KeyShelf {
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
}
