/** Keeps a map that only ever grows at a size: what was put in first goes first. */

/** After each new entry. A key that is set again keeps its age. */
export function dropOldest<K>(entries: Map<K, unknown>, most: number): void {
  const oldest = entries.keys().next();
  if (entries.size > most && !oldest.done) entries.delete(oldest.value);
}
