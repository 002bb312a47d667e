/** Keeps account of every content of a simulated world: who wrote it, who took it away, and where it is now (I1, I3). */
import type { RelativePath } from '../../../shared/relative-path.ts';
import { createNameRules } from '../../local/name-rules.ts';
import type { MemoryNode } from '../memory-disk-tree.ts';
import { rootFolder, type WorldDevice } from '../world-device.ts';
import { actInPlace } from './acts.ts';
import type { ForeignAct } from './history.ts';
import { allObjects, shownIn, type Place } from './place.ts';
import { textOf } from './text-of.ts';

/** Files below a folder of a computer, path to content; `below` leaves out what it names. */
export function filesOf(device: WorldDevice, folder: string = rootFolder, skip: (name: string) => boolean = (name) => name === '.strata'): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (node: MemoryNode, prefix: string): void => {
    for (const { name, node: child } of node.entries.values()) {
      if (prefix === '' && skip(name)) continue;
      if (child.kind === 'folder') visit(child, `${prefix}${name}/`);
      else if (child.kind === 'file') found.set(`${prefix}${name}`, textOf(child.bytes));
    }
  };
  const node = device.disk.stat(folder) === null ? null : device.disk.tree.find(folder).found;
  if (node !== null) visit(node, '');
  return found;
}
const trash = `${rootFolder}/.strata/trash`;

export class Contents {
  /** Everything that anybody ever wrote. */
  readonly written = new Set<string>();
  /** What a person or program took from some place of its own will: it need not be in a folder any more. */
  readonly takenAway = new Set<string>();
  /** What a person or program destroyed while it was the only copy. */
  readonly destroyed = new Set<string>();
  /** Contents that only ever were in the place, in a class that must be restored before it can be read. */
  readonly archived = new Set<string>();
  /** Written through an open handle to what lies in a trash: it may come back, and needs not. */
  readonly late = new Set<string>();
  readonly #devices: () => readonly WorldDevice[];
  readonly #place: () => Place;

  constructor(devices: () => readonly WorldDevice[], place: () => Place) {
    this.#devices = devices;
    this.#place = place;
  }
  /** A person or program does something on a computer. What is moved to where it is ignored is taken away from the others. */
  onDisk(device: WorldDevice, act: () => void): void {
    const before = filesOf(device);
    const trashed = this.#trashOf(device);
    act();
    const after = filesOf(device);
    for (const text of this.#trashOf(device)) if (!trashed.has(text)) this.late.add(text);
    const ignore = after.get('.strataignore');
    const shown = (files: ReadonlyMap<string, string>): string[] => (ignore === undefined ? [...files] : [...files].filter(([path]) => !isIgnored(path, ignore))).map(([, text]) => text);
    const known = new Set(before.values());
    for (const text of after.values()) if (!known.has(text)) this.written.add(text);
    this.#noteTaken([...before.values()], [...after.values()]);
    if (ignore !== undefined) this.#noteTaken(shown(before), shown(after));
  }
  /** Another program does something in the place. */
  inPlace(doing: ForeignAct): void {
    if (doing.do === 'putArchived') this.archived.add(doing.text);
    const look = (): string[] => [...shownIn(this.#place()).values()].map((shown) => shown.text);
    const before = look();
    actInPlace(this.#place().bucket, doing);
    const after = look();
    const known = new Set(before);
    for (const text of after) if (!known.has(text)) this.written.add(text);
    this.#noteTaken(before, after);
  }
  #noteTaken(before: readonly string[], after: readonly string[]): void {
    const left = counted(after);
    const fewer = [...counted(before)].filter(([text, times]) => (left.get(text) ?? 0) < times).map(([text]) => text);
    if (fewer.length === 0) return;
    const everywhere = this.everywhere((path) => !path.startsWith('renaming/'));
    for (const text of fewer) {
      this.takenAway.add(text);
      if (!everywhere.has(text)) this.destroyed.add(text);
    }
  }
  /** Contents at a path, in a trash or in a version. What lies half downloaded is none of them, nor is the second name that a rename has for an instant, once its file was deleted by its user. */
  everywhere(counts: (inTrash: string) => boolean = () => true): Set<string> {
    const found = new Set<string>();
    for (const device of this.#devices()) {
      for (const text of filesOf(device).values()) found.add(text);
      for (const text of this.#trashOf(device, counts)) found.add(text);
    }
    const place = this.#place();
    // The mark of a folder is no empty file.
    for (const [key, stored] of allObjects(place)) if (stored.metadata.deletionClaim !== true && !key.endsWith('/')) found.add(textOf(stored.bytes));
    for (const [key, versions] of [...place.bucket.versions, ...(place.cold?.versions ?? [])]) for (const stored of key.endsWith('/') ? [] : versions) if (stored !== null) found.add(textOf(stored.bytes));
    return found;
  }
  /** Beside each lies its record, which is an empty file for an instant. */
  #trashOf(device: WorldDevice, counts: (inTrash: string) => boolean = () => true): Set<string> {
    return new Set([...filesOf(device, trash, () => false)].filter(([path]) => !path.endsWith('.json') && counts(path)).map(([, text]) => text));
  }
  /** I1: contents that are nowhere any more though nobody destroyed them. */
  lost(): string[] {
    const everywhere = this.everywhere();
    return [...this.written].filter((text) => !everywhere.has(text) && !this.destroyed.has(text));
  }
  isKnown(text: string): boolean {
    return this.written.has(text) || this.late.has(text);
  }
}

function counted(of: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of of) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

const names = createNameRules();
/** The few patterns and paths of all histories: asking the rules each time costs more than the history. */
const judged = new Map<string, boolean>();
function isIgnored(path: string, ignore: string): boolean {
  const known = judged.get(`${ignore} ${path}`);
  if (known !== undefined) return known;
  const parts = path.split('/');
  const ignored = parts.some((_, count) => names.ignoredBy(parts.slice(0, count + 1).join('/') as RelativePath, count + 1 < parts.length, ignore) !== null);
  judged.set(`${ignore} ${path}`, ignored);
  return ignored;
}
