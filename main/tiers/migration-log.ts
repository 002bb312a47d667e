/** What a migration tells: a line for each file, one for the run, and the sums of both. */

/** `moved` and `dropped`: only in the cold store now (copied by this run, or before); `copied`: in both; `left`: something about it changed, the next run looks again. */
export type MoveKind = 'copied' | 'moved' | 'dropped' | 'left';
export interface MigrationProgress {
  readonly done: number;
  readonly failed: number;
  readonly bytes: number;
}
export type MigrationLine =
  | { readonly kind: 'file'; readonly run: string; readonly atMs: number; readonly path: string; readonly outcome: MoveKind | 'failed'; readonly why: string | null; readonly bytes: number; readonly tries: number; readonly sha256: string | null; readonly ms: number }
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
