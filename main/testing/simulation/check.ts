/** What must hold when a simulated world has come to rest: I1 to I4 of its contents, I2 of its trees, I8 of what its computers say. */
import { writesOf } from '../world.ts';
import { compareRow } from '../../sync/plan/compare.ts';
import type { SyncOutcome } from '../../sync/root-engine.ts';
import { rootFolder, type WorldDevice } from '../world-device.ts';
import { filesOf, type Contents } from './contents.ts';
import { allObjects, shownIn, type Place } from './place.ts';
import { textOf } from './text-of.ts';

/** A promise that was broken, with what shows it. */
export class Violation extends Error {
  readonly promise: string;
  constructor(promise: string, text: string) {
    super(`${promise}: ${text}`);
    this.promise = promise;
  }
}

/** I1, I3: what must be somewhere is; what is somewhere was written by somebody. */
export function checkContents(contents: Contents, devices: readonly WorldDevice[], place: Place): void {
  const lost = contents.lost();
  if (lost.length > 0) throw new Violation('I1', `lost: ${lost.map((text) => JSON.stringify(text)).join(', ')}`);
  for (const device of devices) checkTree(contents, device);
  for (const [key, stored] of allObjects(place)) {
    if (stored.metadata.deletionClaim === true || isOwnNote(key)) continue;
    if (!contents.isKnown(textOf(stored.bytes)) && stored.bytes.byteLength > 0) throw new Violation('I3', `${key} in the place holds ${JSON.stringify(textOf(stored.bytes))}, which nobody wrote`);
  }
}
function isOwnNote(key: string): boolean {
  return key.startsWith('.strata/') && !key.startsWith('.strata/trash/');
}
/** I3, I4: every file of a folder is whole and was written by somebody. */
export function checkTree(contents: Contents, device: WorldDevice): void {
  for (const [path, text] of filesOf(device)) if (!contents.isKnown(text)) throw new Violation('I3', `${path} on ${device.name} holds ${JSON.stringify(text)}, which nobody wrote`);
}

/** Keys a computer leaves alone for a stated reason; below and beside them nothing is compared. */
function skippedKeys(device: WorldDevice): string[] {
  return (device.index.database.prepare('SELECT key FROM entries WHERE root = ? AND frozen IS NOT NULL').pluck().all(device.rootId) as string[]).map((key) => key.replace(/\/$/, ''));
}
export function skippedAnywhere(devices: readonly WorldDevice[]): (path: string) => boolean {
  const skipped = new Set(devices.flatMap(skippedKeys));
  return (path) => {
    const parts = path.replace(/\/$/, '').split('/');
    return parts.some((_, count) => skipped.has(parts.slice(0, count + 1).join('/')));
  };
}

/** What a disk that works again must not be said of any more (rule 9). */
const diskTroubles = ['disk_error', 'disk_full', 'too_many_open', 'file_busy', 'file_unreadable'] as const;
function leftAlone(device: WorldDevice): string[] {
  const rows = device.index.database.prepare(`SELECT key, frozen FROM entries WHERE root = ? AND frozen IN (${diskTroubles.map(() => '?').join(', ')})`).all(device.rootId, ...diskTroubles);
  return (rows as { key: string; frozen: string }[]).map(({ key, frozen }) => `${key} (${frozen})`);
}

/** What is due on a computer, each with what either side did. */
export function dueText(device: WorldDevice): string {
  return device.index.due(device.rootId, { after: '', limit: 5, nowMs: Number.MAX_SAFE_INTEGER }).map((row) => {
    const seen = compareRow(row);
    return `${row.key} (${seen.local} × ${seen.remote}${row.failure === null ? '' : `, ${row.failure.code}`})`;
  }).join(', ');
}

export interface AtRest {
  readonly devices: readonly WorldDevice[];
  readonly place: Place;
  readonly contents: Contents;
  readonly outcomes: readonly SyncOutcome[];
}

/** I1, I2, I3, I8 and the engine's own order, after a round that wrote nothing. */
export function checkAtRest({ devices, place, contents, outcomes }: AtRest): void {
  checkContents(contents, devices, place);
  for (const [index, device] of devices.entries()) {
    const outcome = outcomes[index];
    if (outcome !== undefined && outcome.reasons.length > 0) throw new Violation('I8', `${device.name} still says: ${outcome.reasons.join(' ')} ${dueText(device)}`);
    if (dueText(device) !== '') throw new Violation('I2', `${device.name} still has something to do: ${dueText(device)}`);
    const alone = leftAlone(device);
    if (alone.length > 0) throw new Violation('I8', `${device.name} still leaves alone ${alone.join(', ')}, though everything can be read`);
    const journal = device.index.journal(device.rootId);
    if (journal.length > 0) throw new Violation('I5', `${device.name} is idle with ${journal[0]?.kind ?? ''} ${journal[0]?.key ?? ''} in its journal`);
  }
  const isSkipped = skippedAnywhere(devices);
  checkEqual(devices, place, isSkipped);
  checkNothingVanished({ devices, place, contents, outcomes }, isSkipped);
}

function checkEqual(devices: readonly WorldDevice[], place: Place, isSkipped: (path: string) => boolean): void {
  const treeOf = (device: WorldDevice): string => JSON.stringify(Object.entries(device.disk.list(rootFolder)).filter(([path, text]) => !isSkipped(path) && !text.startsWith('-> ')));
  const [first, ...others] = devices;
  if (first === undefined) return;
  const tree = treeOf(first);
  for (const other of others) if (treeOf(other) !== tree) throw new Violation('I2', `${first.name} has ${tree} and ${other.name} has ${treeOf(other)}`);
  const files = JSON.stringify([...filesOf(first)].filter(([path]) => !isSkipped(path)).sort(([a], [b]) => (a < b ? -1 : 1)));
  const objects = JSON.stringify(filesThere(place, isSkipped));
  if (files !== objects) throw new Violation('I2', `the folders have ${files} and the place has ${objects}`);
}

/** What every computer must have: what is listed and can be read, key and text, in the order of folders. */
export function filesThere(place: Place, isSkipped: (path: string) => boolean): readonly (readonly [string, string])[] {
  return [...shownIn(place)].filter(([key, { stored, isHidden }]) => !isSkipped(key) && !isHidden && stored.storageClass !== 'GLACIER').map(([key, { text }]) => [key, text] as const).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** I6: what nobody ever took away is still in a folder, not only in a trash. */
function checkNothingVanished({ devices, place, contents }: AtRest, isSkipped: (path: string) => boolean): void {
  const inAnyFolder = new Set(devices.flatMap((device) => [...filesOf(device).values()]));
  const inEveryFolder = devices.map((device) => new Set(filesOf(device).values()));
  const skippedTexts = new Set(devices.flatMap((device) => [...filesOf(device)].filter(([path]) => isSkipped(path)).map(([, text]) => text)));
  const shown = shownIn(place);
  const objects = new Set([...shown.values()].map(({ text }) => text));
  // A file in the place can hide what lies below its name; it is still there (rule 2).
  const hidden = new Set([...shown.values()].filter(({ isHidden }) => isHidden).map(({ text }) => text));
  for (const text of contents.written) {
    if (contents.takenAway.has(text)) continue;
    const isThere = contents.archived.has(text) || hidden.has(text) ? objects.has(text) : skippedTexts.has(text) ? inAnyFolder.has(text) : inEveryFolder.every((folder) => folder.has(text)) || [...shown].some(([key, one]) => isSkipped(key) && one.text === text);
    if (!isThere) throw new Violation('I6', `nobody took away ${JSON.stringify(text)}, and it is in no folder any more`);
  }
}

/** What a computer did to the world so far: requests that write and changes of its disk. */
export function writesAndEffects(device: WorldDevice): number {
  return writesOf(device) + device.disk.counters.effects;
}
