/** What members ask back from the archive: the store is asked once, watched with few requests, and a restart forgets nothing (B3). */
import type { RestoreSpeed, Thaw } from '../../shared/model/thaw.ts';
import { restoreSpeeds } from '../../shared/model/thaw.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import type { Logger } from '../base/logger.ts';
import type { Clock, RemoteObject, RemoteStore, StoreKey } from '../sync/ports.ts';
import { isArchived } from '../sync/storage-class.ts';
import { expectedMs, isEnded, next, stepOf, type ThawEvent } from './thaw-queue.ts';

/** One row per file; its id is the file's number, `rootId` the member's. */
export interface HubThawRows {
  saveThaw(thaw: Thaw): Promise<void>;
  thaw(id: string): Promise<Thaw | null>;
  dueThaws(nowMs: number, limit: number): Promise<readonly Thaw[]>;
  nextThawMs(): Promise<number | null>;
}
export interface HubThawsDeps {
  readonly store: Pick<RemoteStore, 'head' | 'restore'>;
  readonly rows: HubThawRows;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly chance: () => number;
  /** Of a member's file something is to be shown anew. */
  readonly onChange: (userId: number) => void;
}
export interface ThawedFile {
  readonly id: number;
  readonly userId: number;
  readonly objectKey: string;
  readonly sizeBytes: number;
}
/** `coming`: asked for, not readable yet. `ready`: readable until `readableUntilMs`, then in the archive again. */
export interface ArchiveState {
  readonly state: 'readable' | 'archived' | 'coming' | 'ready';
  readonly storageClass: string;
  readonly readableUntilMs: number | null;
  readonly speed: RestoreSpeed | null;
  readonly expectedFromMs: number | null;
  readonly expectedToMs: number | null;
  /** How it can be asked for, and how long that takes. */
  readonly speeds: readonly { readonly speed: RestoreSpeed; readonly fromMs: number; readonly toMs: number }[];
}
const mostDue = 200;
const sideBySide = 8;
const leastWaitMs = 1000;
const mostWaitMs = 3_600_000;

export class HubThaws {
  readonly #deps: HubThawsDeps;
  #cancel: (() => void) | null = null;
  #chain: Promise<void> = Promise.resolve();
  #isStarted = false;
  #isClosed = false;
  constructor(deps: HubThawsDeps) {
    this.#deps = deps;
  }

  /** What an earlier hub was asked for goes on. */
  start(): void {
    this.#isStarted = true;
    this.#plan();
  }
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    await this.#chain;
  }

  /** Throws `not_found` where the file is gone. */
  async look(file: ThawedFile): Promise<ArchiveState> {
    return stateOf(await this.#object(file), await this.#deps.rows.thaw(String(file.id)));
  }

  /** Asking again while it is under way changes nothing and costs nothing. Throws why the store did not take the wish. */
  async ask(file: ThawedFile, wish: { readonly speed: RestoreSpeed; readonly days: number }): Promise<ArchiveState> {
    const { rows, clock } = this.#deps;
    const object = await this.#object(file);
    const known = await rows.thaw(String(file.id));
    const now = stateOf(object, known);
    if (now.state !== 'archived') return now;
    if (expectedMs(object.storageClass, wish.speed) === null) throw new AppError('bad_request', { detail: `${object.storageClass} has no speed ${wish.speed}` });
    const nowMs = clock.nowMs();
    const asked: Thaw = {
      id: String(file.id), rootId: String(file.userId), key: file.objectKey, objectKey: file.objectKey, sizeBytes: object.sizeBytes, storageClass: object.storageClass, speed: wish.speed, days: wish.days, toDisk: false,
      state: 'asked', askedAtMs: nowMs, startedAtMs: null, readyAtMs: null, untilMs: null, nextMs: nowMs, tries: 0, code: null,
    };
    await rows.saveThaw(asked);
    const after = await this.#step(asked);
    if (after.code !== null) {
      // Whoever hears that it went wrong asks again; a wish that then goes on by itself would be a second one.
      await rows.saveThaw({ ...after, state: 'failed', nextMs: null });
      throw new AppError(after.code);
    }
    this.#plan();
    return stateOf(object, after);
  }

  async #object(file: ThawedFile): Promise<RemoteObject> {
    const object = await this.#deps.store.head(file.objectKey as StoreKey);
    if (object === null || object.deletionClaimedAtMs !== null) throw new AppError('not_found', { what: 'file' });
    return object;
  }

  async #step(thaw: Thaw): Promise<Thaw> {
    const { rows, clock, chance } = this.#deps;
    const event = await this.#eventOf(thaw).catch((thrown: unknown): ThawEvent => ({ kind: 'problem', code: asAppError(thrown).code, chance: chance() }));
    const after = next(thaw, event, clock.nowMs());
    await rows.saveThaw(after);
    if (after.state !== thaw.state) this.#deps.onChange(Number(thaw.rootId));
    return after;
  }
  async #eventOf(thaw: Thaw): Promise<ThawEvent> {
    const { store } = this.#deps;
    const key = thaw.objectKey as StoreKey;
    if (stepOf(thaw) === 'ask') return { kind: 'answered', answer: await store.restore(key, { days: thaw.days, speed: thaw.speed }) };
    const object = await store.head(key);
    return object === null || object.deletionClaimedAtMs !== null ? { kind: 'gone' } : { kind: 'seen', object };
  }

  /** One after the other: whoever asks meanwhile sets the timer anew, with what was asked. */
  #plan(isDue = false): void {
    if (!this.#isStarted || this.#isClosed) return;
    this.#chain = this.#chain.then(async () => {
      if (isDue && !this.#isClosed) await this.#workOff();
      if (!this.#isClosed) await this.#setTimer();
    }).catch((thrown: unknown) => this.#deps.logger.warn({ err: asAppError(thrown) }, 'what members asked back from the archive could not be looked after'));
  }
  async #setTimer(): Promise<void> {
    const nextMs = await this.#deps.rows.nextThawMs();
    this.#cancel?.();
    this.#cancel = nextMs === null || this.#isClosed ? null : this.#deps.clock.after(Math.min(mostWaitMs, Math.max(leastWaitMs, nextMs - this.#deps.clock.nowMs())), () => this.#plan(true));
  }
  async #workOff(): Promise<void> {
    const due = await this.#deps.rows.dueThaws(this.#deps.clock.nowMs(), mostDue);
    for (let at = 0; at < due.length && !this.#isClosed; at += sideBySide) await Promise.all(due.slice(at, at + sideBySide).map((thaw) => this.#step(thaw)));
  }
}

/** What the store says of the object is the truth; the row knows what was asked for. */
function stateOf(object: RemoteObject, thaw: Thaw | null): ArchiveState {
  const { storageClass } = object;
  const speeds = restoreSpeeds.flatMap((speed) => {
    const expected = expectedMs(storageClass, speed);
    return expected === null ? [] : [{ speed, ...expected }];
  });
  const none = { storageClass, readableUntilMs: null, speed: null, expectedFromMs: null, expectedToMs: null, speeds: [] };
  if (!isArchived(storageClass)) return { ...none, state: 'readable' };
  if (object.restoring === 'restored') return { ...none, state: 'ready', readableUntilMs: object.readableUntilMs ?? thaw?.untilMs ?? null };
  const live = thaw !== null && !isEnded(thaw) && thaw.objectKey === object.key && (thaw.state === 'asked' || thaw.state === 'waiting') ? thaw : null;
  if (object.restoring !== 'in-progress' && live === null) return { ...none, state: 'archived', speeds };
  const expected = live === null ? null : expectedMs(storageClass, live.speed);
  const sinceMs = live?.startedAtMs ?? live?.askedAtMs ?? null;
  return { ...none, state: 'coming', speed: live?.speed ?? null, expectedFromMs: expected === null || sinceMs === null ? null : sinceMs + expected.fromMs, expectedToMs: expected === null || sinceMs === null ? null : sinceMs + expected.toMs };
}
