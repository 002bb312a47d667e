/** Letters to people, by the SMTP server that the settings name: tried a few times in the background, so that nobody waits and no time tells. */
import nodemailer from 'nodemailer';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';

export interface Letter {
  readonly to: string;
  readonly subject: string;
  /** Plain text: no letter of ours needs more, and nothing in it can be clicked by mistake but its link. */
  readonly text: string;
}
export interface Mail {
  /** False where the server took it none of the times. */
  send(letter: Letter): Promise<boolean>;
  close(): void;
}
const waitsMs = [0, 5_000, 60_000];
const patienceMs = 20_000;

export function openMail(deps: { readonly url: string; readonly from: string; readonly clock: Clock; readonly logger: Logger }): Mail {
  const { clock, logger } = deps;
  // A letter is made of our own texts and an address that was checked: no file, no URL is ever read for it.
  const transport = nodemailer.createTransport({ url: deps.url, connectionTimeout: patienceMs, greetingTimeout: patienceMs, socketTimeout: patienceMs, disableFileAccess: true, disableUrlAccess: true });
  return {
    send: async ({ to, subject, text }) => {
      for (const waitMs of waitsMs) {
        if (waitMs > 0) await clock.sleep(waitMs);
        try {
          await transport.sendMail({ from: deps.from, to: { name: '', address: to }, subject, text });
          return true;
        } catch (error) {
          logger.warn({ err: error }, 'a letter was not taken by the mail server');
        }
      }
      return false;
    },
    close: () => transport.close(),
  };
}
