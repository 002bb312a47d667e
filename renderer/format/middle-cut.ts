/** Splits a name so that CSS can cut it in the middle and the extension always stays. */

export interface CutName { readonly head: string; readonly tail: string }

/** The tail (last few letters with the extension) never shrinks; the head gets the ellipsis. */
export function cutName(name: string, kept = 10): CutName {
  const letters = [...name];
  if (letters.length <= kept + 4) return { head: name, tail: '' };
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? [...name.slice(dot)].length : 0;
  const tail = Math.min(Math.max(kept, extension + 2), 16, letters.length - 4);
  const head = letters.slice(0, -tail).join('');
  const shown = head.trimEnd();
  // A space before the cut goes to the tail, or the ellipsis would float away from it.
  return { head: shown, tail: head.slice(shown.length) + letters.slice(-tail).join('') };
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}
