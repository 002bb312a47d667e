/** Draws a history from a seed: who does what, in which order, and what goes wrong meanwhile. Plain data, so that it can be shortened and played again. */
import { Chance } from './chance.ts';

/** What a person or program does in the folder of one computer. Acts that do not apply (nothing there, something in the way) do nothing. */
export type UserAct =
  | { readonly do: 'write' | 'append' | 'save' | 'saveWithBackup' | 'truncateThenWrite' | 'writeUnnoticed' | 'writeHeldOpen'; readonly path: string; readonly text: string }
  | { readonly do: 'remove' | 'mkdir' | 'touch' | 'executable' | 'link' | 'unreadable' | 'replaceByFolder' | 'holdOpen'; readonly path: string }
  | { readonly do: 'rename' | 'swap' | 'copy' | 'rotate'; readonly path: string; readonly to: string }
  | { readonly do: 'replaceByFile'; readonly path: string; readonly text: string }
  | { readonly do: 'ignore'; readonly pattern: string }
  | { readonly do: 'removeAll' };
/** What another program does in the bucket. */
export type ForeignAct =
  | { readonly do: 'put' | 'putArchived'; readonly key: string; readonly text: string }
  | { readonly do: 'erase' | 'rewriteSame' | 'putFolder'; readonly key: string }
  | { readonly do: 'move'; readonly key: string; readonly to: string };

/** Where in a run something happens: before the nth of these. */
export type Moment = 'request' | 'effect' | 'read' | 'commit';
export type Mishap =
  | { readonly what: 'refuse' | 'busy' | 'lose-answer' | 'omit-entry' | 'end-early' | 'flip-byte' }
  | { readonly what: 'slow'; readonly ms: number }
  | { readonly what: 'diskError'; readonly code: 'EIO' | 'ENOSPC' | 'EMFILE' | 'EACCES' }
  | { readonly what: 'kill' | 'powerFails' | 'powerFailsAndCommitsAreLost' }
  /** `here`: the act is done to the very file that the process has in hand, if it has one. */
  | { readonly what: 'user'; readonly act: UserAct; readonly device: number; readonly here: boolean }
  | { readonly what: 'foreign'; readonly act: ForeignAct };
export interface Fault {
  readonly device: number;
  readonly at: Moment;
  readonly nth: number;
  /** Only requests of this verb, effects of this name or commits by this call are counted; `while KIND`: those while the journal holds a row of that kind. */
  readonly of?: string;
  readonly mishap: Mishap;
}
/** What is wrong around a run as a whole. */
export type Surroundings = 'rootUnmounted' | 'otherBucket' | 'emptyBucket' | 'bucketWithoutMarker';
export type Step =
  | { readonly kind: 'user'; readonly device: number; readonly act: UserAct }
  | { readonly kind: 'foreign'; readonly act: ForeignAct }
  /** These computers sync at the same time; `turns` decides who comes first at each request. */
  | { readonly kind: 'sync'; readonly devices: readonly number[]; readonly turns: number; readonly faults: readonly Fault[]; readonly wrong?: { readonly device: number; readonly what: Surroundings } }
  /** These computers run in the background, listening, while things happen; events are lost and shuffled as `turns` says. */
  | { readonly kind: 'live'; readonly devices: readonly number[]; readonly turns: number; readonly acts: readonly { readonly afterMs: number; readonly device: number; readonly act: UserAct }[]; readonly forMs: number; readonly faults: readonly Fault[] }
  /** This computer moves files to the cold store, while those beside it sync. */
  | { readonly kind: 'migrate'; readonly device: number; readonly drop: boolean; readonly beside: readonly number[]; readonly turns: number; readonly faults: readonly Fault[] }
  | { readonly kind: 'clock'; readonly device: number; readonly jumpMs: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'loseIndex'; readonly device: number };
export type StoreKind = 'plain' | 'deleteIgnoresConditions' | 'versioned' | 'nothingButPut' | 'hidesFolders';
export interface History {
  readonly seed: number;
  readonly devices: number;
  readonly store: StoreKind;
  /** The library has a second store; absent where it has one. */
  readonly cold?: StoreKind;
  readonly concurrency: number;
  readonly reusesInodes: boolean;
  readonly holdAnswer: 'approved' | 'refused';
  readonly steps: readonly Step[];
}

const files = ['a.txt', 'b.txt', 'c.txt', 'dir/a.txt', 'dir/b.txt', 'dir/sub/c.txt', 'other/a.txt', 'dir/a', 'e.bin'] as const;
const folders = ['dir', 'dir/sub', 'other', 'empty', 'dir/a'] as const;
/** Moments that seldom come, met on purpose: what is done to a store or disk step of a kind. */
const aims: readonly Pick<Fault, 'at' | 'of' | 'mishap'>[] = [
  { at: 'request', of: 'remove', mishap: { what: 'lose-answer' } }, { at: 'request', of: 'copy', mishap: { what: 'lose-answer' } }, { at: 'request', of: 'put', mishap: { what: 'lose-answer' } },
  ...(['remove', 'copy', 'put'] as const).flatMap((of) => [{ at: 'request', of, mishap: { what: 'kill' } }, { at: 'request', of, mishap: { what: 'powerFails' } }] as const),
  ...(['link', 'rename', 'unlink'] as const).flatMap((of) => [{ at: 'effect', of, mishap: { what: 'kill' } }, { at: 'effect', of, mishap: { what: 'powerFailsAndCommitsAreLost' } }] as const),
  ...(['deleteRemote', 'moveRemote', 'upload', 'deleteRemote', 'moveRemote'] as const).flatMap((kind) => [{ at: 'request', of: `while ${kind}`, mishap: { what: 'kill' } }, { at: 'request', of: `while ${kind}`, mishap: { what: 'powerFails' } }] as const),
  ...(['deleteLocal', 'moveLocal', 'keepBoth', 'deleteLocal', 'moveLocal'] as const).flatMap((kind) => [{ at: 'effect', of: `while ${kind}`, mishap: { what: 'kill' } }, { at: 'effect', of: `while ${kind}`, mishap: { what: 'powerFailsAndCommitsAreLost' } }] as const),
  { at: 'effect', of: 'write', mishap: { what: 'diskError', code: 'ENOSPC' } }, { at: 'effect', of: 'create', mishap: { what: 'diskError', code: 'ENOSPC' } }, { at: 'effect', of: 'sync', mishap: { what: 'diskError', code: 'EIO' } },
  { at: 'commit', of: 'setBase', mishap: { what: 'kill' } }, { at: 'commit', of: 'closeJournal', mishap: { what: 'powerFailsAndCommitsAreLost' } },
];
/** Where a save by a person hurts most: just before a file is put away or gets its name, and between two reads of it. */
const tightMoments: readonly Pick<Fault, 'at' | 'of'>[] = [{ at: 'effect', of: 'rename' }, { at: 'effect', of: 'link' }, { at: 'effect', of: 'unlink' }, { at: 'read', of: 'read' }, { at: 'read', of: 'read' }, { at: 'read', of: 'open' }, { at: 'read', of: 'lstat' }];
const ignorePatterns = ['b.txt', 'other/', 'dir/sub'] as const;
const storeKinds: Readonly<Record<StoreKind, number>> = { plain: 4, deleteIgnoresConditions: 4, versioned: 3, nothingButPut: 2, hidesFolders: 2 };
export const leastUserActs = 12;

export function drawHistory(seed: number): History {
  return withColdStore(new Drawing(seed).whole());
}

/** Every fifth library has a second store. Drawn apart: what else a seed means does not depend on it. */
function withColdStore(history: History): History {
  const chance = new Chance(history.seed ^ 0x5eed);
  if (!chance.oneIn(5)) return history;
  const device = (): number => chance.below(history.devices);
  const fault = (of: number): Fault => ({
    device: of, at: chance.pick(['request', 'request', 'request', 'effect', 'commit'] as const), nth: 1 + Math.min(chance.below(30), chance.below(30)),
    mishap: chance.pick([{ what: 'kill' }, { what: 'powerFails' }, { what: 'powerFailsAndCommitsAreLost' }, { what: 'lose-answer' }, { what: 'refuse' }, { what: 'busy' }, { what: 'slow', ms: 70_000 },
      { what: 'user', act: { do: chance.pick(['write', 'save', 'remove'] as const), path: chance.pick(files), text: `M${String(chance.below(1000)).padStart(4, '0')}-moved` }, device: device(), here: false }] as const),
  });
  // Who syncs beside the mover has just done something to the very files that move.
  const migrate = (): Step[] => {
    const [mover, other] = [device(), device()];
    const beside = other === mover || chance.oneIn(3) ? [] : [other];
    const acts = beside.flatMap(() => Array.from({ length: chance.between(1, 3) }, (): Step => ({ kind: 'user', device: other, act: chance.pick([{ do: 'remove', path: chance.pick(files) }, { do: 'rename', path: chance.pick(files), to: chance.pick(files) }, { do: 'save', path: chance.pick(files), text: `M${String(chance.below(1000)).padStart(4, '0')}-beside` }] as const) })));
    return [...acts, { kind: 'migrate', device: mover, drop: chance.oneIn(2), beside, turns: chance.below(1e9), faults: chance.oneIn(2) ? [fault(chance.oneIn(4) ? other : mover)] : [] }];
  };
  const steps = history.steps.flatMap((step) => (chance.oneIn(4) ? [step, ...migrate()] : [step]));
  return { ...history, cold: chance.pick(['plain', 'deleteIgnoresConditions', 'versioned'] as const), steps: [...steps, ...migrate()] };
}

class Drawing {
  readonly #seed: number;
  readonly #chance: Chance;
  readonly #devices: number;
  readonly #store: StoreKind;
  #texts = 0;
  #userActs = 0;
  #faults = 0;
  #ignored = false;

  constructor(seed: number) {
    this.#seed = seed;
    this.#chance = new Chance(seed);
    this.#devices = this.#chance.weighted({ two: 6, three: 3, four: 1 } as const) === 'two' ? 2 : this.#chance.between(3, 4);
    this.#store = this.#chance.weighted(storeKinds);
  }
  whole(): History {
    const chance = this.#chance;
    const steps: Step[] = [];
    if (!chance.oneIn(6)) steps.push(...this.#begin());
    const wanted = leastUserActs + chance.below(8);
    while (this.#userActs < wanted) steps.push(this.#step());
    if (this.#faults === 0) steps.push(this.#sync(true));
    return { seed: this.#seed, devices: this.#devices, store: this.#store, concurrency: chance.between(1, 4), reusesInodes: chance.oneIn(2), holdAnswer: chance.oneIn(2) ? 'approved' : 'refused', steps };
  }
  /** Most histories begin with some files that every computer has. */
  #begin(): Step[] {
    const steps: Step[] = [];
    for (let count = this.#chance.between(2, 5); count > 0; count -= 1) steps.push(this.#user(0, { do: 'write', path: this.#chance.pick(files), text: this.#text(0) }));
    for (let device = 0; device < this.#devices; device += 1) steps.push({ kind: 'sync', devices: [device], turns: 0, faults: [] });
    return steps;
  }
  #step(): Step {
    const chance = this.#chance;
    switch (chance.weighted({ user: 55, sync: 30, foreign: 6, live: 4, clock: 2, pass: 2, loseIndex: 1 })) {
      case 'user':
        return this.#user(this.#device(), this.#act());
      case 'sync':
        return this.#sync(false);
      case 'foreign':
        return { kind: 'foreign', act: this.#foreign() };
      case 'live':
        return this.#live();
      case 'clock':
        this.#faults += 1;
        return { kind: 'clock', device: this.#device(), jumpMs: chance.pick([3_600_000, -3_600_000, 86_400_000, -86_400_000, 60_000]) };
      case 'pass':
        return { kind: 'pass', ms: chance.pick([1000, 61_000, 1_000_000]) };
      case 'loseIndex':
        this.#faults += 1;
        return { kind: 'loseIndex', device: this.#device() };
    }
  }
  #user(device: number, act: UserAct): Step {
    this.#userActs += 1;
    return { kind: 'user', device, act };
  }
  #device(): number {
    return this.#chance.below(this.#devices);
  }
  /** Texts of one length, so that only content tells them apart; now and then one that is already somewhere, or none at all. */
  #text(device: number): string {
    if (this.#chance.oneIn(15)) return 'the same everywhere';
    if (this.#chance.oneIn(30)) return '';
    this.#texts += 1;
    return `${'ABCD'[device] ?? 'x'}${String(this.#texts).padStart(4, '0')}-${'text'.repeat(this.#chance.oneIn(4) ? 3 : 2)}`;
  }
  #act(): UserAct {
    const chance = this.#chance;
    const path = chance.pick(files);
    const text = (): string => this.#text(0);
    const act = chance.weighted({
      write: 22, append: 6, save: 8, saveWithBackup: 4, truncateThenWrite: 3, writeUnnoticed: 3, remove: 10, mkdir: 4, touch: 3, executable: 2, link: 1, unreadable: 1, replaceByFolder: 3, replaceByFile: 3, removeFolder: 4,
      rename: 10, renameFolder: 3, swap: 3, rotate: 2, copy: 3, ignore: 1, removeAll: 1, holdOpen: 2, writeHeldOpen: 2,
    });
    switch (act) {
      case 'write': case 'append': case 'save': case 'saveWithBackup': case 'truncateThenWrite': case 'writeUnnoticed': case 'writeHeldOpen':
        return { do: act, path, text: text() };
      case 'remove': case 'touch': case 'executable': case 'link': case 'unreadable': case 'replaceByFolder': case 'holdOpen':
        return { do: act, path };
      case 'mkdir':
        return { do: act, path: chance.pick(folders) };
      case 'removeAll':
        return { do: act };
      case 'removeFolder':
        return { do: 'remove', path: chance.pick(folders) };
      case 'replaceByFile':
        return { do: act, path: chance.pick(folders), text: text() };
      case 'rename': case 'swap': case 'rotate': case 'copy':
        return { do: act, path, to: chance.pick(files) };
      case 'renameFolder':
        return { do: 'rename', path: chance.pick(folders), to: chance.pick(folders) };
      case 'ignore':
        if (this.#ignored) return { do: 'touch', path };
        this.#ignored = true;
        return { do: 'ignore', pattern: chance.pick(ignorePatterns) };
    }
  }
  #foreign(): ForeignAct {
    const chance = this.#chance;
    const key = chance.pick(files);
    switch (chance.weighted({ put: 6, erase: 3, move: 2, rewriteSame: 2, putFolder: 1, putArchived: 1 })) {
      case 'put':
        return { do: 'put', key, text: this.#text(9) };
      case 'putArchived':
        return { do: 'putArchived', key: 'archived.bin', text: `archived ${(this.#texts += 1)}` };
      case 'erase':
        return { do: 'erase', key };
      case 'move':
        return { do: 'move', key, to: chance.pick(files) };
      case 'rewriteSame':
        return { do: 'rewriteSame', key };
      case 'putFolder':
        return { do: 'putFolder', key: `${chance.pick(folders)}/` };
    }
  }
  #sync(mustFail: boolean): Step {
    const chance = this.#chance;
    const first = this.#device();
    const devices = chance.oneIn(3) ? [...Array(this.#devices).keys()] : chance.oneIn(4) ? [...new Set([first, this.#device()])] : [first];
    const faults: Fault[] = [];
    if (mustFail || chance.below(100) < 45) for (let count = chance.weighted({ one: 5, two: 3, three: 1 } as const) === 'one' ? 1 : chance.between(2, 3); count > 0; count -= 1) faults.push(this.#fault(devices, devices.length === 1));
    if (!mustFail && chance.oneIn(25)) {
      this.#faults += 1;
      return { kind: 'sync', devices, turns: chance.below(1e9), faults, wrong: { device: chance.pick(devices), what: chance.pick(['rootUnmounted', 'otherBucket', 'emptyBucket', 'bucketWithoutMarker'] as const) } };
    }
    return { kind: 'sync', devices, turns: chance.below(1e9), faults };
  }
  #fault(devices: readonly number[], alone: boolean): Fault {
    const chance = this.#chance;
    this.#faults += 1;
    const device = chance.pick(devices);
    const kind = chance.weighted({ network: 5, answer: 4, body: 3, disk: 3, crash: 7, aimed: 8, user: 6, tight: 5, foreign: 2 });
    switch (kind) {
      case 'network':
        return { device, at: 'request', nth: this.#nth(24), mishap: chance.pick([{ what: 'refuse' }, { what: 'busy' }, { what: 'slow', ms: 11_000 }, { what: 'slow', ms: 70_000 }] as const) };
      case 'aimed':
        return { device, ...chance.pick(aims), nth: 1 + Math.min(chance.below(4), chance.below(4)) };
      case 'answer':
        return { device, at: 'request', nth: this.#nth(24), mishap: { what: 'lose-answer' } };
      case 'body':
        return { device, at: 'request', nth: this.#nth(16), mishap: { what: chance.pick(['omit-entry', 'end-early', 'flip-byte'] as const) } };
      case 'disk':
        return { device, at: chance.pick(['effect', 'read'] as const), nth: this.#nth(40), mishap: { what: 'diskError', code: chance.pick(['EIO', 'ENOSPC', 'EMFILE', 'EACCES'] as const) } };
      case 'crash':
        return { device, at: chance.pick(['request', 'effect', 'effect', 'commit'] as const), nth: this.#nth(40), mishap: { what: chance.pick(['kill', 'powerFails', 'powerFailsAndCommitsAreLost'] as const) } };
      case 'user':
        // Not counted among the user's operations: a short run may never come to that moment.
        return { device, at: chance.pick(['request', 'effect', 'read', 'commit'] as const), nth: this.#nth(40), mishap: { what: 'user', act: this.#act(), device: chance.oneIn(4) ? this.#device() : device, here: !chance.oneIn(3) } };
      case 'tight':
        // Up to the reads of an upload, which come after those that hashed.
        return { device, ...chance.pick(tightMoments), nth: this.#nth(chance.oneIn(2) ? 8 : 32), mishap: { what: 'user', act: { do: chance.pick(['write', 'save', 'append'] as const), path: chance.pick(files), text: this.#text(0) }, device, here: true } };
      case 'foreign':
        // Where DELETE heeds no condition only versions protect a foreign write of that very instant (rule 4): such a bucket has its foreign writers between the runs.
        if (!alone || !heedsConditions(this.#store)) return { device, at: 'request', nth: this.#nth(24), mishap: { what: 'refuse' } };
        return { device, at: 'request', nth: this.#nth(24), mishap: { what: 'foreign', act: this.#foreign() } };
    }
  }
  /** Early moments are more frequent, because short runs have no late ones. */
  #nth(most: number): number {
    return 1 + Math.min(this.#chance.below(most), this.#chance.below(most));
  }
  #live(): Step {
    const chance = this.#chance;
    const devices = [...Array(this.#devices).keys()];
    const acts = Array.from({ length: chance.between(2, 5) }, () => {
      this.#userActs += 1;
      return { afterMs: chance.pick([0, 5, 90, 400, 2500]), device: this.#device(), act: this.#act() };
    });
    const faults = chance.oneIn(2) ? [this.#fault(devices, false)] : [];
    return { kind: 'live', devices, turns: chance.below(1e9), acts, forMs: chance.pick([200, 3000, 8000]), faults };
  }
}

export function heedsConditions(store: StoreKind): boolean {
  return store === 'plain' || store === 'versioned' || store === 'hidesFolders';
}
