/** Events and commands over Socket.IO, on the same server and for the same callers: this computer's owner hears all, a member of their own library. */
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import { clientMessages } from '../../shared/api/events.ts';
import type { WatchedRanks } from '../app/core.ts';
import type { EventBus } from '../app/event-bus.ts';
import type { Caller } from '../app/handlers.ts';
import { cookieNames, type HubDoor } from '../app/hub-door.ts';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { answerForError, isCommandName, type Dispatch } from './dispatch.ts';
import { comesFromUs, isLocalHost, isLoopback, publicUrlOf, type OwnAddress } from './origin-check.ts';
import { bearerOf, nobody, type Sessions } from './sessions.ts';
import { SocketLimits } from './socket-limits.ts';

export interface RealtimeOptions {
  readonly server: HttpServer;
  readonly own: () => OwnAddress;
  readonly sessions: Sessions;
  readonly bus: EventBus;
  readonly dispatch: Dispatch;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly watchView: (clientId: string, view: WatchedRanks | null) => void;
  /** Null where nothing is shared. */
  readonly hub: HubDoor | null;
}
/** An ended session must not go on hearing. */
const askAgainMs = 60_000;
/** Many files at once are one thing to look at. */
const gatherMs = 250;
const mostSocketsOfUser = 32;

export interface Realtime {
  /** The same sockets over another listener. */
  serve(server: HttpServer): void;
  close(): Promise<void>;
}

export function startRealtime(options: RealtimeOptions): Realtime {
  // Behind a proxy everybody has its address; then the limits of each user are left.
  const limits = options.hub === null || options.hub.trustedProxies.length > 0 ? null : new SocketLimits({ clock: options.clock, perMinute: options.hub.limits.anonymous });
  const io = new Server(options.server, {
    serveClient: false,
    maxHttpBufferSize: 256_000,
    // WebSocket handshakes know no CORS (rule 44): both transports pass here.
    allowRequest: (request, answer) => answer(null, mayKnock(request, options) && (!isNew(request) || limits === null || limits.mayBegin(addressOf(request)))),
  });
  if (limits !== null) io.engine.on('connection', (client: EngineClient) => client.on('close', limits.opened(addressOf(client.request))));
  io.use((socket, next) => {
    void admit(socket, options).then((caller) => {
      if (caller === null) return next(new Error('unauthorized'));
      socket.data = caller;
      return next();
    }, () => next(new Error('unauthorized')));
  });
  io.on('connection', (socket) => {
    const caller = socket.data as Caller;
    if (caller.user === undefined) return serveOwner(socket, caller, options);
    return serveMember(io, socket, caller.user.id, options);
  });
  // Events tell of everything on this computer, so only its owner gets them, and only here.
  const leave = options.bus.subscribe((envelope) => io.to(ownerRoom).emit('event', envelope));
  return {
    serve: (server) => io.engine.attach(server, { path: io.path() }),
    close: async () => {
      leave();
      io.disconnectSockets(true);
      // The HTTP server is the door's to close.
      io.engine.close();
    },
  };
}
const ownerRoom = 'owner';

interface EngineClient {
  readonly request: IncomingMessage;
  on(event: 'close', call: () => void): void;
}
function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? '';
}
/** Later requests of the same socket name it. */
function isNew(request: IncomingMessage): boolean {
  return !new URL(request.url ?? '/', 'http://hub').searchParams.has('sid');
}

function mayKnock(request: IncomingMessage, { own, hub }: RealtimeOptions): boolean {
  if (!comesFromUs(request.headers, own())) return false;
  const isHere = isLoopback(request.socket.remoteAddress);
  if (isLocalHost(request.headers, own())) return isHere;
  return hub !== null;
}

/** This computer's owner by a local bearer, or an account of the hub. */
async function admit(socket: Socket, options: RealtimeOptions): Promise<Caller | null> {
  const token: unknown = socket.handshake.auth['token'];
  const bearer = typeof token === 'string' ? bearerOf(`Bearer ${token}`) : null;
  const local = isLocalHost(socket.handshake.headers, options.own()) && isLoopback(socket.request.socket.remoteAddress) ? options.sessions.callerOf(bearer) : nobody;
  if (local.who !== 'anyone') return local;
  return identifyMember(socket, bearer, options);
}

async function identifyMember(socket: Socket, bearer: string | null, { hub, own }: RealtimeOptions): Promise<Caller | null> {
  if (hub === null) return null;
  const mayHaveCookie = bearer === null && publicUrlOf(socket.handshake.headers, own())?.protocol === 'https:';
  const cookie = mayHaveCookie ? cookieOf(socket.handshake.headers.cookie, cookieNames.access) : null;
  if (bearer === null && cookie === null) return null;
  return hub.identify({ bearer, cookie, proof: null }, { address: socket.handshake.address, agent: String(socket.handshake.headers['user-agent'] ?? '').slice(0, 200) });
}

function cookieOf(header: string | undefined, name: string): string | null {
  const found = (header ?? '').split(';').map((part) => part.trim()).find((part) => part.startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1);
}

function serveOwner(socket: Socket, caller: Caller, options: RealtimeOptions): void {
  void socket.join(ownerRoom);
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

/** A member hears one thing: that their own library changed. What changed they ask over HTTP, where every question is bound to them. */
function serveMember(io: Server, socket: Socket, userId: number, options: RealtimeOptions): void {
  const room = `user-${userId}`;
  if (options.hub === null || (io.sockets.adapter.rooms.get(room)?.size ?? 0) >= mostSocketsOfUser) return void socket.disconnect(true);
  void socket.join(room);
  let waiting: (() => void) | null = null;
  const leave = options.hub.watch(userId, () => {
    waiting ??= options.clock.after(gatherMs, () => {
      waiting = null;
      socket.emit('filesChanged');
    });
  });
  let askAgain: () => void = () => {};
  const look = (): void => {
    askAgain = options.clock.after(askAgainMs, () => void admit(socket, options).then((caller) => (caller?.user?.id === userId ? look() : socket.disconnect(true)), () => socket.disconnect(true)));
  };
  look();
  socket.on('disconnect', () => {
    leave();
    askAgain();
    waiting?.();
  });
  socket.emit('ready', {});
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
