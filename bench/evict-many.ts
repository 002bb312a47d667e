/** Ten thousand files taken off one computer, some edited and deleted on another meanwhile, a folder brought back: `node bench/evict-many.ts [files]`. Real disks, a folder as the place; ends with 1 when a tree is not as it must be. */
import { mkdir, mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Core } from '../main/app/core.ts';
import type { Caller } from '../main/app/handlers.ts';
import { silentLogger } from '../main/base/logger.ts';
import { composeCore } from '../main/compose.ts';

const files = Number(process.argv[2] ?? 10_000);
const perFolder = 500;
const owner: Caller = { who: 'owner', sessionId: 'bench' };
const folder = await mkdtemp(path.join(tmpdir(), 'strata-evict-'));
const at = (...parts: string[]): string => path.join(folder, ...parts);
const nameOf = (number: number): string => `d${Math.floor(number / perFolder)}/${String(number).padStart(5, '0')}.txt`;
const problems: string[] = [];
const check = (isRight: boolean, sentence: string): void => {
  if (!isRight) problems.push(sentence);
};
const open = (device: string): Promise<Core> => composeCore({ dataDir: at(`data-${device}`), deviceName: device, env: {}, logger: silentLogger });
const sync = async (core: Core, device: string) => (await core.handlers.syncOnce({ folder: at(device), place: { address: `folder:${at('store')}` }, device, approveCounts: false }, owner)).summary;
async function tree(of: string): Promise<Map<string, string>> {
  const names = (await readdir(at(of), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => path.relative(at(of), path.join(entry.parentPath, entry.name))).filter((name) => !name.startsWith('.strata'));
  return new Map(await Promise.all(names.map(async (name): Promise<[string, string]> => [name, await readFile(at(of, name), 'utf8')])));
}
const timed = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
  const begun = performance.now();
  const answer = await act();
  process.stdout.write(`${what}: ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
  return answer;
};

try {
  for (const name of ['a', 'b', 'store']) await mkdir(at(name));
  for (let number = 0; number < files; number += perFolder) await mkdir(at('a', path.dirname(nameOf(number))));
  for (let number = 0; number < files; number += 1) await writeFile(at('a', nameOf(number)), `content ${number}`);
  const [a, b] = [await open('a'), await open('b')];
  await timed(`${files} files up`, () => sync(a, 'a'));
  await timed('down', () => sync(b, 'b'));
  const rootId = (await a.handlers.readStatus({}, owner)).roots[0]?.id ?? '';
  const evicted = await timed('taken off', async () => a.handlers.evict({ rootId, paths: [''] }, owner));
  check(evicted.files === files && evicted.left.length === 0, `${evicted.files} of ${files} were taken off`);
  for (let number = 0; number < files; number += 100) await writeFile(at('b', nameOf(number)), `edited ${number}`);
  for (let number = 50; number < files; number += 1000) await unlink(at('b', nameOf(number)));
  await sync(b, 'b');
  const met = await timed('met with the edits', () => sync(a, 'a'));
  check(met.downloaded === 0 && met.deleted === 0, `${met.downloaded} came down and ${met.deleted} were deleted`);
  const back = await timed('a folder brought back', async () => a.handlers.fetchEntries({ rootId, paths: ['d1'] }, owner));
  check(back.left.length === 0, `${back.left.length} did not come back`);
  await sync(a, 'a');
  const [here, there, store] = [await tree('a'), await tree('b'), await tree('store')];
  check(there.size === files - Math.ceil((files - 50) / 1000), `the other computer has ${there.size} files`);
  check([...there].every(([name, text]) => store.get(name) === text) && store.size === there.size, 'the place and the other computer differ');
  check([...here].every(([name, text]) => there.get(name) === text && name.startsWith('d1/')) && here.size === [...there.keys()].filter((name) => name.startsWith('d1/')).length, `${here.size} files are here, not the folder as it is there`);
  await a.handlers.fetchEntries({ rootId, paths: [''] }, owner);
  const whole = await tree('a');
  check(whole.size === there.size && [...there].every(([name, text]) => whole.get(name) === text), 'brought back whole, the trees differ');
  await Promise.all([a.close(), b.close()]);
  process.stdout.write(problems.length === 0 ? `${files} files: all as it must be\n` : `${problems.join('\n')}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
