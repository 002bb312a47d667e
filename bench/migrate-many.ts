/** A thousand files of mixed size and age move from one real MinIO to another, two computers look on, one request fails on purpose; then migrations are killed: `npm run migrate-many [-- --files N] [--kills N] [--seed S]`. Ends with 1 when something is not as it must be. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OutputOf } from '../shared/api/contract.ts';
import type { EntryKey } from '../shared/relative-path.ts';
import type { Core } from '../main/app/core.ts';
import type { Caller } from '../main/app/handlers.ts';
import { systemClock } from '../main/base/clock.ts';
import { silentLogger } from '../main/base/logger.ts';
import { composeCore } from '../main/compose.ts';
import type { MigrationLine } from '../main/tiers/migration-log.ts';
import { Chance } from '../main/testing/simulation/chance.ts';
import { killMigrations } from './kill-migrations.ts';
import { contentOf, createChecks, diskTree, objectsIn, option, startTwoMinios, type Seen, type TwoMinios } from './two-minios.ts';

interface Made {
  readonly name: string;
  readonly sizeBytes: number;
  readonly unusedDays: number;
}
type FileLine = Extract<MigrationLine, { readonly kind: 'file' }>;
const owner: Caller = { who: 'owner', sessionId: 'bench' };
const dayMs = 86_400_000;
const batchSize = 10;
const roundingMs = 3;
const bucket = 'many';
/** What a sync may ask that has nothing to do: lists, and not each file. */
const mostRequests = 20;
/** What the dry run asks for. */
const rule = { name: 'Old and not tiny', folder: '', pattern: null, unusedDays: 30, atLeastBytes: 4096, storageClass: null };
const { check, failures } = createChecks();

/** Mostly small, some large, a few in parts; half of them untouched for longer than the rule says. */
async function makeFiles(folder: string, files: number, chance: Chance): Promise<readonly Made[]> {
  const made: Made[] = [];
  const sizes = [() => 0, () => chance.between(1, 4000), () => chance.between(4096, 65_536), () => chance.between(65_536, 1_500_000)];
  for (let number = 0; number < files; number += 1) {
    const sizeBytes = number % 200 === 0 ? chance.between(9_000_000, 18_000_000) : (sizes[[1, 2, 2, 2, 1, 2, 3, 2, 2, number % 50 === 9 ? 0 : 1][number % 10] ?? 2] ?? sizes[2])?.() ?? 0;
    const name = `d${Math.floor(number / 50)}/${String(number).padStart(4, '0')}.bin`;
    const unusedDays = chance.oneIn(2) ? chance.between(31, 400) : chance.between(0, 29);
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), randomBytes(sizeBytes));
    const at = new Date(Date.now() - unusedDays * dayMs);
    await utimes(path.join(folder, name), at, at);
    made.push({ name, sizeBytes, unusedDays });
  }
  return made;
}

const untouched = (before: ReadonlyMap<string, Seen>, after: ReadonlyMap<string, Seen>): boolean => before.size === after.size && [...before].every(([name, seen]) => after.get(name)?.sha256 === seen.sha256 && after.get(name)?.mtimeNs === seen.mtimeNs && after.get(name)?.inode === seen.inode);
const equal = (one: ReadonlyMap<string, Seen>, other: ReadonlyMap<string, Seen>): boolean => one.size === other.size && [...one].every(([name, seen]) => other.get(name)?.sha256 === seen.sha256);

class Computer {
  readonly core: Core;
  readonly folder: string;
  readonly name: string;
  readonly #minios: TwoMinios;
  constructor(core: Core, folder: string, name: string, minios: TwoMinios) {
    [this.core, this.folder, this.name, this.#minios] = [core, folder, name, minios];
  }
  async sync(): Promise<OutputOf<'syncOnce'>['summary']> {
    return (await this.core.handlers.syncOnce({ folder: this.folder, place: this.#minios.place('warm'), cold: this.#minios.place('cold'), device: this.name, approveCounts: false }, owner)).summary;
  }
  async rootId(): Promise<string> {
    return (await this.core.handlers.readStatus({}, owner)).roots[0]?.id ?? '';
  }
  async migrate(settings: { readonly deleteFromWarm?: boolean } = {}): Promise<OutputOf<'runTiers'>> {
    const rootId = await this.rootId();
    if (settings.deleteFromWarm !== undefined) await this.core.handlers.writeTiers({ rootId, settings }, owner);
    return this.core.handlers.runTiers({ rootId }, owner);
  }
}
const moved = (one: OutputOf<'runTiers'>): string => `${one.copied} copied, ${one.moved} moved, ${one.failed} failed, ${one.requests} requests, ${(one.ms / 1000).toFixed(1)} s`;
const nothingMoved = (one: OutputOf<'syncOnce'>['summary']): boolean => one.uploaded + one.downloaded + one.deleted + one.failed + one.bytesDown + one.bytesUp === 0;

async function dryRuns(a: Computer, made: readonly Made[]): Promise<void> {
  const rootId = await a.rootId();
  const fits = made.filter((file) => file.unusedDays >= rule.unusedDays && file.sizeBytes >= rule.atLeastBytes);
  const plan = await a.core.handlers.previewTiers({ rootId, settings: { rules: [rule] } }, owner);
  const bytes = fits.reduce((sum, file) => sum + file.sizeBytes, 0);
  const names = new Set(fits.map((file) => file.name));
  check('a dry run by age and size lists exactly the files that fit', plan.copies === fits.length && plan.bytesToCopy === bytes && plan.stays.noRule === made.length - fits.length && plan.examples.length === Math.min(100, fits.length) && plan.examples.every((one) => names.has(one.path)), `${plan.copies} of ${made.length}, ${plan.bytesToCopy} bytes`);
  const whole = await a.core.handlers.previewTiers({ rootId }, owner);
  check('without rules it lists every file', whole.copies === made.length && whole.drops === 0);
}

/** Written behind the run's back: its last line is that of the run. */
async function readLog(file: string): Promise<readonly MigrationLine[]> {
  for (;;) {
    const lines = (await readFile(file, 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as MigrationLine);
    if (lines.at(-1)?.kind === 'run') return lines;
    await systemClock.sleep(50);
  }
}

/** How many files were under way at once, at most. */
function mostAtOnce(lines: readonly FileLine[]): number {
  // Times are whole milliseconds of two clocks: what touches does not overlap.
  const spans = lines.map((line) => ({ from: line.atMs - line.ms + roundingMs, to: line.atMs - roundingMs }));
  return Math.max(...spans.map((one) => spans.filter((other) => other.from <= one.from && other.to > one.from).length));
}

async function copies(computers: readonly Computer[], minios: TwoMinios, made: readonly Made[], logFile: string): Promise<void> {
  const [a] = computers as [Computer];
  const victim = made[137 % made.length]?.name ?? '';
  minios.proxy.play([{ on: (request) => request.verb === 'PUT' && request.key === victim, fault: { kind: 'answer', status: 500, body: '<Error><Code>InternalError</Code></Error>' } }]);
  const run = await a.migrate();
  check('every file is copied; the one that failed on purpose was tried again', run.copied === made.length && run.moved === 0 && run.failed === 0 && minios.proxy.spoiled() === 1, moved(run));
  const lines = await readLog(logFile);
  const files = lines.filter((line) => line.kind === 'file');
  check('the log has a line for each file and one for the run', files.length === made.length && new Set(files.map((line) => line.path)).size === made.length && lines.length === made.length + 1);
  check('the log says that one needed a second try', files.filter((line) => line.tries === 2).map((line) => line.path).join() === victim && files.every((line) => line.tries === 1 || line.path === victim));
  const most = mostAtOnce(files);
  check(`never more than ${batchSize} at once`, most <= batchSize, `${most} at once`);
  const [warm, cold] = [await objectsIn(minios.store('warm')), await objectsIn(minios.store('cold'))];
  const tree = await diskTree(a.folder);
  const unlike: string[] = [];
  for (const [name, object] of cold) if ((await contentOf(minios.store('cold'), object)) !== tree.get(name)?.sha256) unlike.push(name);
  check('the cold store holds the bytes of every file, the warm one still too', cold.size === made.length && warm.size === made.length && unlike.length === 0, unlike.slice(0, 5).join(' '));
}

async function lookOn(computers: readonly Computer[], before: readonly ReadonlyMap<string, Seen>[], made: readonly Made[], tier: 'warm' | 'cold'): Promise<void> {
  for (const [at, computer] of computers.entries()) {
    const said = await computer.sync();
    const tree = await diskTree(computer.folder);
    check(`${computer.name}: nothing is downloaded, uploaded or deleted, no file on the disk was touched`, nothingMoved(said) && said.requests <= mostRequests && untouched(before[at] ?? new Map(), tree), `${said.requests} requests`);
    const rootId = await computer.rootId();
    let known = 0;
    for (const { name } of made) {
      const entry = await computer.core.handlers.readEntry({ rootId, key: name as EntryKey }, owner);
      // What the hub calls storage location "s3" and synced_at: a verified copy of this version in the cold store, and since when.
      if (entry.row.tier === tier && entry.row.residency === 'onDisk' && entry.coldCopy?.isThisVersion === true && entry.coldCopy.sinceMs > 0) known += 1;
    }
    check(`${computer.name}: every entry says that it is in the cold store, since when${tier === 'warm' ? ', and that the warm copy is there' : ', and no longer in the warm one'}`, known === made.length, `${known} of ${made.length}`);
  }
  check('both computers have the same tree', equal(await diskTree(computers[0]?.folder ?? ''), await diskTree(computers[1]?.folder ?? '')));
}

async function main(folder: string, minios: TwoMinios): Promise<void> {
  const [files, seed] = [option('files', 1000), option('seed', 1)];
  const logFile = path.join(folder, 'migration.log');
  const computers: Computer[] = [];
  for (const name of ['anna', 'bo']) {
    await mkdir(path.join(folder, name));
    const core = await composeCore({ dataDir: path.join(folder, `${name}-data`), deviceName: name, env: { STRATA_SECRET_KEY: 'a passphrase for tests', SYNC_BATCH_SIZE: String(batchSize), SYNC_LOG_FILE: logFile }, logger: silentLogger });
    computers.push(new Computer(core, path.join(folder, name), name, minios));
  }
  const [a, b] = computers as [Computer, Computer];
  try {
    const made = await makeFiles(a.folder, files, new Chance(seed));
    console.log(`${files} files, ${(made.reduce((sum, file) => sum + file.sizeBytes, 0) / 1e6).toFixed(1)} MB\n`);
    const [up, down] = [await a.sync(), await b.sync()];
    check('they go up and come down', up.uploaded === files && down.downloaded === files && up.failed + down.failed === 0, `${(up.ms / 1000).toFixed(1)} s and ${(down.ms / 1000).toFixed(1)} s`);
    const before = [await diskTree(a.folder), await diskTree(b.folder)];
    await dryRuns(a, made);
    await copies(computers, minios, made, logFile);
    await lookOn(computers, before, made, 'warm');
    const again = await a.migrate();
    check('the same run again does nothing', again.copied + again.moved + again.failed + again.left + again.bytesUp === 0, moved(again));
    const gone = await b.migrate({ deleteFromWarm: true });
    check('with the setting to delete, the other computer takes the warm copies away and sends nothing', gone.moved === files && gone.failed === 0 && gone.bytesUp === 0 && (await objectsIn(minios.store('warm'))).size === 0 && (await objectsIn(minios.store('cold'))).size === files, moved(gone));
    await lookOn(computers, before, made, 'cold');
    const last = await b.migrate();
    check('the same run again does nothing', last.copied + last.moved + last.failed + last.left + last.bytesUp === 0, moved(last));
  } finally {
    for (const computer of computers) await computer.core.close();
  }
}

const folder = await mkdtemp(path.join(tmpdir(), 'strata-many-'));
const minios = await startTwoMinios(bucket);
try {
  if (option('files', 1000) > 0) await main(folder, minios);
} finally {
  await minios.stop();
}
const kills = option('kills', 200);
if (kills > 0) await killMigrations({ folder: path.join(folder, 'kills'), kills, seed: option('seed', 1), check });
if (failures() === 0) await rm(folder, { recursive: true, force: true });
else console.log(`Everything is kept in ${folder}`);
process.exitCode = failures() === 0 ? 0 : 1;
