/** An ApiClient that answers from a story; commands that change something answer as if they were done. */
import type { CallInputOf, CommandName, OutputOf, Row } from '../../shared/api/contract.ts';
import { ApiProblem, type ApiClient } from '../api/client.ts';
import * as sample from './sample-data.ts';
import type { Story } from './stories.ts';

export type Answers = { readonly [N in CommandName]?: (input: CallInputOf<N>) => OutputOf<N> };

const square = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 200"><rect width="320" height="200" fill="#9db4c8"/><path d="M0 200 90 90l60 60 60-90 110 140z" fill="#41566b"/><circle cx="250" cy="50" r="22" fill="#f3e3b3"/></svg>';
// A page with one square: small enough to read here, whole enough for the reader to draw.
const pdf = '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 260]/Contents 4 0 R>>endobj\n4 0 obj<</Length 34>>stream\n0.3 0.4 0.5 rg 40 60 120 140 re f \nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF';
const note = '# Notes\n\nBring the tripod.\nAsk Ben about the hut.\n';

function defaults(story: Story, theme: 'light' | 'dark'): Answers {
  const rows = story.rows ?? sample.rows();
  const count = story.rowCount ?? rows.length;
  const rowAt = (rank: number): Row => (story.rowCount === undefined ? rows[rank] ?? sample.numberedRow(rank) : sample.numberedRow(rank));
  const done = { undo: null };
  return {
    readStatus: () => story.status,
    readSharing: () => sample.sharingOff, startSharing: () => done, stopSharing: () => done,
    readSettings: () => ({ ...sample.settings, theme }),
    readTransfers: () => story.transfers ?? sample.idleTransfers,
    readNeedsYou: () => story.needs ?? sample.needs({}),
    readStorage: () => story.storage ?? sample.storage, readCost: () => sample.cost, readThaws: () => story.thaws ?? sample.thaws, changeThaws: () => ({ changed: 1 }), writePrices: () => ({ undo: 'undo-5' }),
    readTiers: () => sample.tiers, writeTiers: () => sample.tiers, previewTiers: () => sample.tierPlan, runTiers: () => sample.migration, previewThaw: () => sample.thawPlan, startThaw: () => ({ files: 14, bytes: 38_000_000_000, alreadyComing: 0, failed: 0 }),
    readRuns: () => ({ runs: [...(story.quiet === true ? [] : sample.runs)], next_cursor: null }),
    readLines: () => ({ lines: [...(story.quiet === true ? [] : sample.lines)], next_cursor: null }),
    readFolders: ({ folder }) => ({ folders: folder === '' ? rows.filter((row) => row.kind === 'folder').map((row) => ({ path: row.path, name: row.name, hasFolders: row.name === '2019' })) : [] }),
    openView: () => ({ viewId: 'view-1', count }),
    readRows: ({ from, to }) => ({ count, rows: Array.from({ length: Math.max(0, Math.min(Number(to), count) - Number(from)) }, (_, at) => rowAt(Number(from) + at)) }),
    findInView: ({ prefix }) => ({ rank: rows.find((row) => row.name.toLowerCase().startsWith(prefix.toLowerCase()))?.rank ?? null }),
    readEntry: ({ key }) => sample.details(rows.find((row) => row.key === key) ?? sample.numberedRow(0)),
    makeTicket: ({ key }) => ({ url: `/content/${key}` }),
    readAbout: () => ({ version: '0.1.0', licence: 'Not licensed for use by others', node: '24.21.0', dataDir: '/home/anna/.config/Strata', electron: null }),
    readDefaults: () => ({ folder: '/home/anna/Strata', address: 's3://strata?endpoint=http://127.0.0.1:9000', device: 'Laptop-Anna' }),
    browseFolders: () => ({ folder: '/home/anna', parent: '/home', folders: ['/home/anna/Documents', '/home/anna/Photos', '/home/anna/Work'] }),
    checkFolder: () => ({ usable: true, checks: [{ check: 'readable', outcome: 'ok', sentence: 'The folder can be read and written.', reason: null }, { check: 'room', outcome: 'ok', sentence: 'There is room: 120 GB are free.', reason: null }] }),
    testPlace: () => ({ place: 'minio.home', usable: true, checks: ['The place answers.', 'The keys are right.', 'It can be listed.', 'It can be written to.'].map((sentence) => ({ check: sentence, outcome: 'ok', sentence, reason: null })) }),
    readDoctor: () => ({ place: 'minio.home', usable: true, checks: [{ check: 'reachable', outcome: 'ok', sentence: 'The place answers.', reason: null }, { check: 'conditional', outcome: 'warning', sentence: 'Can’t refuse overwriting. Use one device at a time.', reason: null }] }),
    previewRoot: () => ({ ...sample.preview, folders: [...sample.placeFolders] }), readMap: () => sample.folderMap, readLifecycle: () => sample.lifecycle, writeLifecycle: () => sample.lifecycle, readRoom: () => sample.room, writeRoom: () => ({ ...sample.room, undo: 'undo-7' }), previewRoom: () => sample.roomPreview, readChosen: ({ folder }) => ({ choices: [{ folder: 'Video', here: false }, { folder: 'Photos/2019', here: false }], isLeaving: false, folders: sample.chosenFolders(folder ?? '') }), previewChosen: () => ({ leaveFiles: 1_204, leaveBytes: 18_200_000_000, comeFiles: 30, comeBytes: 410_000_000 }), writeChosen: () => ({ undo: 'undo-6', files: 0, bytes: 0, left: [], isLeaving: true }),
    readConflict: ({ conflictId }) => (conflictId === 'c2' ? sample.textSides : conflictId === 'c3' ? sample.pictureSides : sample.factSides),
    previewConflicts: () => sample.manyPreview, resolveConflicts: () => ({ undo: 'undo-3', settled: 2, left: 1 }),
    previewPutBack: () => sample.putBackPreview, putBack: () => ({ undo: 'undo-4', runId: 'run-9', restored: 2, beside: 1, left: 1 }),
    readCertificate: () => sample.certificate,
    makeBucket: () => ({ place: 'minio.home', usable: true, checks: [{ check: 'bucket', outcome: 'ok', sentence: 'The bucket is there.', reason: null }] }),
    readHoldRows: () => ({ paths: Array.from({ length: 312 }, (_, at) => `2019/Wedding/IMG_${String(at + 1).padStart(4, '0')}.jpg`), next_cursor: null }),
    writeSettings: (change) => ({ settings: { ...sample.settings, theme, ...change } as typeof sample.settings, undo: 'undo-1' }),
    evict: () => ({ files: 1, bytes: 2_400_000, left: [] }), fetchEntries: () => ({ files: 1, bytes: 2_400_000, left: [] }), pin: () => ({ files: 0, bytes: 0, left: [] }),
    pause: () => done, resume: () => done, syncNow: () => done, closeView: () => done, reveal: () => done, retryEntry: () => done, lookAgain: () => done, pairAgain: () => done, approveHold: () => done, refuseHold: () => done, resolveConflict: () => ({ undo: 'undo-2' }), undo: () => done,
  };
}

export function makeFakeClient(story: Story, theme: 'light' | 'dark'): ApiClient {
  const answers = { ...defaults(story, theme), ...story.answers };
  return {
    resolve: (url) => url,
    async call<N extends CommandName>(name: N, input: CallInputOf<N>): Promise<OutputOf<N>> {
      if (story.pending?.includes(name) === true) return await new Promise<never>(() => undefined);
      const answer = answers[name] as ((input: CallInputOf<N>) => OutputOf<N>) | undefined;
      if (answer === undefined) throw new ApiProblem(`The story does not answer ${name}.`, 'internal', 500);
      return answer(input);
    },
    content: async (url) => (url.endsWith('.md') ? new Blob([note], { type: 'text/plain' }) : url.endsWith('.pdf') ? new Blob([pdf], { type: 'application/pdf' }) : new Blob([square], { type: 'image/svg+xml' })),
  };
}
