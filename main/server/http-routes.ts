/** The contract as HTTP routes, at /api/v1 and /api alike: JSON in and out, or a form, a file or a step of a resumable upload where the row says so. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CommandRow, OutgoingFile, OutgoingStream } from '../../shared/api/contract-row.ts';
import { contract, type CommandName } from '../../shared/api/contract.ts';
import { AppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import { addApiDocs } from './api-docs.ts';
import { apiPrefixes } from './api-prefixes.ts';
import { admit, callerOf } from './callers.ts';
import { answerForError, type Dispatch } from './dispatch.ts';
import { sendFile, sendStream } from './file-answer.ts';
import type { CheckLimit } from './limits.ts';
import { openApiDocument } from './openapi.ts';
import { addForms, bytesType, takeForm } from './uploads.ts';

export interface RouteDeps {
  readonly dispatch: Dispatch;
  readonly logger: Logger;
  readonly version: string;
  /** Null counts nothing: only this computer's owner can call. */
  readonly checkLimit: CheckLimit | null;
}

export async function addContractRoutes(app: FastifyInstance, deps: RouteDeps): Promise<void> {
  acceptOnlyJson(app);
  const ask = (request: FastifyRequest) => (name: CommandName, fields: Readonly<Record<string, unknown>>) => deps.dispatch(name, { ...(request.query as object), ...fields, ...(request.params as object) }, callerOf(request));
  await app.register(async (scope) => {
    // Nobody sends files to what is not shared.
    if (deps.checkLimit !== null) await addForms(scope);
    for (const [name, row] of commandsOf('multipart')) addRoute(scope, row, deps, async (request, reply) => answered(name, row, request, reply, await takeForm(name, request, reply, (command, fields) => ask(request)(command, fields))));
  });
  await app.register(async (scope) => {
    const tus = deps.checkLimit === null ? null : await import('./tus.ts');
    tus?.addTus(scope);
    for (const [name, row] of commandsOf('tus')) addRoute(scope, row, deps, (request, reply) => (tus === null ? ask(request)(name, {}) : tus.takeTus(request, reply, ask(request))));
  });
  for (const [name, row] of commandsOf(undefined)) addRoute(app, row, deps, async (request, reply) => answered(name, row, request, reply, await deps.dispatch(name, inputOf(request), callerOf(request))));
  addApiDocs(app, deps);
  for (const prefix of apiPrefixes) app.get(`${prefix}/openapi.json`, { onRequest: async (request, reply) => deps.checkLimit?.(request, reply, undefined) }, () => openApiDocument(deps.version));
}

function commandsOf(form: CommandRow['extras']['form']): [CommandName, CommandRow][] {
  return (Object.entries(contract) as [CommandName, CommandRow][]).filter(([, row]) => row.extras.form === form);
}

function addRoute(app: FastifyInstance, row: CommandRow, deps: RouteDeps, take: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>): void {
  for (const prefix of apiPrefixes) {
    app.route({
      method: row.method,
      url: prefix + row.path,
      config: { form: row.extras.form ?? 'json' } as object,
      // The bearer is looked at before the body is read, so that a stranger can't make us parse.
      onRequest: async (request, reply) => {
        await deps.checkLimit?.(request, reply, row.extras.limit);
        admit(request, row.who);
      },
      handler: take,
    });
  }
}

function answered(name: CommandName, row: CommandRow, request: FastifyRequest, reply: FastifyReply, output: unknown): unknown {
  if (row.extras.answer === 'stream') return sendStream(reply, output as OutgoingStream);
  if (row.extras.answer === 'bytes') return sendFile(request, reply, output as OutgoingFile);
  return reply.code(statusOf(name, row, output)).header('cache-control', 'no-store').send(output);
}

/** A monitor looks at the status alone (V9). */
function statusOf(name: CommandName, row: CommandRow, output: unknown): number {
  if (name === 'health' && (output as { readonly status: string }).status === 'unhealthy') return 500;
  return row.extras.status ?? 200;
}

/** Every way out with a problem answers `{detail, error_code}`. */
export function answerErrors(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const status = fastifyStatusOf(thrown);
    const error = status === null ? thrown : new AppError('bad_request', { detail: (thrown as Error).message.slice(0, 200) });
    const answer = answerForError(error, logger, `${request.method} ${request.routeOptions.url ?? '(no route)'}`);
    for (const header of ['content-length', 'content-range', 'content-disposition']) reply.removeHeader(header);
    if (error instanceof AppError && error.code === 'too_many_tries' && error.context['seconds'] !== undefined) reply.header('retry-after', error.context['seconds']);
    return reply.code(status ?? answer.status).header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-store').send(answer.body);
  });
}

/** Exactly `application/json`: `application/json;` once skipped validation (X14), and a form of a web page can't send it (rule 42). */
function acceptOnlyJson(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const type = request.headers['content-type'];
    const mayLackBody = request.method === 'GET' || request.method === 'HEAD' || request.method === 'DELETE' || request.method === 'OPTIONS';
    if (type === 'application/json' || (type === undefined && mayLackBody)) return;
    const config = request.routeOptions.config as { readonly form?: string } | undefined;
    if (config?.form === 'multipart' || (config?.form === 'tus' && (type === undefined || type === bytesType))) return;
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

/** Fastify's own refusals (body too large, not JSON) carry their status. */
function fastifyStatusOf(thrown: unknown): number | null {
  if (thrown instanceof AppError || !(thrown instanceof Error) || !('statusCode' in thrown)) return null;
  const status = thrown.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}
