/** The contract as HTTP routes, at /api/v1 and /api alike. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { contract, type CommandName } from '../../shared/api/contract.ts';
import { AppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import { answerForError, type Dispatch } from './dispatch.ts';
import { openApiDocument } from './openapi.ts';
import { bearerOf, type Sessions } from './sessions.ts';

export const apiPrefixes = ['/api/v1', '/api'] as const;

export function addContractRoutes(app: FastifyInstance, options: { readonly dispatch: Dispatch; readonly sessions: Sessions; readonly logger: Logger; readonly version: string }): void {
  acceptOnlyJson(app);
  for (const prefix of apiPrefixes) {
    for (const name of Object.keys(contract) as CommandName[]) {
      const row = contract[name];
      app.route({
        method: row.method,
        url: prefix + row.path,
        // The bearer is looked at before the body is read, so that a stranger can't make us parse.
        onRequest: async (request) => {
          if (row.who !== 'anyone' && callerOf(request, options.sessions).who === 'anyone') throw new AppError('unauthorized');
        },
        handler: async (request, reply) => {
          const input = inputOf(request);
          const output = await options.dispatch(name, input, callerOf(request, options.sessions));
          return reply.header('cache-control', 'no-store').send(output);
        },
      });
    }
    app.get(`${prefix}/openapi.json`, () => openApiDocument(options.version));
  }
}

/** Every way out with a problem answers `{detail, error_code}`. */
export function answerErrors(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const status = fastifyStatusOf(thrown);
    const error = status === null ? thrown : new AppError('bad_request', { detail: (thrown as Error).message.slice(0, 200) });
    const answer = answerForError(error, logger, `${request.method} ${request.routeOptions.url ?? '(no route)'}`);
    return reply.code(status ?? answer.status).header('cache-control', 'no-store').send(answer.body);
  });
}

/** Exactly `application/json`: `application/json;` once skipped validation (X14), and a form of a web page can't send it (rule 42). */
function acceptOnlyJson(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const type = request.headers['content-type'];
    const mayLackBody = request.method === 'GET' || request.method === 'HEAD' || request.method === 'DELETE' || request.method === 'OPTIONS';
    if (type === 'application/json' || (type === undefined && mayLackBody)) return;
    return reply.code(415).send({ detail: 'The body must be application/json, exactly.', error_code: 'BAD_REQUEST' });
  });
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, {});
    return parseJson(request, body as string, done);
  });
}

/** The path wins over the body: what was checked by the route is what is acted on. */
function inputOf(request: FastifyRequest): unknown {
  const rest = request.method === 'GET' ? request.query : request.body ?? {};
  if (typeof rest !== 'object' || rest === null || Array.isArray(rest)) throw new AppError('bad_request', { detail: 'the body must be an object' });
  return { ...rest, ...(request.params as object) };
}

function callerOf(request: FastifyRequest, sessions: Sessions) {
  return sessions.callerOf(bearerOf(request.headers.authorization));
}

/** Fastify's own refusals (body too large, not JSON) carry their status. */
function fastifyStatusOf(thrown: unknown): number | null {
  if (thrown instanceof AppError || !(thrown instanceof Error) || !('statusCode' in thrown)) return null;
  const status = thrown.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}
