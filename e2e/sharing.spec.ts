/** A desktop shares: switched on in Settings, opened over TLS in another browser, the owner's folder on both sides, somebody invited who sees nothing of it, and switched off again. */
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect as expectAtOnce, test, type Browser, type Page } from '@playwright/test';
import { patient } from '../scripts/patience.mjs';
import { desktop, openChromium, picture } from './needs.ts';
import { runStrata, startStrata, type RunningStrata } from './strata-process.ts';

const expect = expectAtOnce.configure({ timeout: patient(30_000) });
const password = 'correct horse battery staple 9';
let home: string;
let browser: Browser;
let strata: RunningStrata;
let owner: Page;
let away: Page;
let address: string;

test.describe.configure({ mode: 'serial', timeout: patient(180_000) });
test.beforeAll(async ({}, info) => {
  test.setTimeout(patient(180_000));
  browser = await openChromium(info);
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-sharing-e2e-'));
  for (const name of ['Documents', 'place']) fs.mkdirSync(path.join(home, name));
  fs.writeFileSync(path.join(home, 'Documents', 'plan.md'), 'leave at nine\n');
  const paired = await runStrata(['sync', path.join(home, 'Documents'), `folder:${path.join(home, 'place')}`, '--once', '--yes', '--data', path.join(home, 'data')], { home });
  expectAtOnce(paired.code, paired.err).toBe(0);
  strata = await startStrata(path.join(home, 'data'), { home });
  owner = await (await browser.newContext({ viewport: desktop })).newPage();
  away = await (await browser.newContext({ viewport: desktop, ignoreHTTPSErrors: true })).newPage();
});
test.afterAll(async () => {
  await browser?.close();
  await strata?.stop();
  if (home !== undefined) fs.rmSync(home, { recursive: true, force: true });
});

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const row = (page: Page, name: string) => page.getByRole('grid').getByRole('row').filter({ hasText: name });
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

test('what is missing is said before anything begins; then it is on, with address and fingerprint', async () => {
  await owner.goto(strata.url);
  await press(owner, 'Settings');
  await press(owner, 'Share on my network…');
  const sheet = owner.getByRole('dialog', { name: 'Share on my network' });
  await picture(owner, 'sharing-sheet');
  await sheet.getByRole('button', { name: 'Start sharing' }).click();
  await expect(sheet.getByRole('alert')).toHaveText('Enter your e-mail.');
  await sheet.getByLabel('Your e-mail').fill('ann@example.org');
  await sheet.getByLabel('A password for it').fill('short');
  await sheet.getByRole('button', { name: 'Start sharing' }).click();
  await expect(sheet.getByRole('alert')).toContainText('at least 8 characters');
  await sheet.getByLabel('A password for it').fill(password);
  await expect(sheet.getByRole('progressbar', { name: 'Strength' })).toHaveAttribute('aria-valuetext', 'Strong');
  const port = await freePort();
  await sheet.getByLabel('Port').fill(String(port));
  await sheet.getByLabel('Where the others’ files go').fill(`folder:${path.join(home, 'of members')}`);
  await picture(owner, 'sharing-filled');
  await sheet.getByRole('button', { name: 'Start sharing' }).click();
  await expect(owner.getByText(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)).toBeVisible();
  await picture(owner, 'sharing-on');
  address = `https://127.0.0.1:${port}`;
});

test('the owner logs in from elsewhere and sees the synced folder; an upload there is on this disk under its own name, and a save here is in the open page', async () => {
  await away.goto(address);
  await away.getByLabel('E-mail').fill('ann@example.org');
  await away.getByLabel('Password', { exact: true }).fill(password);
  await press(away, 'Log in');
  await expect(row(away, 'plan.md')).toBeVisible();
  await away.getByLabel('Upload files', { exact: true }).and(away.locator('input')).setInputFiles([{ name: 'from the phone.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') }]);
  await expect(row(away, 'from the phone.txt')).toBeVisible();
  await expect.poll(() => fs.existsSync(path.join(home, 'Documents', 'from the phone.txt')), { timeout: patient(90_000) }).toBe(true);
  fs.writeFileSync(path.join(home, 'Documents', 'saved here.txt'), 'from the desk');
  await expect(row(away, 'saved here.txt')).toBeVisible({ timeout: patient(90_000) });
});

test('somebody invited has a space of their own, and sees nothing of the owner’s', async () => {
  await press(away, 'Members');
  await press(away, 'Make an invitation');
  const link = await away.getByRole('dialog').getByRole('textbox').inputValue();
  expectAtOnce(link).toContain(address);
  await press(away, 'Close');
  const ben = await (await browser.newContext({ viewport: desktop, ignoreHTTPSErrors: true })).newPage();
  await ben.goto(link);
  await ben.getByLabel('E-mail').fill('ben@example.org');
  await ben.getByLabel('New password').fill(password);
  await press(ben, 'Make an account');
  await ben.getByLabel('Password', { exact: true }).fill(password);
  await press(ben, 'Log in');
  await expect(ben.getByText('Nothing is in here yet', { exact: false }).or(ben.getByRole('heading', { name: 'My files' })).first()).toBeVisible();
  await ben.getByLabel('Upload files', { exact: true }).and(ben.locator('input')).setInputFiles([{ name: 'of ben.txt', mimeType: 'text/plain', buffer: Buffer.from('mine') }]);
  await expect(row(ben, 'of ben.txt')).toBeVisible();
  await expect(row(ben, 'plan.md')).toHaveCount(0);
  expectAtOnce(fs.readdirSync(path.join(home, 'Documents')).filter((name) => name.includes('ben'))).toEqual([]);
});

test('switched off, nothing answers there any more, and the files stay', async () => {
  await press(owner, 'Stop sharing');
  await expect(owner.getByRole('button', { name: 'Share on my network…' })).toBeVisible();
  await expect(async () => {
    await expectAtOnce(away.goto(address, { timeout: 2000 })).rejects.toThrow(/ERR_CONNECTION_REFUSED/);
  }).toPass({ timeout: patient(20_000) });
  expectAtOnce(fs.readFileSync(path.join(home, 'Documents', 'from the phone.txt'), 'utf8')).toBe('hello');
});
