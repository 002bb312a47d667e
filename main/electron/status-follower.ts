/** Follows one running service for tray and notices: status and recent files, read anew after every connection. */
import type { ActivityLine, Status } from '../../shared/api/contract.ts';
import type { EventEnvelope, EventOf } from '../../shared/api/events.ts';
import type { ServiceSession } from './service-channel.ts';
import type { ServiceCall } from './service-client.ts';
import type { ServiceEventsParts } from './service-events.ts';
import { mostRecent, type RecentFile } from './tray-menu.ts';

export interface FollowerParts {
  readonly session: ServiceSession;
  readonly call: ServiceCall;
  readonly listen: (parts: ServiceEventsParts) => () => void;
  readonly onChange: (seen: { readonly status: Status | null; readonly recent: readonly RecentFile[] }) => void;
  readonly onNotice: (notice: EventOf<'notice'>) => void;
  readonly onLost: () => void;
}

/** The returned function ends it; nothing is told afterwards. */
export function followService(parts: FollowerParts): () => void {
  let status: Status | null = null;
  let recent: readonly RecentFile[] = [];
  let over = false;
  const tell = (): void => {
    if (!over) parts.onChange({ status, recent });
  };
  const reread = async (): Promise<void> => {
    try {
      const [now, lines] = await Promise.all([parts.call('readStatus', {}), parts.call('readLines', { limit: 200 })]);
      status = now;
      recent = recentFiles(lines.lines, []);
      tell();
    } catch {
      // The next event or connection brings it; a tray that is a little late is no fault to report.
    }
  };
  const hear = (envelope: EventEnvelope): void => {
    if (over) return;
    if (envelope.name === 'notice') return parts.onNotice(envelope.data as EventOf<'notice'>);
    if (envelope.name === 'status') status = envelope.data as EventOf<'status'>;
    else if (envelope.name === 'activity') recent = recentFiles((envelope.data as EventOf<'activity'>).lines, recent);
    else return;
    tell();
  };
  const leave = parts.listen({ session: parts.session, onEvent: hear, onConnect: () => void reread(), onDisconnect: () => (over ? undefined : parts.onLost()) });
  return () => {
    over = true;
    leave();
  };
}

/** The last files that were sent or fetched, newest first, each once. */
export function recentFiles(lines: readonly ActivityLine[], before: readonly RecentFile[]): readonly RecentFile[] {
  const fresh = lines.filter((line) => line.kind === 'upload' || line.kind === 'download').toSorted((a, b) => b.atMs - a.atMs || b.id - a.id);
  const byKey = new Map<string, RecentFile>();
  for (const { rootId, path } of [...fresh, ...before]) {
    const key = `${rootId}\n${path}`;
    if (!byKey.has(key)) byKey.set(key, { rootId, path });
  }
  return [...byKey.values()].slice(0, mostRecent);
}
