/** Times for people: time left in calm steps, clock times, and when something changed. */
import { say } from '../../shared/words/words.ts';

const minuteS = 60;
const hourS = 3600;
const dayS = 86_400;

/** "about 9 minutes": whole minutes from one minute on, steps of five minutes from one hour on, so the words do not flap. */
export function formatTimeLeft(secondsLeft: number): string {
  if (secondsLeft < minuteS) return say('time.lessThanAMinute');
  if (secondsLeft >= 31 * dayS) return say('time.overAMonth');
  if (secondsLeft >= 2 * dayS) return say('time.days', { count: Math.round(secondsLeft / dayS) });
  const wholeMinutes = Math.ceil(secondsLeft / minuteS);
  if (wholeMinutes < 60) return say('time.minutes', { count: wholeMinutes });
  const steps = Math.ceil(secondsLeft / (5 * minuteS)) * 5;
  const hours = Math.floor(steps / 60);
  const minutes = steps % 60;
  return minutes === 0 ? say('time.hours', { count: hours }) : say('time.hoursMinutes', { hours, minutes });
}

/** "2 min", "30 s": until the next try; rounded up to ten seconds so that it does not tick nervously. */
export function formatUntil(untilMs: number, nowMs: number): string {
  const seconds = Math.max(0, (untilMs - nowMs) / 1000);
  if (seconds < 1) return say('time.now');
  if (seconds <= 55) return say('time.shortSeconds', { count: Math.ceil(seconds / 10) * 10 });
  if (seconds < hourS) return say('time.shortMinutes', { count: Math.ceil(seconds / minuteS) });
  return say('time.shortHours', { count: Math.ceil(seconds / hourS) });
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayMonthYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const long = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium' });

export function formatClock(atMs: number): string {
  return clock.format(atMs);
}

/** Today "14:02", this year "28 Nov", else "28 Nov 2024". */
export function formatWhen(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const now = new Date(nowMs);
  if (at.toDateString() === now.toDateString()) return clock.format(atMs);
  return at.getFullYear() === now.getFullYear() ? dayMonth.format(atMs) : dayMonthYear.format(atMs);
}

/** "today", "yesterday" or the date: the heading over a day of activity. */
export function formatDay(atMs: number, nowMs: number): string {
  const at = new Date(atMs).toDateString();
  if (at === new Date(nowMs).toDateString()) return say('time.today');
  if (at === new Date(nowMs - dayS * 1000).toDateString()) return say('time.yesterday');
  return dayMonthYear.format(atMs);
}

export function formatExactly(atMs: number): string {
  return long.format(atMs);
}
