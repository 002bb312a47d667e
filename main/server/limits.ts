/** How many requests a minute: by address without a session, by session with one; this computer's owner is not counted. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import rateLimit from '@fastify/rate-limit';
import type { RowExtras } from '../../shared/api/contract-row.ts';
import type { RequestLimits } from '../app/hub-door.ts';
import { AppError } from '../base/app-error.ts';
import { callerOf } from './callers.ts';

export type CheckLimit = (request: FastifyRequest, reply: FastifyReply, limit: RowExtras['limit']) => Promise<void>;

export async function addLimits(app: FastifyInstance, limits: RequestLimits): Promise<CheckLimit> {
  await app.register(rateLimit, { global: false });
  const limiter = (max: number, key: { readonly keyGenerator?: (request: FastifyRequest) => string } = {}) => app.createRateLimit({ max, timeWindow: 60_000, ...key });
  // By address is the library's own way: whoever has an IPv6 network has it all, so its first half counts.
  const anonymous = limiter(limits.anonymous);
  const signUp = limiter(limits.signUp);
  const session = limiter(limits.session, { keyGenerator: (request) => callerOf(request).sessionId });
  return async (request, reply, limit) => {
    const { who } = callerOf(request);
    if (who === 'owner' || who === 'session') return;
    for (const check of [who === 'user' ? session : anonymous, ...(limit === 'signUp' ? [signUp] : [])]) {
      const answer = await check(request);
      if (answer.isAllowed || !answer.isExceeded) continue;
      reply.header('retry-after', answer.ttlInSeconds);
      throw new AppError('too_many_requests', { seconds: answer.ttlInSeconds });
    }
  };
}
