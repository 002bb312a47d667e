/** Where a key lies inside a folder that serves as a store, and which keys may not lie there at all. */
import { createHash } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../base/app-error.ts';
import type { StoreKey } from '../sync/ports.ts';

/** Strata's own side files; everything else below `.strata/` is an ordinary object of the library. */
const privateNames = ['meta', 'uploads', 'locks', 'incoming'] as const;

export interface FolderLayout {
  readonly root: string;
  readonly name: string;
  private(area: (typeof privateNames)[number], ...parts: string[]): string;
  /** The side file of a key, named by its hash so that no key is too long or clashes with a folder. */
  side(area: 'meta' | 'locks', key: string): string;
  /** The object's own path. Throws for keys that would lead out of the folder or into the side files. */
  object(key: StoreKey): string;
}

export function folderLayout(root: string): FolderLayout {
  const area = (name: string, ...parts: string[]): string => join(root, '.strata', name, ...parts);
  return {
    root,
    name: root,
    private: area,
    side(name, key) {
      const digest = createHash('sha256').update(key, 'utf8').digest('hex');
      return area(name, digest.slice(0, 2), digest.slice(2));
    },
    object(key) {
      checkKey(key, root);
      return join(root, ...key.split('/'));
    },
  };
}

export function checkKey(key: string, place: string): void {
  if (key === '' || key.includes('\0') || key.startsWith('/') || (process.platform === 'win32' && /[\\:]/.test(key))) throw new AppError('key_hostile', { place });
  const parts = (key.endsWith('/') ? key.slice(0, -1) : key).split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) throw new AppError('key_hostile', { place });
  if (Buffer.byteLength(key) > 1024) throw new AppError('key_too_long', { place });
  if (isPrivate(parts)) throw new AppError('name_reserved', { place });
}

/** Side files by any spelling that a disk which folds case, accents or trailing dots would take for them (rule 20). */
export function isPrivate(parts: readonly string[]): boolean {
  // Called for every listed name: plain ones are let through without the costly comparison.
  if (/^[\x20-\x7e]*$/.test(parts[0] ?? '') && !/strata/i.test(parts[0] ?? '')) return false;
  const [first, second] = [plain(parts[0] ?? ''), plain(parts[1] ?? '')];
  if (first !== '.strata') return false;
  return parts[0] !== '.strata' || (privateNames as readonly string[]).includes(second);
}
function plain(part: string): string {
  return part.normalize('NFKC').replace(/\p{Default_Ignorable_Code_Point}/gu, '').toLowerCase().replace(/[. ]+$/, '');
}

/** Every folder above the object must be a real one: a link could lead anywhere, and "not there" behind one proves nothing (rules 2, 9). */
export async function refuseLinks(layout: FolderLayout, key: StoreKey): Promise<void> {
  const parts = key.split('/');
  let at = layout.root;
  for (const part of parts.slice(0, -1)) {
    at = join(at, part);
    const stat = await lstat(at).catch(() => null);
    if (stat === null) return;
    if (stat.isSymbolicLink()) throw new AppError('is_symlink', { place: layout.name });
    if (!stat.isDirectory()) return;
  }
}

/** A folder that is not there is an unplugged drive, never an empty store. */
export async function requireRoot(layout: FolderLayout): Promise<void> {
  const stat = await lstat(layout.root).catch(() => null);
  if (stat === null || !stat.isDirectory()) throw new AppError('network_unreachable', { place: layout.name });
}

export function diskError(thrown: unknown, place: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const code = (thrown as { code?: string }).code ?? '';
  if ((thrown as { name?: string }).name === 'AbortError') return new AppError('cancelled', {}, thrown);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AppError('store_full', { place }, thrown);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return new AppError('access_denied', { place, action: 'reading or writing here' }, thrown);
  if (code === 'ENAMETOOLONG') return new AppError('key_too_long', { place }, thrown);
  if (code === 'EISDIR' || code === 'ENOTDIR') return new AppError('kind_clash', { place }, thrown);
  if (code === 'EILSEQ' || code === 'EINVAL') return new AppError('name_unsupported', { place }, thrown);
  if (code === 'EMFILE' || code === 'ENFILE') return new AppError('too_many_open', { place }, thrown);
  if (code === 'ENODEV' || code === 'ENXIO' || code === 'EHOSTDOWN' || code === 'ESTALE' || code === 'ENOTCONN') return new AppError('network_unreachable', { place }, thrown);
  if (code === '') return new AppError('internal', {}, thrown);
  return new AppError('store_error', { place, detail: code }, thrown);
}
export function isCode(thrown: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((thrown as { code?: string }).code ?? '');
}
