/** Adds up what the steps of `npm test` report, and decides which skipped tests count as failed on a build machine. */

export const none = Object.freeze({ passed: 0, failed: 0, skipped: 0 });

export function sum(all) {
  return all.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }), none);
}

export function lineOf(counts) {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}

/** The last line of the form `N passed, N failed, N skipped` in a step's output, or null. */
export function countsIn(output) {
  const found = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped\s*$/gm)].at(-1);
  return found ? { passed: Number(found[1]), failed: Number(found[2]), skipped: Number(found[3]) } : null;
}

/** A step that ended badly without a failed test (a crash, a file that does not load) must not look green. */
export function withExitCode(counts, code) {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

const somethingMissing = /not installed|neither on the PATH|there is no |could not|not here|not found|missing/i;
const mayBeMissing = /\b(electron|ceph|rgw)\b/i;

/**
 * With CI=true a test that was skipped because a server or browser is missing is a failed one, except for Electron's runtime and Ceph.
 * What a store can't do, or another system does, stays a skip.
 */
export function judgeSkips(counts, skips, strict) {
  const refused = strict ? skips.filter((skip) => somethingMissing.test(skip.why) && !mayBeMissing.test(`${skip.name} ${skip.why}`)) : [];
  return { counts: { passed: counts.passed, failed: counts.failed + refused.length, skipped: counts.skipped - refused.length }, refused };
}

/** One line per reason, with one name where there is only one: forty tests of a missing server are one fact. */
export function skipLines(skips) {
  const groups = new Map();
  for (const skip of skips) groups.set(skip.why, [...(groups.get(skip.why) ?? []), skip]);
  return [...groups].map(([why, all]) => `${all.length === 1 ? all[0].name : `${all.length} tests`}: ${why || 'no reason given'}`);
}

/** Counts and skips from the file that scripts/vitest-report.mjs wrote. */
export function readVitestReport(report) {
  return { counts: { passed: report.passed, failed: report.failed, skipped: report.skips.length }, skips: report.skips };
}

/** True when Playwright ended the run because its time was over: what was not done then is no failure. */
export function wasCutOff(report) {
  return (report.errors ?? []).some(isTimeOver);
}

function isTimeOver(error) {
  return /^(\x1b\[\d+m)*Timed out waiting \S+ for the (teardown for )?test suite to run/.test(error.message ?? '');
}

/**
 * Counts and skips from Playwright's JSON report.
 * @param {object} report
 * @param {string} outOfTime the reason of tests that a run which was cut off did not finish
 */
export function readPlaywrightReport(report, outOfTime = '') {
  const cutOff = wasCutOff(report);
  const tests = specsOf(report.suites ?? []).flatMap((spec) => spec.tests.map((test) => ({ name: spec.title, status: test.status, why: test.annotations.find((note) => note.type === 'skip' || note.type === 'fixme')?.description ?? (cutOff ? outOfTime : '') })));
  const skips = tests.filter((test) => test.status === 'skipped').map(({ name, why }) => ({ name, why }));
  const passed = tests.filter((test) => test.status === 'expected').length;
  const errors = (report.errors ?? []).filter((error) => !isTimeOver(error)).length;
  const brokenFiles = tests.length === skips.length + passed ? errors : 0;
  return { counts: { passed, failed: tests.length - passed - skips.length + brokenFiles, skipped: skips.length }, skips };
}

function specsOf(suites) {
  return suites.flatMap((suite) => [...(suite.specs ?? []), ...specsOf(suite.suites ?? [])]);
}
