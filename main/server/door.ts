/** The one door: every command over HTTP and sockets, content, events and the page, on 127.0.0.1 only. */
import Fastify, { type FastifyInstance } from 'fastify';
import type { ContentSource, WatchedRanks } from '../app/core.ts';
import type { EventBus } from '../app/event-bus.ts';
import type { AllHandlers, DoorHandlers, Handlers } from '../app/handlers.ts';
import { OneTimeCodes } from '../app/one-time-codes.ts';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { addContentRoutes } from './content.ts';
import { ContentTickets } from './content-tickets.ts';
import { makeDispatch } from './dispatch.ts';
import { addContractRoutes, answerErrors } from './http-routes.ts';
import { comesFromUs, isOurHost } from './origin-check.ts';
import { addPage, isPublicAsset } from './page.ts';
import { startRealtime } from './realtime.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { Sessions } from './sessions.ts';

export interface DoorOptions {
  readonly handlers: Handlers;
  readonly bus: EventBus;
  readonly content: ContentSource;
  /** The data dir's token: the owner's bearer and what `hello` proves. */
  readonly token: string;
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
}
export interface Door {
  /** `http://127.0.0.1:8620` */
  readonly address: string;
  readonly port: number;
  /** A code for a browser that is about to be opened. */
  makeCode(): string;
  close(): Promise<void>;
}

export async function startDoor(options: DoorOptions): Promise<Door> {
  let port = 0;
  const portNow = (): number => port;
  const sessions = new Sessions(options.token);
  const codes = new OneTimeCodes(options.clock);
  const tickets = new ContentTickets(options.clock);
  const handlers: AllHandlers = { ...options.handlers, ...doorHandlers(options, { sessions, codes, tickets }) };
  const dispatch = makeDispatch({ handlers, checkOutputs: options.checkOutputs ?? false });

  const app = makeHttp();
  answerErrors(app, options.logger);
  logRequests(app, options);
  // First the headers, so that refusals carry them too.
  await addSecurityHeaders(app, portNow);
  app.addHook('onRequest', async (request) => {
    const isFine = isPublicAsset(request.method, request.raw.url ?? '') ? isOurHost(request.headers, port) : comesFromUs(request.headers, port);
    if (!isFine) throw new AppError('forbidden');
  });
  addContractRoutes(app, { dispatch, sessions, logger: options.logger, version: options.version });
  addContentRoutes(app, { content: options.content, tickets, sessions });
  await addPage(app, options.pageDir);
  const realtime = startRealtime({ server: app.server, port: portNow, sessions, bus: options.bus, dispatch, logger: options.logger, watchView: options.watchView ?? (() => {}) });
  port = await listen(app, options.port);
  return {
    address: `http://127.0.0.1:${port}`,
    port,
    makeCode: () => codes.make(),
    close: async () => {
      await realtime.close();
      await app.close();
    },
  };
}

function makeHttp(): FastifyInstance {
  return Fastify({
    logger: false,
    // X13: nobody stands before us, so no header speaks for anybody else.
    trustProxy: false,
    bodyLimit: 1_048_576,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 512 },
    // A request that does not arrive whole in time ends; answers may take hours (`syncOnce`).
    requestTimeout: 60_000,
    http: { maxHeaderSize: 16_384, headersTimeout: 20_000 },
  });
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

async function listen(app: FastifyInstance, first: number): Promise<number> {
  const last = first === 0 ? 0 : first + 50;
  for (let port = first; ; port += 1) {
    try {
      await app.listen({ host: '127.0.0.1', port });
      const address = app.server.address();
      if (address === null || typeof address === 'string') throw new Error('the server has no port');
      return address.port;
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' || (error as NodeJS.ErrnoException).code === 'EACCES';
      if (!taken || port >= last) throw error;
    }
  }
}
