/** Strata's own folder in a root: its marker, its list of online-only paths, and the temps of downloads. */
import { createHash } from 'node:crypto';
import { parseRelativePath, type RelativePath } from '../../shared/relative-path.ts';
import { AppError } from '../base/app-error.ts';
import type { IncomingFile, RootMarker, Sha256 } from '../sync/ports.ts';
import { checkRoot, lstatOrNull } from './containment.ts';
import type { DiskHandle, ReadingHandle } from './disk-calls.ts';
import { asDiskWork, isErrno } from './disk-errors.ts';
import { absoluteOf, incomingFolder, markerFile, onlineOnlyFile, ownFolder, type RootContext } from './root-context.ts';

/** Makes a folder of ours and looks at every part of it: a link in place of `.strata` would lead every write elsewhere. */
export async function ownedFolder(context: RootContext, folder: string): Promise<string> {
  await checkRoot(context);
  const parts = folder.split('/');
  for (let count = 1; count <= parts.length; count += 1) {
    const at = absoluteOf(context, parts.slice(0, count).join('/'));
    let found = await lstatOrNull(context, at);
    if (found === null) {
      try {
        await context.calls.makeFolder(at);
      } catch (thrown) {
        if (!isErrno(thrown, 'EEXIST')) throw thrown;
      }
      await context.calls.syncFolder(absoluteOf(context, parts.slice(0, count - 1).join('/')));
      found = await context.calls.lstat(at);
    }
    if (found.kind === 'symlink') throw new AppError('is_symlink');
    if (found.kind !== 'folder') throw new AppError('file_unwritable', { detail: folder });
  }
  return absoluteOf(context, folder);
}

export async function readAll(handle: ReadingHandle, sizeBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  // One byte more than expected, so that a file that grows is seen to have grown; no more, so that one that never stops growing ends.
  const bytes = new Uint8Array(sizeBytes + 1);
  for (let length = 0; ; ) {
    const count = length === bytes.byteLength ? 0 : await handle.read(bytes.subarray(length), length);
    if (count === 0) return bytes.subarray(0, length);
    length += count;
  }
}

/** The text of one of our files, or null when it is not there. */
export async function readOwnText(context: RootContext, file: string): Promise<string | null> {
  let handle: DiskHandle;
  try {
    handle = await context.calls.open(absoluteOf(context, file), 'read');
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
    throw thrown;
  }
  try {
    const stat = await handle.stat();
    if (stat.kind !== 'file') return null;
    return new TextDecoder().decode(await readAll(handle, stat.sizeBytes));
  } finally {
    await handle.close();
  }
}

/** Written beside and renamed over, so that a crash leaves the old or the new text and never half of one. */
async function writeOwnText(context: RootContext, file: string, text: string): Promise<void> {
  await ownedFolder(context, ownFolder);
  const incoming = await ownedFolder(context, incomingFolder);
  const temp = `${incoming}/${context.newId()}`;
  const handle = await context.calls.open(temp, 'create');
  try {
    await handle.write(new TextEncoder().encode(text));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await context.calls.rename(temp, absoluteOf(context, file));
  await context.calls.syncFolder(absoluteOf(context, ownFolder));
}

export async function writeMarker(context: RootContext, marker: RootMarker): Promise<void> {
  await writeOwnText(context, markerFile, `${JSON.stringify(marker, null, 1)}\n`);
}
/** Null when there is none or when it can't be read as one: both mean that this is not known to be our root. */
export async function readMarker(context: RootContext): Promise<RootMarker | null> {
  const text = await readOwnText(context, markerFile);
  if (text === null) return null;
  const found = parsedOrNull(text) as Partial<RootMarker> | null;
  const isWhole = typeof found?.rootId === 'string' && typeof found.libraryId === 'string' && typeof found.ownerId === 'string' && typeof found.epoch === 'string' && typeof found.counter === 'number';
  if (isWhole) return found as RootMarker;
  context.logger.warn({ root: context.path }, 'the marker of the root is damaged');
  return null;
}
export async function writeOnlineOnly(context: RootContext, paths: readonly RelativePath[]): Promise<void> {
  await writeOwnText(context, onlineOnlyFile, `${JSON.stringify(paths)}\n`);
}
/** A damaged list is an error, not an empty one: read as empty, files that were evicted would look deleted (rule 12). */
export async function readOnlineOnly(context: RootContext): Promise<readonly RelativePath[] | null> {
  const text = await readOwnText(context, onlineOnlyFile);
  if (text === null) return null;
  const found = parsedOrNull(text);
  if (!Array.isArray(found)) throw new AppError('disk_error', { detail: onlineOnlyFile });
  return found.flatMap((item: unknown) => {
    const parsed = parseRelativePath(String(item));
    return parsed.ok ? [parsed.path] : [];
  });
}
export function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A download on its way: a temp of ours until it is placed. Only `placing.ts` looks inside. */
export class IncomingTemp implements IncomingFile {
  readonly path: string;
  readonly handle: DiskHandle;
  readonly #context: RootContext;
  readonly #hash = createHash('sha256');
  #sizeBytes = 0;
  #open = true;
  constructor(context: RootContext, path: string, handle: DiskHandle) {
    this.#context = context;
    this.path = path;
    this.handle = handle;
  }
  async write(bytes: Uint8Array): Promise<void> {
    await asDiskWork('write', this.#context.path, () => this.handle.write(bytes));
    this.#hash.update(bytes);
    this.#sizeBytes += bytes.byteLength;
  }
  async finish(): Promise<{ readonly sha256: Sha256; readonly sizeBytes: number }> {
    // Without it a power loss leaves a whole name with zero bytes, which would go up as an edit (rule 15).
    await asDiskWork('write', this.#context.path, () => this.handle.sync());
    return { sha256: this.#hash.copy().digest('hex') as Sha256, sizeBytes: this.#sizeBytes };
  }
  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.handle.close();
  }
  async discard(): Promise<void> {
    await asDiskWork('write', this.#context.path, async () => {
      await this.close();
      await unlinkIfThere(this.#context, this.path);
    });
  }
}

/** Downloads leave this much alone, so that the index and other programs can still write. */
const keptFreeBytes = 64 * 1024 * 1024;

export async function receiveFile(context: RootContext, sizeBytes: number): Promise<IncomingTemp> {
  const folder = await ownedFolder(context, incomingFolder);
  const isLarge = sizeBytes > 1024 * 1024;
  if (isLarge && (await context.calls.freeBytes(folder)) < sizeBytes + keptFreeBytes) throw new AppError('disk_full');
  const path = `${folder}/${context.newId()}`;
  return new IncomingTemp(context, path, await context.calls.open(path, 'create'));
}

export async function clearIncoming(context: RootContext): Promise<void> {
  const folder = await ownedFolder(context, incomingFolder);
  for (const name of await context.calls.readFolder(folder)) await unlinkIfThere(context, `${folder}/${name}`);
}

export async function unlinkIfThere(context: RootContext, absolute: string): Promise<void> {
  try {
    await context.calls.unlink(absolute);
  } catch (thrown) {
    if (!isErrno(thrown, 'ENOENT')) throw thrown;
  }
}
