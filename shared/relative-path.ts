/** What a path inside a library is, and the one way to make, compare and take apart such paths. */

/** A path below a root: NFC, separated by `/`, no leading or trailing slash, no empty, `.` or `..` part. The root itself is `''`. */
export type RelativePath = string & { readonly __brand: 'RelativePath' };
/** A row's key: a file is its path, a folder its path and a `/` (rule 3), so that UTF-8 order equals the order of a store's listing. */
export type EntryKey = string & { readonly __brand: 'EntryKey' };
export type EntryKind = 'file' | 'folder';

export type PathRefusal = 'empty' | 'absolute' | 'escapes' | 'nul' | 'backslash-drive';

/** Parses text that came from outside (a key, a disk, a request). Returns the reason instead of throwing: hostile keys are expected. */
export function parseRelativePath(text: string): { ok: true; path: RelativePath } | { ok: false; why: PathRefusal } {
  if (text === '') return { ok: false, why: 'empty' };
  if (text.includes('\0')) return { ok: false, why: 'nul' };
  if (text.startsWith('/')) return { ok: false, why: 'absolute' };
  if (/^[A-Za-z]:([\\/]|$)/.test(text)) return { ok: false, why: 'backslash-drive' };
  for (const part of text.split('/')) {
    if (part === '') return { ok: false, why: 'empty' };
    if (part === '.' || part === '..') return { ok: false, why: 'escapes' };
  }
  return { ok: true, path: text.normalize('NFC') as RelativePath };
}

export const rootPath = '' as RelativePath;

/** For paths whose validity the caller has already established; throws on anything else. */
export function relativePath(text: string): RelativePath {
  const parsed = parseRelativePath(text);
  if (!parsed.ok) throw new Error(`not a relative path (${parsed.why}): ${JSON.stringify(text)}`);
  return parsed.path;
}

export function keyOf(path: RelativePath, kind: EntryKind): EntryKey {
  return (kind === 'folder' ? `${path}/` : path) as EntryKey;
}
export function kindOfKey(key: EntryKey): EntryKind {
  return key.endsWith('/') ? 'folder' : 'file';
}
export function pathOfKey(key: EntryKey): RelativePath {
  return (key.endsWith('/') ? key.slice(0, -1) : key) as RelativePath;
}
/** The folder that holds the entry; `''` is the root. */
export function parentOf(path: RelativePath): RelativePath {
  const cut = path.lastIndexOf('/');
  return (cut < 0 ? '' : path.slice(0, cut)) as RelativePath;
}
export function nameOf(path: RelativePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
export function joinPath(folder: RelativePath, name: string): RelativePath {
  return (folder === '' ? name : `${folder}/${name}`) as RelativePath;
}
/** Ancestors from the nearest to the outermost, without the root. */
export function ancestorsOf(path: RelativePath): RelativePath[] {
  const out: RelativePath[] = [];
  for (let at = parentOf(path); at !== ''; at = parentOf(at)) out.push(at);
  return out;
}
/** UTF-8 byte order, as stores list and SQLite's BINARY collation sorts (rule 10); UTF-16 order differs beyond the BMP. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const xSurrogate = x >= 0xd800 && x <= 0xdfff;
    const ySurrogate = y >= 0xd800 && y <= 0xdfff;
    if (xSurrogate !== ySurrogate) return xSurrogate ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}
/** The first key after everything below a folder: `notes/` gives `notes0`. */
export function afterFolder(folder: RelativePath): string {
  return `${folder}0`;
}

/** NFC plus full case folding as far as JavaScript gives it, for disks that fold case (rule 19). */
export function foldKey(text: string): string {
  return text.normalize('NFC').toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}
