/** Reading a file's bytes or hash so that a change in the meantime is noticed, and never through a link (rules 13, 46). */
import { AppError } from '../base/app-error.ts';
import type { DiskAnswer, HashedFile, LocalStat, Sha256 } from '../sync/ports.ts';
import { insideRoot, lstatOrNull } from './containment.ts';
import { ContentHash } from './content-hash.ts';
import type { ReadingHandle } from './disk-calls.ts';
import { isErrno } from './disk-errors.ts';
import { sameState } from './local-stat.ts';
import type { ReadingContext, RootContext } from './root-context.ts';
import { readAll } from './strata-folder.ts';

export interface WholeFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly stat: LocalStat;
}
export interface HashRequest {
  readonly withEtags?: boolean;
  /** Only asked whether it is over. */
  readonly signal?: Pick<AbortSignal, 'aborted'>;
}
const readChunkBytes = 1024 * 1024;
const wholeFileBytes = 16 * 1024 * 1024;

export async function hashFile(context: ReadingContext, diskPath: string, request: HashRequest): Promise<DiskAnswer<HashedFile>> {
  return await insideRoot(context, diskPath, async (absolute) => {
    const handle = await orGone(() => context.calls.open(absolute, 'read'));
    if (typeof handle === 'string') return { ok: false, why: handle } as const;
    try {
      const before = await handle.stat();
      if (before.kind !== 'file') return { ok: false, why: 'changed' } as const;
      const digest = await hashOf(handle, before.sizeBytes, request);
      const after = await handle.stat();
      const named = await lstatOrNull(context, absolute);
      // A hash of bytes that were changing belongs to no version of the file.
      if (named === null || !sameState(before, after) || !sameState(after, named)) return { ok: false, why: 'changed' } as const;
      return { ok: true, value: { sha256: digest.sha256 as Sha256, md5: digest.md5, partsEtag: digest.partsEtag, stat: named } } as const;
    } finally {
      await handle.close();
    }
  });
}
async function orGone<T>(work: () => Promise<T>): Promise<T | 'absent' | 'changed'> {
  try {
    return await work();
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT', 'ENOTDIR')) return 'absent';
    if (isErrno(thrown, 'ELOOP', 'EISDIR')) return 'changed';
    throw thrown;
  }
}

async function hashOf(handle: ReadingHandle, sizeBytes: number, request: HashRequest): Promise<ReturnType<ContentHash['digest']>> {
  const hash = new ContentHash(request.withEtags ?? false);
  const chunk = new Uint8Array(Math.min(readChunkBytes, sizeBytes + 1));
  // Past its size the file is known to have changed: a log that grows as fast as it is read would never end.
  for (let position = 0; position <= sizeBytes; ) {
    if (request.signal?.aborted) throw new AppError('cancelled');
    const count = await handle.read(chunk, position);
    if (count === 0) break;
    hash.update(chunk.subarray(0, count));
    position += count;
  }
  return hash.digest();
}

export async function readWholeFile(context: ReadingContext, diskPath: string): Promise<DiskAnswer<WholeFile>> {
  return await insideRoot(context, diskPath, async (absolute) => {
    const handle = await orGone(() => context.calls.open(absolute, 'read'));
    if (typeof handle === 'string') return { ok: false, why: handle } as const;
    try {
      const before = await handle.stat();
      if (before.kind !== 'file') return { ok: false, why: 'changed' } as const;
      if (before.sizeBytes > wholeFileBytes) throw new Error('too large to be read whole');
      const bytes = await readAll(handle, before.sizeBytes);
      const after = await handle.stat();
      const named = await lstatOrNull(context, absolute);
      if (named === null || bytes.byteLength !== before.sizeBytes || !sameState(before, after) || !sameState(after, named)) return { ok: false, why: 'changed' } as const;
      return { ok: true, value: { bytes, stat: after } } as const;
    } finally {
      await handle.close();
    }
  });
}

/** Streams a range (inclusive at both ends). Ends early when the file is shorter: the caller's own hash notices. */
export async function* readFile(context: RootContext, diskPath: string, range: { readonly start: number; readonly end: number } | undefined): AsyncGenerator<Uint8Array> {
  const handle = await insideRoot(context, diskPath, (absolute) => context.calls.open(absolute, 'read'));
  try {
    if ((await handle.stat()).kind !== 'file') throw new AppError('file_changed');
    const end = range === undefined ? Number.POSITIVE_INFINITY : range.end + 1;
    for (let position = range?.start ?? 0; position < end; ) {
      const chunk = new Uint8Array(Math.min(readChunkBytes, end - position));
      const count = await handle.read(chunk, position);
      if (count === 0) return;
      position += count;
      yield chunk.subarray(0, count);
    }
  } finally {
    await handle.close();
  }
}
