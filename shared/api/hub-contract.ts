/** The commands of the hub: accounts, sessions, members and files, in the words that other programs know (rows H1 to H6). */
import { z } from 'zod';
import { passwordProblem, passwordSentences } from '../password-rules.ts';
import { restoreSpeeds } from '../model/thaw.ts';
import { roles, storageLocations } from '../model/accounts.ts';
import { incomingFile, outgoingFile, outgoingStream, row } from './contract-row.ts';
import { preferenceContract } from './preference-contract.ts';
import { uploadContract } from './upload-contract.ts';

const empty = z.object({}).strict();
const said = z.object({ message: z.string() });
const id = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);
/** Without case: `Ann@x` and `ann@x` are one mailbox in practice, and two accounts would be confused. */
export const email = z.string().trim().toLowerCase().max(254).pipe(z.email());
export const newPassword = z.string().max(1024).superRefine((value, context) => {
  const problem = passwordProblem(value);
  if (problem !== null) context.addIssue({ code: 'custom', message: passwordSentences[problem] });
});
const anyPassword = z.string().min(1).max(1024);
/** From 0, guessed at once, to 4, strong: what the page’s meter shows. It advises, and refuses nothing. */
const strength = z.number().int().min(0).max(4);
const secretCode = z.string().min(16).max(256);
const sessionId = z.string().min(1).max(64);
const when = z.string();
const role = z.enum(roles);

export const userSchema = z.object({ id: z.number().int(), email: z.string(), role, created_at: when, disabled_at: when.nullable(), quota_bytes: z.number().int().nullable(),
  /** The account ends as soon as its files were seen to. */
  leaving: z.boolean() });
export const sessionSchema = z.object({ id: z.string(), kind: z.enum(['program', 'browser']), device: z.string(), address: z.string(), created_at: when, last_seen_at: when, expires_at: when, current: z.boolean() });
export const invitationSchema = z.object({ id: z.number().int(), email: z.string().nullable(), role, created_at: when, expires_at: when, used_at: when.nullable() });
const tokenSchema = z.object({ access_token: z.string(), token_type: z.literal('bearer'), expires_in: z.number().int(), user: z.object({ id: z.number().int(), email: z.string() }) });
const browserSchema = z.object({ csrf_token: z.string(), expires_in: z.number().int(), user: z.object({ id: z.number().int(), email: z.string(), role }) });

export const storedFileSchema = z.object({
  id: z.number().int(), filename: z.string(), file_size: z.number().int().nonnegative(), storage_location: z.enum(storageLocations),
  access_url: z.string(), uploaded_at: when,
});
export const listedFileSchema = storedFileSchema.extend({ synced_at: when.nullable() });
export const fileDetailsSchema = listedFileSchema.extend({ original_filename: z.string(), content_type: z.string(), folder: z.string(), etag: z.string(), created_at: when, updated_at: when });
/** The most urgent speed costs many times more, and is the owner's to pay for: it is asked for in the store itself. */
const memberSpeed = z.enum(restoreSpeeds).exclude(['expedited']);
export const archiveSchema = z.object({
  /** `readable`: in no archive. `coming`: asked for, not readable yet. `ready`: until `readable_until`, then in the archive again. */
  state: z.enum(['readable', 'archived', 'coming', 'ready']), storage_class: z.string(), readable_until: when.nullable(),
  speed: z.enum(restoreSpeeds).nullable(), expected_from: when.nullable(), expected_to: when.nullable(),
  /** How it can be asked for, and how long that takes as the store's documentation says. */
  speeds: z.array(z.object({ speed: memberSpeed, from_seconds: z.number().int(), to_seconds: z.number().int() })),
});
const fileFields = Object.keys(fileDetailsSchema.shape) as [keyof z.output<typeof fileDetailsSchema>, ...(keyof z.output<typeof fileDetailsSchema>)[]];
/** No database column and no key holds a NUL. */
const text = (most: number) => z.string().max(most).refine((value) => !value.includes('\0'), 'it holds a NUL character');
const folder = text(900);
const versionId = text(1024).min(1);

const shareMode = z.enum(['view', 'upload']);
const shareToken = z.string().regex(/^[\w-]{32}$/);
const grant = z.string().max(200).optional();
const newSharePassword = z.string().min(4).refine((value) => new TextEncoder().encode(value).length <= 72 && !value.includes('\0'), 'at most 72 bytes, no NUL');
export const shareSchema = z.object({ id: z.number().int(), file_id: z.number().int().nullable(), folder: z.string().nullable(), mode: shareMode, has_password: z.boolean(), expires_at: when.nullable(), most_downloads: z.number().int().nullable(), downloads: z.number().int(), created_at: when });
const ruleBytes = z.number().int().nonnegative().nullable().default(null);
/** What became of a folder's files; those that stayed are named, the first fifty. */
const folderReportSchema = z.object({ done: z.number().int(), failed: z.number().int(), failures: z.array(z.object({ path: z.string(), error_code: z.string(), detail: z.string() })), more: z.boolean() });
/** The fields of shared/upload-rules.ts, as other programs write names. */
export const uploadRulesSchema = z.object({ least_bytes: ruleBytes, most_bytes: ruleBytes, types: z.array(z.string().regex(/^(\.[\w.-]{1,32}|[\w.+-]{1,64}\/[\w.+-]{0,64})$/, 'must be like .txt, image/ or application/pdf')).max(100).default([]), name_pattern: text(255).min(1).nullable().default(null) }).strict();

/** Each filter narrows; `next_cursor` of an answer goes on where it ended. */
export const fileQuerySchema = z.object({
  /** `folder` is that folder alone, `below` it and all folders in it. */
  folder: folder.optional(), below: folder.optional(), search: text(200).optional(),
  /** `image/` finds every image, `image/png` those alone. */
  type: text(100).optional(),
  min_size: z.coerce.number().int().nonnegative().optional(), max_size: z.coerce.number().int().nonnegative().optional(),
  uploaded_after: z.iso.datetime({ offset: true }).optional(), uploaded_before: z.iso.datetime({ offset: true }).optional(),
  storage_location: z.enum(storageLocations).optional(),
  sort: z.enum(['newest', 'name', 'size']).default('newest'),
  /** Where it isn’t said, the newest come first, names and sizes rise. */
  order: z.enum(['asc', 'desc']).optional(),
  cursor: z.string().max(1500).optional(), limit: z.coerce.number().int().min(1).max(1000).default(1000),
  /** Only these fields, by comma. */
  fields: z.string().max(400).optional().transform((text) => text?.split(',')).pipe(z.array(z.enum(fileFields)).min(1).optional()),
});

export const hubContract = {
  readHub: row('GET', '/hub', 'anyone', 'How one gets in here, and how large a file may be.', empty, z.object({ first_account: z.boolean(), needs_setup_code: z.boolean(), sign_up: z.enum(['open', 'invite']), cookies: z.boolean(), mail: z.boolean(), max_file_bytes: z.number().int().nullable() })),
  signUp: row('POST', '/auth/signup', 'anyone', 'Makes an account; the first one is the owner’s.', z.object({ email, password: newPassword, invitation: secretCode.optional(), setup_code: z.string().max(256).optional() }), z.object({ message: z.string(), user_id: z.number().int(), password_strength: strength }), { status: 201, limit: 'signUp' }),
  logIn: row('POST', '/auth/login', 'anyone', 'Gives a program a bearer token.', z.object({ email, password: anyPassword }), tokenSchema),
  logInBrowser: row('POST', '/auth/browser', 'anyone', 'Logs a browser in by cookies; only over TLS.', z.object({ email, password: anyPassword }), browserSchema),
  refreshBrowser: row('POST', '/auth/refresh', 'anyone', 'A new access cookie for a refresh cookie, which is used up by it.', empty, browserSchema),
  logOut: row('POST', '/auth/logout', 'reader', 'Ends this session.', empty, said),
  readMe: row('GET', '/auth/me', 'reader', 'Who this session belongs to, and how much of their room is used, with the trash.', empty, userSchema.extend({ used_bytes: z.number().int() })),
  changePassword: row('POST', '/auth/password', 'reader', 'Changes one’s password; every other session ends.', z.object({ current_password: anyPassword, new_password: newPassword }), said.extend({ password_strength: strength })),
  deleteMe: row('POST', '/auth/delete', 'reader', 'Ends one’s own account.', z.object({ current_password: anyPassword, files: z.enum(['keep', 'remove']) }), said, { status: 202 }),
  askReset: row('POST', '/auth/forgot', 'anyone', 'Sends a link for a new password to that address, if it has an account here; the answer is the same for every address.', z.object({ email }), said, { status: 202, limit: 'signUp' }),
  resetPassword: row('POST', '/auth/reset', 'anyone', 'Sets a new password by a one-time code; every session ends.', z.object({ reset_code: secretCode, new_password: newPassword }), said.extend({ password_strength: strength }), { limit: 'signUp' }),
  listSessions: row('GET', '/auth/sessions', 'reader', 'Where one is logged in.', empty, z.object({ sessions: z.array(sessionSchema) })),
  endSession: row('DELETE', '/auth/sessions/:session_id', 'reader', 'Ends one of one’s sessions.', z.object({ session_id: sessionId }), said),

  listUsers: row('GET', '/users', 'admin', 'All accounts.', z.object({ cursor: id.optional(), limit: z.coerce.number().int().min(1).max(1000).default(200) }), z.object({ users: z.array(userSchema.extend({ files: z.number().int(), bytes: z.number(), used_bytes: z.number() })), next_cursor: z.number().int().nullable() })),
  changeUser: row('PUT', '/users/:user_id', 'admin', 'Changes a role or the room (`quota_bytes`, null has no limit), or shuts an account out and lets it in again.', z.object({ user_id: id, role: role.optional(), disabled: z.boolean().optional(), quota_bytes: z.number().int().nonnegative().nullable().optional() }), userSchema),
  deleteUser: row('POST', '/users/:user_id/delete', 'admin', 'Ends an account: its sessions and links at once, its files as chosen: kept as objects in the bucket, moved to another member, or removed.', z.object({ user_id: id, files: z.enum(['keep', 'move', 'remove']), to_user_id: id.optional() }), said, { status: 202 }),
  makeReset: row('POST', '/users/:user_id/reset', 'admin', 'A one-time code with which somebody sets a new password.', z.object({ user_id: id }), z.object({ reset_code: z.string(), expires_at: when }), { status: 201 }),
  listUserSessions: row('GET', '/users/:user_id/sessions', 'admin', 'Where somebody is logged in.', z.object({ user_id: id }), z.object({ sessions: z.array(sessionSchema) })),
  endUserSession: row('DELETE', '/users/:user_id/sessions/:session_id', 'admin', 'Ends one of somebody’s sessions.', z.object({ user_id: id, session_id: sessionId }), said),
  endUserSessions: row('DELETE', '/users/:user_id/sessions', 'admin', 'Ends all of somebody’s sessions.', z.object({ user_id: id }), said),
  listInvitations: row('GET', '/invitations', 'admin', 'Invitations, newest first.', empty, z.object({ invitations: z.array(invitationSchema) })),
  makeInvitation: row('POST', '/invitations', 'admin', 'An invitation, told once; with an e-mail it is also sent there, where mail is set up.', z.object({ email: email.optional(), role: role.exclude(['owner']).default('member') }), z.object({ id: z.number().int(), invitation: z.string(), expires_at: when, mailed: z.boolean() }), { status: 201 }),
  removeInvitation: row('DELETE', '/invitations/:invitation_id', 'admin', 'Takes an invitation back.', z.object({ invitation_id: id }), said),
  migrateFiles: row('POST', '/files/migrate', 'admin', 'Moves what is not in the cold store yet there now, as every midnight; is_busy when that goes on already.', z.object({}).strict(), z.object({ moved: z.number().int(), copied: z.number().int(), failed: z.number().int(), left: z.number().int(), bytes_up: z.number(), requests: z.number().int(), ms: z.number().int(), is_busy: z.boolean() })),
  listFailedLogins: row('GET', '/auth/failures', 'admin', 'Failed log-ins, newest first.', z.object({ limit: z.coerce.number().int().min(1).max(1000).default(200) }), z.object({ failures: z.array(z.object({ account: z.string(), address: z.string(), at: when })),
    /** Accounts and addresses that get no further try before then. */
    locked: z.array(z.object({ kind: z.enum(['account', 'address']), who: z.string(), until: when })) })),
  readUsage: row('GET', '/usage', 'admin', 'What was uploaded and is still there, by account and day, newest day first.', z.object({ days: z.coerce.number().int().min(1).max(366).default(30) }), z.object({ usage: z.array(z.object({ day: z.iso.date(), user_id: z.number().int(), email: z.string(), files: z.number().int(), bytes: z.number() })) })),

  uploadFile: row('POST', '/files/upload', 'writer', 'Stores a file; the form field `folder`, if any, goes before the field `file`.', z.object({ folder: folder.default(''), file: incomingFile }), storedFileSchema, { status: 201, form: 'multipart' }),
  listFiles: row('GET', '/files', 'reader', 'One’s files, newest first where nothing else is asked.', fileQuerySchema, z.object({ files: z.array(fileDetailsSchema.partial()), next_cursor: z.string().nullable() })),
  listFolders: row('GET', '/folders', 'reader', 'The folders in one of one’s folders, with what lies in and below them.', z.object({ folder: folder.default('') }), z.object({ folders: z.array(z.object({ name: z.string(), path: z.string(), files: z.number().int(), bytes: z.number() })) })),
  makeZip: row('POST', '/folders/zip', 'reader', 'A link to a folder and all below it as one ZIP, for 15 minutes.', z.object({ folder: folder.default('') }), z.object({ url: z.string() }), { status: 201 }),
  readZip: row('GET', '/folders/zip/:link', 'anyone', 'A folder as a ZIP, packed while it is sent, by its signed link.', z.object({ link: z.string().min(16).max(2048) }), outgoingStream, { answer: 'stream' }),
  listMobileFiles: row('GET', '/mobile/files/list', 'reader', 'The same list, for phones.', fileQuerySchema, z.object({ files: z.array(fileDetailsSchema.partial()), next_cursor: z.string().nullable() })),
  readFile: row('GET', '/files/:file_id', 'reader', 'All about one file.', z.object({ file_id: id }), fileDetailsSchema),
  downloadFile: row('GET', '/files/:file_id/download', 'reader', 'A file’s bytes.', z.object({ file_id: id }), outgoingFile, { answer: 'bytes' }),
  readArchive: row('GET', '/files/:file_id/archive', 'reader', 'Whether a file lies in an archive, and how it comes back.', z.object({ file_id: id }), archiveSchema),
  thawFile: row('POST', '/files/:file_id/thaw', 'writer', 'Asks for a file of the archive to become readable for some days; hours later it is.', z.object({ file_id: id, speed: memberSpeed.default('standard'), days: z.number().int().min(1).max(30).default(7) }), archiveSchema, { status: 202 }),
  listVersions: row('GET', '/files/:file_id/versions', 'reader', 'What a file holds and held, newest first, where its bucket keeps that.', z.object({ file_id: id }), z.object({ versions: z.array(z.object({ version_id: z.string(), file_size: z.number(), etag: z.string(), changed_at: when, current: z.boolean() })) })),
  downloadVersion: row('GET', '/files/:file_id/versions/:version_id/download', 'reader', 'The bytes that a file held.', z.object({ file_id: id, version_id: versionId }), outgoingFile, { answer: 'bytes' }),
  restoreVersion: row('POST', '/files/:file_id/versions/:version_id/restore', 'writer', 'Makes what a file held its content again; what it holds now becomes a version.', z.object({ file_id: id, version_id: versionId }), fileDetailsSchema),
  moveFile: row('POST', '/files/:file_id/move', 'writer', 'Moves or renames a file; what isn’t named stays.', z.object({ file_id: id, folder: folder.optional(), filename: text(255).min(1).optional() }), fileDetailsSchema),
  copyFile: row('POST', '/files/:file_id/copy', 'writer', 'Copies a file; what isn’t named stays.', z.object({ file_id: id, folder: folder.optional(), filename: text(255).min(1).optional() }), fileDetailsSchema, { status: 201 }),
  deleteFile: row('DELETE', '/files/:file_id', 'writer', 'Puts a file into the trash.', z.object({ file_id: id }), said),
  moveFolder: row('POST', '/folders/move', 'writer', 'Moves or renames a folder with all below it; links to it follow. Where `more` is true, time was up and the same request goes on.', z.object({ folder: folder.min(1), to: folder.min(1) }), folderReportSchema),
  deleteFolder: row('POST', '/folders/delete', 'writer', 'Puts a folder with all below it into the trash.', z.object({ folder: folder.min(1) }), folderReportSchema),
  restoreFolder: row('POST', '/trash/restore-folder', 'writer', 'Brings back all of the trash that was in or below a folder.', z.object({ folder: folder.min(1) }), folderReportSchema),
  listTrash: row('GET', '/trash', 'reader', 'What is in one’s trash, newest file first.', z.object({ cursor: id.optional(), limit: z.coerce.number().int().min(1).max(1000).default(1000) }), z.object({ files: z.array(fileDetailsSchema.omit({ access_url: true }).extend({ deleted_at: when })), next_cursor: z.number().int().nullable() })),
  restoreFile: row('POST', '/trash/:file_id/restore', 'writer', 'Brings a file back to where it was, or beside what is there now.', z.object({ file_id: id }), fileDetailsSchema),
  purgeFile: row('DELETE', '/trash/:file_id', 'writer', 'Deletes a file of the trash for good.', z.object({ file_id: id }), said),
  emptyTrash: row('POST', '/trash/empty', 'writer', 'Deletes for good what is in one’s trash; with `until` only what was there then. Where `more` is true, time was up and the same request goes on.', z.object({ until: z.iso.datetime({ offset: true }).optional() }), folderReportSchema),
  readUploadRules: row('GET', '/upload-rules', 'reader', 'What may be uploaded into one’s library.', empty, uploadRulesSchema),
  writeUploadRules: row('PUT', '/upload-rules', 'writer', 'Sets what may be uploaded into one’s library.', uploadRulesSchema, uploadRulesSchema),
  makeShare: row('POST', '/shares', 'writer', 'Makes a link to a file or a folder; its token is told once.', z.object({ file_id: id.optional(), folder: folder.optional(), mode: shareMode.default('view'), password: newSharePassword.optional(), expires_at: z.iso.datetime({ offset: true }).optional(), most_downloads: z.number().int().min(1).max(1_000_000).optional() }), shareSchema.extend({ token: z.string(), url: z.string() }), { status: 201 }),
  listShares: row('GET', '/shares', 'reader', 'One’s links, newest first.', empty, z.object({ shares: z.array(shareSchema) })),
  removeShare: row('DELETE', '/shares/:share_id', 'writer', 'Takes a link back.', z.object({ share_id: id }), said),
  listShareUses: row('GET', '/shares/:share_id/uses', 'reader', 'Who used a link, newest first.', z.object({ share_id: id }), z.object({ uses: z.array(z.object({ at: when, address: z.string(), what: z.string() })) })),
  readShare: row('GET', '/files/public/:token', 'anyone', 'What a link leads to.', z.object({ token: shareToken, grant }), z.object({ kind: z.enum(['file', 'folder']), mode: shareMode, name: z.string(), file_size: z.number().nullable(), content_type: z.string().nullable(), may_preview: z.boolean(), expires_at: when.nullable() })),
  unlockShare: row('POST', '/files/public/:token/unlock', 'anyone', 'Shows a link’s password; the grant goes with the requests after it.', z.object({ token: shareToken, password: anyPassword }), z.object({ grant: z.string(), expires_in: z.number().int() }), { limit: 'signUp' }),
  listShared: row('GET', '/files/public/:token/files', 'anyone', 'The files of a link.', z.object({ token: shareToken, grant, cursor: z.string().max(1500).optional(), limit: z.coerce.number().int().min(1).max(1000).default(1000) }), z.object({ files: z.array(z.object({ path: z.string(), filename: z.string(), file_size: z.number(), content_type: z.string(), uploaded_at: when })), next_cursor: z.string().nullable() })),
  downloadShared: row('GET', '/files/public/:token/download', 'anyone', 'A file’s bytes by a link; in a folder by its path.', z.object({ token: shareToken, grant, path: text(1024).optional() }), outgoingFile, { answer: 'bytes' }),
  uploadShared: row('POST', '/files/public/:token/upload', 'anyone', 'Puts a file into the folder of a link that takes files.', z.object({ token: shareToken, grant, file: incomingFile }), z.object({ filename: z.string(), file_size: z.number(), uploaded_at: when }), { status: 201, form: 'multipart' }),
  readLink: row('GET', '/files/link/:link', 'anyone', 'A file’s bytes by a signed link (`access_url`), for 15 minutes.', z.object({ link: z.string().min(16).max(1024) }), outgoingFile, { answer: 'bytes' }),
  ...preferenceContract,
  ...uploadContract,
} as const;
