/** Replays what was skipped and read as deleted, and names that must stay outside: skipped is frozen, hostile keys are never written (rules 3, 9, 10, 19, 20, 23, 31). */
import { afterEach, describe, expect, it } from 'vitest';
import { at } from '../testing/world-device.ts';
import { createWorld, settledWorld, type World, type WorldOptions } from '../testing/world.ts';

let world: World;
const start = async (files: Record<string, string>, options: WorldOptions = {}): Promise<World> => (world = await settledWorld(files, options));
afterEach(() => world?.close());
const photos = { 'Photos/a.jpg': 'a', 'Photos/b.jpg': 'b', 'Photos/sub/c.jpg': 'c', 'other.txt': 'o' };
const photosThere = (): void => {
  for (const path of ['Photos/a.jpg', 'Photos/b.jpg', 'Photos/sub/c.jpg']) {
    expect(world.bucket.objects.has(path), path).toBe(true);
    expect(world.device('B').exists(path), path).toBe(true);
  }
};

describe('rule 9: skipped is not absent', () => {
  it('rule 9: a folder moved to another disk with a link in its place deletes nothing (F35)', async () => {
    await start(photos);
    const { disk } = world.device('A');
    disk.rename(at('Photos'), '/home/elsewhere');
    disk.symlink(at('Photos'), '/home/elsewhere');
    await world.quiet();
    photosThere();
    disk.remove(at('Photos'));
    disk.rename('/home/elsewhere', at('Photos'));
    await world.settle();
    photosThere();
    expect(world.device('A').text('Photos/sub/c.jpg')).toBe('c');
  });

  it('rule 9: an empty folder with a link in its place is deleted nowhere, and is there again without it (F35)', async () => {
    await start({ 'other.txt': 'o' });
    const { disk } = world.device('A');
    disk.mkdir(at('Empty'));
    await world.settle();
    disk.remove(at('Empty'));
    disk.symlink(at('Empty'), '/home/elsewhere');
    await world.quiet();
    expect([world.bucket.objects.has('Empty/'), world.device('B').exists('Empty')]).toEqual([true, true]);
    disk.remove(at('Empty'));
    disk.mkdir(at('Empty'));
    await world.settle();
    expect(world.device('B').exists('Empty')).toBe(true);
  });

  it('rules 3, 9: a file that takes the name of a folder which a link keeps on another computer gives way to it (F35)', async () => {
    await start({ 'dir/a.txt': 'a', 'other.txt': 'o' });
    world.device('A').disk.symlink(at('dir/link'), '/home/elsewhere');
    await world.quiet();
    world.device('B').disk.remove(at('dir'));
    world.device('B').write('dir', 'a file now');
    await world.quiet();
    const here = world.device('A').tree();
    expect(Object.entries(here).filter(([, text]) => text === 'a file now').map(([path]) => path)).toEqual([expect.stringMatching(/^dir \(file /)]);
    expect(here['dir/link']).toBe('-> /home/elsewhere');
    expect([...world.bucket.objects.keys()].filter((key) => !key.startsWith('.strata/')).sort()).toEqual([expect.stringMatching(/^dir \(file /), 'other.txt']);
  });

  it('rule 9: a file whose place an ignored folder takes is deleted nowhere (F35)', async () => {
    await start({ '.strataignore': 'build/\n', build: 'a file', 'other.txt': 'o' });
    world.device('A').disk.remove(at('build'));
    world.device('A').write('build/out.o', 'made here');
    await world.quiet();
    expect([world.bucket.text('build'), world.device('B').text('build')]).toEqual(['a file', 'a file']);
  });

  it('rule 9: a new line in .strataignore deletes nothing, and taking it back merges', async () => {
    await start(photos);
    world.device('A').write('.strataignore', 'Photos\n');
    await world.quiet();
    photosThere();
    expect(world.device('A').text('Photos/a.jpg')).toBe('a');
    world.device('B').write('.strataignore', '# nothing\n');
    await world.quiet();
    await world.settle();
    photosThere();
  });

  it('rule 9: a folder that may not be read deletes nothing (F12)', async () => {
    await start(photos);
    world.device('A').disk.chmod(at('Photos'), { readable: false });
    await world.quiet();
    photosThere();
    world.device('A').disk.chmod(at('Photos'), { readable: true });
    await world.settle();
  });

  it('rule 9: what failed and is then ignored waits for nothing any more (F12)', async () => {
    await start({ 'keep.txt': 'k' });
    world.device('A').write('other/secret.txt', 's');
    world.device('A').disk.chmod(at('other/secret.txt'), { readable: false });
    expect((await world.device('A').sync()).reasons).toHaveLength(1);
    world.device('A').write('.strataignore', 'other/\n');
    expect((await world.device('A').sync()).inStep).toBe(true);
  });

  it('rule 9: a disk mounted over a folder inside the root deletes nothing', async () => {
    await start(photos);
    world.device('A').disk.mount(at('Photos'));
    await world.quiet();
    photosThere();
  });

  it('rule 9: an edit elsewhere below a frozen folder arrives when the reason is gone', async () => {
    await start(photos);
    world.device('A').disk.chmod(at('Photos'), { readable: false });
    await world.device('A').sync();
    world.device('B').write('Photos/a.jpg', 'a, edited by B');
    await world.device('B').sync();
    await world.device('A').sync();
    world.device('A').disk.chmod(at('Photos'), { readable: true });
    await world.settle();
    expect(world.device('A').text('Photos/a.jpg')).toBe('a, edited by B');
  });
});

describe('rule 3: file against folder of one name', () => {
  it('rule 3: a folder replaced by a file, while another device adds to the folder, loses neither (F35)', async () => {
    await start({ 'notes/old.txt': 'old', 'other.txt': 'o' });
    world.device('A').remove('notes');
    world.device('A').write('notes', 'now a file');
    world.device('B').write('notes/new.txt', 'new');
    await world.quiet();
    await world.settle();
    expect(Object.values(world.tree('A'))).toContain('new');
    expect(Object.values(world.tree('A'))).toContain('now a file');
    expect(world.device('A').text('notes/new.txt')).toBe('new');
  });

  it('rule 3: a file replaced by a folder arrives as a folder, and back again', async () => {
    await start({ 'x': 'file', 'other.txt': 'o' });
    world.device('A').remove('x');
    world.device('A').write('x/inner.txt', 'inner');
    await world.settle();
    expect(world.device('B').text('x/inner.txt')).toBe('inner');
    world.device('B').remove('x');
    world.device('B').write('x', 'a file again');
    await world.settle();
    expect(world.device('A').text('x')).toBe('a file again');
  });

  it('rule 3: where the place holds both, the file gives way under one name on every device', async () => {
    await start({ 'other.txt': 'o' });
    world.bucket.write('x', 'a file');
    world.bucket.write('x/inner.txt', 'inner');
    await world.quiet();
    await world.settle();
    expect(world.device('A').text('x/inner.txt')).toBe('inner');
    expect(Object.values(world.tree('A'))).toContain('a file');
  });
});

describe('rules 10, 19 and 33: order and spelling', () => {
  it('rule 10: names in every order of bytes, and pages of three keys, are neither deleted nor doubled (F33)', async () => {
    const names = ['a.txt', 'a/b', 'a0', 'a-b', 'Ä', 'ä/ö', '😀', '\u{ffee}', 'z😀/é', 'A', 'line\nbreak', 'right\u202eto left', ' lead'];
    await start(Object.fromEntries(names.map((name) => [name, `content of ${name}`])), { store: { pageSize: 3 } });
    await world.settle();
    expect(Object.values(world.tree('B')).filter((text) => text !== '')).toHaveLength(names.length);
  });

  it('rule 10: a key in decomposed form is the same file, and stays the same key (F33)', async () => {
    await start({ 'other.txt': 'o' });
    const key = 'cafe\u0301.txt';
    world.bucket.write(key, 'v1');
    await world.device('A').sync();
    await world.device('A').sync();
    world.device('A').write(Object.keys(world.tree('A')).find((name) => name.startsWith('caf')) ?? 'missing', 'v2 edited');
    await world.device('A').sync();
    await world.device('B').sync();
    expect(Object.keys(world.objects()).sort()).toEqual([key, 'other.txt'].sort());
    expect(world.bucket.text(key)).toBe('v2 edited');
    expect(world.device('B').text('caf\u00e9.txt') ?? world.device('B').text(key)).toBe('v2 edited');
  });

  const folding = { disks: { B: { foldsCase: true, foldsUnicode: true } } };
  it('rule 19: a rename of case only arrives as a rename on a disk that folds case (F31, F32)', async () => {
    await start({ 'a.txt': 'content', 'other.txt': 'o' }, folding);
    world.device('A').rename('a.txt', 'A.txt');
    await world.settle();
    expect(world.tree('B')).toEqual({ 'A.txt': 'content', 'other.txt': 'o' });
  });

  it('rule 19: renamed and edited elsewhere, a name of other case is no second file (F31, F32, F61)', async () => {
    await start({ 'a.txt': 'content', 'other.txt': 'o' }, folding);
    world.device('A').remove('a.txt');
    world.device('A').write('A.txt', 'edited as well');
    await world.settle();
    expect(world.tree('B')).toEqual({ 'A.txt': 'edited as well', 'other.txt': 'o' });
    expect(world.device('B').contents()).toContain('content');
  });

  it('rule 19: a folder renamed in case only keeps everything below, here and there (F31, F32)', async () => {
    await start({ 'docs/x.txt': 'x', 'docs/deep/y.txt': 'y', 'other.txt': 'o' }, folding);
    world.device('A').rename('docs', 'Docs');
    await world.settle();
    expect(world.tree('B')).toMatchObject({ 'Docs/x.txt': 'x', 'Docs/deep/y.txt': 'y' });
    world.device('B').rename('Docs', 'DOCS');
    await world.settle();
    expect(world.tree('A')).toMatchObject({ 'DOCS/x.txt': 'x', 'DOCS/deep/y.txt': 'y' });
  });

  it('rule 19: a file renamed in case only on the disk that folds, and edited, travels as such (F31)', async () => {
    await start({ 'a.txt': 'content', 'other.txt': 'o' }, folding);
    world.device('B').rename('a.txt', 'A.txt');
    world.device('B').write('A.txt', 'edited');
    await world.settle();
    expect(world.tree('A')).toEqual({ 'A.txt': 'edited', 'other.txt': 'o' });
  });

  it('rule 19: of two names that differ in case only, one is skipped with the reason until the other goes (F32)', async () => {
    world = createWorld(folding);
    for (const [path, text] of Object.entries({ 'a.txt': 'small', 'A.txt': 'capital', 'docs/x.txt': 'x', 'Docs/y.txt': 'y' })) world.device('A').write(path, text);
    await world.quiet();
    expect(world.tree('A')).toMatchObject({ 'a.txt': 'small', 'A.txt': 'capital', 'docs/x.txt': 'x', 'Docs/y.txt': 'y' });
    expect(Object.keys(world.objects()).filter((key) => key.includes('(conflict'))).toEqual([]);
    const b = world.device('B');
    const skipped = b.index.frozenWith(b.rootId, 'name_clash', { after: '', limit: 10 }).map((row) => row.key);
    expect(skipped).toEqual(['a.txt', 'docs/', 'docs/x.txt']);
    expect(world.tree('B')).toEqual({ 'A.txt': 'capital', 'Docs/': '', 'Docs/y.txt': 'y' });
    world.device('A').remove('A.txt');
    world.device('A').rename('Docs/y.txt', 'docs/y.txt');
    world.device('A').remove('Docs');
    await world.settle();
    expect(world.tree('B')).toMatchObject({ 'a.txt': 'small', 'docs/x.txt': 'x', 'docs/y.txt': 'y' });
  });
});

describe('rules 20, 23 and 31: reserved, hostile and conflict names', () => {
  it('rule 20: keys that point outside or into Strata’s own folder are never written, and everything else goes on (F33, F34, F82)', async () => {
    await start({ 'other.txt': 'o' });
    const before = Object.keys(world.device('A').disk.list('/')).filter((path) => !path.includes('/root/'));
    for (const key of ['../escape.txt', '/absolute.txt', 'a/../../b', 'C:\\windows', 'nul\0byte', '.Strata/x', '.strata./y', 'STRATA~1/z', '.stra\u200bta/w', 'deep/.STRATA/v', 'a//b', './c']) world.bucket.write(key, `hostile ${key}`);
    world.bucket.write('fine.txt', 'fine');
    await world.quiet();
    expect(world.tree('A')).toEqual({ 'fine.txt': 'fine', 'other.txt': 'o', ...(world.device('A').exists('deep') ? { 'deep/': '' } : {}) });
    expect(Object.keys(world.device('A').disk.list('/')).filter((path) => !path.includes('/root/'))).toEqual(before);
    expect(world.device('A').contents().some((text) => text.startsWith('hostile'))).toBe(false);
    expect((await world.device('A').sync()).skipped).toBeGreaterThanOrEqual(10);
    expect(Object.keys(world.objects()).length).toBe(14);
  });

  it('rule 23: a name of 255 bytes, and a conflict of a conflict, find free names of their own', async () => {
    const long = `${'ä'.repeat(125)}x.txt`;
    await start({ [long]: 'base', 'f.txt': 'base' });
    for (let round = 0; round < 3; round += 1) {
      for (const name of ['A', 'B']) {
        world.device(name).write(long, `long ${name} ${round}`);
        world.device(name).write('f.txt', `short ${name} ${round}`);
      }
      await world.quiet();
    }
    await world.settle();
    const texts = Object.values(world.tree('A'));
    for (const round of [0, 1, 2]) expect(texts.filter((text) => text === `short B ${round}` || text === `long B ${round}`).length).toBeGreaterThanOrEqual(round === 2 ? 2 : 0);
    for (const name of ['A', 'B']) for (const round of [0, 1, 2]) expect(world.holdsContent(`short ${name} ${round}`)).toBe(true);
    for (const name of Object.keys(world.tree('A'))) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
  });

  it('rule 31: .strataignore travels as a file, other .strata names never', async () => {
    await start({ '.strataignore': '*.tmp\n', 'x.txt': 'x' });
    world.device('A').write('.strata-something', 'own');
    world.device('A').write('left.tmp', 'ignored');
    await world.quiet();
    expect(Object.keys(world.objects()).sort()).toEqual(['.strataignore', 'x.txt']);
    expect(world.device('B').text('.strataignore')).toBe('*.tmp\n');
  });
});
