/** After an index was lost or made anew: files that were taken off this disk on purpose are taken up as online-only again, instead of all coming down (rule 12). */
import { keyOf } from '../../shared/relative-path.ts';
import { refreshOnlineOnly } from './execute/download.ts';
import { operation } from './plan/operation.ts';
import type { RelativePath } from '../../shared/relative-path.ts';
import type { Work } from './work.ts';

const sideBySide = 8;

/** `paths`: the folder's own list. A path that both sides know, or that is on the disk, is left as it is. */
export async function takeUpOnlineOnly(work: Work, paths: readonly RelativePath[]): Promise<void> {
  for (let at = 0; at < paths.length; at += sideBySide) {
    await Promise.all(paths.slice(at, at + sideBySide).map(async (path) => {
      const row = work.index.row(work.rootId, keyOf(path, 'file'));
      if (row?.remote == null || row.local !== null || row.base !== null || row.frozen !== null || !work.touched.enter(row.key)) return;
      try {
        await refreshOnlineOnly(work, operation('refreshOnlineOnly', row));
      } finally {
        work.touched.leave(row.key);
      }
    }));
  }
}
