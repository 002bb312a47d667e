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

const mayBeMissing = /\b(electron|ceph|rgw|windows|win32|macos|darwin)\b/i;

/** With CI=true a skipped test is a failed one, unless it waits for Electron's runtime, for Ceph, or for another system. */
export function judgeSkips(counts, skips, strict) {
  const refused = strict ? skips.filter((skip) => !mayBeMissing.test(`${skip.name} ${skip.why}`)) : [];
  return { counts: { passed: counts.passed, failed: counts.failed + refused.length, skipped: counts.skipped - refused.length }, refused };
}

/** Counts and skips from the file that scripts/vitest-report.mjs wrote. */
export function readVitestReport(report) {
  return { counts: { passed: report.passed, failed: report.failed, skipped: report.skips.length }, skips: report.skips };
}

/** Counts and skips from Playwright's JSON report. */
export function readPlaywrightReport(report) {
  const tests = specsOf(report.suites ?? []).flatMap((spec) => spec.tests.map((test) => ({ name: spec.title, status: test.status, why: test.annotations.find((note) => note.type === 'skip')?.description ?? '' })));
  const skips = tests.filter((test) => test.status === 'skipped').map(({ name, why }) => ({ name, why }));
  const passed = tests.filter((test) => test.status === 'expected').length;
  const brokenFiles = tests.length === skips.length + passed ? (report.errors ?? []).length : 0;
  return { counts: { passed, failed: tests.length - passed - skips.length + brokenFiles, skipped: skips.length }, skips };
}

function specsOf(suites) {
  return suites.flatMap((suite) => [...(suite.specs ?? []), ...specsOf(suite.suites ?? [])]);
}
