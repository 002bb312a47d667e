/** A simulated disk for tests: what a user does to it, what a root asks of it, and a crash or an edit between any two of those calls. */
import type { Clock } from '../base/clock.ts';
import { openRootWith } from '../local/disk-root.ts';
import type { DiskCalls, DiskHandle, Platform } from '../local/disk-calls.ts';
import { walk, type TreeSource, type WalkRequest } from '../local/scan-walk.ts';
import type { LocalRoot, LocalStat, Logger, ScanEvent } from '../sync/ports.ts';
import { MemoryTree, parentPath, renumber, systemError, type MemoryNode, type MemoryTreeOptions } from './memory-disk-tree.ts';

/** The process that made the call is dead: nothing catches this, and every later call of the same root throws it too. */
export class SimulatedCrash extends Error {}

export interface MemoryDiskOptions extends MemoryTreeOptions {
  readonly clock: Clock;
  readonly platform?: Platform;
  readonly capacityBytes?: number;
  /** FAT and many network disks have no second names for a file. */
  readonly holdsLinks?: boolean;
  /** Bytes that one read gives at most, so that an edit can fall between two. */
  readonly readsAtMost?: number;
}
export type EffectName = 'makeFolder' | 'removeFolder' | 'link' | 'unlink' | 'rename' | 'create' | 'write' | 'setMtime' | 'setExecutable' | 'copyPermissions' | 'sync' | 'syncFolder';
export type ReadName = 'lstat' | 'readFolder' | 'open' | 'read' | 'readText';
/** Called before each call of a root, never for a user's doing. May throw (an AppError, `systemError(…)`, a `SimulatedCrash`) or be a user who edits at just that moment. */
export interface DiskHooks {
  beforeEffect?: ((name: EffectName, path: string) => void) | undefined;
  beforeRead?: ((name: ReadName, path: string) => void) | undefined; accessedMs?: ((path: string) => number) | undefined;
}
export interface DiskCounters {
  folderReads: number;
  stats: number;
  hashes: number;
  effects: number;
}
const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export class MemoryDisk {
  readonly hooks: DiskHooks = {};
  readonly counters: DiskCounters = { folderReads: 0, stats: 0, hashes: 0, effects: 0 };
  readonly tree: MemoryTree;
  readonly #options: MemoryDiskOptions;
  readonly #listeners = new Set<(path: string) => void>();
  readonly #unmounted = new Map<string, MemoryNode>();
  #life = 0;
  #ids = 0;
  #nextDevice = 2n;
  /** Room that is left may be set at any time, to fill the disk and to free it again. */
  capacityBytes: number;
  readOnly = false;

  constructor(options: MemoryDiskOptions) {
    this.#options = options;
    this.tree = new MemoryTree(options);
    this.capacityBytes = options.capacityBytes ?? Number.MAX_SAFE_INTEGER;
  }

  // ---- what a user does; durable at once, so that a power loss takes back only what Strata did

  write(path: string, content: string | Uint8Array, request: { readonly mtimeNs?: bigint } = {}): void {
    this.mkdir(parentPath(path));
    const { folder, name, found } = this.tree.find(path);
    const node = found ?? this.tree.make('file', folder.device);
    if (found === null) this.tree.change([{ folder, name, node }], true);
    this.#setBytes(node, typeof content === 'string' ? new TextEncoder().encode(content) : content.slice());
    node.durableBytes = node.bytes;
    if (request.mtimeNs !== undefined) node.mtimeNs = request.mtimeNs;
    this.#tell(path);
  }
  append(path: string, text: string): void {
    this.write(path, Buffer.concat([this.bytes(path), new TextEncoder().encode(text)]));
  }
  /** As most editors save: a temp beside it, renamed over it. */
  save(path: string, content: string): void {
    this.write(`${path}.tmp~`, content);
    this.rename(`${path}.tmp~`, path);
  }
  bytes(path: string): Uint8Array {
    return this.#existing(path).bytes;
  }
  text(path: string): string {
    return new TextDecoder().decode(this.bytes(path));
  }
  exists(path: string): boolean {
    return this.stat(path) !== null;
  }
  stat(path: string): LocalStat | null {
    try {
      const { found } = this.tree.find(path);
      return found === null ? null : this.tree.statOf(found);
    } catch {
      return null;
    }
  }
  mkdir(path: string): void {
    const parts = path.split('/').filter((part) => part !== '');
    for (let count = 1; count <= parts.length; count += 1) {
      const at = `/${parts.slice(0, count).join('/')}`;
      const { folder, name, found } = this.tree.find(at);
      if (found !== null) this.tree.syncNames(folder);
      else {
        this.tree.change([{ folder, name, node: this.tree.make('folder', folder.device) }], true);
        this.#tell(at);
      }
    }
  }
  remove(path: string): void {
    const { folder, name, found } = this.tree.find(path);
    if (found === null) throw systemError('ENOENT', path);
    for (const { name: child } of [...found.entries.values()]) this.remove(`${path}/${child}`);
    this.tree.change([{ folder, name, node: null }], true);
    if (found.names === 0) this.tree.freeInode(found);
    this.#tell(path);
  }
  rename(from: string, to: string): void {
    this.mkdir(parentPath(to));
    this.#rename(from, to, true);
  }
  symlink(path: string, target: string): void {
    this.#add(path, 'symlink', target);
  }
  /** A pipe, socket or device. */
  special(path: string): void {
    this.#add(path, 'special', '');
  }
  hardLink(from: string, to: string): void {
    const { folder, name } = this.tree.find(to);
    this.tree.change([{ folder, name, node: this.#existing(from) }], true);
    this.#tell(to);
  }
  chmod(path: string, rights: { readonly executable?: boolean; readonly readable?: boolean; readonly writable?: boolean }): void {
    const node = this.#existing(path);
    Object.assign(node, rights);
    node.ctimeNs = this.tree.nowNs();
    this.#tell(path);
  }
  touch(path: string, mtimeNs: bigint = this.tree.nowNs()): void {
    const node = this.#existing(path);
    node.mtimeNs = mtimeNs;
    node.ctimeNs = this.tree.nowNs();
    this.#tell(path);
  }
  /** Another disk appears at a folder, with nothing on it. */
  mount(path: string): void {
    const { folder, name, found } = this.tree.find(path);
    if (found !== null) this.#unmounted.set(path, found);
    this.tree.change([{ folder, name, node: this.tree.make('folder', this.#nextDevice++) }], true);
  }
  /** The disk at a folder goes away: an empty folder on the disk around it is left (F14). */
  unmount(path: string): void {
    const { folder, name } = this.tree.find(path);
    this.#unmounted.set(path, this.#existing(path));
    this.tree.change([{ folder, name, node: this.tree.make('folder', folder.device) }], true);
  }
  /** The disk comes back, under another device number if asked. */
  remount(path: string, request: { readonly newDevice?: boolean } = {}): void {
    const back = this.#unmounted.get(path);
    if (back === undefined) throw new Error(`nothing was unmounted at ${path}`);
    if (request.newDevice) renumber(back, this.#nextDevice++);
    const { folder, name } = this.tree.find(path);
    this.tree.change([{ folder, name, node: back }], true);
  }
  /** Everything below a folder, path to text (folders end in `/`, links show their target), without Strata's own folder. */
  list(path: string): Record<string, string> {
    const out: Record<string, string> = {};
    const visit = (node: MemoryNode, prefix: string): void => {
      for (const { name, node: child } of [...node.entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
        if (prefix === '' && name === '.strata') continue;
        if (child.kind === 'folder') {
          out[`${prefix}${name}/`] = '';
          visit(child, `${prefix}${name}/`);
        } else out[`${prefix}${name}`] = child.kind === 'file' ? new TextDecoder().decode(child.bytes) : `-> ${child.linkTarget}`;
      }
    };
    visit(this.#existing(path), '');
    return out;
  }
  /** Told of every change of a name or content, whoever made it. Returns how to stop. */
  onChange(listener: (path: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  // ---- crashes

  /** Every root opened so far is dead from now on. With `dropUnsynced` it was the power that failed. */
  crash(request: { readonly dropUnsynced: boolean }): void {
    this.#life += 1;
    if (request.dropUnsynced) this.tree.dropUnsynced();
    else this.tree.syncEverything();
  }

  async openRoot(path: string, request: { readonly logger?: Logger; readonly foreignFolders?: readonly string[] } = {}): Promise<LocalRoot> {
    const calls = this.calls();
    const root = await openRootWith(
      { path, clock: this.#options.clock, logger: request.logger ?? silent, foreignFolders: request.foreignFolders ?? [] },
      { calls, platform: this.#options.platform ?? 'linux', newId: () => `id-${(this.#ids += 1)}`, scan: (walkRequest, signal) => this.#scan(walkRequest, signal), workers: null },
    );
    const counted: LocalRoot['hash'] = (diskPath, hashRequest) => {
      this.counters.hashes += 1;
      return root.hash(diskPath, hashRequest);
    };
    return { ...root, hash: counted };
  }

  async *#scan(request: WalkRequest, signal: AbortSignal | undefined): AsyncGenerator<ScanEvent> {
    const alive = this.#aliveCheck();
    const source: TreeSource = {
      readFolder: (path) => this.#readFolder(alive, path).map((name) => ({ name, raw: null })),
      lstat: (path) => this.#lstat(alive, path),
      readText: (path) => {
        this.#reading(alive, 'readText', path);
        return this.text(path);
      },
    };
    for (const event of walk(source, request)) {
      if (signal?.aborted) return yield { type: 'end', complete: false, code: 'cancelled' };
      yield event;
    }
  }

  // ---- what a root asks

  calls(): DiskCalls {
    const alive = this.#aliveCheck();
    return {
      lstat: async (path) => this.#lstat(alive, path),
      readFolder: async (path) => this.#readFolder(alive, path),
      makeFolder: async (path) => {
        this.#effect(alive, 'makeFolder', path);
        const { folder, name, found } = this.#writable(path);
        if (found !== null) throw systemError('EEXIST', path);
        this.tree.change([{ folder, name, node: this.tree.make('folder', folder.device) }], false);
        this.#tell(path);
      },
      removeFolder: async (path) => {
        this.#effect(alive, 'removeFolder', path);
        const { folder, name, found } = this.#writable(path);
        if (found === null) throw systemError('ENOENT', path);
        if (found.kind !== 'folder') throw systemError('ENOTDIR', path);
        if (found.entries.size > 0) throw systemError('ENOTEMPTY', path);
        this.tree.change([{ folder, name, node: null }], false);
        this.#tell(path);
      },
      link: async (from, to) => {
        this.#effect(alive, 'link', to);
        if (this.#options.holdsLinks === false) throw systemError('ENOTSUP', to);
        const node = this.#existing(from);
        const { folder, name, found } = this.#writable(to);
        if (found !== null) throw systemError('EEXIST', to);
        if (node.kind === 'folder') throw systemError('EPERM', from);
        if (node.device !== folder.device) throw systemError('EXDEV', to);
        this.tree.change([{ folder, name, node }], false);
        this.#tell(to);
      },
      unlink: async (path) => {
        this.#effect(alive, 'unlink', path);
        const { folder, name, found } = this.#writable(path);
        if (found === null) throw systemError('ENOENT', path);
        if (found.kind === 'folder') throw systemError('EISDIR', path);
        this.tree.change([{ folder, name, node: null }], false);
        if (found.names === 0) this.tree.freeInode(found);
        this.#tell(path);
      },
      rename: async (from, to) => {
        this.#effect(alive, 'rename', from);
        this.#writable(from);
        this.#writable(to);
        this.#rename(from, to, false);
      },
      open: async (path, how) => this.#open(alive, path, how),
      syncFolder: async (path) => {
        this.#effect(alive, 'syncFolder', path);
        this.tree.syncNames(this.#existing(path));
      },
      freeBytes: async () => Math.max(0, this.capacityBytes - this.tree.usedBytes), accessedMs: async (path) => this.hooks.accessedMs?.(path) ?? null,
    };
  }

  #open(alive: () => void, path: string, how: 'read' | 'create'): DiskHandle {
    if (how === 'create') this.#effect(alive, 'create', path);
    else this.#reading(alive, 'open', path);
    let node: MemoryNode;
    if (how === 'create') {
      const { folder, name, found } = this.#writable(path);
      if (found !== null) throw systemError('EEXIST', path);
      node = this.tree.make('file', folder.device);
      this.tree.change([{ folder, name, node }], false);
      this.#tell(path);
    } else {
      node = this.#existing(path);
      if (node.kind === 'symlink') throw systemError('ELOOP', path);
      if (!node.readable) throw systemError('EACCES', path);
    }
    const changing = (name: EffectName, act: () => void): void => {
      this.#effect(alive, name, path);
      act();
    };
    return {
      read: async (into, position) => {
        this.#reading(alive, 'read', path);
        if (node.kind === 'folder') throw systemError('EISDIR', path);
        const piece = node.bytes.subarray(position, position + Math.min(into.byteLength, this.#options.readsAtMost ?? Infinity));
        into.set(piece);
        return piece.byteLength;
      },
      write: async (bytes) => changing('write', () => {
        if (this.tree.usedBytes + bytes.byteLength > this.capacityBytes) throw systemError('ENOSPC', path);
        this.#setBytes(node, Buffer.concat([node.bytes, bytes]));
      }),
      stat: async () => this.tree.statOf(node),
      // Cut as Node's seconds in a double are, so that nobody relies on more.
      setMtime: async (mtimeNs) => changing('setMtime', () => this.#setTime(node, mtimeNs - (mtimeNs % 1000n))),
      setExecutable: async (executable) => changing('setExecutable', () => {
        node.executable = executable;
        node.ctimeNs = this.tree.nowNs();
      }),
      copyPermissions: async (from) => changing('copyPermissions', () => void (node.executable = this.#existing(from).executable)),
      sync: async () => changing('sync', () => void (node.durableBytes = node.bytes)),
      close: async () => {},
    };
  }

  #aliveCheck(): () => void {
    const life = this.#life;
    return () => {
      if (life !== this.#life) throw new SimulatedCrash('this process is dead');
    };
  }
  #effect(alive: () => void, name: EffectName, path: string): void {
    alive();
    this.hooks.beforeEffect?.(name, path);
    alive();
    this.counters.effects += 1;
  }
  #reading(alive: () => void, name: ReadName, path: string): void {
    alive();
    this.hooks.beforeRead?.(name, path);
    alive();
  }
  #lstat(alive: () => void, path: string): LocalStat {
    this.#reading(alive, 'lstat', path);
    this.counters.stats += 1;
    return this.tree.statOf(this.#existing(path));
  }
  #readFolder(alive: () => void, path: string): readonly string[] {
    this.#reading(alive, 'readFolder', path);
    this.counters.folderReads += 1;
    const node = this.#existing(path);
    if (node.kind !== 'folder') throw systemError('ENOTDIR', path);
    if (!node.readable) throw systemError('EACCES', path);
    return [...node.entries.values()].map((entry) => entry.name);
  }
  #writable(path: string): ReturnType<MemoryTree['find']> {
    const place = this.tree.find(path);
    if (this.readOnly) throw systemError('EROFS', path);
    if (!place.folder.writable) throw systemError('EACCES', path);
    return place;
  }
  #existing(path: string): MemoryNode {
    const { found } = this.tree.find(path);
    if (found === null) throw systemError('ENOENT', path);
    return found;
  }
  #add(path: string, kind: 'symlink' | 'special', target: string): void {
    this.mkdir(parentPath(path));
    const { folder, name, found } = this.tree.find(path);
    if (found !== null) throw systemError('EEXIST', path);
    this.tree.change([{ folder, name, node: this.tree.make(kind, folder.device, target) }], true);
    this.#tell(path);
  }
  #rename(from: string, to: string, durable: boolean): void {
    const source = this.tree.find(from);
    const target = this.tree.find(to);
    const node = source.found;
    if (node === null) throw systemError('ENOENT', from);
    if (node.device !== target.folder.device) throw systemError('EXDEV', to);
    const isSpelling = source.folder === target.folder && this.tree.keyOf(source.name) === this.tree.keyOf(target.name);
    if (target.found === node && !isSpelling) return;
    if (target.found !== null && target.found !== node) {
      if (target.found.kind === 'folder' && node.kind !== 'folder') throw systemError('EISDIR', to);
      if (target.found.kind !== 'folder' && node.kind === 'folder') throw systemError('ENOTDIR', to);
      if (target.found.entries.size > 0) throw systemError('ENOTEMPTY', to);
    }
    this.tree.change([{ folder: source.folder, name: source.name, node: null }, { folder: target.folder, name: target.name, node }], durable);
    this.#tell(from);
    this.#tell(to);
  }
  #setBytes(node: MemoryNode, bytes: Uint8Array): void {
    this.tree.usedBytes += bytes.byteLength - node.bytes.byteLength;
    node.bytes = bytes;
    this.#setTime(node, this.tree.nowNs());
  }
  #setTime(node: MemoryNode, mtimeNs: bigint): void {
    const step = this.#options.timeStepNs ?? 1n;
    node.mtimeNs = mtimeNs - (mtimeNs % step);
    node.ctimeNs = this.tree.nowNs();
  }
  #tell(path: string): void {
    for (const listener of this.#listeners) listener(path);
  }
}
