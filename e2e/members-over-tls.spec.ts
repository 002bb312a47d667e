/** A member in a browser over TLS with the hub's own certificate: the session is two cookies that no script sees, renewed under way, and gone once a used one is shown again. */
import path from 'node:path';
import { expect as expectAtOnce, request as anotherClient, test, type BrowserContext, type Page } from '@playwright/test';
import { patient } from '../scripts/patience.mjs';
import { openHubInBrowser, type HubInBrowser } from './needs.ts';

const expect = expectAtOnce.configure({ timeout: patient(30_000) });
const password = 'correct horse battery staple 9';
const cookie = { access: '__Host-strata-access', refresh: '__Host-strata-refresh' };

let world: HubInBrowser;
let context: BrowserContext;
let ann: Page;
let address: string;
const answered: string[] = [];

test.describe.configure({ mode: 'serial', timeout: patient(180_000) });
test.beforeAll(async ({}, info) => {
  test.setTimeout(patient(180_000));
  world = await openHubInBrowser(info, { TLS: 'self-signed', TLS_PORT: '0', SIGNUP: 'open' });
  address = /reach it at (https:\/\/127\.0\.0\.1:\d+)/.exec(world.hub.said())?.[1] ?? '';
  ann = await world.newPage({ ignoreHTTPSErrors: true });
  context = ann.context();
  ann.on('response', (answer) => answered.push(`${answer.request().method()} ${new URL(answer.url()).pathname} ${answer.status()}`));
});
test.afterAll(() => world?.close());

const row = (name: string) => ann.getByRole('grid').getByRole('row').filter({ hasText: name });
async function upload(name: string): Promise<void> {
  await ann.getByLabel('Upload files', { exact: true }).and(ann.locator('input')).setInputFiles([{ name, mimeType: 'text/plain', buffer: Buffer.from(name) }]);
}
const logIn = async (): Promise<void> => {
  await ann.getByLabel('E-mail').fill('ann@example.org');
  await ann.getByLabel(/^Password/).fill(password);
  await ann.getByRole('button', { name: 'Log in', exact: true }).click();
};
const kept = async (name: string) => (await context.cookies(address)).find((one) => one.name === name);

test('the fingerprint is said at the start, and a certificate that nobody knows is refused by a browser', async () => {
  expect(world.hub.said()).toMatch(/fingerprint \(SHA-256\) is ([0-9A-F]{2}:){31}[0-9A-F]{2}/);
  const strict = await world.newPage();
  await expect(strict.goto(address)).rejects.toThrow(/ERR_CERT/);
});

test('sign-up and log-in give cookies that scripts don’t see, and the page keeps no bearer', async () => {
  await ann.goto(address);
  await ann.getByLabel('E-mail').fill('ann@example.org');
  await ann.getByLabel('New password').fill(password);
  await ann.getByRole('button', { name: 'Make an account' }).click();
  await logIn();
  await expect(ann.getByRole('heading', { name: 'My files' })).toBeVisible();
  for (const name of Object.values(cookie)) expect(await kept(name)).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict', path: '/', domain: '127.0.0.1' });
  expect(await ann.evaluate(() => [document.cookie, sessionStorage.getItem('strata-member')])).toEqual(['', null]);
});

test('an upload goes through, the list is live, and a reload stays in', async () => {
  await upload('over tls.txt');
  await expect(row('over tls.txt')).toBeVisible();
  await ann.reload();
  await expect(row('over tls.txt')).toBeVisible();
  expect(answered.filter((line) => line.startsWith('GET /socket.io') && /[45]\d\d$/.test(line))).toEqual([]);
});

test('when the access cookie has run out it is renewed under way, and nothing is asked', async () => {
  const before = await kept(cookie.refresh);
  await context.clearCookies({ name: cookie.access });
  await upload('after the quarter of an hour.txt');
  await expect(row('after the quarter of an hour.txt')).toBeVisible();
  await expect(ann.getByRole('dialog')).toHaveCount(0);
  expect(answered.filter((line) => line === 'POST /api/v1/auth/refresh 200')).toHaveLength(1);
  expect((await kept(cookie.refresh))?.value).not.toBe(before?.value);
});

test('a renewal that was used, shown by somebody else, ends the family: the page asks to log in and goes on', async () => {
  const used = await kept(cookie.refresh);
  await context.clearCookies({ name: cookie.access });
  await upload('renewed again.txt');
  await expect(row('renewed again.txt')).toBeVisible();
  const thief = await anotherClient.newContext({ ignoreHTTPSErrors: true, extraHTTPHeaders: { cookie: `${cookie.refresh}=${used?.value ?? ''}` } });
  expect((await thief.post(`${address}/api/auth/refresh`, { data: {} })).status()).toBe(401);
  await thief.dispose();
  await upload('begun before.txt');
  await expect(ann.getByRole('dialog', { name: 'Log in again' })).toBeVisible();
  await ann.getByLabel(/^Password/).fill(password);
  await ann.getByRole('dialog').getByRole('button', { name: 'Log in' }).click();
  await expect(row('begun before.txt')).toBeVisible();
});

test('a second tab whose proof is lost renews instead of asking', async () => {
  const tab = await context.newPage();
  await tab.goto(address);
  await expect(tab.getByRole('heading', { name: 'My files' })).toBeVisible();
  await tab.evaluate(() => localStorage.setItem('strata-proof', 'of an older session'));
  await tab.getByLabel('Upload files', { exact: true }).and(tab.locator('input')).setInputFiles([{ name: 'of the second tab.txt', mimeType: 'text/plain', buffer: Buffer.from('x') }]);
  await expect(tab.getByRole('grid').getByRole('row').filter({ hasText: 'of the second tab.txt' })).toBeVisible();
  await tab.close();
});

test('logging out takes the cookies along, and no script met a problem', async () => {
  await ann.getByRole('button', { name: 'Log out', exact: true }).click();
  await expect(ann.getByRole('heading', { name: 'Log in' })).toBeVisible();
  expect(await context.cookies(address)).toEqual([]);
  if (process.env['STRATA_PICTURES'] !== undefined) await ann.screenshot({ path: path.join(process.env['STRATA_PICTURES'], 'over-tls.png') });
  expect(world.problems).toEqual([]);
});
