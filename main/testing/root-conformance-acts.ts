/** The part of the suite about acts: nothing is ever replaced, whoever edits at whatever moment. */
import { describe, expect, it } from 'vitest';
import { place, received, statOf, worldFor, type MakeWorld } from './root-conformance.ts';

export function rootActsConformance(name: string, make: MakeWorld): void {
  describe(`${name}: placing`, () => {
    it('makes parents, sets the time and the bit, and answers the stat that is there', async () => {
      const { root, user } = await worldFor(make);
      const { incoming, sha256, sizeBytes } = await received(root, 'hello');
      expect([sha256, sizeBytes]).toEqual(['2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824', 5]);
      const answer = await root.place(incoming, 'ä/b/c.txt', { expect: null, mtimeNs: 1_700_000_000_123_456_000n, executable: true, runId: 'run-1' });
      const there = await statOf(root, 'ä/b/c.txt');
      expect(answer).toEqual({ ok: true, value: there });
      expect(there.executable).toBe(true);
      // Node sets times through a double: within a microsecond.
      expect(Math.abs(Number(there.mtimeNs - 1_700_000_000_123_456_000n))).toBeLessThan(1000);
      expect(user.text('ä/b/c.txt')).toBe('hello');
      await incoming.discard();
      expect(user.text('ä/b/c.txt')).toBe('hello');
    });
    it('what it replaces goes to the trash and comes back from there whole', async () => {
      const { root, user } = await worldFor(make);
      user.write('a', 'old');
      const answer = await place(root, 'a', 'new', await statOf(root, 'a'));
      expect(answer.ok && user.text('a')).toBe('new');
      const [trashed] = await root.listTrash();
      expect(trashed).toMatchObject({ path: 'a' });
      expect(await root.untrash(trashed?.trashId ?? '', 'a')).toEqual({ ok: false, why: 'exists' });
      expect(await root.untrash(trashed?.trashId ?? '', 'restored/a')).toMatchObject({ ok: true });
      expect([user.text('a'), user.text('restored/a'), (await root.listTrash()).length]).toEqual(['new', 'old', 0]);
    });
    it('answers what differs and replaces nothing: a new file, a changed one, one gone, a folder, a link', async () => {
      const { root, user } = await worldFor(make);
      user.write('a', 'v1');
      const seen = await statOf(root, 'a');
      expect(await place(root, 'a', 'down', null)).toEqual({ ok: false, why: 'exists' });
      user.write('a', 'v2');
      expect(await place(root, 'a', 'down', seen)).toEqual({ ok: false, why: 'changed' });
      // Same size, and the old time put back: only ctime tells (F25).
      user.touch('a', seen.mtimeNs);
      expect(await place(root, 'a', 'down', seen)).toEqual({ ok: false, why: 'changed' });
      expect(user.text('a')).toBe('v2');
      user.remove('a');
      expect(await place(root, 'a', 'down', seen)).toEqual({ ok: false, why: 'absent' });
      user.mkdir('a');
      expect(await place(root, 'a', 'down', seen)).toEqual({ ok: false, why: 'changed' });
      user.write('f', '1');
      expect(await place(root, 'f/below', 'down', null)).toMatchObject({ ok: false });
      user.symlink('l', 'f');
      expect(await place(root, 'l', 'down', null)).toEqual({ ok: false, why: 'exists' });
      expect([user.text('f'), await root.listTrash()]).toEqual(['1', []]);
    });
    it('a save the moment the file has its name is not taken for what came down (rule 15, F30)', async () => {
      const { root, user, hooks } = await worldFor(make);
      hooks.beforeEffect = (effect, path) => {
        if (effect === 'unlink' && path.includes('incoming')) user.write('a', 'mine');
      };
      const answer = await place(root, 'a', 'down', null);
      hooks.beforeEffect = undefined;
      expect(user.text('a')).toBe('mine');
      expect(answer.ok && answer.value.mtimeNs === (await statOf(root, 'a')).mtimeNs).toBe(false);
    });
    it('an edit just before the target is moved away is put back, not replaced (rule 15, F30)', async () => {
      const { root, user, hooks } = await worldFor(make);
      user.write('a', 'v1');
      const seen = await statOf(root, 'a');
      hooks.beforeEffect = (effect, path) => {
        if (effect === 'rename' && path.endsWith('/a')) user.write('a', 'saved by the user');
      };
      expect(await place(root, 'a', 'down', seen)).toEqual({ ok: false, why: 'changed' });
      expect([user.text('a'), await root.listTrash()]).toEqual(['saved by the user', []]);
    });
    it('a file made between the move and the placing stays, and the old content is in the trash (rule 15)', async () => {
      const { root, user, hooks } = await worldFor(make);
      user.write('a', 'v1');
      const seen = await statOf(root, 'a');
      hooks.beforeEffect = (effect, path) => {
        if (effect === 'link' && path.endsWith('/a')) user.write('a', 'made by the user');
      };
      expect(await place(root, 'a', 'down', seen)).toEqual({ ok: false, why: 'exists' });
      expect([user.text('a'), (await root.listTrash()).map((one) => one.path)]).toEqual(['made by the user', ['a']]);
    });
    it('a parent swapped for a link leads nothing outside (rule 46)', async () => {
      const { root, user } = await worldFor(make);
      user.write('p/a', 'v1');
      user.write('../outside/a', 'other');
      const seen = await statOf(root, 'p/a');
      user.rename('p', 'q');
      user.symlink('p', '../outside');
      await expect(place(root, 'p/a', 'down', seen)).rejects.toMatchObject({ code: 'is_symlink' });
      await expect(place(root, 'p/new', 'down', null)).rejects.toMatchObject({ code: 'is_symlink' });
      await expect(root.trash('p/a', seen, 'run-1')).rejects.toMatchObject({ code: 'is_symlink' });
      await expect(root.makeFolder('p/f')).rejects.toMatchObject({ code: 'is_symlink' });
      await expect(root.removeFolder('p/f')).rejects.toMatchObject({ code: 'is_symlink' });
      await expect(root.rename('q/a', 'p/b', seen)).rejects.toMatchObject({ code: 'is_symlink' });
      expect([user.text('../outside/a'), user.text('../outside/b'), user.text('../outside/new'), user.text('q/a')]).toEqual(['other', null, null, 'v1']);
    });
    it('temps that a crash left are cleared; what was placed stays', async () => {
      const { root, user } = await worldFor(make);
      await received(root, 'half');
      await place(root, 'a', 'whole', null);
      await root.clearIncoming();
      expect(user.text('a')).toBe('whole');
    });
  });

  describe(`${name}: deleting`, () => {
    it('trashes only what is expected', async () => {
      const { root, user } = await worldFor(make);
      user.write('n/a', 'v1');
      const seen = await statOf(root, 'n/a');
      user.write('n/a', 'v2');
      expect(await root.trash('n/a', seen, 'run-1')).toEqual({ ok: false, why: 'changed' });
      expect(user.text('n/a')).toBe('v2');
      const trashed = await root.trash('n/a', await statOf(root, 'n/a'), 'run 1/../x');
      expect(trashed).toMatchObject({ ok: true, value: { path: 'n/a' } });
      expect(user.text('n/a')).toBe(null);
      expect(await root.trash('n/a', seen, 'run-1')).toEqual({ ok: false, why: 'absent' });
      await root.purgeTrash((await root.listTrash()).map((one) => one.trashId));
      expect(await root.listTrash()).toEqual([]);
    });
    it('an edit at the last moment is put back (rule 15)', async () => {
      const { root, user, hooks } = await worldFor(make);
      user.write('a', 'v1');
      hooks.beforeEffect = (effect, path) => {
        if (effect === 'rename' && path.endsWith('/a')) user.write('a', 'edited');
      };
      expect(await root.trash('a', await statOf(root, 'a'), 'run-1')).toEqual({ ok: false, why: 'changed' });
      expect([user.text('a'), await root.listTrash()]).toEqual(['edited', []]);
    });
    it('what a program writes into a trashed file is told for a while (rule 15)', async () => {
      const { root, user, pass } = await worldFor(make);
      user.write('a', 'v1');
      user.hardLink('a', '../open');
      const trashed = await root.trash('a', await statOf(root, 'a'), 'run-1');
      expect(await root.changedInTrash()).toEqual([]);
      user.write('../open', 'written through the open file');
      expect((await root.changedInTrash()).map((one) => one.path)).toEqual(['a']);
      expect(await root.untrash(trashed.ok ? trashed.value.trashId : '', 'a (conflict)')).toMatchObject({ ok: true });
      expect([user.text('a (conflict)'), await root.changedInTrash()]).toEqual(['written through the open file', []]);
      user.write('b', 'v1');
      user.hardLink('b', '../open2');
      await root.trash('b', await statOf(root, 'b'), 'run-1');
      user.write('../open2', 'much later');
      pass(25 * 3_600_000);
      expect(await root.changedInTrash()).toEqual([]);
      expect((await root.changedInTrash(new Set(['b']))).map((one) => one.path), 'of what is asked for, whatever the clock says').toEqual(['b']);
    });
    it('a name can be made to last, where there is a folder for it', async () => {
      const { root, user } = await worldFor(make);
      user.write('f/a', 'v1');
      await root.settleName('f/a');
      await root.settleName('none/a');
      await expect(root.settleName('.strata/a')).rejects.toMatchObject({ code: 'name_reserved' });
      expect(user.text('f/a')).toBe('v1');
    });
    it('folders go by plain rmdir (rule 28)', async () => {
      const { root, user } = await worldFor(make);
      user.write('f/a', '1');
      expect(await root.removeFolder('f')).toEqual({ ok: false, why: 'not-empty' });
      expect(await root.removeFolder('f/a')).toEqual({ ok: false, why: 'changed' });
      user.remove('f/a');
      expect(await root.removeFolder('f')).toEqual({ ok: true, value: null });
      expect(await root.removeFolder('f')).toEqual({ ok: false, why: 'absent' });
      expect(await root.makeFolder('x/y')).toEqual({ ok: true, value: await statOf(root, 'x/y') });
      expect(await root.makeFolder('x/y')).toMatchObject({ ok: true });
      user.write('z', '');
      expect(await root.makeFolder('z')).toEqual({ ok: false, why: 'exists' });
    });
  });

  describe(`${name}: renaming and the executable bit`, () => {
    it('renames files and folders and replaces nothing', async () => {
      const { root, user } = await worldFor(make);
      user.write('a', '1');
      user.write('taken', '2');
      user.write('d/x', '3');
      user.mkdir('empty');
      const seen = await statOf(root, 'a');
      expect(await root.rename('a', 'taken', seen)).toEqual({ ok: false, why: 'exists' });
      expect(await root.rename('d', 'empty', await statOf(root, 'd'))).toEqual({ ok: false, why: 'exists' });
      expect(await root.rename('a', 'new/deep/a', seen)).toMatchObject({ ok: true, value: { inode: seen.inode, mtimeNs: seen.mtimeNs } });
      expect(await root.rename('a', 'b', seen)).toEqual({ ok: false, why: 'absent' });
      expect(await root.rename('d', 'e', await statOf(root, 'd'))).toMatchObject({ ok: true });
      expect([user.text('new/deep/a'), user.text('taken'), user.text('e/x')]).toEqual(['1', '2', '3']);
      user.write('taken', '2b');
      expect(await root.rename('taken', 'other', seen)).toEqual({ ok: false, why: 'changed' });
    });
    it('a change of spelling is a rename, two hard links of such names are not (rule 19)', async () => {
      const { root, user } = await worldFor(make);
      user.write('readme', '1');
      expect(await root.rename('readme', 'README', await statOf(root, 'readme'))).toMatchObject({ ok: true });
      expect(user.text('README')).toBe('1');
      if ((await root.abilities()).foldsCase) return;
      user.hardLink('README', 'readme');
      expect(await root.rename('README', 'readme', await statOf(root, 'README'))).toEqual({ ok: false, why: 'exists' });
    });
    it('a name in another spelling is another name, or none (rule 19)', async () => {
      const { root, user } = await worldFor(make);
      await root.abilities();
      user.write('Docs/readme', '1');
      expect(await root.stat('Docs/README')).toBe(null);
      expect(await root.stat('docs/readme')).toBe(null);
      expect(await root.stat('Docs/readme')).not.toBe(null);
    });
    it('an edit at the last moment moves back (F30)', async () => {
      const { root, user, hooks } = await worldFor(make);
      user.write('a', 'v1');
      hooks.beforeEffect = (effect, path) => {
        if (effect === 'link' && path.endsWith('/b')) user.write('a', 'edited');
      };
      expect(await root.rename('a', 'b', await statOf(root, 'a'))).toEqual({ ok: false, why: 'changed' });
      expect([user.text('a'), user.text('b')]).toEqual(['edited', null]);
    });
    it('a save while the file has both names keeps its own, and leaves nothing in the trash (F30)', async () => {
      const { root, user, hooks } = await worldFor(make);
      user.write('a', 'v1');
      hooks.beforeEffect = (effect, path) => {
        if (effect !== 'rename' || !path.endsWith('/a') || user.text('b') === null) return;
        hooks.beforeEffect = undefined;
        user.write('a.saving', 'saved by the user');
        user.rename('a.saving', 'a');
      };
      expect(await root.rename('a', 'b', await statOf(root, 'a'))).toMatchObject({ ok: true });
      expect([user.text('a'), user.text('b'), await root.listTrash()]).toEqual(['saved by the user', 'v1', []]);
    });
    it('sets and clears the executable bit of exactly what was seen (rule 27)', async () => {
      const { root, user } = await worldFor(make);
      user.write('a', '1');
      const seen = await statOf(root, 'a');
      const answer = await root.setExecutable('a', true, seen);
      expect(answer).toEqual({ ok: true, value: await statOf(root, 'a') });
      expect(answer.ok && answer.value.executable).toBe(true);
      expect(await root.setExecutable('a', false, seen)).toEqual({ ok: false, why: 'changed' });
      expect(await root.setExecutable('a', false, await statOf(root, 'a'))).toMatchObject({ ok: true, value: { executable: false } });
    });
  });
}
