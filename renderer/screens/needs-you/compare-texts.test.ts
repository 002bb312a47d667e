/** Two edits beside what they began from: who changed what is told line by line. */
import { expect, test } from 'vitest';
import { compareTexts, type ComparedRow } from './compare-texts.ts';

const lines = (...all: string[]): string => `${all.join('\n')}\n`;
const shown = (rows: readonly ComparedRow[]): string[] => rows.map((row) => (row.kind === 'skip' ? `skip ${row.lines}` : `${row.kind}: ${row.base ?? '·'} | ${row.mine ?? '·'} | ${row.theirs ?? '·'}`));

test('each changed line names its side, and both where both changed it', () => {
  const { rows } = compareTexts({ base: lines('a', 'b', 'c', 'd', 'e'), mine: lines('a', 'B', 'c', 'D mine', 'e'), theirs: lines('a', 'b', 'c', 'D theirs', 'e', 'f') });
  expect(shown(rows)).toEqual(['equal: a | a | a', 'mine: b | B | b', 'equal: c | c | c', 'both: d | D mine | D theirs', 'equal: e | e | e', 'theirs: · | · | f']);
});
test('lines put in and taken out leave gaps, never shift the others', () => {
  const { rows } = compareTexts({ base: lines('a', 'b', 'c'), mine: lines('new', 'a', 'b', 'c'), theirs: lines('a', 'c') });
  expect(shown(rows)).toEqual(['mine: · | new | ·', 'equal: a | a | a', 'theirs: b | b | ·', 'equal: c | c | c']);
});
test('without a version before, what differs is told of both', () => {
  const { rows } = compareTexts({ base: null, mine: lines('a', 'x', 'c'), theirs: lines('a', 'y', 'z', 'c') });
  expect(shown(rows)).toEqual(['equal: · | a | a', 'both: · | x | y', 'both: · | · | z', 'equal: · | c | c']);
});
test('long equal parts are left out but for three lines around a change', () => {
  const many = Array.from({ length: 40 }, (_, at) => `line ${at}`);
  const { rows } = compareTexts({ base: lines(...many), mine: lines(...many.with(20, 'changed')), theirs: lines(...many) });
  expect(shown(rows).filter((row) => !row.startsWith('equal'))).toEqual(['skip 17', 'mine: line 20 | changed | line 20', 'skip 16']);
  expect(rows).toHaveLength(9);
});
test('an endless text is cut and says so', () => {
  const mine = lines(...Array.from({ length: 5000 }, (_, at) => `mine ${at}`));
  const { rows, cut } = compareTexts({ base: '', mine, theirs: lines('theirs') });
  expect([rows.length, cut]).toEqual([2000, true]);
});
