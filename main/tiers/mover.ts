/** One migration of a library: takes the lease, clears up, and moves what the policy wants, so many side by side and each file with a few tries; one failing file never stops the others. */
import { AppError } from '../base/app-error.ts';
import { isTwoStores } from '../sync/stores/two-stores.ts';
import type { Work } from '../sync/work.ts';
import { takeLease } from './lease.ts';
import type { MigrationLine, MigrationProgress, MigrationResult } from './migration-log.ts';
import { moveEntry, type MoveDeps } from './move-entry.ts';
import { plannedMoves, type PlannedMove, type TierRows } from './planning.ts';
import type { TierPolicy } from './policy.ts';
import { sideBySide } from './side-by-side.ts';
import { careForTombstones } from './tombstone-care.ts';
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
  const begun = work.clock.monotonicMs();
  const requestsBefore = deps.requests();
  const run = work.runId();
  const sums = { moved: 0, copied: 0, failed: 0, left: 0, bytesUp: 0 };
  const finish = (isBusy: boolean): MigrationResult => {
    const result = { ...sums, requests: deps.requests() - requestsBefore, ms: Math.round(work.clock.monotonicMs() - begun), isBusy };
    deps.log({ kind: 'run', run, atMs: work.clock.nowMs(), ...result });
    return result;
  };
  const lease = await takeLease({ store: stores.warm, profile: stores.warmProfile, clock: work.clock, holder: deps.holder });
  if (lease === null) return finish(true);
  const moving: MoveDeps = { work, stores, lease, signal: deps.signal, onBytes: (bytes) => (sums.bytesUp += bytes) };
  const trying = { clock: work.clock, chance: work.chance, runId: run, log: deps.log, signal: deps.signal, sums };
  const progress = (): void => deps.onProgress({ done: sums.moved + sums.copied, failed: sums.failed, bytes: sums.bytesUp });
  try {
    await careForTombstones(moving);
    await sideBySide(plannedMoves(deps.rows, work.rootId, deps.policy, work.clock.nowMs()), deps.batchSize, async (move) => {
      if (deps.signal.aborted || !(await lease.stillHeld())) return false;
      const whole = await withTries(trying, move.entry.key, () => moveOne(moving, move));
      progress();
      if (whole !== null) throw whole;
      return true;
    });
  } finally {
    await lease.release().catch(() => undefined);
  }
  return finish(false);
}

async function moveOne(moving: MoveDeps, move: PlannedMove): Promise<Tried> {
  const outcome = await moveEntry(moving, move);
  return outcome.kind === 'left' ? { kind: 'left', why: outcome.why, bytes: 0, sha256: null } : { kind: outcome.kind, why: null, bytes: outcome.bytes, sha256: outcome.sha256 };
}
