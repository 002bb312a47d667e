/** Events and commands over Socket.IO, on the same server and for the same callers. */
import type { Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import { clientMessages } from '../../shared/api/events.ts';
import type { WatchedRanks } from '../app/core.ts';
import type { EventBus } from '../app/event-bus.ts';
import type { Caller } from '../app/handlers.ts';
import { AppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import { answerForError, isCommandName, type Dispatch } from './dispatch.ts';
import { comesFromUs, isLocalHost, isLoopback, type OwnAddress } from './origin-check.ts';
import type { Sessions } from './sessions.ts';

export interface RealtimeOptions {
  readonly server: HttpServer;
  readonly own: () => OwnAddress;
  readonly sessions: Sessions;
  readonly bus: EventBus;
  readonly dispatch: Dispatch;
  readonly logger: Logger;
  readonly watchView: (clientId: string, view: WatchedRanks | null) => void;
}

export function startRealtime(options: RealtimeOptions): { close(): Promise<void> } {
  const io = new Server(options.server, {
    serveClient: false,
    maxHttpBufferSize: 256_000,
    // WebSocket handshakes know no CORS (rule 44): both transports pass here.
    allowRequest: (request, answer) => answer(null, isLocalHost(request.headers, options.own()) && isLoopback(request.socket.remoteAddress) && comesFromUs(request.headers, options.own())),
  });
  // Events tell of everything on this computer, so only its owner gets them, and only here.
  io.use((socket, next) => {
    const caller = callerOf(socket, options.sessions);
    if (caller.who === 'anyone') return next(new Error('unauthorized'));
    socket.data = caller;
    return next();
  });
  io.on('connection', (socket) => serve(socket, options));
  const leave = options.bus.subscribe((envelope) => io.emit('event', envelope));
  return {
    close: async () => {
      leave();
      io.disconnectSockets(true);
      // The HTTP server is the door's to close.
      io.engine.close();
    },
  };
}

function serve(socket: Socket, options: RealtimeOptions): void {
  const caller = socket.data as Caller;
  // From here on the client can tell whether it missed something.
  socket.emit('ready', { epoch: options.bus.epoch, seq: options.bus.seq });
  socket.on('watchView', (message: unknown) => {
    const view = clientMessages.watchView.safeParse(message);
    if (view.success) options.watchView(socket.id, view.data);
  });
  socket.on('disconnect', () => options.watchView(socket.id, null));
  socket.on('call', (message: unknown, answer: unknown) => {
    if (typeof answer !== 'function') return;
    void callCommand(message, caller, options).then((result) => answer(result));
  });
}

async function callCommand(message: unknown, caller: Caller, options: RealtimeOptions): Promise<object> {
  const { name, input } = (typeof message === 'object' && message !== null ? message : {}) as { name?: unknown; input?: unknown };
  try {
    if (!isCommandName(name)) throw new AppError('not_found', { what: 'command' });
    return { ok: true, data: await options.dispatch(name, input ?? {}, caller) };
  } catch (thrown) {
    return { ok: false, error: answerForError(thrown, options.logger, String(name).slice(0, 40)).body };
  }
}

/** Only `auth`: what stands in the query ends up in logs. */
function callerOf(socket: Socket, sessions: Sessions): Caller {
  const token: unknown = socket.handshake.auth['token'];
  return sessions.callerOf(typeof token === 'string' ? token : null);
}
