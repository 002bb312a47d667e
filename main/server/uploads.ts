/** Forms with a file in them, streamed: what arrives goes on at once, and nothing is ever whole in memory here. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Multipart } from '@fastify/multipart';
import type { CommandName } from '../../shared/api/contract.ts';
import type { IncomingFile } from '../../shared/api/contract-row.ts';
import { AppError } from '../base/app-error.ts';

export type TakeForm = (name: CommandName, input: Readonly<Record<string, unknown>>, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** A client that sends nothing for so long is gone. Long, because it also stands still while the store is slow or others are served first. */
const quietMs = 600_000;
/** After a refusal the rest is read and thrown away, so that the client hears why instead of a broken line; no further than this. */
const mostWastedBytes = 256 * 1024 * 1024;
const fieldNames = new Set(['folder']);
/** What a step of a resumable upload carries (tus). */
export const bytesType = 'application/offset+octet-stream';

export async function addForms(scope: FastifyInstance): Promise<void> {
  // The size is counted where it is stored: a stream cut off by the parser would look like a whole file.
  await scope.register((await import('@fastify/multipart')).default, { limits: { fileSize: Infinity, files: 1, fields: 10, fieldSize: 4096, parts: 12, headerPairs: 50 } });
}

/** Fields that come before the file are given to the handler; later ones by `rest`, when it has read the file to its end. */
export async function takeForm(name: CommandName, request: FastifyRequest, reply: FastifyReply, take: TakeForm): Promise<unknown> {
  if (request.isMultipart?.() !== true) throw new AppError('bad_request', { detail: 'the body must be multipart/form-data' });
  request.raw.setTimeout(quietMs, () => request.raw.destroy());
  const parts = request.parts()[Symbol.asyncIterator]();
  try {
    const before: Record<string, string> = {};
    const file = await upToFile(parts, before);
    const output = await take(name, { ...before, ...(file === null ? {} : { file: incoming(file, parts) }) }, request, reply);
    await readRest(parts);
    return output;
  } catch (thrown) {
    await waste(request.raw);
    throw asOurs(thrown);
  } finally {
    // The line may carry other requests after this one.
    request.raw.setTimeout(0);
  }
}

async function upToFile(parts: AsyncIterator<Multipart>, fields: Record<string, string>): Promise<Extract<Multipart, { type: 'file' }> | null> {
  for (let next = await parts.next(); next.done !== true; next = await parts.next()) {
    const part = next.value;
    if (part.type === 'file') {
      if (part.fieldname === 'file') return part;
      throw new AppError('bad_request', { detail: 'the file belongs into the field "file"' });
    }
    keepField(part, fields);
  }
  return null;
}

function incoming(part: Extract<Multipart, { type: 'file' }>, parts: AsyncIterator<Multipart>): IncomingFile {
  return { filename: part.filename ?? '', claimedType: part.mimetype, chunks: part.file, rest: () => readRest(parts) };
}

async function readRest(parts: AsyncIterator<Multipart>): Promise<Readonly<Record<string, string>>> {
  const fields: Record<string, string> = {};
  for (let next = await parts.next(); next.done !== true; next = await parts.next()) {
    if (next.value.type === 'file') throw new AppError('bad_request', { detail: 'one file at a time' });
    keepField(next.value, fields);
  }
  return fields;
}

function keepField(part: Extract<Multipart, { type: 'field' }>, fields: Record<string, string>): void {
  if (!fieldNames.has(part.fieldname)) return;
  if (typeof part.value !== 'string' || part.valueTruncated) throw new AppError('bad_request', { detail: `the field "${part.fieldname}" is too long` });
  fields[part.fieldname] = part.value;
}

/** Until the client has sent all, went away, or sent more than anyone should have to throw away. */
export function waste(raw: IncomingMessage): Promise<void> {
  if (raw.readableEnded || raw.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let bytes = 0;
    raw.unpipe();
    raw.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes > mostWastedBytes) resolve();
    });
    for (const event of ['end', 'close', 'error'] as const) raw.once(event, () => resolve());
    raw.resume();
  });
}

/** The parser's own refusals are the client's mistakes, and a line that broke is nobody's. */
function asOurs(thrown: unknown): unknown {
  if (thrown instanceof AppError || !(thrown instanceof Error)) return thrown;
  const code = (thrown as NodeJS.ErrnoException).code ?? '';
  if (code.startsWith('FST_') || /multipart|boundary|part terminated|unexpected end|premature|header/i.test(thrown.message)) return new AppError('bad_request', { detail: `the form can’t be read (${thrown.message.slice(0, 100)})` }, thrown);
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || thrown.message === 'aborted') return new AppError('cancelled', {}, thrown);
  return thrown;
}
