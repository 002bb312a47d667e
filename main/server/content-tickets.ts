/** Tickets for content: `<img>` and downloads can't send a bearer, so the URL carries one path of one session for 5 minutes (rule 43). */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';

export const ticketLifetimeMs = 5 * 60_000;
const mostTickets = 4096;

export interface Ticket {
  readonly rootId: string;
  readonly key: string;
  readonly purpose: 'preview' | 'download';
  readonly sessionId: string;
}

export class ContentTickets {
  readonly #clock: Clock;
  readonly #tickets = new Map<string, Ticket & { readonly madeAtMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  make(ticket: Ticket): string {
    this.#dropOld();
    const name = randomBytes(32).toString('base64url');
    this.#tickets.set(name, { ...ticket, madeAtMs: this.#clock.monotonicMs() });
    return name;
  }

  /** May be used again within its time: a player reads one file in many ranges. */
  find(name: string): Ticket | null {
    const ticket = this.#tickets.get(name);
    if (ticket === undefined || this.#clock.monotonicMs() - ticket.madeAtMs >= ticketLifetimeMs) return null;
    return ticket;
  }

  /** They lie in the order of their making, so the old ones come first. */
  #dropOld(): void {
    for (const [name, ticket] of this.#tickets) {
      if (this.#tickets.size < mostTickets && this.#clock.monotonicMs() - ticket.madeAtMs < ticketLifetimeMs) return;
      this.#tickets.delete(name);
    }
  }
}
