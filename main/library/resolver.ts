/** The one way from (user, path) to an object's key and back: whatever a client sends, nobody leaves their own `user-{id}/`. */
import { nameOf, parentOf, parseRelativePath, type RelativePath } from '../../shared/relative-path.ts';
import type { ErrorCode } from '../../shared/api/errors.ts';
import { AppError } from '../base/app-error.ts';
import type { StoreKey } from '../sync/ports.ts';

export type Resolved = { readonly ok: true; readonly key: StoreKey; readonly path: RelativePath } | { readonly ok: false; readonly code: Extract<ErrorCode, 'bad_request' | 'name_reserved' | 'key_too_long'>; readonly detail: string };

const mostKeyBytes = 1024;
const mostNameBytes = 255;
const uuidName = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}-(.+)$/;

export function prefixOf(userId: number): string {
  return `user-${userId}/`;
}

export function resolve(userId: number, text: string): Resolved {
  const parsed = parseRelativePath(text);
  if (!parsed.ok) return refused('bad_request', 'the path has an empty part, a “.” or a “..”, or begins with a slash');
  const { path } = parsed;
  for (const part of path.split('/')) {
    const why = problemOf(part);
    if (why !== null) return refused('bad_request', why);
  }
  if (path.split('/')[0]?.toLowerCase().startsWith('.strata') === true) return refused('name_reserved', 'the name belongs to Strata itself');
  const key = prefixOf(userId) + path;
  return Buffer.byteLength(key) > mostKeyBytes ? refused('key_too_long', 'the path is too long') : { ok: true, key: key as StoreKey, path };
}

/** A folder as it is asked for; '' is the library itself. Throws what is wrong with the name. */
export function folderPath(userId: number, text: string): string {
  if (text === '') return '';
  const place = resolve(userId, text);
  if (!place.ok) throw new AppError(place.code, { detail: place.detail });
  return place.path;
}

/** What no computer of the library could hold, or what a proxy or a terminal would read otherwise than we do. */
function problemOf(part: string): string | null {
  if (/[\u0000-\u001f\u007f]/.test(part)) return 'a name holds a control character';
  if (part.includes('\\')) return 'a name holds a backslash';
  if (!part.isWellFormed()) return 'a name is not valid text';
  if (part.trim() === '') return 'a name is blank';
  return Buffer.byteLength(part) > mostNameBytes ? 'a name is longer than 255 bytes' : null;
}

/** What a listed key is in its library; null for what is not a member's file. */
export function describeKey(userId: number, key: string): { readonly folder: string; readonly filename: string } | null {
  const prefix = prefixOf(userId);
  if (!key.startsWith(prefix) || key.endsWith('/')) return null;
  const parsed = parseRelativePath(key.slice(prefix.length));
  if (!parsed.ok || parsed.path.startsWith('.strata/')) return null;
  const [folder, name] = [parentOf(parsed.path), nameOf(parsed.path)];
  // Uploaded without a folder, it bears a number in front (H4), which is no part of its name.
  return { folder, filename: folder === '' ? (uuidName.exec(name)?.[1] ?? name) : name };
}

function refused(code: 'bad_request' | 'name_reserved' | 'key_too_long', detail: string): Resolved {
  return { ok: false, code, detail };
}
