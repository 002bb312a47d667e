/** Before each test file with a page: what a test waits for may take a slow machine longer than Testing Library's one second. */
if (typeof document !== 'undefined') {
  const { configure } = await import('@testing-library/react');
  configure({ asyncUtilTimeout: 30_000 });
}
