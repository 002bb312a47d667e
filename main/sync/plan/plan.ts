/** Turns due rows into operations: table first, then moves, then what must wait for its turn. Reads only due rows and named neighbours (rule 37). */
import { ancestorsOf, compareKeys, keyOf, kindOfKey, pathOfKey, type EntryKey } from '../../../shared/relative-path.ts';
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
  /** Rows that this disk can't hold beside another spelling of their name (rule 19). */
  readonly spellings: readonly { readonly row: Row; readonly other: Row }[];
}
type Reader = Pick<Index, 'row' | 'spelledLike' | 'vanishedLike' | 'newLocalsLike' | 'remoteGoneOfSize' | 'newRemotesOfSize'>;

export function planRows(index: Reader, rootId: RootId, rows: readonly Row[], pass: PlanPass): Planned {
  // Rows come in key order, so that siblings share their ancestors: each is asked about once per page.
  const free = new Set<string>();
  const operations: Operation[] = [];
  const clashes = new Map<EntryKey, Row>();
  const spellings: { readonly row: Row; readonly other: Row }[] = [];
  let waiting = 0;
  for (const row of rows) {
    const decision = decide(compareRow(row));
    if (isDeletion(decision) !== (pass === 'deletions')) continue;
    if (decision === 'nothing' || decision === 'lookFirst') continue;
    if (decision === 'download' && row.local === null) {
      if (hasRespelledAncestor(index, rootId, row, free)) {
        waiting += 1;
        continue;
      }
      const other = otherSpelling(index.spelledLike(rootId, row.key), row.key);
      if (other !== null) {
        // A deletion and a creation with one fold key are one rename; never download first (rule 19).
        if (other.local === null) waiting += 1;
        else if (isDeletion(decide(compareRow(other)))) operations.push(operation('respell', row, other));
        else spellings.push({ row, other });
        continue;
      }
    }
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
  return { operations, waiting, clashes: [...clashes.values()], spellings };
}

/** The row that holds this disk's one name for these spellings, or is to get it: the first in key order. */
function otherSpelling(alike: readonly Row[], key: EntryKey): Row | null {
  return alike.find((like) => like.local !== null) ?? alike.find((like) => like.remote !== null && like.frozen === null && like.failure === null && compareKeys(like.key, key) < 0) ?? null;
}

/** A folder above is about to be respelled, or to be skipped with all below. */
function hasRespelledAncestor(index: Reader, rootId: RootId, row: Row, free: Set<string>): boolean {
  for (const ancestor of ancestorsOf(pathOfKey(row.key))) {
    const mark = `spelling ${ancestor}`;
    if (free.has(mark)) return false;
    const key = keyOf(ancestor, 'folder');
    if (index.row(rootId, key)?.local == null && otherSpelling(index.spelledLike(rootId, key), key) !== null) return true;
    free.add(mark);
  }
  return false;
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
    if (other === null) return null;
    // A folder kept by what is skipped in it holds its name on this disk all the same.
    if (other.frozen !== null && other.frozen.code !== 'only_skipped') return null;
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
