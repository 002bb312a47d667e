/** Proves by counting that work follows what changed, never what exists: 100,000 entries are known, one changes. */
import { beforeAll, expect, test } from 'vitest';
import { relativePath, rootPath, type EntryKey } from '../../shared/relative-path.ts';
import { handMadeWork } from '../testing/hand-made-work.ts';
import { at } from '../testing/world-device.ts';
import { createWorld, type World } from '../testing/world.ts';
import { observe, settle, type CycleControl } from './cycle.ts';
import type { Hinted } from './change-hints.ts';
import type { Index } from './index-port.ts';
import { sha256Of } from './markers.ts';
import type { ETag, RequestCounts, Sha256, StoreKey } from './ports.ts';
import type { Work } from './work.ts';

const known = 100_000;
let world: World;
let rowsRead = 0;

beforeAll(async () => {
  world = createWorld({ devices: ['A'] });
  const device = world.device('A');
  device.write('notes/plan.md', 'one');
  await world.settle();
  device.index.transaction(() => {
    for (let number = 0; number < known; number += 1) addAgreed(device.index, `many/${Math.floor(number / 1000)}/file-${number}` as EntryKey);
  });
}, 600_000);

function addAgreed(index: Index, key: EntryKey): void {
  const { rootId } = world.device('A');
  const sha256 = 'ab'.repeat(32) as Sha256;
  const etag = 'cd'.repeat(16) as ETag;
  index.setLocal(rootId, key, { diskPath: key, sizeBytes: 5, mtimeNs: 1n, ctimeNs: 1n, birthtimeNs: 1n, inode: 7n, executable: false, sha256 });
  index.setRemote(rootId, key, { objectKey: key as string as StoreKey, sizeBytes: 5, etag, modifiedMs: 1, sha256, mtimeNs: 1n, executable: false, tier: 'warm', store: 'warm', storageClass: 'STANDARD', versionId: null });
  index.setBase(rootId, key, { sha256, sizeBytes: 5, executable: false, resident: true, store: 'warm', etag, versionId: null });
}

async function workOnDevice(): Promise<Work> {
  const device = world.device('A');
  return handMadeWork(world, 'A', {
    ...device.index,
    due: (rootId, request) => {
      const rows = device.index.due(rootId, request);
      rowsRead += rows.length;
      return rows;
    },
  });
}
const control: CycleControl = { concurrency: () => 4, approveCounts: false, onPhase: () => undefined, onLooked: () => undefined, counters: { onStart: () => undefined, onEnd: () => undefined }, onDue: () => undefined, hintsPending: () => false };

async function cost(work: Work, hinted: Hinted): Promise<{ requests: RequestCounts; folderReads: number; rows: number }> {
  const device = world.device('A');
  const before = device.store.requestCounts();
  const folders = device.disk.counters.folderReads;
  rowsRead = 0;
  await observe(work, hinted, control);
  await settle(work, control, true);
  const after = device.store.requestCounts();
  const requests = Object.fromEntries(Object.entries(after).map(([verb, count]) => [verb, count - before[verb as keyof RequestCounts]])) as unknown as RequestCounts;
  return { requests, folderReads: device.disk.counters.folderReads - folders, rows: rowsRead };
}

test('one new file among 100,000 costs one PUT, no LIST and the reading of one folder', async () => {
  const work = await workOnDevice();
  world.device('A').disk.write(at('notes/new.md'), 'fresh');
  const spent = await cost(work, { folders: [relativePath('notes')], keys: [] });
  expect(world.objects()['notes/new.md']).toBe('fresh');
  expect(spent.requests).toMatchObject({ PUT: 1, LIST: 0, DELETE: 0, GET: 0 });
  expect(spent.folderReads).toBe(1);
  expect(spent.rows).toBeLessThanOrEqual(50);
});

test('one notified key among 100,000 costs one HEAD and one GET of content, no LIST', async () => {
  const work = await workOnDevice();
  const bytes = Buffer.from('from elsewhere');
  await world.bucket.device().put('notes/other.md' as StoreKey, bytes, { sizeBytes: bytes.length, sha256: sha256Of(bytes) });
  const spent = await cost(work, { folders: [], keys: ['notes/other.md' as StoreKey] });
  expect(world.tree('A')['notes/other.md']).toBe('from elsewhere');
  expect(spent.requests).toMatchObject({ PUT: 0, LIST: 0, HEAD: 1, GET: 1 });
  expect(spent.rows).toBeLessThanOrEqual(50);
});

test('a hint about a folder in which nothing changed costs no request at all', async () => {
  const work = await workOnDevice();
  const spent = await cost(work, { folders: [rootPath], keys: [] });
  expect(Object.values(spent.requests).reduce((sum, count) => sum + count, 0)).toBe(0);
});
