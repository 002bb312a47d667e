/** Proves that the simulated disk keeps the promises of a real one, and then what only it can show: unmounting, missing rights, a full disk, power loss at every call. */
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { MemoryDisk, SimulatedCrash, type MemoryDiskOptions } from '../testing/memory-disk.ts';
import { systemError } from '../testing/memory-disk-tree.ts';
import { rootActsConformance } from '../testing/root-conformance-acts.ts';
import { marker, place, received, rootConformance, scanned, statOf, type RootWorld } from '../testing/root-conformance.ts';
import { rootScanConformance } from '../testing/root-conformance-scans.ts';

const at = (path: string): string => (path === '.' ? '/home/root' : path.startsWith('../') ? `/home/${path.slice(3)}` : `/home/root/${path}`);

async function makeWorld(options: Partial<MemoryDiskOptions> = {}): Promise<RootWorld & { readonly disk: MemoryDisk }> {
  const clock = new ManualClock();
  const disk = new MemoryDisk({ clock, ...options });
  disk.mkdir('/home/root');
  const root = await disk.openRoot('/home/root');
  return {
    disk,
    root,
    hooks: disk.hooks,
    user: {
      write: (path, text) => disk.write(at(path), text),
      text: (path) => (disk.stat(at(path))?.kind === 'file' ? disk.text(at(path)) : null),
      remove: (path) => disk.remove(at(path)),
      rename: (from, to) => disk.rename(at(from), at(to)),
      mkdir: (path) => disk.mkdir(at(path)),
      symlink: (path, target) => disk.symlink(at(path), target),
      hardLink: (from, to) => disk.hardLink(at(from), at(to)),
      pipe: (path) => disk.special(at(path)),
      touch: (path, mtimeNs) => disk.touch(at(path), mtimeNs),
    },
    pass: (delayMs) => clock.pass(delayMs),
    close: () => root.close(),
  };
}

rootConformance('simulated disk', makeWorld);
rootActsConformance('simulated disk', makeWorld);
rootScanConformance('simulated disk', makeWorld);
rootActsConformance('simulated disk that folds case', () => makeWorld({ foldsCase: true, foldsUnicode: true }));

describe('a disk that goes away', () => {
  it('an unmounted root holds nothing back and deletes nothing; with its marker it is the same again (F14)', async () => {
    const { root, disk } = await makeWorld();
    disk.write('/home/root/a', '1');
    await root.writeMarker(marker);
    await root.identify();
    disk.unmount('/home/root');
    await expect(root.identify()).rejects.toMatchObject({ code: 'root_changed' });
    expect(await root.absenceIsCredible('a')).toBe(false);
    disk.remount('/home/root', { newDevice: true });
    await expect(root.stat('a')).rejects.toMatchObject({ code: 'root_changed' });
    expect((await root.identify()).marker).toEqual(marker);
    expect(await root.hash('a')).toMatchObject({ ok: true });
  });
  it('a root that goes away in mid scan ends it as incomplete (rule 2)', async () => {
    const { root, disk } = await makeWorld();
    for (const name of ['a', 'b', 'c']) disk.write(`/home/root/${name}/x`, '');
    disk.hooks.beforeRead = (name, path) => {
      if (name === 'readFolder' && path.endsWith('/b')) {
        disk.hooks.beforeRead = undefined;
        disk.unmount('/home/root');
      }
    };
    expect((await scanned(root)).events.at(-1)).toEqual({ type: 'end', complete: false, code: 'root_changed' });
  });
  it('another disk inside the root is skipped and absence below it is not believed (rule 9)', async () => {
    const { root, disk } = await makeWorld();
    disk.write('/home/root/m/a', '1');
    const seen = await statOf(root, 'm/a');
    disk.mount('/home/root/m');
    expect((await scanned(root)).entries).toMatchObject([{ path: 'm', skipped: { code: 'is_mount' } }]);
    expect(await root.absenceIsCredible('m/a')).toBe(false);
    await expect(root.trash('m/a', seen, 'r')).rejects.toMatchObject({ code: 'is_mount' });
  });
});

describe('rights and room', () => {
  it('a folder that can’t be read is unknown, not empty; the scan goes on (F12)', async () => {
    const { root, disk } = await makeWorld();
    disk.write('/home/root/no/x', '');
    disk.write('/home/root/yes', '');
    disk.chmod('/home/root/no', { readable: false });
    const { events } = await scanned(root);
    expect(events).toMatchObject([{ type: 'entries', entries: [{ path: 'no' }] }, { type: 'unreadable', path: 'no', code: 'file_unreadable' }, { type: 'entries', entries: [{ path: 'yes' }] }, { type: 'end', complete: true }]);
    expect(await root.absenceIsCredible('no/y')).toBe(false);
    await expect(root.stat('no/x')).rejects.toMatchObject({ code: 'file_unreadable' });
  });
  it('names why: no room, read-only, no right, too many open (F10, F11, F13)', async () => {
    const { root, disk } = await makeWorld();
    disk.write('/home/root/f/a', '1');
    disk.capacityBytes = disk.tree.usedBytes + 1;
    await expect(place(root, 'x', 'two', null)).rejects.toMatchObject({ code: 'disk_full' });
    await expect(root.receive(10_000_000)).rejects.toMatchObject({ code: 'disk_full' });
    disk.capacityBytes = 1e9;
    disk.chmod('/home/root/f', { writable: false });
    await expect(root.trash('f/a', await statOf(root, 'f/a'), 'r')).rejects.toMatchObject({ code: 'file_unwritable' });
    expect(await root.listTrash()).toEqual([]);
    disk.readOnly = true;
    await expect(place(root, 'x', 'two', null)).rejects.toMatchObject({ code: 'disk_read_only' });
    disk.readOnly = false;
    disk.hooks.beforeRead = (name) => {
      if (name === 'open') throw systemError('EMFILE', '');
    };
    await expect(root.hash('f/a')).rejects.toMatchObject({ code: 'too_many_open' });
  });
  it('works without links, and then still replaces nothing that is there (FAT)', async () => {
    const { root, disk } = await makeWorld({ holdsLinks: false, timeStepNs: 2_000_000_000n });
    expect(await place(root, 'a', 'one', null)).toMatchObject({ ok: true });
    expect(await place(root, 'a', 'two', await statOf(root, 'a'))).toMatchObject({ ok: true });
    disk.write('/home/root/b', 'mine');
    expect(await root.rename('a', 'b', await statOf(root, 'a'))).toEqual({ ok: false, why: 'exists' });
    expect(disk.list('/home/root')).toEqual({ a: 'two', b: 'mine' });
  });
});

describe('a file that changes while it is read (F30)', () => {
  it('has no hash', async () => {
    const { root, disk } = await makeWorld();
    disk.write('/home/root/a', 'before');
    disk.hooks.beforeRead = (name, path) => {
      if (name === 'read' && path.endsWith('/a')) disk.append('/home/root/a', '!');
    };
    expect(await root.hash('a')).toEqual({ ok: false, why: 'changed' });
    expect(await root.readWhole('a')).toEqual({ ok: false, why: 'changed' });
  });
});

describe('power loss and kill at every call (F01, F02)', () => {
  /** Old and new content, and where they may be after a crash before effect number `stopAt`. */
  async function crashed(stopAt: number, dropUnsynced: boolean) {
    const { root, disk } = await makeWorld();
    disk.write('/home/root/a', 'old content');
    const seen = await statOf(root, 'a');
    let count = 0;
    disk.hooks.beforeEffect = () => {
      count += 1;
      if (count <= stopAt) return;
      disk.hooks.beforeEffect = undefined;
      disk.crash({ dropUnsynced });
      throw new SimulatedCrash();
    };
    let isDone = false;
    try {
      const { incoming } = await received(root, 'new content');
      const answer = await root.place(incoming, 'a', { expect: seen, mtimeNs: null, executable: false, runId: 'run-1' });
      isDone = answer.ok;
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(SimulatedCrash);
    }
    if (isDone) {
      disk.hooks.beforeEffect = undefined;
      disk.crash({ dropUnsynced });
    }
    const again = await disk.openRoot('/home/root');
    const trash = await again.listTrash();
    const inTrash = [];
    for (const one of trash) if ((await again.untrash(one.trashId, `found-${one.trashId.replace('/', '-')}`)).ok) inTrash.push(disk.text(`/home/root/found-${one.trashId.replace('/', '-')}`));
    return { isDone, atPath: disk.exists('/home/root/a') ? disk.text('/home/root/a') : null, inTrash };
  }
  for (const dropUnsynced of [false, true]) {
    it(`the path holds a whole version or nothing, and the old one is never gone (${dropUnsynced ? 'power' : 'kill'}; I1, I4)`, async () => {
      let done = 0;
      let halfDone = 0;
      for (let stopAt = 0; done === 0; stopAt += 1) {
        if (stopAt > 100) throw new Error('it never gets done');
        const { isDone, atPath, inTrash } = await crashed(stopAt, dropUnsynced);
        expect([null, 'old content', 'new content'], `after ${stopAt} effects`).toContain(atPath);
        expect(atPath === 'old content' || inTrash.includes('old content'), `after ${stopAt} effects the old content is there`).toBe(true);
        if (atPath !== 'old content') halfDone += 1;
        if (isDone) {
          expect(atPath).toBe('new content');
          done += 1;
        }
      }
      // The loop must have met states in between, or it proved nothing.
      expect(halfDone).toBeGreaterThan(1);
    });
  }
});
