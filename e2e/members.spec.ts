/** Two members of a hub at once, each in a browser of their own: they get in, upload, find, move, delete and share, and neither sees the other's files. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect as expectAtOnce, test, type Page } from '@playwright/test';
import { patient } from '../scripts/patience.mjs';
import { openHubInBrowser, picture, type HubInBrowser } from './needs.ts';

/** A machine that is busy with other tests takes its time. */
const expect = expectAtOnce.configure({ timeout: patient(30_000) });
const password = 'correct horse battery staple 9';

let home: string;
let world: HubInBrowser;
let ann: Page;
let ben: Page;

test.describe.configure({ mode: 'serial', timeout: patient(180_000) });

test.beforeAll(async ({}, info) => {
  test.setTimeout(patient(180_000));
  world = await openHubInBrowser(info, { SIGNUP: 'invite', MAX_FILE_SIZE_MB: '40' });
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-members-'));
  [ann, ben] = [await world.newPage(), await world.newPage()];
});
test.afterAll(async () => {
  await world?.close();
  if (home !== undefined) fs.rmSync(home, { recursive: true, force: true });
});

const list = (page: Page) => page.getByRole('grid');
const row = (page: Page, name: string) => list(page).getByRole('row').filter({ hasText: name });
/** Also spoken to those who don't see, so it stands there twice. */
const said = (page: Page, text: string) => page.getByText(text).first();
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
async function upload(page: Page, files: readonly { readonly name: string; readonly text: string }[]): Promise<void> {
  await page.getByLabel('Upload files', { exact: true }).and(page.locator('input')).setInputFiles(files.map(({ name, text }) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })));
}

test('the first account is made in the browser; a password that is too short is refused before it is sent', async () => {
  await ann.goto(world.hub.address);
  await expect(ann.getByRole('heading', { name: 'Make an account' })).toBeVisible();
  await ann.getByLabel('E-mail').fill('ann@example.org');
  await ann.getByLabel('New password').fill('short');
  await ann.getByRole('button', { name: 'Make an account' }).click();
  await expect(ann.getByRole('alert')).toContainText('at least 8 characters');
  await ann.getByLabel('New password').fill(password);
  await expect(ann.getByRole('progressbar', { name: 'Strength' })).toHaveAttribute('aria-valuetext', 'Strong');
  await picture(ann, 'sign-up');
  await ann.getByRole('button', { name: 'Make an account' }).click();
  await expect(said(ann, 'The account was made.')).toBeVisible();
  await ann.getByLabel('Password', { exact: true }).fill('not the right one');
  await ann.getByRole('button', { name: 'Log in', exact: true }).click();
  await expect(ann.getByRole('alert')).toContainText('not right');
  await ann.getByLabel('Password', { exact: true }).fill(password);
  await ann.getByRole('button', { name: 'Log in', exact: true }).click();
  await expect(ann.getByRole('heading', { name: 'My files' })).toBeVisible();
});

test('the owner invites somebody, whose link leads to an account of their own', async () => {
  await press(ann, 'Members');
  await press(ann, 'Make an invitation');
  const link = await ann.getByRole('dialog').getByRole('textbox').inputValue();
  await press(ann, 'Close');
  await picture(ann, 'members');
  await ben.goto(link);
  await expect(ben.getByRole('heading', { name: 'Make an account' })).toBeVisible();
  expect(ben.url()).not.toContain('invitation');
  await ben.getByLabel('E-mail').fill('ben@example.org');
  await ben.getByLabel('New password').fill(password);
  await ben.getByRole('button', { name: 'Make an account' }).click();
  await ben.getByLabel('Password', { exact: true }).fill(password);
  await ben.getByRole('button', { name: 'Log in', exact: true }).click();
  await expect(ben.getByRole('heading', { name: 'My files' })).toBeVisible();
  await expect(ben.getByRole('button', { name: 'Members' })).toHaveCount(0);
});

test('what each uploads only they see', async () => {
  await press(ann, 'Files');
  await upload(ann, [{ name: 'plan of ann.txt', text: 'the plan' }, { name: 'letter.txt', text: 'dear Ben' }]);
  await upload(ben, [{ name: 'song of ben.txt', text: 'la la' }]);
  await expect(row(ann, 'plan of ann.txt')).toContainText('Warm');
  await expect(row(ben, 'song of ben.txt')).toBeVisible();
  await expect(row(ann, 'song of ben.txt')).toHaveCount(0);
  await expect(row(ben, 'plan of ann.txt')).toHaveCount(0);
  await expect(said(ann, '2 files uploaded')).toBeVisible();
  await picture(ann, 'files');
  // And not by asking for it either: the number is known, the session is somebody else's.
  const status = await ben.evaluate(async () => (await fetch('/api/files/1', { headers: { authorization: `Bearer ${sessionStorage.getItem('strata-member') ?? ''}` } })).status);
  expect(status).toBe(403);
});

test('a large file goes on where it stopped: after a broken line, and after the page was closed', async () => {
  const file = path.join(home, 'film.bin');
  const bytes = Buffer.alloc(33 * 1_048_576, 'strata film ');
  fs.writeFileSync(file, bytes);
  const offsets: number[] = [];
  let broken = 0;
  await ann.route('**/api/v1/uploads/*', async (route) => {
    const request = route.request();
    if (request.method() !== 'PATCH') return route.continue();
    const offset = Number(request.headers()['upload-offset']);
    // The second piece's line breaks twice; the fourth never gets an answer before the page is closed.
    if (offset === 8_388_608 && (broken += 1) <= 2) return route.abort('connectionreset');
    offsets.push(offset);
    if (offset < 25_165_824) return route.continue();
  });
  const choose = () => ann.getByLabel('Upload files', { exact: true }).and(ann.locator('input')).setInputFiles(file);
  await choose();
  await expect(async () => expectAtOnce(offsets).toContain(25_165_824)).toPass({ timeout: patient(60_000) });
  expectAtOnce([offsets, broken]).toEqual([[0, 8_388_608, 16_777_216, 25_165_824], 3]);
  // In this order: what waits without an answer must go with the page, not on to the hub.
  await ann.reload();
  await ann.unroute('**/api/v1/uploads/*');
  await expect(ann.getByRole('heading', { name: 'My files' })).toBeVisible();
  const sent: (string | undefined)[] = [];
  ann.on('request', (request) => request.method() === 'PATCH' && sent.push(request.headers()['upload-offset']));
  await choose();
  await expect(row(ann, 'film.bin')).toContainText('Warm');
  expectAtOnce(sent).toEqual(['25165824', '33554432']);
  const digest = await ann.evaluate(async () => {
    const headers = { authorization: `Bearer ${sessionStorage.getItem('strata-member') ?? ''}` };
    const { files } = (await (await fetch('/api/files?search=film.bin', { headers })).json()) as { files: { id: number }[] };
    const whole = await (await fetch(`/api/files/${files[0]?.id ?? 0}/download`, { headers })).arrayBuffer();
    return [files.length, [...new Uint8Array(await crypto.subtle.digest('SHA-256', whole))].map((byte) => byte.toString(16).padStart(2, '0')).join('')];
  });
  expectAtOnce(digest).toEqual([1, createHash('sha256').update(bytes).digest('hex')]);
});

test('a whole folder that is dropped keeps its shape; search, order and folders find it', async () => {
  await ann.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }));
    document.querySelector('[role=grid]')?.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));
  });
  await expect(row(ann, 'dropped.txt')).toBeVisible();
  fs.mkdirSync(path.join(home, 'trip', 'day one'), { recursive: true });
  fs.writeFileSync(path.join(home, 'trip', 'map.txt'), 'map');
  fs.writeFileSync(path.join(home, 'trip', 'day one', 'hut.txt'), 'hut');
  await ann.getByLabel('Upload a folder', { exact: true }).and(ann.locator('input')).setInputFiles(path.join(home, 'trip'));
  await expect(row(ann, 'trip')).toContainText('2 files');
  await row(ann, 'trip').dblclick();
  await expect(ann.getByRole('heading', { name: 'trip' })).toBeVisible();
  await expect(row(ann, 'day one')).toBeVisible();
  await expect(row(ann, 'map.txt')).toBeVisible();
  await ann.getByLabel('Search here and below').fill('hut');
  await expect(row(ann, 'hut.txt')).toContainText('trip/day one');
  await ann.goBack();
  await expect(ann.getByRole('heading', { name: 'My files' })).toBeVisible();
});

test('a file is downloaded, renamed, moved, deleted with Undo, and comes back from the trash', async () => {
  await row(ann, 'letter.txt').click();
  await row(ann, 'letter.txt').press(' ');
  const [download] = await Promise.all([ann.waitForEvent('download'), press(ann, 'Download')]);
  expect([download.suggestedFilename(), fs.readFileSync(await download.path(), 'utf8')]).toEqual(['letter.txt', 'dear Ben']);
  await press(ann, 'Rename…');
  await ann.getByLabel('New name').fill('letter to Ben.txt');
  await press(ann, 'Rename');
  await expect(row(ann, 'letter to Ben.txt')).toBeVisible();
  await press(ann, 'Move…');
  await ann.getByLabel('Into the folder').fill('post');
  await press(ann, 'Move');
  await expect(row(ann, 'letter to Ben.txt')).toHaveCount(0);
  await row(ann, 'post').dblclick();
  await row(ann, 'letter to Ben.txt').click();
  await row(ann, 'letter to Ben.txt').press('Delete');
  await expect(row(ann, 'letter to Ben.txt')).toHaveCount(0);
  await press(ann, 'Undo');
  await expect(row(ann, 'letter to Ben.txt')).toBeVisible();
  await row(ann, 'letter to Ben.txt').click();
  await row(ann, 'letter to Ben.txt').press('Delete');
  await expect(row(ann, 'letter to Ben.txt')).toHaveCount(0);
  await press(ann, 'Trash');
  await picture(ann, 'trash');
  await press(ann, 'Restore letter to Ben.txt');
  await expect(ann.getByText('The trash is empty.')).toBeVisible();
});

test('the rules say what may be uploaded before anything is sent, and a taken name keeps both', async () => {
  await press(ann, 'Profile');
  await ann.getByLabel('Types').fill('.txt');
  await ann.getByLabel('At least (bytes)').fill('3');
  await press(ann, 'Save the rules');
  await expect(said(ann, 'The rules are saved.')).toBeVisible();
  await picture(ann, 'profile');
  await press(ann, 'Files');
  await row(ann, 'trip').dblclick();
  const sent: string[] = [];
  ann.on('request', (request) => {
    if (request.url().endsWith('/files/upload')) sent.push(request.method());
  });
  await upload(ann, [{ name: 'picture.png', text: 'not a text' }, { name: 'ab.txt', text: 'ab' }]);
  await expect(said(ann, 'only .txt may be uploaded')).toBeVisible();
  await expect(said(ann, 'it has fewer than 3 bytes')).toBeVisible();
  expect(sent).toEqual([]);
  await upload(ann, [{ name: 'map.txt', text: 'another map' }]);
  await expect(said(ann, 'That name is taken here')).toBeVisible();
  await picture(ann, 'uploads');
  await press(ann, 'Keep both map.txt');
  await expect(row(ann, 'map (2).txt')).toBeVisible();
});

test('a link leads somebody without an account to the file, until it is taken back', async () => {
  await row(ann, 'map.txt').first().click();
  await row(ann, 'map.txt').first().press(' ');
  await press(ann, 'Share…');
  await ann.getByLabel('Password for the link').fill('open sesame');
  await press(ann, 'Make the link');
  const link = await ann.getByLabel('This is the link. It is shown only now.').inputValue();
  await press(ann, 'Close');
  const guest = await world.newPage();
  await guest.goto(link);
  await expect(guest.getByText('This link needs its password.')).toBeVisible();
  await guest.getByLabel('Password for the link').fill('open sesame');
  await press(guest, 'Open');
  await expect(guest.getByRole('heading', { name: 'map.txt' })).toBeVisible();
  await picture(guest, 'link');
  const [download] = await Promise.all([guest.waitForEvent('download'), press(guest, 'Download')]);
  expect(fs.readFileSync(await download.path(), 'utf8')).toBe('map');
  await press(ann, 'Links');
  await picture(ann, 'links');
  await press(ann, 'Take back map.txt');
  await expect(ann.getByText('No links yet.')).toBeVisible();
  await guest.reload();
  await expect(guest.getByText('This link leads nowhere.')).toBeVisible();
});

test('what changes elsewhere appears by itself', async () => {
  await ben.evaluate(async () => {
    const form = new FormData();
    form.append('file', new File(['x'], 'from a program.txt'));
    await fetch('/api/files/upload', { method: 'POST', body: form, headers: { authorization: `Bearer ${sessionStorage.getItem('strata-member') ?? ''}` } });
  });
  await expect(row(ben, 'from a program.txt')).toBeVisible();
});

test('a session that ends under way asks to log in over the page, and the work goes on', async () => {
  await press(ann, 'Members');
  await press(ann, 'Sessions… ben@example.org');
  await press(ann, 'End all');
  await expect(said(ann, 'The sessions of ben@example.org have ended.')).toBeVisible();
  await expect(ann.getByText('Nowhere.')).toBeVisible();
  await press(ann, 'Close');
  await upload(ben, [{ name: 'begun before.txt', text: 'goes on' }]);
  await expect(ben.getByRole('dialog', { name: 'Log in again' })).toBeVisible();
  await picture(ben, 'log-in-again');
  await ben.getByLabel(/^Password/).fill(password);
  await ben.getByRole('dialog').getByRole('button', { name: 'Log in' }).click();
  await expect(ben.getByRole('dialog')).toHaveCount(0);
  await expect(row(ben, 'begun before.txt')).toBeVisible();
  await press(ben, 'Log out');
  await expect(ben.getByRole('heading', { name: 'Log in' })).toBeVisible();
  expect(await ben.evaluate(() => sessionStorage.getItem('strata-member'))).toBeNull();
});

test('a whole folder takes another name, goes to the trash and comes back as one', async () => {
  await press(ann, 'Files');
  await row(ann, 'trip').click();
  await row(ann, 'trip').press(' ');
  await press(ann, 'Rename…');
  await ann.getByLabel('New name').fill('journey 🏖️');
  await press(ann, 'Rename');
  await expect(row(ann, 'journey 🏖️')).toContainText('3 files');
  await expect(row(ann, 'trip')).toHaveCount(0);
  await row(ann, 'journey 🏖️').click();
  await row(ann, 'journey 🏖️').press('Delete');
  await expect(row(ann, 'journey 🏖️')).toHaveCount(0);
  await press(ann, 'Undo');
  await expect(row(ann, 'journey 🏖️')).toContainText('3 files');
});

test('the owner gives room, which the member sees, and ends an account with its files moved', async () => {
  await press(ann, 'Members');
  await press(ann, 'Room… ben@example.org');
  await ann.getByLabel('At most (GB)').fill('1,5');
  await press(ann, 'Save');
  await expect(ann.getByText('of 1.5 GB used')).toBeVisible();
  await ben.getByLabel('E-mail').fill('ben@example.org');
  await ben.getByLabel('Password', { exact: true }).fill(password);
  await ben.getByRole('button', { name: 'Log in', exact: true }).click();
  await press(ben, 'Profile');
  await expect(ben.getByText('of 1.5 GB used, with the trash')).toBeVisible();
  await press(ann, 'Remove… ben@example.org');
  await ann.getByLabel('Their files').selectOption('move');
  await ann.getByLabel('To', { exact: true }).selectOption('ann@example.org');
  await press(ann, 'Remove the account');
  await expect(said(ann, 'The account of ben@example.org has ended.')).toBeVisible();
  await press(ann, 'Files');
  await expect(row(ann, 'Files of ben@example.org')).toBeVisible();
  await press(ben, 'Files');
  await expect(ben.getByRole('heading', { name: /^Log in/ })).toBeVisible();
});

test('no script of the page met a problem, and its policy refused nothing', () => {
  expect(world.problems).toEqual([]);
});
