/** The main job, whole: first run in a real browser, the real service, a real MinIO, and another S3 client that looks and changes things from outside. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect as expectAtOnce, test, type Browser, type Locator, type Page } from '@playwright/test';
import type { TestServer } from '../main/testing/servers.ts';
import { patient } from '../scripts/patience.mjs';
import { desktop, openChromium, openMinio } from './needs.ts';
import { startStrata, type RunningStrata } from './strata-process.ts';

const bucket = 'family';
const files = { 'plan.md': 'first plan', 'letter.txt': 'Dear Marta', 'photos/beach.jpg': 'not really a picture', 'photos/2026/garden.jpg': 'neither', 'empty.txt': '', 'list.csv': 'a;b' };
/** A machine that is busy with other tests takes its time. */
const expect = expectAtOnce.configure({ timeout: patient(20_000) });
const soon = { timeout: patient(40_000) };

let home: string;
let folder: string;
let server: TestServer;
let other: S3Client;
let strata: RunningStrata;
let browser: Browser;
let page: Page;

test.describe.configure({ mode: 'serial', timeout: patient(150_000) });

test.beforeAll(async ({}, info) => {
  browser = await openChromium(info);
  server = await openMinio();
  await server.makeBucket(bucket);
  other = new S3Client({
    endpoint: server.endpoint, region: server.region, forcePathStyle: true, credentials: { accessKeyId: server.accessKey, secretAccessKey: server.secretKey },
    requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED',
  });
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-main-job-'));
  folder = path.join(home, 'Documents');
  for (const [name, text] of Object.entries(files)) write(name, text);
  strata = await startStrata(path.join(home, 'data'), { home });
  page = await browser.newPage({ viewport: desktop });
});
test.afterAll(async () => {
  await browser?.close();
  await strata?.stop();
  other?.destroy();
  await server?.stop();
  if (home !== undefined) fs.rmSync(home, { recursive: true, force: true });
});

function write(name: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
}
/** Keys of the user's own objects, or all of Strata's trash. */
async function keys(prefix = ''): Promise<string[]> {
  const { Contents = [] } = await other.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  return Contents.map((object) => object.Key ?? '').filter((key) => prefix !== '' || !key.startsWith('.strata/'));
}
async function textOf(key: string): Promise<string> {
  const { Body } = await other.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return (await Body?.transformToString()) ?? '';
}
function textsBelow(place: string): string[] {
  if (!fs.existsSync(place)) return [];
  return fs.readdirSync(place, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8'));
}
/** What a store tells of changes may get lost, by its nature; then the next listing finds the change, a minute later at most. */
async function arrives(check: () => boolean): Promise<void> {
  await expect.poll(check, { timeout: patient(90_000) }).toBe(true);
}
const row = (name: string): Locator => page.getByRole('grid').getByRole('row').filter({ hasText: name });
const headline = (text: RegExp): Locator => page.getByRole('banner').getByText(text);

test('a folder is chosen in the browser', async () => {
  await page.goto(strata.url);
  // The first run proposes a folder and a place; this user wants others.
  await page.getByRole('button', { name: 'Change: Folder' }).click();
  await page.getByRole('button', { name: 'Choose…' }).click();
  const sheet = page.getByRole('dialog', { name: 'Choose a folder' });
  await sheet.getByRole('button', { name: 'Documents', exact: true }).click();
  await expect(sheet.getByText(`Shown: ${folder}`)).toBeVisible();
  await sheet.getByRole('button', { name: 'Choose this folder' }).click();
  await expect(page.getByLabel('Folder on this computer')).toHaveValue(folder);
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('button', { name: 'Test the connection' })).toBeVisible();
});

test('a wrong key is said in a plain sentence, and the right one passes every check', async () => {
  await page.getByRole('radio', { name: 'A bucket (S3)' }).check();
  await page.getByLabel('Address of the server').fill(server.endpoint);
  await page.getByRole('textbox', { name: 'Region' }).fill(server.region);
  await page.getByRole('textbox', { name: 'Bucket', exact: true }).fill(bucket);
  await page.getByLabel('Access key').fill(server.accessKey);
  await page.getByLabel('Secret key').fill('not the secret');
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await expect(page.getByText(/^The keys were refused by .* Nothing was changed\. Enter the right keys\.$/)).toBeVisible();
  await page.getByLabel('Secret key').fill(server.secretKey);
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await expect(page.getByText('This place can be used.')).toBeVisible();
  await expect(page.getByText('Files can be written and deleted.')).toBeVisible();
});

test('what will happen is said, and nothing happens before Start', async () => {
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText('6 files here, 0 there. 0 are the same, 6 will go up, 0 will come down. Nothing will be deleted.')).toBeVisible();
  expect([await keys(), fs.existsSync(path.join(folder, '.strata'))]).toEqual([[], false]);
});

test('Start brings every file into the bucket, byte for byte, and onto the screen', async () => {
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(headline(/^Up to date · \d/)).toBeVisible(soon);
  expect((await keys()).filter((key) => !key.endsWith('/')).sort()).toEqual(Object.keys(files).sort());
  for (const [name, text] of Object.entries(files)) expect(await textOf(name)).toBe(text);
  for (const name of ['photos', 'plan.md', 'letter.txt', 'empty.txt', 'list.csv']) await expect(row(name)).toContainText('Up to date');
});

test('an object that another program puts comes onto the disk and the screen', async () => {
  await other.send(new PutObjectCommand({ Bucket: bucket, Key: 'from elsewhere.txt', Body: 'hello from there' }));
  await arrives(() => fs.existsSync(path.join(folder, 'from elsewhere.txt')));
  expect(fs.readFileSync(path.join(folder, 'from elsewhere.txt'), 'utf8')).toBe('hello from there');
  await expect(row('from elsewhere.txt')).toContainText('Up to date');
});

test('an edit on the disk replaces the object; the version before is kept in the store’s trash', async () => {
  write('plan.md', 'second plan');
  await expect.poll(() => textOf('plan.md'), soon).toBe('second plan');
  const kept = await Promise.all((await keys('.strata/trash/')).map(textOf));
  expect(kept).toContain('first plan');
});

test('a file deleted on the disk leaves bucket and screen; its bytes are in the store’s trash', async () => {
  fs.rmSync(path.join(folder, 'letter.txt'));
  await expect.poll(() => keys(), soon).not.toContain('letter.txt');
  await expect(row('letter.txt')).toHaveCount(0);
  const kept = (await keys('.strata/trash/')).filter((key) => key.endsWith('/letter.txt'));
  expect(await Promise.all(kept.map(textOf))).toEqual(['Dear Marta']);
});

test('an object deleted in the bucket moves the file here into the folder’s trash', async () => {
  await other.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'list.csv' }));
  await arrives(() => !fs.existsSync(path.join(folder, 'list.csv')));
  await expect(row('list.csv')).toHaveCount(0);
  expect(textsBelow(path.join(folder, '.strata', 'trash'))).toContain('a;b');
});

test('Pause holds changes back, Resume lets them go', async () => {
  await page.getByRole('banner').getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('menuitem', { name: 'Until I resume' }).click();
  await expect(headline(/^Paused$/)).toBeVisible();
  write('while paused.txt', 'patience');
  expect(await keys()).not.toContain('while paused.txt');
  await page.getByRole('banner').getByRole('button', { name: 'Resume' }).click();
  await expect.poll(() => keys(), soon).toContain('while paused.txt');
  await expect(headline(/^Up to date/)).toBeVisible(soon);
  await expect(row('while paused.txt')).toContainText('Up to date');
});
