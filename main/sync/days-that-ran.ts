/** Counts age in days on which Strata ran and its clock agreed with the place's within a day (rule 24): a clock that jumps a year makes everything one day older. */
import type { Work } from './work.ts';

const daysRunSetting = 'days-run';
const mostDaysKept = 4000;
const dayMs = 86_400_000;

/** The days on which Strata ran, today among them; null while the clocks do not agree. */
export function daysThatRan(work: Work): readonly string[] | null {
  const now = work.clock.nowMs();
  const theirs = work.store.storeTimeMs();
  if (theirs === null || Math.abs(theirs - now) > dayMs) return null;
  const today = dayOf(now);
  const kept = JSON.parse(work.index.setting(daysRunSetting) ?? '[]') as string[];
  if (kept.includes(today)) return kept;
  const run = [...kept, today].slice(-mostDaysKept);
  work.index.setSetting(daysRunSetting, JSON.stringify(run));
  return run;
}
/** Whether `days` days ran since that moment. */
export function isOld(run: readonly string[], sinceMs: number, days: number): boolean {
  const since = dayOf(sinceMs);
  return run.filter((day) => day > since).length >= days;
}
/** Of UTC, as 2026-11-28. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
