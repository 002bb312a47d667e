/** How far a run is and how long it still takes: rates over the last seconds, percent, and a time only once it can be trusted. Pure. */
import type { Progress } from '../../shared/api/contract.ts';

export interface ProgressSample {
  readonly atMs: number;
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
}
/** The first sample of a run and those of the last seconds, oldest first. */
export interface Meter {
  readonly first: ProgressSample;
  readonly recent: readonly ProgressSample[];
}
const windowMs = 15_000;
/** Less than this says nothing about the rest. */
const trustAfterMs = 5_000;
const trustAfterFiles = 3;
const mostSamples = 80;

/** A run that went back (a new one) starts a new meter. */
export function advance(meter: Meter | null, sample: ProgressSample): Meter {
  const last = meter?.recent.at(-1);
  if (meter === null || last === undefined || sample.filesDone < last.filesDone || sample.bytesDone < last.bytesDone) return { first: sample, recent: [sample] };
  const recent = [...meter.recent.filter((old) => sample.atMs - old.atMs <= windowMs), sample];
  return { first: meter.first, recent: recent.length > mostSamples ? recent.slice(-mostSamples) : recent };
}

/** Renames and empty files have no bytes, yet move the bar: each file counts one byte more. The last percent is given only by being done. */
export function percentOf(sample: Omit<ProgressSample, 'atMs'>): number {
  const total = sample.bytesTotal + sample.filesTotal;
  if (total === 0) return 0;
  return Math.max(0, Math.min(99, Math.floor(((sample.bytesDone + sample.filesDone) * 100) / total)));
}

export function progressOf(meter: Meter): Progress {
  const now = meter.recent.at(-1) ?? meter.first;
  const from = meter.recent[0] ?? meter.first;
  const seconds = (now.atMs - from.atMs) / 1000;
  const bytesPerSecond = seconds > 0 ? (now.bytesDone - from.bytesDone) / seconds : 0;
  const filesPerSecond = seconds > 0 ? (now.filesDone - from.filesDone) / seconds : 0;
  const trusted = now.atMs - meter.first.atMs >= trustAfterMs && now.filesDone - meter.first.filesDone >= trustAfterFiles;
  return {
    filesDone: now.filesDone, filesTotal: now.filesTotal, bytesDone: now.bytesDone, bytesTotal: now.bytesTotal,
    bytesPerSecond, percent: percentOf(now), secondsLeft: trusted ? secondsLeft(now, bytesPerSecond, filesPerSecond) : null,
  };
}

/** The slower of the two: many small files are not told by bytes, one large file is not told by files. */
function secondsLeft(now: ProgressSample, bytesPerSecond: number, filesPerSecond: number): number | null {
  const byBytes = leftBy(now.bytesTotal - now.bytesDone, bytesPerSecond);
  const byFiles = leftBy(now.filesTotal - now.filesDone, filesPerSecond);
  const left = Math.max(byBytes, byFiles);
  return Number.isFinite(left) ? left : null;
}
function leftBy(left: number, perSecond: number): number {
  if (left <= 0) return 0;
  return perSecond > 0 ? left / perSecond : Infinity;
}

/** Several roots as one: sums, and the longest time, which is unknown as soon as one part is. */
export function sumProgress(parts: readonly Progress[]): Progress | null {
  if (parts.length === 0) return null;
  const sum = (of: (part: Progress) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const totals = { filesDone: sum((p) => p.filesDone), filesTotal: sum((p) => p.filesTotal), bytesDone: sum((p) => p.bytesDone), bytesTotal: sum((p) => p.bytesTotal) };
  const times = parts.map((part) => part.secondsLeft);
  return { ...totals, bytesPerSecond: sum((p) => p.bytesPerSecond), percent: percentOf(totals), secondsLeft: times.includes(null) ? null : Math.max(...times.map((time) => time ?? 0)) };
}
