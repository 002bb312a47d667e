/** The word of an entry by its row and surroundings, its reason and fix; and that the words here and in SQL are the same. */
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../shared/api/errors.ts';
import { fixes, type EntryState } from '../../shared/model/states.ts';
import type { EntryKey } from '../../shared/relative-path.ts';
import { figureQueries } from '../database/figure-queries.ts';
import { openIndex } from '../database/open-index.ts';
import { viewQueries } from '../database/view-queries.ts';
import type { BaseEntry, Failure, LocalSeen, RemoteSeen, RootId, Row } from '../sync/index-port.ts';
import type { ETag, Sha256, StoreKey } from '../sync/ports.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { entryReasonOf, entryStateOf, isDue, type EntryContext } from './entry-state.ts';
import { fixFor, reasonOf } from './reasons.ts';

const sha = (text: string): Sha256 => text as Sha256;
const local: LocalSeen = { diskPath: 'a', sizeBytes: 1, mtimeNs: 1n, ctimeNs: 1n, birthtimeNs: 1n, inode: 1n, executable: false, sha256: sha('s1') };
const remote: RemoteSeen = { objectKey: 'a' as StoreKey, sizeBytes: 1, etag: 'e1' as ETag, modifiedMs: 1, sha256: null, mtimeNs: null, executable: null, tier: 'warm', store: 'warm', storageClass: 'STANDARD', versionId: null };
const base: BaseEntry = { sha256: sha('s1'), sizeBytes: 1, executable: false, resident: true, store: 'warm', etag: 'e1' as ETag, versionId: null };
const fine: Row = { id: 1, key: 'a' as EntryKey, local, vanished: null, remote, base, cold: null, usedAtMs: null, frozen: null, failure: null };
const edited: Row = { ...fine, local: { ...local, sha256: sha('s2') } };
const failure = (nextTryAtMs: number | null): Failure => ({ code: 'file_busy', context: {}, attempts: 1, nextTryAtMs });
const quiet: EntryContext = { running: null, inHold: false, inConflict: false, dueState: 'waiting' };

describe('the word', () => {
  it.each<[string, Row, Partial<EntryContext>, EntryState]>([
    ['equal here and there', fine, {}, 'upToDate'],
    ['equal, while all is paused', fine, { dueState: 'paused' }, 'upToDate'],
    ['edited', edited, {}, 'waiting'],
    ['edited while paused', edited, { dueState: 'paused' }, 'paused'],
    ['edited while offline', edited, { dueState: 'offline' }, 'offline'],
    ['running', edited, { running: 'uploading' }, 'uploading'],
    ['skipped even when it differs', { ...edited, frozen: { code: 'is_symlink', detail: '' } }, { running: 'uploading' }, 'skipped'],
    ['failed for good', { ...edited, failure: failure(null) }, {}, 'cantSync'],
    ['failed, next try set', { ...edited, failure: failure(5) }, { inHold: true }, 'tryingAgain'],
    ['its second try runs', { ...edited, failure: failure(5) }, { running: 'uploading' }, 'uploading'],
    ['held', edited, { inHold: true, inConflict: true }, 'waitingForYou'],
    ['in conflict', fine, { inConflict: true }, 'conflict'],
    ['online-only', { ...fine, local: null, base: { ...base, resident: false } }, {}, 'upToDate'],
    ['gone here', { ...fine, local: null }, {}, 'waiting'],
    ['new there', { ...fine, local: null, base: null }, {}, 'waiting'],
    ['another version there', { ...fine, remote: { ...remote, etag: 'e2' as ETag } }, {}, 'waiting'],
  ])('%s', (_, row, context, state) => expect(entryStateOf(row, { ...quiet, ...context })).toBe(state));

  it('a skipped entry says why, a fine one nothing', () => {
    expect(entryReasonOf({ ...fine, frozen: { code: 'is_ignored', detail: '*.part' } }, 'skipped')?.sentence).toBe('Left out on purpose by *.part.');
    expect(entryReasonOf(fine, 'upToDate')).toBeNull();
  });
});

describe('every code has a sentence and a known fix', () => {
  it.each(errorCodes)('%s', (code) => {
    expect(Object.hasOwn(fixFor, code)).toBe(true);
    const { sentence, fix } = reasonOf(code, {});
    expect(sentence).not.toMatch(/[{}]/);
    if (fix !== null) expect(fixes).toContain(fix);
  });
});

describe('here and in SQL the same (views filter by SQL, rows say it in TypeScript)', () => {
  const rootId = 'r' as RootId;
  it('for every mixture of the three sides', () => {
    const index = openIndex(':memory:', new ManualClock());
    const locals = [null, local, { ...local, sha256: sha('s2') }, { ...local, sha256: null }, { ...local, executable: true }];
    const remotes = [null, remote, { ...remote, etag: 'e2' as ETag }, { ...remote, executable: true }, { ...remote, executable: false }];
    const bases = [null, base, { ...base, resident: false }, { ...base, executable: true }];
    const keys: EntryKey[] = [];
    for (const [l, one] of locals.entries()) for (const [r, two] of remotes.entries()) for (const [b, three] of bases.entries()) {
      const key = `f${l}${r}${b}` as EntryKey;
      if (one !== null) index.setLocal(rootId, key, one);
      if (two !== null) index.setRemote(rootId, key, two);
      if (three !== null) index.setBase(rootId, key, three);
      if (one !== null || two !== null || three !== null) keys.push(key);
    }
    const due = new Set(index.due(rootId, { after: '', limit: 1_000, nowMs: 0 }).map((row) => row.key));
    expect(due.size).toBeGreaterThan(50);
    for (const key of keys) {
      const row = index.row(rootId, key);
      expect([key, row !== null && isDue(row)]).toEqual([key, due.has(key)]);
    }
    const queries = viewQueries(index.database);
    const query = { rootId: null, folder: '', search: '', states: ['waiting' as const], tiers: [], sort: 'name' as const, descending: false };
    expect(queries.viewIds({ roots: [rootId], query, context: [] }).length).toBe(due.size);
    expect(queries.viewIds({ roots: [rootId], query: { ...query, states: ['upToDate'] }, context: [] }).length).toBe(keys.length - due.size);
    expect(figureQueries(index.database).counts(rootId)).toMatchObject({ due: due.size, open: due.size });
    index.close();
  });
});
