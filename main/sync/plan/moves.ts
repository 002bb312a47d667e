/** Rewrites a planned creation whose content left another name into a move (rules 21, 36); wrong or missing detection only costs time. Pure but for index look-ups. */
import { kindOfKey } from '../../../shared/relative-path.ts';
import type { Index, RootId, Row } from '../index-port.ts';
import { compareRow } from './compare.ts';
import { decide } from './decide.ts';

type Lookups = Pick<Index, 'vanishedLike' | 'newLocalsLike' | 'remoteGoneOfSize' | 'newRemotesOfSize'>;

/** The old row of a file that was renamed on this disk, or null. Only operations pair: deleteRemote + upload. */
export function renamedHere(index: Lookups, rootId: RootId, created: Row): Row | null {
  const { local } = created;
  if (local === null || local.sizeBytes === 0 || kindOfKey(created.key) === 'folder') return null;
  const byInode = index.vanishedLike(rootId, { inode: local.inode, birthtimeNs: local.birthtimeNs, sizeBytes: local.sizeBytes, mtimeNs: local.mtimeNs });
  const [sole] = byInode;
  if (byInode.length === 1 && sole !== undefined && decide(compareRow(sole)) === 'deleteRemote' && (local.sha256 === null || local.sha256 === sole.base?.sha256)) return sole;
  if (local.sha256 === null) return null;
  const gone = index.vanishedLike(rootId, { sha256: local.sha256 }).filter((row) => decide(compareRow(row)) === 'deleteRemote');
  const rivals = index.newLocalsLike(rootId, local.sha256);
  const [only] = gone;
  return gone.length === 1 && rivals.length === 1 && only !== undefined ? only : null;
}

/** The old row of a file renamed elsewhere, or null: equal size, proved content (the engine proves candidates before planning). */
export function renamedThere(index: Lookups, rootId: RootId, created: Row): Row | null {
  const { remote } = created;
  if (remote === null || remote.sha256 === null || remote.sizeBytes === 0 || kindOfKey(created.key) === 'folder') return null;
  const gone = index.remoteGoneOfSize(rootId, remote.sizeBytes, remote.sha256).filter((row) => decide(compareRow(row)) === 'deleteLocal');
  const rivals = index.newRemotesOfSize(rootId, remote.sizeBytes, remote.sha256);
  const [only] = gone;
  return gone.length === 1 && rivals.length === 1 && only !== undefined ? only : null;
}
