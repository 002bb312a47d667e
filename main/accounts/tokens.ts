/** Signs and checks every token of the hub: access by bearer and access by cookie; each is good for its one use only. */
import { jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { dropOldest } from '../base/drop-oldest.ts';
import type { Clock } from '../base/clock.ts';
import type { SigningKeys } from './signing-keys.ts';

const issuer = 'strata';
const audiences = { bearer: 'strata-bearer', cookie: 'strata-cookie' } as const;
type Use = keyof typeof audiences;
/** Far above any of ours; longer ones are not worth a signature check. */
const longestToken = 2048;
/** Tokens whose signature was checked and is remembered: a check costs more than all else that a small request does. */
const mostRemembered = 2000;

export interface Access {
  readonly userId: number;
  readonly sessionId: string;
  /** Hash of the proof that a page sends beside its cookie. */
  readonly csrfHash?: string;
}
export interface Tokens {
  signAccess(use: 'bearer' | 'cookie', access: Access, livesMs: number): Promise<string>;
  readAccess(use: 'bearer' | 'cookie', token: string): Promise<Access | null>;
}

export function createTokens(deps: { readonly keys: SigningKeys; readonly clock: Clock }): Tokens {
  const { keys, clock } = deps;
  const checked = new Map<string, { readonly access: Access; readonly keyId: string; readonly untilSeconds: number }>();
  /** The very same text was ours before: only its time and its key can have ended since. */
  const remembered = async (use: Use, token: string): Promise<Access | null> => {
    const known = checked.get(`${use} ${token}`);
    if (known === undefined) return null;
    if (clock.nowMs() < known.untilSeconds * 1000 && (await keys.byId(known.keyId)) !== null) return known.access;
    checked.delete(`${use} ${token}`);
    return null;
  };
  const remember = (use: Use, token: string, one: { readonly access: Access; readonly keyId: string; readonly untilSeconds: number }): void => {
    checked.set(`${use} ${token}`, one);
    dropOldest(checked, mostRemembered);
  };
  const sign = async (use: Use, claims: JWTPayload, userId: number, livesMs: number): Promise<string> => {
    const key = await keys.current();
    const now = Math.floor(clock.nowMs() / 1000);
    return new SignJWT(claims).setProtectedHeader({ alg: keys.algorithm, kid: key.id, typ: 'JWT' }).setIssuer(issuer).setAudience(audiences[use]).setSubject(String(userId)).setIssuedAt(now).setExpirationTime(now + Math.floor(livesMs / 1000)).sign(key.sign);
  };
  /** Null for everything that is not exactly ours: what was wrong is nobody's business. */
  const read = async (use: Use, token: string): Promise<(JWTPayload & { readonly userId: number; readonly keyId: string }) | null> => {
    // Three parts of exactly these signs: padding or blanks would make a second spelling of one token.
    if (token.length > longestToken || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return null;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, async ({ kid }) => {
        const key = typeof kid === 'string' ? await keys.byId(kid) : null;
        if (key === null) throw new Error('no such key');
        return key.verify;
      }, { algorithms: [keys.algorithm], issuer, audience: audiences[use], typ: 'JWT', requiredClaims: ['sub', 'iat', 'exp'], currentDate: new Date(clock.nowMs()) });
      // A subject of another type would read the same once it is made into text.
      const userId = typeof payload.sub === 'string' && /^[1-9]\d{0,15}$/.test(payload.sub) ? Number(payload.sub) : null;
      return userId === null ? null : { ...payload, userId, keyId: String(protectedHeader.kid) };
    } catch {
      return null;
    }
  };
  return {
    signAccess: (use, access, livesMs) => sign(use, { sid: access.sessionId, ...(access.csrfHash === undefined ? {} : { csrf: access.csrfHash }) }, access.userId, livesMs),
    readAccess: async (use, token) => {
      const known = await remembered(use, token);
      if (known !== null) return known;
      const payload = await read(use, token);
      const [sid, csrf] = [payload?.['sid'], payload?.['csrf']];
      if (payload === null || typeof sid !== 'string') return null;
      const access: Access = { userId: payload.userId, sessionId: sid, ...(typeof csrf === 'string' ? { csrfHash: csrf } : {}) };
      remember(use, token, { access, keyId: payload.keyId, untilSeconds: payload.exp ?? 0 });
      return access;
    },
  };
}
