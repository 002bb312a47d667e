/** The one computation of how everything is doing; window, tray, phone and command line only print it. Pure. */
import type { Progress, RootStatus, Status } from '../../shared/api/contract.ts';
import { headlineKinds, type HeadlineKind } from '../../shared/model/states.ts';
import { say } from '../../shared/words/words.ts';
import type { RootRecord } from '../sync/index-port.ts';
import type { EngineState } from '../sync/root-engine.ts';
import type { RootCounts } from './ports.ts';
import { sumProgress } from './progress.ts';
import { reasonOfError } from './reasons.ts';
import { aboutTime, clockTime, whyStopped } from './status-words.ts';

export interface RootInputs {
  readonly record: RootRecord;
  readonly place: string;
  readonly placeKind: 's3' | 'folder';
  /** Null: nothing was started in this process (a command looks at an idle data dir). */
  readonly engine: EngineState | null;
  readonly counts: RootCounts;
  readonly sizes: { readonly files: number; readonly bytes: number };
  /** Waiting holds other than mass changes: identity and incomplete observations. */
  readonly otherHolds: number;
  readonly progress: Progress | null;
}
export interface StatusInputs {
  readonly device: string;
  readonly nowMs: number;
  readonly roots: readonly RootInputs[];
}

export function computeStatus(inputs: StatusInputs): Status {
  const roots = inputs.roots.map((root) => rootStatus(root, inputs.nowMs));
  const kind = headlineKind(roots);
  const progress = sumProgress(roots.flatMap((root) => (root.progress === null ? [] : [root.progress])));
  const needs = needsOf(inputs.roots);
  const suffix = suffixOf(needs);
  const text = headlineText({ kind, roots, inputs: inputs.roots, progress, nowMs: inputs.nowMs, hasSuffix: suffix !== null });
  const nextTries = inputs.roots.flatMap((root) => (root.engine?.nextTryAtMs == null ? [] : [root.engine.nextTryAtMs]));
  return {
    headline: { kind, text, suffix }, needsYou: needs.total, progress, roots,
    nextTryAtMs: nextTries.length === 0 ? null : Math.min(...nextTries), device: inputs.device,
  };
}

function rootStatus(root: RootInputs, nowMs: number): RootStatus {
  const { record, engine, counts } = root;
  const kind = rootKind(root, nowMs);
  const reason = engine === null || engine.problem === null ? null : reasonOfError(engine.problem, engine.nextTryAtMs);
  const paused = isPaused(record, nowMs);
  return {
    id: record.id, name: record.name, folder: record.folder, place: root.place, placeKind: root.placeKind, libraryId: record.libraryId,
    kind, paused, pausedUntilMs: paused && record.pausedUntilMs !== Infinity ? record.pausedUntilMs : null,
    reason, progress: kind === 'syncing' ? root.progress : null,
    files: root.sizes.files, bytes: root.sizes.bytes, waiting: counts.open + counts.tryingAgain, skipped: counts.skipped, failed: counts.cantSync, conflicts: counts.conflicts, held: counts.held,
    lastInStepAtMs: record.lastInStepAtMs,
  };
}
export function isPaused(record: RootRecord, nowMs: number): boolean {
  return record.pausedUntilMs !== null && record.pausedUntilMs > nowMs;
}

/** "Up to date" only when nothing is left that goes on by itself (I8); what waits for the user is a suffix, never hidden behind it. */
function rootKind(root: RootInputs, nowMs: number): HeadlineKind {
  const { engine, counts, record } = root;
  const open = counts.open + counts.tryingAgain > 0;
  if (engine === null) return isPaused(record, nowMs) ? 'paused' : open ? 'serviceStopped' : 'upToDate';
  if (engine.phase === 'stopped') return engine.problem !== null ? 'folderStopped' : open ? 'serviceStopped' : 'upToDate';
  if (engine.phase === 'offline') return 'offline';
  if (engine.phase === 'paused' || isPaused(record, nowMs)) return 'paused';
  if (engine.phase === 'syncing') return 'syncing';
  if (engine.phase === 'checking') return 'checking';
  if (open) return 'syncing';
  // Nothing was compared yet: no work is known, which is not the same as none.
  return record.lastInStepAtMs === null && engine.problem === null && counts.cantSync + counts.held + root.otherHolds === 0 ? 'checking' : 'upToDate';
}

function headlineKind(roots: readonly RootStatus[]): HeadlineKind {
  if (roots.length === 0) return 'firstRun';
  return headlineKinds.find((kind) => kind !== 'firstRun' && roots.some((root) => root.kind === kind)) ?? 'upToDate';
}

interface Needs { readonly conflicts: number; readonly held: number; readonly others: number; readonly total: number }
function needsOf(roots: readonly RootInputs[]): Needs {
  const sum = (of: (root: RootInputs) => number): number => roots.reduce((total, root) => total + of(root), 0);
  const conflicts = sum((root) => root.counts.conflicts);
  const held = sum((root) => root.counts.held);
  const others = sum((root) => root.counts.cantSync + root.otherHolds);
  // A hold is one thing to decide, however many files it names.
  const holds = sum((root) => (root.counts.held > 0 ? 1 : 0));
  return { conflicts, held, others, total: conflicts + holds + others };
}
function suffixOf(needs: Needs): string | null {
  const parts: string[] = [];
  if (needs.held > 0) parts.push(say('headline.suffixDeletions', { count: needs.held }));
  if (needs.conflicts > 0) parts.push(say('headline.suffixConflicts', { count: needs.conflicts }));
  if (needs.others > 0) parts.push(say('headline.suffixNeedsYou', { count: needs.others }));
  return parts.length === 0 ? null : parts.join(' · ');
}

interface Headline { readonly kind: HeadlineKind; readonly roots: readonly RootStatus[]; readonly inputs: readonly RootInputs[]; readonly progress: Progress | null; readonly nowMs: number; readonly hasSuffix: boolean }
function headlineText(headline: Headline): string {
  const { kind, roots, nowMs } = headline;
  const first = roots.find((root) => root.kind === kind);
  switch (kind) {
    case 'firstRun': return say('headline.firstRun');
    case 'serviceStopped': return say('headline.serviceStopped');
    case 'folderStopped': return say('headline.folderStopped', { folder: first?.name ?? '', why: first?.reason == null ? '' : whyStopped(first.reason) });
    case 'offline': return say('headline.offline', { place: placeHost(first?.place ?? '') });
    case 'paused': return pausedText(roots, nowMs);
    case 'syncing': return syncingText(headline);
    case 'checking': return checkingText(headline.inputs);
    case 'upToDate': return upToDateText(headline);
  }
}
/** The server's name is enough in one line: `minio.home/bucket/prefix` says "minio.home". */
function placeHost(place: string): string {
  return place.startsWith('/') || /^[A-Za-z]:[\\/]/.test(place) ? place : (place.split('/')[0] ?? place);
}
function pausedText(roots: readonly RootStatus[], nowMs: number): string {
  const paused = roots.filter((root) => root.kind === 'paused');
  const untils = paused.map((root) => root.pausedUntilMs);
  if (untils.includes(null)) return say('headline.paused');
  return say('headline.pausedUntil', { time: clockTime(Math.min(...untils.map((until) => until ?? Infinity)), nowMs) });
}
function syncingText(headline: Headline): string {
  const { progress } = headline;
  const waiting = headline.roots.reduce((total, root) => total + (root.kind === 'syncing' && root.progress === null ? root.waiting : 0), 0);
  const done = progress?.filesDone ?? 0;
  const total = (progress?.filesTotal ?? 0) + waiting;
  if (progress?.secondsLeft == null) return say('headline.syncing', { done, total });
  return say('headline.syncingTime', { done, total, time: aboutTime(progress.secondsLeft) });
}
function checkingText(roots: readonly RootInputs[]): string {
  const checking = roots.filter((root) => root.engine?.phase === 'checking');
  const done = checking.reduce((total, root) => total + (root.engine?.checked ?? 0), 0);
  const total = checking.reduce((sum, root) => sum + Math.max(root.sizes.files, root.engine?.checked ?? 0), 0);
  return done === 0 ? say('headline.checkingStart') : say('headline.checking', { done, total });
}
function upToDateText({ roots, nowMs, hasSuffix }: Headline): string {
  if (hasSuffix) return say('headline.upToDate');
  if (roots.every((root) => root.files === 0)) return say('headline.empty');
  const times = roots.flatMap((root) => (root.lastInStepAtMs === null ? [] : [root.lastInStepAtMs]));
  // The oldest: what is said of all must be true of each.
  return times.length === 0 ? say('headline.upToDate') : say('headline.upToDateAt', { time: clockTime(Math.min(...times), nowMs) });
}
