/** The decision table: what one side did, what the other did, what follows. A constant the compiler checks for completeness. */
import type { Change, Comparison } from './compare.ts';

export type Decision = 'nothing' | 'upload' | 'download' | 'deleteLocal' | 'deleteRemote' | 'keepBoth' | 'adopt' | 'forget' | 'refreshOnlineOnly' | 'lookFirst';

type Side = Exclude<Change, 'unknown'>;
/** An edit beats a delete; two edits keep both. Read as decisions[local][remote]. */
export const decisions: Readonly<Record<Side, Readonly<Record<Side, Decision>>>> = {
  unchanged: { unchanged: 'nothing', modified: 'download', deleted: 'deleteLocal', created: 'download', absent: 'nothing' },
  modified: { unchanged: 'upload', modified: 'keepBoth', deleted: 'upload', created: 'keepBoth', absent: 'upload' },
  deleted: { unchanged: 'deleteRemote', modified: 'download', deleted: 'forget', created: 'download', absent: 'forget' },
  created: { unchanged: 'keepBoth', modified: 'keepBoth', deleted: 'upload', created: 'keepBoth', absent: 'upload' },
  absent: { unchanged: 'nothing', modified: 'download', deleted: 'forget', created: 'download', absent: 'nothing' },
};

export function decide(seen: Comparison): Decision {
  if (seen.local === 'unknown' || seen.remote === 'unknown') return 'lookFirst';
  if (seen.same) return 'adopt';
  if (seen.onlineOnly) {
    // What is online-only never fills the disk by itself (rule 18); gone everywhere, it is forgotten.
    if (seen.remote === 'modified') return 'refreshOnlineOnly';
    return seen.remote === 'deleted' ? 'forget' : 'nothing';
  }
  return decisions[seen.local][seen.remote];
}
