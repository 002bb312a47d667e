/** A member's file as an HTTP answer: conditions (RFC 9110), ranges, and never anything that could run as our page (X4). */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OutgoingFile, OutgoingStream } from '../../shared/api/contract-row.ts';
import { wishedRange } from './byte-range.ts';
import { disposition, sandboxPolicy } from './content.ts';

/** Types that a browser may run or render with script in them go out as plain bytes. */
const running = /^(text\/(html|javascript|xml|css)|application\/(xhtml\+xml|xml|javascript|x-shockwave-flash)|image\/svg\+xml|.*\+xml)$/i;

export type Condition = 'go' | 'notModified' | 'failed';

/** In the order of RFC 9110 §13.2.2. */
export function judgeConditions(headers: Readonly<Record<string, string | string[] | undefined>>, file: { readonly etag: string; readonly changedAtMs: number }): Condition {
  const ifMatch = one(headers['if-match']);
  const changedS = Math.floor(file.changedAtMs / 1000);
  if (ifMatch !== undefined) {
    if (!names(ifMatch, file.etag, false)) return 'failed';
  } else {
    const since = dateOf(one(headers['if-unmodified-since']));
    if (since !== null && changedS > since) return 'failed';
  }
  const ifNoneMatch = one(headers['if-none-match']);
  if (ifNoneMatch !== undefined) return names(ifNoneMatch, file.etag, true) ? 'notModified' : 'go';
  const since = dateOf(one(headers['if-modified-since']));
  return since !== null && changedS <= since ? 'notModified' : 'go';
}

export function sendFile(request: FastifyRequest, reply: FastifyReply, file: OutgoingFile): FastifyReply {
  const etag = cleanEtag(file.etag);
  reply.header('etag', `"${etag}"`).header('last-modified', new Date(file.changedAtMs).toUTCString()).header('accept-ranges', 'bytes').header('cache-control', 'private, no-cache');
  const condition = judgeConditions(request.headers, { etag, changedAtMs: file.changedAtMs });
  if (condition === 'notModified') return reply.code(304).send();
  if (condition === 'failed') return refuse(reply, 412, 'The file is another version now.', 'OBJECT_CHANGED');
  const ifRange = one(request.headers['if-range']);
  const wish = wishedRange(ifRange !== undefined && ifRange !== `"${etag}"` ? undefined : request.headers.range, file.sizeBytes);
  if (wish.kind === 'unsatisfiable') return refuse(reply.header('content-range', `bytes */${file.sizeBytes}`), 416, 'The file has no such bytes.', 'BAD_REQUEST');
  const range = wish.kind === 'part' ? wish.range : null;
  if (range !== null) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${file.sizeBytes}`);
  reply
    .header('content-type', running.test(file.contentType) ? 'application/octet-stream' : file.contentType)
    .header('content-disposition', disposition('attachment', file.filename))
    .header('content-security-policy', sandboxPolicy)
    .header('content-length', range === null ? file.sizeBytes : range.end - range.start + 1);
  if (file.sizeBytes === 0) return reply.send(Buffer.alloc(0));
  return reply.send(Readable.from(file.read(range), { objectMode: false }));
}

/** Where it can't be made to its end the line is cut, so that nobody takes a part for the whole. */
export function sendStream(reply: FastifyReply, stream: OutgoingStream): FastifyReply {
  reply.header('content-type', stream.contentType).header('content-disposition', disposition('attachment', stream.filename)).header('content-security-policy', sandboxPolicy).header('cache-control', 'private, no-store');
  return reply.send(Readable.from(stream.chunks, { objectMode: false }));
}

function refuse(reply: FastifyReply, status: number, detail: string, code: string): FastifyReply {
  return reply.code(status).header('content-type', 'application/json; charset=utf-8').send({ detail, error_code: code });
}

/** Only the signs that an ETag may hold: it comes from a store. */
function cleanEtag(etag: string): string {
  return etag.replaceAll(/[^\x21\x23-\x7e]/g, '');
}
function names(list: string, etag: string, weak: boolean): boolean {
  if (list.trim() === '*') return true;
  return list.split(',').map((part) => part.trim()).some((part) => (weak ? part.replace(/^W\//, '') : part) === `"${etag}"`);
}
function dateOf(text: string | undefined): number | null {
  const ms = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}
function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
