// @vitest-environment jsdom
/** Storage and the archive: each state of the way back in words, and each button gives the command it names, with what was chosen. */
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, it } from 'vitest';
import type { ThawedFile } from '../../../shared/api/contract.ts';
import { AppProvider } from '../../app/app-context.tsx';
import { makeApp, type App } from '../../app/make-app.ts';
import { BringBackSheet } from '../../components/bring-back-sheet.tsx';
import { formatMoney, formatSpan } from '../../format/money.ts';
import { makeFakeClient } from '../../gallery/fake-client.ts';
import { nowMs, status, thaws, tierPlan, tiers } from '../../gallery/sample-data.ts';
import { previewText, RulesSheet } from './rules-sheet.tsx';
import { stateText, ThawPanel } from './thaw-panel.tsx';

afterEach(cleanup);
const hour = 3_600_000;

function shown(what: ReactNode): { given: string[]; app: App } {
  const given: string[] = [];
  const fake = makeFakeClient({ name: 'test', screen: 'test', status: status('upToDate', 'Up to date') }, 'light');
  const client: App['client'] = { ...fake, call: (name, input) => {
    given.push(`${name} ${JSON.stringify(input)}`);
    return fake.call(name, input);
  } };
  const app = makeApp({ client, bridge: null, now: () => nowMs, mac: false, address: '', writeAddress: () => undefined });
  app.thaws.apply(thaws);
  render(<AppProvider app={app}>{what}</AppProvider>);
  return { given, app };
}

describe('the way back in words', () => {
  const thaw = (over: Partial<ThawedFile>): ThawedFile => ({ ...(thaws.thaws[0] as ThawedFile), ...over });
  const day = 24 * hour;
  it.each([
    [{ state: 'asked', expectedToMs: null }, 'Asked for'], [{ state: 'waiting', expectedToMs: nowMs + 4 * hour }, 'Coming back, about 4 hours at most'], [{ state: 'waiting', expectedToMs: nowMs - 1 }, 'Coming back any moment'],
    [{ state: 'ready', toDisk: true }, 'Downloading'], [{ state: 'ready', toDisk: false, untilMs: nowMs + 6 * day }, 'Ready. Stays readable until 27 Nov.'], [{ state: 'here', untilMs: nowMs + 6 * day }, 'On this disk. In the place it stays readable until 27 Nov.'],
    [{ state: 'here', untilMs: null }, 'Ready. It is no longer in the archive.'], [{ state: 'over' }, 'In archive again'], [{ state: 'cancelled' }, 'Cancelled. What the place had begun it finishes and charges.'],
    [{ state: 'failed', reason: { code: 'object_missing', sentence: 'It is gone.' } }, 'Could not bring back. It is gone.'], [{ state: 'waiting', reason: { code: 'network_unreachable', sentence: 'No answer.' } }, 'Trying again. No answer.'],
  ] as const)('%o: %s', (over, words) => expect(stateText(thaw(over), nowMs)).toBe(words));
  it('money and times', () => {
    expect([formatMoney(0, 'USD'), formatMoney(0.001, 'USD'), formatMoney(1.1, 'EUR'), formatSpan(3 * hour, 5 * hour), formatSpan(60_000, 300_000)]).toEqual(['$0.00', 'less than $0.01', '€1.10', '3 to 5 h', '1 to 5 min']);
  });
  it('what rules would do', () => {
    expect(previewText(tierPlan)).toBe('1,204 files would move, 80 GB. Saves about $1.10 a month (estimate).');
    expect(previewText({ ...tierPlan, savesMonth: -2 })).toBe('1,204 files would move, 80 GB. Costs about $2.00 more a month (estimate).');
    expect(previewText({ ...tierPlan, savesMonth: null })).toBe('1,204 files would move, 80 GB.');
    expect(previewText({ ...tierPlan, copies: 0, drops: 0 })).toBe('Nothing would move.');
  });
});

describe('commands', () => {
  it('nothing is asked of the place before a speed was chosen and agreed to', async () => {
    const { given } = shown(<BringBackSheet rootId="photos" paths={['a.txt', 'b.txt']} onClose={() => undefined} />);
    await userEvent.click(await screen.findByRole('radio', { name: /Bulk/ }));
    expect(given).toEqual(['previewThaw {"rootId":"photos","paths":["a.txt","b.txt"]}']);
    await userEvent.click(screen.getByRole('button', { name: 'Bring back' }));
    await waitFor(() => expect(given.at(-1)).toBe('startThaw {"rootId":"photos","paths":["a.txt","b.txt"],"speed":"bulk"}'));
  });
  it('cancel, use Standard, keep longer, try again', async () => {
    const { given } = shown(<ThawPanel />);
    await userEvent.click(screen.getByRole('button', { name: 'Cancel Interview raw.wav' }));
    await userEvent.click(screen.getByRole('button', { name: 'Use Standard: Scans/Deed.pdf' }));
    await userEvent.click(screen.getByRole('button', { name: 'Keep longer: Old tax 2011.zip' }));
    await userEvent.click(screen.getByRole('button', { name: 'Try again: 2011/Film.mov' }));
    await waitFor(() => expect(given).toEqual([
      'changeThaws {"ids":["Interview raw.wav"],"act":"cancel"}', 'changeThaws {"ids":["Scans/Deed.pdf"],"act":"again","speed":"standard"}',
      'changeThaws {"ids":["Old tax 2011.zip"],"act":"again","days":14}', 'changeThaws {"ids":["2011/Film.mov"],"act":"again"}',
    ]));
  });
  it('rules are shown with what they would do, and written only by Save', async () => {
    const { given } = shown(<RulesSheet rootId="photos" settings={tiers.settings} onClose={() => undefined} />);
    await userEvent.clear(screen.getByLabelText('Not used for (days)'));
    await userEvent.type(screen.getByLabelText('Not used for (days)'), '90');
    expect(await screen.findByText(/Saves about \$1.10/)).toBeTruthy();
    await waitFor(() => expect(given.at(-1)).toContain('"unusedDays":90'));
    expect(given.filter((one) => one.startsWith('writeTiers'))).toEqual([]);
    await userEvent.click(screen.getByRole('button', { name: 'Save rules' }));
    await waitFor(() => expect(given.at(-1)).toContain('writeTiers'));
    expect(given.at(-1)).toContain('"neverArchive":["Scans"]');
  });
});
