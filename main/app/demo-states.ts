/** Recorded states for the gallery and the accessibility runs (`STRATA_DEMO_STATE=<name>`), only on an empty data dir: no real outage is needed, no real data is hidden. */
import type { NeedsYou, RootStatus, Status, Transfers } from '../../shared/api/contract.ts';
import { AppError } from '../base/app-error.ts';
import type { Core } from './core.ts';
import { reasonOf } from './reasons.ts';
import { sumProgress } from './progress.ts';

const at = Date.UTC(2026, 10, 20, 13, 2, 0);
const root: RootStatus = {
  id: 'demo', name: 'Photos', folder: '/home/anna/Photos', place: 'minio.home/photos', placeKind: 's3', libraryId: 'demo-library', kind: 'upToDate', paused: false, pausedUntilMs: null,
  reason: null, progress: null, files: 120_000, bytes: 380_000_000_000, waiting: 0, skipped: 3, failed: 0, conflicts: 0, held: 0, lastInStepAtMs: at,
};
const progress = { filesDone: 12, filesTotal: 340, bytesDone: 1_200_000_000, bytesTotal: 8_000_000_000, bytesPerSecond: 14_000_000, percent: 15, secondsLeft: 540 };
interface Demo { readonly text: string; readonly kind: Status['headline']['kind']; readonly suffix?: string; readonly root?: Partial<RootStatus>; readonly needsYou?: number; readonly needs?: Partial<NeedsYou> }

const demos: Readonly<Record<string, Demo>> = {
  checking: { kind: 'checking', text: 'Checking 84,000 of 120,000 files' },
  busy: { kind: 'syncing', text: 'Syncing 12 of 340 · about 9 minutes', root: { progress, waiting: 328 } },
  upToDate: { kind: 'upToDate', text: 'Up to date · 14:02' },
  empty: { kind: 'upToDate', text: 'Up to date · no files yet', root: { files: 0, bytes: 0 } },
  paused: { kind: 'paused', text: 'Paused until 16:00', root: { paused: true, pausedUntilMs: at + 7_080_000, waiting: 12 } },
  offline: { kind: 'offline', text: 'minio.home can’t be reached · changes wait here', root: { waiting: 4, reason: reasonOf('network_unreachable', { place: 'minio.home' }, at + 30_000) } },
  oneFails: {
    kind: 'upToDate', text: 'Up to date', suffix: '1 needs you', needsYou: 1, root: { failed: 1 },
    needs: { problems: [{ rootId: 'demo', key: 'a/b:c.txt', path: 'a/b:c.txt', state: 'cantSync', reason: reasonOf('name_unsupported'), attempts: 2 }], problemCount: 1 },
  },
  stopped: { kind: 'folderStopped', text: 'Photos is stopped: the keys were refused', root: { reason: reasonOf('keys_refused', { place: 'minio.home' }) } },
  held: {
    kind: 'upToDate', text: 'Up to date', suffix: '312 deletions wait for you', needsYou: 1, root: { held: 312 },
    needs: {
      holds: [{
        id: 'demo-hold', rootId: 'demo', rootName: 'Photos', kind: 'massDeletion', direction: 'here', rows: 312, ofRows: 1_204, examples: ['Photos/2019/beach.jpg', 'Photos/2019/boat.jpg'], sinceMs: at,
        reason: reasonOf('mass_deletion', { count: 312, where: 'in the bucket', elsewhere: 'here' }), canApprove: true, backCost: null,
      }],
    },
  },
  conflict: {
    kind: 'upToDate', text: 'Up to date', suffix: '1 conflict, both are kept', needsYou: 1, root: { conflicts: 1 },
    needs: {
      conflicts: [{ id: 'demo-conflict', rootId: 'demo', path: 'Report.docx', copyPath: 'Report (conflict, Laptop-Anna, 2026-11-20 14.02).docx', device: 'Laptop-Anna', atMs: at, copyHere: false, sizeBytes: 48_210, copySizeBytes: 48_877, changedAtMs: at, copyChangedAtMs: at }],
      conflictCount: 1,
    },
  },
};

/** Refused where anything real is set up: a recorded "Up to date" over real files would be a lie (I8). */
export function withDemoState(core: Core, demo: { readonly name: string | undefined; readonly isEmpty: boolean }): Core {
  if (demo.name === undefined || demo.name === '' || demo.name === 'firstRun') return core;
  const found = demos[demo.name];
  if (found === undefined) throw new AppError('bad_request', { detail: `STRATA_DEMO_STATE knows ${Object.keys(demos).join(', ')}` });
  if (!demo.isEmpty) throw new AppError('bad_request', { detail: 'STRATA_DEMO_STATE needs an empty data folder' });
  const shown: RootStatus = { ...root, ...found.root, kind: found.kind };
  const status: Status = {
    headline: { kind: found.kind, text: found.text, suffix: found.suffix ?? null }, needsYou: found.needsYou ?? 0, progress: sumProgress(shown.progress === null ? [] : [shown.progress]),
    roots: [shown], nextTryAtMs: shown.reason?.nextTryAtMs ?? null, device: 'Laptop-Anna',
  };
  const needsYou: NeedsYou = { holds: [], conflicts: [], problems: [], conflictCount: 0, problemCount: 0, ...found.needs };
  const transfers: Transfers = {
    progress: shown.progress, queued: shown.waiting, doneToday: 57, bytesUpToday: 1_900_000_000, bytesDownToday: 120_000_000, graph: { up: wave(14_000_000), down: wave(900_000) },
    running: shown.progress === null ? [] : [{ id: 'demo-1', rootId: 'demo', path: '2026/IMG_0231.jpg', direction: 'up', sizeBytes: 8_400_000, bytesDone: 3_100_000, bytesPerSecond: 2_400_000, secondsLeft: 3, startedAtMs: at }],
    limits: { upBytesPerSecond: 0, downBytesPerSecond: 0 }, lastChangeAtMs: at,
  };
  return { ...core, startSync: () => undefined, handlers: { ...core.handlers, readStatus: () => status, readNeedsYou: () => needsYou, readTransfers: () => transfers } };
}
function wave(height: number): number[] {
  return Array.from({ length: 60 }, (_, second) => Math.round(height * (0.8 + 0.2 * Math.sin(second / 5))));
}
