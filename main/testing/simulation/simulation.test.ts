/** A fixed slice of the simulation: histories of two to four computers by chance, with faults, keep every promise; the rare branches are really reached; one seed is one run, byte for byte. */
import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { runCrew } from './crew.ts';
import { drawHistory, leastUserActs, type History } from './history.ts';
import { Marks, rareBranches } from './marks.ts';
import { regressions } from './regressions.ts';
import { runHistory } from './run-history.ts';
import { shrink } from './shrink.ts';

const first = Number(process.env['STRATA_SIMULATED_FROM'] ?? 1);
const seeds = Number(process.env['STRATA_SIMULATED_SEEDS'] ?? 2000);
const last = first + seeds - 1;
const seedsAtOnce = 25;
const slice = { timeout: 900_000 };

describe('histories by chance', () => {
  it(`keep every promise from ${seeds} seeds, and reach the rare branches (F01, F02, F03, F20, F22, F23, F24, F25, F26, F30, F31, F35, F37, F41, F43, F44, F45, F47, F49, F52, F60, F61, F62, F65, F70)`, slice, async () => {
    const failures: string[] = [];
    const marks = new Marks();
    let next = first;
    await runCrew(Math.min(4, availableParallelism()), () => {
      if (next > last) return null;
      const from = next;
      next += seedsAtOnce;
      return { what: 'seeds', from, count: Math.min(seedsAtOnce, last - from + 1) };
    }, (report) => {
      if (report.what !== 'seeds') return;
      marks.add(report.marks);
      failures.push(...report.failures.map((failure) => `npm run simulate -- --seed ${failure.seed} --verbose: ${failure.text}`));
    });
    expect(failures).toEqual([]);
    if (seeds >= 2000) expect(rareBranches.filter((branch) => marks.count(branch) === 0)).toEqual([]);
  });
  it('have two computers, twelve operations of users and one fault at least', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const { devices, steps } = drawHistory(seed);
      const acts = steps.reduce((sum, step) => sum + (step.kind === 'user' ? 1 : step.kind === 'live' ? step.acts.length : 0), 0);
      const faults = steps.filter((step) => step.kind === 'clock' || step.kind === 'loseIndex' || ('faults' in step && step.faults.length > 0) || ('wrong' in step && step.wrong !== undefined));
      expect([devices >= 2, acts >= leastUserActs, faults.length >= 1], `seed ${seed}`).toEqual([true, true, true]);
    }
  });
  it('are the same run from the same seed, whatever was played between', async () => {
    const seedsTwice = [3, 14, 15];
    const first: string[] = [];
    for (const seed of seedsTwice) first.push((await runHistory(drawHistory(seed))).traceHash);
    await runHistory(drawHistory(92));
    const again: string[] = [];
    for (const seed of seedsTwice) again.push((await runHistory(drawHistory(seed))).traceHash);
    expect(again).toEqual(first);
    expect(new Set(first).size).toBe(first.length);
  });
  it('are shortened to the steps without which they would not fail', async () => {
    const fails = ({ steps }: History): Promise<boolean> => Promise.resolve(steps.some((step) => step.kind === 'foreign') && steps.some((step) => step.kind === 'sync' && step.faults.length > 0));
    const long = await firstSeed(fails);
    const short = await shrink(long, fails);
    expect(short.steps.map((step) => step.kind).sort()).toEqual(['foreign', 'sync']);
    expect(short.steps.flatMap((step) => (step.kind === 'sync' ? step.faults : []))).toHaveLength(1);
  });
});

describe('what once went wrong', () => {
  it.each(Object.entries(regressions))('%s', async (_name, history) => {
    expect((await runHistory(history)).violation).toBeNull();
  });
});

async function firstSeed(fits: (history: History) => Promise<boolean>): Promise<History> {
  for (let seed = 1; ; seed += 1) if (await fits(drawHistory(seed))) return drawHistory(seed);
}
