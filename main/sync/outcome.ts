/** What one `sync --once` did and what still waits, in numbers and sentences. */
import { sentenceFor } from '../../shared/api/errors.ts';
import type { AppError } from '../base/app-error.ts';
import type { Index, RootId } from './index-port.ts';
import type { SyncOutcome } from './root-engine.ts';
import type { Tally } from './work.ts';

export function emptyTally(): Tally {
  return { uploaded: 0, downloaded: 0, deleted: 0, moved: 0, conflicts: 0, failed: 0, bytesUp: 0, bytesDown: 0 };
}
export function totalRequests(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
/** So many reasons are told; the rest is in the lists. */
const mostReasons = 20;

export function outcomeOf(index: Index, rootId: RootId, seen: { before: Tally; after: Tally; problem: AppError | null; requests: number; ms: number }): SyncOutcome {
  const totals = index.totals(rootId);
  const reasons = seen.problem === null ? [] : [seen.problem.message];
  for (const hold of index.holds(rootId, 'waiting')) {
    if (hold.kind === 'massDeletion' || hold.kind === 'massOverwrite' || hold.kind === 'archivedRename') reasons.push(`${sentenceFor(hold.code, hold.context)} Agree with: strata approve ${hold.id}, or keep them with: strata refuse ${hold.id}.`);
  }
  const failures = index.failedRows(rootId, mostReasons);
  for (const row of failures) if (row.failure !== null) reasons.push(`${row.key}: ${sentenceFor(row.failure.code, row.failure.context)}`);
  if (reasons.length === 0 && totals.due > 0) reasons.push(`${totals.due} entries are not in step yet.`);
  const { before, after } = seen;
  return {
    uploaded: after.uploaded - before.uploaded, downloaded: after.downloaded - before.downloaded, deleted: after.deleted - before.deleted, moved: after.moved - before.moved, conflicts: after.conflicts - before.conflicts,
    failed: Math.max(totals.failed, failures.length), held: totals.held, skipped: totals.skipped, bytesUp: after.bytesUp - before.bytesUp, bytesDown: after.bytesDown - before.bytesDown,
    requests: seen.requests, ms: seen.ms, reasons, inStep: reasons.length === 0,
  };
}
