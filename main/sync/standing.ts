/** Tells from three counters whether index, folder and place still belong to one point in time, or one of them was put back from a backup or copied (rule 12). Pure. */
import type { RootRecord } from './index-port.ts';

/** What the folder's mark and this device's own object carry. */
export interface Mark {
  readonly epoch: string;
  readonly counter: number;
}
/**
 * `indexBehind`: the index is an older copy, or the index of a cloned computer. `folderBehind`: the folder was put back.
 * Both merge: what was agreed is void, nothing is deleted. `libraryBehind`: the place was put back; the user is asked first.
 */
export type Standing = 'current' | 'indexBehind' | 'folderBehind' | 'libraryBehind';

/**
 * The index is written first, then the folder's mark, then the device's object, and the index notes what each was seen to
 * carry: so a crash between them leaves the index ahead by what was never noted, which is no finding.
 */
export function standingOf(index: Pick<RootRecord, 'epoch' | 'counter' | 'counterOnDisk' | 'counterInStore'>, folder: Mark, own: Mark | null): Standing {
  const isAhead = (mark: Mark): boolean => mark.epoch !== index.epoch || mark.counter > index.counter;
  if (isAhead(folder) || (own !== null && isAhead(own))) return 'indexBehind';
  if (folder.counter < index.counterOnDisk) return 'folderBehind';
  if ((own?.counter ?? 0) < index.counterInStore) return 'libraryBehind';
  return 'current';
}
