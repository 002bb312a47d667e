/** The walk over a root, as a stream of pages: what is there, what is skipped and why, and what could not be read. Synchronous; runs in a worker on the real disk. */
import type { ErrorCode } from '../../shared/api/errors.ts';
import { compareKeys, parseRelativePath, type RelativePath } from '../../shared/relative-path.ts';
import type { LocalStat, ScanEvent, ScannedEntry } from '../sync/ports.ts';
import { errorCodeOf, isErrno } from './disk-errors.ts';
import { ignoreFile, ignoreRules, type IgnoreRules } from './ignore-rules.ts';
import { reservedName } from './names.ts';
import { absoluteOf, ownFolder, type RootIdentity } from './root-context.ts';

export interface SourceName {
  readonly name: string;
  /** The bytes, when they are not valid text. */
  readonly raw: Uint8Array | null;
}
/** The three calls of a walk. Each throws what the system throws. */
export interface TreeSource {
  readFolder(absolute: string): readonly SourceName[];
  lstat(absolute: string, raw: Uint8Array | null): LocalStat;
  readText(absolute: string): string;
}
export interface WalkRequest {
  readonly rootPath: string;
  readonly identity: RootIdentity;
  readonly folders: 'all' | readonly string[];
  /** Absolute paths of folders that are never synced: data dirs, folder stores (rule 29). */
  readonly foreignFolders: readonly string[];
}

const pageSize = 500;
interface Child {
  readonly entry: ScannedEntry;
  readonly sortKey: string;
}
interface OpenFolder {
  readonly diskPath: string;
  readonly rules: IgnoreRules;
  readonly children: readonly Child[];
  next: number;
}
type Names = readonly SourceName[];

export function* walk(source: TreeSource, request: WalkRequest): Generator<ScanEvent> {
  const wrongAtStart = rootProblem(source, request);
  if (wrongAtStart !== null) return yield { type: 'end', complete: false, code: wrongAtStart };
  const outcome = yield* request.folders === 'all' ? walkAll(source, request) : walkSome(source, request, request.folders);
  // What was read while the disk went away or was replaced looks like a deletion of everything (rule 2, F14).
  const wrongAtEnd = rootProblem(source, request) ?? outcome;
  yield wrongAtEnd === null ? { type: 'end', complete: true } : { type: 'end', complete: false, code: wrongAtEnd };
}

function rootProblem(source: TreeSource, request: WalkRequest): ErrorCode | null {
  try {
    const found = source.lstat(request.rootPath, null);
    if (found.kind !== 'folder') return 'root_not_folder';
    return found.device === request.identity.device && found.inode === request.identity.inode ? null : 'root_changed';
  } catch (thrown) {
    return isErrno(thrown, 'ENOENT', 'ENOTDIR') ? 'root_missing' : errorCodeOf(thrown, 'read');
  }
}

function* walkAll(source: TreeSource, request: WalkRequest): Generator<ScanEvent, ErrorCode | null> {
  let page: ScannedEntry[] = [];
  const unreadable: ScanEvent[] = [];
  const top = openFolder(source, request, '', ignoreRules(null), null, unreadable);
  yield* unreadable.splice(0);
  if (typeof top === 'string') {
    yield { type: 'unreadable', path: '' as RelativePath, code: top };
    return top;
  }
  const stack: OpenFolder[] = [top];
  for (let folder = stack.at(-1); folder !== undefined; folder = stack.at(-1)) {
    const child = folder.children[folder.next];
    folder.next += 1;
    if (child === undefined) {
      stack.pop();
      continue;
    }
    const below = descend(source, request, folder, child.entry, unreadable);
    page.push(below.entry);
    if (page.length >= pageSize || unreadable.length > 0) {
      // The folder comes before what is said about it.
      yield { type: 'entries', entries: page };
      page = [];
      yield* unreadable.splice(0);
    }
    if (below.opened !== null) stack.push(below.opened);
  }
  if (page.length > 0) yield { type: 'entries', entries: page };
  return null;
}

/** Opens a folder that is to be walked; a root inside the root turns out only now and is skipped with all below. */
function descend(source: TreeSource, request: WalkRequest, folder: OpenFolder, entry: ScannedEntry, unreadable: ScanEvent[]): { readonly entry: ScannedEntry; readonly opened: OpenFolder | null } {
  if (entry.skipped !== null || entry.stat.kind !== 'folder') return { entry, opened: null };
  const names = namesOf(source, request, entry.diskPath);
  if (typeof names !== 'string' && isNestedRoot(source, request, entry.diskPath, names)) return { entry: { ...entry, skipped: { code: 'is_nested_root', detail: entry.diskPath } }, opened: null };
  const opened = typeof names === 'string' ? names : openFolder(source, request, entry.diskPath, folder.rules, names, unreadable);
  if (typeof opened !== 'string') return { entry, opened };
  unreadable.push({ type: 'unreadable', path: entry.path, code: opened });
  return { entry, opened: null };
}

function* walkSome(source: TreeSource, request: WalkRequest, folders: readonly string[]): Generator<ScanEvent, ErrorCode | null> {
  for (const diskPath of folders) {
    const unreadable: ScanEvent[] = [];
    const opened = openNamedFolder(source, request, diskPath, unreadable);
    if (typeof opened === 'string') {
      yield { type: 'unreadable', path: diskPath.normalize('NFC') as RelativePath, code: opened };
      if (diskPath === '') return opened;
      continue;
    }
    for (let at = 0; at < opened.children.length; at += pageSize) {
      yield { type: 'entries', entries: opened.children.slice(at, at + pageSize).map((child) => withNestedRoot(source, request, child.entry)) };
    }
    yield* unreadable;
  }
  return null;
}
function withNestedRoot(source: TreeSource, request: WalkRequest, entry: ScannedEntry): ScannedEntry {
  if (entry.skipped !== null || entry.stat.kind !== 'folder' || !hasMarker(source, request, entry.diskPath)) return entry;
  return { ...entry, skipped: { code: 'is_nested_root', detail: entry.diskPath } };
}

/** A folder named by a hint: every folder above it must be one a full walk would have entered. */
function openNamedFolder(source: TreeSource, request: WalkRequest, diskPath: string, unreadable: ScanEvent[]): OpenFolder | ErrorCode {
  let rules = ignoreRules(null);
  const parts = diskPath === '' ? [] : diskPath.split('/');
  for (let count = 0; count < parts.length; count += 1) {
    const above = parts.slice(0, count).join('/');
    const own = rulesIn(source, request, above, rules);
    if (typeof own === 'string') return own;
    rules = own;
    const here = parts.slice(0, count + 1).join('/');
    const problem = folderProblem(source, request, here, rules);
    if (problem !== null) return problem;
  }
  return openFolder(source, request, diskPath, rules, null, unreadable);
}
function folderProblem(source: TreeSource, request: WalkRequest, diskPath: string, rules: IgnoreRules): ErrorCode | null {
  try {
    const stat = source.lstat(absoluteOf({ path: request.rootPath }, diskPath), null);
    if (stat.kind === 'symlink') return 'is_symlink';
    if (stat.kind !== 'folder') return 'file_vanished';
    return skipOf(request, diskPath, stat, null, rules)?.code ?? (hasMarker(source, request, diskPath) ? 'is_nested_root' : null);
  } catch (thrown) {
    return errorCodeOf(thrown, 'read');
  }
}

function namesOf(source: TreeSource, request: WalkRequest, diskPath: string): Names | ErrorCode {
  try {
    return source.readFolder(absoluteOf({ path: request.rootPath }, diskPath));
  } catch (thrown) {
    return errorCodeOf(thrown, 'read');
  }
}
function isNestedRoot(source: TreeSource, request: WalkRequest, diskPath: string, names: Names): boolean {
  return names.some((one) => one.name === ownFolder) && hasMarker(source, request, diskPath);
}
function hasMarker(source: TreeSource, request: WalkRequest, diskPath: string): boolean {
  try {
    return source.lstat(absoluteOf({ path: request.rootPath }, `${diskPath}/${ownFolder}/root.json`), null).kind === 'file';
  } catch {
    return false;
  }
}

function rulesIn(source: TreeSource, request: WalkRequest, diskPath: string, above: IgnoreRules): IgnoreRules | ErrorCode {
  const file = absoluteOf({ path: request.rootPath }, diskPath === '' ? ignoreFile : `${diskPath}/${ignoreFile}`);
  try {
    if (source.lstat(file, null).kind !== 'file') return above;
    const text = source.readText(file);
    return diskPath === '' ? ignoreRules(text) : above.within(diskPath.normalize('NFC'), text);
  } catch (thrown) {
    // Rules that are there and can't be read are not "no rules": what was left out would be uploaded.
    return isErrno(thrown, 'ENOENT', 'ENOTDIR') ? above : errorCodeOf(thrown, 'read');
  }
}

function openFolder(source: TreeSource, request: WalkRequest, diskPath: string, above: IgnoreRules, known: Names | null, unreadable: ScanEvent[]): OpenFolder | ErrorCode {
  const names = known ?? namesOf(source, request, diskPath);
  if (typeof names === 'string') return names;
  const rules = names.some((one) => one.name === ignoreFile) ? rulesIn(source, request, diskPath, above) : above;
  if (typeof rules === 'string') return rules;
  const children: Child[] = [];
  for (const one of names) {
    if (diskPath === '' && one.name === ownFolder) continue;
    const child = childOf(source, request, diskPath, one, rules);
    if (child === null) continue;
    if ('type' in child) unreadable.push(child);
    else children.push(child);
  }
  children.sort((a, b) => compareKeys(a.sortKey, b.sortKey) || compareKeys(a.entry.diskPath, b.entry.diskPath));
  return { diskPath, rules, children: withClashes(children), next: 0 };
}

function childOf(source: TreeSource, request: WalkRequest, diskPath: string, one: SourceName, rules: IgnoreRules): Child | ScanEvent | null {
  const childPath = diskPath === '' ? one.name : `${diskPath}/${one.name}`;
  const path = childPath.normalize('NFC') as RelativePath;
  let stat: LocalStat;
  try {
    stat = source.lstat(absoluteOf({ path: request.rootPath }, childPath), one.raw);
  } catch (thrown) {
    // Gone since the folder was read: simply not seen; a deletion is confirmed one by one later.
    return isErrno(thrown, 'ENOENT') ? null : { type: 'unreadable', path, code: errorCodeOf(thrown, 'read') };
  }
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { entry: { path, diskPath: childPath, stat, skipped: skipOf(request, childPath, stat, one.raw, rules) }, sortKey: stat.kind === 'folder' ? `${name}/` : name };
}

function skipOf(request: WalkRequest, diskPath: string, stat: LocalStat, raw: Uint8Array | null, rules: IgnoreRules): ScannedEntry['skipped'] {
  const name = diskPath.slice(diskPath.lastIndexOf('/') + 1);
  if (raw !== null || !name.isWellFormed()) return { code: 'name_not_text', detail: name };
  const pattern = rules.matching(diskPath.normalize('NFC'), stat.kind === 'folder');
  if (pattern !== null) return { code: 'is_ignored', detail: pattern };
  if (stat.kind === 'symlink') return { code: 'is_symlink', detail: '' };
  if (stat.kind === 'special') return { code: 'is_special', detail: '' };
  if (stat.device !== request.identity.device) return { code: 'is_mount', detail: '' };
  if (reservedName(name)) return { code: 'name_reserved', detail: name };
  if (!parseRelativePath(diskPath).ok) return { code: 'key_hostile', detail: name };
  if (stat.kind === 'folder' && request.foreignFolders.includes(absoluteOf({ path: request.rootPath }, diskPath))) return { code: 'is_nested_root', detail: diskPath };
  return null;
}

/** Two names that are one after normalising: the one spelled in NFC, else the first, is the file; the other is reported. */
function withClashes(children: readonly Child[]): readonly Child[] {
  const owners = new Map<string, Child>();
  for (const child of children) {
    const owner = owners.get(child.entry.path);
    if (owner === undefined || (isNfc(child) && !isNfc(owner))) owners.set(child.entry.path, child);
  }
  if (owners.size === children.length) return children;
  return children.map((child) => (owners.get(child.entry.path) === child || child.entry.skipped !== null ? child : { ...child, entry: { ...child.entry, skipped: { code: 'name_clash', detail: child.entry.diskPath } } }));
}
function isNfc(child: Child): boolean {
  return child.entry.diskPath === child.entry.diskPath.normalize('NFC');
}
