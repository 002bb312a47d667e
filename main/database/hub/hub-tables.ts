/** The hub's tables as Kysely sees them; times are ISO 8601 texts in UTC, which sort and compare alike on SQLite and PostgreSQL. */
import type { Generated, Insertable, Selectable } from 'kysely';
import type { Role, StorageLocation } from '../../../shared/model/accounts.ts';
import type { RestoreSpeed, ThawState } from '../../../shared/model/thaw.ts';

interface UserTable {
  id: Generated<number>;
  email: string;
  hashed_password: string;
  role: Role;
  created_at: string;
  updated_at: string;
  disabled_at: string | null;
  quota_bytes: Generated<number | null>;
  leaving_files: Generated<'keep' | 'move' | 'remove' | null>;
  leaving_to: Generated<number | null>;
}
interface SessionTable {
  id: string;
  user_id: number;
  kind: 'program' | 'browser';
  device: string;
  address: string;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
  ended_at: string | null;
}
interface RefreshTokenTable {
  token_hash: string;
  session_id: string;
  expires_at: string;
  used_at: string | null;
}
interface FailureTable {
  id: Generated<number>;
  account: string;
  address: string;
  at: string;
}
interface InvitationTable {
  id: Generated<number>;
  token_hash: string;
  email: string | null;
  role: Role;
  created_at: string;
  expires_at: string;
  used_at: string | null;
}
interface ResetTable {
  token_hash: string;
  user_id: number;
  expires_at: string;
  used_at: string | null;
}
/** Facts that only one may set first, like who was here first. */
interface FactTable {
  name: string;
  value: string;
}
interface FileTable {
  id: Generated<number>;
  user_id: number;
  filename: string;
  original_filename: string;
  folder: string;
  file_size: number;
  content_type: string;
  storage_location: StorageLocation;
  object_key: string;
  /** Made by the database from the id; the signed address in an answer is made anew each time. */
  access_url: Generated<string>;
  etag: string;
  uploaded_at: string;
  synced_at: string | null;
  /** 1 while the warm store holds it. */
  in_warm: Generated<number>;
  created_at: string;
  updated_at: string;
  deleted_at: Generated<string | null>;
  restore_key: Generated<string | null>;
}
interface UploadRuleTable {
  user_id: number;
  /** JSON of UploadRules. */
  rules: string;
  updated_at: string;
}
interface ShareTable {
  id: Generated<number>;
  user_id: number;
  token_hash: string;
  file_id: number | null;
  folder: string | null;
  mode: 'view' | 'upload';
  hashed_password: string | null;
  expires_at: string | null;
  most_downloads: number | null;
  downloads: number;
  created_at: string;
}
interface ShareUseTable {
  id: Generated<number>;
  share_id: number;
  at: string;
  address: string;
  what: string;
}
interface UploadTable {
  id: string;
  user_id: number;
  share_id: number | null;
  address: string;
  filename: string;
  original_filename: string;
  folder: string;
  file_size: number;
  part_bytes: number;
  modified_ms: Generated<number | null>;
  object_key: string;
  store_upload_id: string | null;
  received: number;
  content_type: string | null;
  state: 'receiving' | 'finishing' | 'stored' | 'failed';
  file_id: number | null;
  error_code: string | null;
  detail: string | null;
  created_at: string;
  touched_at: string;
}
interface UploadPartTable {
  upload_id: string;
  number: number;
  etag: string;
  part_size: number;
}
/** Bytes that don't fill a part yet. */
interface UploadTailTable {
  upload_id: string;
  begins_at: number;
  bytes: Uint8Array;
}

/** Uploads in parts that come whole, while they come. */
interface PartsOnTheWayTable {
  store_upload_id: string;
  object_key: string;
  touched_at: string;
}
/** JSON of Preferences. */
interface PreferenceTable {
  user_id: number;
  preferences: string;
  updated_at: string;
}
/** Moments are ms since 1970: they are compared with a clock and shown by nobody. */
interface FileThawTable {
  file_id: number;
  user_id: number;
  object_key: string;
  file_size: number;
  storage_class: string;
  speed: RestoreSpeed;
  days: number;
  state: ThawState;
  asked_ms: number;
  started_ms: number | null;
  ready_ms: number | null;
  until_ms: number | null;
  next_ms: number | null;
  tries: number;
  error_code: string | null;
}

export interface HubTables {
  users: UserTable;
  device_sessions: SessionTable;
  refresh_tokens: RefreshTokenTable;
  login_failures: FailureTable;
  invitations: InvitationTable;
  password_resets: ResetTable;
  hub_facts: FactTable;
  files: FileTable;
  upload_rules: UploadRuleTable;
  shares: ShareTable;
  share_uses: ShareUseTable;
  uploads: UploadTable;
  upload_parts: UploadPartTable;
  upload_tails: UploadTailTable;
  parts_on_the_way: PartsOnTheWayTable;
  preferences: PreferenceTable;
  file_thaws: FileThawTable;
}
export type UserRow = Selectable<UserTable>;
export type SessionRow = Selectable<SessionTable>;
export type InvitationRow = Selectable<InvitationTable>;
export type FileRow = Selectable<FileTable>;
export type NewFileRow = Insertable<FileTable>;
