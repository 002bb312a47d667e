/** Every cell of the decision table, what a row's sides say, the guard's numbers and which renames are seen: all pure. */
import { describe, expect, it } from 'vitest';
import { keyOf, relativePath } from '../../../shared/relative-path.ts';
import type { BaseEntry, LocalSeen, RemoteSeen, RootId, Row } from '../index-port.ts';
import type { ETag, Sha256, StoreKey } from '../ports.ts';
import { compareRow, type Change } from './compare.ts';
import { decide, decisions, type Decision } from './decide.ts';
import { isMassChange } from './guard.ts';
import { renamedHere, renamedThere } from './moves.ts';

const local = (sha: string | null, extra: Partial<LocalSeen> = {}): LocalSeen => ({ diskPath: 'f', sizeBytes: 3, mtimeNs: 1n, ctimeNs: 1n, birthtimeNs: 1n, inode: 7n, executable: false, sha256: sha as Sha256 | null, ...extra });
const remote = (etag: string, sha: string | null = null, extra: Partial<RemoteSeen> = {}): RemoteSeen => ({ objectKey: 'f' as StoreKey, sizeBytes: 3, etag: etag as ETag, modifiedMs: null, sha256: sha as Sha256 | null, mtimeNs: null, executable: null, tier: 'warm', store: 'warm', storageClass: 'STANDARD', versionId: null, ...extra });
const base = (sha: string, etag: string, extra: Partial<BaseEntry> = {}): BaseEntry => ({ sha256: sha as Sha256, sizeBytes: 3, executable: false, resident: true, store: 'warm', etag: etag as ETag, versionId: null, ...extra });
const row = (sides: Partial<Row>, path = 'f'): Row => ({ id: 1, key: keyOf(relativePath(path), 'file'), local: null, vanished: null, remote: null, base: null, cold: null, usedAtMs: null, frozen: null, failure: null, ...sides });
const rootId = 'root' as RootId;

describe('the decision table', () => {
  // The rows of design.md §3, written out: [local, remote, what follows].
  const law: readonly (readonly [Change, Change, Decision])[] = [
    ['unchanged', 'unchanged', 'nothing'], ['unchanged', 'modified', 'download'], ['unchanged', 'deleted', 'deleteLocal'],
    ['modified', 'unchanged', 'upload'], ['modified', 'modified', 'keepBoth'], ['modified', 'deleted', 'upload'],
    ['deleted', 'unchanged', 'deleteRemote'], ['deleted', 'modified', 'download'], ['deleted', 'deleted', 'forget'],
    ['absent', 'absent', 'nothing'], ['absent', 'created', 'download'], ['created', 'absent', 'upload'], ['created', 'created', 'keepBoth'],
  ];
  it.each(law)('local %s and remote %s: %s', (here, there, follows) => {
    expect(decide({ local: here, remote: there, same: false, onlineOnly: false })).toBe(follows);
  });
  it.each(law)('local %s and remote %s with the same content are adopted', (here, there) => {
    expect(decide({ local: here, remote: there, same: true, onlineOnly: false })).toBe('adopt');
  });
  it('decides nothing on what was not looked at', () => {
    for (const side of ['unchanged', 'modified', 'deleted', 'created', 'absent'] as const) {
      expect(decide({ local: 'unknown', remote: side, same: false, onlineOnly: false })).toBe('lookFirst');
      expect(decide({ local: side, remote: 'unknown', same: false, onlineOnly: false })).toBe('lookFirst');
    }
  });
  it('deletes in two cells only, and never where a side was edited', () => {
    const deleting = Object.entries(decisions).flatMap(([here, cells]) => Object.entries(cells).filter(([, decision]) => decision.startsWith('delete')).map(([there, decision]) => `${here} ${there} ${decision}`));
    expect(deleting).toEqual(['unchanged deleted deleteLocal', 'deleted unchanged deleteRemote']);
  });
  it('rule 18: what is online-only never fills the disk and is never deleted by being absent', () => {
    for (const [there, follows] of [['unchanged', 'nothing'], ['modified', 'refreshOnlineOnly'], ['deleted', 'forget']] as const) expect(decide({ local: 'unchanged', remote: there, same: false, onlineOnly: true })).toBe(follows);
  });
});

describe('what a row says', () => {
  const cases: readonly (readonly [string, Partial<Row>, Change, Change, boolean])[] = [
    ['nothing was agreed, only here', { local: local('a') }, 'created', 'absent', false],
    ['nothing was agreed, only there', { remote: remote('e1') }, 'absent', 'created', false],
    ['equal to what was agreed', { local: local('a'), remote: remote('e1'), base: base('a', 'e1') }, 'unchanged', 'unchanged', true],
    ['edited here', { local: local('b'), remote: remote('e1'), base: base('a', 'e1') }, 'modified', 'unchanged', false],
    ['not hashed yet', { local: local(null), remote: remote('e1'), base: base('a', 'e1') }, 'unknown', 'unchanged', false],
    ['edited there', { local: local('a'), remote: remote('e2'), base: base('a', 'e1') }, 'unchanged', 'modified', false],
    ['only the version mark moved (rule 17)', { local: local('a'), remote: remote('e2', 'a'), base: base('a', 'e1') }, 'unchanged', 'unchanged', true],
    ['gone here', { remote: remote('e1'), base: base('a', 'e1') }, 'deleted', 'unchanged', false],
    ['gone there', { local: local('a'), base: base('a', 'e1') }, 'unchanged', 'deleted', false],
    ['only the bit was set here (rule 27)', { local: local('a', { executable: true }), remote: remote('e1'), base: base('a', 'e1') }, 'modified', 'unchanged', false],
    ['only the bit was set there (rule 27)', { local: local('a'), remote: remote('e1', null, { executable: true }), base: base('a', 'e1') }, 'unchanged', 'modified', false],
    ['online-only and absent here (rules 1, 18)', { remote: remote('e1'), base: base('a', 'e1', { resident: false }) }, 'unchanged', 'unchanged', false],
    ['a new file where an online-only one lies (rule 18)', { local: local('b'), remote: remote('e1'), base: base('a', 'e1', { resident: false }) }, 'created', 'unchanged', false],
  ];
  it.each(cases)('%s', (_name, sides, here, there, same) => {
    expect(compareRow(row(sides))).toMatchObject({ local: here, remote: there, same });
  });
});

describe('rule 8: the guard’s numbers', () => {
  const cases: readonly (readonly [number, number, number, boolean])[] = [
    [0, 5000, 10, false], [50, 0, 100, false], [51, 0, 100, true], [51, 0, 204, false], [51, 0, 203, true], [1000, 0, 1_000_000, false], [1001, 0, 1_000_000, true],
    [4, 0, 4, false], [5, 0, 5, true], [40, 0, 40, true], [39, 0, 40, false], [30, 21, 100, true], [30, 20, 1000, false], [1, 1000, 1_000_000, true], [1, 4, 1, true],
  ];
  it.each(cases)('%i planned, %i in the last hour, of %i files: held %s', (planned, inLastHour, files, held) => {
    expect(isMassChange({ planned, inLastHour, files })).toBe(held);
  });
});

describe('rule 21: which renames are seen', () => {
  const gone = row({ remote: remote('e1'), base: base('a', 'e1'), vanished: local('a') }, 'old');
  const lookups = (found: { inode?: Row[]; sha?: Row[]; rivals?: Row[]; remoteGone?: Row[]; remoteNew?: Row[] }) => ({
    vanishedLike: (_root: RootId, like: object) => ('sha256' in like ? (found.sha ?? []) : (found.inode ?? [])),
    newLocalsLike: () => found.rivals ?? [], remoteGoneOfSize: () => found.remoteGone ?? [], newRemotesOfSize: () => found.remoteNew ?? [],
  });
  const created = row({ local: local('a') }, 'new');
  it('by inode and birth time, or by content that is unique', () => {
    expect(renamedHere(lookups({ inode: [gone] }), rootId, created)).toBe(gone);
    expect(renamedHere(lookups({ sha: [gone], rivals: [created] }), rootId, created)).toBe(gone);
  });
  it('not when two files could be meant, nor for empty files, nor when the old name was edited there', () => {
    expect(renamedHere(lookups({ sha: [gone, gone], rivals: [created] }), rootId, created)).toBe(null);
    expect(renamedHere(lookups({ sha: [gone], rivals: [created, created] }), rootId, created)).toBe(null);
    expect(renamedHere(lookups({ inode: [gone] }), rootId, row({ local: local('a', { sizeBytes: 0 }) }, 'new'))).toBe(null);
    const edited = row({ remote: remote('e2'), base: base('a', 'e1'), vanished: local('a') }, 'old');
    expect(renamedHere(lookups({ inode: [edited], sha: [edited], rivals: [created] }), rootId, created)).toBe(null);
  });
  it('not when the inode went to a file with other content', () => {
    expect(renamedHere(lookups({ inode: [gone] }), rootId, row({ local: local('other') }, 'new'))).toBe(null);
  });
  it('elsewhere: only with proved content, unique on both sides', () => {
    const there = row({ local: local('a'), base: base('a', 'e1') }, 'old');
    const arrived = row({ remote: remote('e9', 'a') }, 'new');
    expect(renamedThere(lookups({ remoteGone: [there], remoteNew: [arrived] }), rootId, arrived)).toBe(there);
    expect(renamedThere(lookups({ remoteGone: [there], remoteNew: [arrived, arrived] }), rootId, arrived)).toBe(null);
    expect(renamedThere(lookups({ remoteGone: [there], remoteNew: [arrived] }), rootId, row({ remote: remote('e9') }, 'new'))).toBe(null);
  });
});
