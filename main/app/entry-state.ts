/** The one word for how an entry is doing, from its row and what goes on around it. Pure. */
import type { Reason } from '../../shared/api/contract.ts';
import type { EntryState, Residency, TierName } from '../../shared/model/states.ts';
import { pathOfKey } from '../../shared/relative-path.ts';
import type { Row } from '../sync/index-port.ts';
import { isAtOrBelow } from '../tiers/policy.ts';
import { reasonOf } from './reasons.ts';

export interface EntryContext {
  /** What the engine does with it right now. */
  readonly running: EntryState | null;
  readonly inHold: boolean;
  readonly inConflict: boolean;
  /** How a row is called that has something to be done. */
  readonly dueState: 'waiting' | 'paused' | 'offline';
}

/** The same as `dueSql` of the index (a test holds the two together): a row is due while its three sides differ. */
export function isDue(row: Row): boolean {
  const { local, remote, base } = row;
  if ((local !== null) !== (base?.resident === true)) return true;
  if (local !== null && (local.sha256 !== base?.sha256 || local.executable !== base.executable)) return true;
  if ((remote?.etag ?? null) !== (base?.etag ?? null)) return true;
  return remote?.executable !== null && remote?.executable !== undefined && base !== null && remote.executable !== base.executable;
}

/** First match wins. What is being done right now comes before what went wrong earlier: a second try that runs is running. */
export function entryStateOf(row: Row, context: EntryContext): EntryState {
  if (row.frozen !== null) return 'skipped';
  if (context.running !== null) return context.running;
  if (row.failure !== null) return row.failure.nextTryAtMs === null ? 'cantSync' : 'tryingAgain';
  if (context.inHold) return 'waitingForYou';
  if (context.inConflict) return 'conflict';
  return isDue(row) ? context.dueState : 'upToDate';
}

export function entryReasonOf(row: Row, state: EntryState): Reason | null {
  if (state === 'skipped' && row.frozen !== null) return reasonOf(row.frozen.code, row.frozen.detail === '' ? {} : { detail: row.frozen.detail, pattern: row.frozen.detail });
  if ((state === 'cantSync' || state === 'tryingAgain') && row.failure !== null) return reasonOf(row.failure.code, row.failure.context, row.failure.nextTryAtMs);
  return null;
}

export function residencyOf(row: Row, pinned: readonly string[]): Residency {
  if (row.local === null) return 'notOnDisk';
  const path = pathOfKey(row.key);
  return pinned.some((pin) => isAtOrBelow(path, pin)) ? 'alwaysOnDisk' : 'onDisk';
}
export function tierOf(row: Row): TierName | null {
  return row.remote?.tier ?? null;
}
export function sizeOf(row: Row): number | null {
  return row.key.endsWith('/') ? null : (row.local?.sizeBytes ?? row.remote?.sizeBytes ?? row.base?.sizeBytes ?? null);
}
export function changedAtMsOf(row: Row): number | null {
  const ns = row.local?.mtimeNs ?? row.remote?.mtimeNs ?? null;
  return ns === null ? (row.remote?.modifiedMs ?? null) : Number(ns / 1_000_000n);
}
