/** Gives every request an id, its caller's own where it is one, and carries it to log lines and back in the answer. */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { withCorrelation } from '../base/correlation.ts';

export function correlate(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    const id = idOf(request.headers['x-request-id'], request.headers['traceparent']) ?? randomUUID();
    reply.header('x-request-id', id);
    withCorrelation(id, () => done());
  });
}

/** Only what can't spoil a log line or a header. */
function idOf(given: string | string[] | undefined, trace: string | string[] | undefined): string | null {
  if (typeof given === 'string' && /^[\w-]{8,64}$/.test(given)) return given;
  return typeof trace === 'string' ? (/^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/.exec(trace)?.[1] ?? null) : null;
}
