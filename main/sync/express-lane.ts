/** While a long batch runs, what is saved meanwhile is looked at and sent at once, beside it. */
import type { EntryKey } from '../../shared/relative-path.ts';
import type { ChangeHints, Hinted } from './change-hints.ts';
import { observe, stepsFor, type CycleControl } from './cycle.ts';
import { runBatch } from './execute/executor.ts';
import type { Work } from './work.ts';

/** Few, so that the batch keeps its connections. */
const lanes = 4;

export interface ExpressLane {
  look(): void;
  end(): Promise<void>;
}

export function openExpressLane(work: Work, control: CycleControl, deps: { hints: ChangeHints; keepWhole: (hinted: Hinted) => void; changed: (keys: readonly EntryKey[]) => void }): ExpressLane {
  let ended = false;
  let busy: Promise<void> = Promise.resolve();
  const express = async (hinted: Hinted): Promise<void> => {
    const seen = await observe(work, hinted, control);
    if (seen.changed === 'many' || !seen.complete) return deps.hints.needWholeScan();
    deps.changed(seen.changed);
    // What replaces something while overwrites are held belongs to the guard of the main loop (rule 8).
    const held = work.index.holds(work.rootId, 'waiting').some((hold) => hold.kind === 'massOverwrite');
    const rows = seen.changed.map((key) => work.index.row(work.rootId, key)).filter((row) => row !== null && row.frozen === null && !(held && row.base !== null));
    await runBatch(work, stepsFor(work, rows.filter((row) => row !== null)), lanes, control.counters);
  };
  return {
    look: () => {
      if (ended || work.signal.aborted) return;
      const hinted = deps.hints.take();
      if (hinted === null) return;
      // A whole observation belongs to the main loop, after this batch.
      if (hinted.folders === 'all' || hinted.keys === 'all') deps.keepWhole(hinted);
      else busy = busy.then(() => express(hinted)).catch(() => deps.hints.needWholeScan());
    },
    end: async () => {
      ended = true;
      await busy;
    },
  };
}
