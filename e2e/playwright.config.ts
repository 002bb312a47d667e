/** How the end-to-end tests run: the real page in the Chromium that was found, two files at a time, no retries. */
import { defineConfig } from '@playwright/test';
import { patient } from '../scripts/patience.mjs';

const chromium = process.env['STRATA_CHROMIUM'];
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../test-results/e2e',
  workers: 2,
  retries: 0,
  timeout: patient(60_000),
  expect: { timeout: patient(5_000) },
  forbidOnly: process.env['CI'] === 'true',
  use: {
    browserName: 'chromium',
    // A click that waits for what never comes must not use up a whole test's time.
    actionTimeout: patient(15_000),
    trace: 'retain-on-failure',
    launchOptions: { args: quiet, ...(chromium === undefined ? {} : { executablePath: chromium }) },
  },
});
