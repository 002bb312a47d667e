/** Shortens a failing history: leaves out steps, then faults and single acts, as long as it still fails. */
import type { Fault, History, Step } from './history.ts';

/** So many plays at most: a shorter history is wanted soon, not the shortest one at any price. */
const mostPlays = 400;

export async function shrink(history: History, fails: (shorter: History) => Promise<boolean>): Promise<History> {
  let best = history;
  let plays = 0;
  const stillFails = (shorter: History): Promise<boolean> => {
    plays += 1;
    return fails(shorter);
  };
  for (let width = Math.max(1, best.steps.length >> 1); plays < mostPlays; ) {
    let became = false;
    for (let start = 0; start < best.steps.length && plays < mostPlays; ) {
      const shorter = { ...best, steps: [...best.steps.slice(0, start), ...best.steps.slice(start + width)] };
      if (await stillFails(shorter)) {
        best = shorter;
        became = true;
      } else start += width;
    }
    if (width === 1 && !became) break;
    width = Math.max(1, width >> 1);
  }
  for (let index = 0; index < best.steps.length; index += 1) {
    for (const simpler of simplerSteps(best.steps[index] as Step)) {
      if (plays >= mostPlays) return best;
      const shorter = { ...best, steps: best.steps.with(index, simpler) };
      if (await stillFails(shorter)) best = shorter;
    }
  }
  return best;
}

function simplerSteps(step: Step): Step[] {
  if (step.kind === 'migrate') return [...withoutEach(step.faults).map((faults): Step => ({ ...step, faults })), ...withoutEach(step.beside).map((beside): Step => ({ ...step, beside })), { ...step, turns: 0 }];
  if (step.kind === 'sync') return [...withoutEach(step.faults).map((faults): Step => ({ ...step, faults })), ...withoutEach(step.devices).map((devices): Step => ({ ...step, devices })), { ...step, turns: 0 }];
  if (step.kind === 'live') return [...withoutEach<Fault>(step.faults).map((faults): Step => ({ ...step, faults })), ...withoutEach(step.acts).map((acts): Step => ({ ...step, acts }))];
  return [];
}
function withoutEach<T>(of: readonly T[]): T[][] {
  return of.map((_, index) => of.filter((__, other) => other !== index));
}
