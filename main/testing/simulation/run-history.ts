/** Plays one history on a simulated world, heals it, lets it come to rest, and says whether every promise was kept. */
import { MemoryBucket, type MemoryBucketOptions } from '../memory-store.ts';
import { rootFolder, type WorldDevice } from '../world-device.ts';
import type { SyncOutcome } from '../../sync/root-engine.ts';
import { Chance } from './chance.ts';
import { checkAtRest, dueText, filesThere, Violation, writesAndEffects, skippedAnywhere } from './check.ts';
import { Contents, filesOf } from './contents.ts';
import type { Fault, History, Step, StoreKind, Surroundings } from './history.ts';
import { IndexPool } from './kept-index.ts';
import { Marks } from './marks.ts';
import { shownIn } from './place.ts';
import { ComputerClock, everythingWaits, SimulatedTime } from './simulated-clock.ts';
import { SimulatedComputer, type Surrounding } from './simulated-computer.ts';
import { Trace } from './trace.ts';

export interface Result {
  readonly violation: { readonly promise: string; readonly text: string } | null;
  readonly marks: Marks;
  readonly traceHash: string;
  readonly lines: readonly string[];
  readonly figures: { readonly userActs: number; readonly effects: number; readonly requests: number; readonly crashes: number; readonly rounds: number };
}
const storeOptions: Readonly<Record<StoreKind, Partial<MemoryBucketOptions>>> = {
  plain: {}, deleteIgnoresConditions: { ignoresConditionalDelete: true }, versioned: { versioning: true },
  nothingButPut: { ignoresConditionalDelete: true, ignoresConditionalComplete: true }, hidesFolders: { fileHidesFolder: true },
};
/** A world that is still busy after so many rounds of all computers never comes to rest. */
const mostRounds = 12;
const pool = new IndexPool();

export async function runHistory(history: History, request: { readonly keepsLines?: boolean } = {}): Promise<Result> {
  const run = new Run(history, request.keepsLines ?? false);
  const violation = await run.play();
  return {
    violation, marks: run.marks, traceHash: run.trace.hash, lines: run.trace.lines ?? [],
    figures: { userActs: run.userActs, ...run.figures, rounds: run.rounds },
  };
}

class Run implements Surrounding {
  readonly history: History;
  readonly time = new SimulatedTime();
  readonly bucket: MemoryBucket;
  readonly cold: MemoryBucket | null;
  readonly contents: Contents;
  readonly marks = new Marks();
  readonly trace: Trace;
  readonly figures = { effects: 0, crashes: 0, requests: 0 };
  readonly #computers: SimulatedComputer[];
  readonly #indexes = [] as ReturnType<IndexPool['take']>[];
  userActs = 0;
  rounds = 0;

  constructor(history: History, keepsLines: boolean) {
    this.history = history;
    this.trace = new Trace(keepsLines);
    this.bucket = new MemoryBucket({ clock: new ComputerClock(this.time), archivedClasses: ['GLACIER'], notifications: history.seed % 2 === 0, pageSize: 5, ...storeOptions[history.store] });
    this.cold = history.cold === undefined ? null : new MemoryBucket({ clock: new ComputerClock(this.time), name: 'cold', pageSize: 5, ...storeOptions[history.cold] });
    this.contents = new Contents(() => this.devices, () => this);
    this.#computers = Array.from({ length: history.devices }, (_, number) => {
      const index = pool.take();
      this.#indexes.push(index);
      return new SimulatedComputer({ number, world: this, index, concurrency: history.concurrency, reusesInodes: history.reusesInodes });
    });
  }
  get devices(): WorldDevice[] {
    return this.#computers.map((each) => each.device);
  }
  computer(number: number): SimulatedComputer {
    const found = this.#computers[number % this.#computers.length];
    if (found === undefined) throw new Error(`no computer ${number}`);
    return found;
  }

  async play(): Promise<Result['violation']> {
    try {
      for (const step of this.history.steps) {
        this.trace.note(step.kind);
        await this.#step(step);
      }
      this.#heal();
      checkAtRest({ devices: this.devices, place: this, contents: this.contents, outcomes: await this.#comeToRest() });
      if (this.cold === null) return null;
      // Whatever moved to the other store, it is the same library.
      await this.computer(0).migrate(true);
      checkAtRest({ devices: this.devices, place: this, contents: this.contents, outcomes: await this.#comeToRest() });
      return null;
    } catch (thrown) {
      const promise = thrown instanceof Violation ? thrown.promise : 'broken';
      return { promise, text: thrown instanceof Error ? (thrown instanceof Violation ? thrown.message : thrown.stack ?? thrown.message) : String(thrown) };
    } finally {
      await this.#close();
    }
  }
  async #close(): Promise<void> {
    for (const { device } of this.#computers) await device.close().catch(() => undefined);
    this.time.forgetTimers();
    for (const index of this.#indexes) pool.giveBack(index);
  }

  async #step(step: Step): Promise<void> {
    switch (step.kind) {
      case 'user':
        this.time.pass(1000);
        this.userActs += 1;
        return this.computer(step.device).user(step.act);
      case 'foreign':
        this.time.pass(1000);
        return this.contents.inPlace(step.act);
      case 'sync':
        return this.#sync(step);
      case 'migrate':
        return this.#migrate(step);
      case 'live':
        return this.#live(step);
      case 'clock':
        this.computer(step.device).clock.offsetMs += step.jumpMs;
        return;
      case 'pass':
        return this.time.pass(step.ms);
      case 'loseIndex':
        this.marks.hit('index lost');
        return this.computer(step.device).device.loseIndex();
    }
  }
  async #sync(step: Extract<Step, { kind: 'sync' }>): Promise<void> {
    const computers = step.devices.map((number) => this.computer(number));
    const restore = step.wrong === undefined ? null : await this.#makeWrong(this.computer(step.wrong.device), step.wrong.what, computers);
    for (const [index, computer] of computers.entries()) {
      const faults = step.faults.filter((fault) => fault.device === step.devices[index]);
      computer.begin(faults, step.turns === 0 ? null : new Chance(step.turns + index));
    }
    const shown = this.#shownInPlace();
    const alone = computers.length === 1 ? computers[0] : undefined;
    const held = alone === undefined ? new Map<string, string>() : filesOf(alone.device);
    const outcomes = await Promise.all(computers.map((computer) => computer.device.sync().catch(() => null)));
    for (const computer of computers) computer.end();
    await restore?.();
    const shownNow = this.#shownInPlace();
    this.#checkDeletions(shown, shownNow);
    if (alone !== undefined) this.#checkKept(alone, held, shown, shownNow);
    const [outcome] = outcomes;
    // I8: alone and undisturbed, "in step" must be true.
    if (alone !== undefined && outcome?.inStep === true && step.faults.length === 0 && restore === null) this.#checkInStep(alone);
  }
  /** One moves files to the cold store while others sync (F70). */
  async #migrate(step: Extract<Step, { kind: 'migrate' }>): Promise<void> {
    const mover = this.computer(step.device);
    const beside = step.beside.filter((number) => number !== step.device).map((number) => this.computer(number));
    const faultsOf = (computer: SimulatedComputer): readonly Fault[] => step.faults.filter((fault) => this.computer(fault.device) === computer);
    for (const [index, computer] of [mover, ...beside].entries()) computer.begin(faultsOf(computer), step.turns === 0 ? null : new Chance(step.turns + index));
    const shown = this.#shownInPlace();
    await Promise.all([mover.migrate(step.drop).catch(() => undefined), ...beside.map((computer) => computer.device.sync().catch(() => undefined))]);
    for (const computer of [mover, ...beside]) computer.end();
    this.#checkDeletions(shown, this.#shownInPlace());
  }
  #shownInPlace(): Map<string, string> {
    return new Map([...shownIn(this)].map(([key, { text }]) => [key, text]));
  }
  /** I6: what a folder still has at its path, and nobody took away, was not deleted in the place. */
  #checkDeletions(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): void {
    const kept = new Set(now.values());
    for (const [key, text] of before) {
      if (kept.has(text) || this.contents.takenAway.has(text)) continue;
      const holders = this.#computers.filter((computer) => [...filesOf(computer.device).values()].includes(text));
      const owner = holders.find((computer) => filesOf(computer.device).get(key) === text);
      // Who gave it another name will still send it under that.
      const wasMoved = holders.some((computer) => filesOf(computer.device).get(key) !== text);
      if (owner !== undefined && !wasMoved) throw new Violation('I6', `${key} was deleted in the place, but ${owner.name} still has it as it was`);
    }
  }
  /** I6: what lies in the place as it did, and nobody took away, does not leave a folder, not even until the next sync brings it back. */
  #checkKept(computer: SimulatedComputer, before: ReadonlyMap<string, string>, shown: ReadonlyMap<string, string>, shownNow: ReadonlyMap<string, string>): void {
    const now = new Set(filesOf(computer.device).values());
    for (const [path, text] of before) {
      if (now.has(text) || this.contents.takenAway.has(text) || shown.get(path) !== text || shownNow.get(path) !== text) continue;
      throw new Violation('I6', `${path} left the folder of ${computer.name}, and the place still has it as it was`);
    }
  }
  #checkInStep(computer: SimulatedComputer): void {
    const isSkipped = skippedAnywhere([computer.device]);
    const here = JSON.stringify([...filesOf(computer.device)].filter(([path]) => !isSkipped(path)).sort(([a], [b]) => (a < b ? -1 : 1)));
    const there = JSON.stringify(filesThere(this, isSkipped));
    if (here !== there) throw new Violation('I8', `${computer.name} says that it is in step, but has ${here} and the place has ${there}`);
  }
  /** Returns how it is made right again; null when it can't be made wrong now. */
  async #makeWrong(computer: SimulatedComputer, what: Surroundings, others: readonly SimulatedComputer[]): Promise<(() => Promise<void>) | null> {
    const { device } = computer;
    // One that was cut off while it paired is paired anew, with whatever is there.
    const isPaired = (one: SimulatedComputer): boolean => (one.device.index.root(one.device.rootId)?.counterOnDisk ?? 0) > 0;
    if (!others.every(isPaired)) return null;
    this.marks.hit(`wrong: ${what}`);
    switch (what) {
      case 'rootUnmounted':
        device.disk.unmount(rootFolder);
        computer.isUnmounted = true;
        return async () => {
          device.disk.remount(rootFolder);
          computer.isUnmounted = false;
        };
      case 'otherBucket':
      case 'emptyBucket': {
        const other = new MemoryBucket({ clock: computer.clock, name: 'memory' });
        if (what === 'otherBucket') other.write('.strata/~library', JSON.stringify({ libraryId: 'another library', createdAtMs: 0, coldStore: null }));
        await device.useBucket(other);
        return () => device.useBucket(this.bucket);
      }
      case 'bucketWithoutMarker': {
        const marker = this.bucket.objects.get('.strata/~library');
        this.bucket.objects.delete('.strata/~library');
        return async () => void (marker !== undefined && this.bucket.objects.set('.strata/~library', marker));
      }
    }
  }
  async #live(step: Extract<Step, { kind: 'live' }>): Promise<void> {
    const chance = new Chance(step.turns);
    this.time.skipsSleep = false;
    for (const number of step.devices) {
      const computer = this.computer(number);
      computer.begin(step.faults.filter((fault) => fault.device === number), new Chance(step.turns + number));
      computer.device.engine.start();
    }
    for (const doing of step.acts) {
      await this.time.advance(doing.afterMs);
      this.userActs += 1;
      this.computer(doing.device).user(doing.act);
      for (const number of step.devices) this.#deliver(this.computer(number), chance);
    }
    await this.time.advance(step.forMs);
    this.time.skipsSleep = true;
    for (const number of step.devices) {
      const computer = this.computer(number);
      if (!computer.device.killed) {
        const stopped = computer.device.restart();
        // What still waits for a request's answer gets it now.
        this.time.pass(100_000);
        await stopped;
      }
      computer.end();
    }
  }
  /** Events come late, doubled, out of order, or not at all (F20, F23). */
  #deliver(computer: SimulatedComputer, chance: Chance): void {
    const { watcher } = computer;
    if (watcher === null || chance.oneIn(5)) return;
    if (chance.oneIn(12)) return watcher.lose(chance.pick(['overflow', 'limit', 'error'] as const));
    watcher.deliver((folders) => (chance.oneIn(4) ? [...folders, ...folders].reverse() : chance.oneIn(6) ? folders.slice(1) : folders));
  }

  /** Everything works again: every process runs, every place is the right one, every clock agrees. */
  #heal(): void {
    for (const computer of this.#computers) {
      computer.end();
      computer.finishWriting();
      computer.clock.offsetMs = 0;
      computer.device.disk.capacityBytes = Number.MAX_SAFE_INTEGER;
      for (const path of filesOf(computer.device).keys()) computer.device.disk.chmod(`${rootFolder}/${path}`, { readable: true });
    }
    this.time.pass(100_000);
  }
  async #comeToRest(): Promise<readonly SyncOutcome[]> {
    for (this.rounds = 1; this.rounds <= mostRounds; this.rounds += 1) {
      const before = this.#work();
      const outcomes: SyncOutcome[] = [];
      let answered = 0;
      for (const computer of this.#computers) {
        this.trace.note(`${computer.name} comes to rest`);
        outcomes.push(await computer.device.sync());
        answered += this.#answerHolds(computer.device);
      }
      await everythingWaits();
      this.time.pass(20 * 60_000);
      if (this.#work() === before && answered === 0 && this.rounds > 1) return outcomes;
    }
    throw new Violation('I2', `does not come to rest in ${mostRounds} rounds: ${this.devices.map((device) => `${device.name}: ${dueText(device)}`).join('; ')}`);
  }
  #work(): number {
    return this.devices.reduce((sum, device) => sum + writesAndEffects(device), 0);
  }
  /** How many questions were answered: what they held is done in the next round. */
  #answerHolds(device: WorldDevice): number {
    const waiting = device.index.holds(device.rootId, 'waiting').filter((hold) => hold.kind === 'massDeletion');
    for (const hold of waiting) {
      this.marks.hit(`hold answered: ${this.history.holdAnswer}`);
      device.engine.settleHold(hold.id, this.history.holdAnswer);
    }
    return waiting.length;
  }
}
