/** The exact words of the headline, its suffix and the rough times in it (ui.md §2.3), from the one catalogue. */
import type { ErrorCode } from '../../shared/api/errors.ts';
import { say } from '../../shared/words/words.ts';
import type { Reason } from '../../shared/api/contract.ts';

/** One hour and more in steps of five minutes, else whole minutes: a finer figure would only flap. */
export function aboutTime(seconds: number): string {
  if (seconds > 31 * 86_400) return say('time.overAMonth');
  if (seconds < 60) return say('time.lessThanAMinute');
  if (seconds >= 2 * 86_400) return say('time.days', { count: Math.round(seconds / 86_400) });
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return say('time.minutes', { count: minutes });
  const steps = Math.ceil(minutes / 5) * 5;
  const hours = Math.floor(steps / 60);
  if (steps % 60 === 0) return say('time.hours', { count: hours });
  return say('time.hoursMinutes', { hours, minutes: steps % 60 });
}

/** "14:02", or with the day when it is not today's. */
export function clockTime(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === new Date(nowMs).toDateString()) return time;
  return `${at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} ${time}`;
}
const two = (value: number): string => String(value).padStart(2, '0');

/** Short forms for "Photos is stopped: …"; what is not listed says the first sentence of its reason. */
const shortWhy: Partial<Readonly<Record<ErrorCode, string>>> = {
  keys_refused: 'the keys were refused', keys_missing: 'there are no keys for it', tls_untrusted: 'the certificate is not known', not_a_store: 'something else answers in its place',
  clock_skewed: 'this computer’s clock is wrong', bucket_missing: 'its bucket does not exist', access_denied: 'the place does not allow it', root_missing: 'its folder is not there',
  root_changed: 'the folder does not carry Strata’s mark', library_changed: 'the place does not carry Strata’s mark', cold_store_refused: 'the cold store can’t be used', library_behind: 'the place was put back to an older state',
  root_in_use: 'another Strata looks after it', disk_read_only: 'the folder can’t be written to', disk_full: 'the disk has no room left', store_full: 'the place has no room left',
  internal: 'Strata met a problem of its own', listing_incomplete: 'the list of files was not complete', scan_incomplete: 'the folder could not be read completely',
};
export function whyStopped(reason: Reason): string {
  const short = shortWhy[reason.code];
  if (short !== undefined) return short;
  const first = reason.sentence.split(/[.?]\s/)[0] ?? reason.sentence;
  const bare = first.replace(/[.?]$/, '');
  return /^(The|There|This|Another|A|An) /.test(bare) ? bare[0]?.toLowerCase() + bare.slice(1) : bare;
}
