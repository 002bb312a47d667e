/** Shows every screen in every state in a real browser, runs axe on it, and (with --pictures) keeps pictures in gallery/. */
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, extname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { patient } from './patience.mjs';

const project = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const built = join(project, 'dist', 'gallery');
const pictures = join(project, 'gallery');
const slice = process.argv.includes('--slice');
const withPictures = process.argv.includes('--pictures') || !slice;
const seconds = Number(process.argv.find((word) => word.startsWith('--seconds='))?.slice('--seconds='.length) ?? Infinity);
const only = process.argv.find((word) => word.startsWith('--only='))?.slice('--only='.length);

// The door's policy, so that a page which only works without it fails here first.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; connect-src 'self' ws://127.0.0.1:*; frame-src 'self'; font-src 'self'";
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** How a story is looked at: every story once, the first of each screen in all looks. */
const looks = {
  light: { theme: 'light', viewport: { width: 1280, height: 800 } },
  dark: { theme: 'dark', viewport: { width: 1280, height: 800 } },
  middle: { theme: 'light', viewport: { width: 800, height: 600 } },
  phone: { theme: 'light', viewport: { width: 390, height: 844 } },
  narrow: { theme: 'light', viewport: { width: 320, height: 640 } },
  forced: { theme: 'light', viewport: { width: 1280, height: 800 }, forcedColors: 'active' },
};

async function buildGallery() {
  const { build } = await import('vite');
  await build({ configFile: join(project, 'vite.config.ts'), mode: 'gallery', logLevel: 'warn', root: join(project, 'renderer'), build: { chunkSizeWarningLimit: 2000 } });
}

function serve() {
  const server = createServer((request, answer) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname).replace(/^([/\\])+/, '');
    const file = join(built, path === '' ? 'gallery.html' : path);
    if (!file.startsWith(built) || !existsSync(file)) return answer.writeHead(404).end();
    // A sandboxed frame has no origin of its own, so its scripts need this to be read (they hold nothing secret).
    answer.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': policy, 'Access-Control-Allow-Origin': '*', 'Cache-Control': extname(file) === '.html' ? 'no-store' : 'max-age=3600' });
    return answer.end(readFileSync(file));
  });
  return new Promise((ready) => server.listen(0, '127.0.0.1', () => ready({ address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() })));
}

/** A window's worth of browser for one look, used by story after story: the page's scripts are fetched and compiled once; what a story kept is forgotten before the next. */
async function openWindow(browser, look) {
  const context = await browser.newContext({ viewport: look.viewport, colorScheme: look.theme, forcedColors: look.forcedColors ?? 'none', reducedMotion: 'reduce', deviceScaleFactor: 1 });
  context.setDefaultTimeout(patient(30_000));
  await context.addInitScript(() => {
    // A sandboxed frame has no storage to forget.
    if (window.origin !== 'null') for (const kept of [localStorage, sessionStorage]) kept.clear();
  });
  return context;
}

/** Problems of one story in one look; an empty list is a pass. */
async function lookAt({ context, axe, address, story, look, name }) {
  const problems = [];
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('404')) problems.push(`console: ${message.text()}`);
  });
  try {
    await page.goto(`${address}/gallery.html?story=${story.name}&theme=${look.theme}`, { waitUntil: 'networkidle' });
    await page.waitForFunction(() => document.querySelector('h1, [role=grid]') !== null, undefined, { timeout: patient(30_000) });
    for (const name of story.click) await page.getByRole('button', { name }).first().click();
    for (const key of story.press) await page.keyboard.press(key);
    await page.waitForTimeout(story.press.length + story.click.length > 0 ? 400 : 200);
    await page.waitForLoadState('networkidle');
    if (withPictures) await page.screenshot({ path: join(pictures, `${name}.png`) });
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (sideways > 0) problems.push(`scrolls sideways by ${sideways} px`);
    const regions = await page.evaluate(() => [...document.querySelectorAll('[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log]')].length);
    if (!withoutShell.test(story.name) && regions !== 2) problems.push(`${regions} live regions instead of 2`);
    problems.push(...await walkProblems(page, story, look), ...await axeProblems(axe, page));
  } catch (error) {
    problems.push(error instanceof Error ? error.message.split('\n')[0] : String(error));
  }
  await page.close();
  return problems;
}

/** What only a real browser shows: keys reach the last of a million rows, the page stays small, a PDF is drawn in its frame. */
async function walkProblems(page, story, look) {
  if (look !== looks.light) return [];
  if (story.name === 'files/million') return walkMillion(page);
  if (story.name === 'files/busy') return walkTab(page);
  if (story.name !== 'files/pdf') return [];
  const frame = page.frameLocator('iframe');
  await frame.locator('canvas').first().waitFor({ timeout: patient(10_000) });
  return [];
}

async function walkMillion(page) {
  const problems = [];
  const focused = () => page.evaluate(() => {
    const row = document.activeElement;
    const room = row?.closest('[role=grid]')?.querySelector('[role=rowgroup]:last-child')?.getBoundingClientRect();
    const place = row?.getBoundingClientRect();
    return { index: Number(row?.getAttribute('aria-rowindex')), text: row?.textContent ?? '', inSight: room !== undefined && place !== undefined && place.top >= room.top - 3 && place.bottom <= room.bottom + 3, nodes: document.querySelectorAll('*').length };
  });
  await page.locator('[role=row][tabindex="0"]').focus();
  for (const [key, index] of [['End', 1_000_001], ['ArrowUp', 1_000_000], ['Home', 2], ['ArrowDown', 3], ['Control+End', 1_000_001]]) {
    await page.keyboard.press(key);
    let now = await focused();
    // The row is read and the list scrolls a frame or two after the key.
    for (let tries = 0; tries < 30 && (now.index !== index || !now.inSight); tries += 1) {
      await page.waitForTimeout(100);
      now = await focused();
    }
    if (now.index !== index || !now.inSight) problems.push(`${key}: the focus is on row ${now.index} (in sight: ${now.inSight}), not on ${index}`);
    if (now.nodes > 1500) problems.push(`${now.nodes} nodes after ${key}`);
  }
  return problems;
}

/** Every Tab stop is seen, has a ring, and is not covered. */
async function walkTab(page) {
  const problems = [];
  await page.evaluate(() => document.activeElement?.blur());
  for (let step = 0; step < 24; step += 1) {
    await page.keyboard.press('Tab');
    const problem = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return null;
      const place = element.getBoundingClientRect();
      const name = `${element.tagName.toLowerCase()} "${(element.getAttribute('aria-label') ?? element.textContent ?? '').slice(0, 30)}"`;
      if (getComputedStyle(element).outlineStyle === 'none') return `${name} shows no focus`;
      const top = document.elementFromPoint(place.left + place.width / 2, place.top + place.height / 2);
      return top !== null && (element.contains(top) || top.contains(element)) ? null : `${name} is covered while it has the focus`;
    });
    if (problem !== null) problems.push(problem);
  }
  return problems;
}

async function axeProblems(axe, page) {
  const results = await new axe({ page }).withTags(tags).options({ rules: { 'target-size': { enabled: true } }, resultTypes: ['violations', 'incomplete'] }).analyze();
  for (const result of results.incomplete) incomplete.set(result.id, (incomplete.get(result.id) ?? 0) + result.nodes.length);
  return results.violations.map((violation) => `axe ${violation.id}: ${violation.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ''}`).join(' | ')}`);
}

/** Before anybody is in there is nothing that changes by itself; a form speaks of its own problems. */
const withoutShell = /^(session\/none|hub-entry\/|hub-link\/)/;
const incomplete = new Map();
const firsts = new Set();
let passed = 0;
let failed = 0;
let skipped = 0;

async function main() {
  const require = createRequire(import.meta.url);
  const { chromium } = require('playwright');
  const { default: axe } = await import('@axe-core/playwright');
  const executablePath = process.env.STRATA_CHROMIUM ?? ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) => (process.env.PATH ?? '').split(':').map((folder) => join(folder, name))).find((file) => existsSync(file));
  if (executablePath === undefined) {
    console.log('skipped: there is no Chromium on this computer.');
    skipped += 1;
    return;
  }
  await buildGallery();
  if (withPictures) {
    if (only === undefined) rmSync(pictures, { recursive: true, force: true });
    mkdirSync(pictures, { recursive: true });
  }
  const { address, close } = await serve();
  const browser = await chromium.launch({ executablePath, args: quiet });
  try {
    const page = await browser.newPage();
    await page.goto(`${address}/gallery.html`);
    const stories = JSON.parse(await page.evaluate(() => document.documentElement.dataset.stories));
    await page.close();
    const jobs = stories.filter((story) => only === undefined || story.name.includes(only)).flatMap((story) => {
      const first = !firsts.has(story.screen);
      firsts.add(story.screen);
      const wanted = slice ? (first ? ['light', 'phone'] : ['light']) : first || only !== undefined ? Object.keys(looks) : ['light', 'dark'];
      return wanted.map((lookName) => ({ story, look: looks[lookName], name: `${story.name.replaceAll('/', '-')}-${lookName}` }));
    });
    const next = async () => {
      const windows = new Map();
      for (let job = jobs.shift(); job !== undefined && performance.now() < seconds * 1000; job = jobs.shift()) {
        if (!windows.has(job.look)) windows.set(job.look, await openWindow(browser, job.look));
        const problems = await lookAt({ context: windows.get(job.look), axe, address, ...job });
        if (problems.length === 0) passed += 1;
        else failed += 1;
        for (const problem of problems) console.log(`${job.name}: ${problem}`);
      }
    };
    const all = jobs.length;
    // Three on two cores: a page spends much of its time settling.
    await Promise.all([next(), next(), next()]);
    skipped += all - passed - failed;
    if (skipped > 0) console.log(`skipped: ${skipped} looks: the ${seconds} seconds that were given were over.`);
  } finally {
    await browser.close();
    close();
  }
  if (incomplete.size > 0) console.log(`axe could not decide: ${[...incomplete].map(([id, count]) => `${id} (${count})`).join(', ')}`);
}

await main();
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
