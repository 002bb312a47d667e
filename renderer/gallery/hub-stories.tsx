/** The members' page as stories: every screen from recorded answers, without a hub. */
import type { ReactNode } from 'react';
import type { CallInputOf, CommandName, OutputOf } from '../../shared/api/contract.ts';
import { ApiProblem } from '../api/client.ts';
import type { HubClient, Sending } from '../api/hub-client.ts';
import type { HubFacts, Member } from '../api/hub-session.ts';
import type { Brought } from '../hub/entry-screen.tsx';
import { makeHubApp } from '../hub/hub-app.ts';
import { HubPage } from '../hub/hub-page.tsx';
import { PublicLink } from '../hub/public-link.tsx';
import { nowMs } from './sample-data.ts';

type Answers = { readonly [N in CommandName]?: (input: CallInputOf<N>) => OutputOf<N> };
export interface HubStory {
  readonly name: string;
  readonly screen: string;
  readonly press?: readonly string[];
  readonly click?: readonly string[];
  /** Null is nobody: the way in. */
  readonly member?: Member | null;
  readonly facts?: Partial<HubFacts>;
  readonly brought?: Brought;
  readonly at?: string;
  readonly answers?: Answers;
  readonly uploads?: boolean;
  readonly link?: boolean;
  readonly again?: boolean;
  readonly select?: boolean;
}

const iso = (hoursAgo: number): string => new Date(nowMs - hoursAgo * 3_600_000).toISOString();
const anna: Member = { id: 1, email: 'anna@example.org', role: 'owner' };
const file = (id: number, filename: string, bytes: number, hoursAgo: number, cold = false): OutputOf<'readFile'> => ({
  id, filename, original_filename: filename, file_size: bytes, storage_location: cold ? 's3' : 'minio', access_url: '', uploaded_at: iso(hoursAgo), synced_at: cold ? iso(1) : null,
  folder: '', content_type: filename.endsWith('.pdf') ? 'application/pdf' : 'image/jpeg', etag: 'e', created_at: iso(hoursAgo), updated_at: iso(hoursAgo),
});
const files = [file(1, 'Contract for the house, signed by everybody and scanned.pdf', 2_400_000, 2), file(2, 'Grandmother in the garden.jpg', 4_810_000, 30, true), file(3, 'Letter to the insurance.odt', 38_400, 200), file(4, 'Recipes.md', 912, 1), file(5, 'Trip to the coast.gpx', 1_204_000, 9000, true)];
const session = (id: string, device: string, hoursAgo: number, current = false): OutputOf<'listSessions'>['sessions'][number] => ({ id, kind: 'program', device, address: '192.168.1.20', created_at: iso(90), last_seen_at: iso(hoursAgo), expires_at: iso(-20), current });
const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';
const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19 Mobile Safari/604';

const openNow = { storage_class: 'GLACIER', readable_until: null, speed: null, expected_from: null, expected_to: null, speeds: [] };
const oneCold: Answers = { listFolders: () => ({ folders: [] }), listFiles: () => ({ files: [{ ...file(9, 'Film of the wedding.zip', 4_810_000_000, 9000, true), content_type: 'application/zip' }], next_cursor: null }) };
const usual: Answers = {
  listFolders: ({ folder }) => ({ folders: folder === '' ? [{ name: 'Letters', path: 'Letters', files: 42, bytes: 8_120_000 }, { name: 'Photos 2026', path: 'Photos 2026', files: 1204, bytes: 5_300_000_000 }] : [] }),
  listFiles: ({ search }) => ({ files: files.filter(({ filename }) => search === undefined || filename.toLowerCase().includes(search)), next_cursor: null }),
  readFile: () => files[0] as OutputOf<'readFile'>,
  listVersions: () => ({ versions: [{ version_id: 'c', file_size: 2_400_000, etag: 'c', changed_at: iso(2), current: true }, { version_id: 'b', file_size: 2_310_000, etag: 'b', changed_at: iso(26), current: false }, { version_id: 'a', file_size: 1_904_000, etag: 'a', changed_at: iso(700), current: false }] }),
  readArchive: () => ({ ...openNow, state: 'readable' }),
  listTrash: () => ({ files: files.slice(2, 4).map(({ access_url: _, ...rest }) => ({ ...rest, deleted_at: iso(3) })), next_cursor: null }),
  listShares: () => ({ shares: [
    { id: 1, file_id: 1, folder: null, mode: 'view', has_password: true, expires_at: iso(-100), most_downloads: 5, downloads: 2, created_at: iso(5) },
    { id: 2, file_id: null, folder: 'Letters', mode: 'upload', has_password: false, expires_at: null, most_downloads: null, downloads: 0, created_at: iso(50) },
  ] }),
  makeShare: () => ({ id: 3, file_id: 1, folder: null, mode: 'view', has_password: false, expires_at: null, most_downloads: null, downloads: 0, created_at: iso(0), token: 'x'.repeat(32), url: '' }),
  listSessions: () => ({ sessions: [session('a', chrome, 0, true), session('b', phone, 5), session('c', 'curl/8.5.0', 70)] }),
  readMe: () => ({ id: 1, email: anna.email, role: 'owner', created_at: iso(900), disabled_at: null, leaving: false, quota_bytes: 10_000_000_000, used_bytes: 5_420_000_000 }),
  readPreferences: () => ({ look: 'system', sort: 'name', descending: false, notify_uploads: true, mail_new_device: true }),
  listShareUses: () => ({ uses: [{ at: iso(1), address: '192.168.1.31', what: 'download Contract for the house, signed by everybody and scanned.pdf' }, { at: iso(1.2), address: '192.168.1.31', what: 'unlock' }, { at: iso(30), address: '203.0.113.7', what: 'wrong password' }, { at: iso(200), address: '203.0.113.7', what: 'upload Plan.pdf' }] }),
  listUploads: () => ({ uploads: [] }),
  readUploadRules: () => ({ least_bytes: null, most_bytes: 50_000_000, types: ['.pdf', 'image/'], name_pattern: null }),
  listUsers: () => ({ users: [
    { id: 1, email: anna.email, role: 'owner', created_at: iso(900), disabled_at: null, leaving: false, quota_bytes: null, files: 1251, bytes: 5_308_000_000, used_bytes: 5_420_000_000 }, { id: 2, email: 'ben@example.org', role: 'member', created_at: iso(300), disabled_at: null, leaving: false, quota_bytes: 1_000_000_000, files: 12, bytes: 81_000_000, used_bytes: 93_000_000 },
    { id: 3, email: 'somebody.with.a.very.long.address@department.example.org', role: 'guest', created_at: iso(100), disabled_at: iso(2), leaving: false, quota_bytes: null, files: 0, bytes: 0, used_bytes: 0 },
  ], next_cursor: null }),
  listInvitations: () => ({ invitations: [{ id: 1, email: 'carla@example.org', role: 'member', created_at: iso(3), expires_at: iso(-160), used_at: null }] }),
  listFailedLogins: () => ({ failures: [{ account: 'ben@example.org', address: '192.168.1.31', at: iso(4) }], locked: [{ kind: 'account', who: 'ben@example.org', until: iso(-0.1) }] }),
  readUsage: () => ({ usage: [{ day: '2026-11-21', user_id: 1, email: anna.email, files: 14, bytes: 38_200_000 }, { day: '2026-11-21', user_id: 2, email: 'ben@example.org', files: 1, bytes: 912 }, { day: '2026-11-19', user_id: 2, email: 'ben@example.org', files: 11, bytes: 81_000_000 }] }),
  listUserSessions: () => ({ sessions: [session('d', phone, 5), session('e', 'curl/8.5.0', 70)] }),
  readShare: () => ({ kind: 'folder', mode: 'view', name: 'Photos 2026', file_size: null, content_type: null, may_preview: true, expires_at: iso(-30) }),
  listShared: () => ({ files: files.slice(0, 3).map(({ filename, file_size, content_type, uploaded_at }) => ({ path: filename, filename, file_size, content_type, uploaded_at })), next_cursor: null }),
};

function fakeClient(story: HubStory): HubClient {
  const answers = { ...usual, ...story.answers };
  const call = async <N extends CommandName>(name: N, input: CallInputOf<N>): Promise<OutputOf<N>> => {
    const answer = answers[name] as ((input: CallInputOf<N>) => OutputOf<N>) | undefined;
    if (answer === undefined) throw new ApiProblem(`The story does not answer ${name}.`, 'internal', 500);
    return answer(input);
  };
  return { call, callOpenly: call, sendForm: sendPart, content: () => Promise.resolve(new Blob(['Bring the tripod.\nAsk Ben about the hut.\n'])), headers: () => ({}), renew: () => Promise.resolve(false), credential: () => null, logIn: () => Promise.resolve(anna), logOut: () => Promise.resolve() };
}
/** One stays under way, one name is taken. */
function sendPart({ name, file: { size }, onProgress }: Sending): Promise<void> {
  if (name.startsWith('Recipes')) return Promise.reject(new ApiProblem('There is a file of that name in that folder already. Choose another name.', 'NAME_TAKEN', 409));
  onProgress(size * 0.4);
  return name.endsWith('.pdf') ? new Promise(() => undefined) : Promise.resolve();
}

const refused = (code: string, status: number) => (): never => {
  throw new ApiProblem('This link needs its password.', code, status);
};
const none = { files: [], next_cursor: null };
export const hubStories: readonly HubStory[] = [
  { name: 'hub-files/list', screen: 'hub-files' },
  { name: 'hub-files/selected', screen: 'hub-files', select: true },
  { name: 'hub-files/details', screen: 'hub-files', click: ['Details'] },
  { name: 'hub-files/archived', screen: 'hub-files', click: ['Details'], answers: { ...oneCold, readArchive: () => ({ ...openNow, state: 'archived', speeds: [{ speed: 'standard', from_seconds: 10_800, to_seconds: 18_000 }, { speed: 'bulk', from_seconds: 18_000, to_seconds: 43_200 }] }) } },
  { name: 'hub-files/coming', screen: 'hub-files', click: ['Details'], answers: { ...oneCold, readArchive: () => ({ ...openNow, state: 'coming', speed: 'standard', expected_from: iso(-3), expected_to: iso(-5) }) } },
  { name: 'hub-files/empty', screen: 'hub-files', answers: { listFiles: () => none, listFolders: () => ({ folders: [] }) } },
  { name: 'hub-files/kind-none', screen: 'hub-files', at: '?kind=audio', answers: { listFiles: () => none } },
  { name: 'hub-files/search-none', screen: 'hub-files', at: '?search=zzz' },
  { name: 'hub-files/uploads', screen: 'hub-files', uploads: true },
  { name: 'hub-files/unfinished', screen: 'hub-files', answers: { listUploads: () => ({ uploads: [{ upload_id: 'x'.repeat(32), filename: 'A film of the summer by the sea.mp4', folder: 'Films', state: 'receiving', offset: 620_000_000, size: 1_500_000_000, modified: null, expires_at: iso(-100), file_id: null, error_code: null, detail: null }] }) } },
  { name: 'hub-files/no-answer', screen: 'hub-files', answers: { listFiles: () => { throw new ApiProblem('', 'not_running', 0); } } },
  { name: 'hub-files/guest', screen: 'hub-files', member: { ...anna, role: 'guest' } },
  { name: 'hub-trash/list', screen: 'hub-trash', at: '?at=trash' },
  { name: 'hub-trash/emptying', screen: 'hub-trash', at: '?at=trash', click: ['Empty the trash…'] },
  { name: 'hub-links/list', screen: 'hub-links', at: '?at=links' },
  { name: 'hub-links/uses', screen: 'hub-links', at: '?at=links', click: ['Uses… Contract for the house'] },
  { name: 'hub-profile/all', screen: 'hub-profile', at: '?at=profile' },
  { name: 'hub-members/all', screen: 'hub-members', at: '?at=members' },
  { name: 'hub-members/room', screen: 'hub-members', at: '?at=members', click: ['Room… ben@example.org'] },
  { name: 'hub-members/remove', screen: 'hub-members', at: '?at=members', click: ['Remove… ben@example.org'] },
  { name: 'hub-members/sessions', screen: 'hub-members', at: '?at=members', click: ['Sessions… ben@example.org'] },
  { name: 'hub-again/asked', screen: 'hub-again', again: true },
  { name: 'hub-entry/log-in', screen: 'hub-entry', member: null },
  { name: 'hub-entry/first', screen: 'hub-entry', member: null, facts: { first_account: true, needs_setup_code: true } },
  { name: 'hub-entry/forgot', screen: 'hub-entry', member: null, click: ['Forgot your password?'] },
  { name: 'hub-entry/invited', screen: 'hub-entry', member: null, brought: { invitation: 'an-invitation-of-the-story' } },
  { name: 'hub-link/folder', screen: 'hub-link', link: true },
  { name: 'hub-link/shown', screen: 'hub-link', link: true, answers: { readShare: () => ({ kind: 'file', mode: 'view', name: 'Recipes.md', file_size: 912, content_type: 'text/plain', may_preview: true, expires_at: null }) }, click: ['Show Recipes.md'] },
  { name: 'hub-link/locked', screen: 'hub-link', link: true, answers: { readShare: refused('SHARE_LOCKED', 401) } },
];

export function drawHubStory(story: HubStory, theme: 'light' | 'dark'): ReactNode {
  document.documentElement.dataset['theme'] = theme;
  const client = fakeClient(story);
  if (story.link === true) return <PublicLink client={client} token={'x'.repeat(32)} />;
  const hub = makeHubApp({
    facts: { first_account: false, needs_setup_code: false, sign_up: 'invite', cookies: false, mail: true, max_file_bytes: 104_857_600, ...story.facts }, address: 'https://hub.example.org',
    now: () => nowMs, mac: false, routeAddress: story.at ?? '', writeAddress: () => undefined, look: theme, keepLook: () => undefined, open: () => undefined, makeClient: () => client,
  });
  if (story.member !== null) hub.enter(story.member ?? anna);
  if (story.uploads === true) hub.uploads.add(['Contract.pdf', 'Recipes.pdf', 'A picture that is on its way.jpg', 'song.mp3'].map((name) => ({ file: new File(['x'.repeat(9000)], name), folder: '' })), '');
  if (story.select === true) {
    const stop = hub.library.subscribe(({ items }) => {
      if (items === null) return;
      stop();
      hub.library.select(new Set(items.filter(({ kind }) => kind === 'file').slice(0, 3).map(({ key }) => key)));
    });
  }
  if (story.again === true) hub.state.setState({ loggingInAgain: true });
  return <HubPage hub={hub} brought={story.brought ?? {}} />;
}
