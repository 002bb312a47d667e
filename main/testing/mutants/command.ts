/** `npm run mutants -- [--seeds N] [--only WORD,WORD] [--from S] [--workers W]`: plants each mistake in a copy and plays seeds on it until a promise breaks; a mistake that is not found fails the command. */
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { drawHistory } from '../simulation/history.ts';
import { runHistory } from '../simulation/run-history.ts';
import type { Failure } from '../simulation/batch.ts';
import type { Order, Report } from '../simulation/worker.ts';
import { mutants, type Mutant } from './mutants.ts';
import { plant } from './plant.ts';

const words = process.argv.slice(2);
function option(name: string): string | null {
  const at = words.indexOf(`--${name}`);
  return at < 0 ? null : (words[at + 1] ?? null);
}
const mostSeeds = Number(option('seeds') ?? 20_000);
const from = Number(option('from') ?? 1);
/** Few, so that a mistake is told as soon as it is found. */
const seedsAtOnce = 10;
interface Found {
  readonly mutant: Mutant;
  readonly failure: Failure | null;
  readonly seeds: number;
  readonly seconds: number;
}

async function find(mutant: Mutant, number: number): Promise<Found> {
  const begun = performance.now();
  const folder = plant(mutant, number);
  const worker = new Worker(pathToFileURL(join(folder, 'main/testing/simulation/worker.ts')));
  const ask = (order: Order): Promise<Report> => new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.postMessage(order);
  });
  try {
    for (let seed = from; seed < from + mostSeeds; seed += seedsAtOnce) {
      const report = await ask({ what: 'seeds', from: seed, count: seedsAtOnce });
      for (const failure of report.what === 'seeds' ? report.failures : []) {
        // Only what the sound engine survives counts as found.
        if ((await runHistory(drawHistory(failure.seed))).violation !== null) continue;
        return { mutant, failure, seeds: failure.seed - from + 1, seconds: (performance.now() - begun) / 1000 };
      }
    }
    return { mutant, failure: null, seeds: mostSeeds, seconds: (performance.now() - begun) / 1000 };
  } finally {
    await worker.terminate();
    rmSync(folder, { recursive: true, force: true });
  }
}

const only = (option('only') ?? '').split(',');
const wanted = mutants.filter((mutant) => only.some((word) => mutant.name.includes(word)));
const waiting = [...wanted.entries()];
const found: Found[] = [];
const row = (name: string, seed: string, seconds: string, promise: string): string => `${name.padEnd(36)} ${seed.padStart(12)} ${seconds.padStart(14)}  ${promise}`;
console.log(row('mutant', 'found at seed', 'after seconds', 'by'));
await Promise.all(Array.from({ length: Math.min(wanted.length, Number(option('workers') ?? availableParallelism())) }, async () => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [number, mutant] = next;
    const one = await find(mutant, number);
    found.push(one);
    console.log(row(mutant.name, one.failure === null ? 'not found' : String(one.failure.seed), one.seconds.toFixed(1), one.failure?.text.split('\n')[0]?.slice(0, 120) ?? `in ${one.seeds} seeds`));
  }
}));
const missed = found.filter((one) => one.failure === null);
console.log(`${found.length - missed.length} of ${found.length} mistakes found`);
process.exitCode = missed.length === 0 ? 0 : 1;
