/** One migration of a library: takes the lease, clears up, and moves what the policy wants, so many side by side and each file with a few tries; one failing file never stops the others. */
import { AppError } from '../base/app-error.ts';
import { isTwoStores } from '../sync/stores/two-stores.ts';
import type { Work } from '../sync/work.ts';
import type { MigrationLine, MigrationProgress, MigrationResult } from './migration-log.ts';
import { moveEntry, type MoveDeps } from './move-entry.ts';
import { plannedMoves, type PlannedMove, type TierRows } from './planning.ts';
import type { TierPolicy } from './policy.ts';
import { sideBySide } from './side-by-side.ts';
import { careForTombstones } from './tombstone-care.ts';
import { runUnderLease } from './under-lease.ts';
import { withTries, type Tried } from './with-tries.ts';

export interface MigrationDeps {
  readonly work: Work;
  readonly rows: TierRows;
  readonly policy: TierPolicy;
  /** Files moved side by side. */
  readonly batchSize: number;
  /** New for every process (rule 25). */
  readonly holder: string;
  readonly requests: () => number;
  /** One per file and one for the run. */
  readonly log: (line: MigrationLine) => void;
  readonly onProgress: (progress: MigrationProgress) => void;
  readonly signal: AbortSignal;
}

/** Throws `AppError` when the library has no cold store, or a store is away as a whole. */
export async function migrate(deps: MigrationDeps): Promise<MigrationResult> {
  const { work } = deps;
  const stores = work.store;
  if (!isTwoStores(stores)) throw new AppError('no_cold_store', { root: work.root.name });
  const { signal } = deps;
  return runUnderLease({ stores, clock: work.clock, chance: work.chance, holder: deps.holder, runId: work.runId(), requests: deps.requests, log: deps.log, signal }, async ({ lease, sums, trying }) => {
    const moving: MoveDeps = { work, stores, lease, signal, onBytes: (bytes) => (sums.bytesUp += bytes) };
    await careForTombstones(moving);
    await sideBySide(plannedMoves(deps.rows, work.rootId, deps.policy, work.clock.nowMs()), deps.batchSize, async (move) => {
      if (signal.aborted || !(await lease.stillHeld())) return false;
      const whole = await withTries(trying, move.entry.key, () => moveOne(moving, move));
      deps.onProgress({ done: sums.moved + sums.copied, failed: sums.failed, bytes: sums.bytesUp });
      if (whole !== null) throw whole;
      return true;
    });
  });
}

async function moveOne(moving: MoveDeps, move: PlannedMove): Promise<Tried> {
  const outcome = await moveEntry(moving, move);
  return outcome.kind === 'left' ? { kind: 'left', why: outcome.why, bytes: 0, sha256: null } : { kind: outcome.kind, why: null, bytes: outcome.bytes, sha256: outcome.sha256 };
}
