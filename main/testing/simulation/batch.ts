/** Plays a row of seeds and sums up what was seen: the unit of work of one worker. */
import { drawHistory } from './history.ts';
import { Marks } from './marks.ts';
import { runHistory } from './run-history.ts';

export interface Failure {
  readonly seed: number;
  readonly promise: string;
  readonly text: string;
}
export interface BatchSeen {
  readonly seeds: number;
  readonly failures: readonly Failure[];
  readonly marks: readonly (readonly [string, number])[];
  readonly figures: Figures;
}
export interface Figures { userActs: number; effects: number; requests: number; crashes: number; rounds: number }

export async function playSeeds(from: number, count: number, request: { readonly stopAtFirst?: boolean } = {}): Promise<BatchSeen> {
  // Most errors in a run are expected answers; their stacks cost more than the work.
  const kept = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  const marks = new Marks();
  const figures: Figures = { userActs: 0, effects: 0, requests: 0, crashes: 0, rounds: 0 };
  const failures: Failure[] = [];
  let seeds = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const result = await runHistory(drawHistory(seed));
    seeds += 1;
    marks.add(result.marks.counts);
    for (const name of Object.keys(figures) as (keyof Figures)[]) figures[name] += result.figures[name];
    if (result.violation !== null) failures.push({ seed, ...result.violation });
    if (result.violation !== null && request.stopAtFirst === true) break;
  }
  Error.stackTraceLimit = kept;
  return { seeds, failures, marks: [...marks.counts], figures };
}
