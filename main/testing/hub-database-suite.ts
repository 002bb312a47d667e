/** What the hub needs of its database, tried alike on SQLite and PostgreSQL. */
import { describe, expect, it } from 'vitest';
import type { AccountRecords } from '../accounts/ports.ts';
import { factRecords } from '../database/hub/fact-records.ts';
import { fileRecords } from '../database/hub/file-records.ts';
import { openHubDatabase, type DatabasePlace, type HubDatabase } from '../database/hub/open-hub-database.ts';
import { partRecords } from '../database/hub/part-records.ts';
import { preferenceRecords } from '../database/hub/preference-records.ts';
import { pruneRecords } from '../database/hub/prune-records.ts';
import { ruleRecords } from '../database/hub/rule-records.ts';
import { sessionRecords } from '../database/hub/session-records.ts';
import { shareRecords } from '../database/hub/share-records.ts';
import { thawRecords } from '../database/hub/thaw-records.ts';
import { uploadRecords } from '../database/hub/upload-records.ts';
import { userRecords } from '../database/hub/user-records.ts';
import { silentLogger } from '../base/logger.ts';
import type { FileRecords, NewFile, UploadRecord } from '../library/ports.ts';

const at = '2026-11-20T12:00:00.000Z';
const later = '2026-11-20T13:00:00.000Z';

interface World {
  readonly database: HubDatabase;
  readonly accounts: AccountRecords;
  readonly files: FileRecords;
}

export function hubDatabaseSuite(name: string, newPlace: () => Promise<DatabasePlace>): void {
  const withWorld = async (work: (world: World, place: DatabasePlace) => Promise<void>): Promise<void> => {
    const place = await newPlace();
    const database = await openHubDatabase(place, silentLogger);
    try {
      await work({ database, accounts: { ...userRecords(database.db), ...sessionRecords(database.db) }, files: fileRecords(database.db) }, place);
    } finally {
      await database.close();
    }
  };
  const add = (world: World, email: string, role: 'member' | 'guest' = 'member') => world.accounts.addUser({ email, hashedPassword: 'hash', role, at });
  const fileOf = (userId: number, objectKey: string, over: Partial<NewFile> = {}): NewFile => ({ userId, filename: objectKey.split('/').at(-1) ?? '', originalFilename: 'sent', folder: '', sizeBytes: 10, contentType: 'text/plain', objectKey, etag: 'e1', uploadedAt: at, ...over });

  describe(name, () => {
    it('opening twice makes the tables once and keeps what is in them', () => withWorld(async (world, place) => {
      await add(world, 'a@x.org');
      if (place.kind === 'sqlite' && place.file === ':memory:') return;
      const again = await openHubDatabase(place, silentLogger);
      expect((await userRecords(again.db).userByEmail('a@x.org'))?.email).toBe('a@x.org');
      expect(await again.isWell()).toBe(true);
      await again.close();
    }));
    it('of ten first sign-ups at once one becomes the owner, and an e-mail is taken once', () => withWorld(async (world) => {
      const all = await Promise.all(Array.from({ length: 10 }, (_, number) => add(world, `u${number % 9}@x.org`)));
      expect(all.filter((user) => user === null)).toHaveLength(1);
      expect(all.filter((user) => user?.role === 'owner')).toHaveLength(1);
      expect(await world.accounts.countOwners()).toBe(1);
    }));
    it('a session ends once, for its own user only, and lives no longer than its time', () => withWorld(async (world) => {
      const [ann, bob] = [await add(world, 'ann@x.org'), await add(world, 'bob@x.org')];
      const session = { id: 's1', userId: ann?.id ?? 0, kind: 'browser' as const, device: 'Firefox', address: '127.0.0.1', createdAt: at, lastSeenAt: at, expiresAt: later, endedAt: null };
      await world.accounts.addSession(session);
      await world.accounts.addSession({ ...session, id: 's2' });
      expect((await world.accounts.sessionWithUser('s1'))?.user.email).toBe('ann@x.org');
      expect(await world.accounts.endSession(bob?.id ?? 0, 's1', at)).toBe(false);
      expect(await world.accounts.endSession(ann?.id ?? 0, 's1', at)).toBe(true);
      expect(await world.accounts.endSession(ann?.id ?? 0, 's1', at)).toBe(false);
      expect((await world.accounts.listSessions(ann?.id ?? 0, at)).map(({ id }) => id)).toEqual(['s2']);
      expect(await world.accounts.listSessions(ann?.id ?? 0, later)).toEqual([]);
    }));
    it('a refresh token is unused for exactly one of two', () => withWorld(async (world) => {
      const ann = await add(world, 'ann@x.org');
      await world.accounts.addSession({ id: 's1', userId: ann?.id ?? 0, kind: 'browser', device: '', address: '', createdAt: at, lastSeenAt: at, expiresAt: later, endedAt: null });
      await world.accounts.addRefreshToken({ hash: 'h1', sessionId: 's1', expiresAt: later });
      const uses = await Promise.all([world.accounts.useRefreshToken('h1', at), world.accounts.useRefreshToken('h1', at)]);
      expect(uses.map((use) => use?.reused).sort()).toEqual([false, true]);
      expect(await world.accounts.useRefreshToken('unknown', at)).toBeNull();
    }));
    it('failures are counted by account and by address since a moment', () => withWorld(async ({ accounts }) => {
      await accounts.addFailure({ account: 'ann@x.org', address: '1.1.1.1', at });
      await accounts.addFailure({ account: 'ann@x.org', address: '2.2.2.2', at: later });
      expect(await accounts.failuresSince(at, { account: 'ann@x.org', address: '1.1.1.1' })).toEqual({ account: { count: 1, lastAt: later }, address: { count: 0, lastAt: null } });
      await accounts.forgetFailures('ann@x.org');
      expect(await accounts.listFailures(10)).toEqual([]);
    }));
    it('invitations and resets are used once', () => withWorld(async ({ accounts, ...rest }) => {
      const ann = await add({ accounts, ...rest }, 'ann@x.org');
      const { id } = await accounts.addInvitation({ hash: 'i', email: null, role: 'guest', at, expiresAt: later });
      expect([await accounts.useInvitation(id, at), await accounts.useInvitation(id, at)]).toEqual([true, false]);
      expect((await accounts.invitation('i'))?.usedAt).toBe(at);
      await accounts.addReset({ hash: 'r', userId: ann?.id ?? 0, expiresAt: later });
      expect([await accounts.useReset('r', later), await accounts.useReset('r', at), await accounts.useReset('r', at)]).toEqual([null, ann?.id, null]);
    }));
    it('a file keeps its id when its object changes, and is back to "not in the cold store"', () => withWorld(async (world) => {
      const ann = await add(world, 'ann@x.org');
      const first = await world.files.put(fileOf(ann?.id ?? 0, 'user-1/a.txt'), at);
      const second = await world.files.put(fileOf(ann?.id ?? 0, 'user-1/a.txt', { etag: 'e2', sizeBytes: 5_000_000_000 }), later);
      expect(second).toMatchObject({ id: first.id, etag: 'e2', sizeBytes: 5_000_000_000, storageLocation: 'minio', syncedAt: null, createdAt: at, updatedAt: later });
      await world.files.remove(first.id, 'e1');
      expect(await world.files.file(first.id)).not.toBeNull();
      await world.files.remove(first.id, 'e2');
      expect(await world.files.file(first.id)).toBeNull();
      expect(await world.files.file(9_007_199_254_740_991)).toBeNull();
    }));
    it('lists are bound to one user, filtered, and go on by cursor in every order', () => withWorld(async (world) => {
      const [ann, bob] = [(await add(world, 'ann@x.org'))?.id ?? 0, (await add(world, 'bob@x.org'))?.id ?? 0];
      await world.files.putMany(Array.from({ length: 450 }, (_, number) => fileOf(ann, `user-1/f${String(number % 300).padStart(3, '0')}`, { sizeBytes: number % 7, folder: number % 2 === 0 ? 'a' : '' })), at);
      await world.files.put(fileOf(bob, 'user-2/f000'), at);
      await world.files.put(fileOf(ann, 'user-1/100%_done.png', { contentType: 'image/png' }), at);
      for (const sort of ['newest', 'name', 'size'] as const) {
        const seen: number[] = [];
        for (let after: { id: number; value: string | number } | null = null; ;) {
          const page = await world.files.list({ userId: ann }, { sort, after, limit: 100 });
          seen.push(...page.map(({ id }) => id));
          const last = page.at(-1);
          if (page.length < 100 || last === undefined) break;
          after = { id: last.id, value: sort === 'name' ? last.filename : last.sizeBytes };
        }
        expect([seen.length, new Set(seen).size]).toEqual([301, 301]);
      }
      const names = async (filter: object) => (await world.files.list({ userId: ann, ...filter }, { sort: 'name', after: null, limit: 1000 })).map(({ filename }) => filename);
      expect(await names({ search: '0%_D' })).toEqual(['100%_done.png']);
      expect(await names({ search: '%' })).toEqual(['100%_done.png']);
      expect(await names({ type: 'image/' })).toEqual(['100%_done.png']);
      expect((await names({ folder: 'a', minBytes: 3, maxBytes: 3 })).length).toBeGreaterThan(0);
      expect(await world.files.totals([ann, bob])).toEqual(new Map([[ann, { files: 301, bytes: expect.any(Number) as number, usedBytes: expect.any(Number) as number }], [bob, { files: 1, bytes: 10, usedBytes: 10 }]]));
    }));
    it('a file in the trash is in no list, and a move counts only for the version that was seen', () => withWorld(async (world) => {
      const ann = (await add(world, 'ann@x.org'))?.id ?? 0;
      const file = await world.files.put(fileOf(ann, 'user-1/a.txt', { filename: 'a.txt' }), at);
      const to = { objectKey: 'user-1/.strata/trash/x/a.txt', etag: 'e2', filename: 'a.txt', folder: '', deletedAt: later, restoreKey: 'user-1/a.txt' };
      expect(await world.files.move(file.id, 'another version', to, later)).toBeNull();
      expect(await world.files.move(file.id, 'e1', to, later)).toMatchObject({ id: file.id, deletedAt: later, objectKey: to.objectKey });
      expect(await world.files.list({ userId: ann }, { sort: 'newest', after: null, limit: 10 })).toEqual([]);
      expect(await world.files.named(ann, '', 'a.txt')).toBeNull();
      expect((await world.files.trashed(ann, { before: null, limit: 10 })).map(({ id }) => id)).toEqual([file.id]);
      expect([await world.files.totals([ann]), await world.files.usedBytes(ann)]).toEqual([new Map([[ann, { files: 0, bytes: 0, usedBytes: 10 }]]), 10]);
    }));
    it('a folder and all below it, and nothing beside it', () => withWorld(async (world) => {
      const ann = (await add(world, 'ann@x.org'))?.id ?? 0;
      const folders = ['', 'a', 'a/b', 'a/b/c', 'a-b', 'a.b', 'ab', 'a0', 'b'];
      await world.files.putMany(folders.map((folder, number) => fileOf(ann, `user-1/${number}`, { folder })), at);
      const below = async (folder: string) => (await world.files.list({ userId: ann, below: folder }, { sort: 'newest', after: null, limit: 100 })).map((file) => file.folder).sort();
      expect([await below('a'), await below('a/b'), (await below('')).length]).toEqual([['a', 'a/b', 'a/b/c'], ['a/b', 'a/b/c'], folders.length]);
    }));
    it('a link’s downloads are counted exactly, and rules are kept', () => withWorld(async (world) => {
      const ann = (await add(world, 'ann@x.org'))?.id ?? 0;
      const [shares, rules] = [shareRecords(world.database.db), ruleRecords(world.database.db)];
      const { id } = await shares.addShare({ userId: ann, tokenHash: 't', fileId: null, folder: 'a', mode: 'view', hashedPassword: null, expiresAt: null, mostDownloads: 3, createdAt: at });
      const counted = await Promise.all(Array.from({ length: 8 }, () => shares.countDownload(id)));
      expect([counted.filter(Boolean).length, (await shares.share('t'))?.downloads]).toEqual([3, 3]);
      const below = await shares.addShare({ userId: ann, tokenHash: 'below', fileId: null, folder: '🏖️ Größe/日本/in', mode: 'view', hashedPassword: null, expiresAt: null, mostDownloads: null, createdAt: at });
      const beside = await shares.addShare({ userId: ann, tokenHash: 'beside', fileId: null, folder: '🏖️ Größe-2', mode: 'view', hashedPassword: null, expiresAt: null, mostDownloads: null, createdAt: at });
      await shares.moveFolder(ann, '🏖️ Größe', 'B/🦜');
      expect((await shares.sharesOf(ann)).map(({ id: each, folder }) => [each, folder])).toEqual([[beside.id, '🏖️ Größe-2'], [below.id, 'B/🦜/日本/in'], [id, 'a']]);
      await shares.noteUse({ shareId: id, at, address: '1.1.1.1', what: 'download' });
      expect(await shares.usesOf(id)).toEqual([{ at, address: '1.1.1.1', what: 'download' }]);
      expect([await shares.removeShare(ann + 1, id), await shares.removeShare(ann, id), await shares.share('t'), await shares.usesOf(id)]).toEqual([false, true, null, []]);
      const wanted = { leastBytes: 1, mostBytes: null, types: ['.txt'], namePattern: 'a*' };
      await rules.setRules(ann, wanted, at);
      await rules.setRules(ann, wanted, later);
      expect([await rules.rulesOf(ann), (await rules.rulesOf(ann + 1)).types]).toEqual([wanted, []]);
    }));
    it('an upload moves on by whoever finds it where it was, keeps its bytes as they are, and is due to be finished with its last one', () => withWorld(async (world) => {
      const ann = (await add(world, 'ann@x.org'))?.id ?? 0;
      const uploads = uploadRecords(world.database.db);
      const upload: UploadRecord = { id: 'u1', userId: ann, shareId: null, address: '1.1.1.1', filename: 'a', originalFilename: 'a', folder: '', sizeBytes: 6_000_000_010, modifiedMs: 1_795_000_000_000, partBytes: 6_000_000_000, objectKey: 'user-1/a', storeUploadId: null, receivedBytes: 0, contentType: null, state: 'receiving', fileId: null, errorCode: null, detail: null, createdAt: at, touchedAt: at };
      await uploads.add(upload);
      const every = Uint8Array.from({ length: 256 }, (_, number) => number);
      const answers = await Promise.all([uploads.keepTail('u1', 0, every, at), uploads.keepTail('u1', 0, every, at)]);
      expect([answers.filter(Boolean).length, await uploads.keepTail('u1', 256, every.subarray(0, 3), at)]).toEqual([1, true]);
      expect([...(await uploads.tail('u1'))]).toEqual([...every, 0, 1, 2]);
      expect([await uploads.keepPart('u1', 5, { number: 1, etag: 'e', sizeBytes: 6_000_000_000 }, 6_000_000_000, at), await uploads.keepPart('u1', 259, { number: 1, etag: 'e', sizeBytes: 6_000_000_000 }, 6_000_000_000, later)]).toEqual([false, true]);
      expect([(await uploads.tail('u1')).byteLength, await uploads.parts('u1'), (await uploads.upload('u1'))?.state]).toEqual([0, [{ number: 1, etag: 'e', sizeBytes: 6_000_000_000 }], 'receiving']);
      expect([(await uploads.untouchedSince(later, 10)).length, (await uploads.openOf(ann)).length]).toEqual([0, 1]);
      await uploads.keepPart('u1', 6_000_000_000, { number: 2, etag: 'f', sizeBytes: 10 }, 6_000_000_010, later);
      expect((await uploads.finishing()).map(({ id, receivedBytes }) => [id, receivedBytes])).toEqual([['u1', 6_000_000_010]]);
      expect([await uploads.countOpen(ann, null), await uploads.countOpen(ann, 1), await uploads.countOpen(ann + 1, null)]).toEqual([1, 0, 0]);
      await uploads.remove('u1');
      expect([await uploads.upload('u1'), await uploads.parts('u1')]).toEqual([null, []]);
    }));
    it('parts on the way are known until they are over, preferences go with their account, devices are told once each', () => withWorld(async (world) => {
      const ann = (await add(world, 'ann@x.org'))?.id ?? 0;
      const [parts, preferences] = [partRecords(world.database.db), preferenceRecords(world.database.db)];
      for (const storeUploadId of ['one', 'two']) await parts.add({ storeUploadId, objectKey: `user-1/${storeUploadId}`, touchedAt: at });
      await parts.touch('two', later);
      expect([(await parts.untouchedSince(later, 10)).map((row) => [row.storeUploadId, row.objectKey]), await parts.untouchedSince(at, 10)]).toEqual([[['one', 'user-1/one']], []]);
      await parts.remove('one');
      expect(await parts.untouchedSince(later, 10)).toEqual([]);
      expect(await preferences.preferencesOf(ann)).toBeNull();
      await preferences.setPreferences(ann, '{"look":"dark"}', at);
      await preferences.setPreferences(ann, '{"look":"light"}', later);
      expect([await preferences.preferencesOf(ann), await preferences.preferencesOf(ann + 1)]).toEqual(['{"look":"light"}', null]);
      for (const [id, device] of [['a', 'phone'], ['b', 'phone'], ['c', 'curl']] as const) await world.accounts.addSession({ id, userId: ann, kind: 'program', device, address: '', createdAt: at, lastSeenAt: at, expiresAt: at, endedAt: at });
      expect([(await world.accounts.devicesOf(ann)).toSorted(), await world.accounts.devicesOf(ann + 1)]).toEqual([['curl', 'phone'], []]);
    }));
    it('uses of a link are counted since a moment, of all and of one address', () => withWorld(async (world) => {
      const ann = (await add(world, 'ann@x.org'))?.id ?? 0;
      const shares = shareRecords(world.database.db);
      const { id } = await shares.addShare({ userId: ann, tokenHash: 't', fileId: null, folder: 'a', mode: 'view', hashedPassword: null, expiresAt: null, mostDownloads: null, createdAt: at });
      for (const [address, what, when] of [['1', 'x', at], ['1', 'x', later], ['2', 'x', later], ['2', 'y', later]] as const) await shares.noteUse({ shareId: id, at: when, address, what });
      const [since, before] = [await shares.countUses(id, 'x', at), await shares.countUses(id, 'x', '2026-01-01T00:00:00.000Z')];
      expect([since.all, since.of('1'), since.of('3'), before.all, before.of('1'), (await shares.countUses(id + 1, 'x', at)).all]).toEqual([2, 1, 0, 3, 2, 0]);
    }));
    it('what ended long ago goes, what is still told of stays', () => withWorld(async (world) => {
      const ann = (await add(world, 'ann@x.org'))?.id ?? 0;
      const { accounts } = world;
      const old = '2026-01-01T00:00:00.000Z';
      const session = { userId: ann, kind: 'browser' as const, device: '', address: '', createdAt: old, lastSeenAt: old, endedAt: null };
      for (const [id, expiresAt] of [['expired', old], ['living', later], ['ended', later]] as const) await accounts.addSession({ ...session, id, expiresAt });
      await accounts.endSession(ann, 'ended', old);
      await accounts.addRefreshToken({ hash: 'old', sessionId: 'living', expiresAt: old });
      await accounts.addRefreshToken({ hash: 'new', sessionId: 'living', expiresAt: later });
      await accounts.addInvitation({ hash: 'old', email: null, role: 'guest', at: old, expiresAt: old });
      await accounts.addInvitation({ hash: 'new', email: null, role: 'guest', at: old, expiresAt: later });
      await accounts.addReset({ hash: 'old', userId: ann, expiresAt: old });
      await accounts.addReset({ hash: 'new', userId: ann, expiresAt: later });
      await accounts.addFailure({ account: 'a', address: 'b', at: old });
      await accounts.addFailure({ account: 'a', address: 'b', at });
      const pruned = await pruneRecords(world.database.db).prune({ now: at, sessions: at, codes: at, failures: at, shareUses: at });
      expect([pruned, (await accounts.listSessions(ann, old)).map(({ id }) => id), (await accounts.listInvitations()).length, await accounts.countResets(ann, old), (await accounts.listFailures(9)).length]).toEqual([6, ['living'], 1, 1, 1]);
      expect([await accounts.useRefreshToken('old', at), (await accounts.useRefreshToken('new', at))?.reused]).toEqual([null, false]);
    }));
    it('keys are in the order of bytes, whatever the language', () => withWorld(async (world) => {
      const ann = (await add(world, 'ann@x.org'))?.id ?? 0;
      const keys = ['user-1/B', 'user-1/a', 'user-1/a/b', 'user-1/a0', 'user-1/z', 'user-1/é', 'user-1/\u{ffee}', 'user-1/😀'];
      await world.files.putMany([...keys].reverse().map((key) => fileOf(ann, key)), at);
      expect((await world.files.keysBetween(ann, 'user-1/', null)).map(({ objectKey }) => objectKey)).toEqual(keys);
      expect((await world.files.keysBetween(ann, 'user-1/a', 'user-1/z')).map(({ objectKey }) => objectKey)).toEqual(['user-1/a/b', 'user-1/a0', 'user-1/z']);
    }));
    it('a fact is kept and replaced; what comes back from the archive is kept per file, found when due, and goes with its file', () => withWorld(async (world) => {
      const facts = factRecords(world.database.db);
      expect(await facts.fact('last')).toBeNull();
      for (const value of ['1', '2']) await facts.setFact('last', value);
      expect(await facts.fact('last')).toBe('2');
      const [thaws, user] = [thawRecords(world.database.db), await add(world, 'thaw@x.org')];
      const file = await world.files.put(fileOf(user?.id ?? 0, `user-${user?.id ?? 0}/a.txt`), at);
      const thaw = { id: String(file.id), rootId: String(file.userId), key: file.objectKey, objectKey: file.objectKey, sizeBytes: 5_000_000_000, storageClass: 'GLACIER', speed: 'bulk' as const, days: 2, toDisk: false, state: 'waiting' as const, askedAtMs: 1_795_000_000_000, startedAtMs: 1_795_000_000_001, readyAtMs: null, untilMs: null, nextMs: 1_795_000_600_000.4, tries: 0, code: null };
      expect(await thaws.nextThawMs()).toBeNull();
      await thaws.saveThaw(thaw);
      expect(await thaws.thaw(thaw.id)).toEqual({ ...thaw, nextMs: 1_795_000_600_000 });
      expect([await thaws.nextThawMs(), (await thaws.dueThaws(1_795_000_599_999, 10)).length, (await thaws.dueThaws(1_795_000_600_000, 10)).length]).toEqual([1_795_000_600_000, 0, 1]);
      await thaws.saveThaw({ ...thaw, state: 'failed', nextMs: null, code: 'access_denied' });
      expect([await thaws.nextThawMs(), (await thaws.thaw(thaw.id))?.code]).toEqual([null, 'access_denied']);
      await world.files.remove(file.id, file.etag);
      expect(await thaws.thaw(thaw.id)).toBeNull();
      await thaws.saveThaw(thaw);
      expect(await thaws.thaw(thaw.id)).toBeNull();
    }));
  });
}
