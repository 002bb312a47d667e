/** Room by rule and on a full disk: what was used longest ago leaves first, pins win, and only what the place holds goes (rules 1, 12, 18). */
import { afterEach, describe, expect, it } from 'vitest';
import type { EntryKey } from '../../shared/relative-path.ts';
import { tierQueries } from '../database/tier-queries.ts';
import { at } from '../testing/world-device.ts';
import { settledWorld, type World } from '../testing/world.ts';
import { bytesToFree, freeForFullDisk, freeUnused, previewRoom, unusedBefore, type RoomParts, type RoomRules } from './room.ts';

const day = 86_400_000;
let world: World | null = null;
afterEach(async () => {
  await world?.close();
  world = null;
});
const there = (): World => world as World;

/** Three files of 1,000 bytes and one small one, `old` first; 30 days later. */
async function start(capacityBytes = 1_000_000): Promise<World> {
  world = await settledWorld({ 'old.bin': 'o'.repeat(1000), 'f/mid.bin': 'm'.repeat(1000), 'f/new.bin': 'n'.repeat(1000), 'small.txt': 's' }, { disk: { capacityBytes } });
  there().clock.pass(30 * day);
  return there();
}
const parts = (rules: Partial<RoomRules>, pinned: readonly string[] = []): RoomParts => ({ rows: tierQueries(there().device('A').index.database), rules: { unusedDays: null, keepFreeBytes: null, ...rules }, pinned, words: { unused: 'unused', full: 'full' } });
const use = (key: string): void => there().device('A').index.setUsed(there().device('A').rootId, key as EntryKey, there().clock.nowMs());
const here = (): string[] => Object.keys(there().tree('A')).filter((path) => !path.endsWith('/'));
const everywhere = { 'old.bin': 'o'.repeat(1000), 'f/mid.bin': 'm'.repeat(1000), 'f/new.bin': 'n'.repeat(1000), 'small.txt': 's' };
async function nothingLost(): Promise<void> {
  for (let round = 0; round < 2; round += 1) for (const device of there().devices) await device.sync();
  expect(there().objects()).toEqual(everywhere);
  expect(Object.keys(there().tree('B')).sort()).toEqual(['f/', 'f/mid.bin', 'f/new.bin', 'old.bin', 'small.txt']);
}

describe('the figures', () => {
  it.each([[null, 5, 0], [10, 10, 0], [10, 12, 0], [10, 4, 6]] as const)('keep %s free, %s are: %s to free', (keepFreeBytes, free, missing) => {
    expect(bytesToFree({ unusedDays: null, keepFreeBytes }, free)).toBe(missing);
  });
  it('days count back from now', () => {
    expect([unusedBefore({ unusedDays: 2, keepFreeBytes: null }, 5 * day), unusedBefore({ unusedDays: null, keepFreeBytes: 1 }, 5 * day)]).toEqual([3 * day, null]);
  });
});

describe('not used for long', () => {
  it('rules 1, 18: leaves this disk, is deleted nowhere, says why in Activity; what was opened or read lately, and what is pinned, stays', async () => {
    await start();
    use('f/new.bin');
    const { disk, engine, index, rootId } = there().device('A');
    disk.hooks.accessedMs = (path) => (path === at('small.txt') ? there().clock.nowMs() - day : 0);
    const rules = { unusedDays: 20 };
    expect(previewRoom(parts(rules).rows, rootId, parts(rules).rules, { nowMs: there().clock.nowMs(), freeBytes: null, pinned: ['f/mid.bin'], mostExamples: 9 })).toMatchObject({ unusedFiles: 2, unusedBytes: 1001, fullFiles: 0 });
    expect(await engine.between((work) => freeUnused(work, parts(rules, ['f/mid.bin'])))).toEqual({ files: 1, bytes: 1000, left: [] });
    expect(here()).toEqual(['f/mid.bin', 'f/new.bin', 'small.txt']);
    const line = index.database.prepare<[string], { note: string }>("SELECT note FROM activity WHERE root = ? AND kind = 'evict'").all(rootId);
    expect(line).toEqual([{ note: 'unused' }]);
    await nothingLost();
  });
  it('a file that came down lately is not old, however old its own time is', async () => {
    await start();
    await there().device('A').engine.between((work) => freeUnused(work, parts({ unusedDays: 20 })));
    const { fetch } = await import('./residency.ts');
    await fetch(await there().device('A').engine.connected(), ['old.bin' as never], 2);
    expect(await there().device('A').engine.between((work) => freeUnused(work, parts({ unusedDays: 20 })))).toMatchObject({ files: 0 });
  });
  it('rule 1: what is not in step, or no longer in the place, stays', async () => {
    await start();
    there().device('A').write('f/mid.bin', 'edited');
    there().bucket.erase('old.bin');
    const freed = await there().device('A').engine.between((work) => freeUnused(work, parts({ unusedDays: 20 })));
    expect([freed.files, here()]).toEqual([2, ['f/mid.bin', 'old.bin']]);
  });
});

describe('a full disk', () => {
  it('rules 1, 18: the longest unused leaves, no more than is needed', async () => {
    await start();
    use('old.bin');
    const { engine } = there().device('A');
    const free = await (await engine.connected()).local.freeBytes();
    const rules = { keepFreeBytes: free + 1500 };
    expect(await engine.between((work) => freeForFullDisk(work, parts(rules), 0))).toEqual({ files: 2, bytes: 2000, left: [] });
    expect(here()).toEqual(['old.bin', 'small.txt']);
    await nothingLost();
  });
  it('room that is on its way counts; pins win although room stays missing', async () => {
    await start();
    const { engine, rootId } = there().device('A');
    const free = await (await engine.connected()).local.freeBytes();
    expect(await engine.between((work) => freeForFullDisk(work, parts({ keepFreeBytes: free + 500 }), 500))).toMatchObject({ files: 0 });
    const rules = { unusedDays: null, keepFreeBytes: free + 50_000 };
    expect(previewRoom(parts(rules).rows, rootId, rules, { nowMs: there().clock.nowMs(), freeBytes: free, pinned: ['f'], mostExamples: 9 })).toMatchObject({ fullFiles: 2, fullBytes: 1001, missingBytes: 48_999 });
    expect(await engine.between((work) => freeForFullDisk(work, parts(rules, ['f']), 0))).toEqual({ files: 2, bytes: 1001, left: [] });
    expect(here()).toEqual(['f/mid.bin', 'f/new.bin']);
  });
});
