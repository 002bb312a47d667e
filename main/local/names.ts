/** What names mean: which belong to Strata, which a disk cannot hold, and what a file that gives way is called (rules 3, 20, 23). Pure. */
import type { ErrorCode } from '../../shared/api/errors.ts';
import { joinPath, nameOf, parentOf, type RelativePath } from '../../shared/relative-path.ts';
import type { Platform } from './disk-calls.ts';

const maxNameBytes = 255;
/** Characters that some disks drop when they compare names (HFS+, and what git guards against): soft hyphen, joiners, direction marks, variation selectors, BOM. */
 
const ignorable = /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8]|[\u{e0000}-\u{e0fff}]/gu;

/** True when any part of the path is one of Strata's own names in some spelling; `.strataignore`, exactly so spelled, is the user's. */
export function reservedName(path: string): boolean {
  return path.split('/').some(isReservedPart);
}
function isReservedPart(part: string): boolean {
  if (part === '.strataignore') return false;
  const plain = part.normalize('NFC').replace(ignorable, '').toLowerCase().toUpperCase().toLowerCase().replace(/[. ]+$/u, '');
  // `.strata` is `STRATA~1` to old programs on Windows: writing there would be writing into Strata's own folder.
  return plain.startsWith('.strata') || /^strata~\d+/u.test(plain);
}

const windowsDevices = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/iu;
 
const windowsCharacters = /[<>:"|?*\\\u0000-\u001f]/u;

/** Why a disk of this platform cannot hold the path, or null. `rootBytes` is the length of the root's own path. */
export function refusedName(path: RelativePath, platform: Platform, rootBytes: number): ErrorCode | null {
  if (reservedName(path)) return 'name_reserved';
  let totalBytes = rootBytes;
  for (const part of path.split('/')) {
    const bytes = platform === 'win32' ? part.length : Buffer.byteLength(part);
    if (bytes > maxNameBytes) return 'name_too_long';
    totalBytes += bytes + 1;
    if (part === '' || part === '.' || part === '..' || part.includes('\0')) return 'key_hostile';
    if (platform === 'win32' && isRefusedByWindows(part)) return 'name_unsupported';
  }
  return totalBytes > longestPath[platform] ? 'name_too_long' : null;
}
function isRefusedByWindows(part: string): boolean {
  return windowsDevices.test(part) || windowsCharacters.test(part) || /[. ]$/u.test(part);
}
const longestPath: Readonly<Record<Platform, number>> = { linux: 4095, darwin: 1023, win32: 32_000 };

const conflictSuffix = / \(conflict, [^()]*\)(?: \d+)?$/u;

/** The first free name for the copy that gives way. An old suffix is replaced, so that names do not grow with every conflict. */
export function conflictName(path: RelativePath, device: string, date: Date, taken: (candidate: RelativePath) => boolean): RelativePath {
  const { stem, extension } = splitName(nameOf(path));
  const bare = stem.replace(conflictSuffix, '') || stem;
  const minute = minuteOf(date);
  const owner = cleanDevice(device);
  const second = `${minute}.${two(date.getSeconds())}`;
  const parent = parentOf(path);
  for (let attempt = 0; ; attempt += 1) {
    const suffix = attempt === 0 ? ` (conflict, ${owner}, ${minute})` : ` (conflict, ${owner}, ${second})${attempt === 1 ? '' : ` ${attempt}`}`;
    const candidate = joinPath(parent, fitted(bare, suffix, extension));
    if (!taken(candidate)) return candidate;
  }
}

const conflictCopy = /^(?<stem>.+) \(conflict, (?<device>[^()]+), (?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d) (?<hour>\d\d)\.(?<minute>\d\d)(?:\.(?<second>\d\d))?\)(?: \d+)?(?<extension>\.[^.]{1,19})?$/u;

/** Reads a conflict copy's name back: of which file, by which device, when (in this computer's time zone). A stem that was cut to fit can't be read back. */
export function conflictOf(path: RelativePath): { readonly path: RelativePath; readonly device: string; readonly atMs: number } | null {
  const found = conflictCopy.exec(nameOf(path))?.groups;
  if (found === undefined) return null;
  const number = (name: string): number => Number(found[name] ?? 0);
  const atMs = new Date(number('year'), number('month') - 1, number('day'), number('hour'), number('minute'), number('second')).getTime();
  return { path: joinPath(parentOf(path), `${found['stem'] ?? ''}${found['extension'] ?? ''}`), device: found['device'] ?? '', atMs };
}

/** Both are kept: the copy stays under an ordinary name, so that no device lists it as a conflict any more. */
export function keptName(copyPath: RelativePath, taken: (candidate: RelativePath) => boolean): RelativePath {
  const { stem, extension } = splitCopy(nameOf(copyPath));
  return numbered(copyPath, stem.replace(' (conflict, ', ' ('), extension, taken);
}
/** `name (restored, 2026-11-20 14.02).ext`, or with a number behind. */
export function restoredName(path: RelativePath, date: Date, taken: (candidate: RelativePath) => boolean): RelativePath {
  const { stem, extension } = splitName(nameOf(path));
  const bare = stem.replace(/ \(restored, [^()]*\)(?: \d+)?$/u, '') || stem;
  return numbered(path, fitted(bare, ` (restored, ${minuteOf(date)})`, ''), extension, taken);
}
function numbered(path: RelativePath, stem: string, extension: string, taken: (candidate: RelativePath) => boolean): RelativePath {
  for (let number = 1; ; number += 1) {
    const candidate = joinPath(parentOf(path), fitted(stem, number === 1 ? '' : ` ${number}`, extension));
    if (!taken(candidate)) return candidate;
  }
}
/** The dot inside the copy's own time is no extension. */
function splitCopy(name: string): { readonly stem: string; readonly extension: string } {
  const extension = conflictCopy.exec(name)?.groups?.['extension'] ?? '';
  return { stem: name.slice(0, name.length - extension.length), extension };
}
function minuteOf(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}.${two(date.getMinutes())}`;
}

/** The name of a file that gives way to a folder of its name: the same on every device, because it comes from the content (rule 3). */
export function fileBesideFolderName(path: RelativePath, sha256: string): RelativePath {
  const { stem, extension } = splitName(nameOf(path));
  return joinPath(parentOf(path), fitted(`${stem}${extension}`, ` (file ${sha256.slice(0, 8)})`, ''));
}

function splitName(name: string): { readonly stem: string; readonly extension: string } {
  const dot = name.lastIndexOf('.');
  // `.bashrc` has no extension, and a very long one is part of the name.
  if (dot <= 0 || name.length - dot > 20) return { stem: name, extension: '' };
  return { stem: name.slice(0, dot), extension: name.slice(dot) };
}
function fitted(stem: string, suffix: string, extension: string): string {
  const room = maxNameBytes - Buffer.byteLength(suffix) - Buffer.byteLength(extension);
  let kept = stem;
  if (Buffer.byteLength(kept) > room) {
    kept = '';
    let used = 0;
    for (const point of stem) {
      used += Buffer.byteLength(point);
      if (used > room) break;
      kept += point;
    }
  }
  return `${kept}${suffix}${extension}`;
}
/** A device name as part of a file name that every system can hold, at most 40 characters. */
export function cleanDevice(device: string): string {
   
  const plain = device.normalize('NFC').replace(ignorable, '').replace(/[\u0000-\u001f\u007f/\\<>:"|?*(),]+/gu, ' ').replace(/\s+/gu, ' ').trim();
  return [...plain].slice(0, 40).join('').replace(/[. ]+$/u, '') || 'another device';
}
function two(value: number): string {
  return String(value).padStart(2, '0');
}
