/** Adding a folder: every refusal of rule 29 and of bad input comes before anything is written; a good one is written whole. */
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../base/app-error.ts';
import { openIndex, type IndexHandle } from '../database/open-index.ts';
import type { RootId } from '../sync/index-port.ts';
import { describedFolders, openRegistry, recordOf, type MemoryPlaces } from '../testing/app-stand-ins.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import type { RootRegistry } from './root-registry.ts';
import { RootSetup } from './root-setup.ts';

let index: IndexHandle;
let registry: RootRegistry;
let places: MemoryPlaces;
let setup: RootSetup;
const clock = new ManualClock();
const folders = describedFolders({
  '/home/a/Photos': {}, '/home/a/Photos/2026': {}, '/home/a': {}, '/home/a/New': {}, '/link': { real: '/home/a/Photos' }, '/home/a/data/inside': {}, '/mnt/store': {}, '/mnt/store/sub': {}, '/mnt': {},
  '/home/a/file': { kind: 'other' }, '/ro': { writable: false }, '/secret': { readable: false }, '/other': {},
});

beforeEach(() => {
  index = openIndex(':memory:', clock);
  index.saveRoot(recordOf('photos', { folder: '/home/a/Photos', address: 'mem://photos/album', libraryId: 'lib-1' }));
  index.saveRoot(recordOf('backup', { folder: '/other', address: 'folder:/mnt/store' }));
  ({ registry, places } = openRegistry(index, clock));
  setup = new RootSetup({ index, registry, places, folders, clock, dataDir: '/home/a/data', defaults: { folder: '/home/a/Strata', storeFolder: '/home/a/data/Store' }, deviceName: () => 'Laptop' });
});
const keys = { accessKeyId: 'id', secretAccessKey: 'very secret' };
const add = (folder: string, address: string): Promise<unknown> => setup.add({ folder, place: { address, keys } });

describe('refused', () => {
  it.each<[string, string, string, string]>([
    ['a folder that is not there', '/nope', 'mem://x', 'root_missing'],
    ['a file', '/home/a/file', 'mem://x', 'root_not_folder'],
    ['a folder that can’t be written to', '/ro', 'mem://x', 'disk_read_only'],
    ['a folder that can’t be read', '/secret', 'mem://x', 'file_unreadable'],
    ['the same folder', '/home/a/Photos', 'mem://x', 'root_overlaps'],
    ['the same folder by a link', '/link', 'mem://x', 'root_overlaps'],
    ['a folder inside', '/home/a/Photos/2026', 'mem://x', 'root_overlaps'],
    ['a folder around', '/home/a', 'mem://x', 'root_overlaps'],
    ['a folder inside the data dir', '/home/a/data/inside', 'mem://x', 'root_overlaps'],
    ['a folder inside another’s store', '/mnt/store/sub', 'mem://x', 'root_overlaps'],
    ['a folder inside its own store', '/mnt/store/sub', 'folder:/mnt', 'root_overlaps'],
    ['a synced folder as store', '/home/a/New', 'folder:/home/a/Photos/2026', 'root_overlaps'],
    ['the same place', '/home/a/New', 'mem://photos/album', 'library_in_use'],
    ['a prefix below', '/home/a/New', 'mem://photos/album/sub', 'library_in_use'],
    ['the bucket above', '/home/a/New', 'mem://photos', 'library_in_use'],
    ['the same store folder', '/home/a/New', 'folder:/mnt/store', 'library_in_use'],
    ['a store folder around another store', '/home/a/New', 'folder:/mnt', 'library_in_use'],
    ['an address that is none', '/home/a/New', 'ftp://x', 'place_invalid'],
  ])('%s', async (_, folder, address, code) => {
    await expect(add(folder, address)).rejects.toMatchObject({ code });
    expect(index.roots()).toHaveLength(2);
    expect([places.kept.size, places.opened]).toEqual([0, 0]);
  });
  it('a name that only begins alike is another prefix', async () => {
    await add('/home/a/New', 'mem://photos/album2');
    expect(index.roots()).toHaveLength(3);
  });
  it('the same library through another address, known by its mark', async () => {
    places.bucket('mem://alias').write('.strata/~library', JSON.stringify({ libraryId: 'lib-1', createdAtMs: 1, coldStore: null }));
    await expect(add('/home/a/New', 'mem://alias')).rejects.toMatchObject({ code: 'library_in_use', context: { other: 'photos' } });
    expect([index.roots().length, places.kept.size]).toEqual([2, 0]);
  });
  it.each(['keys_refused', 'bucket_missing', 'network_unreachable', 'clock_skewed', 'tls_untrusted', 'not_a_store'] as const)('a place that answers %s', async (code) => {
    places.refuse = new AppError(code, { place: 'mem' });
    await expect(add('/home/a/New', 'mem://x')).rejects.toMatchObject({ code });
    expect([index.roots().length, places.kept.size]).toEqual([2, 0]);
  });
});

describe('taken', () => {
  it('the keys go to the secret store, the root without them to the index, nothing to the place', async () => {
    const record = await setup.add({ folder: '/home/a/New', place: { address: 'mem://fresh', keys }, device: '  ' });
    expect(record).toMatchObject({ name: 'New', folder: '/home/a/New', address: 'mem://fresh', deviceName: 'Laptop', pausedUntilMs: null });
    expect(places.kept.get(`place:${record.id}`)).toEqual(keys);
    expect(JSON.stringify(index.roots())).not.toContain('very secret');
    expect(places.bucket('mem://fresh').sortedKeys()).toEqual([]);
    expect(registry.find(record.id)).not.toBeNull();
  });
  it('a place without keys takes those that Strata keeps for the same server, and keeps them for itself too', async () => {
    await places.keepKeys('place:photos', keys);
    const record = await setup.add({ folder: '/home/a/New', place: { address: 'mem://fresh' } });
    expect(places.askedNames.at(-1)).toBe('place:photos');
    expect(places.kept.get(`place:${record.id}`)).toEqual(keys);
    await registry.remove('photos');
    expect(places.kept.get(`place:${record.id}`)).toEqual(keys);
  });
  it('both roots of one data dir are one device', async () => {
    const first = await setup.add({ folder: '/home/a/New', place: { address: 'mem://one' } });
    const second = await setup.add({ folder: '/mnt', place: { address: 'mem://two' } }).catch(() => null);
    expect(second === null || second.deviceId === first.deviceId).toBe(true);
  });
  it('only the folder that Strata proposes is made', async () => {
    await setup.add({ folder: '/home/a/Strata', place: { address: 'folder:/home/a/data/Store' } });
    expect(folders.made).toEqual(['/home/a/Strata', '/home/a/data/Store']);
  });
  it('is found again by folder and place, through a link too', async () => {
    expect((await setup.find('/link', 'mem://photos/album'))?.id).toBe('photos');
    expect(await setup.find('/link', 'mem://photos')).toBeNull();
  });
});

describe('the registry', () => {
  it('starts nothing before it is told, then each folder once', async () => {
    const { registry: own, engines } = openRegistry(index, clock);
    const engine = await own.engineOf('photos');
    expect([engines.get('photos' as RootId)?.asked, own.get('photos').state]).toEqual([[], null]);
    own.start();
    await own.engineOf('backup');
    await Promise.resolve();
    expect(engine).toBe(engines.get('photos' as RootId));
    expect(engines.get('photos' as RootId)?.asked).toEqual(['start']);
    await own.close();
    expect(engines.get('photos' as RootId)?.asked).toEqual(['start', 'stop']);
  });
  it('goes on by itself when a pause is over, also after a restart', () => {
    registry.setPaused('photos', clock.nowMs() + 60_000);
    const { registry: restarted } = openRegistry(index, clock);
    clock.pass(59_999);
    expect(restarted.record('photos').pausedUntilMs).not.toBeNull();
    clock.pass(1);
    expect(restarted.record('photos').pausedUntilMs).toBeNull();
    registry.setPaused('photos', Infinity);
    clock.pass(10 * 86_400_000);
    expect(registry.record('photos').pausedUntilMs).toBe(Infinity);
  });
  it('another name for this computer reaches folders that run already', async () => {
    const { registry: own, engines } = openRegistry(index, clock);
    await own.engineOf('photos');
    own.renameDevice('Anna’s laptop');
    own.renameDevice('Anna’s laptop');
    expect([own.record('photos').deviceName, own.record('backup').deviceName]).toEqual(['Anna’s laptop', 'Anna’s laptop']);
    expect(engines.get('photos' as RootId)?.asked).toEqual(['renamed']);
  });
  it('a removed folder takes its keys and rows along and stops its engine first', async () => {
    const { registry: own, engines, places: kept } = openRegistry(index, clock);
    await kept.keepKeys('place:photos', keys);
    await own.engineOf('photos');
    await own.remove('photos');
    expect([engines.get('photos' as RootId)?.asked, kept.kept.size, index.root('photos' as RootId)]).toEqual([['stop'], 0, null]);
  });
});
