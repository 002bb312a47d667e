/** Replays what made others slow, dear or blind on large trees: whole trees in memory, listings for every question, statements left open (rules 33, 34, 35). */
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../base/app-error.ts';
import { createWorld, settledWorld, type World } from '../testing/world.ts';

let world: World;
afterEach(() => world.close());
const files = (count: number): Record<string, string> => Object.fromEntries(Array.from({ length: count }, (_, at) => [`folder ${at % 7}/file ${at}.txt`, `text ${at}`]));

describe('rule 33: no whole trees', () => {
  it('rule 33: a listing that breaks on its last page says nothing about what the pages before it left out', async () => {
    world = await settledWorld(files(40), { store: { pageSize: 5 } });
    const b = world.device('B');
    const before = b.tree();
    world.device('A').remove('folder 0/file 0.txt');
    await world.device('A').sync();
    let pages = 0;
    b.onRequest = (verb) => {
      if (verb !== 'list') return;
      pages += 1;
      if (pages >= 8) throw new AppError('network_unreachable', { place: 'memory' });
    };
    const outcome = await b.sync();
    expect(pages).toBeGreaterThanOrEqual(8);
    expect([outcome.inStep, b.tree()]).toEqual([false, before]);
    b.onRequest = null;
    await world.settle();
    expect(b.exists('folder 0/file 0.txt')).toBe(false);
  });
  it('rule 33: the guard knows its numbers before the first operation', async () => {
    world = await settledWorld(files(120));
    const a = world.device('A');
    for (let at = 0; at < 60; at += 1) a.remove(`folder ${at % 7}/file ${at}.txt`);
    const removed: string[] = [];
    a.onRequest = (verb, key) => void (verb === 'remove' && !key.startsWith('.strata/') && removed.push(key));
    const outcome = await a.sync();
    expect([outcome.inStep, removed, a.index.totals(a.rootId).held]).toEqual([false, [], 60]);
  });
});

describe('rule 34: the price of listing', () => {
  it('rule 34: a listing jumps over what Strata itself keeps in the place', async () => {
    world = await settledWorld({ 'a.txt': 'one' }, { store: { pageSize: 10 } });
    const a = world.device('A');
    await a.sync();
    const few = a.store.requestCounts().LIST;
    await a.sync();
    const usual = a.store.requestCounts().LIST - few;
    for (let at = 0; at < 500; at += 1) world.bucket.write(`.strata/trash/run/${at}/old.txt`, 'old');
    const begun = a.store.requestCounts().LIST;
    await a.sync();
    expect(a.store.requestCounts().LIST - begun).toBeLessThanOrEqual(usual + 1);
  });
  it('rule 34: after a run a device has named the keys that it changed, in one small object', async () => {
    world = await settledWorld(files(30));
    const a = world.device('A');
    a.write('folder 1/file 1.txt', 'edited');
    const puts: string[] = [];
    a.onRequest = (verb, key) => void (verb === 'put' && puts.push(key));
    await a.sync();
    const [content, ...own] = puts;
    expect([content, own.length]).toEqual(['folder 1/file 1.txt', 1]);
    expect(own[0]).toMatch(/^\.strata\/devices\//);
    expect(world.bucket.text(own[0] ?? '')).toContain('folder 1/file 1.txt');
  });
});

describe('rule 35: the cursor is a key', () => {
  it('rule 35: no statement is open between two pages of a listing, nor while a plan is carried out', async () => {
    world = createWorld({ store: { pageSize: 10 }, indexFiles: true });
    for (const [path, text] of Object.entries(files(20))) world.device('A').write(path, text);
    const checkpoints: unknown[] = [];
    for (const device of world.devices) {
      // Throws while a statement of this connection still reads; answers busy while another holds the log.
      device.onRequest = (verb) => void (['list', 'put', 'get'].includes(verb) && checkpoints.push(device.index.database.pragma('wal_checkpoint(TRUNCATE)')));
    }
    await world.settle();
    expect(checkpoints.length).toBeGreaterThan(40);
    expect(checkpoints.filter((answer) => (answer as { busy: number }[])[0]?.busy !== 0)).toEqual([]);
  });
});
