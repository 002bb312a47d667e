/** A list of a million rows scrolls inside a spacer that browsers can hold, and every row can be reached. */
import { expect, test } from 'vitest';
import { listTopPx, ranksAt, rowTopPx, scrollTopOf, scrollTopShowing, spacerCapPx, spacerPx, type ScrollShape } from './grid-scroll.ts';
import { gridAction } from './grid-keys.ts';

const million: ScrollShape = { count: 1_000_000, rowPx: 36, viewportPx: 540 };
const small: ScrollShape = { count: 1_000, rowPx: 36, viewportPx: 540 };
const press = (key: string, more: { ctrlKey?: boolean; shiftKey?: boolean; altKey?: boolean } = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

test('the spacer stays below what browsers cap', () => {
  expect(spacerPx(million)).toBe(spacerCapPx);
  expect(spacerPx(small)).toBe(36_000);
});

test('a short list scrolls pixel for pixel', () => {
  expect(listTopPx(1234, small)).toBe(1234);
  expect(rowTopPx(10, 1234, small)).toBe(360);
});

test('the bottom of the spacer shows the last row and nothing after it', () => {
  const bottom = spacerPx(million) - million.viewportPx;
  const { from, to } = ranksAt(bottom, million, 0);
  expect(to).toBe(1_000_000);
  expect(from).toBe(999_985);
  expect(rowTopPx(999_999, bottom, million) + million.rowPx - bottom).toBeCloseTo(million.viewportPx, 3);
});

test('going to a part of the list and asking where it is agree within a pixel of scroll', () => {
  for (const topPx of [0, 36, 1_000_000, 17_999_999, 35_999_460]) {
    const scrollTop = Math.round(scrollTopOf(topPx, million));
    expect(Math.abs(listTopPx(scrollTop, million) - topPx)).toBeLessThan(3);
  }
});

test('walking down row by row keeps the focus in sight, with whole-pixel scroll positions', () => {
  let scrollTop = 0;
  for (let rank = 0; rank < 5000; rank += 1) {
    scrollTop = Math.round(scrollTopShowing(rank, scrollTop, million));
    const top = rowTopPx(rank, scrollTop, million) - scrollTop;
    expect(top).toBeGreaterThanOrEqual(-3);
    expect(top + million.rowPx).toBeLessThanOrEqual(million.viewportPx + 3);
  }
});

test('End, Page down and Ctrl+Home go to rows of the data, not of the page', () => {
  const place = { focusRank: 500, count: 1_000_000, rowsOnPage: 14, mac: false };
  expect(gridAction(press('End'), place)).toEqual({ kind: 'focus', rank: 999_999, extend: false });
  expect(gridAction(press('PageDown'), place)).toEqual({ kind: 'focus', rank: 514, extend: false });
  expect(gridAction(press('Home', { ctrlKey: true }), place)).toEqual({ kind: 'focus', rank: 0, extend: false });
  expect(gridAction(press('ArrowDown', { shiftKey: true }), place)).toEqual({ kind: 'focus', rank: 501, extend: true });
  expect(gridAction(press('ArrowUp', { altKey: true }), place)).toEqual({ kind: 'parent' });
  expect(gridAction(press('x'), place)).toEqual({ kind: 'type', letter: 'x' });
  expect(gridAction(press('?'), place)).toBeNull();
});

test('an empty list has nowhere to go', () => {
  expect(ranksAt(0, { ...small, count: 0 })).toEqual({ from: 0, to: 0 });
  expect(gridAction(press('End'), { focusRank: 0, count: 0, rowsOnPage: 10, mac: false })).toEqual({ kind: 'focus', rank: 0, extend: false });
});
