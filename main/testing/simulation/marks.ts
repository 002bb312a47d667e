/** Counters at branches that are rarely taken: they prove that a simulation really went there. */

export class Marks {
  readonly counts = new Map<string, number>();
  hit(name: string, times = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + times);
  }
  add(others: Iterable<readonly [string, number]>): void {
    for (const [name, times] of others) this.hit(name, times);
  }
  count(name: string): number {
    return this.counts.get(name) ?? 0;
  }
  /** One line per mark, by name. */
  lines(): string[] {
    return [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, times]) => `${String(times).padStart(9)}  ${name}`);
  }
}

/** Branches that every larger run must have reached. */
export const rareBranches = [
  'claim of deletion made', 'claim of deletion taken over', 'conflict copy made', 'file gave way to a folder', 'moved in the place', 'moved on the disk', 'old version kept in the place’s trash', 'file put into the folder’s trash', 'file taken back from the folder’s trash',
  'hold raised: massDeletion', 'hold raised: rootChanged', 'hold raised: libraryChanged', 'journal row met at a start: upload', 'journal row met at a start: download', 'journal row met at a start: deleteRemote', 'journal row met at a start: deleteLocal', 'journal row met at a start: moveRemote', 'journal row met at a start: moveLocal',
  'killed with a row in the journal', 'commits lost by power failure', 'entry failed: object_changed', 'entry failed: checksum_mismatch', 'entry failed: file_changed', 'entry failed: disk_full', 'skipped: is_symlink', 'skipped: is_ignored', 'listing without an entry', 'listing that ended early', 'answer lost: put', 'answer lost: remove', 'answer lost: copy',
  'online-only adopted', 'index lost', 'copied to the cold store', 'moved to the cold store', 'left by a migration',
] as const;
