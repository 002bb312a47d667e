/** Splits a name so that CSS can cut it in the middle and the extension always stays. */

export interface CutName { readonly head: string; readonly tail: string }

/** Signs that turn the direction of what follows would show `a.exe` as `exe.a`: in a name they are shown as what they are not, a letter. */
export function plainName(name: string): string {
  return name.replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

/** The tail (last few letters with the extension) never shrinks; the head gets the ellipsis. */
export function cutName(name: string, kept = 10): CutName {
  const plain = plainName(name);
  const letters = [...plain];
  if (letters.length <= kept + 4) return { head: plain, tail: '' };
  const dot = plain.lastIndexOf('.');
  const extension = dot > 0 ? [...plain.slice(dot)].length : 0;
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
