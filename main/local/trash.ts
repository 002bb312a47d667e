/** The root's trash: what a sync deletes or replaces is moved here, looked at again, and put back if somebody edited it meanwhile (rule 15). */
import { relativePath, nameOf, type RelativePath } from '../../shared/relative-path.ts';
import type { DiskAnswer, LocalStat, TrashedFile } from '../sync/ports.ts';
import { checkStillInside, insideRoot, lstatOrNull, makeParents, parentsOf } from './containment.ts';
import { AppError } from '../base/app-error.ts';
import { isErrno } from './disk-errors.ts';
import { readFile } from './reading.ts';
import { sameAfterOurMove, sameState } from './local-stat.ts';
import { absoluteOf, trashFolder, type RootContext } from './root-context.ts';
import { ownedFolder, parsedOrNull, readOwnText, unlinkIfThere } from './strata-folder.ts';

/** How long a program may go on writing into a file that we moved away, or one that could not be put back waits for it. The caller looks after a minute; the rest is for one that looks late, as after a power failure. */
const watchedMs = 24 * 3_600_000;
/** A trashed file is `<id> <name>` beside its record `<id>.json`; without a record (power loss) it is still found by its name. */
const recordEnding = '.json';

/** A second name without replacing, then the first one away. Where the disk has no links: a look, then a rename; between those two a file made there at that instant would be replaced. */
export async function moveWithoutReplacing(context: RootContext, from: string, to: string): Promise<'moved' | 'exists'> {
  try {
    await context.calls.link(from, to);
  } catch (thrown) {
    if (isErrno(thrown, 'EEXIST')) return 'exists';
    if (!isErrno(thrown, 'EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EMLINK', 'EISDIR', 'EINVAL')) throw thrown;
    if ((await lstatOrNull(context, to)) !== null) return 'exists';
    await context.calls.rename(from, to);
    return 'moved';
  }
  await context.calls.unlink(from);
  return 'moved';
}

/** Runs are named by ids; this one holds what was between two names when the power went. */
const renamingRun = 'renaming';

/** The same for a file of the user: a program may save over its first name at the very instant it has both. What lies there is therefore taken away by a rename and looked at, never removed unseen. */
export async function renameWithoutReplacing(context: RootContext, from: string, to: string): Promise<'moved' | 'exists'> {
  try {
    await context.calls.link(from, to);
  } catch (thrown) {
    return isErrno(thrown, 'EEXIST') ? 'exists' : await moveWithoutReplacing(context, from, to);
  }
  const folder = await ownedFolder(context, `${trashFolder}/${renamingRun}`);
  const aside = `${folder}/${trashName(context.newId(), from.slice(from.lastIndexOf('/') + 1))}`;
  try {
    await context.calls.rename(from, aside);
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT')) return 'moved';
    throw thrown;
  }
  const [taken, given] = [await context.calls.lstat(aside), await lstatOrNull(context, to)];
  if (taken.inode === given?.inode) await unlinkIfThere(context, aside);
  // It was saved anew meanwhile: that belongs where it was. Where yet another save has the name already, it stays in the trash.
  else await moveWithoutReplacing(context, aside, from);
  return 'moved';
}

/** How what is there differs from what was expected, or null when it does not. */
export function differenceFrom(expect: LocalStat | null, found: LocalStat | null): 'changed' | 'absent' | 'exists' | null {
  if (expect === null) return found === null ? null : 'exists';
  if (found === null) return 'absent';
  return sameState(expect, found) ? null : 'changed';
}

export async function trashFile(context: RootContext, diskPath: string, expect: LocalStat, runId: string): Promise<DiskAnswer<TrashedFile>> {
  const parents = await parentsOf(context, diskPath);
  const absolute = absoluteOf(context, diskPath);
  const why = parents.state === 'all-there' ? differenceFrom(expect, await lstatOrNull(context, absolute)) : 'absent';
  if (why !== null) return { ok: false, why };
  // A folder moved as a whole would take along what was put into it a moment ago (rule 28).
  if (expect.kind !== 'file') return { ok: false, why: 'changed' };

  const run = safeRunId(runId);
  const folder = await ownedFolder(context, `${trashFolder}/${run}`);
  const id = context.newId();
  const file = `${folder}/${trashName(id, nameOf(diskPath as RelativePath))}`;
  const record: TrashedFile = { trashId: `${run}/${id}`, path: relativePath(diskPath), stat: expect, trashedAtMs: context.clock.nowMs() };
  await writeRecord(context, `${folder}/${id}${recordEnding}`, record);
  // Looked at as late as can be: the rename itself moves ctime, so a save that put its mtime back is told only before it.
  const since = differenceFrom(expect, await lstatOrNull(context, absolute));
  if (since !== null) {
    await unlinkIfThere(context, `${folder}/${id}${recordEnding}`);
    return { ok: false, why: since };
  }
  try {
    await context.calls.rename(absolute, file);
  } catch (thrown) {
    await unlinkIfThere(context, `${folder}/${id}${recordEnding}`);
    if (isErrno(thrown, 'ENOENT')) return { ok: false, why: 'absent' };
    throw thrown;
  }
  const moved = await context.calls.lstat(file);
  if (!sameAfterOurMove(expect, moved)) {
    // Somebody saved between the look and the move: it is an edit and belongs where it was. If the name is taken again, it stays here and `changedInTrash` tells of it.
    if ((await moveWithoutReplacing(context, file, absolute)) === 'moved') await unlinkIfThere(context, `${folder}/${id}${recordEnding}`);
    return { ok: false, why: 'changed' };
  }
  await context.calls.syncFolder(folder);
  await checkStillInside(context, diskPath, parents);
  return { ok: true, value: { ...record, stat: moved } };
}

export async function untrashFile(context: RootContext, trashId: string, diskPath: string): Promise<DiskAnswer<LocalStat>> {
  const found = await findTrashed(context, trashId);
  if (found === null) return { ok: false, why: 'absent' };
  if (!(await makeParents(context, diskPath))) return { ok: false, why: 'exists' };
  return await insideRoot(context, diskPath, async (absolute) => {
    if ((await moveWithoutReplacing(context, found.file, absolute)) === 'exists') return { ok: false, why: 'exists' } as const;
    await context.calls.syncFolder(absolute.slice(0, absolute.lastIndexOf('/')));
    await unlinkIfThere(context, found.record);
    return { ok: true, value: await context.calls.lstat(absolute) } as const;
  });
}

export async function listTrash(context: RootContext): Promise<readonly TrashedFile[]> {
  const out: TrashedFile[] = [];
  for (const run of await namesIn(context, trashFolder)) {
    for (const name of await namesIn(context, `${trashFolder}/${run}`)) {
      if (name.endsWith(recordEnding) && !name.includes(' ')) continue;
      const trashed = await describe(context, run, name);
      if (trashed !== null) out.push(trashed);
    }
  }
  return out;
}

export async function* readTrashed(context: RootContext, trashId: string): AsyncGenerator<Uint8Array> {
  const found = await findTrashed(context, trashId);
  if (found === null) throw new AppError('file_vanished');
  yield* readFile(context, found.file.slice(context.path.length + 1), undefined);
}

export async function changedInTrash(context: RootContext, alsoOf: ReadonlySet<string> = new Set()): Promise<readonly TrashedFile[]> {
  const since = context.clock.nowMs() - watchedMs;
  const changed: TrashedFile[] = [];
  for (const run of await namesIn(context, trashFolder)) {
    // A folder tells when something was last put into it: what went to the trash long ago is not read again each time.
    const folder = await lstatOrNull(context, absoluteOf(context, `${trashFolder}/${run}`));
    if (folder === null || (alsoOf.size === 0 && Number(folder.mtimeNs / 1_000_000n) < since)) continue;
    for (const name of await namesIn(context, `${trashFolder}/${run}`)) {
      if (name.endsWith(recordEnding) && !name.includes(' ')) continue;
      const recorded = await readRecord(context, run, idOfTrashName(name));
      if (recorded === null || (recorded.trashedAtMs < since && !alsoOf.has(recorded.path))) continue;
      const now = await lstatOrNull(context, absoluteOf(context, `${trashFolder}/${run}/${name}`));
      if (now !== null && !sameAfterOurMove(recorded.stat, now)) changed.push({ ...recorded, stat: now });
    }
  }
  return changed;
}

export async function purgeTrash(context: RootContext, trashIds: readonly string[]): Promise<void> {
  const runs = new Set<string>();
  for (const trashId of trashIds) {
    const found = await findTrashed(context, trashId);
    if (found === null) continue;
    await unlinkIfThere(context, found.file);
    await unlinkIfThere(context, found.record);
    runs.add(found.folder);
  }
  for (const folder of runs) {
    try {
      await context.calls.removeFolder(folder);
    } catch (thrown) {
      if (!isErrno(thrown, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw thrown;
    }
  }
}

function safeRunId(runId: string): string {
  const safe = runId.replace(/[^\w-]+/gu, '-').slice(0, 100);
  return safe === '' ? 'run' : safe;
}
function trashName(id: string, name: string): string {
  let kept = '';
  for (const point of name) {
    if (Buffer.byteLength(kept) + Buffer.byteLength(point) > 150) break;
    kept += point;
  }
  return `${id} ${kept}`;
}
function idOfTrashName(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf(' ')));
}

async function namesIn(context: RootContext, folder: string): Promise<readonly string[]> {
  const found = await lstatOrNull(context, absoluteOf(context, folder));
  if (found?.kind !== 'folder') return [];
  return [...(await context.calls.readFolder(absoluteOf(context, folder)))].sort();
}

async function findTrashed(context: RootContext, trashId: string): Promise<{ readonly folder: string; readonly file: string; readonly record: string } | null> {
  const [run, id] = trashId.split('/');
  if (run === undefined || id === undefined || run !== safeRunId(run) || id === '') return null;
  const name = (await namesIn(context, `${trashFolder}/${run}`)).find((candidate) => idOfTrashName(candidate) === id);
  if (name === undefined) return null;
  const folder = absoluteOf(context, `${trashFolder}/${run}`);
  return { folder, file: `${folder}/${name}`, record: `${folder}/${id}${recordEnding}` };
}

async function describe(context: RootContext, run: string, name: string): Promise<TrashedFile | null> {
  const stat = await lstatOrNull(context, absoluteOf(context, `${trashFolder}/${run}/${name}`));
  if (stat === null) return null;
  const recorded = await readRecord(context, run, idOfTrashName(name));
  if (recorded !== null) return { ...recorded, stat };
  const bareName = name.slice(name.indexOf(' ') + 1);
  return { trashId: `${run}/${idOfTrashName(name)}`, path: relativePath(bareName === '' ? 'unnamed' : bareName), stat, trashedAtMs: Number(stat.ctimeNs / 1_000_000n) };
}

async function writeRecord(context: RootContext, file: string, record: TrashedFile): Promise<void> {
  const text = JSON.stringify(record, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
  const handle = await context.calls.open(file, 'create');
  try {
    await handle.write(new TextEncoder().encode(text));
  } finally {
    await handle.close();
  }
}
async function readRecord(context: RootContext, run: string, id: string): Promise<TrashedFile | null> {
  const text = await readOwnText(context, `${trashFolder}/${run}/${id}${recordEnding}`);
  const found = text === null ? null : (parsedOrNull(text) as { path?: unknown; trashedAtMs?: unknown; stat?: Record<string, unknown> } | null);
  if (found === null || typeof found.path !== 'string' || typeof found.trashedAtMs !== 'number' || typeof found.stat !== 'object') return null;
  const stat = Object.fromEntries(Object.entries(found.stat).map(([key, value]) => [key, typeof value === 'string' && /^-?\d+n$/u.test(value) ? BigInt(value.slice(0, -1)) : value]));
  return { trashId: `${run}/${id}`, path: relativePath(found.path), trashedAtMs: found.trashedAtMs, stat: stat as unknown as LocalStat };
}
