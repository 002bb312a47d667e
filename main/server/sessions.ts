/** Who a bearer is: the data dir's token or one given for a one-time code. Only hashes are compared, in constant time. */
import { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Caller } from '../app/handlers.ts';
import { dropOldest } from '../base/drop-oldest.ts';

/** More windows than anyone has; the oldest session ends, so that nobody fills the memory. */
const mostSessions = 256;
export const nobody: Caller = { who: 'anyone', sessionId: '' };

export class Sessions {
  readonly #token: string;
  readonly #tokenHash: Buffer;
  /** By hash of the bearer. They end with the service: a browser then opens anew. */
  readonly #sessions = new Map<string, Caller>();

  constructor(token: string) {
    this.#token = token;
    this.#tokenHash = hash(token);
  }

  /** On loopback whoever had a one-time code is the owner of this computer's account. */
  open(): { readonly token: string; readonly caller: Caller } {
    const token = randomBytes(32).toString('base64url');
    const caller: Caller = { who: 'owner', sessionId: randomUUID() };
    this.#sessions.set(hash(token).toString('hex'), caller);
    dropOldest(this.#sessions, mostSessions);
    return { token, caller };
  }

  callerOf(token: string | null): Caller {
    if (token === null || token === '') return nobody;
    const given = hash(token);
    if (timingSafeEqual(given, this.#tokenHash)) return { who: 'owner', sessionId: 'data-dir' };
    return this.#sessions.get(given.toString('hex')) ?? nobody;
  }

  /** What shows a client that this service holds the token, without telling it (rule 41). */
  proofFor(nonce: string): string {
    return createHmac('sha256', this.#token).update(nonce).digest('hex');
  }

  isLive(sessionId: string): boolean {
    if (sessionId === 'data-dir') return true;
    for (const caller of this.#sessions.values()) if (caller.sessionId === sessionId) return true;
    return false;
  }
}

/** The token of `Authorization: Bearer …`, or null. */
export function bearerOf(header: string | undefined): string | null {
  const match = /^Bearer ([A-Za-z0-9._~+/=-]{1,2048})$/.exec(header ?? '');
  return match?.[1] ?? null;
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
