/** Every screen in every state of ui.md §2.3 as a story: what the service says, and where the user is. */
import type { CommandName, NeedsYou, Row, Status, Storage, Thaws, Transfers } from '../../shared/api/contract.ts';
import type { Connection } from '../api/live.ts';
import type { Route } from '../stores/route-store.ts';
import type { Answers } from './fake-client.ts';
import * as sample from './sample-data.ts';
import { busy, hold, nowMs, photos, reason, rows, status, work } from './sample-data.ts';

export interface Story {
  readonly name: string;
  /** The first story of a screen is also shown in dark, on a phone, at 320 px and in forced colours. */
  readonly screen: string;
  readonly status: Status;
  readonly route?: Partial<Route>;
  readonly connection?: Connection;
  readonly rows?: readonly Row[];
  readonly rowCount?: number;
  readonly transfers?: Transfers;
  readonly needs?: NeedsYou;
  readonly storage?: Storage;
  readonly thaws?: Thaws;
  readonly quiet?: boolean;
  readonly answers?: Answers;
  readonly pending?: readonly CommandName[];
  /** Keys the script presses once the story is there. */
  readonly press?: readonly string[];
  /** Buttons the script clicks before that, each the first whose name begins so. */
  readonly click?: readonly string[];
  readonly notices?: readonly (readonly [string, { readonly undo?: string }])[];
  readonly noSession?: boolean;
}

const fine = status('upToDate', 'Up to date · 14:02');
const offline = reason('network_unreachable', { place: 'minio.home' }, 'tryNow', nowMs + 30_000);
const keysRefused = reason('keys_refused', { place: 'minio.home' }, 'enterKeys');
const stopped = { ...photos, kind: 'folderStopped' as const, reason: keysRefused };
const syncing = status('syncing', 'Syncing 12 of 340 · about 9 minutes', { progress: busy });
const paused = status('paused', 'Paused until 16:00', { roots: [{ ...photos, paused: true, kind: 'paused' }, work] });
const away = status('offline', 'minio.home can’t be reached · changes wait here', { nextTryAtMs: nowMs + 30_000 });
const firstRun = status('firstRun', 'Choose a folder to begin', { roots: [] });
const cantSync = reason('file_unreadable', {}, 'tryNow');

type Part = Omit<Story, 'name' | 'screen'>;
const tell = (screen: string, route: Partial<Route>, parts: Readonly<Record<string, Part>>): Story[] => Object.entries(parts).map(([state, part]) => ({ ...part, name: `${screen}/${state}`, screen, route: { ...route, ...part.route } }));

export const stories: readonly Story[] = [
  ...tell('files', {}, {
    busy: { status: syncing, transfers: sample.busyTransfers, rows: rows({ 'Report.docx': { state: 'uploading', percent: 42, tier: null }, 'IMG_2041.jpg': { state: 'waiting', tier: null }, 'IMG_2042.jpg': { state: 'waiting', tier: null }, 'Contract.pdf': { state: 'downloading', percent: 8, residency: 'notOnDisk' }, 'Trip.gpx': { state: 'moving' }, 'notes.md': { state: 'tryingAgain', reason: reason('file_busy', {}, 'tryNow', nowMs + 120_000) } }) },
    'up-to-date': { status: fine, route: { entry: 'IMG_2041.jpg' } },
    pdf: { status: fine, route: { entry: 'Contract.pdf' } },
    text: { status: fine, route: { entry: 'notes.md' } },
    empty: { status: status('upToDate', 'Up to date · no files yet', { roots: [{ ...photos, files: 0, bytes: 0 }] }), rows: [] },
    checking: { status: status('checking', 'Checking 84,000 of 120,000 files', { progress: { ...busy, filesDone: 84_000, filesTotal: 120_000, percent: 70, secondsLeft: null } }), rows: rows({ 'notes.md': { state: 'checking' }, 'Report.docx': { state: 'checking' } }) },
    paused: { status: paused, rows: rows({ 'Report.docx': { state: 'paused', tier: null } }) },
    offline: { status: away, rows: rows({ 'Report.docx': { state: 'offline', reason: offline }, 'notes.md': { state: 'waiting' } }) },
    'one-file-fails': { status: status('upToDate', 'Up to date', { suffix: '1 needs you', needsYou: 1 }), rows: rows({ 'Report.docx': { state: 'cantSync', reason: cantSync }, '2019': { state: 'skipped', reason: reason('is_ignored', { pattern: '.strataignore' }, null) } }), route: { entry: 'Report.docx' } },
    'folder-fails': { status: status('folderStopped', 'Photos is stopped: the keys were refused', { roots: [stopped, work], needsYou: 1 }) },
    held: { status: status('upToDate', 'Up to date', { suffix: '312 deletions wait for you', needsYou: 1 }), rows: rows({ '2019': { state: 'waitingForYou' } }) },
    conflict: { status: status('upToDate', 'Up to date', { suffix: '1 conflict, both are kept', needsYou: 1 }), rows: rows({ 'Report.docx': { state: 'conflict' } }), route: { entry: 'Report.docx' } },
    'coming-back': { status: status('upToDate', 'Up to date · 14 files on the way from the archive'), rows: rows({ 'Interview raw.wav': { state: 'downloading', percent: 30 } }), route: { entry: 'Interview raw.wav' } },
    'service-lost': { status: fine, connection: 'lost' },
    'search-none': { status: fine, rows: [], route: { search: 'abc' } },
    loading: { status: fine, pending: ['readRows'] },
    million: { status: fine, rowCount: 1_000_000 },
    notice: { status: fine, notices: [['Conflict settled.', { undo: 'undo-2' }]] },
  }),
  ...tell('transfers', { screen: 'transfers' }, {
    busy: { status: syncing, transfers: sample.busyTransfers },
    idle: { status: fine },
    paused: { status: paused },
    offline: { status: away },
  }),
  ...tell('activity', { screen: 'activity' }, { list: { status: fine }, empty: { status: fine, quiet: true } }),
  ...tell('needs-you', { screen: 'needsYou' }, {
    all: { status: status('upToDate', 'Up to date', { suffix: '6 need you', needsYou: 6 }), needs: sample.needs({ holds: [hold], conflicts: [sample.conflict], problems: [...sample.problems] }) },
    'root-missing': { status: status('folderStopped', 'Work is stopped: the folder is not there', { needsYou: 2 }), needs: sample.needs({ holds: [sample.rootGone, sample.otherBucket] }) },
    'archived-rename': { status: status('upToDate', 'Up to date', { suffix: '14 files wait for you', needsYou: 1 }), needs: sample.needs({ holds: [sample.renameHold] }) },
    empty: { status: fine },
  }),
  ...tell('storage', { screen: 'storage' }, {
    layers: { status: fine }, empty: { status: fine, storage: { places: [], trashBytes: 0 } }, 'nothing-coming-back': { status: fine, thaws: { thaws: [], files: 0, comingFiles: 0, comingBytes: 0, price: 0, currency: null } },
    map: { status: fine, click: ['Map of folders'] }, 'what-if': { status: fine, click: ['What if'] }, lifecycle: { status: fine, click: ['Rules of the bucket'] }, room: { status: fine, click: ['Change what leaves'] }, plan: { status: fine, click: ['Show what would move'] }, prices: { status: fine, click: ['Change prices'] },
    'coming-back': { status: fine, storage: { trashBytes: 0, places: sample.storage.places.map((place) => ({ ...place, topFolders: [] })) }, answers: { readCost: () => ({ places: [] }) } }, rules: { status: fine, click: ['Change rules'] },
  }),
  ...tell('settings', { screen: 'settings' }, { all: { status: status('folderStopped', 'Photos is stopped: the keys were refused', { roots: [stopped, work], needsYou: 1 }) },
    sharing: { status: fine, click: ['Share on my network…'] }, shared: { status: fine, answers: { readSharing: () => sample.sharingOn } }, 'port-taken': { status: fine, answers: { readSharing: () => ({ ...sample.sharingOff, ownerEmail: 'anna@example.org', problem: { code: 'port_taken', sentence: 'Another program uses 0.0.0.0:8643 already. Choose another port.' } }) } },
    'choose-folders': { status: fine, click: ['Choose folders of Photos', 'Show what is in Photos'] } }),
  ...tell('first-run', {}, {
    ready: { status: firstRun }, 'choose-folders': { status: firstRun, click: ['Choose which folders', 'Show what is in Photos'] },
    place: { status: firstRun, answers: { testPlace: () => ({ place: '127.0.0.1:9000', usable: false, checks: [{ check: 'reachable', outcome: 'ok', sentence: 'The place answers.', reason: null }, { check: 'keys', outcome: 'problem', sentence: 'The keys were refused by 127.0.0.1:9000. Nothing was changed. Enter the right keys.', reason: keysRefused }, { check: 'write', outcome: 'notTried', sentence: 'Writing was not tried.', reason: null }] }) } },
    'no-bucket': { status: firstRun, answers: { testPlace: () => ({ place: '127.0.0.1:9000', usable: false, checks: [{ check: 'reachable', outcome: 'ok', sentence: 'The place answers.', reason: null }, { check: 'keys', outcome: 'ok', sentence: 'The keys are right.', reason: null }, { check: 'bucket', outcome: 'problem', sentence: 'The bucket strata does not exist at 127.0.0.1:9000. Check its name, or create it.', reason: reason('bucket_missing', { bucket: 'strata', place: '127.0.0.1:9000' }, 'makeBucket') }, { check: 'write', outcome: 'notTried', sentence: 'Not tried.', reason: null }] }) } },
    'unknown-certificate': { status: firstRun, click: ['Look at its certificate'], answers: { testPlace: () => ({ place: 'nas.home:9000', usable: false, checks: [{ check: 'reachable', outcome: 'ok', sentence: 'The place answers.', reason: null }, { check: 'certificate', outcome: 'problem', sentence: 'The certificate of nas.home:9000 is not known. Check its fingerprint and trust it, or use the right address.', reason: reason('tls_untrusted', { place: 'nas.home:9000' }, 'trustCertificate') }, { check: 'write', outcome: 'notTried', sentence: 'Writing was not tried.', reason: null }] }) } },
    folder: { status: firstRun, answers: { checkFolder: () => ({ usable: false, checks: [{ check: 'readable', outcome: 'ok', sentence: 'The folder can be read.', reason: null }, { check: 'nested', outcome: 'problem', sentence: 'Photos lies inside Documents, which is synced already. Choose another folder.', reason: null }] }) } },
  }),
  ...tell('more', { screen: 'more' }, { list: { status: fine } }),
  ...tell('session', {}, { none: { status: fine, noSession: true } }),
  ...tell('palette', {}, { open: { status: fine, press: ['Control+k'] } }),
  ...tell('shortcuts', {}, { open: { status: fine, press: ['?'] } }),
  ...tell('conflict', { screen: 'needsYou' }, {
    text: { status: fine, needs: sample.needs({ conflicts: [sample.noteConflict] }), click: ['Compare'] },
    picture: { status: fine, needs: sample.needs({ conflicts: [sample.pictureConflict] }), click: ['Compare'] },
    facts: { status: fine, needs: sample.needs({ conflicts: [sample.conflict] }), click: ['Compare'] },
    many: { status: fine, needs: sample.needs({ conflicts: [sample.conflict, sample.noteConflict, sample.pictureConflict] }), click: ['Settle many…'] },
  }),
  ...tell('put-back', { screen: 'activity' }, { preview: { status: fine, click: ['Put back'] } }),
  ...tell('hold-list', { screen: 'needsYou' }, { open: { status: fine, needs: sample.needs({ holds: [hold] }), press: ['Tab', 'Enter'] } }),
];
