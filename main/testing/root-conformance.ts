/** What a synced folder promises, as one suite that runs on the real disk and on the simulated one: a fake that promises more than the disk would hide a loss. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EffectName } from './memory-disk.ts';
import type { RelativePath } from '../../shared/relative-path.ts';
import type { LocalRoot, LocalStat, RootMarker, ScanEvent, ScannedEntry } from '../sync/ports.ts';

/** What somebody else does to the disk; paths are relative to the root, `../` leads beside it. */
export interface DiskUser {
  write(path: string, text: string): void;
  text(path: string): string | null;
  remove(path: string): void;
  rename(from: string, to: string): void;
  mkdir(path: string): void;
  symlink(path: string, target: string): void;
  hardLink(from: string, to: string): void;
  pipe(path: string): void;
  touch(path: string, mtimeNs: bigint): void;
}
export interface RootWorld {
  readonly user: DiskUser;
  /** Called before each effect of the root, by name; the path is absolute. */
  readonly hooks: { beforeEffect?: ((name: EffectName, path: string) => void) | undefined };
  readonly root: LocalRoot;
  /** Changes the time for ages in the trash. */
  pass(delayMs: number): void;
  close(): Promise<void>;
}
export type MakeWorld = () => Promise<RootWorld>;

export const marker: RootMarker = { rootId: 'root-1', libraryId: 'library-1', ownerId: 'owner-1', epoch: 'e1', counter: 3 };
const mtimeNs = 1_700_000_000_123_456_000n;

export async function worldFor(make: MakeWorld): Promise<RootWorld> {
  const world = await make();
  onTestFinished(() => world.close());
  return world;
}
export async function statOf(root: LocalRoot, path: string): Promise<LocalStat> {
  const found = await root.stat(path);
  if (found === null) throw new Error(`nothing at ${path}`);
  return found;
}
export async function received(root: LocalRoot, text: string) {
  const bytes = new TextEncoder().encode(text);
  const incoming = await root.receive(bytes.byteLength);
  await incoming.write(bytes.subarray(0, 2));
  await incoming.write(bytes.subarray(2));
  return { incoming, ...(await incoming.finish()) };
}
export async function place(root: LocalRoot, path: string, text: string, expect: LocalStat | null) {
  const { incoming } = await received(root, text);
  const answer = await root.place(incoming, path, { expect, mtimeNs, executable: false, runId: 'run-1' });
  await incoming.discard();
  return answer;
}
export async function scanned(root: LocalRoot, folders: 'all' | readonly string[] = 'all'): Promise<{ readonly entries: ScannedEntry[]; readonly events: ScanEvent[] }> {
  const events: ScanEvent[] = [];
  for await (const event of root.scan({ folders: folders as 'all' | readonly RelativePath[] })) events.push(event);
  return { events, entries: events.flatMap((event) => (event.type === 'entries' ? event.entries : [])) };
}
export const lines = (entries: readonly ScannedEntry[]): string[] => entries.map(({ path, stat, skipped }) => `${path}${stat.kind === 'folder' ? '/' : ''}${skipped === null ? '' : ` ${skipped.code}`}`);

export function rootConformance(name: string, make: MakeWorld): void {
  describe(`${name}: marker and names`, () => {
    it('keeps the marker and the list of online-only paths; none is null (rule 12)', async () => {
      const { root } = await worldFor(make);
      expect(await root.identify()).toMatchObject({ marker: null, onlineOnly: null });
      await root.writeMarker(marker);
      await root.writeMarker({ ...marker, counter: 4 });
      await root.writeOnlineOnly(['a b', 'ü/new\nline'] as RelativePath[]);
      expect(await root.identify()).toMatchObject({ marker: { ...marker, counter: 4 }, onlineOnly: ['a b', 'ü/new\nline'] });
    });
    it('a damaged marker is none, a damaged list of online-only paths is an error and never empty', async () => {
      const { root, user } = await worldFor(make);
      await root.writeMarker(marker);
      user.write('.strata/root.json', '{"rootId":');
      expect((await root.identify()).marker).toBe(null);
      user.write('.strata/online-only', '["a"');
      await expect(root.identify()).rejects.toMatchObject({ code: 'disk_error' });
    });
    it('another folder in the root’s place is refused, with or without things in it (F14)', async () => {
      const { root, user } = await worldFor(make);
      await root.writeMarker(marker);
      await root.identify();
      user.write('keep', '1');
      const before = await statOf(root, 'keep');
      user.rename('.', '../away');
      await expect(root.identify()).rejects.toMatchObject({ code: 'root_missing' });
      expect(await root.absenceIsCredible('keep')).toBe(false);
      user.mkdir('.');
      await expect(root.identify()).rejects.toMatchObject({ code: 'root_changed' });
      await expect(root.trash('keep', before, 'run-1')).rejects.toMatchObject({ code: 'root_changed' });
      expect((await scanned(root)).events).toEqual([{ type: 'end', complete: false, code: 'root_changed' }]);
      user.remove('.');
      user.rename('../away', '.');
      expect((await root.identify()).marker).toEqual(marker);
      expect(await root.stat('keep')).toEqual(before);
    });
    it('no spelling of a hostile or reserved path is touched (rule 20, I7)', async () => {
      const { root, user } = await worldFor(make);
      user.write('../outside', 'mine');
      for (const path of ['../outside', '/etc/passwd', 'a/../../outside', 'a//b', './a', 'C:/x', 'a\0b']) await expect(root.stat(path), path).rejects.toMatchObject({ code: 'key_hostile' });
      for (const path of ['.strata/root.json', '.Strata/x', '.strata./x', 'a/STRATA~1/x', '.str\u200bata/x']) await expect(place(root, path, 'evil', null), path).rejects.toMatchObject({ code: 'name_reserved' });
      expect(user.text('../outside')).toBe('mine');
    });
    it('finds what the disk can do and leaves nothing behind', async () => {
      const { root } = await worldFor(make);
      const abilities = await root.abilities();
      expect(Object.keys(abilities).sort()).toEqual(['foldsCase', 'foldsUnicode', 'holdsExecutable']);
      expect((await scanned(root)).entries).toEqual([]);
      expect(await root.freeBytes()).toBeGreaterThan(0);
    });
  });

  describe(`${name}: reading`, () => {
    it('hashes with the ETags a store would give, and an empty file too', async () => {
      const { root, user } = await worldFor(make);
      user.write('a', 'hello');
      user.write('empty', '');
      const answer = await root.hash('a', { withEtags: true });
      expect(answer).toMatchObject({ ok: true, value: { sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824', md5: '5d41402abc4b2a76b9719d911017c592', stat: await statOf(root, 'a') } });
      expect(await root.hash('empty')).toMatchObject({ ok: true, value: { sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', md5: null, partsEtag: null } });
      expect(await root.hash('none')).toEqual({ ok: false, why: 'absent' });
      expect(await root.readWhole('none')).toEqual({ ok: false, why: 'absent' });
    });
    it('large files have the same hash as the bytes read in pieces', async () => {
      const { root, user } = await worldFor(make);
      user.write('large', 'strata '.repeat(1_500_000));
      const whole = await root.readWhole('large');
      const hashed = await root.hash('large', { withEtags: true });
      expect(hashed.ok && whole.ok && hashed.value.stat).toEqual(whole.ok && whole.value.stat);
      expect(hashed.ok && hashed.value.partsEtag).toMatch(/^[0-9a-f]{32}-2$/u);
      const pieces: Uint8Array[] = [];
      for await (const piece of root.read('large', { start: 7, end: 13 })) pieces.push(piece);
      expect(Buffer.concat(pieces).toString()).toBe('strata ');
    });
    it('never reads through a link, in the last part or above it (rule 46)', async () => {
      const { root, user } = await worldFor(make);
      user.write('../outside/secret', 'x');
      user.symlink('link', '../outside');
      user.symlink('file', '../outside/secret');
      expect(await root.hash('file')).toEqual({ ok: false, why: 'changed' });
      expect(await root.readWhole('file')).toEqual({ ok: false, why: 'changed' });
      expect((await statOf(root, 'file')).kind).toBe('symlink');
      await expect(root.hash('link/secret')).rejects.toMatchObject({ code: 'is_symlink' });
      await expect(root.stat('link/secret')).rejects.toMatchObject({ code: 'is_symlink' });
      expect(await root.absenceIsCredible('link/none')).toBe(false);
      expect(await root.absenceIsCredible('nowhere/none')).toBe(true);
    });
    it('a pipe is never opened for its content (F36)', async () => {
      const { root, user } = await worldFor(make);
      user.pipe('pipe');
      expect(await root.hash('pipe')).toEqual({ ok: false, why: 'changed' });
      expect(await root.readWhole('pipe')).toEqual({ ok: false, why: 'changed' });
    });
  });
}
