/** Keeps the page in step with the service: pushed events, a fresh read after every gap, polling while sockets fail. */
import type { EventEnvelope } from '../../shared/api/events.ts';
import type { Session } from './session.ts';

export type Connection = 'connecting' | 'live' | 'polling' | 'lost';
export interface WatchedRanks { readonly viewId: string; readonly from: number; readonly to: number }
export interface LiveFeed { watchView(ranks: WatchedRanks): void; stop(): void }

export interface LiveParts {
  readonly session: Session;
  /** Reads everything again; false when the service does not answer. */
  readonly reread: () => Promise<boolean>;
  readonly onEvent: (envelope: EventEnvelope) => void;
  readonly onConnection: (connection: Connection) => void;
}
const pollMs = 30_000;
const lostPollMs = 3000;
/** The service opens another door when sharing is switched: what is back within seconds has not stopped. */
const graceMs = 4000;
const gracePollMs = 1000;

/** True when this envelope follows the last one; anything else means something was missed. */
export function follows(last: { epoch: string; seq: number } | null, next: { epoch: string; seq: number }): boolean {
  return last !== null && last.epoch === next.epoch && next.seq === last.seq + 1;
}

/** What to say and when to ask again, without a socket: null says nothing yet. `silentMs` is how long nothing has answered, null where something did. */
export function withoutSocket(silentMs: number | null): { readonly connection: 'polling' | 'lost' | null; readonly againMs: number } {
  if (silentMs === null) return { connection: 'polling', againMs: pollMs };
  return silentMs < graceMs ? { connection: null, againMs: gracePollMs } : { connection: 'lost', againMs: lostPollMs };
}

export async function connectLive({ session, reread, onEvent, onConnection }: LiveParts): Promise<LiveFeed> {
  const { io } = await import('socket.io-client');
  const socket = io(session.address, { path: '/socket.io', auth: { token: session.token }, transports: ['websocket', 'polling'] });
  let last: { epoch: string; seq: number } | null = null;
  let watched: WatchedRanks | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unansweredSince: number | null = null;

  const poll = async (): Promise<void> => {
    clearTimeout(timer);
    const answered = await reread();
    if (socket.connected) return;
    unansweredSince = answered ? null : (unansweredSince ?? performance.now());
    const { connection, againMs } = withoutSocket(unansweredSince === null ? null : performance.now() - unansweredSince);
    if (connection !== null) onConnection(connection);
    timer = setTimeout(() => void poll(), againMs);
  };
  socket.on('connect', () => {
    clearTimeout(timer);
    last = null;
    unansweredSince = null;
    onConnection('live');
    if (watched !== null) socket.emit('watchView', watched);
    void reread();
  });
  socket.on('disconnect', () => void poll());
  socket.on('connect_error', () => void poll());
  socket.on('event', (envelope: EventEnvelope) => {
    const gap = last !== null && !follows(last, envelope);
    last = { epoch: envelope.epoch, seq: envelope.seq };
    if (gap) void reread();
    else onEvent(envelope);
  });
  return {
    watchView(ranks) {
      watched = ranks;
      if (socket.connected) socket.emit('watchView', ranks);
    },
    stop() {
      clearTimeout(timer);
      socket.disconnect();
    },
  };
}
