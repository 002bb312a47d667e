/** Makes everything a member's page works with, from the outside world handed in. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CallInputOf, CommandName, OutputOf } from '../../shared/api/contract.ts';
import { leastPartBytes } from '../../shared/upload-parts.ts';
import type { UploadRules } from '../../shared/upload-rules.ts';
import { say } from '../../shared/words/words.ts';
import { problemOf } from '../api/client.ts';
import type { HubClient, Sending } from '../api/hub-client.ts';
import type { HubFacts, Member } from '../api/hub-session.ts';
import type { Ui } from '../app/ui-context.tsx';
import { makeAnnouncer } from '../components/announcer.ts';
import { makeKeyRegistry } from '../keyboard/registry.ts';
import { makeNoticeStore } from '../stores/notice-store.ts';
import { makeHubRoute, type HubRouteStore } from './hub-route.ts';
import { makeLibraryStore, type LibraryItem, type LibraryStore } from './library-store.ts';
import { makeUploadStore, sumOf, type UploadStore } from './upload-store.ts';
import { deleteFolder, restoreFolder } from './whole-folders.ts';

export type Preferences = OutputOf<'readPreferences'>;
export type Look = Preferences['look'];
export interface HubState {
  readonly member: Member | null;
  /** The session ended under way: asked to log in over the page that stays as it is. */
  readonly loggingInAgain: boolean;
  readonly answers: boolean;
  readonly look: Look;
  /** As the hub keeps them; null until they were read. */
  readonly preferences: Preferences | null;
}
/** What an undo brings back. */
interface Gone {
  readonly files: number[];
  readonly folders: string[];
}
export interface HubApp {
  readonly ui: Ui;
  readonly client: HubClient;
  readonly facts: HubFacts;
  /** Before every link that is given to people. */
  readonly address: string;
  readonly state: StoreApi<HubState>;
  readonly route: HubRouteStore;
  readonly library: LibraryStore;
  readonly uploads: UploadStore;
  /** Gives a command and says what was done, or what stood in the way; null when it did not work. */
  act<N extends CommandName>(name: N, input: CallInputOf<N>, done: string | null): Promise<OutputOf<N> | null>;
  /** Into the trash, with a way back. */
  trash(items: readonly LibraryItem[]): Promise<void>;
  download(fileId: number): Promise<void>;
  /** With all below it, as one ZIP. */
  downloadFolder(folder: string): Promise<void>;
  enter(member: Member): void;
  leave(): Promise<void>;
  /** Here at once, and for every browser of this member. */
  prefer(change: Partial<Preferences>): Promise<void>;
  /** Whether the browser lets the page tell something while it is out of sight; asks its user where nothing was said yet. */
  readonly mayTell: (() => Promise<boolean>) | null;
  /** Somebody logged in again, or doesn't want to. */
  answerLogIn(isIn: boolean): void;
  /** Something in the library may have changed; false when the hub does not answer. */
  reread(): Promise<boolean>;
}
export interface HubAppParts {
  readonly facts: HubFacts;
  readonly address: string;
  readonly now: () => number;
  readonly mac: boolean;
  readonly routeAddress: string;
  readonly writeAddress: (address: string, how: 'push' | 'replace') => void;
  readonly look: Look;
  readonly keepLook: (look: Look) => void;
  readonly open: (url: string) => void;
  /** Null where the browser has no notices. */
  readonly notices?: { readonly ask: () => Promise<boolean>; readonly tellIfHidden: (text: string) => void };
  /** Made with what asks to log in again. */
  readonly makeClient: (askToLogIn: () => Promise<boolean>) => HubClient;
  readonly send?: Parameters<typeof makeUploadStore>[0]['send'];
}

export function makeHubApp(parts: HubAppParts): HubApp {
  const { facts, now } = parts;
  const state = createStore<HubState>(() => ({ member: null, loggingInAgain: false, answers: true, look: parts.look, preferences: null }));
  let answer: ((isIn: boolean) => void) | null = null;
  const client = parts.makeClient(() => {
    // Before anybody was in there is nothing to go on with.
    if (state.getState().member === null) return Promise.resolve(false);
    state.setState({ loggingInAgain: true });
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  const notices = makeNoticeStore();
  const library = makeLibraryStore(client);
  const uploads = makeUploadStore({ send: parts.send ?? ((sending) => sendFile(client, sending, parts.address, () => state.getState().member?.id ?? 0)), rules: () => readRules(client), mostBytes: facts.max_file_bytes, onStored: () => void library.reread(), now });
  const route = makeHubRoute(parts.routeAddress, parts.writeAddress);
  const act: HubApp['act'] = async (name, input, done) => {
    try {
      const said = await client.call(name, input);
      if (done !== null) notices.say(done);
      return said;
    } catch (reason) {
      const problem = problemOf(reason);
      notices.say(problem.noAnswer ? say('hub.noAnswer') : problem.message, { alert: true });
      return null;
    }
  };
  const prefer = async (change: Partial<Preferences>): Promise<void> => {
    const { preferences } = state.getState();
    state.setState({ ...(change.look === undefined ? {} : { look: change.look }), ...(preferences === null ? {} : { preferences: { ...preferences, ...change } }) });
    if (change.look !== undefined) parts.keepLook(change.look);
    const kept = await act('writePreferences', change, null);
    if (kept === null && preferences !== null) state.setState({ preferences, look: preferences.look });
  };
  route.subscribe(({ sort, descending }) => {
    const { preferences } = state.getState();
    if (preferences !== null && (preferences.sort !== sort || preferences.descending !== descending)) void prefer({ sort, descending });
  });
  let wasOpen = false;
  uploads.subscribe(({ uploads: list }) => {
    const sum = sumOf(list);
    if (wasOpen && sum.open === 0 && state.getState().preferences?.notify_uploads === true) parts.notices?.tellIfHidden(say('hub.upload.spokenDone', { stored: sum.stored, failed: sum.failed }));
    wasOpen = sum.open > 0;
  });
  const undo = async (token: string): Promise<void> => {
    const { files, folders } = JSON.parse(token) as Gone;
    for (const id of files) if (await act('restoreFile', { file_id: id }, null) === null) break;
    for (const folder of folders) await restoreFolder(client, folder).catch((reason: unknown) => notices.say(problemOf(reason).message, { alert: true }));
    notices.say(say('notice.undone'));
    await library.reread();
  };
  return {
    ui: { now, mac: parts.mac, notices, announcer: makeAnnouncer(now), keys: makeKeyRegistry(parts.mac), undo },
    client, facts, address: parts.address, state, library, uploads, act,
    route, prefer, mayTell: parts.notices?.ask ?? null,
    async trash(items) {
      library.hide(new Set(items.map(({ key }) => key)));
      const gone: Gone = { files: [], folders: [] };
      let [done, failed, why] = [0, 0, ''];
      for (const item of items) {
        try {
          const outcome = item.kind === 'file' ? await client.call('deleteFile', { file_id: item.id }).then(() => ({ done: 1, failed: 0, why })) : await deleteFolder(client, item.path);
          [done, failed, why] = [done + outcome.done, failed + outcome.failed, outcome.why];
          if (item.kind === 'file') gone.files.push(item.id);
          else gone.folders.push(item.path);
        } catch (reason) {
          [failed, why] = [failed + (item.kind === 'file' ? 1 : item.files), problemOf(reason).message];
        }
      }
      if (done > 0) notices.say(say('hub.files.trashed', { count: done, name: items[0]?.name ?? '' }), { undo: JSON.stringify(gone) });
      if (failed > 0) notices.say(say('hub.files.notAll', { count: failed, why }), { alert: true });
      await library.reread();
    },
    async download(fileId) {
      const file = await act('readFile', { file_id: fileId }, null);
      if (file !== null) parts.open(file.access_url);
    },
    async downloadFolder(folder) {
      const made = await act('makeZip', { folder }, null);
      if (made !== null) parts.open(made.url);
    },
    enter(member) {
      state.setState({ member });
      // Without them the page is as it was here before.
      void client.call('readPreferences', {}).then((preferences) => {
        state.setState({ preferences, look: preferences.look });
        parts.keepLook(preferences.look);
        if (!new URLSearchParams(parts.routeAddress).has('sort')) route.go({ sort: preferences.sort, descending: preferences.descending }, 'replace');
      }, () => undefined);
    },
    async leave() {
      await client.logOut();
      state.setState({ member: null, loggingInAgain: false });
    },
    answerLogIn(isIn) {
      state.setState({ loggingInAgain: false, ...(isIn ? {} : { member: null }) });
      answer?.(isIn);
      answer = null;
    },
    async reread() {
      await library.reread();
      return library.getState().problem?.noAnswer !== true;
    },
  };
}

/** What fits one part goes at once; what is larger goes on where it stopped. */
async function sendFile(client: HubClient, sending: Sending, address: string, whose: () => number): Promise<void> {
  if (sending.file.size <= leastPartBytes) return client.sendForm(sending);
  const { sendResumably } = await import('./resume.ts');
  await sendResumably(client, sending, { endpoint: `${address}/api/v1/uploads`, whose: `member ${whose()}`, read: (upload_id) => client.call('readUpload', { upload_id }), begun: (file, name, folder) => begunUpload(client, file, name, folder) });
}

/** The same name, place, size and time: then it is the same file, whichever browser began with it. */
async function begunUpload(client: HubClient, file: File, name: string, folder: string): Promise<string | null> {
  const { uploads } = await client.call('listUploads', {});
  const found = uploads.find((one) => one.state === 'receiving' && one.filename === name.normalize('NFC') && one.folder === folder && one.size === file.size && one.modified === file.lastModified);
  return found === undefined ? null : `/api/v1/uploads/${found.upload_id}`;
}

async function readRules(client: HubClient): Promise<UploadRules> {
  const rules = await client.call('readUploadRules', {});
  return { leastBytes: rules.least_bytes, mostBytes: rules.most_bytes, types: rules.types, namePattern: rules.name_pattern };
}
