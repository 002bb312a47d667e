/** Turns due rows into operations: table first, then moves, then what must wait for its turn. Reads only due rows and named neighbours (rule 37). */
import { ancestorsOf, keyOf, kindOfKey, pathOfKey, type EntryKey } from '../../../shared/relative-path.ts';
import type { Index, RootId, Row } from '../index-port.ts';
import { compareRow } from './compare.ts';
import { decide, type Decision } from './decide.ts';
import { renamedHere, renamedThere } from './moves.ts';
import { operation, type Operation } from './operation.ts';

/** Deletions come last: nothing goes before its replacement arrived, and a folder goes after its children. */
export type PlanPass = 'changes' | 'deletions';
export interface Planned {
  readonly operations: readonly Operation[];
  /** Rows whose name is still taken by another kind that is on its way out. */
  readonly waiting: number;
  /** Rows where a file and a folder of one name exist for good: the file must give way (rule 3). */
  readonly clashes: readonly Row[];
}
type Reader = Pick<Index, 'row' | 'vanishedLike' | 'newLocalsLike' | 'remoteGoneOfSize' | 'newRemotesOfSize'>;

export function planRows(index: Reader, rootId: RootId, rows: readonly Row[], pass: PlanPass): Planned {
  // Rows come in key order, so that siblings share their ancestors: each is asked about once per page.
  const free = new Set<string>();
  const operations: Operation[] = [];
  const clashes = new Map<EntryKey, Row>();
  let waiting = 0;
  for (const row of rows) {
    const decision = decide(compareRow(row));
    if (isDeletion(decision) !== (pass === 'deletions')) continue;
    if (decision === 'nothing' || decision === 'lookFirst') continue;
    const blocker = nameBlocker(index, rootId, row, decision, free);
    if (blocker !== null) {
      const goes = isDeletion(decide(compareRow(blocker))) || decide(compareRow(blocker)) === 'forget';
      if (goes) waiting += 1;
      else {
        const file = kindOfKey(blocker.key) === 'file' ? blocker : row;
        clashes.set(file.key, file);
      }
      continue;
    }
    operations.push(rewritten(index, rootId, row, decision));
  }
  return { operations, waiting, clashes: [...clashes.values()] };
}

function isDeletion(decision: Decision): boolean {
  return decision === 'deleteLocal' || decision === 'deleteRemote';
}

function rewritten(index: Reader, rootId: RootId, row: Row, decision: Exclude<Decision, 'nothing' | 'lookFirst'>): Operation {
  if (decision === 'upload' && row.base === null) {
    const from = renamedHere(index, rootId, row);
    if (from !== null) return operation('moveRemote', row, from);
  }
  if (decision === 'download' && row.base === null && row.local === null) {
    const from = renamedThere(index, rootId, row);
    if (from !== null) return operation('moveLocal', row, from);
  }
  return operation(decision, row);
}

/** The row of the other kind that holds this name (or an ancestor's) on the side that would be written. */
function nameBlocker(index: Reader, rootId: RootId, row: Row, decision: Decision, free: Set<string>): Row | null {
  if (decision !== 'upload' && decision !== 'download') return null;
  const path = pathOfKey(row.key);
  const holds = (key: EntryKey): Row | null => {
    const other = index.row(rootId, key);
    if (other === null || other.frozen !== null) return null;
    return (decision === 'upload' ? other.remote : other.local) === null ? null : other;
  };
  if (kindOfKey(row.key) === 'file') {
    const folder = holds(keyOf(path, 'folder'));
    if (folder !== null) return folder;
  } else {
    const file = holds(keyOf(path, 'file'));
    if (file !== null) return file;
  }
  for (const ancestor of ancestorsOf(path)) {
    const mark = `${decision} ${ancestor}`;
    if (free.has(mark)) break;
    const file = holds(keyOf(ancestor, 'file'));
    if (file !== null) return file;
    free.add(mark);
  }
  return null;
}
