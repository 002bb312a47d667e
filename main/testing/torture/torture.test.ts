/** The torture itself can be trusted: it sees what is lost, what is unequal, and a step that is armed is the one that is died at. */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { createFolderStore } from '../../remote/folder-store.ts';
import type { RemoteStore } from '../../sync/ports.ts';
import { aroundWith, parsePoint } from './armed.ts';
import { filesIn, idsIn, Kept, Load } from './load.ts';
import { judge } from './verdict.ts';

let home: string;
let store: RemoteStore;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'strata-torture-test-'));
  for (const name of ['place', 'anna', 'bo', 'aside']) await mkdir(path.join(home, name));
  store = createFolderStore({ path: path.join(home, 'place'), clock: systemClock });
});
afterEach(async () => {
  await store.close();
  await rm(home, { recursive: true, force: true });
});
const at = (...parts: string[]): string => path.join(home, ...parts);

describe('the verdict', () => {
  async function everywhere(text: string): Promise<void> {
    for (const name of ['place', 'anna', 'bo']) await writeFile(at(name, 'a.txt'), text);
  }
  const verdict = (kept: readonly string[]): ReturnType<typeof judge> => judge([at('anna'), at('bo')], store, new Set(kept));
  it('is clean when every tree is one and every id is there', async () => {
    await everywhere('id-1-00000001\n');
    expect(await verdict(['id-1-00000001'])).toEqual({ lost: [], unequal: [], files: 1 });
  });
  it('names an id that is nowhere', async () => {
    await everywhere('id-1-00000001\n');
    expect((await verdict(['id-1-00000001', 'id-2-00000002'])).lost).toEqual(['id-2-00000002']);
  });
  it('finds an id in a folder’s trash', async () => {
    await everywhere('id-1-00000001\n');
    await mkdir(at('bo', '.strata', 'trash', 'run'), { recursive: true });
    await writeFile(at('bo', '.strata', 'trash', 'run', 'x'), 'id-2-00000002');
    expect((await verdict(['id-2-00000002'])).lost).toEqual([]);
  });
  it('names what differs on one side only', async () => {
    await everywhere('id-1-00000001\n');
    await writeFile(at('bo', 'a.txt'), 'other');
    await writeFile(at('anna', 'only here.txt'), 'x');
    expect((await verdict([])).unequal).toEqual(['a.txt', 'only here.txt']);
  });
});

describe('the load', () => {
  it('keeps every id it did not take away, whatever it does', async () => {
    const kept = new Kept();
    const load = new Load(at('anna'), at('aside'), kept, 7);
    for (let act = 0; act < 150; act += 1) await load.act();
    const found = new Set<string>();
    for (const file of await filesIn(at('anna'))) for (const id of idsIn(await readFile(file, 'latin1'))) found.add(id);
    expect(kept.all.size).toBeGreaterThan(10);
    expect(kept.written).toBeGreaterThan(kept.all.size);
    expect([...kept.all].filter((id) => !found.has(id))).toEqual([]);
  });
  it('notices what somebody else took away', async () => {
    const kept = new Kept();
    const load = new Load(at('anna'), at('aside'), kept, 7);
    for (let act = 0; act < 40; act += 1) await load.act();
    const [file] = await filesIn(at('anna'));
    if (file === undefined) throw new Error('no file was made');
    await rename(file, at('gone'));
    expect((await judge([at('anna')], store, kept.all)).lost.length).toBeGreaterThan(0);
  });
});

describe('a step that is armed', () => {
  it('is read strictly', () => {
    expect(parsePoint('request:7:after')).toEqual({ kind: 'request', number: 7, when: 'after' });
    expect(parsePoint('')).toBeNull();
    for (const wrong of ['request:0:after', 'disk:1:after', 'file:1', 'file:1:soon']) expect(() => parsePoint(wrong)).toThrow();
  });
  it('is the nth of its kind, before or after it', async () => {
    for (const [when, done] of [['before', 2], ['after', 3]] as const) {
      let calls = 0;
      const dead = new Error('dead');
      const wrapped = aroundWith({ kind: 'request', number: 3, when }, () => {
        throw dead;
      }).store({ ...store, remove: () => Promise.resolve({ ok: true, value: null } as const).finally(() => (calls += 1)) });
      await wrapped.remove('a' as never);
      await wrapped.head('a' as never);
      await wrapped.remove('a' as never);
      await expect((async () => wrapped.remove('a' as never))()).rejects.toBe(dead);
      expect(calls).toBe(done);
    }
  });
});
