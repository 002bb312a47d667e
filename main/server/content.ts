/** Streams one entry's bytes for a ticket: ranges, downloads, and previews that can never run as our page (X4). */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ContentFacts, ContentSource } from '../app/core.ts';
import { AppError } from '../base/app-error.ts';
import { apiPrefixes } from './api-prefixes.ts';
import { wishedRange } from './byte-range.ts';
import type { ContentTickets, Ticket } from './content-tickets.ts';
import type { Sessions } from './sessions.ts';

/** What may be looked at in place. Never SVG or HTML: they run script (X4). */
const inlineTypes: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'text/plain', 'application/pdf']);
/** Our own page may frame it; nobody else, and no script in it ever runs. */
export const sandboxPolicy = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'";

export function addContentRoutes(app: FastifyInstance, options: { readonly content: ContentSource; readonly tickets: ContentTickets; readonly sessions: Sessions }): void {
  for (const prefix of apiPrefixes) {
    app.get<{ Params: { ticket: string } }>(`${prefix}/content/:ticket`, async (request, reply) => {
      const ticket = options.tickets.find(request.params.ticket);
      if (ticket === null || !options.sessions.isLive(ticket.sessionId)) throw new AppError('not_found', { what: 'content' });
      const facts = await options.content.look(ticket.rootId, ticket.key);
      setHeaders(reply, ticket, facts);
      return sendBytes(reply, options.content, ticket, facts, request.headers);
    });
  }
}

function sendBytes(reply: FastifyReply, content: ContentSource, ticket: Ticket, facts: ContentFacts, headers: { readonly range?: string | undefined; readonly 'if-range'?: string | string[] | undefined }): FastifyReply {
  const etag = quotedEtag(facts);
  // A part of another version must not be glued to what the client has.
  const stale = headers['if-range'] !== undefined && headers['if-range'] !== etag;
  const wish = wishedRange(stale ? undefined : headers.range, facts.sizeBytes);
  if (wish.kind === 'unsatisfiable') {
    return reply.code(416).removeHeader('content-disposition').header('content-range', `bytes */${facts.sizeBytes}`).header('content-type', 'application/json; charset=utf-8')
      .send({ detail: 'The file has no such bytes.', error_code: 'BAD_REQUEST' });
  }
  const range = wish.kind === 'part' ? wish.range : null;
  if (range !== null) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${facts.sizeBytes}`);
  reply.header('content-length', range === null ? facts.sizeBytes : range.end - range.start + 1);
  return reply.send(Readable.from(content.read(ticket.rootId, ticket.key, facts.etag, range), { objectMode: false }));
}

function setHeaders(reply: FastifyReply, ticket: Ticket, facts: ContentFacts): void {
  const type = facts.contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const inline = ticket.purpose === 'preview' && inlineTypes.has(type);
  reply
    .header('content-type', inline ? (type === 'text/plain' ? 'text/plain; charset=utf-8' : type) : 'application/octet-stream')
    .header('content-disposition', disposition(inline ? 'inline' : 'attachment', facts.name))
    .header('content-security-policy', sandboxPolicy)
    .header('x-frame-options', 'SAMEORIGIN')
    .header('accept-ranges', 'bytes')
    .header('etag', quotedEtag(facts))
    .header('cache-control', 'private, no-store');
}

/** Only the signs that an ETag may hold: it comes from a store. */
function quotedEtag(facts: ContentFacts): string {
  return `"${facts.etag.replaceAll(/[^\x21\x23-\x7e]/g, '')}"`;
}

/** Both spellings: plain ASCII for old readers, UTF-8 by RFC 6266. Quotes and line ends never reach the header. */
export function disposition(kind: 'inline' | 'attachment', name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
