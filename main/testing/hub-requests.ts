/** A request for every command of the hub that is right as it stands: a new command without one here does not compile. */
import type { HubCommand } from '../app/hub-handlers.ts';
import type { AskRequest } from './door-under-test.ts';
import { formOf, password } from './hub-under-test.ts';

/** Whose things the blanks of paths stand for: by the names that the contract uses. */
export interface Blanks {
  readonly file_id: string;
  readonly session_id: string;
  readonly user_id: string;
  readonly invitation_id: string;
  readonly link: string;
  readonly share_id: string;
  readonly token: string;
  readonly upload_id: string;
  readonly version_id: string;
}
const json = (body: object): AskRequest => ({ body });
/** A step of a resumable upload; only the one that sends bytes has a body. */
export const tus = (headers: Readonly<Record<string, string>>, bytes: string | Buffer = ''): AskRequest => ({ rawBody: bytes, headers: { 'tus-resumable': '1.0.0', 'content-type': undefined, 'content-length': String(Buffer.byteLength(bytes)), ...headers } });

export const rightRequests: { readonly [N in HubCommand]: () => AskRequest } = {
  readHub: () => ({}),
  signUp: () => json({ email: 'new@hub.test', password }),
  logIn: () => json({ email: 'member@hub.test', password }),
  logInBrowser: () => json({ email: 'member@hub.test', password }),
  refreshBrowser: () => json({}),
  logOut: () => json({}),
  readMe: () => ({}),
  changePassword: () => json({ current_password: password, new_password: `${password} new` }),
  deleteMe: () => json({ current_password: 'not the right one', files: 'keep' }),
  askReset: () => json({ email: 'member@hub.test' }),
  resetPassword: () => json({ reset_code: 'a code that nobody has been given', new_password: `${password} new` }),
  listSessions: () => ({}),
  endSession: () => ({}),
  listUsers: () => ({}),
  changeUser: () => json({ disabled: true }),
  deleteUser: () => json({ files: 'keep' }),
  makeReset: () => json({}),
  listUserSessions: () => ({}),
  endUserSession: () => ({}),
  endUserSessions: () => ({}),
  listInvitations: () => ({}),
  makeInvitation: () => json({ email: 'guest@elsewhere.test' }),
  removeInvitation: () => ({}),
  migrateFiles: () => ({ body: {} }),
  listFailedLogins: () => ({}),
  readUsage: () => ({}),
  uploadFile: () => formOf('new.txt', 'new'),
  listFiles: () => ({}),
  listFolders: () => ({}),
  makeZip: () => json({ folder: '' }),
  readZip: () => ({}),
  listMobileFiles: () => ({}),
  readFile: () => ({}),
  downloadFile: () => ({}),
  readArchive: () => ({}),
  thawFile: () => json({}),
  listVersions: () => ({}),
  downloadVersion: () => ({}),
  restoreVersion: () => json({}),
  moveFile: () => json({ folder: 'elsewhere' }),
  copyFile: () => json({ folder: 'elsewhere' }),
  deleteFile: () => ({}),
  moveFolder: () => json({ folder: 'f', to: 'g' }),
  deleteFolder: () => json({ folder: 'f' }),
  restoreFolder: () => json({ folder: 'f' }),
  listTrash: () => ({}),
  emptyTrash: () => json({}),
  restoreFile: () => json({}),
  purgeFile: () => ({}),
  readUploadRules: () => ({}),
  writeUploadRules: () => json({ types: ['.txt'] }),
  readPreferences: () => ({}),
  writePreferences: () => json({ look: 'dark' }),
  makeShare: () => json({ folder: 'shared' }),
  listShares: () => ({}),
  removeShare: () => ({}),
  listShareUses: () => ({}),
  readShare: () => ({}),
  unlockShare: () => json({ password: 'of the link' }),
  listShared: () => ({}),
  downloadShared: () => ({}),
  uploadShared: () => formOf('new.txt', 'new'),
  readLink: () => ({}),
  startUpload: () => tus({ 'upload-length': '3', 'upload-metadata': `filename ${Buffer.from('new.txt').toString('base64')}` }),
  listUploads: () => ({}),
  readUpload: () => ({}),
  lookAtUpload: () => tus({}),
  sendUpload: () => tus({ 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }, 'new'),
  endUpload: () => tus({}),
  startSharedUpload: () => tus({ 'upload-length': '3', 'upload-metadata': `filename ${Buffer.from('new.txt').toString('base64')}` }),
  readSharedUpload: () => ({}),
  lookAtSharedUpload: () => tus({}),
  sendSharedUpload: () => tus({ 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }, 'new'),
  endSharedUpload: () => tus({}),
};
