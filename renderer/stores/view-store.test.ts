/** A list keeps only the pages that were looked at, watches what is shown, and survives being forgotten by the service. */
import { expect, test } from 'vitest';
import { ApiProblem, type ApiClient } from '../api/client.ts';
import type { WatchedRanks } from '../api/live.ts';
import { makeFakeClient } from '../gallery/fake-client.ts';
import { numberedRow, status } from '../gallery/sample-data.ts';
import { makeViewStore, pageRows } from './view-store.ts';

const settled = () => new Promise((ready) => setTimeout(ready, 5));

function open(rowCount: number, spoil: (name: string) => void = () => undefined) {
  const fake = makeFakeClient({ name: 'test', screen: 'test', status: status('upToDate', 'Up to date'), rowCount }, 'light');
  const asked: string[] = [];
  const watched: WatchedRanks[] = [];
  const client: ApiClient = { ...fake, call: async (name, input) => {
    asked.push(name);
    spoil(name);
    return await fake.call(name, input);
  } };
  return { view: makeViewStore({ client, watch: (ranks) => watched.push(ranks) }), asked, watched };
}

test('only pages in sight are asked for, each once', async () => {
  const { view, asked } = open(1_000_000);
  await view.open({ rootId: 'photos' });
  view.show(0, 30);
  view.show(5, 35);
  await settled();
  expect(asked.filter((name) => name === 'readRows')).toHaveLength(1);
  expect(view.rowAt(30)?.name).toBe(numberedRow(30).name);
  expect(view.rowAt(pageRows)).toBeUndefined();
});

test('the oldest pages are forgotten, so a long scroll does not fill the memory', async () => {
  const { view } = open(1_000_000);
  await view.open({ rootId: 'photos' });
  for (let page = 0; page < 60; page += 1) {
    view.show(page * pageRows, page * pageRows + 30);
    await settled();
  }
  const held = Array.from({ length: 60 }, (_, page) => view.rowAt(page * pageRows)).filter((row) => row !== undefined);
  expect(held.length).toBeLessThanOrEqual(24);
  expect(view.rowAt(59 * pageRows)).toBeDefined();
});

test('an empty list is watched, and shows the first file that comes', async () => {
  const { view, watched } = open(0);
  await view.open({ rootId: 'photos' });
  expect(watched.at(-1)?.viewId).toBe('view-1');
  view.apply({ viewId: 'view-1', count: 1, ranges: [{ from: 0, to: 1 }], rows: [] });
  expect(view.getState().count).toBe(1);
});

test('a pushed row replaces the one that is here', async () => {
  const { view } = open(400);
  await view.open({ rootId: 'photos' });
  await settled();
  view.apply({ viewId: 'view-1', count: 400, ranges: [], rows: [{ ...numberedRow(3), state: 'uploading', percent: 5 }] });
  expect(view.rowAt(3)).toMatchObject({ state: 'uploading', percent: 5 });
});

test('a list the service has forgotten is opened again', async () => {
  let spoiled = false;
  const { view, asked } = open(400, (name) => {
    if (name !== 'readRows' || spoiled) return;
    spoiled = true;
    throw new ApiProblem('There is no list of that name.', 'not_found', 404);
  });
  await view.open({ rootId: 'photos' });
  await settled();
  await settled();
  expect(asked.filter((name) => name === 'openView')).toHaveLength(2);
  expect(view.rowAt(0)).toBeDefined();
});
