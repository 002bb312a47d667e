/** Carries every pushed event from who knows to who shows: numbered, so that a client notices a gap and reads again (rule 45). */
import { randomUUID } from 'node:crypto';
import type { EventEnvelope, EventName, EventOf } from '../../shared/api/events.ts';

export class EventBus {
  /** New with every start of the service: numbers of another epoch mean nothing. */
  readonly epoch: string;
  #seq = 0;
  readonly #listeners = new Set<(envelope: EventEnvelope) => void>();

  constructor(epoch: string = randomUUID()) {
    this.epoch = epoch;
  }

  /** The number of the last event; what a client that connects now has not missed. */
  get seq(): number {
    return this.#seq;
  }

  publish<N extends EventName>(name: N, data: EventOf<N>): void {
    this.#seq += 1;
    const envelope: EventEnvelope<N> = { epoch: this.epoch, seq: this.#seq, name, data };
    // A copy: a listener may leave while it is told.
    for (const listener of [...this.#listeners]) listener(envelope as EventEnvelope);
  }

  /** The returned function ends the subscription. */
  subscribe(listener: (envelope: EventEnvelope) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
