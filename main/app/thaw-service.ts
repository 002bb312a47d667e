/** Bringing archived files back as a use-case: what it would cost, the queue that a restart does not forget, and who is told when they are there. */
import { randomUUID } from 'node:crypto';
import type { Hold, ThawedFile, ThawPlan, Thaws } from '../../shared/api/contract.ts';
import { sentenceFor } from '../../shared/api/errors.ts';
import type { PriceTable } from '../../shared/api/prices.ts';
import { restoreSpeeds, type RestoreSpeed, type Thaw } from '../../shared/model/thaw.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import { pathOfKey } from '../../shared/relative-path.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../sync/ports.ts';
import { earlyLeaveCost, oldestDate, restoreCost, type ClassUse } from '../tiers/cost.ts';
import { expectedMs, isEnded, next } from '../tiers/thaw-queue.ts';
import { workOff } from '../tiers/thaw.ts';
import type { ThawRows } from './ports.ts';
import { checkedPath } from './residency-service.ts';
import type { RootRegistry } from './root-registry.ts';

export interface ThawDeps {
  readonly rows: ThawRows;
  readonly registry: Pick<RootRegistry, 'record' | 'engineOf'>;
  /** Of the store where a folder's archived files lie. */
  readonly prices: (rootId: string) => PriceTable | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly concurrency: () => number;
  /** So many files came back just now, and until when they can be read. */
  readonly onReady: (files: number, untilMs: number | null) => void;
  readonly onChange: () => void;
}
/** `amount` holds the fee. */
type RenameCost = NonNullable<Hold['backCost']>;
/** So long a file that is to get another name stays readable. */
export const renameDays = 7;
const pageRows = 1000;
const mostExamples = 20;
const mostDue = 500;
const mostRounds = 3;
/** Never sooner: a queue of many keeps one timer, not one each. */
const leastWaitMs = 1000;
/** A timer's longest wait. */
const mostWaitMs = 24 * 3_600_000;
const forgetAfterMs = 30 * 24 * 3_600_000;

export class ThawService {
  readonly #deps: ThawDeps;
  #cancelTimer: (() => void) | null = null;
  #working: Promise<void> | null = null;
  #isStarted = false;
  #isClosed = false;
  constructor(deps: ThawDeps) {
    this.#deps = deps;
  }

  /** From here on the queue is worked off by itself, what an earlier run left included. */
  start(): void {
    this.#isStarted = true;
    this.#deps.rows.forgetThaws(this.#deps.clock.nowMs() - forgetAfterMs);
    this.#schedule();
  }
  /** The computer woke up, or a place can be reached again. */
  look(): void {
    this.#schedule();
  }
  /** Resolves when nothing is being done. */
  async settled(): Promise<void> {
    while (this.#working !== null) await this.#working;
  }
  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
  }

  preview(rootId: string, request: { readonly paths: readonly string[]; readonly days: number }): ThawPlan {
    const { id } = this.#deps.registry.record(rootId);
    const uses = new Map<string, { storageClass: string; files: number; bytes: number }>();
    const examples: ThawPlan['examples'] = [];
    let [files, bytes, alreadyComing] = [0, 0, 0];
    for (const file of this.#archived(id, request.paths)) {
      if (this.#isComing(id, file.key)) {
        alreadyComing += 1;
        continue;
      }
      const use = uses.get(file.storageClass) ?? { storageClass: file.storageClass, files: 0, bytes: 0 };
      uses.set(file.storageClass, { ...use, files: use.files + 1, bytes: use.bytes + file.sizeBytes });
      files += 1;
      bytes += file.sizeBytes;
      if (examples.length < mostExamples) examples.push({ path: pathOfKey(file.key as EntryKey), sizeBytes: file.sizeBytes, storageClass: file.storageClass });
    }
    const table = this.#deps.prices(id);
    const speeds = restoreSpeeds.flatMap((speed) => speedOffer([...uses.values()], { speed, days: request.days }, table));
    const byClass = Object.fromEntries([...uses].map(([name, use]) => [name, { files: use.files, bytes: use.bytes }]));
    return { files, bytes, alreadyComing, days: request.days, byClass, speeds, currency: table?.currency ?? null, prices: table?.name ?? null, pricesDate: table === null ? null : oldestDate(table), examples };
  }

  /** What another name takes: those named in `back` come back at standard speed first, and all of them leave their class. Null when none of them is in the archive. */
  renameCost(rootId: string, files: { readonly back: readonly string[]; readonly all: readonly string[] }): RenameCost | null {
    const { id } = this.#deps.registry.record(rootId);
    const archived = [...this.#archived(id, files.all)];
    if (archived.length === 0) return null;
    const plan = this.preview(id, { paths: files.back, days: renameDays });
    const offer = plan.speeds.find((one) => one.speed === 'standard');
    const table = this.#deps.prices(id);
    const fee = table === null ? null : earlyLeaveCost(archived, this.#deps.clock.nowMs(), table);
    const back = offer?.price ?? null;
    return { files: plan.files, bytes: plan.bytes, amount: back === null || fee === null ? null : back + fee, fee, currency: plan.currency, fromMs: offer?.fromMs ?? 0, toMs: offer?.toMs ?? 0 };
  }

  /** Answers once the store was asked. Throws why the folder or the place can't be reached; then nothing is in the queue. */
  async begin(rootId: string, request: { readonly paths: readonly string[]; readonly speed: RestoreSpeed; readonly days: number; readonly toDisk: boolean }): Promise<{ files: number; bytes: number; alreadyComing: number; failed: number }> {
    const { id } = this.#deps.registry.record(rootId);
    const nowMs = this.#deps.clock.nowMs();
    await (await this.#deps.registry.engineOf(id)).connected();
    const begun: Thaw[] = [];
    let alreadyComing = 0;
    for (const file of this.#archived(id, request.paths)) {
      if (this.#isComing(id, file.key)) {
        alreadyComing += 1;
        continue;
      }
      if (expectedMs(file.storageClass, request.speed) === null) throw new AppError('bad_request', { detail: `${file.storageClass} has no speed ${request.speed}` });
      begun.push({
        id: randomUUID(), rootId: id, key: file.key, objectKey: file.objectKey, sizeBytes: file.sizeBytes, storageClass: file.storageClass, speed: request.speed, days: request.days, toDisk: request.toDisk,
        state: 'asked', askedAtMs: nowMs, startedAtMs: null, readyAtMs: null, untilMs: null, nextMs: nowMs, tries: 0, code: null,
      });
    }
    this.#deps.rows.saveThaws(begun);
    this.#deps.onChange();
    await this.#workNow();
    const failed = begun.filter((thaw) => this.#deps.rows.thaw(thaw.id)?.state === 'failed').length;
    return { files: begun.length, bytes: begun.reduce((sum, thaw) => sum + thaw.sizeBytes, 0), alreadyComing, failed };
  }

  read(limit: number): Thaws {
    const all = this.#deps.rows.thaws(limit);
    const sums = this.#deps.rows.thawSums();
    const coming = sums.filter((sum) => sum.state === 'asked' || sum.state === 'waiting' || sum.state === 'ready');
    const thaws = all.map((thaw) => this.#told(thaw));
    const underWay = thaws.filter((thaw) => !isEnded(thaw));
    const table = all.map((thaw) => this.#deps.prices(thaw.rootId)).find((one) => one !== null) ?? null;
    return {
      thaws, files: sums.reduce((total, sum) => total + sum.files, 0), comingFiles: coming.reduce((total, sum) => total + sum.files, 0), comingBytes: coming.reduce((total, sum) => total + sum.bytes, 0),
      price: underWay.some((thaw) => thaw.price === null) ? null : underWay.reduce((total, thaw) => total + (thaw.price ?? 0), 0), currency: table?.currency ?? null,
    };
  }

  async change(request: { readonly ids: readonly string[]; readonly act: 'cancel' | 'again'; readonly speed?: RestoreSpeed | undefined; readonly days?: number | undefined }): Promise<{ changed: number }> {
    const nowMs = this.#deps.clock.nowMs();
    const found = request.ids.flatMap((id) => this.#deps.rows.thaw(id) ?? []);
    const changed = found.map((thaw) => next(thaw, request.act === 'cancel' ? { kind: 'cancel' } : { kind: 'again', speed: request.speed ?? thaw.speed, days: request.days ?? thaw.days }, nowMs)).filter((thaw, at) => thaw !== found[at]);
    this.#deps.rows.saveThaws(changed);
    this.#deps.onChange();
    if (request.act === 'again') await this.#workNow();
    this.#schedule();
    return { changed: changed.length };
  }

  #told(thaw: Thaw): ThawedFile {
    const expected = thaw.startedAtMs === null ? null : expectedMs(thaw.storageClass, thaw.speed);
    const table = this.#deps.prices(thaw.rootId);
    const { id, rootId, sizeBytes, storageClass, speed, state, toDisk, askedAtMs, readyAtMs, untilMs } = thaw;
    return {
      id, rootId, path: pathOfKey(thaw.key as EntryKey), sizeBytes, storageClass, speed, state, toDisk, askedAtMs, readyAtMs, untilMs,
      price: table === null ? null : restoreCost([{ storageClass, files: 1, bytes: sizeBytes }], thaw, table),
      expectedFromMs: expected === null || thaw.startedAtMs === null ? null : thaw.startedAtMs + expected.fromMs, expectedToMs: expected === null || thaw.startedAtMs === null ? null : thaw.startedAtMs + expected.toMs,
      reason: thaw.code === null ? null : { code: thaw.code, sentence: capital(sentenceFor(thaw.code)) }, nextTryAtMs: thaw.code === null ? null : thaw.nextMs,
    };
  }
  *#archived(rootId: string, paths: readonly string[]): Generator<ReturnType<ThawRows['archivedBelow']>[number], void, void> {
    // A file named twice, or inside a folder that is named too, is paid for once.
    const seen = new Set<string>();
    for (const path of paths.map(checkedPath)) {
      let after = '';
      for (;;) {
        const page = this.#deps.rows.archivedBelow(rootId, path, after, pageRows);
        for (const file of page) if (!seen.has(file.key)) yield (seen.add(file.key), file);
        const last = page[page.length - 1];
        if (page.length < pageRows || last === undefined) break;
        after = last.key;
      }
    }
  }
  #isComing(rootId: string, key: string): boolean {
    const thaw = this.#deps.rows.thawOf(rootId, key);
    return thaw !== null && !isEnded(thaw);
  }

  #schedule(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    if (!this.#isStarted || this.#isClosed) return;
    const nextMs = this.#deps.rows.nextThawMs();
    if (nextMs === null) return;
    const waitMs = Math.min(mostWaitMs, Math.max(leastWaitMs, nextMs - this.#deps.clock.nowMs()));
    this.#cancelTimer = this.#deps.clock.after(waitMs, () => void this.#workNow());
  }
  /** One round at a time; what became due meanwhile is done by the next. */
  async #workNow(): Promise<void> {
    while (this.#working !== null) await this.#working;
    if (this.#isClosed) return;
    this.#working = this.#rounds().finally(() => (this.#working = null));
    await this.#working;
    this.#schedule();
  }
  /** What one round made due at once (readable, so downloaded) is done by the next, without waiting for a timer. */
  async #rounds(): Promise<void> {
    for (let round = 0; round < mostRounds && !this.#isClosed && (this.#deps.rows.nextThawMs() ?? Infinity) <= this.#deps.clock.nowMs(); round += 1) await this.#round();
  }
  async #round(): Promise<void> {
    const { rows, clock, logger } = this.#deps;
    const due = rows.dueThaws(clock.nowMs(), mostDue);
    if (due.length === 0) return;
    const ready: Thaw[] = [];
    for (const rootId of new Set(due.map((thaw) => thaw.rootId))) {
      const ofRoot = due.filter((thaw) => thaw.rootId === rootId);
      const save = (thaw: Thaw): void => {
        const before = rows.thaw(thaw.id);
        // Cancelled while it was looked at: that word stands.
        if (before === null || this.#isClosed || (isEnded(before) && before.state !== thaw.state)) return;
        rows.saveThaws([thaw]);
        if (isBack(thaw) && !isBack(before)) ready.push(thaw);
      };
      try {
        const work = await (await this.#deps.registry.engineOf(rootId)).connected();
        await workOff(work, ofRoot, save, this.#deps.concurrency());
      } catch (thrown) {
        const { code } = asAppError(thrown);
        logger.warn({ code, rootId }, 'what comes back from the archive could not be looked after');
        for (const thaw of ofRoot) save(next(thaw, { kind: 'problem', code: code === 'not_found' ? 'object_missing' : code === 'internal' ? code : 'network_unreachable', chance: 0.5 }, clock.nowMs()));
      }
    }
    if (this.#isClosed) return;
    if (ready.length > 0) this.#deps.onReady(ready.length, ready.reduce<number | null>((least, thaw) => (thaw.untilMs === null ? least : Math.min(least ?? thaw.untilMs, thaw.untilMs)), null));
    this.#deps.onChange();
  }
}

/** As far as it was asked for: on the disk, or readable. */
function isBack(thaw: Thaw): boolean {
  return thaw.state === 'here' || (thaw.state === 'ready' && !thaw.toDisk);
}
/** Some sentences begin with the name of the place, which stands for itself here. */
function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
function speedOffer(uses: readonly ClassUse[], request: { readonly speed: RestoreSpeed; readonly days: number }, table: PriceTable | null): ThawPlan['speeds'] {
  const times = uses.map((use) => expectedMs(use.storageClass, request.speed));
  if (times.some((time) => time === null)) return [];
  const known = times.flatMap((time) => time ?? []);
  return [{ speed: request.speed, price: table === null ? null : restoreCost(uses, request, table), fromMs: Math.max(0, ...known.map((time) => time.fromMs)), toMs: Math.max(0, ...known.map((time) => time.toMs)) }];
}
