/** A Vitest reporter that writes counts and the reason of each skipped test to the file STRATA_TEST_REPORT names. */
import { writeFileSync } from 'node:fs';

export class CountsReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const file = process.env.STRATA_TEST_REPORT;
    if (file) writeFileSync(file, JSON.stringify(countTests(modules, unhandledErrors.length)));
  }
}

function countTests(modules, unhandledErrors) {
  const report = { passed: 0, failed: unhandledErrors, skips: [] };
  for (const module of modules) {
    // A file that does not load, or a failing hook, has errors and perhaps not one test.
    report.failed += module.errors().length;
    for (const suite of module.children.allSuites()) report.failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') report.passed += 1;
      else if (result.state === 'failed') report.failed += 1;
      else report.skips.push({ name: test.fullName, why: result.note ?? '' });
    }
  }
  return report;
}

// Vitest loads a reporter named by path through its default export; nothing else here has one.
export { CountsReporter as default };
