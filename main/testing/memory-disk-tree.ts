/** The tree of a simulated disk: inodes, names, links, times, and which of its changes a power loss would take back. */
import { foldKey } from '../../shared/relative-path.ts';
import type { Clock } from '../base/clock.ts';
import type { LocalStat } from '../sync/ports.ts';

export interface MemoryNode {
  readonly inode: bigint;
  device: bigint;
  readonly kind: LocalStat['kind'];
  bytes: Uint8Array;
  /** What is left of the bytes after a power loss; null: nothing was ever synced. */
  durableBytes: Uint8Array | null;
  readonly linkTarget: string;
  entries: Map<string, MemoryName>;
  durableEntries: Map<string, MemoryName>;
  names: number;
  mtimeNs: bigint;
  ctimeNs: bigint;
  readonly birthtimeNs: bigint;
  executable: boolean;
  readable: boolean;
  writable: boolean;
}
export interface MemoryName {
  readonly name: string;
  readonly node: MemoryNode;
}
export interface MemoryTreeOptions {
  readonly clock: Clock;
  readonly foldsCase?: boolean;
  readonly foldsUnicode?: boolean;
  readonly holdsExecutable?: boolean;
  /** As ext4: the number of a removed file goes to the next one made. */
  readonly reusesInodes?: boolean;
  /** Times are cut to this, as on FAT (2 s) or HFS+ (1 s); by default every change has its own. */
  readonly timeStepNs?: bigint;
}
interface NameChange {
  readonly folder: MemoryNode;
  readonly key: string;
  readonly to: MemoryName | null;
}

/** An error as Node's: its `code` is an errno name. */
export function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

export class MemoryTree {
  readonly root: MemoryNode;
  readonly #options: MemoryTreeOptions;
  readonly #freeInodes: bigint[] = [];
  #nextInode = 2n;
  #ticks = 0n;
  /** Name changes that no fsync has reached; each is atomic, like a rename on a journaling disk. */
  #pending: (readonly NameChange[])[] = [];
  usedBytes = 0;

  constructor(options: MemoryTreeOptions) {
    this.#options = options;
    this.root = this.make('folder', 1n);
  }
  nowNs(): bigint {
    this.#ticks += 1n;
    const now = BigInt(Math.floor(this.#options.clock.nowMs())) * 1_000_000n + (this.#ticks % 1_000_000n);
    const step = this.#options.timeStepNs ?? 1n;
    return now - (now % step);
  }
  make(kind: MemoryNode['kind'], device: bigint, linkTarget = ''): MemoryNode {
    const now = this.nowNs();
    const inode = (this.#options.reusesInodes ? this.#freeInodes.pop() : undefined) ?? this.#nextInode++;
    return { inode, device, kind, bytes: new Uint8Array(), durableBytes: null, linkTarget, entries: new Map(), durableEntries: new Map(), names: 0, mtimeNs: now, ctimeNs: now, birthtimeNs: now, executable: false, readable: true, writable: true };
  }
  statOf(node: MemoryNode): LocalStat {
    const { kind, mtimeNs, ctimeNs, birthtimeNs, inode, device } = node;
    return { kind, sizeBytes: kind === 'file' ? node.bytes.byteLength : 0, mtimeNs, ctimeNs, birthtimeNs, inode, device, executable: kind === 'file' && node.executable && this.#options.holdsExecutable !== false };
  }
  keyOf(name: string): string {
    if (this.#options.foldsCase) return foldKey(name);
    return this.#options.foldsUnicode ? name.normalize('NFC') : name;
  }

  /** The folder a path lies in and its entry there. Links on the way are followed, as the system does; the last one is not. */
  find(path: string, depth = 0): { readonly folder: MemoryNode; readonly name: string; readonly found: MemoryNode | null } {
    if (depth > 40) throw systemError('ELOOP', path);
    if (Buffer.byteLength(path) > 4095) throw systemError('ENAMETOOLONG', path);
    const parts = path.split('/').filter((part) => part !== '');
    let folder = this.root;
    for (const [index, part] of parts.slice(0, -1).entries()) {
      const next = this.#child(folder, part, path);
      if (next === null) throw systemError('ENOENT', path);
      const here = `/${parts.slice(0, index).join('/')}`;
      folder = next.kind === 'symlink' ? this.#follow(next, here, depth, path) : next;
      if (folder.kind !== 'folder') throw systemError('ENOTDIR', path);
    }
    const name = parts.at(-1);
    if (name === undefined) return { folder, name: '', found: this.root };
    return { folder, name, found: this.#child(folder, name, path) };
  }
  #follow(link: MemoryNode, from: string, depth: number, path: string): MemoryNode {
    const target = link.linkTarget.startsWith('/') ? link.linkTarget : `${from}/${link.linkTarget}`;
    const parts: string[] = [];
    for (const part of target.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '.' && part !== '') parts.push(part);
    }
    const { found } = this.find(`/${parts.join('/')}`, depth + 1);
    if (found === null) throw systemError('ENOENT', path);
    return found.kind === 'symlink' ? this.#follow(found, from, depth + 1, path) : found;
  }
  #child(folder: MemoryNode, name: string, path: string): MemoryNode | null {
    if (folder.kind !== 'folder') throw systemError('ENOTDIR', path);
    if (!folder.readable) throw systemError('EACCES', path);
    if (Buffer.byteLength(name) > 255) throw systemError('ENAMETOOLONG', path);
    return folder.entries.get(this.keyOf(name))?.node ?? null;
  }

  /** Sets or clears names, all or none. `durable`: as if the system had written it out long ago. */
  change(changes: readonly { readonly folder: MemoryNode; readonly name: string; readonly node: MemoryNode | null }[], durable: boolean): void {
    const touched = changes.map(({ folder, name, node }): NameChange => ({ folder, key: this.keyOf(name), to: node === null ? null : { name, node } }));
    const replaced = new Set<MemoryNode>();
    for (const { folder, key, to } of touched) {
      const before = folder.entries.get(key)?.node;
      if (before !== undefined) {
        before.names -= 1;
        replaced.add(before);
      }
      if (to === null) folder.entries.delete(key);
      else {
        folder.entries.set(key, to);
        to.node.names += 1;
      }
      folder.mtimeNs = this.nowNs();
      folder.ctimeNs = folder.mtimeNs;
      if (to !== null) to.node.ctimeNs = this.nowNs();
      if (before !== undefined) before.ctimeNs = this.nowNs();
    }
    this.#pending.push(touched);
    if (durable) for (const { folder } of changes) this.syncNames(folder);
    for (const node of replaced) if (node.names === 0 && node.kind === 'file') this.usedBytes -= node.bytes.byteLength;
  }
  /** Called when the last name of a file is gone and nobody has it open. */
  freeInode(node: MemoryNode): void {
    if (node.names === 0) this.#freeInodes.push(node.inode);
  }
  syncNames(folder: MemoryNode): void {
    const rest: (readonly NameChange[])[] = [];
    for (const changes of this.#pending) {
      if (!changes.some((change) => change.folder === folder)) {
        rest.push(changes);
        continue;
      }
      for (const { folder: at, key, to } of changes) {
        if (to === null) at.durableEntries.delete(key);
        else at.durableEntries.set(key, to);
      }
    }
    this.#pending = rest;
  }
  syncEverything(): void {
    for (const folder of new Set(this.#pending.flat().map((change) => change.folder))) this.syncNames(folder);
  }
  /** A power loss: names and bytes that no fsync reached are as they were. */
  dropUnsynced(): void {
    this.#pending = [];
    const seen = new Set<MemoryNode>();
    this.usedBytes = 0;
    const visit = (node: MemoryNode): void => {
      node.names = seen.has(node) ? node.names + 1 : 1;
      if (seen.has(node)) return;
      seen.add(node);
      if (node.kind === 'file') {
        node.bytes = node.durableBytes ?? new Uint8Array();
        node.durableBytes = node.bytes;
        this.usedBytes += node.bytes.byteLength;
      }
      node.entries = new Map(node.durableEntries);
      for (const { node: child } of node.entries.values()) visit(child);
    };
    visit(this.root);
  }
}

export function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
/** The disk is known under another device number from now on. */
export function renumber(node: MemoryNode, device: bigint): void {
  node.device = device;
  for (const { node: child } of node.entries.values()) renumber(child, device);
}
