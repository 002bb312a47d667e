/** The tus protocol in front of the commands for resumable uploads: the library speaks it, and each of its steps is one command, with all the checks of a command. */
import { Readable, PassThrough } from 'node:stream';
import { DataStore, MemoryLocker, Server, Upload } from '@tus/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CommandName, OutputOf } from '../../shared/api/contract.ts';
import { AppError } from '../base/app-error.ts';
import { bytesType, waste } from './uploads.ts';

/** By command and what it takes besides the path. */
export type AskCommand = (name: CommandName, fields: Readonly<Record<string, unknown>>) => Promise<unknown>;
interface Steps {
  readonly start: CommandName;
  readonly look: CommandName;
  readonly send: CommandName;
  readonly end: CommandName;
}
const own: Steps = { start: 'startUpload', look: 'lookAtUpload', send: 'sendUpload', end: 'endUpload' };
const byLink: Steps = { start: 'startSharedUpload', look: 'lookAtSharedUpload', send: 'sendSharedUpload', end: 'endSharedUpload' };
/** Nothing moves for so long only where nobody is there. Long, because a line also stands still while others are served first. */
const quietMs = 600_000;
/** A HEAD or a second PATCH waits no longer for one whose line is dead. */
const drainMs = 3_000;
const passedOn = /^(tus-|upload-|location$)/;
/** The library's own refusals, as codes of ours. */
const codes: Readonly<Record<number, string>> = { 404: 'NOT_FOUND', 409: 'STALE', 410: 'NOT_FOUND', 413: 'FILE_TOO_LARGE' };
const locker = new MemoryLocker();

export function addTus(scope: FastifyInstance): void {
  scope.addContentTypeParser(bytesType, (_request, payload, done) => done(null, payload));
}

export async function takeTus(request: FastifyRequest, reply: FastifyReply, ask: AskCommand): Promise<unknown> {
  const params = request.params as { readonly upload_id?: string; readonly token?: string };
  const steps = params.token === undefined ? own : byLink;
  const store = new CommandStore({ ask, steps, checksum: checksumOf(request.headers['upload-checksum']) });
  const server = new Server({
    path: request.url.split('?')[0] ?? '/', datastore: store, locker, lockDrainTimeout: drainMs, allowedOrigins: [],
    // The route has found the number already; nobody reads it out of the address a second time.
    getFileIdFromRequest: () => params.upload_id,
    generateUrl: (_, { path, id }) => `${path}/${id}`,
    onResponseError: (_, error) => {
      store.problem = error;
      return undefined;
    },
  });
  request.raw.setTimeout(quietMs, () => request.raw.destroy());
  const body = bodyOf(request);
  try {
    const answer = await server.handleWeb(asWebRequest(request, body));
    if (store.problem instanceof AppError) throw store.problem;
    return await passOn(answer, reply, request.method);
  } finally {
    if (body !== null && !body.readableEnded) {
      request.raw.unpipe(body);
      body.destroy();
      await waste(request.raw);
    }
    request.raw.setTimeout(0);
  }
}

/** A pipe of our own, so that a refusal does not take the line down before it was answered. */
function bodyOf(request: FastifyRequest): PassThrough | null {
  if (request.headers['content-type'] !== bytesType) return null;
  // Little: while its turn has not come, what a client sends waits in its line and not here.
  const body = new PassThrough({ highWaterMark: 16_384 });
  body.on('error', () => undefined);
  for (const event of ['error', 'aborted', 'close'] as const) request.raw.once(event, () => request.raw.readableEnded || body.destroy(new Error('the line broke')));
  request.raw.pipe(body);
  return body;
}

function asWebRequest(request: FastifyRequest, body: PassThrough | null): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string' && /^(content-length|content-type|tus-|upload-)/.test(name)) headers.set(name, value);
  const url = `http://hub${request.url}`;
  return body === null ? new Request(url, { method: request.method, headers }) : new Request(url, { method: request.method, headers, body: Readable.toWeb(body, { strategy: new CountQueuingStrategy({ highWaterMark: 1 }) }) as ReadableStream, duplex: 'half' } as RequestInit);
}

async function passOn(answer: Response, reply: FastifyReply, method: string): Promise<unknown> {
  for (const [name, value] of answer.headers) if (passedOn.test(name)) reply.header(name, value);
  reply.code(answer.status).header('cache-control', 'no-store');
  if (answer.status < 400 || method === 'HEAD') return reply.send(answer.status === 201 || method === 'HEAD' ? '' : undefined);
  return reply.send({ detail: (await answer.text()).trim().slice(0, 200), error_code: codes[answer.status] ?? 'BAD_REQUEST' });
}

class CommandStore extends DataStore {
  readonly #ask: AskCommand;
  readonly #steps: Steps;
  readonly #checksum: unknown;
  problem: unknown = null;
  override extensions = ['creation', 'creation-with-upload', 'termination', 'checksum'];
  constructor(deps: { readonly ask: AskCommand; readonly steps: Steps; readonly checksum: unknown }) {
    super();
    this.#ask = deps.ask;
    this.#steps = deps.steps;
    this.#checksum = deps.checksum;
  }
  override async create(upload: Upload): Promise<Upload> {
    const { filename, folder, modified } = upload.metadata ?? {};
    const begun = (await this.#ask(this.#steps.start, { size: upload.size, filename: filename ?? undefined, ...(folder == null ? {} : { folder }), ...(modified == null ? {} : { modified }) })) as OutputOf<'startSharedUpload'>;
    upload.id = begun.upload_id;
    return upload;
  }
  override async getUpload(id: string): Promise<Upload> {
    const now = (await this.#ask(this.#steps.look, { upload_id: id })) as OutputOf<'lookAtSharedUpload'>;
    return new Upload({ id, size: now.size, offset: now.offset });
  }
  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    const now = (await this.#ask(this.#steps.send, { upload_id: id, offset, checksum: this.#checksum, chunks: stream })) as OutputOf<'sendSharedUpload'>;
    return now.offset;
  }
  override async remove(id: string): Promise<void> {
    await this.#ask(this.#steps.end, { upload_id: id });
  }
}

/** `sha256 <base64>`; what is none is refused by the command's own schema. */
function checksumOf(header: string | string[] | undefined): unknown {
  if (typeof header !== 'string') return undefined;
  const [algorithm, value = ''] = header.split(' ');
  return { algorithm, digest: Buffer.from(value, 'base64').toString('hex') };
}
