/** Whole folders by one command, asked again as long as the hub says that there is more. */
import type { OutputOf } from '../../shared/api/contract.ts';
import { ApiProblem } from '../api/client.ts';
import type { HubClient } from '../api/hub-client.ts';

type Report = OutputOf<'moveFolder'>;
export interface FolderOutcome {
  readonly done: number;
  readonly failed: number;
  /** Why the first of them stayed. */
  readonly why: string;
}

export const moveFolder = (client: HubClient, folder: string, to: string): Promise<FolderOutcome> => toTheEnd(() => client.call('moveFolder', { folder, to }));
export const deleteFolder = (client: HubClient, folder: string): Promise<FolderOutcome> => toTheEnd(() => client.call('deleteFolder', { folder }));
export const restoreFolder = (client: HubClient, folder: string): Promise<FolderOutcome> => toTheEnd(() => client.call('restoreFolder', { folder }));

/** Only what was there at that moment. */
export const emptyTrash = (client: HubClient, until: string): Promise<FolderOutcome> => toTheEnd(() => client.call('emptyTrash', { until }));

async function toTheEnd(ask: () => Promise<Report>): Promise<FolderOutcome> {
  let done = 0;
  for (;;) {
    const report = await ask().catch((reason: unknown) => {
      // Everything had gone by the time it was asked again.
      if (done > 0 && reason instanceof ApiProblem && reason.status === 404) return null;
      throw reason;
    });
    if (report === null) return { done, failed: 0, why: '' };
    done += report.done;
    // Where nothing moves any more, asking on would never end.
    if (!report.more || report.done === 0) return { done, failed: report.failed, why: report.failures[0]?.detail ?? '' };
  }
}
