/** Fifty archived files come back from the screen: asked for as one folder with time and price, watched through a restart of the service, on the disk with the day until which they stay readable (B3). */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { chromium, expect as expectAtOnce, test, type Browser, type Locator, type Page } from '@playwright/test';
import { startMoto, type ArchiveServer, type TestServer } from '../main/testing/servers.ts';
import { patient } from '../scripts/patience.mjs';
import { ensureTool } from '../scripts/test-servers.mjs';
import { needs } from './needs.ts';
import { runStrata, startStrata, type RunningStrata } from './strata-process.ts';

const fileCount = 50;
const bucket = 'films';
/** A machine that is busy with other tests takes its time. */
const expect = expectAtOnce.configure({ timeout: patient(20_000) });

let home: string;
let folder: string;
let server: TestServer;
let archive: ArchiveServer | null;
let strata: RunningStrata;
let browser: Browser;
let page: Page;

test.describe.configure({ mode: 'serial', timeout: patient(150_000) });

const data = (): string => path.join(home, 'data');
const surroundings = () => ({ home, env: { AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey } });
const queue = (): Locator => page.getByRole('region').or(page.locator('section')).filter({ has: page.getByRole('heading', { name: 'Coming back from the archive' }) }).last();
const lines = (text: RegExp): Locator => page.getByRole('group', { name: 'Coming back from the archive' }).getByRole('row').filter({ hasText: text });

test.beforeAll(async ({}, info) => {
  const found = ensureTool('chromium', { install: false });
  const executablePath = process.env['STRATA_CHROMIUM'] ?? found.path;
  needs(executablePath !== null, found.reason ?? '');
  const moto = await startMoto();
  needs(moto.server !== null, moto.reason ?? '');
  if (moto.server === null || executablePath === null) return;
  ({ server, archive } = moto);
  await server.makeBucket(bucket);
  const other = new S3Client({ endpoint: server.endpoint, region: server.region, forcePathStyle: true, credentials: { accessKeyId: server.accessKey, secretAccessKey: server.secretKey } });
  for (let at = 0; at < fileCount; at += 1) await other.send(new PutObjectCommand({ Bucket: bucket, Key: `Film 2019/${String(at).padStart(2, '0')}.mov`, Body: `scene ${at}`, StorageClass: 'GLACIER' }));
  other.destroy();
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-archives-'));
  folder = path.join(home, 'Films');
  fs.mkdirSync(folder);
  const synced = await runStrata(['sync', folder, `s3://${bucket}?endpoint=${server.endpoint}&region=${server.region}`, '--once', '--data', data()], surroundings());
  expect([synced.code, synced.err]).toEqual([0, '']);
  strata = await startStrata(data(), surroundings());
  browser = await chromium.launch({ ...info.project.use.launchOptions, executablePath });
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
});
test.afterAll(async () => {
  await browser?.close();
  await strata?.stop();
  await server?.stop();
  if (home !== undefined) fs.rmSync(home, { recursive: true, force: true });
});

test('what is in the archive is listed, and nothing of it is on the disk', async () => {
  await page.goto(strata.url);
  await page.getByRole('grid').getByRole('row').filter({ hasText: 'Film 2019' }).click();
  expect(fs.readdirSync(path.join(folder, 'Film 2019'))).toEqual([]);
});

test('Bring back asks how quickly, with the time and the price of each speed, and begins what was chosen', async () => {
  // Under way at a first look, readable at a second one.
  await archive?.setRestoreLooks(1);
  await page.getByRole('button', { name: 'Bring back', exact: true }).click();
  const sheet = page.getByRole('dialog', { name: 'Bring back from archive…' });
  await expect(sheet.getByText(/^Bring back 50 files/)).toBeVisible();
  await sheet.getByRole('radio', { name: /Bulk/ }).check();
  await expect(sheet.getByRole('radio', { name: /^Bulk 5 to 12 h about/ })).toBeChecked();
  await sheet.getByRole('button', { name: 'Bring back', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Messages' }).getByText('50 files are on the way. Storage shows how far.')).toBeVisible();
  await page.getByRole('link', { name: 'Storage' }).or(page.getByRole('button', { name: 'Storage', exact: true })).first().click();
  await expect(page.getByText(/^50 files, .* on the way/)).toBeVisible();
  await expect(lines(/Coming back, .* at most/)).toHaveCount(fileCount);
});

test('a restart of the service in the middle forgets none; they arrive, and say until when they stay readable', async () => {
  await strata.stop();
  await archive?.setRestoreLooks(0);
  strata = await startStrata(data(), surroundings());
  await page.goto(strata.url);
  await page.getByRole('link', { name: 'Storage' }).or(page.getByRole('button', { name: 'Storage', exact: true })).first().click();
  await expect(queue().getByText(/on the way|On this disk/).first()).toBeVisible();
  // Looked at after ten seconds, or after a minute where it began a moment too late for that.
  await expect(lines(/On this disk\. In the place it stays readable until/)).toHaveCount(fileCount, { timeout: patient(90_000) });
  await expect(page.getByText(/on the way/)).toHaveCount(0);
  for (const at of [0, 17, 49]) expect(fs.readFileSync(path.join(folder, 'Film 2019', `${String(at).padStart(2, '0')}.mov`), 'utf8')).toBe(`scene ${at}`);
});
