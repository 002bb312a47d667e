/** One migration of a library: takes the lease, clears up, and moves what the policy wants in batches, each file with a few tries; one failing file never stops the others. */
import { AppError, asAppError } from '../base/app-error.ts';
import { backOffMs, errorPolicies } from '../sync/execute/error-policy.ts';
import { isTwoStores } from '../sync/stores/two-stores.ts';
import type { Work } from '../sync/work.ts';
import { takeLease } from './lease.ts';
import { moveEntry, type MoveDeps, type MoveOutcome } from './move-entry.ts';
import { plannedMoves, type PlannedMove, type TierRows } from './planning.ts';
import type { TierPolicy } from './policy.ts';
import { careForTombstones } from './tombstone-care.ts';

export interface MigrationDeps {
  readonly work: Work;
  readonly rows: TierRows;
  readonly policy: TierPolicy;
  /** Files moved side by side; the next batch begins when the last of this one is done. */
  readonly batchSize: number;
  /** New for every process (rule 25). */
  readonly holder: string;
  readonly requests: () => number;
  /** One per file and one for the run. */
  readonly log: (line: MigrationLine) => void;
  readonly onProgress: (progress: MigrationProgress) => void;
  readonly signal: AbortSignal;
}
export interface MigrationProgress {
  readonly done: number;
  readonly failed: number;
  readonly bytes: number;
}
export type MigrationLine =
  | { readonly kind: 'file'; readonly run: string; readonly atMs: number; readonly path: string; readonly outcome: MoveOutcome['kind'] | 'failed'; readonly why: string | null; readonly bytes: number; readonly tries: number; readonly sha256: string | null; readonly ms: number }
  | ({ readonly kind: 'run'; readonly run: string; readonly atMs: number } & MigrationResult);
export interface MigrationResult {
  /** Files that are now only in the cold store. */
  readonly moved: number;
  /** Files that are now in both. */
  readonly copied: number;
  readonly failed: number;
  /** Files that changed meanwhile and wait for the next run. */
  readonly left: number;
  readonly bytesUp: number;
  readonly requests: number;
  readonly ms: number;
  /** Another device migrates right now: nothing was done. */
  readonly isBusy: boolean;
}
const mostTries = 3;

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
  const progress = (): void => deps.onProgress({ done: sums.moved + sums.copied, failed: sums.failed, bytes: sums.bytesUp });
  try {
    await careForTombstones(moving);
    for (const batch of inBatches(plannedMoves(deps.rows, work.rootId, deps.policy, work.clock.nowMs()), deps.batchSize)) {
      if (deps.signal.aborted || !(await lease.stillHeld())) break;
      const problems = await Promise.all(batch.map((move) => moveWithTries(deps, moving, move, sums)));
      progress();
      const whole = problems.find((problem) => problem !== null);
      if (whole != null) throw whole;
    }
  } finally {
    await lease.release().catch(() => undefined);
  }
  return finish(false);
}

function* inBatches<T>(items: Iterable<T>, size: number): Generator<T[], void, void> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Resolves with what stops the whole migration, or null. */
async function moveWithTries(deps: MigrationDeps, moving: MoveDeps, move: PlannedMove, sums: { moved: number; copied: number; failed: number; left: number }): Promise<AppError | null> {
  const { clock, chance } = deps.work;
  const begun = clock.monotonicMs();
  const line = (outcome: MoveOutcome['kind'] | 'failed', why: string | null, tries: number, done: { readonly bytes: number; readonly sha256: string } | null): void =>
    deps.log({ kind: 'file', run: deps.work.runId(), atMs: clock.nowMs(), path: move.entry.key, outcome, why, bytes: done?.bytes ?? 0, tries, sha256: done?.sha256 ?? null, ms: Math.round(clock.monotonicMs() - begun) });
  for (let tries = 1; ; tries += 1) {
    try {
      const outcome = await moveEntry(moving, move);
      if (outcome.kind === 'left') sums.left += 1;
      else if (outcome.kind === 'copied') sums.copied += 1;
      else sums.moved += 1;
      line(outcome.kind, outcome.kind === 'left' ? outcome.why : null, tries, outcome.kind === 'left' ? null : outcome);
      return null;
    } catch (thrown) {
      const error = asAppError(thrown);
      const policy = errorPolicies[error.code];
      if (deps.signal.aborted || policy === 'calledOff') return new AppError('cancelled');
      if (tries < mostTries && policy !== 'waitForCredentials' && policy !== 'stopRoot') {
        await clock.sleep(backOffMs(tries, chance()), deps.signal);
        continue;
      }
      sums.failed += 1;
      line('failed', error.code, tries, null);
      return policy === 'waitForPlace' || policy === 'waitForCredentials' || policy === 'stopRoot' ? error : null;
    }
  }
}
