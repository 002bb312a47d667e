/** One planned step: what to do to which row, and what it expects to find because that justified it. */
import type { EntryKey } from '../../../shared/relative-path.ts';
import type { OperationKind, Row } from '../index-port.ts';

export interface Operation {
  /** `respell`: this disk's name gets another spelling, `from` is the row of the old one (rule 19). */
  readonly kind: OperationKind | 'refreshOnlineOnly' | 'respell';
  readonly key: EntryKey;
  /** The row as planned: its local stat and remote ETag are the expectation. */
  readonly row: Row;
  /** For moves and respelling: the row of the old name. `row` and `key` are the new name. */
  readonly from: Row | null;
  readonly sizeBytes: number;
}

export function operation(kind: Operation['kind'], row: Row, from: Row | null = null): Operation {
  const sizeBytes = kind === 'upload' ? (row.local?.sizeBytes ?? 0) : kind === 'download' ? (row.remote?.sizeBytes ?? 0) : 0;
  return { kind, key: row.key, row, from, sizeBytes };
}
