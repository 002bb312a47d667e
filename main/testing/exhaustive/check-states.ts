/** Lets the real planner work on every start state, with a death after every effect: it must end, agree within four cycles (a fifth finds nothing to do), and lose no content (I1, I2, I5). */
import { contentsOf, cycle, treesOf, type Model } from './model.ts';
import { emptyModel, modelOfPair, placeOne, statesOfOne, statesOfPairs } from './states.ts';

export const mostCycles = 4;
/** No start state has that many effects in its first cycle. */
const mostEffects = 40;

export interface StatesSeen {
  /** A case is a start state with a death after a certain effect, or without one. */
  cases: number;
  readonly failures: string[];
}

/** Plays one start state without and with every death; returns how many cases that were. */
export function checkState(make: () => Model, name: string, seen: StatesSeen, play: typeof cycle = cycle): void {
  for (let effects = Infinity, next = 0; ; effects = next, next += 1) {
    const model = make();
    const before = contentsOf(model);
    const died = play(model, { effects }) < 0;
    seen.cases += 1;
    const failure = settle(model, before, play);
    if (failure !== null) seen.failures.push(`${name}, ${died ? `dead after ${effects} effects` : 'alive'}: ${failure}`);
    if ((effects !== Infinity && !died) || next > mostEffects) return;
  }
}
function settle(model: Model, before: ReadonlySet<string>, play: typeof cycle): string | null {
  const after = (): string | null => {
    const now = contentsOf(model);
    for (const content of before) if (content !== '' && !now.has(content)) return `${content} is lost`;
    return null;
  };
  let rest = -1;
  for (let count = 1; count <= mostCycles + 1 && rest !== 0; count += 1) {
    const lost = after();
    if (lost !== null) return lost;
    rest = play(model, { effects: Infinity });
  }
  if (rest !== 0) return `still busy after ${mostCycles} cycles`;
  const { here, there } = treesOf(model);
  if (here !== there) return `here ${here}, there ${there}`;
  return after();
}

export function checkOnePath(seen: StatesSeen): void {
  for (let number = 0; number < statesOfOne; number += 1) checkState(() => {
    const model = emptyModel();
    placeOne(model, number, 'a', 11n);
    return model;
  }, `one path, state ${number}`, seen);
}
/** Every `step`th pair from `first` on, so that workers and tests share them. */
export function checkPairs(first: number, step: number, seen: StatesSeen, until: number = statesOfPairs): void {
  for (let number = first; number < until; number += step) {
    const found = modelOfPair(number);
    if (found === null) continue;
    checkState(() => (modelOfPair(number) as NonNullable<typeof found>).model, `${found.relation}, state ${number}`, seen);
  }
}
