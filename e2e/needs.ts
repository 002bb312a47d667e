/** What end-to-end tests can't do without, and what is made of it: on a machine that lacks something the test is skipped with the reason, and fails with CI=true. */
import path from 'node:path';
import { chromium, test, type Browser, type BrowserContextOptions, type Page, type TestInfo } from '@playwright/test';
import { hubEnvironment, startHeadlessHub, type HeadlessHub } from '../main/testing/headless-hub.ts';
import { startMinio, type TestServer } from '../main/testing/servers.ts';
import { ensureTool } from '../scripts/test-servers.mjs';

export const desktop = { width: 1280, height: 800 } as const;
export const phone = { width: 390, height: 844 } as const;

export function needs(there: boolean, reason: string): asserts there {
  if (!there && process.env['CI'] === 'true') throw new Error(reason);
  test.skip(!there, reason);
}

/** The Chromium that was found, with the flags of the tests. */
export async function openChromium(info: TestInfo): Promise<Browser> {
  const found = ensureTool('chromium', { install: false });
  const executablePath = process.env['STRATA_CHROMIUM'] ?? found.path;
  needs(executablePath !== null, found.reason ?? '');
  return chromium.launch({ ...info.project.use.launchOptions, executablePath });
}
export async function openMinio(): Promise<TestServer> {
  const { server, reason } = await startMinio();
  needs(server !== null, reason ?? '');
  return server;
}

export interface HubInBrowser {
  readonly server: TestServer;
  readonly hub: HeadlessHub;
  readonly browser: Browser;
  /** What scripts threw and the page's policy refused, in all pages so far. */
  readonly problems: readonly string[];
  /** In a context of its own: nothing of one browser is known to the other. */
  newPage(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}
/** A hub as its owner starts it, on a MinIO of its own, and a browser before it. */
export async function openHubInBrowser(info: TestInfo, env: Readonly<Record<string, string>>): Promise<HubInBrowser> {
  const browser = await openChromium(info);
  const server = await openMinio();
  const hub = await startHeadlessHub(hubEnvironment(server, { LIMIT_ANONYMOUS_PER_MINUTE: '100000', ...env }));
  const problems: string[] = [];
  return {
    server, hub, browser, problems,
    async newPage(options = {}) {
      const page = await (await browser.newContext({ viewport: desktop, acceptDownloads: true, ...options })).newPage();
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' && /Content Security Policy|Refused/.test(message.text())) problems.push(message.text());
      });
      return page;
    },
    async close() {
      await browser.close();
      await hub.stop();
      await server.stop();
    },
  };
}

/** With STRATA_PICTURES, a folder: light, dark, and as wide as a phone. */
export async function picture(page: Page, name: string): Promise<void> {
  const pictures = process.env['STRATA_PICTURES'];
  if (pictures === undefined) return;
  for (const look of ['light', 'dark'] as const) {
    // Nothing half-way between two looks.
    await page.emulateMedia({ colorScheme: look, reducedMotion: 'reduce' });
    await page.screenshot({ path: path.join(pictures, `${name}-${look}.png`) });
  }
  await page.setViewportSize(phone);
  await page.screenshot({ path: path.join(pictures, `${name}-phone.png`) });
  await page.setViewportSize(desktop);
  await page.emulateMedia({ colorScheme: 'light' });
}
