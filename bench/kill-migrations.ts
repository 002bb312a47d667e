/** Two computers over two real MinIOs, whose migrations are killed at random moments while files are made, edited and deleted on both; at the end nothing may be missing, doubled or left over (F05, F70, I1, I2). */
import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../main/base/clock.ts';
import { startFaultProxy, type FaultProxy } from '../main/testing/fault-proxy.ts';
import { Chance } from '../main/testing/simulation/chance.ts';
import type { Told } from '../main/testing/torture/migration-program.ts';
import { leaseKey } from '../main/tiers/lease.ts';
import { strataNode } from '../scripts/project.mjs';
import { contentOf, diskTree, objectsIn, sha, startTwoMinios, type TwoMinios } from './two-minios.ts';

export interface KillRequest {
  readonly folder: string;
  readonly kills: number;
  readonly seed: number;
  readonly check: (what: string, holds: boolean, more?: string) => void;
}
const bucket = 'killed';
const program = fileURLToPath(new URL('../main/testing/torture/migration-program.ts', import.meta.url));
const names = ['anna', 'bo'] as const;
type Name = (typeof names)[number];
type Drop = 'keep' | 'delete';
const filesEach = 60;
const changesEach = 8;
const largeBytes = 9 * 1024 * 1024;
const longestMigrationMs = 900;
/** Tombstones, claims and a dead computer's lease are believed for ten minutes of the store's time. */
const elevenMinutesMs = 11 * 60_000;
const mostRounds = 8;

/** What a person put into one folder, and so what every computer has to hold in the end. */
class Person {
  readonly files = new Map<string, string>();
  readonly #folder: string;
  readonly #own: string;
  readonly #chance: Chance;
  #made = 0;
  constructor(folder: string, own: string, chance: Chance) {
    [this.#folder, this.#own, this.#chance] = [folder, own, chance];
  }
  async act(): Promise<void> {
    for (let change = 0; change < changesEach; change += 1) {
      const mine = [...this.files.keys()];
      const word = mine.length < filesEach ? 'create' : this.#chance.pick(['create', 'edit', 'edit', 'remove', 'remove'] as const);
      if (word === 'remove') await this.#remove(this.#chance.pick(mine));
      else await this.#write(word === 'edit' ? this.#chance.pick(mine) : `${this.#own}/${this.#chance.below(5)}/${(this.#made += 1)}.txt`);
    }
  }
  async #write(name: string): Promise<void> {
    const line = `${name} ${this.#chance.below(1_000_000_000)} ${(this.#made += 1)}\n`;
    const bytes = Buffer.alloc(this.#chance.oneIn(60) ? largeBytes + this.#chance.below(1000) : this.#chance.between(1, 20_000), line);
    await mkdir(path.dirname(path.join(this.#folder, name)), { recursive: true });
    await writeFile(path.join(this.#folder, name), bytes);
    this.files.set(name, sha(bytes));
  }
  async #remove(name: string): Promise<void> {
    await rm(path.join(this.#folder, name));
    this.files.delete(name);
  }
}

interface World {
  readonly request: KillRequest;
  readonly minios: TwoMinios;
  readonly warmProxy: FaultProxy;
  readonly chance: Chance;
  readonly people: Readonly<Record<Name, Person>>;
}
interface Ended {
  readonly killedIn: Told['is'] | null;
  readonly last: Told | null;
}

/** One process: to its end, or until it is killed so long after the step began. */
async function run(world: World, name: Name, drop: Drop, kill: { readonly step: 'syncing' | 'migrating'; readonly afterMs: number } | null): Promise<Ended> {
  const { minios, warmProxy, request } = world;
  const server = minios.server('warm');
  const address = (endpoint: string): string => `s3://${bucket}?endpoint=${endpoint}&region=us-east-1`;
  const words = [path.join(request.folder, `${name}-data`), path.join(request.folder, name), address(warmProxy.endpoint), address(minios.proxy.endpoint), name, drop];
  const child = spawn(process.execPath, [...strataNode.flags, program, ...words], {
    // Compiled once: most of a short life would be its start.
    env: { ...process.env, ...strataNode.env, NODE_COMPILE_CACHE: path.join(request.folder, 'compiled'), STRATA_SECRET_KEY: 'a passphrase for tests', AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last: Told | null = null;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout });
  const read = new Promise<void>((resolve) => lines.once('close', () => resolve()));
  const dying = new AbortController();
  lines.on('line', (line) => {
    last = JSON.parse(line) as Told;
    if (kill === null || last.is !== kill.step) return;
    void systemClock.sleep(kill.afterMs, dying.signal).then(() => child.kill('SIGKILL'));
  });
  await Promise.all([ended, read]);
  dying.abort();
  const told = last as Told | null;
  return { killedIn: child.signalCode === 'SIGKILL' ? (told?.is ?? null) : null, last: told };
}

interface Figures {
  kills: number;
  inMigration: number;
  inSync: number;
  finished: number;
  together: number;
}
async function killAll(world: World): Promise<Figures> {
  const { chance, people, request, minios } = world;
  const figures: Figures = { kills: 0, inMigration: 0, inSync: 0, finished: 0, together: 0 };
  for (let round = 0; figures.kills < request.kills; round += 1) {
    for (const name of names) await people[name].act();
    // As if ten minutes had passed: whoever died holds the lease until then.
    await minios.store('warm').remove(leaseKey);
    const first = names[round % 2] ?? 'anna';
    const both = chance.oneIn(3);
    if (both) figures.together += 1;
    const plan = (): Parameters<typeof run>[3] => (chance.oneIn(6) ? { step: 'syncing', afterMs: chance.below(600) } : { step: 'migrating', afterMs: chance.below(longestMigrationMs) });
    const running = [first, ...(both ? names.filter((name) => name !== first) : [])].map((name) => run(world, name, chance.oneIn(2) ? 'delete' : 'keep', plan()));
    for (const one of await Promise.all(running)) {
      if (one.killedIn === null) figures.finished += 1;
      else figures.kills += 1;
      if (one.killedIn === 'migrating') figures.inMigration += 1;
      if (one.killedIn === 'syncing') figures.inSync += 1;
      if (one.last?.is === 'failed') console.log(`  (a run ended with ${one.last.why})`);
    }
    process.stderr.write(`\r${figures.kills} of ${request.kills} kills, ${figures.inMigration} in a migration, ${figures.finished} runs were quicker `);
  }
  process.stderr.write('\n');
  return figures;
}

/** Runs on both in turn until a whole round changed nothing; what it came to, or why it never did. */
async function settle(world: World, drop: Drop): Promise<{ readonly rounds: number; readonly problem: string }> {
  let problem = '';
  for (let round = 1; round <= mostRounds; round += 1) {
    let changed = 0;
    problem = '';
    for (const name of names) {
      await world.minios.store('warm').remove(leaseKey);
      const { last } = await run(world, name, drop, null);
      if (last?.is !== 'done') problem = last?.is === 'failed' ? last.why : 'it ended without an answer';
      else {
        changed += last.changed + last.moved + last.copied + last.left + last.failed;
        if (!last.inStep || last.isBusy) problem = `${name}: ${last.reasons.join(' ') || 'busy'}`;
      }
    }
    if (changed === 0 && problem === '') return { rounds: round, problem };
  }
  return { rounds: mostRounds, problem: problem === '' ? 'something changes in every round' : problem };
}

async function judge(world: World, drop: Drop): Promise<void> {
  const { request: { check, folder }, minios, people } = world;
  const expected = new Map(names.flatMap((name) => [...people[name].files]));
  const settled = await settle(world, drop);
  check(`after the kills runs that ${drop} come to rest`, settled.problem === '', settled.problem || `${settled.rounds} rounds`);
  for (const name of names) {
    const tree = await diskTree(path.join(folder, name));
    const wrong = [...new Set([...tree.keys(), ...expected.keys()])].filter((file) => tree.get(file)?.sha256 !== expected.get(file));
    check(`${name} has exactly what was written last`, wrong.length === 0, wrong.slice(0, 10).join(' ') || `${tree.size} files`);
  }
  const [warm, cold] = [await objectsIn(minios.store('warm')), await objectsIn(minios.store('cold'))];
  const wrong: string[] = [];
  for (const [side, objects] of [['warm', warm], ['cold', cold]] as const) {
    for (const [key, object] of objects) if ((await contentOf(minios.store(side), object)) !== expected.get(key)) wrong.push(`${side} ${key}`);
  }
  check('no object of either store is left over or out of date', wrong.length === 0, wrong.slice(0, 10).join(' ') || `${warm.size} warm, ${cold.size} cold`);
  const missing = [...expected.keys()].filter((key) => !cold.has(key) || (drop === 'keep' ? false : warm.has(key)));
  check(drop === 'keep' ? 'every file has its copy in the cold store' : 'every file is in the cold store, and no longer in the warm one', missing.length === 0, missing.slice(0, 10).join(' '));
}

export async function killMigrations(request: KillRequest): Promise<void> {
  const minios = await startTwoMinios(bucket);
  const warmProxy = await startFaultProxy(minios.server('warm').endpoint);
  try {
    const chance = new Chance(request.seed);
    const people = {} as Record<Name, Person>;
    for (const name of names) {
      await mkdir(path.join(request.folder, name), { recursive: true });
      people[name] = new Person(path.join(request.folder, name), name, chance);
    }
    const world: World = { request, minios, warmProxy, chance, people };
    // To the end: only a process that ends by itself keeps what it compiled.
    for (const name of names) await run(world, name, 'keep', null);
    const begun = performance.now();
    const figures = await killAll(world);
    console.log(`\n${figures.kills} kills in ${Math.round((performance.now() - begun) / 1000)} s: ${figures.inMigration} in a migration, ${figures.inSync} in the sync before it; ${figures.finished} runs were quicker than their death; in ${figures.together} rounds both computers ran`);
    warmProxy.play([{ on: () => true, times: Infinity, fault: { kind: 'changeHeaders', change: (headers) => ({ ...headers, date: new Date(Date.now() + elevenMinutesMs).toUTCString() }) } }]);
    await judge(world, 'keep');
    await judge(world, 'delete');
  } finally {
    await warmProxy.close();
    await minios.stop();
  }
}
