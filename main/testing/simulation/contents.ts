/** Keeps account of every content of a simulated world: who wrote it, who took it away, and where it is now (I1, I3). */
import type { MemoryNode } from '../memory-disk-tree.ts';
import type { MemoryBucket } from '../memory-store.ts';
import { rootFolder, type WorldDevice } from '../world-device.ts';
import { actInPlace } from './acts.ts';
import type { ForeignAct } from './history.ts';

const decoder = new TextDecoder();
const texts = new WeakMap<Uint8Array, string>();

/** Decoded once per array of bytes: bytes of a node or object are replaced, never changed in place. */
export function textOf(bytes: Uint8Array): string {
  let text = texts.get(bytes);
  if (text === undefined) {
    text = decoder.decode(bytes);
    texts.set(bytes, text);
  }
  return text;
}

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
  readonly #devices: () => readonly WorldDevice[];
  readonly #bucket: () => MemoryBucket;

  constructor(devices: () => readonly WorldDevice[], bucket: () => MemoryBucket) {
    this.#devices = devices;
    this.#bucket = bucket;
  }
  /** A person or program does something on a computer. */
  onDisk(device: WorldDevice, act: () => void): void {
    this.#account(() => [...filesOf(device).values()], act);
  }
  /** Another program does something in the place. */
  inPlace(doing: ForeignAct): void {
    if (doing.do === 'putArchived') this.archived.add(doing.text);
    const act = (): void => actInPlace(this.#bucket(), doing);
    this.#account(() => [...this.#bucket().objects].filter(([key, stored]) => !key.startsWith('.strata/') && !key.endsWith('/') && stored.metadata.deletionClaim !== true).map(([, stored]) => textOf(stored.bytes)), act);
  }
  #account(look: () => string[], act: () => void): void {
    const before = counted(look());
    act();
    const after = counted(look());
    for (const text of after.keys()) if (!before.has(text)) this.written.add(text);
    const fewer = [...before].filter(([text, times]) => (after.get(text) ?? 0) < times).map(([text]) => text);
    if (fewer.length === 0) return;
    const everywhere = this.everywhere();
    for (const text of fewer) {
      this.takenAway.add(text);
      if (!everywhere.has(text)) this.destroyed.add(text);
    }
  }
  /** Contents at a path, in a trash or in a version. What lies half downloaded is none of them. */
  everywhere(): Set<string> {
    const found = new Set<string>();
    for (const device of this.#devices()) {
      for (const text of filesOf(device).values()) found.add(text);
      for (const text of filesOf(device, trash, () => false).values()) found.add(text);
    }
    const bucket = this.#bucket();
    for (const stored of bucket.objects.values()) if (stored.metadata.deletionClaim !== true) found.add(textOf(stored.bytes));
    for (const versions of bucket.versions.values()) for (const stored of versions) if (stored !== null) found.add(textOf(stored.bytes));
    return found;
  }
  /** I1: contents that are nowhere any more though nobody destroyed them. */
  lost(): string[] {
    const everywhere = this.everywhere();
    return [...this.written].filter((text) => !everywhere.has(text) && !this.destroyed.has(text));
  }
  isKnown(text: string): boolean {
    return this.written.has(text);
  }
}

function counted(of: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of of) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
