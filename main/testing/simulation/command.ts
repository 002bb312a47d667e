/** `npm run simulate -- [--seeds N] [--from S] [--workers W]` plays histories on all cores; `--seed S [--verbose]` plays one again and shortens it when it fails. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { drawHistory, type History } from './history.ts';
import { Marks } from './marks.ts';
import { runHistory } from './run-history.ts';
import { shrink } from './shrink.ts';
import type { Figures } from './batch.ts';
import type { Order, Report } from './worker.ts';

const words = process.argv.slice(2);
function option(name: string): number | null {
  const at = words.indexOf(`--${name}`);
  const given = at < 0 ? NaN : Number(words[at + 1]);
  return Number.isFinite(given) ? given : null;
}
/** Small enough that progress is seen, large enough that workers are not asked all the time. */
const seedsAtOnce = 50;

async function playOne(seed: number): Promise<number> {
  const history = drawHistory(seed);
  const result = await runHistory(history, { keepsLines: true });
  if (words.includes('--verbose')) console.log(`${describe(history)}\n${result.lines.join('\n')}`);
  console.log(`seed ${seed}: ${result.traceHash}, ${result.violation?.text ?? 'every promise kept'}`);
  if (result.violation === null) return 0;
  const short = await shrink(history, result.violation.promise);
  console.log(`\nShortened from ${history.steps.length} to ${short.steps.length} steps:\n${describe(short)}`);
  return 1;
}
function describe(history: History): string {
  return [JSON.stringify({ ...history, steps: undefined }), ...history.steps.map((step) => `  ${JSON.stringify(step)},`)].join('\n');
}

async function playMany(from: number, seeds: number, workers: number): Promise<number> {
  const marks = new Marks();
  const figures: Figures = { userActs: 0, effects: 0, requests: 0, crashes: 0, rounds: 0 };
  let [next, done, cpuSeconds, failed] = [from, 0, 0, 0];
  const begun = performance.now();
  const line = (): string => {
    const mean = (name: keyof Figures): string => (figures[name] / Math.max(1, done)).toFixed(1);
    return `${done} histories in ${((performance.now() - begun) / 1000).toFixed(0)} s, ${(done / cpuSeconds).toFixed(1)} per second and core; means: ${mean('userActs')} user operations, ${mean('effects')} effects, ${mean('requests')} requests, ${mean('crashes')} crashes, ${mean('rounds')} rounds to rest`;
  };
  const take = (report: Report): void => {
    const before = Math.floor(done / 1000);
    done += report.seeds;
    cpuSeconds += report.cpuSeconds;
    marks.add(report.marks);
    for (const name of Object.keys(figures) as (keyof Figures)[]) figures[name] += report.figures[name];
    for (const { seed, text } of report.failures) {
      failed += 1;
      console.log(`seed ${seed} FAILED: ${text.slice(0, 500)}\n  again: npm run simulate -- --seed ${seed} --verbose`);
    }
    if (Math.floor(done / 1000) > before) console.log(line());
  };
  await Promise.all(Array.from({ length: workers }, () => new Promise<void>((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    const orderNext = (): void => {
      if (next >= from + seeds) return void worker.terminate().then(() => resolve());
      const count = Math.min(seedsAtOnce, from + seeds - next);
      worker.postMessage({ from: next, count } satisfies Order);
      next += count;
    };
    worker.on('error', reject);
    worker.on('message', (report: Report) => {
      take(report);
      orderNext();
    });
    orderNext();
  })));
  console.log(`Branches reached:\n${marks.lines().join('\n')}`);
  console.log(`${line()}; seeds ${from} to ${from + seeds - 1}, ${failed} broke a promise`);
  return failed;
}

const one = option('seed');
const failures = one !== null ? await playOne(one) : await playMany(option('from') ?? 1, option('seeds') ?? 1000, option('workers') ?? availableParallelism());
process.exitCode = failures === 0 ? 0 : 1;
