/** Forgotten passwords and invitations by mail: whoever asks hears the same at once; only a letter to the right address tells more. */
import { say } from '../../shared/words/words.ts';
import type { Clock } from '../base/clock.ts';
import { isoAt } from '../base/iso-time.ts';
import type { Mail } from './mail.ts';
import { resetMs, type Members } from './members.ts';
import type { AccountRecords, UserRecord } from './ports.ts';
import type { Device } from './sessions.ts';

export interface LettersDeps {
  /** Null where no mail server is named. */
  readonly mail: Mail | null;
  readonly members: Members;
  readonly records: AccountRecords;
  readonly clock: Clock;
}
/** Nobody's mailbox is filled by a stranger: one letter in five minutes, and five a day. */
const pauseMs = 5 * 60_000;
const mostADay = 5;

export class Letters {
  readonly #deps: LettersDeps;
  /** What is on its way, so that tests and the end of the service can wait for it. */
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #toldOfDevice = new Map<number, number>();
  constructor(deps: LettersDeps) {
    this.#deps = deps;
  }
  get canSend(): boolean {
    return this.#deps.mail !== null;
  }

  /** Everything happens after the answer: its time is the same whether there is such an account or not (X7). */
  forgotten(email: string, address: string): void {
    this.#inBackground(this.#sendReset(email, address));
  }

  invite(email: string, code: string, expiresAt: string, address: string): void {
    const { mail } = this.#deps;
    if (mail === null) return;
    this.#inBackground(mail.send({ to: email, subject: say('mail.invite.subject'), text: say('mail.invite.text', { link: `${address}/#invitation=${code}`, day: expiresAt.slice(0, 10) }) }));
  }

  /** The address says from where, and the profile ends it. */
  newDevice(user: UserRecord, device: Device): void {
    const { mail, clock } = this.#deps;
    if (mail === null) return;
    // Whoever has the password must not be able to fill the mailbox with it.
    const nowMs = clock.nowMs();
    if (nowMs - (this.#toldOfDevice.get(user.id) ?? -Infinity) < pauseMs) return;
    this.#toldOfDevice.set(user.id, nowMs);
    this.#inBackground(mail.send({ to: user.email, subject: say('mail.device.subject'), text: say('mail.device.text', { device: oneLine(device.agent), address: device.address, when: `${isoAt(nowMs).slice(0, 16).replace('T', ' ')} UTC` }) }));
  }

  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #sendReset(email: string, address: string): Promise<void> {
    const { mail, members, records, clock } = this.#deps;
    if (mail === null) return;
    const user = await records.userByEmail(email);
    if (user === null || user.disabledAt !== null) return;
    const nowMs = clock.nowMs();
    // A reset lives for a day, so its end tells when it was made.
    if ((await records.countResets(user.id, isoAt(nowMs + resetMs - pauseMs))) > 0 || (await records.countResets(user.id, isoAt(nowMs))) >= mostADay) return;
    const { code } = await members.resetOf(user);
    await mail.send({ to: user.email, subject: say('mail.reset.subject'), text: say('mail.reset.text', { link: `${address}/#reset=${code}` }) });
  }

  #inBackground(work: Promise<unknown>): void {
    const mine = work.catch(() => undefined).finally(() => this.#underWay.delete(mine));
    this.#underWay.add(mine);
  }
}

/** What a stranger's program calls itself goes into a letter as plain words: no line of its own, no link to press. */
function oneLine(agent: string): string {
  const words = agent.replaceAll(/\w+:\S*/g, ' ').replaceAll(/[^\w .;()/,+-]/g, ' ').replaceAll(/\s+/g, ' ').trim().slice(0, 120);
  return words === '' ? '–' : words;
}
