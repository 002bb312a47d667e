/** What is selected in a view: named rows, or everything but some exceptions; never a million ids. */

export interface Selection { readonly all: boolean; readonly keys: ReadonlySet<string> }
export const nothingSelected: Selection = { all: false, keys: new Set() };
/** A range longer than this is refused rather than half done; "select all" has no such limit. */
export const longestRange = 2000;

export function isSelected(selection: Selection, key: string): boolean {
  return selection.all !== selection.keys.has(key);
}

export function toggle(selection: Selection, key: string): Selection {
  const keys = new Set(selection.keys);
  if (!keys.delete(key)) keys.add(key);
  return { all: selection.all, keys };
}

export function selectOnly(keys: Iterable<string>): Selection {
  return { all: false, keys: new Set(keys) };
}

export function selectedCount(selection: Selection, count: number): number {
  return selection.all ? Math.max(0, count - selection.keys.size) : selection.keys.size;
}
