/** A world for scenario tests: one bucket, several computers with the real engine and index, one clock; and what must hold whenever it has settled. */
import { expect } from 'vitest';
import type { MemoryDiskOptions } from './memory-disk.ts';
import { MemoryBucket, type MemoryBucketOptions } from './memory-store.ts';
import { IndexPool, type KeptIndex } from './simulation/kept-index.ts';
import { WorldClock } from './world-clock.ts';
import { WorldDevice } from './world-device.ts';

export interface WorldOptions {
  readonly devices?: readonly string[];
  readonly store?: Partial<Omit<MemoryBucketOptions, 'clock'>>;
  /** The library has a cold store as well. */
  readonly cold?: Partial<Omit<MemoryBucketOptions, 'clock'>>;
  readonly disk?: Partial<MemoryDiskOptions>;
  /** Options of single devices' disks, over `disk`. */
  readonly disks?: Readonly<Record<string, Partial<MemoryDiskOptions>>>;
  readonly concurrency?: number;
  /** Each index in a file of its own; else in memory, which is what most histories need. */
  readonly indexFiles?: boolean;
}
const indexes = new IndexPool();
const mostRounds = 6;
const longWaitMs = 20 * 60_000;

export class World {
  readonly clock = new WorldClock();
  readonly bucket: MemoryBucket;
  readonly cold: MemoryBucket | null;
  readonly #devices = new Map<string, WorldDevice>();
  readonly #indexes: KeptIndex[] = [];

  constructor(options: WorldOptions) {
    this.bucket = new MemoryBucket({ clock: this.clock, ...options.store });
    this.cold = options.cold === undefined ? null : new MemoryBucket({ clock: this.clock, name: 'cold', ...options.cold });
    for (const name of options.devices ?? ['A', 'B']) {
      const disk = { ...options.disk, ...options.disks?.[name] };
      this.#devices.set(name, new WorldDevice({ name, clock: this.clock, bucket: this.bucket, ...(this.cold === null ? {} : { cold: this.cold }), disk, concurrency: options.concurrency ?? 4, ...(options.indexFiles === true ? {} : { indexPlace: this.#index() }) }));
    }
  }
  #index(): KeptIndex {
    const index = indexes.take();
    this.#indexes.push(index);
    return index;
  }
  device(name: string): WorldDevice {
    const found = this.#devices.get(name);
    if (found === undefined) throw new Error(`no device ${name}`);
    return found;
  }
  get devices(): readonly WorldDevice[] {
    return [...this.#devices.values()];
  }
  tree(name: string): Record<string, string> {
    return this.device(name).tree();
  }
  /** The library's objects, key to text, without Strata's own. */
  objects(): Record<string, string> {
    return { ...(this.cold === null ? {} : plainObjects(this.cold)), ...plainObjects(this.bucket) };
  }

  /** Every device in turn until a whole round changes nothing; then what must hold is checked. */
  async settle(): Promise<void> {
    await this.quiet();
    await this.expectSettled();
  }
  /** As `settle`, for a world in which something waits for its user. */
  async quiet(): Promise<void> {
    let before = '';
    for (let round = 0; round < mostRounds; round += 1) {
      for (const device of this.devices) await device.sync();
      this.clock.pass(longWaitMs);
      const now = JSON.stringify([this.objects(), this.devices.map((device) => device.tree())]);
      if (now === before) return;
      before = now;
    }
    throw new Error(`the world does not come to rest in ${mostRounds} rounds: ${before}`);
  }
  async expectSettled(): Promise<void> {
    this.expectEqualTrees();
    for (const device of this.devices) {
      const written = writesOf(device);
      const effects = device.disk.counters.effects;
      const outcome = await device.sync();
      expect(outcome.reasons, `${device.name} says what waits`).toEqual([]);
      expect(writesOf(device) - written, `${device.name} writes nothing more to the place`).toBe(0);
      expect(device.disk.counters.effects - effects, `${device.name} writes nothing more to its disk`).toBe(0);
      expect(device.index.due(device.rootId, { after: '', limit: 5, nowMs: Number.MAX_SAFE_INTEGER }).map((row) => row.key), `${device.name} plans nothing`).toEqual([]);
      expect(device.index.journal(device.rootId), `${device.name} has an empty journal`).toEqual([]);
    }
  }
  /** All disks alike, and the place holds the same files. */
  expectEqualTrees(): void {
    const [first, ...others] = this.devices;
    if (first === undefined) return;
    const tree = first.tree();
    for (const other of others) expect(other.tree(), `${other.name} and ${first.name} hold the same`).toEqual(tree);
    const files = (of: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(of).filter(([path]) => !path.endsWith('/')));
    expect(files(this.objects()), 'the place holds the same').toEqual(files(tree));
  }
  /** Whether these bytes are still anywhere: at a path, in a trash or in a version (I1). */
  holdsContent(text: string): boolean {
    const versions = [...this.bucket.versions.values()].flat().map((one) => (one === null ? '' : Buffer.from(one.bytes).toString('utf8')));
    const objects = [this.bucket, ...(this.cold === null ? [] : [this.cold])].flatMap((bucket) => bucket.sortedKeys().map((key) => bucket.text(key)));
    return [...this.devices.flatMap((device) => device.contents()), ...objects, ...versions].includes(text);
  }
  async close(): Promise<void> {
    for (const device of this.devices) await device.close();
    for (const index of this.#indexes.splice(0)) indexes.giveBack(index);
  }
}

/** Keys and texts without Strata's own. */
export function plainObjects(bucket: MemoryBucket): Record<string, string> {
  return Object.fromEntries(bucket.sortedKeys().filter((key) => !key.startsWith('.strata/')).map((key) => [key, bucket.text(key) ?? '']));
}

/** Requests of a device that change the place. */
export function writesOf(device: WorldDevice): number {
  return [device.store, device.cold].reduce((sum, store) => {
    const counts = store?.requestCounts();
    return counts === undefined ? sum : sum + counts.PUT + counts.DELETE + counts.POST;
  }, 0);
}

export function createWorld(options: WorldOptions = {}): World {
  return new World(options);
}
/** A world in which device A has written these files and every device has them. */
export async function settledWorld(files: Readonly<Record<string, string>>, options: WorldOptions = {}): Promise<World> {
  const world = createWorld(options);
  for (const [path, text] of Object.entries(files)) world.device('A').write(path, text);
  await world.settle();
  return world;
}
