// @vitest-environment jsdom
/** Needs you: the focus is on the safe choice, and each button gives the command it names. */
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';
import { AppProvider } from '../../app/app-context.tsx';
import { makeApp, type App } from '../../app/make-app.ts';
import { Header } from '../../app/header.tsx';
import { makeFakeClient } from '../../gallery/fake-client.ts';
import { conflict, hold, noteConflict, needs, nowMs, problems, rootGone, status } from '../../gallery/sample-data.ts';
import type { Story } from '../../gallery/stories.ts';
import { NeedsYouScreen } from './needs-you-screen.tsx';

afterEach(cleanup);

async function appOf(story: Omit<Story, 'name' | 'screen'>): Promise<{ app: App; given: string[] }> {
  const given: string[] = [];
  const fake = makeFakeClient({ name: 'test', screen: 'test', ...story }, 'light');
  const client: App['client'] = { ...fake, call: (name, input) => {
    if (!name.startsWith('read')) given.push(`${name} ${JSON.stringify(input)}`);
    return fake.call(name, input);
  } };
  const app = makeApp({ client, bridge: null, now: () => nowMs, mac: false, address: '?at=needsYou', writeAddress: () => undefined });
  await app.reread();
  app.onConnection('live');
  return { app, given };
}
const show = (app: App) => render(<AppProvider app={app}><NeedsYouScreen /></AppProvider>);
const fine = status('upToDate', 'Up to date · 14:02');

test('the focus is on Keep my files, and Enter keeps them', async () => {
  const { app, given } = await appOf({ status: fine, needs: needs({ holds: [hold] }) });
  show(app);
  const keep = await screen.findByRole('button', { name: 'Keep my files' });
  expect(document.activeElement).toBe(keep);
  await userEvent.keyboard('{Enter}');
  await waitFor(() => expect(given).toEqual(['refuseHold {"holdId":"h1"}']));
});

test('deleting says how many files and is never the first choice', async () => {
  const { app } = await appOf({ status: fine, needs: needs({ holds: [hold] }) });
  show(app);
  const names = (await screen.findAllByRole('button')).map((button) => button.textContent);
  expect(names).toEqual(['Keep my files', 'See the list', 'Delete 312 files']);
});

test('a missing folder can only be looked at again or given a new place', async () => {
  const { app } = await appOf({ status: fine, needs: needs({ holds: [rootGone] }) });
  show(app);
  const names = (await screen.findAllByRole('button')).map((button) => button.textContent);
  expect(names).toEqual(['Look again', 'Choose its new place']);
});

test('a conflict names both sides and settles as asked', async () => {
  const { app, given } = await appOf({ status: fine, needs: needs({ conflicts: [conflict] }) });
  show(app);
  await userEvent.click(await screen.findByRole('button', { name: 'Keep Desk’s' }));
  expect(given).toEqual([`resolveConflict {"rootId":"photos","path":"${conflict.copyPath}","keep":"theirs"}`]);
});

test('Compare lays both versions and the one before side by side, line by line', async () => {
  const { app } = await appOf({ status: fine, needs: needs({ conflicts: [noteConflict] }) });
  show(app);
  await userEvent.click(await screen.findByRole('button', { name: 'Compare' }));
  const table = await screen.findByRole('table');
  const rows = within(table).getAllByRole('row').map((row) => [...row.children].map((cell) => cell.textContent));
  expect(rows[0]).toEqual(['Before both changes', 'This computer’s', 'Desk’s', 'Changed']);
  expect(rows).toContainEqual(['Leave on Friday at 9.', 'Leave on Friday at 7, before the traffic.', 'Leave on Friday at 10.', 'differs']);
  expect(rows).toContainEqual(['- two lamps', '- two lamps', '- three lamps', 'there']);
});

test('many conflicts are settled by a rule only after its preview, and exactly as many as that named', async () => {
  const { app, given } = await appOf({ status: fine, needs: needs({ conflicts: [conflict, noteConflict] }) });
  show(app);
  await userEvent.click(await screen.findByRole('button', { name: 'Settle many…' }));
  expect(await screen.findByText('2 conflicts will be settled, 1 is left as it is. 2 versions go to the trash.')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Settle 2 conflicts' }));
  await waitFor(() => expect(given.at(-1)).toBe('resolveConflicts {"rule":"newest","folder":"","expected":3}'));
});

test('each problem has its sentence and the button of its fix', async () => {
  const { app, given } = await appOf({ status: fine, needs: needs({ problems: [...problems] }) });
  show(app);
  expect(await screen.findByRole('heading', { name: /Can’t sync 3/ })).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Rename it there' })).toBeTruthy();
  await userEvent.click(screen.getAllByRole('button', { name: 'Try now' })[0] as HTMLElement);
  expect(given).toEqual(['retryEntry {"rootId":"photos","key":"Budget.xlsx"}']);
});

test('the headline is the service’s, with what needs the user as a link behind it', async () => {
  const { app } = await appOf({ status: status('upToDate', 'Up to date', { suffix: '1 conflict, both are kept', needsYou: 1 }) });
  render(<AppProvider app={app}><Header onPalette={() => undefined} /></AppProvider>);
  expect(screen.getByText('Up to date')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: '1 conflict, both are kept' }));
  expect(app.route.getState().screen).toBe('needsYou');
});

test('a lost service replaces the headline', async () => {
  const { app } = await appOf({ status: fine });
  app.onConnection('lost');
  render(<AppProvider app={app}><Header onPalette={() => undefined} /></AppProvider>);
  expect(screen.getByText('Strata has stopped. Your files are safe.')).toBeTruthy();
});
