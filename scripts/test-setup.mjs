/** Before each test file: what a test waits for may take a slow machine longer than Testing Library's one second, and a run that is ended after a while skips what it can't begin in time. */
import { beforeEach } from 'vitest';

const endsAtMs = Number(process.env.STRATA_TESTS_END_AT_MS ?? Infinity);
beforeEach((context) => {
  if (Date.now() > endsAtMs) context.skip('the time that this run may take was over before it (STRATA_TEST_MINUTES)');
});
if (typeof document !== 'undefined') {
  const { configure } = await import('@testing-library/react');
  configure({ asyncUtilTimeout: 30_000 });
}
