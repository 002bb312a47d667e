/** One computer of a simulated world: a disk, an index in a real file, and the real engine over both; a user edits, the power fails, the index is lost. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openIndex, type IndexHandle } from '../database/open-index.ts';
import { createNameRules } from '../local/name-rules.ts';
import { createRootEngine } from '../sync/engine.ts';
import type { RootId } from '../sync/index-port.ts';
import type { ChangeWatcher, Clock, Logger } from '../sync/ports.ts';
import type { RootEngine, SyncOutcome } from '../sync/root-engine.ts';
import { MemoryDisk, SimulatedCrash, type MemoryDiskOptions } from './memory-disk.ts';
import type { MemoryBucket, MemoryStore, RequestHook } from './memory-store.ts';

export const rootFolder = '/home/root';

/** Where a device keeps its index from one process to the next. */
export interface IndexPlace {
  /** The index as a new process finds it; after `close` of the handle no call of it has any effect. */
  open(): IndexHandle;
  /** The index is deleted. */
  lose(): void;
  /** A backup of the closed index as it is now; calling the answer puts it back. */
  keepAside(): () => void;
  /** Nobody needs it any more. */
  remove(): void;
}

export interface DeviceOptions {
  readonly name: string;
  readonly clock: Clock & { pass(delayMs: number): void };
  readonly bucket: MemoryBucket;
  /** The library's cold store. */
  readonly cold?: MemoryBucket;
  readonly disk: Partial<MemoryDiskOptions>;
  readonly concurrency: number;
  /** A file of its own when not given. */
  readonly indexPlace?: IndexPlace;
  /** What a started engine listens to; none when not given. */
  readonly watcher?: (disk: MemoryDisk) => ChangeWatcher;
}
const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export class WorldDevice {
  readonly name: string;
  readonly disk: MemoryDisk;
  /** What happens before each request of this device: refuse, lose the answer, or let somebody else be quicker. */
  onRequest: RequestHook | null = null;
  /** The same for the cold store. */
  onColdRequest: RequestHook | null = null;
  bucket: MemoryBucket;
  index: IndexHandle;
  store: MemoryStore;
  cold: MemoryStore | null;
  engine: RootEngine;
  rootId: RootId;
  #alive = { is: true };
  #serial = 0;
  #roots = 0;
  readonly #options: DeviceOptions;
  readonly #indexPlace: IndexPlace;
  readonly #watcher: ChangeWatcher | null;

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.name = options.name;
    this.bucket = options.bucket;
    this.disk = new MemoryDisk({ clock: options.clock, ...options.disk });
    this.disk.mkdir(rootFolder);
    this.#indexPlace = options.indexPlace ?? fileIndexPlace(options.clock);
    this.#watcher = options.watcher?.(this.disk) ?? null;
    this.rootId = this.#newRootId();
    this.index = this.#indexPlace.open();
    this.#saveRoot();
    this.store = this.#openStore();
    this.cold = this.#openCold();
    this.engine = this.#makeEngine();
  }

  // ---- a user

  write(path: string, text: string | Uint8Array): void {
    this.#options.clock.pass(1000);
    this.disk.write(at(path), text);
  }
  save(path: string, text: string): void {
    this.#options.clock.pass(1000);
    this.disk.save(at(path), text);
  }
  mkdir(path: string): void {
    this.disk.mkdir(at(path));
  }
  remove(path: string): void {
    this.disk.remove(at(path));
  }
  rename(from: string, to: string): void {
    this.disk.rename(at(from), at(to));
  }
  text(path: string): string | null {
    return this.disk.stat(at(path))?.kind === 'file' ? this.disk.text(at(path)) : null;
  }
  exists(path: string): boolean {
    return this.disk.exists(at(path));
  }
  /** Everything synced, path to text; folders end in `/`. */
  tree(): Record<string, string> {
    return this.disk.list(rootFolder);
  }
  /** Every content on this disk, Strata's own trash included. */
  contents(): string[] {
    const own = this.disk.exists(at('.strata')) ? Object.values(this.disk.list(at('.strata'))) : [];
    return [...Object.values(this.tree()), ...own];
  }

  // ---- Strata

  sync(request: { readonly approveCounts?: boolean } = {}): Promise<SyncOutcome> {
    this.#options.clock.pass(1000);
    return this.engine.syncOnce({ approveCounts: request.approveCounts ?? false });
  }
  /** Stops in order and starts again on the same index and disk. */
  async restart(): Promise<void> {
    await this.engine.stop();
    // It may have died while it stopped.
    if (this.killed) return;
    this.store = this.#openStore();
    this.cold = this.#openCold();
    this.engine = this.#makeEngine();
  }
  /** The process is dead from this moment: no call of its engine has any effect any more. */
  kill(request: { readonly dropUnsynced?: boolean } = {}): void {
    this.#alive.is = false;
    this.disk.crash({ dropUnsynced: request.dropUnsynced ?? false });
    this.index.close();
  }
  get killed(): boolean {
    return !this.#alive.is;
  }
  /** A new process after `kill`. */
  revive(): void {
    this.#alive = { is: true };
    this.#startAgain();
  }
  /** The index is gone; the same folder is set up with the same place again. */
  async loseIndex(): Promise<void> {
    await this.engine.stop();
    this.index.close();
    this.#indexPlace.lose();
    this.rootId = this.#newRootId();
    this.index = this.#indexPlace.open();
    this.#saveRoot();
    this.store = this.#openStore();
    this.cold = this.#openCold();
    this.engine = this.#makeEngine();
  }
  /** A backup of the index as it is now; the answer puts it back. */
  async backUpIndex(): Promise<() => Promise<void>> {
    await this.engine.stop();
    this.index.close();
    const putBack = this.#indexPlace.keepAside();
    this.#startAgain();
    return async () => {
      await this.engine.stop();
      this.index.close();
      putBack();
      this.#startAgain();
    };
  }
  /** Another bucket answers under the same address. */
  async useBucket(bucket: MemoryBucket): Promise<void> {
    await this.engine.stop();
    this.bucket = bucket;
    this.store = this.#openStore();
    this.cold = this.#openCold();
    this.engine = this.#makeEngine();
  }
  async close(): Promise<void> {
    if (!this.killed) {
      await this.engine.stop();
      this.index.close();
    }
    this.#indexPlace.remove();
  }

  #startAgain(): void {
    this.index = this.#indexPlace.open();
    this.store = this.#openStore();
    this.cold = this.#openCold();
    this.engine = this.#makeEngine();
  }
  #newRootId(): RootId {
    this.#roots += 1;
    return `root-${this.name}-${this.#roots}` as RootId;
  }
  #saveRoot(): void {
    this.index.saveRoot({
      id: this.rootId, name: 'Root', folder: rootFolder, address: 'memory:', coldAddress: this.#options.cold === undefined ? null : 'memory:cold', libraryId: null, deviceId: `device-${this.name}`, deviceName: this.name,
      epoch: 'epoch', counter: 0, counterOnDisk: 0, counterInStore: 0, pausedUntilMs: null, createdAtMs: this.#options.clock.nowMs(), lastInStepAtMs: null, trustedCertificate: null,
    });
  }
  #noCold(): never {
    throw new Error('this world has no cold store');
  }
  #openStore(): MemoryStore {
    return this.#open(this.bucket, () => this.onRequest);
  }
  #openCold(): MemoryStore | null {
    return this.#options.cold === undefined ? null : this.#open(this.#options.cold, () => this.onColdRequest);
  }
  #open(bucket: MemoryBucket, hook: () => RequestHook | null): MemoryStore {
    const alive = this.#alive;
    return bucket.device({
      beforeRequest: async (verb, key) => {
        if (!alive.is) throw new SimulatedCrash('this process is dead');
        const fate = await hook()?.(verb, key);
        if (!alive.is) throw new SimulatedCrash('this process is dead');
        return fate ?? undefined;
      },
    });
  }
  #makeEngine(): RootEngine {
    const root = this.index.root(this.rootId);
    if (root === null) throw new Error('the root was not saved');
    return createRootEngine({
      root, ownerId: `owner-${this.name}`, index: this.index, store: this.store, openCold: () => Promise.resolve(this.cold ?? this.#noCold()), isSamePlace: (one, other) => one === other, openLocal: () => this.disk.openRoot(rootFolder), watcher: this.#watcher, clock: this.#options.clock, logger: silent,
      random: () => this.#nextId(), chance: () => 0.5, concurrency: () => this.#options.concurrency, trashDays: () => 30, names: createNameRules(),
    });
  }
  /** In the form of a UUID, the same in every run. */
  #nextId(): string {
    this.#serial += 1;
    const hex = createHash('sha256').update(`${this.name} ${this.#serial}`).digest('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
  }
}

function fileIndexPlace(clock: Clock): IndexPlace {
  const folder = mkdtempSync(join(tmpdir(), 'strata-world-'));
  const file = join(folder, 'index.sqlite');
  return {
    open: () => openIndex(file, clock),
    lose: () => {
      for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
    },
    keepAside: () => {
      const bytes = readFileSync(file);
      return () => {
        for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
        writeFileSync(file, bytes);
      };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function at(path: string): string {
  return path === '' ? rootFolder : `${rootFolder}/${path}`;
}
