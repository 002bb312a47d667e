// @vitest-environment jsdom
/** Freeing up and bringing back: each entry offers what makes sense, and each button gives the command it names. */
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';
import type { Row } from '../../../shared/api/contract.ts';
import { AppProvider } from '../../app/app-context.tsx';
import { makeApp, type App } from '../../app/make-app.ts';
import { makeFakeClient } from '../../gallery/fake-client.ts';
import { nowMs, numberedRow, reason, status } from '../../gallery/sample-data.ts';
import { actsFor, ResidencyButtons } from './residency-buttons.tsx';

afterEach(cleanup);
const row = (over: Partial<Row> = {}): Row => ({ ...numberedRow(0), path: 'f/a.txt', residency: 'onDisk', tier: 'warm', state: 'upToDate', ...over });

describe('what an entry offers', () => {
  it.each([
    ['a file here and in step', row(), ['freeUp', 'keepHere']], ['one that is on its way', row({ state: 'uploading' }), ['keepHere']], ['one that is only here', row({ tier: null, state: 'waiting' }), []],
    ['one that is not here', row({ residency: 'notOnDisk', tier: 'cold' }), ['bringBack', 'keepHere']], ['an archived one', row({ residency: 'notOnDisk', tier: 'archive' }), ['thaw']],
    ['one that is kept here', row({ residency: 'alwaysOnDisk' }), ['letGo']], ['a folder', row({ kind: 'folder' }), ['freeUp', 'bringBack', 'keepHere']], ['a skipped one', row({ state: 'skipped' }), []],
  ] as const)('%s', (_name, entry, acts) => {
    expect(actsFor(entry)).toEqual(acts);
  });
});

describe('a folder that is brought back', () => {
  it('asks for what of it lies in the archive at once, with its price, instead of saying that it stayed', async () => {
    const given: string[] = [];
    const left = [{ path: 'Film/a.mov', reason: reason('object_archived', {}, null) }];
    const plan = { files: 1, bytes: 9, alreadyComing: 0, days: 7, byClass: {}, speeds: [{ speed: 'bulk', price: 0, fromMs: 18_000_000, toMs: 43_200_000 }], currency: 'USD', prices: null, pricesDate: null, examples: [] } as const;
    const fake = makeFakeClient({ name: 'test', screen: 'test', status: status('upToDate', 'Up to date'), answers: { fetchEntries: () => ({ files: 0, bytes: 0, left }), previewThaw: () => ({ ...plan, speeds: [...plan.speeds], examples: [] }) } }, 'light');
    const client: App['client'] = { ...fake, call: (name, input) => {
      given.push(name);
      return fake.call(name, input);
    } };
    const app = makeApp({ client, bridge: null, now: () => nowMs, mac: false, address: '', writeAddress: () => undefined });
    render(<AppProvider app={app}><ResidencyButtons row={row({ kind: 'folder', path: 'Film', residency: 'notOnDisk' })} /></AppProvider>);
    await userEvent.click(screen.getByRole('button', { name: 'Bring back' }));
    await screen.findByText(/^Bring back 1 file/);
    expect(given).toEqual(['fetchEntries', 'previewThaw']);
    expect(screen.queryByText(/must be brought back before/)).toBeNull();
  });
});

describe('the buttons', () => {
  const shown = async (entry: Row, label: string, answer: { files: number; bytes: number; left: [] }): Promise<{ given: string[]; app: App }> => {
    const given: string[] = [];
    const fake = makeFakeClient({ name: 'test', screen: 'test', status: status('upToDate', 'Up to date'), answers: { evict: () => answer, fetchEntries: () => answer, pin: () => answer } }, 'light');
    const client: App['client'] = { ...fake, call: (name, input) => {
      given.push(`${name} ${JSON.stringify(input)}`);
      return fake.call(name, input);
    } };
    const app = makeApp({ client, bridge: null, now: () => nowMs, mac: false, address: '', writeAddress: () => undefined });
    render(<AppProvider app={app}><ResidencyButtons row={entry} /></AppProvider>);
    await userEvent.click(screen.getByRole('button', { name: label }));
    return { given, app };
  };
  it.each([
    [row(), 'Free up space', 'evict {"rootId":"photos","paths":["f/a.txt"]}'], [row({ residency: 'notOnDisk' }), 'Bring back', 'fetchEntries {"rootId":"photos","paths":["f/a.txt"]}'],
    [row(), 'Always keep here', 'pin {"rootId":"photos","paths":["f/a.txt"],"pinned":true}'], [row({ residency: 'alwaysOnDisk' }), 'Need not stay here', 'pin {"rootId":"photos","paths":["f/a.txt"],"pinned":false}'],
  ])('%#: %s', async (entry, label, command) => {
    const { given } = await shown(entry, label, { files: 1, bytes: 1500, left: [] });
    await waitFor(() => expect(given).toEqual([command]));
  });
});
