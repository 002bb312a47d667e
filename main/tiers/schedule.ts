/** When a migration is due, by cron text in local time; a moment that passed while the computer slept is made up for once, after waking. */
import { Cron } from 'croner';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';

/** Timers do not run while a computer sleeps: the clock is looked at at least this often. */
const lookEveryMs = 15 * 60_000;

export interface ScheduleDeps {
  readonly clock: Pick<Clock, 'nowMs' | 'after'>;
  /** Cron text, or null for never. Asked anew at every look. */
  readonly cron: () => string | null;
  /** When it last ran, or was set up; ms. */
  readonly lastMs: () => number;
  /** Called when due; has to make `lastMs` newer. */
  readonly run: () => void;
}
export interface Schedule {
  /** Looks now: after waking, or when the text changed. */
  look(): void;
  stop(): void;
}

/** The first moment after `afterMs`; null when there is none. Throws `bad_request` for what is no cron text of five fields. */
export function nextRunMs(cron: string, afterMs: number): number | null {
  return parsed(cron).nextRun(new Date(afterMs))?.getTime() ?? null;
}
/** Throws `bad_request`. */
export function checkCron(cron: string): void {
  parsed(cron);
}
function parsed(cron: string): Cron {
  try {
    if (cron.trim().split(/\s+/).length !== 5) throw new Error('it needs five fields: minute, hour, day, month, weekday');
    return new Cron(cron, { paused: true });
  } catch (thrown) {
    throw new AppError('bad_request', { detail: `schedule ${cron}: ${thrown instanceof Error ? thrown.message : 'not understood'}` });
  }
}

export function startSchedule(deps: ScheduleDeps): Schedule {
  let cancel = (): void => undefined;
  let isStopped = false;
  const look = (): void => {
    cancel();
    if (isStopped) return;
    const cron = deps.cron();
    const nowMs = deps.clock.nowMs();
    if (cron !== null) {
      const due = nextRunMs(cron, deps.lastMs());
      if (due !== null && due <= nowMs) deps.run();
    }
    const next = cron === null ? null : nextRunMs(cron, nowMs);
    cancel = deps.clock.after(Math.min(lookEveryMs, next === null ? lookEveryMs : Math.max(1000, next - nowMs)), look);
  };
  look();
  return {
    look,
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
}
