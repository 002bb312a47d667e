/** Arms a death: the process ends itself with SIGKILL before or after the nth journal, disk or store step, as if the power of that one program had gone. */
import type { Around } from '../../compose.ts';

/** The three kinds of steps a crash can fall between. */
export type StepKind = 'journal' | 'file' | 'request';
export interface ArmedPoint {
  readonly kind: StepKind;
  /** 1 is the first step of its kind. */
  readonly number: number;
  readonly when: 'before' | 'after';
}
export const stepsOf: Readonly<Record<StepKind, readonly string[]>> = {
  journal: ['openJournal', 'closeJournal', 'transaction'],
  file: ['place', 'trash', 'untrash', 'rename', 'makeFolder', 'removeFolder', 'setExecutable', 'writeMarker'],
  request: ['put', 'remove', 'copy', 'startUpload', 'putPart', 'completeUpload'],
};

/** `request:7:after`; null when nothing is armed. Throws on anything else, so that a misspelt point is no quiet run. */
export function parsePoint(text: string | undefined): ArmedPoint | null {
  if (text === undefined || text === '') return null;
  const found = /^(journal|file|request):([1-9]\d*):(before|after)$/.exec(text);
  if (found === null) throw new Error(`no point to die at: ${text}`);
  return { kind: found[1] as StepKind, number: Number(found[2]), when: found[3] as 'before' | 'after' };
}

/** Counts the steps of every root together; `die` is called at the armed one. */
export function aroundWith(point: ArmedPoint | null, die: () => void): Around {
  let left = point?.number ?? 0;
  const counting = <T extends object>(target: T, kind: StepKind): T => {
    if (point === null || point.kind !== kind) return target;
    const names = new Set(stepsOf[kind]);
    return new Proxy(target, {
      get(of, name) {
        const value: unknown = Reflect.get(of, name, of);
        if (typeof value !== 'function') return value;
        const call = value as (...given: unknown[]) => unknown;
        if (typeof name !== 'string' || !names.has(name)) return call.bind(of);
        return (...given: unknown[]): unknown => {
          left -= 1;
          if (left !== 0) return call.apply(of, given);
          if (point.when === 'before') die();
          const answer = call.apply(of, given);
          if (!(answer instanceof Promise)) die();
          return answer instanceof Promise ? answer.finally(die) : answer;
        };
      },
    });
  };
  return { index: (index) => counting(index, 'journal'), store: (store) => counting(store, 'request'), local: (local) => counting(local, 'file') };
}
