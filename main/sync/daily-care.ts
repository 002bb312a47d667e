/** What is done once a day: both trashes are emptied of what is old, and parts that nobody will complete are thrown away, for the store bills them. */
import { asAppError } from '../base/app-error.ts';
import { dayOf, daysThatRan, isOld } from './days-that-ran.ts';
import { remoteTrashPrefix } from './markers.ts';
import { isTwoStores } from './stores/two-stores.ts';
import { mostRemovedAtOnce, purgeOldTrash, purgeStoreTrash } from './trash-care.ts';
import { record, type Work } from './work.ts';

interface Care {
  readonly setting: string;
  /** Resolves with how much went; as much as goes at once means that there is more. */
  readonly act: (work: Work, trashDays: number) => Promise<number>;
  /** Where a problem is shown; null: nobody misses what was not done, it stands in the log. */
  readonly place: string | null;
}
const cares: readonly Care[] = [
  { setting: 'trash-emptied-here', act: purgeOldTrash, place: '.strata/trash' },
  { setting: 'trash-emptied-there', act: purgeStoreTrash, place: remoteTrashPrefix.slice(0, -1) },
  { setting: 'parts-swept', act: abortOldParts, place: null },
];

/** A problem is listed and tried again the next day; it never stops the round it happens in. */
export async function careDaily(work: Work, trashDays: number): Promise<void> {
  if (daysThatRan(work) === null) return;
  for (const care of cares) {
    const setting = `${care.setting}:${work.rootId}`;
    const today = dayOf(work.clock.nowMs());
    if (work.index.setting(setting) === today) continue;
    try {
      if ((await care.act(work, trashDays)) < mostRemovedAtOnce) work.index.setSetting(setting, today);
    } catch (thrown) {
      const problem = asAppError(thrown);
      if (problem.code === 'cancelled' || work.signal.aborted) return;
      work.index.setSetting(setting, today);
      work.logger.warn({ root: work.rootId, code: problem.code, care: care.setting }, 'the care of a day could not be done');
      if (care.place !== null) record(work, { kind: 'problem', path: care.place, note: problem.message })();
    }
  }
}

/** Long enough for another device to come back and go on with what it began (rule 32). */
const leastPartsDays = 7;

/** Aborts uploads in parts that were begun at least seven days that ran ago, in both stores; those that this journal will go on with stay. */
export async function abortOldParts(work: Work): Promise<number> {
  const run = daysThatRan(work);
  // Nothing can be so old where Strata did not run so long.
  if (run === null || run.length < leastPartsDays) return 0;
  const ours = new Set(work.index.journal(work.rootId).flatMap((row) => row.state.uploadId ?? []));
  let aborted = 0;
  for (const store of isTwoStores(work.store) ? [work.store.warm, work.store.cold] : [work.store]) {
    for (const { key, uploadId, startedAtMs } of await store.listUploads()) {
      if (ours.has(uploadId) || !isOld(run, startedAtMs, leastPartsDays) || aborted >= mostRemovedAtOnce) continue;
      work.signal.throwIfAborted();
      await store.abortUpload(key, uploadId);
      aborted += 1;
    }
  }
  return aborted;
}
