/** Lets two or three devices live by chance, from a seed: edits, deletions, renames, folders, lost answers, kills, foreign writes; afterwards all come to rest alike and the last version of every path somebody wrote is still somewhere (I1, I2). */
import { describe, expect, it } from 'vitest';
import { AppError } from '../base/app-error.ts';
import { at, type WorldDevice } from '../testing/world-device.ts';
import { createWorld, type World, type WorldOptions } from '../testing/world.ts';

/** mulberry32: the same numbers from the same seed. */
function chanceFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
const paths = ['a.txt', 'b.txt', 'dir/a.txt', 'dir/b.txt', 'dir/sub/c.txt', 'other/a.txt', 'dir/a', 'keep.txt'] as const;
const storeKinds: readonly WorldOptions['store'][] = [{}, { ignoresConditionalDelete: true }, { versioning: true }, { ignoresConditionalDelete: true, ignoresConditionalComplete: true }];

class Life {
  readonly world: World;
  readonly #chance: (below: number) => number;
  readonly #written = new Set<string>();
  #serial = 0;
  readonly log: string[] = [];
  constructor(seed: number) {
    this.#chance = chanceFrom(seed);
    this.world = createWorld({ devices: seed % 3 === 0 ? ['A', 'B', 'C'] : ['A', 'B'], store: storeKinds[seed % storeKinds.length] ?? {}, concurrency: 1 + (seed % 4) });
  }
  #one<T>(of: readonly T[]): T {
    return of[this.#chance(of.length)] as T;
  }
  step(): void | Promise<unknown> {
    const device = this.#one(this.world.devices);
    const path = this.#one(paths);
    const act = this.#chance(12);
    this.log.push(`${device.name} ${act} ${path}`);
    if (act <= 3) return this.#write(device, path);
    if (act === 4) return device.exists(path) && path !== 'keep.txt' ? device.remove(path) : undefined;
    if (act === 5) return this.#rename(device, path);
    if (act === 6) return device.exists('dir') && this.#chance(3) === 0 ? device.remove('dir') : undefined;
    if (act === 7) return this.#faulty(device);
    if (act === 8) return this.#killed(device);
    return device.sync();
  }
  #write(device: WorldDevice, path: string): void {
    const text = `${device.name} wrote ${(this.#serial += 1)} ${'x'.repeat(this.#chance(4))}`;
    device.write(path, text);
    this.#written.add(text);
  }
  #rename(device: WorldDevice, from: string): void {
    const to = this.#one(paths);
    if (from !== to && device.exists(from) && !device.exists(to) && from !== 'keep.txt') device.rename(from, to);
  }
  async #faulty(device: WorldDevice): Promise<void> {
    const at = this.#chance(25);
    const loses = this.#chance(2) === 0;
    let count = 0;
    device.onRequest = () => {
      if ((count += 1) !== at) return;
      if (loses) return 'lose-answer';
      throw new AppError('network_unreachable', { place: 'memory' });
    };
    await device.sync();
    device.onRequest = null;
  }
  async #killed(device: WorldDevice): Promise<void> {
    const moment = 1 + this.#chance(40);
    let count = 0;
    device.disk.hooks.beforeEffect = () => void ((count += 1) === moment && device.kill({ dropUnsynced: this.#chance(2) === 0 }));
    await device.sync().catch(() => undefined);
    device.disk.hooks.beforeEffect = undefined;
    if (device.killed) device.revive();
  }
  /** What lies at a path on any disk now is somebody's last version: it must not be lost by what follows. */
  lastVersions(): string[] {
    return this.world.devices.flatMap((device) => Object.values(device.tree())).filter((text) => this.#written.has(text));
  }
}

async function live(seed: number): Promise<void> {
  const life = new Life(seed);
  const { world } = life;
  try {
    for (const device of world.devices) device.write('keep.txt', 'kept by all');
    for (let step = 0; step < 40; step += 1) await life.step();
    const last = life.lastVersions();
    for (const device of world.devices) await device.sync({ approveCounts: true });
    for (const device of world.devices) await device.sync({ approveCounts: true });
    await world.settle();
    for (const text of last) expect(world.holdsContent(text), `“${text}” is still somewhere`).toBe(true);
    expect(world.device('A').disk.exists(at('keep.txt'))).toBe(true);
  } catch (thrown) {
    throw new Error(`seed ${seed}: ${thrown instanceof Error ? thrown.message : String(thrown)}\n${life.log.join('\n')}`, { cause: thrown });
  } finally {
    for (const device of world.devices) device.disk.hooks.beforeEffect = undefined;
    await world.close();
  }
}

const seeds = Number(process.env['STRATA_SEEDS'] ?? 40);
const first = Number(process.env['STRATA_FIRST_SEED'] ?? 1);

describe('life by chance', () => {
  it(`comes to rest alike and loses no last version, from ${seeds} seeds`, async () => {
    const failures: string[] = [];
    for (let seed = first; seed < first + seeds; seed += 1) await live(seed).catch((thrown: unknown) => failures.push(thrown instanceof Error ? thrown.message : String(thrown)));
    expect(failures.map((text) => text.split('\n')[0])).toEqual([]);
  });
});
