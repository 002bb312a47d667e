/** A folder and a place of a few names, and what each planned operation does to them, effect by effect: so small that the real planner can be tried on every state. */
import { ancestorsOf, kindOfKey, pathOfKey, type EntryKey, type RelativePath } from '../../../shared/relative-path.ts';
import { folderEtag, folderHash, type BaseEntry, type LocalSeen, type RemoteSeen, type RootId, type Row } from '../../sync/index-port.ts';
import { operation, type Operation } from '../../sync/plan/operation.ts';
import { planRows } from '../../sync/plan/plan.ts';
import type { ETag, Sha256, StoreKey, Tier } from '../../sync/ports.ts';

/** One letter stands for one content. */
export interface HereFile { readonly content: string; readonly inode: bigint; readonly isHashed: boolean }
export interface ThereObject { readonly content: string; readonly etag: string; readonly tier: Tier }
export interface BaseState { readonly content: string; readonly etag: string; readonly resident: boolean }
export interface Model {
  readonly here: Map<string, HereFile | 'folder'>;
  readonly there: Map<string, ThereObject>;
  readonly base: Map<string, BaseState>;
  /** Keys that are skipped for a stated reason. */
  readonly frozen: Set<string>;
  /** The last inode known at a path that is gone from the folder. */
  readonly lastInode: Map<string, bigint>;
  readonly kept: Set<string>;
  /** Keys that can't go on without the user (an archived object can be neither copied nor read), as the engine tells them. */
  readonly waiting: Set<string>;
  serial: number;
}
const rootId = 'model' as RootId;
const sizeBytes = 5;

/** Every content that is anywhere. */
export function contentsOf(model: Model): Set<string> {
  const found = new Set(model.kept);
  for (const file of model.here.values()) if (file !== 'folder') found.add(file.content);
  for (const [key, object] of model.there) if (!key.endsWith('/')) found.add(object.content);
  return found;
}
/** What a person sees in the folder, without what is skipped, as text. */
export function treesOf(model: Model): { readonly here: string; readonly there: string } {
  // What waits for the user keeps everything below its name waiting.
  const waits = (key: string): boolean => model.waiting.has(key) || model.waiting.has(`${key}/`);
  const seen = (key: string): boolean => !model.frozen.has(key) && !waits(key) && !ancestorsOf(key as RelativePath).some(waits);
  const here = [...model.here].filter(([path, file]) => file !== 'folder' && seen(path)).map(([path, file]) => `${path}=${(file as HereFile).content}`);
  const there = [...model.there].filter(([key]) => !key.endsWith('/') && seen(key) && model.base.get(key)?.resident !== false).map(([key, object]) => `${key}=${object.content}`);
  return { here: here.sort().join(), there: there.sort().join() };
}

// ---------------------------------------------------------------- what the planner reads

function rowsOf(model: Model): Row[] {
  const keys = new Set<string>([...model.base.keys(), ...model.frozen]);
  for (const [path, file] of model.here) keys.add(file === 'folder' ? `${path}/` : path);
  for (const key of model.there.keys()) {
    keys.add(key);
    for (const folder of ancestorsOf(pathOfKey(key as EntryKey))) keys.add(`${folder}/`);
  }
  return [...keys].sort().map((key, id) => rowOf(model, key as EntryKey, id + 1));
}
function rowOf(model: Model, key: EntryKey, id: number): Row {
  const isFolder = key.endsWith('/');
  const path = pathOfKey(key);
  const found = model.here.get(path);
  const local = isFolder ? (found === 'folder' ? seenHere(path, 'folder', 1n, folderHash) : null) : found !== undefined && found !== 'folder' ? seenHere(path, 'file', found.inode, found.isHashed ? (found.content as Sha256) : null) : null;
  const lastInode = model.lastInode.get(key);
  return {
    id, key, local, vanished: local === null && lastInode !== undefined ? seenHere(path, 'file', lastInode, null) : null, remote: isFolder ? folderThere(model, key) : seenThere(model, key), base: baseOf(model, key), cold: null, usedAtMs: null,
    frozen: model.frozen.has(key) ? { code: 'is_ignored', detail: '' } : null, failure: null,
  };
}
function seenHere(path: string, kind: 'file' | 'folder', inode: bigint, sha256: Sha256 | null): LocalSeen {
  return { diskPath: path, sizeBytes: kind === 'folder' ? 0 : sizeBytes, mtimeNs: inode, ctimeNs: inode, birthtimeNs: inode, inode, executable: false, sha256 };
}
function seenThere(model: Model, key: string): RemoteSeen | null {
  const object = model.there.get(key);
  if (object === undefined) return null;
  const base = model.base.get(key);
  return { objectKey: key as StoreKey, sizeBytes, etag: object.etag as ETag, modifiedMs: null, sha256: base?.etag === object.etag ? (base.content as Sha256) : null, mtimeNs: null, executable: null, tier: object.tier, store: 'warm', storageClass: object.tier === 'archive' ? 'GLACIER' : 'STANDARD', versionId: null };
}
function folderThere(model: Model, key: string): RemoteSeen | null {
  if (![...model.there.keys()].some((other) => other.startsWith(key))) return null;
  return { objectKey: key as StoreKey, sizeBytes: 0, etag: folderEtag, modifiedMs: null, sha256: folderHash, mtimeNs: null, executable: false, tier: 'warm', store: 'warm', storageClass: 'STANDARD', versionId: null };
}
function baseOf(model: Model, key: string): BaseEntry | null {
  const base = model.base.get(key);
  if (base === undefined) return null;
  const isFolder = key.endsWith('/');
  return { sha256: base.content as Sha256, sizeBytes: isFolder ? 0 : sizeBytes, executable: false, resident: base.resident, store: 'warm', etag: base.etag as ETag, versionId: null };
}
type Reader = Parameters<typeof planRows>[0];
function readerOf(rows: readonly Row[]): Reader {
  const free = rows.filter((row) => row.frozen === null && !row.key.endsWith('/'));
  const isGone = (row: Row): boolean => row.local === null && row.base?.resident === true;
  return {
    row: (_root, key) => rows.find((row) => row.key === key) ?? null,
    // This model's disk does not fold case.
    spelledLike: () => [],
    vanishedLike: (_root, like) => free.filter((row) => isGone(row) && ('sha256' in like ? row.base?.sha256 === like.sha256 : row.vanished?.inode === like.inode)),
    newLocalsLike: (_root, sha256) => free.filter((row) => row.local?.sha256 === sha256 && row.base === null),
    remoteGoneOfSize: (_root, _size, sha256 = null) => free.filter((row) => row.remote === null && row.base !== null && (sha256 === null || row.base.sha256 === sha256)),
    newRemotesOfSize: (_root, _size, sha256 = null) => free.filter((row) => row.remote !== null && row.base === null && (sha256 === null || row.remote.sha256 === sha256)),
  };
}

// ---------------------------------------------------------------- one cycle

/** Observes, plans and executes once; `effects` says how many effects may still happen before the process dies. */
export interface Life { effects: number }
class Died extends Error {}
/** Returns how many operations there were. */
export function cycle(model: Model, life: Life): number {
  try {
    let count = 0;
    for (const pass of ['changes', 'deletions'] as const) {
      const rows = rowsOf(model).filter((row) => row.frozen === null);
      hashWhatMatters(model, rows);
      const fresh = rowsOf(model);
      const planned = planRows(readerOf(fresh), rootId, fresh.filter((row) => row.frozen === null && !model.waiting.has(row.key)), pass);
      // Folders go after their children, the deepest first.
      const operations = pass === 'changes' ? planned.operations : [...planned.operations].sort((a, b) => Number(a.key.endsWith('/')) - Number(b.key.endsWith('/')) || b.key.split('/').length - a.key.split('/').length);
      for (const op of operations) perform(model, op, life);
      const clashes = planned.clashes.filter((row) => !model.waiting.has(row.key));
      for (const row of clashes) giveWay(model, operation('keepBoth', row), life);
      // What is the same on both sides is adopted, which is nothing when it already was; the index does not even name such rows.
      count += operations.filter((op) => op.kind !== 'adopt' || !isAgreed(op)).length + clashes.length;
    }
    return count;
  } catch (thrown) {
    if (thrown instanceof Died) return -1;
    throw thrown;
  }
}
function isAgreed(op: Operation): boolean {
  const { base, local, remote } = op.row;
  return base !== null && base.resident && local?.sha256 === base.sha256 && remote?.etag === base.etag;
}
function hashWhatMatters(model: Model, rows: readonly Row[]): void {
  for (const row of rows) {
    const file = model.here.get(row.key);
    if (file !== undefined && file !== 'folder' && !file.isHashed && row.base !== null) model.here.set(row.key, { ...file, isHashed: true });
  }
}
function effect(life: Life, doing: () => void): void {
  if (life.effects === 0) throw new Died();
  life.effects -= 1;
  doing();
}
function nextEtag(model: Model): string {
  model.serial += 1;
  return `new${model.serial}`;
}
function makeParents(model: Model, path: RelativePath): boolean {
  for (const folder of [...ancestorsOf(path)].reverse()) {
    const found = model.here.get(folder);
    if (found !== undefined && found !== 'folder') return false;
    model.here.set(folder, 'folder');
  }
  return true;
}
function foldersAgreed(model: Model, path: RelativePath): void {
  for (const folder of ancestorsOf(path)) if (model.here.get(folder) === 'folder') model.base.set(`${folder}/`, { content: folderHash, etag: folderEtag, resident: true });
}
/** A folder that is still wanted keeps a marker when its last object goes (rule 28). */
function keepFoldersAbove(model: Model, key: string, life: Life): void {
  for (const folder of ancestorsOf(pathOfKey(key as EntryKey))) {
    if (model.here.get(folder) !== 'folder' || [...model.there.keys()].some((other) => other !== key && other.startsWith(`${folder}/`))) continue;
    effect(life, () => void model.there.set(`${folder}/`, { content: '', etag: folderEtag, tier: 'warm' }));
  }
}

function perform(model: Model, op: Operation, life: Life): void {
  const { key } = op;
  const path = pathOfKey(key);
  if (kindOfKey(key) === 'folder') return performOnFolder(model, op, life);
  const file = model.here.get(path);
  const here = file === 'folder' ? undefined : file;
  const there = model.there.get(key);
  const agree = (content: string, etag: string): void => effect(life, () => void model.base.set(key, { content, etag, resident: true }));
  switch (op.kind) {
    case 'upload': {
      if (here === undefined || (there?.etag ?? null) !== (op.row.remote?.etag ?? null)) return;
      const etag = nextEtag(model);
      if (there?.tier === 'archive') return void model.waiting.add(key);
      if (there !== undefined) effect(life, () => void model.kept.add(there.content));
      effect(life, () => void model.there.set(key, { content: here.content, etag, tier: 'warm' }));
      model.here.set(path, { ...here, isHashed: true });
      agree(here.content, etag);
      return foldersAgreed(model, path);
    }
    case 'download': {
      if (there === undefined) return;
      if (there.tier === 'archive') return effect(life, () => void model.base.set(key, { content: there.content, etag: there.etag, resident: false }));
      if (file === 'folder' || !makeParents(model, path)) return;
      if (here !== undefined) {
        if (op.row.local === null) return;
        effect(life, () => {
          model.kept.add(here.content);
          model.here.delete(path);
        });
      }
      effect(life, () => void model.here.set(path, { content: there.content, inode: BigInt((model.serial += 1) + 100), isHashed: true }));
      return agree(there.content, there.etag);
    }
    case 'deleteLocal':
      if (here === undefined || there !== undefined) return;
      effect(life, () => {
        model.kept.add(here.content);
        model.here.delete(path);
      });
      return effect(life, () => void model.base.delete(key));
    case 'deleteRemote':
      if (here !== undefined || there === undefined || there.etag !== op.row.remote?.etag) return;
      if (there.tier === 'archive') return void model.waiting.add(key);
      keepFoldersAbove(model, key, life);
      effect(life, () => void model.kept.add(there.content));
      effect(life, () => void model.there.delete(key));
      return effect(life, () => void model.base.delete(key));
    case 'moveRemote':
      return moveRemote(model, op, life);
    case 'moveLocal':
      return moveLocal(model, op, life);
    case 'adopt':
      if (here === undefined || there === undefined || here.content !== there.content) throw new Error(`adopt of unequal content at ${key}`);
      return agree(here.content, there.etag);
    case 'forget':
      return effect(life, () => void model.base.delete(key));
    case 'refreshOnlineOnly':
      return there === undefined ? undefined : effect(life, () => void model.base.set(key, { content: there.content, etag: there.etag, resident: false }));
    case 'keepBoth':
      return keepBoth(model, op, life);
  }
}
function performOnFolder(model: Model, op: Operation, life: Life): void {
  const path = pathOfKey(op.key);
  const agree = (): void => effect(life, () => void model.base.set(op.key, { content: folderHash, etag: folderEtag, resident: true }));
  const isBelow = (name: string): boolean => name.startsWith(op.key) && name !== op.key;
  switch (op.kind) {
    case 'upload':
      if (![...model.there.keys()].some(isBelow)) {
        const below = [...model.here.keys()].filter(isBelow);
        if (below.some((name) => !model.frozen.has(name))) return;
        // A folder that holds only skipped things is skipped itself (rule 28).
        if (below.length > 0) return effect(life, () => void model.frozen.add(op.key));
        effect(life, () => void model.there.set(op.key, { content: '', etag: folderEtag, tier: 'warm' }));
      }
      return agree();
    case 'download':
      if (!makeParents(model, `${path}/x` as RelativePath)) return;
      return agree();
    case 'deleteLocal':
      if (![...model.here.keys()].some(isBelow)) effect(life, () => void model.here.delete(path));
      return effect(life, () => void model.base.delete(op.key));
    case 'deleteRemote':
      if (![...model.there.keys()].some(isBelow)) {
        keepFoldersAbove(model, op.key, life);
        effect(life, () => void model.there.delete(op.key));
      }
      return effect(life, () => void model.base.delete(op.key));
    case 'forget':
      return effect(life, () => void model.base.delete(op.key));
    default:
      return agree();
  }
}
function moveRemote(model: Model, op: Operation, life: Life): void {
  const from = op.from?.key ?? '';
  const source = model.there.get(from);
  const here = model.here.get(op.key);
  const left = model.here.get(from);
  if (source === undefined || here === undefined || here === 'folder' || (left !== undefined && left !== 'folder') || model.there.has(op.key)) return;
  if (source.tier === 'archive') return perform(model, { ...op, kind: 'upload', from: null }, life);
  // The inode says that it is the same file; a wrong guess is what I3 forbids.
  if (source.content !== here.content) throw new Error(`${from} moved to ${op.key}, which holds something else`);
  const etag = nextEtag(model);
  effect(life, () => void model.there.set(op.key, { content: source.content, etag, tier: 'warm' }));
  effect(life, () => void model.base.set(op.key, { content: source.content, etag, resident: true }));
  foldersAgreed(model, pathOfKey(op.key));
  effect(life, () => void model.there.delete(from));
  effect(life, () => void model.base.delete(from));
}
function moveLocal(model: Model, op: Operation, life: Life): void {
  const from = op.from?.key ?? '';
  const source = model.here.get(from);
  const there = model.there.get(op.key);
  if (source === undefined || source === 'folder' || there === undefined || model.here.has(op.key) || model.there.has(from) || !makeParents(model, pathOfKey(op.key))) return;
  effect(life, () => {
    model.here.delete(from);
    model.here.set(op.key, source);
  });
  effect(life, () => {
    model.base.set(op.key, { content: source.content, etag: there.etag, resident: true });
    model.base.delete(from);
  });
}
/** As `execute/reconcile.ts`: equal content is adopted, a newer version taken, two edits are both kept. */
function keepBoth(model: Model, op: Operation, life: Life): void {
  const { key } = op;
  const here = model.here.get(key);
  const there = model.there.get(key);
  const base = model.base.get(key);
  if (here === undefined || here === 'folder' || there === undefined) return;
  model.here.set(key, { ...here, isHashed: true });
  if (here.content === there.content && there.tier === 'warm') return effect(life, () => void model.base.set(key, { content: here.content, etag: there.etag, resident: true }));
  if (base !== undefined && base.content === here.content && there.tier === 'warm') return perform(model, { ...op, kind: 'download', row: { ...op.row, local: seenHere(key, 'file', here.inode, here.content as Sha256) } }, life);
  if (base !== undefined && base.resident && base.content === there.content) return effect(life, () => void model.base.set(key, { ...base, etag: there.etag }));
  const copy = freeName(model, `${key} (conflict)`);
  effect(life, () => {
    model.here.delete(key);
    model.here.set(copy, here);
  });
  effect(life, () => void model.base.delete(key));
}
/** As `execute/give-way.ts`: the file gets another name, first there, then here. */
function giveWay(model: Model, op: Operation, life: Life): void {
  const { key } = op;
  const there = model.there.get(key);
  const here = model.here.get(key);
  if (there?.tier === 'archive') return void model.waiting.add(key);
  if (there !== undefined) {
    const name = freeName(model, `${key} (file ${there.content})`, there.content);
    effect(life, () => void model.there.set(name, { content: there.content, etag: nextEtag(model), tier: 'warm' }));
    effect(life, () => void model.there.delete(key));
    effect(life, () => void model.base.delete(key));
  }
  if (here === undefined || here === 'folder') return;
  const name = freeName(model, `${key} (file ${here.content})`, here.content);
  effect(life, () => {
    model.here.delete(key);
    model.here.set(name, { ...here, isHashed: true });
  });
  effect(life, () => void model.base.delete(key));
}
function freeName(model: Model, wanted: string, content: string | null = null): string {
  for (let name = wanted; ; name += ' 2') {
    const [here, there] = [model.here.get(name), model.there.get(name)];
    const holdsOther = (here !== undefined && (here === 'folder' || here.content !== content)) || (there !== undefined && there.content !== content);
    if (!holdsOther && !(content === null && model.base.has(name))) return name;
  }
}
