/** The frame of one migration, of a folder or a hub: who holds the lease does the work, what it came to is summed up and told in the log, and the lease is given back however it ends (rule 25). */
import type { Clock } from '../sync/ports.ts';
import type { TwoStores } from '../sync/stores/two-stores.ts';
import { takeLease, type Lease } from './lease.ts';
import type { MigrationLine, MigrationResult } from './migration-log.ts';
import type { TryDeps } from './with-tries.ts';

export interface RunDeps {
  readonly stores: TwoStores;
  readonly clock: Clock;
  /** Spreads the waits between tries. */
  readonly chance: () => number;
  /** New for every process. */
  readonly holder: string;
  readonly runId: string;
  /** Of both stores, so far. */
  readonly requests: () => number;
  readonly log: (line: MigrationLine) => void;
  readonly signal: AbortSignal;
}
export interface Run {
  readonly lease: Lease;
  readonly sums: TryDeps['sums'] & { bytesUp: number };
  readonly trying: TryDeps;
}

/** Resolves with nothing done where another one migrates; throws what stops the work as a whole. */
export async function runUnderLease(deps: RunDeps, work: (run: Run) => Promise<void>): Promise<MigrationResult> {
  const { stores, clock, chance, runId, log, signal } = deps;
  const begun = clock.monotonicMs();
  const requestsBefore = deps.requests();
  const sums = { moved: 0, copied: 0, failed: 0, left: 0, bytesUp: 0 };
  const finish = (isBusy: boolean): MigrationResult => {
    const result = { ...sums, requests: deps.requests() - requestsBefore, ms: Math.round(clock.monotonicMs() - begun), isBusy };
    log({ kind: 'run', run: runId, atMs: clock.nowMs(), ...result });
    return result;
  };
  const lease = await takeLease({ store: stores.warm, profile: stores.warmProfile, clock, holder: deps.holder });
  if (lease === null) return finish(true);
  try {
    await work({ lease, sums, trying: { clock, chance, runId, log, signal, sums } });
  } finally {
    await lease.release().catch(() => undefined);
  }
  return finish(false);
}
