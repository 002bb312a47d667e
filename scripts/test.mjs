/** `npm test`: types, lint, servers, page, unit and real-server tests, end to end, gallery; ends with one line of counts.
 * `STRATA_TEST_MINUTES` bounds the whole run for a machine that is ended after a while: what then can't be begun or finished
 * is counted as skipped and says so.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { buildPage } from './page.mjs';
import { inProject, programs, runNode } from './project.mjs';
import { countsIn, judgeSkips, lineOf, none, readPlaywrightReport, wasCutOff, readVitestReport, skipLines, sum, withExitCode } from './test-counts.mjs';

const strict = process.env.CI === 'true';
const install = strict || process.argv.includes('--install');
const say = (line) => console.log(line);
const reports = inProject('.cache', 'test');
const toolPaths = {};
const minutes = Number(process.env.STRATA_TEST_MINUTES ?? Infinity);
const outOfTime = `the ${minutes} minutes that this run may take were over before they were done (STRATA_TEST_MINUTES)`;
/** Less than this is not worth starting a browser for. */
const fewestMs = 60_000;
/** Of the time is left to the tests in a browser. */
const browserShare = 0.2;
const leftMs = () => minutes * 60_000 - performance.now();

/** Runs one program; its output in full only when it fails. */
async function oneCheck(args) {
  const { code, output } = await runNode(args);
  if (code !== 0) console.log(output.trimEnd());
  return code === 0 ? { ...none, passed: 1 } : { ...none, failed: 1 };
}

async function findTools() {
  const script = inProject('scripts', 'test-servers.mjs');
  if (!existsSync(script)) return missing('scripts/test-servers.mjs');
  const { ensureTool } = await import('./test-servers.mjs');
  let failed = 0;
  for (const name of ['minio', 'versitygw', 'moto', 'postgres', 'chromium']) {
    // Stores are built into a folder of their own; a browser and a database would change the system, so only when asked. So is moto, which takes minutes.
    const { path, reason } = ensureTool(name, { say: (line) => say(`  ${line}`), install: name === 'minio' || name === 'versitygw' || install });
    say(`  ${name}: ${path ?? reason}`);
    toolPaths[name] = path;
    if (path === null && strict) failed += 1;
  }
  if (failed > 0) say('  With CI=true a missing test server is a failure.');
  return { ...none, failed };
}

function missing(what) {
  say(`  ${what} is missing.`);
  return { ...none, failed: 1 };
}

async function page() {
  const { code, output } = await buildPage();
  if (code === 0) return { ...none, passed: 1 };
  console.log(output.trimEnd());
  return { ...none, failed: 1 };
}

async function unitTests() {
  const file = inProject('.cache', 'test', 'vitest.json');
  rmSync(file, { force: true });
  const { code } = await runNode([programs.vitest, 'run', '--reporter=default', `--reporter=${inProject('scripts', 'vitest-report.mjs')}`], { stream: true, env: { STRATA_TEST_REPORT: file, ...(Number.isFinite(minutes) ? { STRATA_TESTS_END_AT_MS: String(Math.round(Date.now() + leftMs() - browserShare * minutes * 60_000)) } : {}) } });
  return judged(file, readVitestReport, code);
}

async function gallery() {
  const script = inProject('scripts', 'gallery.mjs');
  if (!existsSync(script)) return missing('scripts/gallery.mjs');
  if (leftMs() < fewestMs) return notBegun('The gallery');
  const { code, output } = await runNode([script, '--slice', `--seconds=${Math.floor(leftMs() / 1000)}`], { env: chromiumEnvironment() });
  for (const line of output.split('\n').filter((one) => one.startsWith('skipped:'))) say(`  ${line}`);
  if (code !== 0) console.log(output.trimEnd());
  return withExitCode(countsIn(output) ?? none, code);
}

async function endToEnd() {
  const config = inProject('e2e', 'playwright.config.ts');
  const file = inProject('.cache', 'test', 'playwright.json');
  if (leftMs() < fewestMs) return notBegun('End to end');
  rmSync(file, { force: true });
  const limit = Number.isFinite(minutes) ? [`--global-timeout=${Math.floor(leftMs())}`] : [];
  const { code, output } = await runNode([programs.playwright, 'test', '--config', config, '--reporter=list,json', ...limit], { env: { ...chromiumEnvironment(), PLAYWRIGHT_JSON_OUTPUT_FILE: file, PLAYWRIGHT_JSON_OUTPUT_NAME: file } });
  if (code !== 0) console.log(output.trimEnd());
  return judged(file, readPlaywrightReport, code);
}

function notBegun(what) {
  say(`  skipped: ${what}: ${outOfTime}`);
  return { ...none, skipped: 1 };
}

function chromiumEnvironment() {
  return toolPaths.chromium ? { STRATA_CHROMIUM: toolPaths.chromium } : {};
}

function judged(file, read, code) {
  if (!existsSync(file)) return { ...none, failed: 1 };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const { counts, skips } = read(report, outOfTime);
  for (const line of skipLines(skips)) say(`  skipped: ${line}`);
  const result = judgeSkips(wasCutOff(report) ? counts : withExitCode(counts, code), skips, strict);
  for (const skip of result.refused) say(`  counts as failed with CI=true: ${skip.name}`);
  return result.counts;
}

/** Both read the same sources and use one core each. */
async function typesAndLint() {
  return sum(await Promise.all([oneCheck([programs.tsc, '--noEmit', '-p', '.']), oneCheck([programs.eslint, '.', '--max-warnings', '0'])]));
}

const steps = [
  ['Types and lint', typesAndLint],
  ['Test servers and browser', findTools],
  ['Page', page],
  ['Unit and real-server tests', unitTests],
  ['End to end', endToEnd],
  ['Gallery', gallery],
];

mkdirSync(reports, { recursive: true });
const all = [];
for (const [name, step] of steps) {
  say(`\n${name} …`);
  const startedMs = performance.now();
  const counts = await step();
  all.push(counts);
  say(`${name}: ${lineOf(counts)} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
}
const total = sum(all);
say(`\n${lineOf(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
