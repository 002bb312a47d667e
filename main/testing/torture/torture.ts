/** Three services on one place under a random load, killed at random moments and at named steps, started again, and judged (F01, F02, F05). */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { OutputOf } from '../../../shared/api/contract.ts';
import { systemClock } from '../../base/clock.ts';
import { openIndex } from '../../database/open-index.ts';
import type { RemoteStore } from '../../sync/ports.ts';
import { strataNode } from '../../../scripts/project.mjs';
import { Chance } from '../simulation/chance.ts';
import type { StepKind } from './armed.ts';
import { Kept, Load } from './load.ts';
import { judge, type Verdict } from './verdict.ts';

export interface TortureRequest {
  /** An empty folder of its own. */
  readonly folder: string;
  readonly address: string;
  readonly env: NodeJS.ProcessEnv;
  readonly store: RemoteStore;
  readonly kills: number;
  /** Judged after so many kills each. */
  readonly killsPerJudgement: number;
  readonly seed: number;
  readonly onProgress: (done: { readonly kills: number; readonly armed: number; readonly inFlight: number; readonly written: number }) => void;
}
export interface TortureResult {
  readonly kills: number;
  /** Of them at a named step. */
  readonly armed: number;
  /** Of them while something was in flight: the journal that the dead process left has a row. */
  readonly inFlight: number;
  readonly written: number;
  readonly verdicts: readonly Verdict[];
}
type SyncSummary = OutputOf<'syncOnce'>['summary'];
const deviceNames = ['anna', 'bo', 'desk'] as const;
const program = fileURLToPath(new URL('device-program.ts', import.meta.url));
/** An armed step that is not reached by then: killed all the same. */
const longestWaitMs = 20_000;
const mostRounds = 12;

/** What a device says at the end of one sync; no summary when it could not run. */
export interface Said {
  readonly inStep: boolean;
  readonly reasons: readonly string[];
  readonly summary: SyncSummary | null;
}

/** One computer: a folder, a data folder, and the process that keeps it in step. */
export class Device {
  readonly name: string;
  readonly folder: string;
  readonly #request: Pick<TortureRequest, 'folder' | 'address' | 'env'>;
  #child: ChildProcess | null = null;

  constructor(name: string, request: Pick<TortureRequest, 'folder' | 'address' | 'env'>) {
    this.name = name;
    this.folder = path.join(request.folder, name);
    this.#request = request;
  }
  get #words(): string[] {
    return [path.join(this.#request.folder, `${this.name}-data`), this.folder, this.#request.address, this.name];
  }
  #spawn(mode: 'once' | 'stay', point: string): ChildProcess {
    return spawn(process.execPath, [...strataNode.flags, program, mode, ...this.#words], { env: { ...strataNode.env, ...this.#request.env, STRATA_TORTURE_POINT: point }, stdio: ['ignore', 'pipe', 'inherit'] });
  }
  /** Resolves when the service is up; the promise inside when it has ended. */
  async start(point = ''): Promise<{ readonly ended: Promise<void> }> {
    const child = this.#spawn('stay', point);
    this.#child = child;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await Promise.race([ended, new Promise<void>((resolve) => createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', () => resolve()))]);
    return { ended };
  }
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await ended;
  }
  /** Rows in the journal of a process that is dead. */
  leftInFlight(): number {
    const index = openIndex(path.join(this.#request.folder, `${this.name}-data`, 'index.db'), systemClock);
    try {
      return index.roots().reduce((sum, root) => sum + index.journal(root.id).length, 0);
    } finally {
      index.close();
    }
  }
  /** Works until in step or not; what it says at its end. */
  async once(): Promise<Said> {
    const child = this.#spawn('once', '');
    let last = '{}';
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => (last = line));
    await new Promise<void>((resolve) => lines.once('close', () => resolve()));
    const said = JSON.parse(last) as { readonly inStep?: boolean; readonly reasons?: string[]; readonly summary?: SyncSummary };
    return { inStep: said.inStep === true, reasons: said.reasons ?? ['it ended without an answer'], summary: said.summary ?? null };
  }
}

export async function torture(request: TortureRequest): Promise<TortureResult> {
  const kept = new Kept();
  const devices = deviceNames.map((name) => new Device(name, request));
  const loads: Load[] = [];
  for (const [at, device] of devices.entries()) {
    const aside = path.join(request.folder, `${device.name}-aside`);
    for (const folder of [device.folder, aside]) await mkdir(folder, { recursive: true });
    loads.push(new Load(device.folder, aside, kept, request.seed * 31 + at));
  }
  const verdicts: Verdict[] = [];
  const count = { kills: 0, armed: 0, inFlight: 0 };
  const players = devices.map((device, at) => ({ device, chance: new Chance(request.seed * 17 + at) }));
  while (count.kills < request.kills) {
    const until = Math.min(request.kills, count.kills + request.killsPerJudgement);
    const stop = new AbortController();
    const working = loads.map((load, at) => keepWorking(load, new Chance(request.seed + count.kills * 7 + at), stop.signal));
    try {
      // Each computer dies and comes back by itself: deaths overlap, and nobody waits for another one's start.
      await Promise.all(players.map(async ({ device, chance }) => {
        await device.start();
        while (count.kills < until) {
          await killOnce(device, chance, count);
          request.onProgress({ ...count, written: kept.written });
        }
      }));
    } finally {
      stop.abort();
      await Promise.all(working);
      for (const device of devices) await device.end('SIGTERM');
    }
    await settle(devices);
    verdicts.push(await judge(devices.map((device) => device.folder), request.store, kept.all));
    if (verdicts.at(-1)?.lost.length !== 0 || verdicts.at(-1)?.unequal.length !== 0) break;
  }
  return { ...count, written: kept.written, verdicts };
}

/** One death and the next start, which may be armed to die at a named step. */
async function killOnce(device: Device, chance: Chance, count: { kills: number; armed: number; inFlight: number }): Promise<void> {
  // Counted before it is done: the others ask how many are left.
  count.kills += 1;
  await device.end('SIGKILL');
  if (device.leftInFlight() > 0) count.inFlight += 1;
  const point = pointOf(chance);
  const { ended } = await device.start(point ?? '');
  if (point === null) return systemClock.sleep(chance.below(3000));
  const late = new AbortController();
  const died = await Promise.race([ended.then(() => true), systemClock.sleep(longestWaitMs, late.signal).then(() => false)]);
  late.abort();
  if (died) count.armed += 1;
}

async function keepWorking(load: Load, chance: Chance, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await load.act();
    await systemClock.sleep(chance.below(400), signal);
  }
}

/** Steps inside an operation come first: a death between two runs tries little. */
const pointKinds: Readonly<Record<StepKind | 'any moment', number>> = { request: 4, file: 4, journal: 2, 'any moment': 1 };
function pointOf(chance: Chance): string | null {
  const kind = chance.weighted(pointKinds);
  if (kind === 'any moment') return null;
  return `${kind}:${chance.between(1, kind === 'journal' ? 40 : 8)}:${chance.pick(['before', 'after'] as const)}`;
}

/** Each in turn until two rounds changed nothing. Throws with the reasons when that never happens. */
export async function settle(devices: readonly Device[]): Promise<void> {
  let quiet = 0;
  let reasons: string[] = [];
  for (let round = 0; round < mostRounds && quiet < 2; round += 1) {
    let changed = 0;
    reasons = [];
    for (const device of devices) {
      const said = await device.once();
      changed += said.summary === null ? 0 : said.summary.uploaded + said.summary.downloaded + said.summary.deleted + said.summary.moved;
      if (!said.inStep) reasons.push(`${device.name}: ${said.reasons.join(' ')}`);
    }
    quiet = changed === 0 && reasons.length === 0 ? quiet + 1 : 0;
  }
  if (quiet < 2) throw new Error(`the devices never came to rest: ${reasons.join('; ')}`);
}
