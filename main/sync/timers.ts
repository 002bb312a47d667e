/** When an engine looks by itself: whole scans, whole listings, other devices' notes; spaced by what each costs (rule 34). */

const wholeScanEveryMs = 15 * 60_000;
const deviceWriteEveryMs = 2000;
/** A program may write for a while to a file that was moved to the trash under it. */
const trashLookAfterMs = 60_000;
type Moment = 'wholeScan' | 'listing' | 'deviceRead' | 'deviceWritten' | 'active' | 'trashed';

export class EngineTimers {
  /** The store tells of changes by itself: asking becomes rare. */
  notified = false;
  readonly #now: () => number;
  readonly #entries: () => number;
  readonly #at: Record<Moment, number> = { wholeScan: -Infinity, listing: -Infinity, deviceRead: -Infinity, deviceWritten: -Infinity, active: -Infinity, trashed: -Infinity };
  #trashLookOwed = true;

  constructor(nowMs: () => number, entries: () => number) {
    this.#now = nowMs;
    this.#entries = entries;
  }
  note(moment: Moment): void {
    this.#at[moment] = this.#now();
    // A whole listing begins with a look at the other devices.
    if (moment === 'listing') this.#at.deviceRead = this.#now();
    if (moment === 'trashed') this.#trashLookOwed = true;
  }
  scanIsDue(): boolean {
    return this.#now() - this.#at.wholeScan > wholeScanEveryMs;
  }
  listingIsDue(): boolean {
    return this.#now() - this.#at.listing > this.#listingEveryMs();
  }
  devicesAreDue(): boolean {
    return this.#now() - this.#at.deviceRead >= this.#devicePollMs();
  }
  /** True once, a minute after something went to the trash, and once at the start. */
  trashIsDue(): boolean {
    const due = this.#trashLookOwed && this.#now() - this.#at.trashed >= trashLookAfterMs;
    if (due) this.#trashLookOwed = false;
    return due;
  }
  mayTellOthers(): boolean {
    return this.#now() - this.#at.deviceWritten >= deviceWriteEveryMs;
  }
  /** Milliseconds until something is due; `retryInMs` is the next try of a failed entry. */
  nextMs(retryInMs: number | null, haveNews: boolean): number {
    const now = this.#now();
    const times = [this.#at.wholeScan + wholeScanEveryMs - now, this.#at.listing + this.#listingEveryMs() - now, this.#at.deviceRead + this.#devicePollMs() - now];
    if (this.#trashLookOwed) times.push(this.#at.trashed + trashLookAfterMs - now);
    if (retryInMs !== null) times.push(retryInMs);
    if (haveNews) times.push(this.#at.deviceWritten + deviceWriteEveryMs - now);
    return Math.max(5, Math.min(...times));
  }
  /** A page per 1,000 keys: about 100 pages an hour at the most, and at least a minute apart; notifications are lossy and change nothing in that. */
  #listingEveryMs(): number {
    const pages = Math.max(1, Math.ceil(this.#entries() / 1000));
    return Math.min(6 * 3_600_000, Math.max(60_000, pages * 36_000));
  }
  #devicePollMs(): number {
    if (this.notified) return 60_000;
    return this.#now() - this.#at.active < 5 * 60_000 ? 2000 : 15_000;
  }
}
