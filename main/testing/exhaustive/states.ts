/** Every start state of one name and of two names that have to do with each other, numbered, so that a slice can be taken. */
import { folderEtag, folderHash } from '../../sync/index-port.ts';
import type { HereFile, Model, ThereObject, BaseState } from './model.ts';

/** X is what both agreed on, if they ever did; Y and Z are edits here, Y and W edits there. */
type Here = 'absent' | 'folder' | 'X' | 'Xtouched' | 'Y' | 'Z';
type There = 'absent' | 'folder' | 'X' | 'Xrewritten' | 'Y' | 'W' | 'Warchived' | 'Xarchived';
type Base = 'none' | 'resident' | 'onlineOnly' | 'folder';
const heres: readonly Here[] = ['absent', 'folder', 'X', 'Xtouched', 'Y', 'Z'];
const theres: readonly There[] = ['absent', 'folder', 'X', 'Xrewritten', 'Y', 'W', 'Warchived', 'Xarchived'];
const bases: readonly Base[] = ['none', 'resident', 'onlineOnly', 'folder'];
const skips: readonly boolean[] = [false, true];
export const statesOfOne = heres.length * theres.length * bases.length * skips.length;

/** How two names have to do with each other. */
export const relations = ['siblings', 'parentAndChild', 'renamed', 'caseOnly'] as const;
export type Relation = (typeof relations)[number];
const names: Readonly<Record<Relation, readonly [string, string]>> = { siblings: ['a', 'b'], parentAndChild: ['a', 'a/b'], renamed: ['a', 'b'], caseOnly: ['a', 'A'] };
export const statesOfPairs = relations.length * statesOfOne * statesOfOne;

export function emptyModel(): Model {
  return { here: new Map(), there: new Map(), base: new Map(), frozen: new Set(), lastInode: new Map(), kept: new Set(), waiting: new Set(), serial: 0 };
}
const hereFiles: Readonly<Record<Exclude<Here, 'absent' | 'folder'>, Omit<HereFile, 'inode'>>> = { X: { content: 'X', isHashed: true }, Xtouched: { content: 'X', isHashed: false }, Y: { content: 'Y', isHashed: false }, Z: { content: 'Z', isHashed: true } };
const thereObjects: Readonly<Record<Exclude<There, 'absent' | 'folder'>, ThereObject>> = {
  X: { content: 'X', etag: 'e1', tier: 'warm' }, Xrewritten: { content: 'X', etag: 'e2', tier: 'warm' }, Y: { content: 'Y', etag: 'e3', tier: 'warm' }, W: { content: 'W', etag: 'e4', tier: 'warm' },
  Warchived: { content: 'W', etag: 'e5', tier: 'archive' }, Xarchived: { content: 'X', etag: 'e1', tier: 'archive' },
};
const baseStates: Readonly<Record<'resident' | 'onlineOnly', BaseState>> = { resident: { content: 'X', etag: 'e1', resident: true }, onlineOnly: { content: 'X', etag: 'e1', resident: false } };

/** False when this state can't be: a file can't lie below what is no folder. */
export function placeOne(model: Model, number: number, name: string, inode: bigint): boolean {
  let rest = number;
  const take = <T>(of: readonly T[]): T => {
    const taken = of[rest % of.length] as T;
    rest = Math.floor(rest / of.length);
    return taken;
  };
  const [here, there, base, isSkipped] = [take(heres), take(theres), take(bases), take(skips)];
  const parent = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : null;
  if (here !== 'absent' && parent !== null && model.here.get(parent) !== 'folder') return false;
  if (here === 'folder') model.here.set(name, 'folder');
  else if (here !== 'absent') model.here.set(name, { ...hereFiles[here], inode });
  if (there === 'folder') model.there.set(`${name}/`, { content: '', etag: folderEtag, tier: 'warm' });
  else if (there !== 'absent') model.there.set(name, thereObjects[there]);
  if (base === 'folder') model.base.set(`${name}/`, { content: folderHash, etag: folderEtag, resident: true });
  else if (base !== 'none') model.base.set(name, baseStates[base]);
  model.lastInode.set(name, inode);
  if (isSkipped) {
    model.frozen.add(name);
    model.frozen.add(`${name}/`);
  }
  // Whatever lies below something skipped is skipped too (rule 9).
  if (parent !== null && model.frozen.has(parent)) {
    model.frozen.add(name);
    model.frozen.add(`${name}/`);
  }
  return true;
}

/** Null when there is no such state. */
export function modelOfPair(number: number): { readonly model: Model; readonly relation: Relation } | null {
  const relation = relations[number % relations.length] as Relation;
  const rest = Math.floor(number / relations.length);
  const model = emptyModel();
  const [first, second] = names[relation];
  // A renamed file keeps its inode: what is at the second name may be what was at the first.
  if (!placeOne(model, rest % statesOfOne, first, 11n)) return null;
  const isRename = relation === 'renamed' && !model.here.has(first);
  if (!placeOne(model, Math.floor(rest / statesOfOne), second, isRename ? 11n : 12n)) return null;
  const moved = model.here.get(second);
  // The same inode, size and times are the same content, or nothing could be told by them.
  if (isRename && moved !== undefined && moved !== 'folder' && moved.content !== 'X') return null;
  return { model, relation };
}
