/** What an attack plays on: people with and without rights, one member's things that must stay theirs, and every command made right. */
import { randomUUID } from 'node:crypto';
import { contract, type CommandRow } from '../../../shared/api/contract.ts';
import { hubContract } from '../../../shared/api/hub-contract.ts';
import type { HubCommand } from '../../app/hub-handlers.ts';
import { rightRequests, tus, type Blanks } from '../hub-requests.ts';
import { formOf } from '../hub-under-test.ts';
import type { AskRequest } from '../door-under-test.ts';
import type { Got, Sent, Target } from './target.ts';

export const password = 'a password of the tests';
export interface Actor {
  readonly id: number;
  readonly email: string;
  readonly token: string;
}
export interface Stage {
  readonly target: Target;
  /** Stands in every file of ann's: whoever reads it was let in. */
  readonly canary: string;
  readonly owner: Actor;
  /** Whose things are attacked. */
  readonly ann: Actor;
  readonly ben: Actor;
  readonly guest: Actor;
  readonly blanks: Blanks;
  /** A folder by link, without a password. */
  readonly openShare: string;
}
/** Whoever gets this answer got past every guard: the attacked hub lacks what the command works on. A command without a row must succeed. */
export const rightRefusals: Readonly<Partial<Record<HubCommand, { readonly status: number; readonly code: string }>>> = {
  migrateFiles: { status: 409, code: 'NO_COLD_STORE' },
};
export const hubRows = Object.entries(hubContract) as [HubCommand, CommandRow][];
export const allRows = Object.entries(contract) as [string, CommandRow][];

export function pathOf(row: CommandRow, blanks: Readonly<Record<string, string>>): string {
  return `/api/v1${row.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(blanks[name] ?? 'x'))}`;
}
export function sentOf(row: CommandRow, path: string, request: AskRequest, token: string | null): Sent {
  const body = request.rawBody ?? (request.body !== undefined ? JSON.stringify(request.body) : row.method === 'GET' || row.method === 'DELETE' ? undefined : '{}');
  return { method: row.method, path, body, headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...request.headers } };
}

export async function setStage(target: Target, setupCode: string | null): Promise<Stage> {
  const canary = `canary-${randomUUID()}`;
  const owner = await join(target, 'owner@attack.test', setupCode === null ? {} : { setup_code: setupCode });
  const [ann, ben, guest] = [await invited(target, owner, 'ann', 'member'), await invited(target, owner, 'ben', 'member'), await invited(target, owner, 'guest', 'guest')];
  const file = JSON.parse((await upload(target, ann, 'secret.txt', canary, 'private')).text) as { id: number; access_url: string };
  await upload(target, ann, 'shown.txt', 'shown', 'shared');
  const asAnn = (method: string, path: string, body?: object): Promise<Got> => as(target, ann, method, path, body);
  const share = JSON.parse((await asAnn('POST', '/api/shares', { file_id: file.id, password: 'of the link' })).text) as { id: number; token: string };
  const open = JSON.parse((await asAnn('POST', '/api/shares', { folder: 'shared' })).text) as { token: string };
  const sessions = JSON.parse((await asAnn('GET', '/api/auth/sessions')).text) as { sessions: { id: string }[] };
  const invitation = JSON.parse((await as(target, owner, 'POST', '/api/invitations', {})).text) as { id: number };
  return {
    target, canary, owner, ann, ben, guest, openShare: open.token,
    blanks: { file_id: String(file.id), session_id: sessions.sessions[0]?.id ?? '', user_id: String(ann.id), invitation_id: String(invitation.id), link: new URL(file.access_url).pathname.split('/').at(-1) ?? '', share_id: String(share.id), token: share.token, upload_id: await begun(target, ann.token, '/api/uploads'), version_id: await versionOf(target, ann, file.id) },
  };
}

export async function as(target: Target, actor: Actor | null, method: string, path: string, body?: object): Promise<Got> {
  return target.ask({ method, path, body: body === undefined ? (method === 'GET' || method === 'DELETE' ? undefined : '{}') : JSON.stringify(body), headers: actor === null ? {} : { authorization: `Bearer ${actor.token}` } });
}
export function upload(target: Target, actor: Actor, name: string, text: string, folder: string): Promise<Got> {
  const { rawBody, headers } = formOf(name, text, { folder });
  return target.ask({ method: 'POST', path: '/api/files/upload', body: rawBody, headers: { ...headers, authorization: `Bearer ${actor.token}` } });
}
export async function join(target: Target, email: string, more: object): Promise<Actor> {
  const made = await as(target, null, 'POST', '/api/auth/signup', { email, password, ...more });
  if (made.status !== 201) throw new Error(`${email} could not join: ${made.text}`);
  return logIn(target, email);
}
export async function invited(target: Target, owner: Actor, name: string, role: string): Promise<Actor> {
  const { invitation } = JSON.parse((await as(target, owner, 'POST', '/api/invitations', { role })).text) as { invitation: string };
  return join(target, `${name}@attack.test`, { invitation });
}
export async function logIn(target: Target, email: string): Promise<Actor> {
  const told = await as(target, null, 'POST', '/api/auth/login', { email, password });
  if (told.status !== 200) throw new Error(`${email} could not log in: ${told.text}`);
  const said = JSON.parse(told.text) as { access_token: string; user: { id: number } };
  return { id: said.user.id, email, token: said.access_token };
}

/** A resumable upload of three bytes that waits for them; its number. */
async function begun(target: Target, token: string | null, path: string): Promise<string> {
  const { rawBody, headers } = tus({ 'upload-length': '3', 'upload-metadata': `filename ${Buffer.from(`${randomUUID()}.txt`).toString('base64')}` });
  const told = await target.ask({ method: 'POST', path, body: rawBody, headers: { ...headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) } });
  return told.headers.location?.split('/').at(-1) ?? '';
}

/** The newest; where the bucket keeps none, what is there now. */
async function versionOf(target: Target, actor: Actor, fileId: number): Promise<string> {
  const { versions } = JSON.parse((await as(target, actor, 'GET', `/api/files/${fileId}/versions`)).text) as { versions: { version_id: string }[] };
  return versions[0]?.version_id ?? 'none';
}

/** The command made right, by whoever may, on things of its own that may be used up. Null where only a browser's cookie, a mail server or a code of somebody else would do. */
export async function madeRight(stage: Stage, name: HubCommand, row: CommandRow): Promise<Got | null> {
  const { target, owner } = stage;
  if (name === 'logInBrowser' || name === 'refreshBrowser' || name === 'askReset') return null;
  const actor = row.who === 'admin' ? owner : await invited(target, owner, `right-${randomUUID()}`, 'member');
  const own = row.who === 'admin' ? await invited(target, owner, `touched-${randomUUID()}`, 'member') : actor;
  const file = JSON.parse((await upload(target, actor, `${randomUUID()}.txt`, 'right', 'shared')).text) as { id: number; access_url: string };
  if (name === 'restoreFile' || name === 'purgeFile' || name === 'restoreFolder') await as(target, actor, 'DELETE', `/api/files/${file.id}`);
  const takesFiles = name === 'uploadShared' || name.endsWith('SharedUpload');
  const hasPassword = name === 'unlockShare';
  const share = JSON.parse((await as(target, actor, 'POST', '/api/shares', { ...(name === 'listShared' || takesFiles ? { folder: 'shared', mode: takesFiles ? 'upload' : 'view' } : { file_id: file.id }), ...(hasPassword ? { password: 'of the link' } : {}) })).text) as { id: number; token: string };
  const { sessions } = JSON.parse((await as(target, own, 'GET', '/api/auth/sessions')).text) as { sessions: { id: string }[] };
  const invitation = JSON.parse((await as(target, owner, 'POST', '/api/invitations', {})).text) as { id: number; invitation: string };
  const zip = JSON.parse((await as(target, actor, 'POST', '/api/folders/zip', { folder: '' })).text) as { url: string };
  const lastOf = (url: string): string => new URL(url).pathname.split('/').at(-1) ?? '';
  const blanks: Blanks = { file_id: String(file.id), session_id: sessions[0]?.id ?? '', user_id: String(own.id), invitation_id: String(invitation.id), link: lastOf(name === 'readZip' ? zip.url : file.access_url), share_id: String(share.id), token: share.token, upload_id: name.endsWith('SharedUpload') ? await begun(target, null, `/api/files/public/${share.token}/uploads`) : row.path.includes(':upload_id') ? await begun(target, actor.token, '/api/uploads') : '', version_id: row.path.includes(':version_id') ? await versionOf(target, actor, file.id) : '' };
  const body = await bodyFor(stage, name, { actor, invitation: invitation.invitation });
  return target.ask(sentOf(row, pathOf(row, { ...blanks }), body ?? rightRequests[name](), row.who === 'anyone' ? null : actor.token));
}

/** Where the usual request names somebody or something that is used up by now. */
async function bodyFor({ target, owner }: Stage, name: HubCommand, of: { readonly actor: Actor; readonly invitation: string }): Promise<AskRequest | null> {
  if (name === 'signUp') return { body: { email: `${randomUUID()}@attack.test`, password, invitation: of.invitation } };
  if (name === 'logIn') return { body: { email: of.actor.email, password } };
  if (name === 'deleteMe') return { body: { current_password: password, files: 'keep' } };
  if (name === 'moveFolder') return { body: { folder: 'shared', to: `to-${randomUUID()}` } };
  if (name === 'deleteFolder' || name === 'restoreFolder') return { body: { folder: 'shared' } };
  if (name !== 'resetPassword') return null;
  const { reset_code } = JSON.parse((await as(target, owner, 'POST', `/api/users/${of.actor.id}/reset`, {})).text) as { reset_code: string };
  return { body: { reset_code, new_password: `${password} new` } };
}
