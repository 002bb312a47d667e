/** The one door: every command over HTTP and sockets, content, events and the page; on 127.0.0.1 only, but for a hub that is shared (over TLS by a listener of its own). */
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { ContentSource, WatchedRanks } from '../app/core.ts';
import type { EventBus } from '../app/event-bus.ts';
import type { AllHandlers, DoorHandlers, Handlers } from '../app/handlers.ts';
import type { HubDoor } from '../app/hub-door.ts';
import { OneTimeCodes } from '../app/one-time-codes.ts';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { findCallers } from './callers.ts';
import { addContentRoutes } from './content.ts';
import { answerClientError } from './client-errors.ts';
import { ContentTickets } from './content-tickets.ts';
import { correlate } from './correlate.ts';
import { makeDispatch } from './dispatch.ts';
import { addContractRoutes, answerErrors } from './http-routes.ts';
import { comesFromUs, isLocalHost, isLoopback, isOurHost, publicUrlOf, type OwnAddress } from './origin-check.ts';
import { addPage, isPublicAsset } from './page.ts';
import { startRealtime } from './realtime.ts';
import { addSecurityHeaders } from './security-headers.ts';
import type { Sessions } from './sessions.ts';
import { openTls, type TlsListener } from './tls-listener.ts';

export interface DoorOptions {
  readonly handlers: Handlers;
  readonly bus: EventBus;
  readonly content: ContentSource;
  /** By the data dir's token: the owner's bearer and what `hello` proves. */
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  /** Null serves no page. */
  readonly pageDir: string | null;
  /** 0 lets the system choose; otherwise this one or one of the next 50. */
  readonly port: number;
  readonly watchView?: (clientId: string, view: WatchedRanks | null) => void;
  /** Asked for by `stopService`, after it was answered. */
  readonly onStop?: () => void;
  /** Parses every output by the contract: in tests and development. */
  readonly checkOutputs?: boolean;
  /** Null where nothing is shared: then only this computer's owner gets in. */
  readonly hub?: HubDoor | null;
}
export interface Door {
  /** `http://127.0.0.1:8620` */
  readonly address: string;
  readonly port: number;
  /** Where others reach it, the one to tell first. */
  publicUrls(): readonly URL[];
  /** A code for a browser that is about to be opened. */
  makeCode(): string;
  close(): Promise<void>;
}

export async function startDoor(options: DoorOptions): Promise<Door> {
  let port = 0;
  const hub = options.hub ?? null;
  let tls: TlsListener | null = null;
  const publicUrls = (): readonly URL[] => hub?.publicUrls(tls?.port ?? null) ?? [];
  const own = (): OwnAddress => ({ port, publicUrls: publicUrls() });
  const { sessions } = options;
  const codes = new OneTimeCodes(options.clock);
  const tickets = new ContentTickets(options.clock);
  const handlers: AllHandlers = { ...options.handlers, ...doorHandlers(options, { sessions, codes, tickets }) };
  const dispatch = makeDispatch({ handlers, checkOutputs: options.checkOutputs ?? false });

  const app = makeHttp(hub);
  answerErrors(app, options.logger);
  correlate(app);
  logRequests(app, options);
  // First the headers, so that refusals carry them too.
  await addSecurityHeaders(app, own);
  if (hub !== null) await app.register((await import('@fastify/cookie')).default);
  app.addHook('onRequest', async (request) => {
    const isFine = isPublicAsset(request.method, request.raw.url ?? '') ? isOurHost(request.headers, own()) : comesFromUs(request.headers, own());
    // Whoever is elsewhere must call us by the public name, or a forged Host would pass for this computer.
    const isHere = !isLocalHost(request.headers, own()) || isLoopback(request.socket.remoteAddress) || publicUrlOf(request.headers, own()) !== null;
    if (!isFine || !isHere) throw new AppError('forbidden');
  });
  findCallers(app, { sessions, hub, own });
  await addContractRoutes(app, { dispatch, logger: options.logger, version: options.version, checkLimit: hub === null ? null : await (await import('./limits.ts')).addLimits(app, hub.limits) });
  addContentRoutes(app, { content: options.content, tickets, sessions });
  if (hub !== null) (await import('./metrics.ts')).addMetrics(app, { hub, own });
  await addPage(app, options.pageDir);
  const realtime = startRealtime({ server: app.server, own, sessions, bus: options.bus, dispatch, logger: options.logger, clock: options.clock, hub, watchView: options.watchView ?? (() => {}) });
  port = await listen(app, options.port, hub === null || hub.tls !== null ? '127.0.0.1' : hub.listen);
  if (hub !== null && hub.tls !== null) {
    const wanted = { ...hub.tls, host: hub.listen, requestTimeoutMs: requestTimeoutOf(hub) };
    tls = await openTls(app, wanted, (server) => realtime.serve(server)).catch(async (thrown: unknown) => {
      await realtime.close();
      await app.close();
      throw thrown;
    });
  }
  return {
    address: `http://127.0.0.1:${port}`,
    port, publicUrls,
    makeCode: () => codes.make(),
    close: async () => {
      await realtime.close();
      await tls?.close();
      await app.close();
    },
  };
}

function makeHttp(hub: HubDoor | null): FastifyInstance {
  return Fastify({
    logger: false,
    clientErrorHandler: (error, socket) => answerClientError(error, socket),
    // What the router itself refuses (a part of the path too long, a broken escape) never reaches the other handlers.
    frameworkErrors: (error, _request, reply) => void (reply as unknown as FastifyReply).code(error.statusCode ?? 400).header('content-type', 'application/json; charset=utf-8').send({ detail: 'That address can’t be understood.', error_code: 'BAD_REQUEST' }),
    // X13: only proxies that were named speak for others; never everybody, never by count.
    trustProxy: hub === null || hub.trustedProxies.length === 0 ? false : [...hub.trustedProxies],
    bodyLimit: 1_048_576,
    exposeHeadRoutes: false,
    // What is needed only where something is shared is loaded then; a slow disk must not keep a hub from starting.
    pluginTimeout: 120_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 2048 },
    // A request that does not arrive whole in time ends; answers may take hours (`syncOnce`). Large uploads have their own limit of quiet.
    requestTimeout: requestTimeoutOf(hub),
    http: { maxHeaderSize: 16_384, headersTimeout: 20_000 },
  });
}

function requestTimeoutOf(hub: HubDoor | null): number {
  return hub === null ? 60_000 : 6 * 3_600_000;
}

function doorHandlers(options: DoorOptions, own: { readonly sessions: Sessions; readonly codes: OneTimeCodes; readonly tickets: ContentTickets }): DoorHandlers {
  return {
    hello: ({ nonce }) => ({ proof: own.sessions.proofFor(nonce), product: 'strata', version: options.version, epoch: options.bus.epoch }),
    makeCode: () => ({ code: own.codes.make() }),
    exchangeCode: ({ code }) => {
      if (!own.codes.use(code)) throw new AppError('unauthorized');
      return { token: own.sessions.open().token };
    },
    makeTicket: ({ rootId, key, purpose }, caller) => ({ url: `/api/v1/content/${own.tickets.make({ rootId, key, purpose, sessionId: caller.sessionId })}` }),
    stopService: () => {
      // Answered first: who asked should hear that it was heard.
      options.clock.after(50, () => options.onStop?.());
      return { undo: null };
    },
  };
}

/** By route, never by URL: a ticket or a file's name must not lie in a log (rule 43). */
function logRequests(app: FastifyInstance, options: DoorOptions): void {
  app.addHook('onResponse', async (request, reply) => {
    options.logger.debug({ route: `${request.method} ${request.routeOptions.url ?? '(none)'}`, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered');
  });
}

async function listen(app: FastifyInstance, first: number, host: string): Promise<number> {
  const last = first === 0 ? 0 : first + 50;
  for (let port = first; ; port += 1) {
    try {
      await app.listen({ host, port });
      const address = app.server.address();
      if (address === null || typeof address === 'string') throw new Error('the server has no port');
      return address.port;
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' || (error as NodeJS.ErrnoException).code === 'EACCES';
      if (!taken || port >= last) throw error;
    }
  }
}
