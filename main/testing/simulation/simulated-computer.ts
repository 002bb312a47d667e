/** One computer of a simulated world while it runs: counts its requests, disk calls and commits, and lets mishaps happen at the moments a history names. */
import { AppError } from '../../base/app-error.ts';
import { SimulatedCrash, type EffectName } from '../memory-disk.ts';
import { systemError } from '../memory-disk-tree.ts';
import type { MemoryBucket, RequestFate, StoreVerb } from '../memory-store.ts';
import { tierQueries } from '../../database/tier-queries.ts';
import { migrate } from '../../tiers/mover.ts';
import { defaultRules } from '../../tiers/policy.ts';
import { MemoryWatcher } from '../memory-watcher.ts';
import { at, rootFolder, WorldDevice } from '../world-device.ts';
import { act, type Desk } from './acts.ts';
import type { Chance } from './chance.ts';
import { checkTree, Violation } from './check.ts';
import type { Contents } from './contents.ts';
import type { Fault, Mishap, Moment, UserAct } from './history.ts';
import type { KeptIndex } from './kept-index.ts';
import type { Marks } from './marks.ts';
import { ComputerClock, type SimulatedTime } from './simulated-clock.ts';
import type { Trace } from './trace.ts';

/** What all computers of one world share. */
export interface Surrounding {
  readonly time: SimulatedTime;
  readonly bucket: MemoryBucket;
  readonly cold: MemoryBucket | null;
  readonly contents: Contents;
  readonly marks: Marks;
  readonly trace: Trace;
  readonly figures: { effects: number; crashes: number; requests: number };
  computer(number: number): SimulatedComputer;
}
export interface ComputerOptions {
  readonly number: number;
  readonly world: Surrounding;
  readonly index: KeptIndex;
  readonly concurrency: number;
  readonly reusesInodes: boolean;
}
const noFaults: readonly Fault[] = [];

export class SimulatedComputer {
  readonly device: WorldDevice;
  readonly clock: ComputerClock;
  readonly desk: Desk = { open: null, unfinished: null };
  watcher: MemoryWatcher | null = null;
  readonly #world: Surrounding;
  readonly #index: KeptIndex;
  #faults: readonly Fault[] = noFaults;
  #turns: Chance | null = null;
  #seen: Record<Moment, number> = { request: 0, effect: 0, read: 0, commit: 0 };
  /** Counted by kind only where a fault waits for one. */
  #aimed: Map<string, number> | null = null;
  /** The request under way takes effect; then the power goes. */
  #diesAfterRequest: Mishap | null = null;
  #losesCommits = false;
  #busyActing = false;
  isUnmounted = false;
  #changes = 0;
  #serial = 0;

  constructor(options: ComputerOptions) {
    const { world, index, number } = options;
    this.#world = world;
    this.#index = index;
    this.clock = new ComputerClock(world.time);
    const name = 'ABCD'[number] ?? 'X';
    this.device = new WorldDevice({
      name, clock: this.clock, bucket: world.bucket, ...(world.cold === null ? {} : { cold: world.cold }), concurrency: options.concurrency, indexPlace: index, disk: { reusesInodes: options.reusesInodes, readsAtMost: 9 },
      watcher: (disk) => (this.watcher = new MemoryWatcher(disk, { immediate: false })),
    });
    index.beforeCommit = (call, first, third) => this.#commit(call, first, third);
    const { disk } = this.device;
    disk.onChange(() => void (this.#changes += 1));
    disk.hooks.beforeEffect = (effect, path) => this.#effect(effect, path);
    disk.hooks.beforeRead = (read, path) => void this.#moment('read', read, path);
    this.device.onRequest = (verb, key) => this.#request(verb, key, '');
    this.device.onColdRequest = (verb, key) => this.#request(verb, key, 'cold ');
  }
  get name(): string {
    return this.device.name;
  }
  /** From now on these mishaps happen to this computer, counted anew. */
  begin(faults: readonly Fault[], turns: Chance | null): void {
    this.#faults = faults;
    this.#turns = turns;
    this.#seen = { request: 0, effect: 0, read: 0, commit: 0 };
    this.#aimed = faults.some((fault) => fault.of !== undefined) ? new Map() : null;
    if (faults.some((fault) => fault.mishap.what === 'powerFailsAndCommitsAreLost')) this.#index.keep();
    this.finishWriting();
  }
  /** Nothing more goes wrong; a dead process is started anew. */
  end(): void {
    this.#faults = noFaults;
    this.#turns = null;
    this.#diesAfterRequest = null;
    this.reviveIfDead();
  }
  reviveIfDead(): void {
    if (!this.device.killed) return;
    if (this.#losesCommits) {
      this.#index.fallBack();
      this.#world.marks.hit('commits lost by power failure');
    }
    this.#losesCommits = false;
    checkTree(this.#world.contents, this.device);
    this.device.revive();
    for (const row of this.device.index.journal(this.device.rootId)) this.#world.marks.hit(`journal row met at a start: ${row.kind}`);
  }
  user(doing: UserAct): void {
    if (this.isUnmounted) return;
    this.finishWriting();
    this.#changes = 0;
    this.#acting(() => act(this.device, this.desk, doing));
    // An act that does not apply here would be none: then a file is written instead.
    if (this.#changes === 0 && this.desk.unfinished === null) this.#acting(() => act(this.device, this.desk, { do: 'write', path: 'g.txt', text: `${this.name} ${(this.#serial += 1)} of its own` }));
    this.#world.trace.note(`${this.name} user ${doing.do} ${'path' in doing ? doing.path : 'pattern' in doing ? doing.pattern : ''}`);
  }
  /** The second half of a save in two steps. */
  finishWriting(): void {
    const { unfinished } = this.desk;
    if (unfinished === null || this.isUnmounted) return;
    this.desk.unfinished = null;
    this.#acting(unfinished);
  }
  #acting(doing: () => void): void {
    this.#busyActing = true;
    this.#world.contents.onDisk(this.device, doing);
    this.#busyActing = false;
  }

  // ---- what its process does

  /** Everything that may go to the cold store goes, two at a time. */
  async migrate(deleteFromWarm: boolean): Promise<void> {
    const { device } = this;
    this.#serial += 1;
    const work = await device.engine.connected();
    const { copied, moved, failed } = await migrate({
      work, rows: tierQueries(device.index.database), policy: { rules: defaultRules, neverArchive: [], keepWarm: [], deleteFromWarm, despiteFees: false }, batchSize: 2, holder: `${this.name} ${this.#serial}`,
      requests: () => 0, log: () => undefined, onProgress: () => undefined, signal: new AbortController().signal,
    });
    this.#world.marks.hit('copied to the cold store', copied);
    this.#world.marks.hit('moved to the cold store', moved);
    this.#world.marks.hit('left by a migration', failed);
    await device.engine.tellNow();
  }

  async #request(verb: StoreVerb, key: string, side: '' | 'cold '): Promise<RequestFate | void> {
    const { trace, figures } = this.#world;
    if (this.#diesAfterRequest !== null) this.#die(this.#diesAfterRequest);
    for (let turns = this.#turns?.below(6) ?? 0; turns > 0; turns -= 1) await null;
    figures.requests += 1;
    trace.note(`${this.name} ${side}${verb} ${key}`);
    this.#noteRequest(verb, key);
    const mishap = this.#moment('request', verb, at(key));
    if (mishap === null) return;
    switch (mishap.what) {
      case 'refuse':
        throw new AppError('network_unreachable', { place: 'memory' });
      case 'busy':
        throw new AppError('store_busy', { place: 'memory' });
      case 'slow':
        return this.clock.sleep(mishap.ms);
      case 'lose-answer':
        this.#world.marks.hit(`answer lost: ${verb}`);
        return mishap.what;
      case 'omit-entry': case 'end-early': case 'flip-byte':
        if (verb === 'list' && mishap.what !== 'flip-byte') this.#world.marks.hit(mishap.what === 'omit-entry' ? 'listing without an entry' : 'listing that ended early');
        return mishap.what;
      case 'kill': case 'powerFails': case 'powerFailsAndCommitsAreLost':
        // By turns before the request leaves and after the place has done it.
        if (this.#seen.request % 2 === 0) return this.#die(mishap);
        this.#diesAfterRequest = mishap;
        return 'lose-answer';
      default:
        return;
    }
  }
  #effect(effect: EffectName, path: string): void {
    this.#world.figures.effects += 1;
    this.#world.trace.note(`${this.name} ${effect} ${path}`);
    const isOwn = path.startsWith(`${rootFolder}/.strata`);
    if (!isOwn && (effect === 'create' || effect === 'write')) throw new Violation('I4', `${this.name} writes at the name itself: ${path}`);
    if (!path.startsWith(rootFolder)) throw new Violation('I7', `${this.name} touches ${path}`);
    if (effect === 'unlink' && path.startsWith(at('.strata/trash/')) && !path.startsWith(at('.strata/trash/renaming/')) && !path.endsWith('.json')) this.#world.marks.hit('file taken back from the folder’s trash');
    if (effect === 'rename' && !isOwn) this.#world.marks.hit('file put into the folder’s trash');
    this.#moment('effect', effect, path);
  }
  #commit(call: string, first: unknown, third: unknown): void {
    const { marks } = this.#world;
    if (call === 'addConflict') marks.hit('conflict copy made');
    else if (call === 'addActivity') noteActivity(marks, first as { kind: string; otherPath: string | null });
    else if (call === 'setFailure') noteCode(marks, 'entry failed', third);
    else if (call === 'setFrozen') noteCode(marks, 'skipped', third);
    else if (call === 'saveHold') marks.hit(`hold raised: ${(first as { kind: string }).kind}`);
    else if (call === 'holdPlanned') marks.hit(`hold raised: ${(third as { kind: string }).kind}`);
    else if (call === 'setBase' && (third as { resident: boolean } | null)?.resident === false) marks.hit('online-only adopted');
    this.#moment('commit', call);
  }
  #noteRequest(verb: StoreVerb, key: string): void {
    const { marks, bucket } = this.#world;
    if (verb === 'put' && bucket.objects.get(key)?.metadata.deletionClaim === true) marks.hit('claim of deletion taken over');
    if (verb === 'remove' && bucket.objects.get(key)?.metadata.deletionClaim === true) marks.hit('claim of deletion made');
    if (verb === 'copy' && key.startsWith('.strata/trash/')) marks.hit('old version kept in the place’s trash');
  }

  /** Counts a moment; lets what is due at it happen, or returns it when only the caller can. */
  #moment(moment: Moment, of: string, path: string | null = null): Mishap | null {
    if (this.#busyActing) return null;
    this.#seen[moment] += 1;
    const nth = this.#seen[moment];
    const kinds = this.#countKinds(moment, of);
    for (const fault of this.#faults) {
      if (fault.at !== moment || (fault.of === undefined ? fault.nth !== nth : !kinds.includes(fault.of) || this.#aimed?.get(`${moment} ${fault.of}`) !== fault.nth)) continue;
      const mishap = fault.mishap;
      this.#world.trace.note(`${this.name} ${mishap.what} at ${moment} ${nth}`);
      this.#world.marks.hit(`mishap: ${mishap.what}`);
      switch (mishap.what) {
        case 'user':
          this.#world.computer(mishap.device).user(mishap.here ? doneTo(mishap.act, path) : mishap.act);
          return null;
        case 'foreign':
          this.#world.contents.inPlace(mishap.act);
          return null;
        case 'diskError':
          throw systemError(mishap.code, 'simulated');
        case 'kill': case 'powerFails': case 'powerFailsAndCommitsAreLost':
          if (moment === 'request') return mishap;
          this.#die(mishap);
          return null;
        default:
          return mishap;
      }
    }
    return null;
  }
  /** What this moment is, for faults that wait for a moment of a kind. */
  #countKinds(moment: Moment, of: string): readonly string[] {
    const aimed = this.#aimed;
    if (aimed === null) return [];
    const flying = new Set(this.device.killed ? [] : this.device.index.journal(this.device.rootId).map((row) => `while ${row.kind}`));
    const kinds = [of, ...flying];
    for (const kind of kinds) aimed.set(`${moment} ${kind}`, (aimed.get(`${moment} ${kind}`) ?? 0) + 1);
    return kinds;
  }
  #die(mishap: Mishap): void {
    if (this.device.killed) return;
    this.#diesAfterRequest = null;
    const { marks, figures } = this.#world;
    figures.crashes += 1;
    if (this.device.index.journal(this.device.rootId).length > 0) marks.hit('killed with a row in the journal');
    this.#losesCommits = mishap.what === 'powerFailsAndCommitsAreLost';
    this.device.kill({ dropUnsynced: mishap.what !== 'kill' });
    // Its loop in the background, if there is one, ends with the process.
    void this.device.engine.stop().catch(() => undefined);
    throw new SimulatedCrash('this process is dead');
  }
}

/** The same act, done to the file in hand. */
function doneTo(act: UserAct, path: string | null): UserAct {
  const prefix = `${rootFolder}/`;
  if (path === null || !('path' in act) || !path.startsWith(prefix) || path.startsWith(`${prefix}.strata`)) return act;
  return { ...act, path: path.slice(prefix.length) };
}

function noteCode(marks: Marks, what: string, given: unknown): void {
  if (typeof given === 'object' && given !== null && 'code' in given) marks.hit(`${what}: ${String(given.code)}`);
}
const activityMarks: Readonly<Record<string, string>> = { moveRemote: 'moved in the place', moveLocal: 'moved on the disk', deleteLocal: 'deleted here', deleteRemote: 'deleted in the place', upload: 'uploaded', download: 'downloaded' };
function noteActivity(marks: Marks, line: { kind: string; otherPath: string | null }): void {
  const mark = activityMarks[line.kind];
  if (mark !== undefined) marks.hit(mark);
  if (line.kind === 'keepBoth' && line.otherPath?.includes('(file ') === true) marks.hit('file gave way to a folder');
}
