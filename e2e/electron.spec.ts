/** The desktop app itself, wherever Electron's runtime is: its window shows the page from the service, sandboxed, with the bridge. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { _electron, expect, test } from '@playwright/test';
import { electronRuntime } from '../scripts/electron-runtime.mjs';
import { inProject, runNode } from '../scripts/project.mjs';

const runtime = electronRuntime();
test.skip(runtime === null, 'Electron’s runtime is not here (npm start asks for it)');

test.beforeAll(async () => {
  const { code, output } = await runNode([inProject('scripts', 'build.mjs'), '--shell-only']);
  expect(code, output).toBe(0);
});

test('opens a sandboxed window on the service’s own origin and stops the service when it quits', async () => {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'strata-electron-'));
  const app = await _electron.launch({ executablePath: runtime ?? '', args: [inProject('.'), '--data', dataDir, '--port', '0', '--no-sandbox'] });
  try {
    const page = await app.firstWindow();
    await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\//);
    const session = await page.evaluate(() => (window as unknown as { strata: { session(): Promise<{ address: string; token: string }> } }).strata.session());
    expect(session.address).toBe(new URL(page.url()).origin);
    expect(await page.evaluate(() => typeof (globalThis as { require?: unknown }).require)).toBe('undefined');
    const { origin } = new URL(page.url());
    await app.close();
    await expect(fetch(`${origin}/api/v1/health`)).rejects.toThrow();
  } finally {
    await app.close().catch(() => {});
    rmSync(dataDir, { recursive: true, force: true });
  }
});
