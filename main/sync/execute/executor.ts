/** Runs operations side by side; one failing entry never stops the others, and each error is handled by its row in the policy table. */
import { pathOfKey, type EntryKey } from '../../../shared/relative-path.ts';
import { asAppError, assertNever, type AppError } from '../../base/app-error.ts';
import type { Operation } from '../plan/operation.ts';
import { objectKeyFor, record, type Work } from '../work.ts';
import { deleteLocal, deleteRemote } from './deletions.ts';
import { download, refreshOnlineOnly } from './download.ts';
import { backOffMs, errorPolicies } from './error-policy.ts';
import { giveWay } from './give-way.ts';
import { lookAtDisk, lookAtKey } from './look.ts';
import { moveLocal, moveRemote, respell } from './moves.ts';
import { adopt, reconcile } from './reconcile.ts';
import { upload } from './upload.ts';

export type Step = Operation | { readonly kind: 'giveWay'; readonly operation: Operation };
export interface BatchResult {
  readonly done: number;
  readonly failed: number;
  /** Why the whole root must stop or wait; the batch ended early then. */
  readonly problem: AppError | null;
  /** Downloads wait for room. */
  readonly noSpace: boolean;
}
export interface BatchCounters {
  onStart(op: Operation): void;
  onEnd(op: Operation, outcome: 'done' | 'failed'): void;
}

/** Pulls steps as slots come free, so that a plan of a million steps is never held in memory (rule 33). */
export async function runBatch(work: Work, steps: Iterator<Step>, limit: number, counters: BatchCounters): Promise<BatchResult> {
  const state = { done: 0, failed: 0, problem: null as AppError | null, noSpace: false };
  const deleting = new Set<EntryKey>();
  const lane = async (): Promise<void> => {
    while (state.problem === null && !work.signal.aborted) {
      const next = steps.next();
      if (next.done) return;
      const step = next.value;
      const op = step.kind === 'giveWay' ? step.operation : step;
      if (op.kind === 'download' && state.noSpace) continue;
      if (!work.touched.enter(op.key)) continue;
      if (op.from !== null && !work.touched.enter(op.from.key)) {
        work.touched.leave(op.key);
        continue;
      }
      if (op.kind === 'deleteRemote') deleting.add(op.key);
      counters.onStart(op);
      let outcome: 'done' | 'failed' = 'done';
      try {
        await perform(work, step, op, deleting);
        state.done += 1;
      } catch (thrown) {
        outcome = 'failed';
        await handle(work, op, asAppError(thrown), state);
      } finally {
        deleting.delete(op.key);
        work.touched.leave(op.key);
        if (op.from !== null) work.touched.leave(op.from.key);
        counters.onEnd(op, outcome);
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  return state;
}

async function perform(work: Work, step: Step, op: Operation, deleting: ReadonlySet<EntryKey>): Promise<void> {
  if (step.kind === 'giveWay') return giveWay(work, op);
  switch (step.kind) {
    case 'upload':
      return upload(work, op);
    case 'download':
      return download(work, op);
    case 'deleteLocal':
      return deleteLocal(work, op);
    case 'deleteRemote':
      return deleteRemote(work, op, deleting);
    case 'moveLocal':
      return moveLocal(work, op);
    case 'moveRemote':
      return moveRemote(work, op);
    case 'keepBoth':
      return reconcile(work, op);
    case 'adopt':
      return adopt(work, op);
    case 'forget':
      return void work.index.setBase(work.rootId, op.key, null);
    case 'respell':
      return respell(work, op);
    case 'refreshOnlineOnly':
      return refreshOnlineOnly(work, op);
    default:
      return assertNever(step);
  }
}

async function handle(work: Work, op: Operation, error: AppError, state: { failed: number; problem: AppError | null; noSpace: boolean }): Promise<void> {
  const policy = errorPolicies[error.code];
  work.logger.warn({ root: work.rootId, path: pathOfKey(op.key), kind: op.kind, code: error.code, cause: causeText(error) }, 'an operation did not go through');
  switch (policy) {
    case 'calledOff':
      return;
    case 'waitForPlace':
    case 'waitForCredentials':
    case 'stopRoot':
      state.problem ??= error;
      return;
    case 'waitForSpace':
      state.noSpace = true;
      fail(work, op, error, backOffMs(3, work.chance()));
      state.failed += 1;
      return;
    case 'lookAgain':
      await lookAgain(work, op, error, state);
      return;
    case 'skipEntry':
      fail(work, op, error, null);
      state.failed += 1;
      return;
    case 'retry':
      fail(work, op, error, backOffMs((op.row.failure?.attempts ?? 0) + 1, work.chance()));
      state.failed += 1;
      return;
    default:
      assertNever(policy);
  }
}

/** The row is told the truth again, with a short wait, so that a file that changes all the time does not keep the engine spinning. */
async function lookAgain(work: Work, op: Operation, error: AppError, state: { problem: AppError | null }): Promise<void> {
  try {
    if (op.row.local !== null) await lookAtDisk(work, op.key, op.row.local.diskPath);
    if (!op.key.endsWith('/') && (op.row.remote !== null || error.code.startsWith('object_'))) await lookAtKey(work, objectKeyFor(op.row));
    if (work.index.row(work.rootId, op.key) !== null) fail(work, op, error, Math.min(500 * 2 ** (op.row.failure?.attempts ?? 0), 60_000));
  } catch (thrown) {
    state.problem ??= asAppError(thrown);
  }
}

function fail(work: Work, op: Operation, error: AppError, waitMs: number | null): void {
  const attempts = (op.row.failure?.attempts ?? 0) + 1;
  work.index.setFailure(work.rootId, op.key, { code: error.code, context: error.context, attempts, nextTryAtMs: waitMs === null ? null : work.clock.nowMs() + waitMs });
  if (waitMs !== null && attempts > 1) return;
  if (errorPolicies[error.code] === 'lookAgain') return;
  work.tally.failed += 1;
  record(work, { kind: 'problem', path: pathOfKey(op.key), note: error.code })();
}

function causeText(error: AppError): string | undefined {
  return error.cause instanceof Error ? `${error.cause.name}: ${error.cause.message}` : undefined;
}
