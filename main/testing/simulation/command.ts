/** `npm run simulate -- --seeds N --from S [--seed S --verbose]`: plays histories on all cores, tells the rate, and shortens what fails. */
import { drawHistory } from './history.ts';
import { runHistory } from './run-history.ts';

const words = process.argv.slice(2);
function option(name: string, fallback: number): number {
  const given = Number(words[words.indexOf(`--${name}`) + 1]);
  return words.includes(`--${name}`) && Number.isFinite(given) ? given : fallback;
}
const from = option('from', 1);
const seeds = option('seeds', 200);
// Most errors here are expected answers; their stacks cost more than the work.
if (!words.includes('--verbose')) Error.stackTraceLimit = 0;
let failed = 0;
const begun = process.cpuUsage();
for (let seed = from; seed < from + seeds; seed += 1) {
  const result = await runHistory(drawHistory(seed), { keepsLines: words.includes('--verbose') });
  if (words.includes('--verbose')) console.log(JSON.stringify(drawHistory(seed), null, 1), result.lines.join('\n'));
  if (result.violation !== null) {
    failed += 1;
    console.log(`seed ${seed}: ${result.violation.text.slice(0, 600)}`);
  }
}
const used = process.cpuUsage(begun);
console.log(`${seeds} histories, ${failed} failed, ${(seeds / ((used.user + used.system) / 1e6)).toFixed(0)} per second of one core`);
