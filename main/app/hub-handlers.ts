/** The hub's commands, each passed to accounts or files; where nothing is shared each says so. */
import type { InputOf, OutputOf } from '../../shared/api/contract.ts';
import { hubContract } from '../../shared/api/hub-contract.ts';
import { passwordStrength } from '../../shared/password-strength.ts';
import type { UploadRules } from '../../shared/upload-rules.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Letters } from '../accounts/letters.ts';
import type { ArchiveState, HubThaws } from '../tiers/hub-thaws.ts';
import type { MigrationResult } from '../tiers/migration-log.ts';
import type { Members } from '../accounts/members.ts';
import type { InvitationRecord, SessionRecord, UserRecord } from '../accounts/ports.ts';
import type { BrowserPass, Device, Sessions } from '../accounts/sessions.ts';
import { AppError } from '../base/app-error.ts';
import type { Files } from '../library/files.ts';
import type { Departures } from '../library/departures.ts';
import type { FolderReport, Folders } from '../library/folders.ts';
import type { Moving } from '../library/moving.ts';
import type { Resumable } from '../library/resumable.ts';
import type { Room } from '../library/room.ts';
import type { Shares } from '../library/shares.ts';
import type { Versions } from '../library/versions.ts';
import type { FileRecord, FileRecords, RuleRecords } from '../library/ports.ts';
import { deviceOf, roleOf, userOf } from './hub-callers.ts';
import { cookieNames } from './hub-door.ts';
import { preferenceHandlers, preferencesOf, type PreferenceRecords } from './preference-handlers.ts';
import type { Caller, Handlers } from './handlers.ts';
import { shareHandlers } from './share-handlers.ts';
import { sharedUploadHandlers, uploadHandlers } from './upload-handlers.ts';

export interface HubParts {
  /** Null without a cold store. */
  readonly migrate: (() => Promise<MigrationResult>) | null;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly members: Members;
  readonly letters: Letters;
  readonly files: Files;
  readonly moving: Moving;
  readonly versions: Versions;
  readonly thaws: HubThaws;
  readonly folders: Folders;
  readonly shares: Shares;
  readonly uploads: Resumable;
  readonly room: Room;
  readonly departures: Departures;
  readonly rules: Pick<RuleRecords, 'rulesOf'> & { setRules(userId: number, rules: UploadRules): Promise<void> };
  readonly preferences: PreferenceRecords;
  readonly now: () => string;
  readonly records: Pick<FileRecords, 'totals' | 'usage'>;
  readonly entry: { readonly signUp: 'open' | 'invite'; readonly mostUploadBytes: number | null; readonly state: () => Promise<{ readonly firstAccount: boolean; readonly needsSetupCode: boolean }> };
  /** The user as the records know them now. */
  readonly user: (id: number) => Promise<UserRecord>;
}
export type HubCommand = keyof typeof hubContract;
type HubHandlers = Pick<Handlers, HubCommand>;
type Some<N extends HubCommand> = Pick<HubHandlers, N>;

/** Each asks anew who runs: sharing is switched on and off while Strata runs. */
export function hubHandlers(now: () => HubParts | null): HubHandlers {
  const made = new WeakMap<HubParts, HubHandlers>();
  const handlers = (): HubHandlers => {
    const hub = now();
    if (hub === null) throw new AppError('hub_off');
    let found = made.get(hub);
    if (found === undefined) made.set(hub, (found = handlersOf(hub)));
    return found;
  };
  const passOn = (name: HubCommand) => [name, (input: never, caller: Caller) => (handlers()[name] as (input: never, caller: Caller) => unknown)(input, caller)];
  return Object.fromEntries((Object.keys(hubContract) as HubCommand[]).map(passOn)) as unknown as HubHandlers;
}

function handlersOf(hub: HubParts): HubHandlers {
  return { ...entryHandlers(hub), ...ownHandlers(hub), ...memberHandlers(hub), ...fileHandlers(hub), ...moveHandlers(hub), ...ruleHandlers(hub), ...preferenceHandlers(hub.preferences, hub.now), ...shareHandlers(hub.shares), ...uploadHandlers(hub.uploads), ...sharedUploadHandlers(hub.uploads, hub.shares), ...folderHandlers(hub.folders), ...versionHandlers(hub), ...archiveHandlers(hub) };
}

function entryHandlers({ accounts, sessions, entry, letters, preferences }: HubParts): Some<'readHub' | 'askReset' | 'signUp' | 'logIn' | 'logInBrowser' | 'refreshBrowser' | 'resetPassword'> {
  // Asked before the session is opened, or it would be known.
  const tellOfNewDevice = async (user: UserRecord, device: Device): Promise<void> => {
    if (!letters.canSend || !(await sessions.isNewDevice(user.id, device)) || !(await preferencesOf(preferences, user.id)).mail_new_device) return;
    letters.newDevice(user, device);
  };
  return {
    readHub: async (_, caller) => {
      const { firstAccount, needsSetupCode } = await entry.state();
      return { first_account: firstAccount, needs_setup_code: needsSetupCode, sign_up: entry.signUp, cookies: (caller.from?.cookies ?? null) !== null, mail: letters.canSend, max_file_bytes: entry.mostUploadBytes };
    },
    signUp: async (input) => {
      const user = await accounts.signUp({ email: input.email, password: input.password, invitation: input.invitation, setupCode: input.setup_code });
      return { message: 'The account was made.', user_id: user.id, password_strength: await passwordStrength(input.password, [input.email]) };
    },
    logIn: async (input, caller) => {
      const device = deviceOf(caller);
      const user = await accounts.logIn(input, device);
      await tellOfNewDevice(user, device);
      const { token, livesMs } = await sessions.openBearer(user, device);
      return { access_token: token, token_type: 'bearer', expires_in: Math.floor(livesMs / 1000), user: { id: user.id, email: user.email } };
    },
    logInBrowser: async (input, caller) => {
      const jar = jarOf(caller);
      const device = deviceOf(caller);
      const user = await accounts.logIn(input, device);
      await tellOfNewDevice(user, device);
      return handOver(jar, await sessions.openBrowser(user, device));
    },
    refreshBrowser: async (_, caller) => {
      const jar = jarOf(caller);
      const refresh = jar.get(cookieNames.refresh);
      if (refresh === null) throw new AppError('unauthorized');
      return handOver(jar, await sessions.refresh(refresh, deviceOf(caller)));
    },
    askReset: ({ email }, caller) => {
      if (!letters.canSend) throw new AppError('mail_off');
      letters.forgotten(email, caller.from?.baseUrl ?? '');
      return { message: 'If there is an account for that e-mail, a letter with a link is on its way.' };
    },
    resetPassword: async (input) => {
      await sessions.endAll(await accounts.resetPassword(input.reset_code, input.new_password));
      return { message: 'The password was changed. Log in with it.', password_strength: await passwordStrength(input.new_password, []) };
    },
  };
}

function ownHandlers({ accounts, sessions, user, room, members, departures }: HubParts): Some<'logOut' | 'readMe' | 'deleteMe' | 'changePassword' | 'listSessions' | 'endSession'> {
  return {
    logOut: async (_, caller) => {
      await sessions.end(userOf(caller).id, caller.sessionId);
      for (const name of Object.values(cookieNames)) caller.from?.cookies?.clear(name);
      return { message: 'Logged out.' };
    },
    readMe: async (_, caller) => ({ ...toldUser(await user(userOf(caller).id)), used_bytes: (await room.state(userOf(caller).id)).usedBytes }),
    deleteMe: async ({ current_password: password, files }, caller) => {
      const me = await user(userOf(caller).id);
      await accounts.prove(me, password, deviceOf(caller));
      await members.leave(me, { files, to: null });
      for (const name of Object.values(cookieNames)) caller.from?.cookies?.clear(name);
      void departures.go();
      return { message: 'Your account has ended.' };
    },
    changePassword: async (input, caller) => {
      const { id, email } = userOf(caller);
      await accounts.changePassword(await user(id), input.current_password, input.new_password, deviceOf(caller));
      await sessions.endAll(id, caller.sessionId);
      return { message: 'The password was changed. Every other session has ended.', password_strength: await passwordStrength(input.new_password, [email]) };
    },
    listSessions: async (_, caller) => ({ sessions: (await sessions.list(userOf(caller).id)).map((session) => toldSession(session, caller)) }),
    endSession: async ({ session_id }, caller) => {
      await sessions.end(userOf(caller).id, session_id);
      return { message: 'The session has ended.' };
    },
  };
}

function memberHandlers({ members, sessions, records, departures, letters, migrate }: HubParts): Some<'migrateFiles' | 'listUsers' | 'changeUser' | 'deleteUser' | 'makeReset' | 'listUserSessions' | 'endUserSession' | 'endUserSessions' | 'listInvitations' | 'makeInvitation' | 'removeInvitation' | 'listFailedLogins' | 'readUsage'> {
  return {
    listUsers: async ({ cursor, limit }) => {
      const found = await members.list(cursor ?? 0, limit + 1);
      const page = found.slice(0, limit);
      const totals = await records.totals(page.map(({ id }) => id));
      return { users: page.map((user) => ({ ...toldUser(user), ...toldUse(totals.get(user.id)) })), next_cursor: found.length > limit ? (page.at(-1)?.id ?? null) : null };
    },
    changeUser: async ({ user_id, role, disabled, quota_bytes: quotaBytes }, caller) => toldUser(await members.change(roleOf(caller), user_id, { role, disabled, quotaBytes })),
    deleteUser: async ({ user_id, files, to_user_id: to }, caller) => {
      if (caller.user?.id === user_id) throw new AppError('bad_request', { detail: 'one’s own account ends in the profile, with the password' });
      await members.leave(await members.touchable(roleOf(caller), user_id), { files, to: to ?? null });
      void departures.go();
      return { message: 'The account has ended. Its files are seen to now.' };
    },
    makeReset: async ({ user_id }, caller) => {
      const { code, expiresAt } = await members.reset(roleOf(caller), user_id);
      return { reset_code: code, expires_at: expiresAt };
    },
    listUserSessions: async ({ user_id }, caller) => ({ sessions: (await sessions.list((await members.touchable(roleOf(caller), user_id)).id)).map((session) => toldSession(session, caller)) }),
    endUserSession: async ({ user_id, session_id }, caller) => {
      await sessions.end((await members.touchable(roleOf(caller), user_id)).id, session_id);
      return { message: 'The session has ended.' };
    },
    endUserSessions: async ({ user_id }, caller) => {
      await sessions.endAll((await members.touchable(roleOf(caller), user_id)).id);
      return { message: 'The sessions have ended.' };
    },
    listInvitations: async () => ({ invitations: (await members.invitations()).map(toldInvitation) }),
    makeInvitation: async ({ email, role }, caller) => {
      const { invitation, code } = await members.invite(roleOf(caller), { email: email ?? null, role });
      const mailed = email !== undefined && letters.canSend;
      if (mailed) letters.invite(email, code, invitation.expiresAt, caller.from?.baseUrl ?? '');
      return { id: invitation.id, invitation: code, expires_at: invitation.expiresAt, mailed };
    },
    removeInvitation: async ({ invitation_id }) => {
      await members.takeBack(invitation_id);
      return { message: 'The invitation was taken back.' };
    },
    migrateFiles: async () => {
      if (migrate === null) throw new AppError('no_cold_store', { root: 'The hub' });
      const { bytesUp, isBusy, ...result } = await migrate();
      return { ...result, bytes_up: bytesUp, is_busy: isBusy };
    },
    listFailedLogins: async ({ limit }) => ({ failures: [...(await members.failures(limit))], locked: await members.locked() }),
    readUsage: async ({ days }) => ({ usage: (await records.usage(members.daysAgo(days))).map(({ userId, ...rest }) => ({ ...rest, user_id: userId })) }),
  };
}

function fileHandlers({ files }: HubParts): Some<'uploadFile' | 'listFiles' | 'listFolders' | 'makeZip' | 'readZip' | 'listMobileFiles' | 'readFile' | 'downloadFile' | 'readLink'> {
  const told = teller(files);
  const list = async (input: InputOf<'listFiles'>, caller: Caller): Promise<OutputOf<'listFiles'>> => {
    const { sort, order, cursor, limit, fields } = input;
    const found = await files.list({
      userId: userOf(caller).id, folder: input.folder, below: input.below, search: input.search, type: input.type, minBytes: input.min_size, maxBytes: input.max_size,
      uploadedAfter: utc(input.uploaded_after), uploadedBefore: utc(input.uploaded_before), storageLocation: input.storage_location,
    }, { sort, descending: order === undefined ? undefined : order === 'desc', cursor, limit });
    const wanted = fields ?? listedFields;
    return { files: found.files.map((file) => picked(told(file, caller), wanted)), next_cursor: found.nextCursor };
  };
  return {
    uploadFile: async ({ folder, file }, caller) => picked(told(await files.upload(userOf(caller).id, folder, file), caller), storedFields),
    listFiles: list,
    listFolders: async ({ folder }, caller) => ({ folders: [...(await files.folders(userOf(caller).id, folder))] }),
    makeZip: ({ folder }, caller) => ({ url: `${caller.from?.baseUrl ?? ''}/api/folders/zip/${files.zipLinkFor(userOf(caller).id, folder)}` }),
    readZip: ({ link }) => files.openZip(link),
    listMobileFiles: list,
    readFile: async ({ file_id }, caller) => told(await files.own(userOf(caller).id, file_id), caller),
    downloadFile: ({ file_id }, caller) => files.open(userOf(caller).id, file_id),
    readLink: ({ link }) => files.openLink(link),
  };
}

function teller(files: Files) {
  return (file: FileRecord, caller: Caller) => toldFile(file, files.accessUrl(file, caller.from?.baseUrl ?? ''));
}

function moveHandlers({ files, moving }: HubParts): Some<'moveFile' | 'copyFile' | 'deleteFile' | 'listTrash' | 'restoreFile' | 'purgeFile'> {
  const told = teller(files);
  return {
    moveFile: async ({ file_id, folder, filename }, caller) => told(await moving.move(userOf(caller).id, file_id, { folder, filename }), caller),
    copyFile: async ({ file_id, folder, filename }, caller) => told(await moving.copy(userOf(caller).id, file_id, { folder, filename }), caller),
    deleteFile: async ({ file_id }, caller) => {
      await moving.trash(userOf(caller).id, file_id);
      return { message: 'The file is in the trash.' };
    },
    listTrash: async ({ cursor, limit }, caller) => {
      const found = await moving.listTrash(userOf(caller).id, { before: cursor ?? null, limit: limit + 1 });
      const page = found.slice(0, limit);
      // No link: what is in the trash is brought back before it is read.
      return { files: page.map((file) => picked({ ...toldFile(file, ''), deleted_at: file.deletedAt ?? '' }, trashedFields)), next_cursor: found.length > limit ? (page.at(-1)?.id ?? null) : null };
    },
    restoreFile: async ({ file_id }, caller) => told(await moving.restore(userOf(caller).id, file_id), caller),
    purgeFile: async ({ file_id }, caller) => {
      await moving.purge(userOf(caller).id, file_id);
      return { message: 'The file is deleted for good.' };
    },
  };
}

function versionHandlers({ files, versions }: HubParts): Some<'listVersions' | 'downloadVersion' | 'restoreVersion'> {
  const told = teller(files);
  return {
    listVersions: async ({ file_id }, caller) => ({
      versions: (await versions.list(userOf(caller).id, file_id)).map((version) => ({ version_id: version.versionId, file_size: version.sizeBytes, etag: version.etag, changed_at: new Date(version.lastModifiedMs).toISOString(), current: version.isCurrent })),
    }),
    downloadVersion: ({ file_id, version_id }, caller) => versions.open(userOf(caller).id, file_id, version_id),
    restoreVersion: async ({ file_id, version_id }, caller) => told(await versions.bringBack(userOf(caller).id, file_id, version_id), caller),
  };
}

function archiveHandlers({ files, thaws }: HubParts): Some<'readArchive' | 'thawFile'> {
  const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  const told = (found: ArchiveState): OutputOf<'readArchive'> => ({
    state: found.state, storage_class: found.storageClass, readable_until: iso(found.readableUntilMs), speed: found.speed, expected_from: iso(found.expectedFromMs), expected_to: iso(found.expectedToMs),
    speeds: found.speeds.flatMap(({ speed, fromMs, toMs }) => (speed === 'expedited' ? [] : [{ speed, from_seconds: Math.round(fromMs / 1000), to_seconds: Math.round(toMs / 1000) }])),
  });
  return {
    readArchive: async ({ file_id }, caller) => told(await thaws.look(await files.own(userOf(caller).id, file_id))),
    thawFile: async ({ file_id, speed, days }, caller) => told(await thaws.ask(await files.own(userOf(caller).id, file_id), { speed, days })),
  };
}

function folderHandlers(folders: Folders): Some<'moveFolder' | 'deleteFolder' | 'restoreFolder' | 'emptyTrash'> {
  const told = (report: FolderReport) => ({ done: report.done, failed: report.failed, failures: report.failures.map(({ path, code, detail }) => ({ path, error_code: code.toUpperCase(), detail })), more: report.more });
  return {
    moveFolder: async ({ folder, to }, caller) => told(await folders.move(userOf(caller).id, folder, to)),
    deleteFolder: async ({ folder }, caller) => told(await folders.trash(userOf(caller).id, folder)),
    emptyTrash: async ({ until }, caller) => told(await folders.emptyTrash(userOf(caller).id, utc(until))),
    restoreFolder: async ({ folder }, caller) => told(await folders.restore(userOf(caller).id, folder)),
  };
}

function ruleHandlers({ rules }: HubParts): Some<'readUploadRules' | 'writeUploadRules'> {
  const told = (now: UploadRules) => ({ least_bytes: now.leastBytes, most_bytes: now.mostBytes, types: [...now.types], name_pattern: now.namePattern });
  return {
    readUploadRules: async (_, caller) => told(await rules.rulesOf(userOf(caller).id)),
    writeUploadRules: async (input, caller) => {
      const wanted: UploadRules = { leastBytes: input.least_bytes, mostBytes: input.most_bytes, types: input.types, namePattern: input.name_pattern };
      await rules.setRules(userOf(caller).id, wanted);
      return told(wanted);
    },
  };
}

/** H2 says which fields an answer has; more only when they are asked for. */
const storedFields = ['id', 'filename', 'file_size', 'storage_location', 'access_url', 'uploaded_at'] as const;
const listedFields = [...storedFields, 'synced_at'] as const;
const trashedFields = ['id', 'filename', 'file_size', 'storage_location', 'uploaded_at', 'synced_at', 'original_filename', 'content_type', 'folder', 'etag', 'created_at', 'updated_at', 'deleted_at'] as const;

function toldFile(file: FileRecord, accessUrl: string) {
  return {
    id: file.id, filename: file.filename, file_size: file.sizeBytes, storage_location: file.storageLocation, access_url: accessUrl, uploaded_at: file.uploadedAt, synced_at: file.syncedAt,
    original_filename: file.originalFilename, content_type: file.contentType, folder: file.folder, etag: file.etag, created_at: file.createdAt, updated_at: file.updatedAt,
  };
}
function picked<T extends object, K extends keyof T>(whole: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, whole[name]])) as Pick<T, K>;
}
function utc(text: string | undefined): string | undefined {
  return text === undefined ? undefined : new Date(text).toISOString();
}

function toldUser(user: UserRecord) {
  return { id: user.id, email: user.email, role: user.role, created_at: user.createdAt, disabled_at: user.disabledAt, quota_bytes: user.quotaBytes, leaving: user.leavingFiles !== null };
}
function toldUse(use: { readonly files: number; readonly bytes: number; readonly usedBytes: number } | undefined) {
  return { files: use?.files ?? 0, bytes: use?.bytes ?? 0, used_bytes: use?.usedBytes ?? 0 };
}
function toldSession(session: SessionRecord, caller: Caller) {
  return { id: session.id, kind: session.kind, device: session.device, address: session.address, created_at: session.createdAt, last_seen_at: session.lastSeenAt, expires_at: session.expiresAt, current: session.id === caller.sessionId };
}
function toldInvitation(invitation: InvitationRecord) {
  return { id: invitation.id, email: invitation.email, role: invitation.role, created_at: invitation.createdAt, expires_at: invitation.expiresAt, used_at: invitation.usedAt };
}

function jarOf(caller: Caller) {
  const jar = caller.from?.cookies ?? null;
  if (jar === null) throw new AppError('tls_needed');
  return jar;
}
function handOver(jar: ReturnType<typeof jarOf>, pass: BrowserPass) {
  jar.set(cookieNames.access, pass.access, pass.accessMs);
  jar.set(cookieNames.refresh, pass.refresh, pass.refreshMs);
  return { csrf_token: pass.csrf, expires_in: Math.floor(pass.accessMs / 1000), user: { id: pass.user.id, email: pass.user.email, role: pass.user.role } };
}
