/** What a member sees of their files without downloading them: pictures, texts, PDFs, and sound and film that play by ranges, in the page and behind a link; preferences that follow them; sessions that end one by one. */
import { expect as expectAtOnce, test, type Page } from '@playwright/test';
import { patient } from '../scripts/patience.mjs';
import { onePixelPng, onePagePdf, tone } from './sample-media.ts';
import { openHubInBrowser, picture, type HubInBrowser } from './needs.ts';

const expect = expectAtOnce.configure({ timeout: patient(30_000) });
const password = 'correct horse battery staple 9';
let world: HubInBrowser;
let ann: Page;
const ranges: string[] = [];

test.describe.configure({ mode: 'serial', timeout: patient(180_000) });
test.beforeAll(async ({}, info) => {
  test.setTimeout(patient(180_000));
  world = await openHubInBrowser(info, { SIGNUP: 'open' });
  ann = await world.newPage();
  await enter(ann, 'ann@example.org', true);
});
test.afterAll(() => world?.close());

async function enter(page: Page, email: string, isNew: boolean): Promise<void> {
  page.on('response', (answer) => {
    if (answer.status() === 206) ranges.push(answer.headers()['content-range'] ?? '');
  });
  await page.goto(world.hub.address);
  if (isNew) {
    // The first account of all is asked for at once.
    if (email !== 'ann@example.org') await press(page, 'Make an account instead');
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('New password').fill(password);
    await page.getByRole('button', { name: 'Make an account' }).click();
  }
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'My files' })).toBeVisible();
}
const row = (page: Page, name: string) => page.getByRole('grid').getByRole('row').filter({ hasText: name });
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const media = (page: Page, kind: 'audio' | 'video') => page.locator(kind);
/** How far it is once it has played for a moment; the browser's own error where it doesn't. */
async function plays(page: Page, kind: 'audio' | 'video', fromSeconds: number): Promise<string> {
  await expect(media(page, kind)).toBeVisible();
  return media(page, kind).evaluate(async (element: HTMLMediaElement, from) => {
    element.muted = true;
    if (element.readyState < 1) await new Promise((resolve, reject) => {
      element.addEventListener('loadedmetadata', resolve, { once: true });
      element.addEventListener('error', () => reject(new Error(element.error?.message)), { once: true });
    });
    element.currentTime = from;
    await element.play();
    while (element.currentTime <= from && !element.ended) await new Promise((resolve) => element.addEventListener('timeupdate', resolve, { once: true }));
    element.pause();
    return `plays ${element.currentTime > from || element.ended}`;
  }, fromSeconds);
}

test('pictures, texts and PDFs are shown beside the list', async () => {
  await ann.getByLabel('Upload files', { exact: true }).and(ann.locator('input')).setInputFiles([
    { name: 'dot.png', mimeType: 'image/png', buffer: onePixelPng }, { name: 'note.md', mimeType: 'text/markdown', buffer: Buffer.from('# Packing\n- tent\n- map\n') },
    { name: 'letter.pdf', mimeType: 'application/pdf', buffer: onePagePdf('Dear Marta') }, { name: 'tone.wav', mimeType: 'audio/wav', buffer: tone(120) }, { name: 'evil.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="broken in"</script></svg>') },
  ]);
  await row(ann, 'dot.png').click();
  await press(ann, 'Details');
  await expect(ann.getByRole('img', { name: 'Preview of dot.png' })).toHaveJSProperty('naturalWidth', 1);
  await picture(ann, 'look-picture');
  await row(ann, 'note.md').click();
  await expect(ann.getByLabel('Preview of note.md')).toContainText('- tent');
  await picture(ann, 'look-text');
  await row(ann, 'letter.pdf').click();
  await expect(ann.frameLocator('iframe[title="Preview of letter.pdf"]').locator('canvas').first()).toBeVisible();
  await picture(ann, 'look-pdf');
  await row(ann, 'evil.svg').click();
  await expect(ann.getByText('No preview for this kind of file.')).toBeVisible();
});

test('sound plays from the middle, by ranges', async () => {
  ranges.length = 0;
  await row(ann, 'tone.wav').click();
  expect(await plays(ann, 'audio', 100)).toBe('plays true');
  // More than the beginning was asked for, and not all that lies between.
  await expect.poll(() => ranges.some((range) => Number(/^bytes (\d+)-/.exec(range)?.[1]) > 1_000_000)).toBe(true);
  await picture(ann, 'look-sound');
});

test('a film that this browser has recorded plays, and goes on by a fresh link when the first one has ended', async () => {
  const bytes = await ann.evaluate(async () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [320, 180];
    const paint = canvas.getContext('2d');
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm;codecs=vp8', videoBitsPerSecond: 2_500_000 });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.start();
    for (let frame = 0; frame < 60; frame += 1) {
      if (paint !== null) {
        paint.fillStyle = `hsl(${frame * 6} 70% 50%)`;
        paint.fillRect(0, 0, 320, 180);
      }
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    await new Promise((resolve) => {
      recorder.onstop = resolve;
      recorder.stop();
    });
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
  });
  expectAtOnce(bytes.length).toBeGreaterThan(1000);
  await ann.getByLabel('Upload files', { exact: true }).and(ann.locator('input')).setInputFiles([{ name: 'film.webm', mimeType: 'video/webm', buffer: Buffer.from(bytes) }]);
  await row(ann, 'film.webm').click();
  expect(await plays(ann, 'video', 0.2)).toBe('plays true');
  await picture(ann, 'look-film');
  // As when the quarter of an hour is over: the link leads nowhere, and only a fresh one does.
  let [refused, asked] = [0, 0];
  await ann.route('**/api/files/link/**', async (route) => {
    if (asked > 0) return route.continue();
    refused += 1;
    return route.fulfill({ status: 404, contentType: 'application/json', body: '{}' });
  });
  ann.on('request', (request) => {
    if (/\/api\/v1\/files\/\d+$/.test(request.url())) asked += 1;
  });
  await media(ann, 'video').evaluate((element: HTMLMediaElement) => {
    const ready = new Promise((resolve) => element.addEventListener('loadedmetadata', resolve, { once: true }));
    element.load();
    return ready;
  });
  expect(await plays(ann, 'video', 0.2)).toBe('plays true');
  expectAtOnce([refused > 0, asked]).toEqual([true, 1]);
  await ann.unroute('**/api/files/link/**');
});

test('what can’t be played says so', async () => {
  const broken = Buffer.concat([tone(1).subarray(0, 44), Buffer.from('nothing')]);
  broken.writeUInt16LE(0x7777, 20);
  await ann.getByLabel('Upload files', { exact: true }).and(ann.locator('input')).setInputFiles([{ name: 'odd.wav', mimeType: 'audio/wav', buffer: broken }]);
  await row(ann, 'odd.wav').click();
  await expect(ann.getByText('This browser can’t play it here.')).toBeVisible();
});

test('behind a link sound plays too, and whose link it is sees one use', async () => {
  await row(ann, 'tone.wav').click();
  await row(ann, 'tone.wav').press(' ');
  await ann.getByRole('button', { name: 'Share…' }).first().click();
  await press(ann, 'Make the link');
  const link = await ann.getByLabel('This is the link. It is shown only now.').inputValue();
  await press(ann, 'Close');
  const guest = await world.newPage();
  await guest.goto(link);
  await press(guest, 'Show tone.wav');
  expect(await plays(guest, 'audio', 60)).toBe('plays true');
  await picture(guest, 'link-sound');
  await press(ann, 'Links');
  await expect(ann.getByText('downloaded once')).toBeVisible();
  await press(ann, 'Uses… tone.wav');
  await expect(ann.getByText('“tone.wav” was looked at or downloaded')).toHaveCount(1);
  await picture(ann, 'link-uses');
  await press(ann, 'Close');
});

test('the look and the order follow a member into another browser', async () => {
  await press(ann, 'Profile');
  await ann.getByLabel('Look').selectOption('dark');
  await ann.getByLabel('Folders are ordered').selectOption('newest');
  await expect(ann.locator('html')).toHaveAttribute('data-theme', 'dark');
  const elsewhere = await world.newPage();
  await enter(elsewhere, 'ann@example.org', false);
  await expect(elsewhere.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(elsewhere.getByLabel('Order')).toHaveValue('newest');
  await press(elsewhere, 'Profile');
  await expect(elsewhere.getByRole('heading', { name: 'Preferences' })).toBeVisible();
  await picture(elsewhere, 'preferences');
  await elsewhere.getByLabel('Look').selectOption('system');
  await expect(elsewhere.locator('html')).not.toHaveAttribute('data-theme');
});

test('one session ends alone: one’s own by oneself, a member’s by the owner', async () => {
  const [ben, phone] = [await world.newPage(), await world.newPage({ userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19 Mobile Safari/604' })];
  await enter(ben, 'ben@example.org', true);
  await enter(phone, 'ben@example.org', false);
  await press(ann, 'Members');
  await press(ann, 'Sessions… ben@example.org');
  await picture(ann, 'sessions-of-ben');
  await ann.getByRole('dialog').getByRole('button', { name: /^End .*iPhone/ }).click();
  await expect(ann.getByRole('dialog').getByRole('button', { name: /^End .*iPhone/ })).toHaveCount(0);
  await press(phone, 'Trash');
  await expect(phone.getByRole('dialog', { name: 'Log in again' })).toBeVisible();
  await press(ben, 'Trash');
  await expect(ben.getByText('The trash is empty.')).toBeVisible();
  await phone.getByLabel(/^Password/).fill(password);
  await phone.getByRole('dialog').getByRole('button', { name: 'Log in' }).click();
  await expect(phone.getByRole('dialog')).toHaveCount(0);
  await press(ben, 'Profile');
  await ben.getByRole('button', { name: /^End .*iPhone/ }).click();
  await expect(ben.getByText('The session has ended.').first()).toBeVisible();
  await press(phone, 'Links');
  await expect(phone.getByRole('dialog', { name: 'Log in again' })).toBeVisible();
});

test('no script of the page met a problem, and its policy refused nothing', () => {
  expect(world.problems).toEqual([]);
});
