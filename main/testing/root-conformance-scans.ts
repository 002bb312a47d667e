/** The part of the suite about scans: everything is seen once, in order; what is not synced says why; what could not be read is never taken for absent. */
import { describe, expect, it } from 'vitest';
import { lines, scanned, worldFor, type MakeWorld } from './root-conformance.ts';

export function rootScanConformance(name: string, make: MakeWorld): void {
  describe(`${name}: scanning`, () => {
    it('lists everything in UTF-8 order, a folder before its children (rule 10)', async () => {
      const { root, user } = await worldFor(make);
      for (const path of ['a/b', 'a.txt', 'a0', 'z/\u{1f600}', 'z/\uffee']) user.write(path, '');
      user.mkdir('empty');
      await root.abilities();
      const { entries, events } = await scanned(root);
      expect(lines(entries)).toEqual(['a.txt', 'a/', 'a/b', 'a0', 'empty/', 'z/', 'z/\uffee', 'z/\u{1f600}']);
      expect(events.at(-1)).toEqual({ type: 'end', complete: true });
      expect(entries.find((entry) => entry.path === 'a.txt')?.stat).toEqual(await root.stat('a.txt'));
    });
    it('skips with a reason and looks no further (rule 9, F36)', async () => {
      const { root, user } = await worldFor(make);
      user.write('../outside/x', '');
      user.symlink('link', '../outside');
      user.symlink('dangling', 'nowhere');
      user.symlink('loop', '.');
      user.pipe('pipe');
      user.write('.DS_Store', '');
      user.write('sub/~$draft.docx', '');
      user.write('.strata-old/x', '');
      user.write('sub/.STRATA/x', '');
      user.write('nested/.strata/root.json', '{}');
      user.write('nested/x', '');
      const { entries } = await scanned(root);
      expect(lines(entries)).toEqual(['.DS_Store is_ignored', '.strata-old/ name_reserved', 'dangling is_symlink', 'link is_symlink', 'loop is_symlink', 'nested/ is_nested_root', 'pipe is_special', 'sub/', 'sub/.STRATA/ name_reserved', 'sub/~$draft.docx is_ignored']);
    });
    it('obeys .strataignore, also in subfolders, and syncs the file itself (rule 31)', async () => {
      const { root, user } = await worldFor(make);
      user.write('.strataignore', '# builds\nbuild/\n*.log\n!keep.log\n!desktop.ini\n');
      for (const path of ['build/out', 'src/build/out', 'a.log', 'keep.log', 'desktop.ini', 'src/b.log', 'src/tmp', 'tmp']) user.write(path, '');
      user.write('src/.strataignore', 'tmp\n!b.log\n');
      const { entries } = await scanned(root);
      expect(lines(entries)).toEqual(['.strataignore', 'a.log is_ignored', 'build/ is_ignored', 'desktop.ini', 'keep.log', 'src/', 'src/.strataignore', 'src/b.log', 'src/build/ is_ignored', 'src/tmp is_ignored', 'tmp']);
      expect(entries.find((entry) => entry.path === 'a.log')?.skipped?.detail).toBe('*.log');
      expect(lines((await scanned(root, ['src'])).entries)).toEqual(['src/.strataignore', 'src/b.log', 'src/build/ is_ignored', 'src/tmp is_ignored']);
    });
    it('reads just the named folders, and says what it knows nothing about', async () => {
      const { root, user } = await worldFor(make);
      user.write('a/x', '');
      user.write('a/sub/y', '');
      user.write('b/z', '');
      user.write('.strataignore', 'ignored/\n');
      user.write('ignored/deep/x', '');
      user.symlink('link', 'a');
      const { entries, events } = await scanned(root, ['', 'a', 'gone/x', 'ignored/deep', 'link']);
      expect(lines(entries)).toEqual(['.strataignore', 'a/', 'b/', 'ignored/ is_ignored', 'link is_symlink', 'a/sub/', 'a/x']);
      expect(events.filter((event) => event.type === 'unreadable')).toEqual([
        { type: 'unreadable', path: 'gone/x', code: 'file_vanished' },
        { type: 'unreadable', path: 'ignored/deep', code: 'is_ignored' },
        { type: 'unreadable', path: 'link', code: 'is_symlink' },
      ]);
      expect(events.at(-1)).toEqual({ type: 'end', complete: true });
    });
    it('two names that are one when normalised: the second is a clash (F33)', async () => {
      const { root, user } = await worldFor(make);
      if ((await root.abilities()).foldsUnicode) return;
      user.write('cafe\u0301', 'nfd');
      expect((await scanned(root)).entries).toMatchObject([{ path: 'caf\u00e9', diskPath: 'cafe\u0301', skipped: null }]);
      user.write('caf\u00e9', 'nfc');
      expect((await scanned(root)).entries.map(({ diskPath, skipped }) => [diskPath, skipped?.code ?? null])).toEqual([['cafe\u0301', 'name_clash'], ['caf\u00e9', null]]);
    });
    it('gives a big folder in pages of at most 500, each entry once', async () => {
      const { root, user } = await worldFor(make);
      for (let index = 0; index < 1203; index += 1) user.write(`big/${String(index).padStart(5, '0')}`, '');
      const { entries, events } = await scanned(root);
      expect(Math.max(...events.map((event) => (event.type === 'entries' ? event.entries.length : 0)))).toBe(500);
      expect(new Set(entries.map((entry) => entry.path)).size).toBe(1204);
      expect((await scanned(root, ['big'])).entries.length).toBe(1203);
    });
    it('stops at a word and then is incomplete', async () => {
      const { root, user } = await worldFor(make);
      user.write('a', '');
      const stopping = new AbortController();
      stopping.abort();
      const events = [];
      for await (const event of root.scan({ folders: 'all', signal: stopping.signal })) events.push(event);
      expect(events).toEqual([{ type: 'end', complete: false, code: 'cancelled' }]);
    });
    it('ends incomplete when the root is gone', async () => {
      const { root, user } = await worldFor(make);
      user.write('a', '');
      user.rename('.', '../away');
      expect((await scanned(root)).events).toEqual([{ type: 'end', complete: false, code: 'root_missing' }]);
    });
  });
}
