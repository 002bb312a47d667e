/** Refuses folders and places that would feed on each other: inside, around or the same as what is synced already (rule 29). Pure but for `isWithin`. */
import { AppError } from '../base/app-error.ts';
import type { ParsedPlace } from './ports.ts';

export interface KnownRoot {
  readonly name: string;
  /** Real path. */
  readonly folder: string;
  readonly identity: string;
  readonly libraryId: string | null;
  /** The folder of its store, when that is one. */
  readonly storeFolder: string | null;
}
export interface Candidate {
  readonly folder: string;
  readonly identity: string;
  readonly storeFolder: string | null;
  readonly libraryId: string | null;
}
type IsWithin = (inner: string, outer: string) => boolean;

/** Data dir and folder stores *inside* a root are skipped by its scan; a root inside one of them would sync Strata's own things. */
export function refuseFolderOverlap(folder: string, context: { readonly roots: readonly KnownRoot[]; readonly dataDir: string; readonly isWithin: IsWithin }): void {
  const { isWithin } = context;
  if (isWithin(folder, context.dataDir)) throw new AppError('root_overlaps', { root: folder, other: 'Strata’s own data folder' });
  for (const root of context.roots) {
    if (isWithin(folder, root.folder) || isWithin(root.folder, folder)) throw new AppError('root_overlaps', { root: folder, other: root.name });
    if (root.storeFolder !== null && isWithin(folder, root.storeFolder)) throw new AppError('root_overlaps', { root: folder, other: root.storeFolder });
  }
}

export function refusePlaceOverlap(candidate: Candidate, context: { readonly roots: readonly KnownRoot[]; readonly isWithin: IsWithin }): void {
  const { isWithin } = context;
  const { storeFolder, identity } = candidate;
  if (storeFolder !== null && isWithin(candidate.folder, storeFolder)) throw new AppError('root_overlaps', { root: candidate.folder, other: storeFolder });
  for (const root of context.roots) {
    // A synced folder as the store of another, around or inside it: each would see the other's own things as files.
    if (storeFolder !== null && (isWithin(root.folder, storeFolder) || isWithin(storeFolder, root.folder))) throw new AppError('root_overlaps', { root: storeFolder, other: root.name });
    if (identitiesOverlap(identity, root.identity)) throw new AppError('library_in_use', { other: root.name });
    if (storeFolder !== null && root.storeFolder !== null && (isWithin(storeFolder, root.storeFolder) || isWithin(root.storeFolder, storeFolder))) throw new AppError('library_in_use', { other: root.name });
    // Two addresses of one library: only its mark tells.
    if (candidate.libraryId !== null && candidate.libraryId === root.libraryId) throw new AppError('library_in_use', { other: root.name });
  }
}

/** `s3://b` and `s3://b/sub` share objects; prefixes end in `/` or are empty, so text tells. */
export function identitiesOverlap(a: string, b: string): boolean {
  return a === b || (a.startsWith('s3 ') && b.startsWith('s3 ') && (a.startsWith(b) || b.startsWith(a)));
}

/** A cold store in the warm one (or around it) would list the same objects twice, and each would take the other's for its own. */
export function refuseNestedStores(warm: ParsedPlace, cold: ParsedPlace, isWithin: (inner: string, outer: string) => boolean): void {
  const nested = warm.folder !== null && cold.folder !== null ? isWithin(warm.folder, cold.folder) || isWithin(cold.folder, warm.folder) : identitiesOverlap(warm.identity, cold.identity);
  if (nested) throw new AppError('cold_store_refused', { detail: 'inside or around the place itself' });
}
