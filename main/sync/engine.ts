/** The engine of one root: connects, observes, settles, listens for changes, waits; and tells what it is doing. */
import { randomUUID } from 'node:crypto';
import { parentOf, parseRelativePath, type EntryKey } from '../../shared/relative-path.ts';
import { sentenceFor } from '../../shared/api/errors.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import { createChangeHints, type Hinted } from './change-hints.ts';
import { connect } from './connect.ts';
import { observe, settle, stepsFor, takeLookAgain, type CycleControl } from './cycle.ts';
import { createOtherDevices, type OtherDevices } from './device-objects.ts';
import { runBatch } from './execute/executor.ts';
import { backOffMs, errorPolicies } from './execute/error-policy.ts';
import { recoverJournal } from './execute/recover.ts';
import { createIdentityHolds } from './identity-holds.ts';
import type { LocalRoot, StoreKey } from './ports.ts';
import type { EngineDeps, EngineEvent, EnginePhase, EngineState, RootEngine, RunningTransfer, SyncOutcome } from './root-engine.ts';
import { createTouchedRows, createTransfers, type Tally, type Work } from './work.ts';

const wholeScanEveryMs = 15 * 60_000;
const deviceWriteEveryMs = 2000;

export function createRootEngine(deps: EngineDeps): RootEngine {
  return new Engine(deps);
}

class Engine implements RootEngine {
  readonly rootId: EngineDeps['root']['id'];
  readonly #deps: EngineDeps;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #touched = createTouchedRows();
  readonly #transfers;
  readonly #hints;
  readonly #identity;
  readonly #devices: OtherDevices;
  readonly #runningKinds = new Map<EntryKey, 'uploading' | 'downloading' | 'moving' | 'checking'>();
  #root: EngineDeps['root'];
  #abort = new AbortController();
  #local: LocalRoot | null = null;
  #work: Work | null = null;
  #watch: { stop(): Promise<void> } | null = null;
  #state: EngineState = { phase: 'idle', problem: null, nextTryAtMs: null, checked: 0, filesDone: 0, filesTotal: 0, bytesDone: 0, bytesTotal: 0, profile: null };
  #loop: Promise<void> | null = null;
  #stopped = false;
  #wake: (() => void) | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #run: string | null = null;
  #tally: Tally = emptyTally();
  #changedKeys = new Set<StoreKey>();
  #deviceWrittenAt = -Infinity;
  #lastWholeScan = -Infinity;
  #lastListing = -Infinity;
  #lastDeviceRead = -Infinity;
  #lastActive = -Infinity;
  #notified = false;
  #attempts = 0;
  #pairAgain = false;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
    this.rootId = deps.root.id;
    this.#root = deps.root;
    this.#transfers = createTransfers(() => this.#emit({ type: 'progress' }));
    this.#hints = createChangeHints(deps.clock, () => this.#wake?.());
    this.#identity = createIdentityHolds(deps.index, deps.root.id, () => deps.clock.nowMs());
    this.#devices = createOtherDevices(deps.root);
  }

  start(): void {
    if (this.#loop !== null || this.#stopped) return;
    this.#hints.needWholeScan();
    this.#hints.needWholeListing();
    this.#loop = this.#keepInStep();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#abort.abort();
    this.#wake?.();
    await this.#loop?.catch(() => undefined);
    await this.#turn.catch(() => undefined);
    await this.#disconnect();
    await this.#deps.store.close().catch(() => undefined);
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  state(): EngineState {
    return this.#state;
  }
  transfers(): readonly RunningTransfer[] {
    return this.#transfers.list();
  }
  running(): ReadonlyMap<EntryKey, 'uploading' | 'downloading' | 'moving' | 'checking'> {
    return this.#runningKinds;
  }
  lookAgain(): void {
    this.#attempts = 0;
    this.#hints.needWholeScan();
    this.#hints.needWholeListing();
    this.#wake?.();
  }
  pauseChanged(): void {
    this.#root = this.#deps.index.root(this.rootId) ?? this.#root;
    if (this.#isPaused()) this.#abort.abort();
    else {
      this.#set({ phase: 'idle', problem: null });
      this.lookAgain();
    }
    this.#wake?.();
  }
  async pairAgain(): Promise<void> {
    this.#pairAgain = true;
    await this.#disconnect();
    this.lookAgain();
  }
  retry(key: EntryKey | null): void {
    this.#deps.index.clearFailures(this.rootId, key);
    if (key !== null) {
      const parsed = parseRelativePath(key.endsWith('/') ? key.slice(0, -1) : key);
      if (parsed.ok) this.#hints.addFolders([parentOf(parsed.path)]);
    } else this.lookAgain();
    this.#emit({ type: 'rows', keys: key === null ? 'all' : [key] });
  }
  settleHold(id: string, outcome: 'approved' | 'refused'): void {
    this.#deps.index.settleHold(id, outcome);
    this.#emit({ type: 'rows', keys: 'all' });
    this.#emit({ type: 'state' });
    this.lookAgain();
  }

  async syncOnce(request: { approveCounts: boolean; signal?: AbortSignal }): Promise<SyncOutcome> {
    const begun = this.#deps.clock.monotonicMs();
    const requestsBefore = total(this.#deps.store.requestCounts());
    return this.#exclusive(async () => {
      const before = { ...this.#tally };
      let problem: AppError | null = null;
      const onAbort = (): void => this.#abort.abort();
      request.signal?.addEventListener('abort', onAbort, { once: true });
      try {
        const work = await this.#connected();
        for (let round = 0; round < 6; round += 1) {
          problem = await this.#cycle(work, { folders: 'all', keys: 'all' }, request.approveCounts);
          const nextTry = this.#deps.index.nextTryAtMs(this.rootId);
          const retrySoon = problem === null && nextTry !== null && nextTry - this.#deps.clock.nowMs() < 10_000;
          if (!retrySoon || work.signal.aborted) break;
          await this.#deps.clock.sleep(Math.max(0, nextTry - this.#deps.clock.nowMs()) + 1, work.signal);
        }
        await this.#tellOthers(work, true);
      } catch (thrown) {
        problem = asAppError(thrown);
        this.#noteProblem(problem);
      } finally {
        request.signal?.removeEventListener('abort', onAbort);
      }
      return this.#outcome(before, problem, begun, requestsBefore);
    });
  }

  #outcome(before: Tally, problem: AppError | null, begun: number, requestsBefore: number): SyncOutcome {
    const { index } = this.#deps;
    const totals = index.totals(this.rootId);
    const reasons = problem === null ? [] : [problem.message];
    for (const hold of index.holds(this.rootId, 'waiting')) if (hold.kind === 'massDeletion') reasons.push(`${sentenceFor(hold.code, hold.context)} Agree with: strata approve ${hold.id}, or keep them with: strata refuse ${hold.id}.`);
    let after = '';
    for (let listed = 0; listed < 20; ) {
      const rows = index.below(this.rootId, '', { after, limit: 500 });
      for (const row of rows) {
        if (row.failure === null || listed >= 20) continue;
        listed += 1;
        reasons.push(`${row.key}: ${sentenceFor(row.failure.code, row.failure.context)}`);
      }
      const last = rows[rows.length - 1];
      if (rows.length < 500 || last === undefined || totals.failed === 0) break;
      after = last.key;
    }
    const now = this.#tally;
    const failed = totals.failed > 0 ? totals.failed : now.failed - before.failed;
    if (reasons.length === 0 && totals.due > 0) reasons.push(`${totals.due} entries are not in step yet.`);
    return {
      uploaded: now.uploaded - before.uploaded, downloaded: now.downloaded - before.downloaded, deleted: now.deleted - before.deleted, moved: now.moved - before.moved, conflicts: now.conflicts - before.conflicts,
      failed, held: totals.held, skipped: totals.skipped, bytesUp: now.bytesUp - before.bytesUp, bytesDown: now.bytesDown - before.bytesDown,
      requests: total(this.#deps.store.requestCounts()) - requestsBefore, ms: Math.round(this.#deps.clock.monotonicMs() - begun), reasons, inStep: reasons.length === 0,
    };
  }

  // ------------------------------------------------------------ background

  async #keepInStep(): Promise<void> {
    while (!this.#stopped) {
      if (this.#isPaused()) {
        this.#set({ phase: 'paused', problem: null });
        await this.#sleep(this.#root.pausedUntilMs === null || this.#root.pausedUntilMs === Infinity ? null : this.#root.pausedUntilMs - this.#deps.clock.nowMs());
        continue;
      }
      try {
        await this.#exclusive(() => this.#turnOnce());
        if (this.#state.problem === null) this.#attempts = 0;
      } catch (thrown) {
        this.#noteProblem(asAppError(thrown));
      }
      if (this.#stopped) return;
      if (this.#state.problem !== null && !this.#isPaused()) {
        await this.#waitAfterProblem(this.#state.problem);
        continue;
      }
      if (!this.#hints.pending) await this.#sleep(this.#nextTimerMs());
      else if (this.#hintsNotReady()) await this.#sleep(2000);
    }
  }

  #hintsNotReady(): boolean {
    return this.#taken === null && (this.#taken = this.#hints.take()) === null;
  }
  #taken: Hinted | null = null;

  async #turnOnce(): Promise<void> {
    const work = await this.#connected();
    await this.#startWatching(work);
    const now = this.#deps.clock.monotonicMs();
    if (now - this.#lastWholeScan > wholeScanEveryMs) this.#hints.needWholeScan();
    if (now - this.#lastListing > this.#listingEveryMs()) this.#hints.needWholeListing();
    await this.#readOthers(work, now);
    const hinted = this.#taken ?? this.#hints.take();
    this.#taken = null;
    const retryDue = (this.#deps.index.nextTryAtMs(this.rootId) ?? Infinity) <= this.#deps.clock.nowMs();
    if (hinted !== null || retryDue) {
      const problem = await this.#cycle(work, hinted ?? { folders: [], keys: [] }, false);
      if (problem !== null) {
        // What could not be looked at now is looked at again as a whole.
        this.#hints.needWholeScan();
        this.#hints.needWholeListing();
        throw problem;
      }
    }
    await this.#tellOthers(work, false);
  }

  async #waitAfterProblem(problem: AppError): Promise<void> {
    const policy = errorPolicies[problem.code];
    if (problem.code === 'cancelled') return;
    await this.#disconnect();
    this.#attempts += 1;
    const wait = policy === 'stopRoot' || policy === 'waitForCredentials' ? 30_000 : Math.min(backOffMs(this.#attempts, this.#deps.chance()), 60_000);
    this.#set({ nextTryAtMs: this.#deps.clock.nowMs() + wait });
    await this.#sleep(wait);
    this.#hints.needWholeScan();
    this.#hints.needWholeListing();
  }

  #nextTimerMs(): number {
    const now = this.#deps.clock.monotonicMs();
    const nextTry = this.#deps.index.nextTryAtMs(this.rootId);
    const candidates = [this.#lastWholeScan + wholeScanEveryMs - now, this.#lastListing + this.#listingEveryMs() - now, this.#lastDeviceRead + this.#devicePollMs() - now];
    if (nextTry !== null) candidates.push(nextTry - this.#deps.clock.nowMs());
    if (this.#changedKeys.size > 0) candidates.push(this.#deviceWrittenAt + deviceWriteEveryMs - now);
    return Math.max(5, Math.min(...candidates));
  }
  /** Listings cost requests: a page per 1,000 keys. Spaced so that they stay under about 100 pages an hour, at least a minute apart. */
  #listingEveryMs(): number {
    const pages = Math.max(1, Math.ceil(this.#deps.index.highestId() / 1000));
    return Math.min(6 * 3_600_000, Math.max(this.#notified ? 10 * 60_000 : 60_000, pages * 36_000));
  }
  #devicePollMs(): number {
    if (this.#notified) return 60_000;
    return this.#deps.clock.monotonicMs() - this.#lastActive < 5 * 60_000 ? 2000 : 15_000;
  }

  async #readOthers(work: Work, now: number): Promise<void> {
    if (now - this.#lastDeviceRead < this.#devicePollMs()) return;
    this.#lastDeviceRead = now;
    const keys = await this.#devices.read(work.store);
    if (keys === 'all') this.#hints.needWholeListing();
    else if (keys !== null) this.#hints.addKeys(keys);
    if (keys !== null) this.#lastActive = now;
  }

  async #tellOthers(work: Work, atOnce: boolean): Promise<void> {
    if (this.#changedKeys.size === 0) return;
    const now = this.#deps.clock.monotonicMs();
    if (!atOnce && now - this.#deviceWrittenAt < deviceWriteEveryMs) return;
    const keys = [...this.#changedKeys];
    this.#changedKeys.clear();
    this.#deviceWrittenAt = now;
    const root = { ...this.#root, counter: this.#root.counter + 1 };
    const answer = await this.#devices.write(work.store, { counter: root.counter, keys });
    this.#root = root;
    this.#deps.index.saveRoot({ ...(this.#deps.index.root(this.rootId) ?? root), counter: root.counter });
    if (answer === 'clone') this.#deps.logger.warn({ root: this.rootId }, 'another device writes under this device’s id');
  }

  async #startWatching(work: Work): Promise<void> {
    if (this.#watch !== null) return;
    const local = await this.#deps.watcher?.start(this.#root.folder, {
      onHint: (folders) => this.#hints.addFolders(folders),
      onLost: () => this.#hints.needWholeScan(),
    });
    const remote = new AbortController();
    const own = (key: StoreKey): boolean => key.startsWith('.strata/');
    void work.store
      .watch((keys) => this.#hints.addKeys(keys.filter((key) => !own(key) && !this.#isOwnEcho(key))), remote.signal)
      .then((ended) => (this.#notified = ended && !remote.signal.aborted))
      .catch(() => (this.#notified = false));
    this.#notified = work.profile.notifications;
    this.#watch = {
      stop: async () => {
        remote.abort();
        await local?.stop();
      },
    };
  }
  /** Our own write comes back as a notification; what it says is what we wrote. */
  #isOwnEcho(key: StoreKey): boolean {
    return this.#changedKeys.has(key) || this.#recentKeys.has(key) || this.#touched.inFlight(key.normalize('NFC') as EntryKey);
  }
  #recentKeys = new Set<StoreKey>();

  // ------------------------------------------------------------ one cycle

  async #cycle(work: Work, hinted: Hinted, approveCounts: boolean): Promise<AppError | null> {
    const { index } = this.#deps;
    const control = this.#control(approveCounts);
    if (hinted.folders === 'all' || hinted.keys === 'all') this.#set({ phase: 'checking', checked: 0 });
    this.#touched.forget();
    const seen = await observe(work, hinted, control);
    const now = this.#deps.clock.monotonicMs();
    if (seen.complete && hinted.folders === 'all') this.#lastWholeScan = now;
    if (seen.complete && hinted.keys === 'all') this.#lastListing = now;
    if (seen.changed === 'many' || seen.changed.length > 0) {
      this.#lastActive = now;
      this.#emit({ type: 'rows', keys: seen.changed });
    }
    if (seen.problem !== null && errorPolicies[seen.problem.code] !== 'retry' && !seen.complete) {
      this.#finishRun();
      this.#noteProblem(seen.problem);
      return seen.problem;
    }
    this.#identity.clear();
    const express = this.#expressLane(work, control);
    const result = await settle(work, control, seen.complete).finally(() => express.end());
    this.#finishRun();
    if (result.problem !== null) {
      this.#noteProblem(result.problem);
      return result.problem;
    }
    if (work.signal.aborted) return new AppError('cancelled');
    const inStep = index.dueCount(this.rootId) === 0;
    if (inStep) index.saveRoot({ ...(index.root(this.rootId) ?? this.#root), lastInStepAtMs: this.#deps.clock.nowMs() });
    this.#set({ phase: 'idle', problem: null, nextTryAtMs: index.nextTryAtMs(this.rootId), filesDone: 0, filesTotal: 0, bytesDone: 0, bytesTotal: 0 });
    return null;
  }

  /** While a long batch runs, what is saved meanwhile is looked at and sent at once, beside it. */
  #expressLane(work: Work, control: CycleControl): { end(): Promise<void> } {
    let ended = false;
    let busy: Promise<void> = Promise.resolve();
    const before = this.#wake;
    const look = (): void => {
      if (ended || work.signal.aborted) return;
      const hinted = this.#hints.take();
      if (hinted === null) return;
      if (hinted.folders === 'all' || hinted.keys === 'all') {
        this.#taken = hinted;
        return;
      }
      busy = busy.then(() => this.#express(work, hinted, control)).catch(() => this.#hints.needWholeScan());
    };
    this.#wake = () => {
      before?.();
      look();
    };
    return {
      end: async () => {
        ended = true;
        this.#wake = before;
        await busy;
      },
    };
  }

  async #express(work: Work, hinted: Hinted, control: CycleControl): Promise<void> {
    const seen = await observe(work, hinted, control);
    if (seen.changed === 'many') return this.#hints.needWholeScan();
    const rows = seen.changed.map((key) => this.#deps.index.row(this.rootId, key)).filter((row) => row !== null && row.frozen === null);
    this.#emit({ type: 'rows', keys: seen.changed });
    await runBatch(work, stepsFor(work, rows.filter((row) => row !== null)), 4, control.counters);
  }

  #control(approveCounts: boolean): CycleControl {
    return {
      concurrency: this.#deps.concurrency,
      approveCounts,
      onPhase: (phase) => this.#state.phase !== phase && this.#set({ phase }),
      onLooked: (checked) => {
        this.#state = { ...this.#state, checked };
        this.#emit({ type: 'progress' });
      },
      onDue: ({ files, bytes }) => this.#set({ filesDone: 0, filesTotal: files, bytesDone: 0, bytesTotal: bytes }),
      hintsPending: () => this.#hints.pending,
      counters: {
        onStart: (op) => {
          this.#runningKinds.set(op.key, op.kind === 'upload' ? 'uploading' : op.kind === 'download' ? 'downloading' : op.kind === 'moveLocal' || op.kind === 'moveRemote' ? 'moving' : 'checking');
          this.#emit({ type: 'rows', keys: [op.key] });
        },
        onEnd: (op) => {
          this.#runningKinds.delete(op.key);
          this.#state = { ...this.#state, filesDone: this.#state.filesDone + 1, bytesDone: this.#state.bytesDone + op.sizeBytes };
          this.#emit({ type: 'rows', keys: op.from === null ? [op.key] : [op.key, op.from.key] });
          this.#emit({ type: 'progress' });
          if (op.kind === 'upload' || op.kind === 'deleteRemote' || op.kind === 'moveRemote') this.#rememberOwn([op.key, ...(op.from === null ? [] : [op.from.key])]);
        },
      },
    };
  }
  #rememberOwn(keys: readonly EntryKey[]): void {
    for (const key of keys) this.#recentKeys.add(key as string as StoreKey);
    this.#deps.clock.after(1500, () => keys.forEach((key) => this.#recentKeys.delete(key as string as StoreKey)));
  }

  async #connected(): Promise<Work> {
    if (this.#work !== null && !this.#work.signal.aborted) return this.#work;
    const { deps } = { deps: this.#deps };
    this.#abort = new AbortController();
    this.#root = deps.index.root(this.rootId) ?? this.#root;
    this.#local ??= await deps.openLocal();
    const { root, profile } = await connect(deps, this.#root, this.#local, this.#pairAgain);
    this.#pairAgain = false;
    this.#root = root;
    const abilities = await this.#local.abilities();
    const work: Work = {
      root, rootId: root.id, index: deps.index, store: deps.store, local: this.#local, clock: deps.clock, logger: deps.logger, names: deps.names, random: deps.random, chance: deps.chance, profile,
      holdsExecutable: abilities.holdsExecutable, signal: this.#abort.signal, touched: this.#touched, transfers: this.#transfers, tally: this.#tally, changedKeys: this.#changedKeys,
      lookAgain: { folders: new Set(), keys: new Set() }, runId: () => this.#runId(), emit: (event) => this.#emit(event),
    };
    this.#work = work;
    this.#set({ profile });
    await recoverJournal(work);
    if (work.lookAgain.folders.size > 0) this.#hints.addFolders([...takeLookAgain(work).folders].filter((folder) => typeof folder === 'string'));
    return work;
  }

  async #disconnect(): Promise<void> {
    this.#abort.abort();
    await this.#watch?.stop().catch(() => undefined);
    this.#watch = null;
    await this.#local?.close().catch(() => undefined);
    this.#local = null;
    this.#work = null;
  }

  #runId(): string {
    if (this.#run === null) {
      this.#run = this.#deps.random();
      this.#deps.index.startRun(this.rootId, this.#run, this.#deps.clock.nowMs(), this.#root.deviceName);
    }
    return this.#run;
  }
  #finishRun(): void {
    if (this.#run === null) return;
    this.#deps.index.endRun(this.#run, this.#deps.clock.nowMs());
    this.#run = null;
  }

  #noteProblem(problem: AppError): void {
    if (problem.code === 'cancelled') return;
    this.#deps.logger.warn({ root: this.rootId, code: problem.code, cause: problem.cause instanceof Error ? problem.cause.stack : undefined }, problem.message);
    this.#identity.note(problem);
    const waits = errorPolicies[problem.code] === 'waitForPlace';
    this.#set({ phase: waits ? 'offline' : 'stopped', problem });
  }

  #isPaused(): boolean {
    const until = this.#root.pausedUntilMs;
    return until !== null && until > this.#deps.clock.nowMs();
  }
  async #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#turn;
    let done = (): void => undefined;
    this.#turn = new Promise<void>((resolve) => (done = resolve));
    await before.catch(() => undefined);
    try {
      return await work();
    } finally {
      done();
    }
  }
  async #sleep(ms: number | null): Promise<void> {
    const controller = new AbortController();
    this.#wake = () => controller.abort();
    if (!this.#stopped) await this.#deps.clock.sleep(ms === null ? 3_600_000 : Math.max(0, ms), controller.signal);
    this.#wake = null;
  }
  #set(change: Partial<EngineState>): void {
    this.#state = { ...this.#state, ...change };
    this.#emit({ type: 'state' });
  }
  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function emptyTally(): Tally {
  return { uploaded: 0, downloaded: 0, deleted: 0, moved: 0, conflicts: 0, failed: 0, bytesUp: 0, bytesDown: 0 };
}
function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
export const newId = (): string => randomUUID();
