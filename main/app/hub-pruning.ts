/** Takes away what nobody needs any more: ended sessions, old codes, tries and uses of links, uploads that were given up; once an hour and at the start. */
import type { PruneRecords } from '../accounts/ports.ts';
import type { Clock } from '../base/clock.ts';
import { isoAt } from '../base/iso-time.ts';
import type { Logger } from '../base/logger.ts';

export interface PruningDeps {
  readonly records: PruneRecords;
  readonly uploads: { prune(): Promise<number> };
  readonly parts: { sweep(): Promise<number> };
  readonly departures: { go(): Promise<void> };
  readonly clock: Clock;
  readonly logger: Logger;
}
export interface Pruning {
  /** One whole round. */
  now(): Promise<void>;
  stop(): void;
}
const everyMs = 3_600_000;
const dayMs = 24 * everyMs;
/** How long each is still told of after it has ended. */
export const keptMs = { sessions: 30 * dayMs, codes: 30 * dayMs, failures: 30 * dayMs, shareUses: 365 * dayMs } as const;

export function startPruning({ records, uploads, parts, departures, clock, logger }: PruningDeps): Pruning {
  const stop = new AbortController();
  const now = async (): Promise<void> => {
    const before = (ms: number): string => isoAt(clock.nowMs() - ms);
    const rows = await records.prune({ now: isoAt(clock.nowMs()), sessions: before(keptMs.sessions), codes: before(keptMs.codes), failures: before(keptMs.failures), shareUses: before(keptMs.shareUses) });
    const gone = (await uploads.prune()) + (await parts.sweep());
    await departures.go();
    if (rows + gone > 0) logger.info({ rows, uploads: gone }, 'old records were removed');
  };
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      // A database or store that is down for a while must not end it.
      await now().catch((error: unknown) => logger.warn({ err: error }, 'old records could not be removed; it is tried again'));
      await clock.sleep(everyMs, stop.signal);
    }
  };
  void run();
  return { now, stop: () => stop.abort() };
}
