/** Finds out once per request who calls: this computer's owner by a local bearer, or an account of the hub by bearer or cookie. */
import type {} from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Who } from '../../shared/api/contract-row.ts';
import type { CookieJar, Caller, CallOrigin } from '../app/handlers.ts';
import { cookieNames, type HubDoor } from '../app/hub-door.ts';
import { AppError } from '../base/app-error.ts';
import { isLocalHost, isLoopback, publicUrlOf, type OwnAddress } from './origin-check.ts';
import { bearerOf, nobody, type Sessions } from './sessions.ts';
import { judgeCaller } from './who-may.ts';

export interface CallerDeps {
  readonly sessions: Sessions;
  readonly hub: HubDoor | null;
  readonly own: () => OwnAddress;
}
const found = new WeakMap<FastifyRequest, Caller>();
const withoutProof = new WeakSet<FastifyRequest>();

/** Of a request that has passed `findCallers`; nobody before that. */
export function callerOf(request: FastifyRequest): Caller {
  return found.get(request) ?? nobody;
}

/** Throws where this caller may not give the command; a cookie without its proof (CSRF) counts for nothing and is said as such. */
export function admit(request: FastifyRequest, who: Who): void {
  const verdict = judgeCaller(who, callerOf(request));
  if (verdict !== 'may') throw new AppError(withoutProof.has(request) ? 'csrf_needed' : verdict);
}

/** Before anything is read of the request, so that a stranger can't make us work. */
export function findCallers(app: FastifyInstance, deps: CallerDeps): void {
  app.addHook('onRequest', async (request, reply) => {
    const from = originOf(request, reply, deps);
    found.set(request, { ...(await identify(request, from, deps)), from });
  });
}

async function identify(request: FastifyRequest, from: CallOrigin, deps: CallerDeps): Promise<Caller> {
  const bearer = bearerOf(request.headers.authorization);
  // The owner's bearer counts at this computer only: who sends it from elsewhere has taken it.
  const local = isLocalHost(request.headers, deps.own()) && isLoopback(request.socket.remoteAddress) ? deps.sessions.callerOf(bearer) : nobody;
  if (local.who !== 'anyone' || deps.hub === null) return local;
  const cookie = bearer === null ? (from.cookies?.get(cookieNames.access) ?? null) : null;
  if (bearer === null && cookie === null) return nobody;
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  const given = request.headers['x-csrf-token'];
  try {
    return (await deps.hub.identify({ bearer, cookie, proof: changes ? { given: typeof given === 'string' ? given : '' } : null }, from)) ?? nobody;
  } catch (thrown) {
    // What needs no session goes on without one: else nobody could log in again beside a cookie whose proof is lost.
    if (!(thrown instanceof AppError) || thrown.code !== 'csrf_needed') throw thrown;
    withoutProof.add(request);
    return nobody;
  }
}

function originOf(request: FastifyRequest, reply: FastifyReply, { hub, own }: CallerDeps): CallOrigin {
  const publicUrl = publicUrlOf(request.headers, own());
  return {
    address: request.ip,
    agent: String(request.headers['user-agent'] ?? '').slice(0, 200),
    baseUrl: publicUrl?.origin ?? `http://${request.headers.host ?? ''}`,
    cookies: hub !== null && publicUrl?.protocol === 'https:' ? jarOf(request, reply) : null,
  };
}

function jarOf(request: FastifyRequest, reply: FastifyReply): CookieJar {
  const attributes = { path: '/', httpOnly: true, secure: true, sameSite: 'strict' } as const;
  return {
    get: (name) => request.cookies[name] ?? null,
    set: (name, value, livesMs) => void reply.setCookie(name, value, { ...attributes, maxAge: Math.floor(livesMs / 1000) }),
    clear: (name) => void reply.clearCookie(name, attributes),
  };
}
