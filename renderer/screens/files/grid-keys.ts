/** What a key means in the list; ranks are those of the data, never of the rows that happen to be mounted. */
import type { KeyPress } from '../../keyboard/registry.ts';

export type GridAction =
  | { readonly kind: 'focus'; readonly rank: number; readonly extend: boolean }
  | { readonly kind: 'toggle' | 'all' | 'open' | 'details' | 'parent' | 'clear' }
  | { readonly kind: 'type'; readonly letter: string };
export interface GridPlace { readonly focusRank: number; readonly count: number; readonly rowsOnPage: number; readonly mac: boolean }

export function gridAction(press: KeyPress, place: GridPlace): GridAction | null {
  const mod = place.mac ? press.metaKey : press.ctrlKey;
  if (press.altKey) {
    if (press.key === 'ArrowUp') return { kind: 'parent' };
    return press.key === 'Enter' ? { kind: 'details' } : null;
  }
  if (mod) return withMod(press, place);
  const target = targetOf(press.key, place);
  if (target !== null) return { kind: 'focus', rank: target, extend: press.shiftKey };
  if (press.key === 'Enter') return { kind: 'open' };
  if (press.key === ' ') return { kind: 'toggle' };
  if (press.key === 'Escape') return { kind: 'clear' };
  // "/" searches and "?" lists the shortcuts, so they do not begin a name.
  if ([...press.key].length === 1 && press.key !== '/' && press.key !== '?') return { kind: 'type', letter: press.key };
  return null;
}

function withMod(press: KeyPress, place: GridPlace): GridAction | null {
  if (press.key === 'a' || press.key === 'A') return { kind: 'all' };
  if (press.key === 'Home' || press.key === 'End') return { kind: 'focus', rank: targetOf(press.key, place) ?? 0, extend: press.shiftKey };
  return press.key === 'ArrowUp' && place.mac ? { kind: 'parent' } : null;
}

function targetOf(key: string, { focusRank, count, rowsOnPage }: GridPlace): number | null {
  const steps: Readonly<Record<string, number>> = { ArrowUp: focusRank - 1, ArrowDown: focusRank + 1, PageUp: focusRank - rowsOnPage, PageDown: focusRank + rowsOnPage, Home: 0, End: count - 1 };
  const target = steps[key];
  return target === undefined ? null : Math.min(Math.max(target, 0), Math.max(count - 1, 0));
}
