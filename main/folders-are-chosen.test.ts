/** Chosen folders through the whole service by the command line, on a real disk and a folder store: from the first sync on, left later, taken again (rules 1, 12, 18). */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from './cli/run-command-line.ts';

let folder: string;
const at = (...parts: string[]): string => path.join(folder, ...parts);
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'strata-chosen-'));
  for (const name of ['a', 'a/docs', 'a/video', 'a/video/raw', 'b', 'store']) await mkdir(at(name));
  await Promise.all([['docs/plan.txt', 'plan'], ['video/film.txt', 'film'], ['video/raw/take.txt', 'take one']].map(([name = '', text = '']) => writeFile(at('a', name), text)));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function strata(device: 'a' | 'b', ...words: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await runCommandLine([...words, '--data', at(`data-${device}`)], { env: {}, cwd: folder, live: false, stop: new AbortController(), out: (text) => { out += text; }, err: (text) => { err += text; } });
  return { code, out, err };
}
const sync = (device: 'a' | 'b', ...more: string[]) => strata(device, 'sync', at(device), `folder:${at('store')}`, '--once', '--json', ...more);
const json = (answer: { out: string }): Record<string, unknown> => JSON.parse(answer.out.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
const stored = async (): Promise<string[]> => (await readdir(at('store'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.relative(at('store'), path.join(entry.parentPath, entry.name))).filter((name) => !name.startsWith('.strata')).sort();
const all = ['docs/plan.txt', 'video/film.txt', 'video/raw/take.txt'];

it('what is left there never comes, leaves when it is left later, and comes when it is taken', async () => {
  expect(json(await sync('a'))).toMatchObject({ uploaded: 3 });
  expect(json(await sync('b', '--leave', 'video'))).toMatchObject({ downloaded: 1, failed: 0 });
  expect([existsSync(at('b/docs/plan.txt')), existsSync(at('b/video'))]).toEqual([true, false]);
  const shown = await strata('b', 'folders');
  expect([shown.code, shown.out]).toEqual([0, expect.stringMatching(/kept here\s+docs\n.*left there\s+video/)]);
  await writeFile(at('a/video/late.txt'), 'late');
  await sync('a');
  expect(json(await sync('b'))).toMatchObject({ downloaded: 0, deleted: 0 });

  expect(await strata('b', 'take', at('b/video/raw'))).toMatchObject({ code: 0 });
  await sync('b');
  expect([await readFile(at('b/video/raw/take.txt'), 'utf8'), existsSync(at('b/video/film.txt'))]).toEqual(['take one', false]);
  expect(json(await strata('b', 'leave', at('b/docs'), at('b/video'), '--json'))).toMatchObject({ files: 2, left: [] });
  expect([existsSync(at('b/docs')), existsSync(at('b/video'))]).toEqual([false, false]);
  expect(json(await sync('b'))).toMatchObject({ downloaded: 0, deleted: 0, held: 0 });
  expect(json(await sync('a'))).toMatchObject({ downloaded: 0, deleted: 0, held: 0 });
  expect(await stored()).toEqual([...all, 'video/late.txt'].sort());
  expect(await strata('b', 'take', at('b'))).toMatchObject({ code: 0 });
  expect(json(await sync('b'))).toMatchObject({ downloaded: 4 });
});
