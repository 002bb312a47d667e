/** What an end-to-end test can't do without: on a machine that lacks it the test is skipped with the reason, and fails with CI=true. */
import { test } from '@playwright/test';

export function needs(there: boolean, reason: string): void {
  if (!there && process.env['CI'] === 'true') throw new Error(reason);
  test.skip(!there, reason);
}
