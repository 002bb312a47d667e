/** How an archived file comes back, as states and what leads from one to the next; asked often at first, then ever more rarely. Pure. */
import type { ErrorCode } from '../../shared/api/errors.ts';
import type { RestoreSpeed, Thaw } from '../../shared/model/thaw.ts';
import { backOffMs, errorPolicies } from '../sync/execute/error-policy.ts';
import type { RemoteObject, RestoreAnswer } from '../sync/ports.ts';
import { isArchived } from '../sync/storage-class.ts';

export type ThawEvent =
  | { readonly kind: 'answered'; readonly answer: RestoreAnswer }
  | { readonly kind: 'seen'; readonly object: Pick<RemoteObject, 'restoring' | 'readableUntilMs' | 'storageClass'> }
  | { readonly kind: 'gone' }
  /** Others of the same wish are still under way, so this one was not looked at. */
  | { readonly kind: 'spared' }
  | { readonly kind: 'problem'; readonly code: ErrorCode; readonly chance: number }
  | { readonly kind: 'arrived' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'again'; readonly speed: RestoreSpeed; readonly days: number };
/** What is to be done when its time has come. */
export type ThawStep = 'ask' | 'look' | 'download' | 'nothing';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const mostTries = 6;

/** How long a wish takes, from–to, as Amazon S3's documentation says; null where that class has no such speed. Other stores may be quicker. */
export function expectedMs(storageClass: string, speed: RestoreSpeed): { readonly fromMs: number; readonly toMs: number } | null {
  if (storageClass === 'DEEP_ARCHIVE') return { standard: { fromMs: 9 * hourMs, toMs: 12 * hourMs }, bulk: { fromMs: 12 * hourMs, toMs: 48 * hourMs }, expedited: null }[speed];
  return { standard: { fromMs: 3 * hourMs, toMs: 5 * hourMs }, bulk: { fromMs: 5 * hourMs, toMs: 12 * hourMs }, expedited: { fromMs: minuteMs, toMs: 5 * minuteMs } }[speed];
}

/**
 * When to look next, by how long it has been under way: after 10 s and a minute (some stores restore at once), then shortly before the
 * earliest time it can be expected, then each time a twelfth of what has passed, between a minute and half an hour.
 */
export function nextLookMs(passedMs: number, earliestMs: number): number {
  if (passedMs < 10_000) return 10_000;
  if (passedMs < minuteMs) return minuteMs;
  const shortlyBefore = Math.max(minuteMs, 0.9 * earliestMs);
  if (passedMs < shortlyBefore) return shortlyBefore;
  return passedMs + Math.min(30 * minuteMs, Math.max(minuteMs, passedMs / 12));
}

export function stepOf(thaw: Thaw): ThawStep {
  if (thaw.state === 'asked') return 'ask';
  if (thaw.state === 'waiting' || thaw.state === 'here') return 'look';
  if (thaw.state === 'ready') return thaw.toDisk ? 'download' : 'look';
  return 'nothing';
}
export function isEnded(thaw: Pick<Thaw, 'state'>): boolean {
  return thaw.state === 'over' || thaw.state === 'failed' || thaw.state === 'cancelled';
}

export function next(thaw: Thaw, event: ThawEvent, nowMs: number): Thaw {
  if (event.kind === 'again') return { ...thaw, state: 'asked', speed: event.speed, days: event.days, askedAtMs: nowMs, startedAtMs: null, nextMs: nowMs, tries: 0, code: null };
  if (isEnded(thaw)) return thaw;
  switch (event.kind) {
    case 'answered': return answered(thaw, event.answer, nowMs);
    case 'seen': return seen(thaw, event.object, nowMs);
    case 'spared': return { ...thaw, nextMs: lookAgainAt(thaw, nowMs) };
    case 'gone': return failed(thaw, 'object_missing');
    case 'problem': return problem(thaw, event, nowMs);
    case 'arrived': return { ...thaw, state: 'here', nextMs: thaw.untilMs, tries: 0, code: null };
    case 'cancel': return { ...thaw, state: 'cancelled', nextMs: null };
  }
}

function answered(thaw: Thaw, answer: RestoreAnswer, nowMs: number): Thaw {
  if (answer === 'absent') return failed(thaw, 'object_missing');
  // Tries are not forgotten here: a store that takes every wish and forgets it would be asked for ever.
  const begun = { ...thaw, startedAtMs: thaw.startedAtMs ?? nowMs, code: null };
  // Until when it can be read only a look tells.
  if (answer === 'readable') return { ...begun, state: 'waiting', nextMs: nowMs };
  if (answer === 'notArchived') return readable(begun, null, nowMs);
  return { ...begun, state: 'waiting', nextMs: lookAgainAt(begun, nowMs) };
}

function seen(thaw: Thaw, object: Pick<RemoteObject, 'restoring' | 'readableUntilMs' | 'storageClass'>, nowMs: number): Thaw {
  if (!isArchived(object.storageClass)) return readable(thaw, null, nowMs);
  if (object.restoring === 'in-progress') return { ...thaw, state: 'waiting', nextMs: lookAgainAt(thaw, nowMs), tries: 0, code: null };
  if (object.restoring === 'restored') return readable(thaw, object.readableUntilMs ?? nowMs + thaw.days * 24 * hourMs, nowMs);
  if (thaw.state === 'ready' || thaw.state === 'here') return { ...thaw, state: 'over', nextMs: null };
  // The store took the wish and knows nothing of it any more: it is asked once more, and not for ever.
  return thaw.tries + 1 >= mostTries ? failed(thaw, 'object_archived') : { ...thaw, state: 'asked', tries: thaw.tries + 1, startedAtMs: null, nextMs: nowMs + backOffMs(thaw.tries + 1, 0.5) };
}
function readable(thaw: Thaw, untilMs: number | null, nowMs: number): Thaw {
  const wasHere = thaw.state === 'here';
  return { ...thaw, state: wasHere ? 'here' : 'ready', readyAtMs: thaw.readyAtMs ?? nowMs, untilMs, nextMs: !wasHere && thaw.toDisk ? nowMs : later(untilMs, nowMs), tries: 0, code: null };
}
/** A clock that is ahead of the store's must not look in a circle. */
function later(untilMs: number | null, nowMs: number): number | null {
  return untilMs === null ? null : Math.max(untilMs, nowMs + minuteMs);
}

function problem(thaw: Thaw, event: Extract<ThawEvent, { readonly kind: 'problem' }>, nowMs: number): Thaw {
  const policy = errorPolicies[event.code];
  const passes = policy === 'retry' || policy === 'waitForPlace' || policy === 'waitForSpace' || policy === 'waitForCredentials' || policy === 'calledOff';
  if (!passes) return failed(thaw, event.code);
  // A place that is away comes back some day; an error of this file alone is not tried for ever.
  if (policy === 'retry' && thaw.tries + 1 >= mostTries) return failed(thaw, event.code);
  return { ...thaw, tries: thaw.tries + 1, code: event.code, nextMs: nowMs + backOffMs(thaw.tries + 1, event.chance) };
}
function failed(thaw: Thaw, code: ErrorCode): Thaw {
  return { ...thaw, state: 'failed', code, nextMs: null };
}
function lookAgainAt(thaw: Thaw, nowMs: number): number {
  const startedAtMs = thaw.startedAtMs ?? nowMs;
  const earliest = expectedMs(thaw.storageClass, thaw.speed)?.fromMs ?? hourMs;
  return Math.max(nowMs + 1000, startedAtMs + nextLookMs(Math.max(0, nowMs - startedAtMs), earliest));
}
