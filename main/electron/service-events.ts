/** Listens to what the service pushes, so that tray and notices follow without asking again and again. */
import { io } from 'socket.io-client';
import type { EventEnvelope } from '../../shared/api/events.ts';
import { events } from '../../shared/api/events.ts';
import type { ServiceSession } from './service-channel.ts';

export interface ServiceEventsParts {
  readonly session: ServiceSession;
  readonly onEvent: (envelope: EventEnvelope) => void;
  /** After every connection: what was missed in between is read anew (rule 45). */
  readonly onConnect: () => void;
  readonly onDisconnect: () => void;
}

/** The returned function ends it. */
export function listenToService({ session, onEvent, onConnect, onDisconnect }: ServiceEventsParts): () => void {
  const socket = io(session.address, { path: '/socket.io', auth: { token: session.token }, transports: ['websocket'], reconnectionDelayMax: 30_000 });
  socket.on('connect', onConnect);
  socket.on('disconnect', (reason) => {
    if (reason !== 'io client disconnect') onDisconnect();
  });
  socket.on('event', (raw: unknown) => {
    const envelope = raw as Partial<EventEnvelope>;
    const schema = envelope.name === undefined ? undefined : events[envelope.name];
    if (schema?.safeParse(envelope.data).success === true) onEvent(raw as EventEnvelope);
  });
  return () => void socket.disconnect();
}
