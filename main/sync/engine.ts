/** The engine of one root: connects, observes, settles, listens for changes, waits; and tells what it is doing. */
import { parentOf, parseRelativePath, rootPath, type EntryKey } from '../../shared/relative-path.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import { createBudget } from '../base/budget.ts';
import { createTurns } from '../base/turns.ts';
import { createChangeHints, type Hinted } from './change-hints.ts';
import { createColdOpener } from './cold-opener.ts';
import { connect, type ConnectHow } from './connect.ts';
import { observe, settle, type CycleControl } from './cycle.ts';
import { careDaily } from './daily-care.ts';
import { createOtherDevices, type OtherDevices } from './device-objects.ts';
import { backOffMs, errorPolicies, longestBackOffMs } from './execute/error-policy.ts';
import { recoverJournal } from './execute/recover.ts';
import { openExpressLane } from './express-lane.ts';
import { makeControl } from './engine-control.ts';
import { createIdentityHolds } from './identity-holds.ts';
import type { LocalRoot, RemoteStore, StoreKey } from './ports.ts';
import type { EngineDeps, EngineEvent, EngineState, RootEngine, RunningTransfer, SyncOutcome } from './root-engine.ts';
import { takeUpOnlineOnly } from './online-only.ts';
import { emptyTally, outcomeOf, totalRequests } from './outcome.ts';
import { EngineTimers } from './timers.ts';
import { rescueFromTrash } from './trash-care.ts';
import { createRecentKeys, startWatching } from './watching.ts';
import { createTouchedRows, createTransfers, type Tally, type Work } from './work.ts';

/** Small files are read whole: this many bytes of them at once, whatever the number of lanes. */
const uploadMemoryBytes = 48 * 1024 * 1024;

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
  readonly #cold;
  #watch: { stop(): Promise<void> } | null = null;
  #state: EngineState = { phase: 'idle', problem: null, nextTryAtMs: null, checked: 0, filesDone: 0, filesTotal: 0, bytesDone: 0, bytesTotal: 0, profile: null };
  #loop: Promise<void> | null = null;
  #stopped = false;
  #wake: (() => void) | null = null;
  readonly #turns = createTurns();
  #run: string | null = null;
  #tally: Tally = emptyTally();
  #changedKeys = new Set<StoreKey>();
  readonly #timers;
  #attempts = 0;
  #connectHow: ConnectHow = { pairAgain: false, renewed: false };
  #onlineOnlyTaken = false;
  #taken: Hinted | null = null;
  readonly #recentKeys;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
    this.rootId = deps.root.id;
    this.#root = deps.root;
    this.#transfers = createTransfers(() => this.#emit({ type: 'progress' }));
    this.#hints = createChangeHints(deps.clock, () => this.#wake?.());
    this.#identity = createIdentityHolds(deps.index, deps.root.id, () => deps.clock.nowMs());
    this.#devices = createOtherDevices(deps.random(), deps.index, deps.root.id);
    this.#recentKeys = createRecentKeys(deps.clock);
    this.#cold = createColdOpener(deps.openCold);
    this.#timers = new EngineTimers(() => deps.clock.monotonicMs(), () => deps.index.highestId());
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
    await this.#turns.take(() => Promise.resolve());
    await this.#disconnect();
    await this.#deps.store.close().catch(() => undefined);
    await this.#cold.close();
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  between = <T>(act: (parts: Work) => Promise<T>): Promise<T> => this.#turns.take(async () => act(await this.#connected()).finally(() => this.#finishRun()));
  connected = (): Promise<Work> => this.#turns.take(() => this.#connected());
  tellNow = (): Promise<void> => this.#turns.take(async () => this.#tellOthers(await this.#connected(), true));
  library = (): RemoteStore => this.#work?.store ?? this.#deps.store;
  state = (): EngineState => this.#state;
  transfers = (): readonly RunningTransfer[] => this.#transfers.list();
  running = (): ReadonlyMap<EntryKey, 'uploading' | 'downloading' | 'moving' | 'checking'> => this.#runningKinds;
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
  renamed(): void {
    this.#root = this.#deps.index.root(this.rootId) ?? this.#root;
    if (this.#work !== null) this.#work = { ...this.#work, root: this.#root };
  }
  async pairAgain(): Promise<void> {
    this.#connectHow = { ...this.#connectHow, pairAgain: true };
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
    const requestsBefore = this.#requests();
    return this.#turns.take(async () => {
      const before = { ...this.#tally };
      let problem: AppError | null = null;
      const onAbort = (): void => this.#abort.abort();
      request.signal?.addEventListener('abort', onAbort, { once: true });
      try {
        const work = await this.#connected();
        if (this.#timers.trashIsDue()) await rescueFromTrash(work);
        for (let round = 0; round < 6; round += 1) {
          problem = await this.#cycle(work, { folders: 'all', keys: 'all' }, request.approveCounts);
          const waitMs = this.#retryInMs();
          if (problem !== null || waitMs === null || waitMs >= 10_000 || work.signal.aborted) break;
          await this.#deps.clock.sleep(Math.max(0, waitMs) + 1, work.signal);
        }
        await this.#tellOthers(work, true);
      } catch (thrown) {
        problem = asAppError(thrown);
        this.#noteProblem(problem);
      } finally {
        request.signal?.removeEventListener('abort', onAbort);
      }
      return outcomeOf(this.#deps.index, this.rootId, {
        before, after: this.#tally, problem, requests: this.#requests() - requestsBefore, ms: Math.round(this.#deps.clock.monotonicMs() - begun),
      });
    });
  }

  async #keepInStep(): Promise<void> {
    while (!this.#stopped) {
      if (this.#isPaused()) {
        this.#set({ phase: 'paused', problem: null });
        await this.#sleep(this.#root.pausedUntilMs === null || this.#root.pausedUntilMs === Infinity ? null : this.#root.pausedUntilMs - this.#deps.clock.nowMs());
        continue;
      }
      try {
        await this.#turns.take(() => this.#turnOnce());
        if (this.#state.problem === null) this.#attempts = 0;
      } catch (thrown) {
        this.#noteProblem(asAppError(thrown));
      }
      if (this.#stopped) return;
      if (this.#state.problem !== null && !this.#isPaused()) {
        await this.#waitAfterProblem(this.#state.problem);
        continue;
      }
      if (!this.#hints.pending) await this.#sleep(this.#timers.nextMs(this.#retryInMs(), this.#changedKeys.size > 0));
      else if (this.#hintsNotReady()) await this.#sleep(2000);
    }
  }

  #hintsNotReady(): boolean {
    return this.#taken === null && (this.#taken = this.#hints.take()) === null;
  }

  async #turnOnce(): Promise<void> {
    const work = await this.#connected();
    await this.#startWatching(work);
    if (this.#timers.scanIsDue()) this.#hints.needWholeScan();
    // A whole listing begins with a look at the other devices by itself.
    if (this.#timers.listingIsDue()) this.#hints.needWholeListing();
    else await this.#readOthers(work);
    if (this.#timers.trashIsDue()) this.#hints.addFolders(await rescueFromTrash(work));
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

  async #readOthers(work: Work): Promise<void> {
    if (!this.#timers.devicesAreDue()) return;
    this.#timers.note('deviceRead');
    const keys = await this.#devices.read(work.store, this.#root);
    if (keys === 'all') this.#hints.needWholeListing();
    else if (keys !== null) this.#hints.addKeys(keys);
    if (keys !== null) this.#timers.note('active');
  }

  async #tellOthers(work: Work, atOnce: boolean): Promise<void> {
    if (this.#changedKeys.size === 0) return;
    if (!atOnce && !this.#timers.mayTellOthers()) return;
    const keys = [...this.#changedKeys];
    this.#changedKeys.clear();
    this.#timers.note('deviceWritten');
    // The index goes first: it is never behind what the place was told (rule 12).
    this.#root = { ...this.#root, counter: this.#root.counter + 1 };
    this.#deps.index.saveRoot({ ...(this.#deps.index.root(this.rootId) ?? this.#root), counter: this.#root.counter });
    this.#root = await this.#devices.tell(this.#deps, this.#root, work.profile, keys);
  }

  async #startWatching(work: Work): Promise<void> {
    this.#watch ??= await startWatching(work, this.#deps.watcher, this.#root.folder, {
      hints: this.#hints,
      isOwnEcho: (key) => this.#changedKeys.has(key) || this.#recentKeys.has(key) || this.#touched.inFlight(key.normalize('NFC') as EntryKey),
      notified: (works) => (this.#timers.notified = works),
    });
  }

  async #cycle(work: Work, hinted: Hinted, approveCounts: boolean): Promise<AppError | null> {
    const { index } = this.#deps;
    const [control, wholeScan, wholeListing] = [this.#control(approveCounts), hinted.folders === 'all', hinted.keys === 'all'];
    if (wholeScan || wholeListing) this.#set({ phase: 'checking', checked: 0 });
    if (wholeScan && wholeListing) this.#hints.covered();
    this.#touched.forget();
    index.tryNoLaterThan(this.rootId, this.#deps.clock.nowMs() + longestBackOffMs);
    // What got no answer, here or before a crash, is looked at before anything is planned on it (rule 17).
    if (index.journal(this.rootId).length > 0) await recoverJournal(work);
    // A place that was put back is known by another device's object gone back in time, before its old listing is believed (rule 12).
    if (wholeListing) await this.#devices.read(work.store, this.#root);
    const seen = await observe(work, hinted, control);
    if (seen.complete && wholeScan) {
      this.#timers.note('wholeScan');
      await careDaily(work, this.#deps.trashDays());
    }
    if (seen.complete && wholeListing) this.#timers.note('listing');
    if (seen.changed === 'many' || seen.changed.length > 0) {
      this.#timers.note('active');
      this.#emit({ type: 'rows', keys: seen.changed === 'many' ? 'all' : seen.changed });
    }
    if (seen.problem !== null && errorPolicies[seen.problem.code] !== 'retry' && !seen.complete) {
      this.#finishRun();
      return this.#noteProblem(seen.problem);
    }
    this.#identity.clear();
    if (wholeListing && seen.complete && !this.#onlineOnlyTaken) {
      await takeUpOnlineOnly(work, (await work.local.identify()).onlineOnly ?? []);
      this.#onlineOnlyTaken = true;
    }
    const express = openExpressLane(work, control, {
      hints: this.#hints,
      keepWhole: (whole) => (this.#taken = whole),
      changed: (keys) => this.#emit({ type: 'rows', keys }),
    });
    const before = this.#wake;
    this.#wake = () => {
      before?.();
      express.look();
    };
    const result = await settle(work, control, seen.complete).finally(() => {
      this.#wake = before;
      return express.end();
    });
    if (this.#run !== null) this.#timers.note('trashed');
    this.#finishRun();
    // What is known was done; a side that could not be seen whole is not in step all the same.
    const problem = result.problem ?? (seen.complete ? null : seen.problem);
    if (problem !== null) return this.#noteProblem(problem);
    if (work.signal.aborted) return new AppError('cancelled');
    if (result.deletionsWait) this.#hints.addFolders([rootPath]);
    if (index.dueCount(this.rootId) === 0) index.saveRoot({ ...(index.root(this.rootId) ?? this.#root), lastInStepAtMs: this.#deps.clock.nowMs() });
    this.#set({ phase: 'idle', problem: null, nextTryAtMs: index.nextTryAtMs(this.rootId), filesDone: 0, filesTotal: 0, bytesDone: 0, bytesTotal: 0 });
    return null;
  }

  #control(approveCounts: boolean): CycleControl {
    return makeControl({
      concurrency: this.#deps.concurrency, approveCounts, hintsPending: () => this.#hints.pending, state: () => this.#state, running: this.#runningKinds, emit: this.#emit, set: (change) => this.#set(change),
      setQuietly: (change) => (this.#state = { ...this.#state, ...change }), wrote: (keys) => this.#recentKeys.add(keys),
    });
  }
  async #connected(): Promise<Work> {
    if (this.#work !== null && !this.#work.signal.aborted) return this.#work;
    const deps = this.#deps;
    this.#abort = new AbortController();
    this.#root = deps.index.root(this.rootId) ?? this.#root;
    this.#local ??= await deps.openLocal();
    const { root, profile, store } = await connect({ ...deps, openCold: this.#cold.open }, this.#root, this.#local, this.#devices, this.#connectHow).catch(async (thrown: unknown) => {
      // The folder is opened anew the next time: of one opened while its disk was away the disk that comes back would be another (F14).
      await this.#disconnect();
      throw thrown;
    });
    this.#connectHow = { pairAgain: false, renewed: true };
    this.#root = root;
    const abilities = await this.#local.abilities();
    if (deps.index.foldsCase(root.id) !== abilities.foldsCase) deps.index.setFoldsCase(root.id, abilities.foldsCase);
    this.#onlineOnlyTaken = false;
    const work: Work = {
      root, rootId: root.id, index: deps.index, store, local: this.#local, clock: deps.clock, logger: deps.logger, names: deps.names, random: deps.random, chance: deps.chance, profile,
      holdsExecutable: abilities.holdsExecutable, signal: this.#abort.signal, touched: this.#touched, transfers: this.#transfers, memory: createBudget(uploadMemoryBytes), tally: this.#tally, changedKeys: this.#changedKeys,
      lookAgain: { folders: new Set(), keys: new Set() }, judged: new Map(), runId: () => this.#runId(), emit: (event) => this.#emit(event),
    };
    this.#work = work;
    this.#set({ profile });
    await work.local.clearIncoming();
    return work;
  }
  #requests = (): number => totalRequests(this.#deps.store.requestCounts()) + this.#cold.requests();

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

  #noteProblem(problem: AppError): AppError {
    if (problem.code === 'cancelled') return problem;
    this.#deps.logger.warn({ root: this.rootId, code: problem.code, cause: problem.cause instanceof Error ? problem.cause.stack : undefined }, problem.message);
    this.#identity.note(problem);
    const waits = errorPolicies[problem.code] === 'waitForPlace';
    this.#set({ phase: waits ? 'offline' : 'stopped', problem });
    return problem;
  }

  #retryInMs = (at = this.#deps.index.nextTryAtMs(this.rootId)): number | null => (at === null ? null : at - this.#deps.clock.nowMs());
  #isPaused = (): boolean => (this.#root.pausedUntilMs ?? 0) > this.#deps.clock.nowMs();
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
  #emit = (event: EngineEvent): void => this.#listeners.forEach((listener) => listener(event));
}
