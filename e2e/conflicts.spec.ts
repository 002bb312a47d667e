/** Two computers, one place (a plain folder), two edits of one file: compared side by side in a real browser, settled there, taken back, and a run put back. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect as expectAtOnce, test, type Browser, type Page } from '@playwright/test';
import { patient } from '../scripts/patience.mjs';
import { desktop, openChromium } from './needs.ts';
import { runStrata, startStrata, type RunningStrata } from './strata-process.ts';

/** A machine that is busy with other tests takes its time. */
const expect = expectAtOnce.configure({ timeout: patient(60_000) });
const names = ['anna', 'desk'] as const;
type Name = (typeof names)[number];

let home: string;
let browser: Browser;
let page: Page;
let strata: RunningStrata;

test.describe.configure({ mode: 'serial', timeout: patient(240_000) });

const folderOf = (name: Name): string => path.join(home, name);
const file = (name: Name, ...parts: string[]): string => path.join(folderOf(name), ...parts);
/** Empty while one version makes room for the other. */
const read = (name: Name, inside: string): string => (fs.existsSync(file(name, inside)) ? fs.readFileSync(file(name, inside), 'utf8') : '');
const copies = (name: Name): string[] => fs.readdirSync(folderOf(name)).filter((each) => each.includes('(conflict, '));
/** The command line on a data folder: it goes through the service that holds it, where there is one. */
async function once(name: Name): Promise<void> {
  await runStrata(['sync', folderOf(name), `folder:${path.join(home, 'place')}`, '--once', '--device', name, '--data', path.join(home, `data-${name}`)], { home });
}

test.beforeAll(async ({}, info) => {
  browser = await openChromium(info);
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-conflicts-'));
  for (const name of names) fs.mkdirSync(folderOf(name));
  fs.mkdirSync(path.join(home, 'place'));
  fs.writeFileSync(file('anna', 'plan.md'), 'leave at nine\ntake the tent\ncall Marta\n');
  for (const name of names) await once(name);
  fs.writeFileSync(file('anna', 'plan.md'), 'leave at seven\ntake the tent\ncall Marta\n');
  fs.writeFileSync(file('desk', 'plan.md'), 'leave at nine\ntake the tent\ncall Marta from the ferry\n');
  for (const name of ['anna', 'desk', 'anna'] as const) await once(name);
  strata = await startStrata(path.join(home, 'data-anna'), { home });
  page = await browser.newPage({ viewport: desktop });
});
test.afterAll(async () => {
  await browser?.close();
  await strata?.stop();
  if (home !== undefined) fs.rmSync(home, { recursive: true, force: true });
});

test('the conflict that the other computer met is listed here, and both versions are on both disks', async () => {
  expect([copies('anna').length, copies('desk').length]).toEqual([1, 1]);
  await page.goto(strata.url);
  await page.getByRole('button', { name: '1 conflict, both are kept' }).click();
  await expect(page.getByText('plan.md was changed on this computer and on desk. Both are kept.')).toBeVisible();
});

test('Compare shows the version before, this computer’s and the other’s, line by line', async () => {
  await page.getByRole('button', { name: 'Compare' }).click();
  const sheet = page.getByRole('dialog', { name: 'plan.md, changed twice' });
  for (const title of ['Before both changes', 'This computer’s', 'desk’s']) await expect(sheet.getByRole('columnheader', { name: title })).toBeVisible();
  await expect(sheet.getByRole('row').filter({ hasText: 'leave at seven' })).toContainText('leave at nine');
  await expect(sheet.getByRole('row').filter({ hasText: 'call Marta from the ferry' })).toBeVisible();
});

test('keeping the other’s settles it on both computers, and Undo brings both back', async () => {
  await page.getByRole('button', { name: 'Keep desk’s' }).last().click();
  await expect.poll(() => read('anna', 'plan.md')).toContain('from the ferry');
  await expect(page.getByText('Nothing needs you.')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => [copies('anna').length, read('anna', 'plan.md').split('\n')[0]]).toEqual([1, 'leave at seven']);
  // The list may be drawn again while the two versions come back.
  await expect(page.getByRole('button', { name: 'Keep both' })).toHaveCount(1);
  await page.getByRole('button', { name: 'Keep both' }).click();
  await expect(page.getByText('Nothing needs you.')).toBeVisible();
  await expect.poll(async () => {
    await once('desk');
    return [copies('anna').length, copies('desk').length, fs.readdirSync(folderOf('desk')).filter((name) => name.startsWith('plan')).length];
  }, { timeout: patient(90_000) }).toEqual([0, 0, 2]);
});

test('Put back says what it will do and brings back what a run deleted', async () => {
  fs.rmSync(file('desk', 'plan.md'));
  await once('desk');
  await expect.poll(() => fs.existsSync(file('anna', 'plan.md')), { timeout: patient(90_000) }).toBe(false);
  await page.getByRole('link', { name: 'Activity' }).or(page.getByRole('button', { name: 'Activity' })).first().click();
  await page.getByRole('button', { name: /^Put back .*1 deleted/ }).first().click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByText('1 file comes back.')).toBeVisible();
  await sheet.getByRole('button', { name: 'Put back 1 file' }).click();
  await expect.poll(() => fs.existsSync(file('anna', 'plan.md'))).toBe(true);
  await expect.poll(async () => {
    await once('desk');
    return fs.existsSync(file('desk', 'plan.md'));
  }, { timeout: patient(90_000) }).toBe(true);
});
