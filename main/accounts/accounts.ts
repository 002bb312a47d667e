/** Signing up and logging in: who may, what a password must be, and what happens to those who guess. */
import type { Role } from '../../shared/model/accounts.ts';
import { passwordProblem, passwordSentences } from '../../shared/password-rules.ts';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import { isoAt } from '../base/iso-time.ts';
import type { Logger } from '../base/logger.ts';
import { addressGroup, judgeLogin, type LoginLimits, type Tries } from './login-policy.ts';
import type { Passwords } from './passwords.ts';
import type { AccountRecords, FailureCount, InvitationRecord, UserRecord } from './ports.ts';
import { hashOf, sameText, type Device } from './sessions.ts';

export interface SignUpRules {
  readonly mode: 'open' | 'invite';
  /** What the first account has to know where others than this computer can reach the hub; null asks for nothing. */
  readonly setupCode: string | null;
}
export interface AccountDeps {
  readonly records: AccountRecords;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rules: SignUpRules;
  readonly limits: LoginLimits;
}
const keepFailuresMs = 30 * 24 * 3_600_000;

export class Accounts {
  readonly #deps: AccountDeps;
  /** Log-ins under way, by account and by address: a thousand at once must not all be "the first". */
  readonly #underWay = new Map<string, number>();
  constructor(deps: AccountDeps) {
    this.#deps = deps;
  }

  async signUp(wish: { readonly email: string; readonly password: string; readonly invitation?: string | undefined; readonly setupCode?: string | undefined }): Promise<UserRecord> {
    const { records, passwords, clock, logger } = this.#deps;
    refuseBadPassword(wish.password);
    const at = isoAt(clock.nowMs());
    const { role, invitation } = await this.#mayJoin(wish, at);
    if ((await records.userByEmail(wish.email)) !== null) throw new AppError('email_taken');
    const hashedPassword = await passwords.hash(wish.password);
    if (invitation !== null && !(await records.useInvitation(invitation.id, at))) throw new AppError('invitation_invalid');
    const user = await records.addUser({ email: wish.email, hashedPassword, role, at });
    if (user === null) throw new AppError('email_taken');
    logger.info({ user: user.id, role: user.role }, 'an account was made');
    return user;
  }

  /** Always the same answer and the same work, whether there is such an account or not. */
  async logIn(wish: { readonly email: string; readonly password: string }, from: Device): Promise<UserRecord> {
    const device = { ...from, address: addressGroup(from.address) };
    const leave = this.#enter([`account ${wish.email}`, `address ${device.address}`]);
    try {
      return await this.#tryLogin(wish, device);
    } finally {
      leave();
    }
  }

  async changePassword(user: UserRecord, passwordNow: string, next: string, from: Device): Promise<void> {
    const { records, passwords, clock } = this.#deps;
    refuseBadPassword(next);
    await this.prove(user, passwordNow, from);
    await records.changeUser(user.id, { hashedPassword: await passwords.hash(next) }, isoAt(clock.nowMs()));
  }

  /** Somebody who found an open page must not be able to do what can't be taken back, nor to guess there what can't be guessed at the door: a try counts like a log-in. */
  async prove(user: UserRecord, password: string, from: Device): Promise<void> {
    await this.logIn({ email: user.email, password }, from);
  }

  /** The user whose password it is now. */
  async resetPassword(code: string, next: string): Promise<number> {
    const { records, passwords, clock } = this.#deps;
    refuseBadPassword(next);
    const hashedPassword = await passwords.hash(next);
    const at = isoAt(clock.nowMs());
    const userId = await records.useReset(hashOf(code), at);
    if (userId === null) throw new AppError('invitation_invalid');
    await records.changeUser(userId, { hashedPassword }, at);
    return userId;
  }

  async #mayJoin(wish: { readonly email: string; readonly invitation?: string | undefined; readonly setupCode?: string | undefined }, at: string): Promise<{ readonly role: Role; readonly invitation: InvitationRecord | null }> {
    const { records, rules } = this.#deps;
    if (!(await records.hasUsers())) {
      if (rules.setupCode !== null && !sameText(hashOf(wish.setupCode ?? ''), hashOf(rules.setupCode))) throw new AppError('setup_code_needed');
      return { role: 'owner', invitation: null };
    }
    if (wish.invitation !== undefined) {
      const invitation = await records.invitation(hashOf(wish.invitation));
      if (invitation === null || invitation.usedAt !== null || invitation.expiresAt <= at || (invitation.email !== null && invitation.email !== wish.email)) throw new AppError('invitation_invalid');
      return { role: invitation.role, invitation };
    }
    if (rules.mode === 'invite') throw new AppError('sign_up_closed');
    return { role: 'member', invitation: null };
  }

  async #tryLogin(wish: { readonly email: string; readonly password: string }, device: Device): Promise<UserRecord> {
    const { records, passwords, clock, logger, limits } = this.#deps;
    const nowMs = clock.nowMs();
    const found = await records.failuresSince(isoAt(nowMs - limits.windowMs), { account: wish.email, address: device.address });
    const verdict = judgeLogin({ account: this.#withOthers(found.account, `account ${wish.email}`), address: this.#withOthers(found.address, `address ${device.address}`) }, nowMs, limits);
    if (verdict.kind === 'locked') throw new AppError('too_many_tries', { minutes: Math.ceil(verdict.forMs / 60_000), seconds: Math.ceil(verdict.forMs / 1000) });
    if (verdict.waitMs > 0) await clock.sleep(verdict.waitMs);
    const user = await records.userByEmail(wish.email);
    const isRight = await passwords.matches(wish.password, user?.hashedPassword ?? null);
    if (isRight && user !== null && user.disabledAt === null) {
      await records.forgetFailures(wish.email);
      return user;
    }
    await records.addFailure({ account: wish.email, address: device.address, at: isoAt(clock.nowMs()) });
    await records.dropFailures(isoAt(nowMs - keepFailuresMs));
    logger.warn({ address: device.address }, 'a log-in failed');
    throw new AppError('wrong_login');
  }

  #enter(names: readonly string[]): () => void {
    for (const name of names) this.#underWay.set(name, (this.#underWay.get(name) ?? 0) + 1);
    return () => {
      for (const name of names) {
        const left = (this.#underWay.get(name) ?? 1) - 1;
        if (left === 0) this.#underWay.delete(name);
        else this.#underWay.set(name, left);
      }
    };
  }
  /** Others under way count as if they failed; we ourselves are one of them. */
  #withOthers(found: FailureCount, name: string): Tries {
    return { count: found.count + (this.#underWay.get(name) ?? 1) - 1, lastAtMs: found.lastAt === null ? null : Date.parse(found.lastAt) };
  }
}

function refuseBadPassword(password: string): void {
  const problem = passwordProblem(password);
  if (problem !== null) throw new AppError('bad_request', { detail: passwordSentences[problem] });
}
