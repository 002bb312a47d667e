/** Keeps "this is not the folder or place it was" as a hold, so that it is listed under Needs you and survives restarts (rules 8, 11). */
import type { ErrorCode } from '../../shared/api/errors.ts';
import type { AppError } from '../base/app-error.ts';
import type { HoldKind, Index, RootId } from './index-port.ts';

const kinds: Partial<Readonly<Record<ErrorCode, HoldKind>>> = {
  root_missing: 'rootMissing', root_not_folder: 'rootMissing', root_changed: 'rootChanged', root_in_use: 'rootChanged', library_changed: 'libraryChanged', bucket_missing: 'libraryChanged', library_behind: 'libraryBehind', listing_incomplete: 'listingIncomplete',
};

export function createIdentityHolds(index: Index, rootId: RootId, nowMs: () => number): { note(problem: AppError): void; clear(): void } {
  const id = `${rootId}-identity`;
  return {
    note: (problem) => {
      const kind = kinds[problem.code];
      if (kind === undefined) return;
      const known = index.hold(id);
      if (known?.code === problem.code && known.state === 'waiting') return;
      index.saveHold({ id, rootId, kind, direction: null, rows: 0, ofRows: 0, sinceMs: nowMs(), state: 'waiting', code: problem.code, context: problem.context });
    },
    clear: () => {
      if (index.hold(id) !== null) index.settleHold(id, null);
    },
  };
}
