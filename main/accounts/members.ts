/** What owner and admins do: roles, shutting out, invitations, resets; who may do what to whom is one pure table. */
import { randomBytes } from 'node:crypto';
import type { Role } from '../../shared/model/accounts.ts';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { isoAt } from '../base/iso-time.ts';
import type { AccountRecords, FailureRecord, InvitationRecord, LeavingFiles, UserRecord } from './ports.ts';
import { lockedNow, type LoginLimits } from './login-policy.ts';
import { hashOf } from './sessions.ts';

/** Whose accounts each role may touch, and which roles it may give. An admin who could reset an owner's password would be one. */
const reach: Readonly<Record<Role, readonly Role[]>> = { owner: ['owner', 'admin', 'member', 'guest'], admin: ['member', 'guest'], member: [], guest: [] };
export function mayTouch(actor: Role, target: Role): boolean {
  return reach[actor].includes(target);
}

/** More within five minutes would be locked long before. */
const mostFailures = 1000;
/** As many as the list shows: what isn’t in it can’t be taken back. */
const mostInvitations = 1000;
const invitationMs = 7 * 24 * 3_600_000;
export const resetMs = 24 * 3_600_000;

export class Members {
  readonly #records: AccountRecords;
  readonly #clock: Clock;
  readonly #limits: LoginLimits;
  constructor(deps: { readonly records: AccountRecords; readonly clock: Clock; readonly limits: LoginLimits }) {
    this.#records = deps.records;
    this.#clock = deps.clock;
    this.#limits = deps.limits;
  }

  list(after: number, limit: number): Promise<readonly UserRecord[]> {
    return this.#records.listUsers({ after, limit });
  }
  async user(id: number): Promise<UserRecord> {
    const user = await this.#records.user(id);
    if (user === null) throw new AppError('not_found', { what: 'account' });
    return user;
  }
  /** The account, if this actor may touch it. */
  async touchable(actor: Role, id: number): Promise<UserRecord> {
    const user = await this.user(id);
    if (!mayTouch(actor, user.role)) throw new AppError('forbidden');
    return user;
  }

  async change(actor: Role, id: number, wish: { readonly role?: Role | undefined; readonly disabled?: boolean | undefined; readonly quotaBytes?: number | null | undefined }): Promise<UserRecord> {
    const user = await this.touchable(actor, id);
    if (user.leavingFiles !== null) throw new AppError('stale');
    if (wish.role !== undefined && !mayTouch(actor, wish.role)) throw new AppError('forbidden');
    const losesOwner = user.role === 'owner' && user.disabledAt === null && ((wish.role !== undefined && wish.role !== 'owner') || wish.disabled === true);
    if (losesOwner && (await this.#records.countOwners()) <= 1) throw new AppError('last_owner');
    const at = isoAt(this.#clock.nowMs());
    const changed = await this.#records.changeUser(id, {
      ...(wish.role === undefined ? {} : { role: wish.role }),
      ...(wish.quotaBytes === undefined ? {} : { quotaBytes: wish.quotaBytes }),
      ...(wish.disabled === undefined ? {} : { disabledAt: wish.disabled ? (user.disabledAt ?? at) : null }),
    }, at);
    if (changed === null) throw new AppError('not_found', { what: 'account' });
    if (changed.disabledAt !== null) await this.#records.endSessions(id, at, null);
    return changed;
  }

  /** From now on nobody gets in by it: sessions and links end at once, its files are seen to afterwards. */
  async leave(user: UserRecord, wish: { readonly files: LeavingFiles; readonly to: number | null }): Promise<void> {
    if (user.leavingFiles !== null) throw new AppError('stale');
    if (user.role === 'owner' && user.disabledAt === null && (await this.#records.countOwners()) <= 1) throw new AppError('last_owner');
    if ((wish.files === 'move') !== (wish.to !== null)) throw new AppError('bad_request', { detail: 'to move files it must be said to whom' });
    const heir = wish.to === null ? null : await this.user(wish.to);
    if (heir !== null && (heir.id === user.id || heir.leavingFiles !== null)) throw new AppError('bad_request', { detail: 'the files can’t go to that account' });
    const at = isoAt(this.#clock.nowMs());
    await this.#records.changeUser(user.id, { disabledAt: user.disabledAt ?? at, leaving: wish }, at);
    await this.#records.endSessions(user.id, at, null);
  }

  async invite(actor: Role, wish: { readonly email: string | null; readonly role: Role }): Promise<{ readonly invitation: InvitationRecord; readonly code: string }> {
    if (!mayTouch(actor, wish.role)) throw new AppError('forbidden');
    if ((await this.#records.listInvitations()).length >= mostInvitations) throw new AppError('limit_reached', { count: mostInvitations, what: 'invitations' });
    const code = randomBytes(32).toString('base64url');
    const nowMs = this.#clock.nowMs();
    return { code, invitation: await this.#records.addInvitation({ hash: hashOf(code), email: wish.email, role: wish.role, at: isoAt(nowMs), expiresAt: isoAt(nowMs + invitationMs) }) };
  }
  invitations(): Promise<readonly InvitationRecord[]> {
    return this.#records.listInvitations();
  }
  async takeBack(invitationId: number): Promise<void> {
    if (!(await this.#records.removeInvitation(invitationId))) throw new AppError('not_found', { what: 'invitation' });
  }

  async reset(actor: Role, id: number): Promise<{ readonly code: string; readonly expiresAt: string }> {
    return this.resetOf(await this.touchable(actor, id));
  }
  /** A way to a new password, once, for whoever holds the code. */
  async resetOf(user: UserRecord): Promise<{ readonly code: string; readonly expiresAt: string }> {
    const code = randomBytes(32).toString('base64url');
    const expiresAt = isoAt(this.#clock.nowMs() + resetMs);
    await this.#records.addReset({ hash: hashOf(code), userId: user.id, expiresAt });
    return { code, expiresAt };
  }
  /** Who gets no further try now, and until when. */
  async locked(): Promise<{ kind: 'account' | 'address'; who: string; until: string }[]> {
    return lockedNow(await this.#records.listFailures(mostFailures), this.#clock.nowMs(), this.#limits).map(({ kind, who, untilMs }) => ({ kind, who, until: isoAt(untilMs) }));
  }
  /** The beginning of that day (UTC); today is one day. */
  daysAgo(days: number): string {
    return `${isoAt(this.#clock.nowMs() - (days - 1) * 24 * 3_600_000).slice(0, 10)}T00:00:00.000Z`;
  }
  failures(limit: number): Promise<readonly FailureRecord[]> {
    return this.#records.listFailures(limit);
  }
}
