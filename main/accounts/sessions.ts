/** Device sessions: every token belongs to one, and ends with it; browsers renew theirs by refresh tokens that count once. */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Role } from '../../shared/model/accounts.ts';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { isoAt } from '../base/iso-time.ts';
import type { Logger } from '../base/logger.ts';
import type { AccountRecords, SessionRecord, UserRecord } from './ports.ts';
import type { Tokens } from './tokens.ts';

/** Who a token belongs to, as checked for this very request. */
export interface Identity {
  readonly id: number;
  readonly email: string;
  readonly role: Role;
  readonly sessionId: string;
}
/** Where a request came from, as far as sessions show it. */
export interface Device {
  readonly address: string;
  readonly agent: string;
}
export interface BrowserPass {
  readonly access: string;
  readonly refresh: string;
  readonly csrf: string;
  readonly accessMs: number;
  readonly refreshMs: number;
  readonly user: UserRecord;
}
export interface SessionTimes {
  readonly bearerMs: number;
  readonly accessMs: number;
  readonly refreshMs: number;
}
export const defaultSessionTimes: SessionTimes = { bearerMs: 24 * 3_600_000, accessMs: 15 * 60_000, refreshMs: 7 * 24 * 3_600_000 };
/** Beyond that the oldest ends: a script that logs in for every call must not fill the list. */
const mostSessions = 100;
const seenEveryMs = 60_000;

export interface SessionDeps {
  readonly records: AccountRecords;
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly times: SessionTimes;
}

export class Sessions {
  readonly #deps: SessionDeps;
  constructor(deps: SessionDeps) {
    this.#deps = deps;
  }

  async openBearer(user: UserRecord, device: Device): Promise<{ readonly token: string; readonly livesMs: number }> {
    const { bearerMs } = this.#deps.times;
    const sessionId = await this.#open(user, 'program', device, bearerMs);
    return { token: await this.#deps.tokens.signAccess('bearer', { userId: user.id, sessionId }, bearerMs), livesMs: bearerMs };
  }
  async openBrowser(user: UserRecord, device: Device): Promise<BrowserPass> {
    return this.#pass(user, await this.#open(user, 'browser', device, this.#deps.times.refreshMs));
  }

  /** None like it has been logged in within the month that is remembered; the very first log-in of all is no news. */
  async isNewDevice(userId: number, device: Device): Promise<boolean> {
    const known = await this.#deps.records.devicesOf(userId);
    return known.length > 0 && !known.some((one) => kindOf(one) === kindOf(device.agent));
  }

  /** A refresh token shown twice was stolen once: everything of its family ends. */
  async refresh(refresh: string, device: Device): Promise<BrowserPass> {
    const { records, clock, logger, times } = this.#deps;
    const at = isoAt(clock.nowMs());
    const used = await records.useRefreshToken(hashOf(refresh), at);
    const found = used === null ? null : await records.sessionWithUser(used.sessionId);
    if (used === null || found === null) throw new AppError('unauthorized');
    if (used.reused) {
      logger.warn({ session: used.sessionId, user: found.user.id, address: device.address }, 'a used refresh token was shown again; its session ends');
      await records.endSession(found.user.id, used.sessionId, at);
      throw new AppError('unauthorized');
    }
    if (used.expiresAt <= at || !isOpen(found, at)) throw new AppError('unauthorized');
    await records.seen(used.sessionId, { at, address: device.address, expiresAt: isoAt(clock.nowMs() + times.refreshMs) });
    return this.#pass(found.user, used.sessionId);
  }

  /** The row is looked at each time, so that an ended session ends at once. */
  async ofBearer(token: string, device: Device): Promise<Identity | null> {
    const access = await this.#deps.tokens.readAccess('bearer', token);
    return access === null ? null : this.#identify(access.userId, access.sessionId, device);
  }
  /** `proof` is what the page sends beside the cookie; null where nothing is changed. */
  async ofCookie(token: string, proof: { readonly given: string } | null, device: Device): Promise<Identity | null> {
    const access = await this.#deps.tokens.readAccess('cookie', token);
    if (access === null) return null;
    if (proof !== null && !sameText(hashOf(proof.given), access.csrfHash ?? '')) throw new AppError('csrf_needed');
    return this.#identify(access.userId, access.sessionId, device);
  }

  list(userId: number): Promise<readonly SessionRecord[]> {
    return this.#deps.records.listSessions(userId, isoAt(this.#deps.clock.nowMs()));
  }
  async end(userId: number, sessionId: string): Promise<void> {
    if (!(await this.#deps.records.endSession(userId, sessionId, isoAt(this.#deps.clock.nowMs())))) throw new AppError('not_found', { what: 'session' });
  }
  endAll(userId: number, except: string | null = null): Promise<void> {
    return this.#deps.records.endSessions(userId, isoAt(this.#deps.clock.nowMs()), except);
  }

  async #identify(userId: number, sessionId: string, device: Device): Promise<Identity | null> {
    const { records, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const found = await records.sessionWithUser(sessionId);
    if (found === null || found.user.id !== userId || !isOpen(found, isoAt(nowMs))) return null;
    if (found.session.lastSeenAt < isoAt(nowMs - seenEveryMs)) await records.seen(sessionId, { at: isoAt(nowMs), address: device.address });
    return { id: found.user.id, email: found.user.email, role: found.user.role, sessionId };
  }

  async #open(user: UserRecord, kind: SessionRecord['kind'], device: Device, livesMs: number): Promise<string> {
    const { records, clock } = this.#deps;
    const at = isoAt(clock.nowMs());
    const id = randomUUID();
    await records.addSession({ id, userId: user.id, kind, device: device.agent.slice(0, 200), address: device.address, createdAt: at, lastSeenAt: at, expiresAt: isoAt(clock.nowMs() + livesMs), endedAt: null });
    for (const old of (await records.listSessions(user.id, at)).slice(mostSessions)) await records.endSession(user.id, old.id, at);
    return id;
  }

  async #pass(user: UserRecord, sessionId: string): Promise<BrowserPass> {
    const { records, tokens, clock, times } = this.#deps;
    const [refresh, csrf] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')];
    await records.addRefreshToken({ hash: hashOf(refresh), sessionId, expiresAt: isoAt(clock.nowMs() + times.refreshMs) });
    const access = await tokens.signAccess('cookie', { userId: user.id, sessionId, csrfHash: hashOf(csrf) }, times.accessMs);
    return { access, refresh, csrf, accessMs: times.accessMs, refreshMs: times.refreshMs, user };
  }
}

/** Without versions: a browser that was renewed overnight is the same one. */
function kindOf(agent: string): string {
  return agent.slice(0, 200).replaceAll(/[\d._]+/g, '');
}
function isOpen(found: { readonly session: SessionRecord; readonly user: UserRecord }, at: string): boolean {
  return found.session.endedAt === null && found.session.expiresAt > at && found.user.disabledAt === null;
}
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
export function sameText(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
