/** `npm run simulate -- [--seeds N] [--from S] [--workers W] [--no-states]` tries every state of the planner and plays histories on all cores; `--seed S [--verbose]` plays one again and shortens it when it fails. */
import { availableParallelism } from 'node:os';
import { checkOnePath, type StatesSeen } from '../exhaustive/check-states.ts';
import { statesOfPairs } from '../exhaustive/states.ts';
import type { Figures } from './batch.ts';
import { runCrew } from './crew.ts';
import { drawHistory, type History } from './history.ts';
import { Marks, rareBranches } from './marks.ts';
import { runHistory } from './run-history.ts';
import { shrink } from './shrink.ts';

const words = process.argv.slice(2);
function option(name: string): number | null {
  const at = words.indexOf(`--${name}`);
  const given = at < 0 ? NaN : Number(words[at + 1]);
  return Number.isFinite(given) ? given : null;
}
/** Small enough that progress is seen, large enough that workers are not asked all the time. */
const seedsAtOnce = 50;
const statesAtOnce = 8192;
const workers = option('workers') ?? availableParallelism();

async function playOne(seed: number): Promise<number> {
  const history = drawHistory(seed);
  const result = await runHistory(history, { keepsLines: true });
  if (words.includes('--verbose')) console.log(`${describe(history)}\n${result.lines.join('\n')}`);
  console.log(`seed ${seed}: ${result.traceHash}, ${result.violation?.text ?? 'every promise kept'}`);
  if (result.violation === null) return 0;
  const { promise } = result.violation;
  const short = await shrink(history, async (shorter) => (await runHistory(shorter)).violation?.promise === promise);
  console.log(`\nShortened from ${history.steps.length} to ${short.steps.length} steps:\n${describe(short)}`);
  return 1;
}
function describe(history: History): string {
  return [JSON.stringify({ ...history, steps: undefined }), ...history.steps.map((step) => `  ${JSON.stringify(step)},`)].join('\n');
}

/** Every state of one and of two names, with a death after every effect. */
async function tryStates(): Promise<number> {
  const seen: StatesSeen = { cases: 0, failures: [] };
  checkOnePath(seen);
  let next = 0;
  const begun = performance.now();
  await runCrew(workers, () => {
    if (next >= statesOfPairs) return null;
    const from = next;
    next = Math.min(statesOfPairs, next + statesAtOnce);
    return { what: 'states', from, until: next };
  }, (report) => {
    if (report.what !== 'states') return;
    seen.cases += report.cases;
    seen.failures.push(...report.failures);
  });
  for (const failure of seen.failures.slice(0, 20)) console.log(failure);
  console.log(`${seen.cases} planner cases in ${((performance.now() - begun) / 1000).toFixed(0)} s, ${seen.failures.length} broke a promise`);
  return seen.failures.length;
}

async function playMany(from: number, seeds: number): Promise<number> {
  if (seeds === 0) return 0;
  const marks = new Marks();
  const figures: Figures = { userActs: 0, effects: 0, requests: 0, crashes: 0, rounds: 0 };
  let [next, done, cpuSeconds, failed] = [from, 0, 0, 0];
  const begun = performance.now();
  const line = (): string => {
    const mean = (name: keyof Figures): string => (figures[name] / Math.max(1, done)).toFixed(1);
    return `${done} histories in ${((performance.now() - begun) / 1000).toFixed(0)} s, ${(done / cpuSeconds).toFixed(1)} per second and core; means: ${mean('userActs')} user operations, ${mean('effects')} effects, ${mean('requests')} requests, ${mean('crashes')} crashes, ${mean('rounds')} rounds to rest`;
  };
  await runCrew(workers, () => {
    if (next >= from + seeds) return null;
    const first = next;
    next = Math.min(from + seeds, next + seedsAtOnce);
    return { what: 'seeds', from: first, count: next - first };
  }, (report) => {
    if (report.what !== 'seeds') return;
    const before = Math.floor(done / 1000);
    done += report.seeds;
    cpuSeconds += report.cpuSeconds;
    marks.add(report.marks);
    for (const name of Object.keys(figures) as (keyof Figures)[]) figures[name] += report.figures[name];
    failed += report.failures.length;
    for (const { seed, text } of report.failures) console.log(`seed ${seed} FAILED: ${text.slice(0, 500)}\n  again: npm run simulate -- --seed ${seed} --verbose`);
    if (Math.floor(done / 1000) > before) console.log(line());
  });
  console.log(`Branches reached:\n${marks.lines().join('\n')}`);
  const missed = rareBranches.filter((branch) => marks.count(branch) === 0);
  if (missed.length > 0) console.log(`Not reached: ${missed.join(', ')}`);
  console.log(`${line()}; seeds ${from} to ${from + seeds - 1}, ${failed} broke a promise`);
  return failed;
}

const one = option('seed');
const failures = one !== null ? await playOne(one) : (words.includes('--no-states') ? 0 : await tryStates()) + (await playMany(option('from') ?? 1, option('seeds') ?? 1000));
process.exitCode = failures === 0 ? 0 : 1;
