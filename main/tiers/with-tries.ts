/** One file of a migration with a few tries: what became of it is counted and told in the log, and only what stops everything comes out. */
import { AppError, asAppError } from '../base/app-error.ts';
import { backOffMs, errorPolicies } from '../sync/execute/error-policy.ts';
import type { Clock } from '../sync/ports.ts';
import type { MigrationLine, MigrationResult, MoveKind } from './migration-log.ts';

export interface TryDeps {
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs' | 'sleep'>;
  /** Spreads the waits, so that many files do not knock together. */
  readonly chance: () => number;
  readonly runId: string;
  readonly log: (line: MigrationLine) => void;
  readonly signal: AbortSignal;
  readonly sums: { -readonly [K in 'moved' | 'copied' | 'failed' | 'left']: MigrationResult[K] };
}
export interface Tried {
  readonly kind: MoveKind;
  /** Why it stays; null when it does not. */
  readonly why: string | null;
  readonly bytes: number;
  readonly sha256: string | null;
}
const mostTries = 3;

/** Resolves with what stops the whole migration, or null. */
export async function withTries(deps: TryDeps, path: string, act: () => Promise<Tried>): Promise<AppError | null> {
  const { clock, sums } = deps;
  const begun = clock.monotonicMs();
  const line = (tries: number, done: Omit<Tried, 'kind'> & { readonly kind: MoveKind | 'failed' }): void =>
    deps.log({ kind: 'file', run: deps.runId, atMs: clock.nowMs(), path, outcome: done.kind, why: done.why, bytes: done.bytes, tries, sha256: done.sha256, ms: Math.round(clock.monotonicMs() - begun) });
  for (let tries = 1; ; tries += 1) {
    try {
      const done = await act();
      if (done.kind === 'left') sums.left += 1;
      else if (done.kind === 'copied') sums.copied += 1;
      else sums.moved += 1;
      line(tries, done);
      return null;
    } catch (thrown) {
      const error = asAppError(thrown);
      const policy = errorPolicies[error.code];
      if (deps.signal.aborted || policy === 'calledOff') return new AppError('cancelled');
      if (tries < mostTries && policy !== 'waitForCredentials' && policy !== 'stopRoot') {
        await untilOrOff(clock.sleep(backOffMs(tries, deps.chance())), deps.signal);
        if (isOff(deps.signal)) return new AppError('cancelled');
        continue;
      }
      sums.failed += 1;
      line(tries, { kind: 'failed', why: error.code, bytes: 0, sha256: null });
      return policy === 'waitForPlace' || policy === 'waitForCredentials' || policy === 'stopRoot' ? error : null;
    }
  }
}

function untilOrOff(wait: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    signal.addEventListener('abort', end);
    void wait.then(end);
  });
}
/** Asked anew: it may have been called off while we waited. */
function isOff(signal: AbortSignal): boolean {
  return signal.aborted;
}
