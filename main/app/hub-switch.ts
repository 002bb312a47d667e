/** The hub that runs now, or none: whoever serves it is told before another takes its place, so that nothing is asked of one that is closed. */
import type { HubDoor } from './hub-door.ts';
import type { HubParts } from './hub-handlers.ts';

export interface RunningHub {
  readonly parts: HubParts;
  readonly door: HubDoor;
  /** `healthy` or what is wrong, by service. */
  health(): Promise<Readonly<Record<string, string>>>;
  /** The owner's account: made by this, or found where there are accounts already. */
  ownerAccount(wish: { readonly email: string; readonly password: string }): Promise<number>;
  close(): Promise<void>;
}

export class HubSwitch {
  #now: RunningHub | null;
  #onChange: (() => Promise<void>) | null = null;
  #turning: Promise<void> = Promise.resolve();
  constructor(first: RunningHub | null) {
    this.#now = first;
  }

  now(): RunningHub | null {
    return this.#now;
  }
  onChange(call: () => Promise<void>): void {
    this.#onChange = call;
  }

  /** One after the other. Throws what the door said of it; then nothing is shared. */
  turn(open: () => Promise<RunningHub | null>): Promise<void> {
    const turned = this.#turning.catch(() => undefined).then(() => this.#turn(open));
    this.#turning = turned;
    return turned;
  }

  async close(): Promise<void> {
    await this.#turning.catch(() => undefined);
    await this.#now?.close();
  }

  async #turn(open: () => Promise<RunningHub | null>): Promise<void> {
    const before = this.#now;
    this.#now = null;
    if (before !== null) {
      await this.#onChange?.();
      await before.close();
    }
    const next = await open();
    if (next === null) return;
    this.#now = next;
    try {
      await this.#onChange?.();
    } catch (thrown) {
      this.#now = null;
      await this.#onChange?.();
      await next.close();
      throw thrown;
    }
  }
}
