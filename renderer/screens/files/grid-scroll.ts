/** Scroll maths of the list, so that a million rows fit where a browser caps the height of an element.
 * Browsers cap an element's height (16.8 M px at high DPI), so a long list gets a shorter spacer
 * and its scroll position is mapped to rows. Own maths instead of TanStack Virtual: with one row height it is a division,
 * and a measurement table of a million rows would cost memory for nothing.
 */

export const spacerCapPx = 15_000_000;
export interface ScrollShape { readonly count: number; readonly rowPx: number; readonly viewportPx: number }

export function spacerPx({ count, rowPx }: ScrollShape): number {
  return Math.min(count * rowPx, spacerCapPx);
}

const clamp = (value: number, most: number): number => Math.min(Math.max(value, 0), Math.max(most, 0));

/** Where the top edge is in the whole list, in pixels of rows. */
export function listTopPx(scrollTop: number, shape: ScrollShape): number {
  const totalPx = shape.count * shape.rowPx;
  const spacer = spacerPx(shape);
  if (totalPx === spacer) return clamp(scrollTop, totalPx - shape.viewportPx);
  const share = clamp(scrollTop / (spacer - shape.viewportPx), 1);
  return share * (totalPx - shape.viewportPx);
}

/** The inverse: the scroll position that shows this part of the list. */
export function scrollTopOf(topPx: number, shape: ScrollShape): number {
  const totalPx = shape.count * shape.rowPx;
  const spacer = spacerPx(shape);
  const wanted = clamp(topPx, totalPx - shape.viewportPx);
  if (totalPx === spacer) return wanted;
  return (wanted / (totalPx - shape.viewportPx)) * (spacer - shape.viewportPx);
}

/** Ranks that are seen, with some rows more on both sides; `to` is past the last. */
export function ranksAt(scrollTop: number, shape: ScrollShape, overscan = 6): { from: number; to: number } {
  const topPx = listTopPx(scrollTop, shape);
  const from = clamp(Math.floor(topPx / shape.rowPx) - overscan, shape.count);
  const to = clamp(Math.ceil((topPx + shape.viewportPx) / shape.rowPx) + overscan, shape.count);
  return { from, to };
}

/** Where a row stands inside the spacer, so that it is seen at its place of the mapped list. */
export function rowTopPx(rank: number, scrollTop: number, shape: ScrollShape): number {
  const top = rank * shape.rowPx;
  return shape.count * shape.rowPx === spacerPx(shape) ? top : top - listTopPx(scrollTop, shape) + scrollTop;
}

/** The nearest scroll position at which a row is wholly seen; unchanged when it already is. */
export function scrollTopShowing(rank: number, scrollTop: number, shape: ScrollShape): number {
  const topPx = listTopPx(scrollTop, shape);
  const rowTop = rank * shape.rowPx;
  const rowEnd = rowTop + shape.rowPx;
  if (rowTop < topPx) return scrollTopOf(rowTop, shape);
  if (rowEnd > topPx + shape.viewportPx) return scrollTopOf(rowEnd - shape.viewportPx, shape);
  return scrollTop;
}
