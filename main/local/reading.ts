/** Reading a file's bytes or hash so that a change in the meantime is noticed, and never through a link (rules 13, 46). */
import { AppError } from '../base/app-error.ts';
import type { DiskAnswer, HashedFile, LocalStat, Sha256 } from '../sync/ports.ts';
import { insideRoot, lstatOrNull } from './containment.ts';
import { ContentHash, type ContentDigest } from './content-hash.ts';
import type { DiskCalls, DiskHandle } from './disk-calls.ts';
import { isErrno } from './disk-errors.ts';
import { sameState } from './local-stat.ts';
import type { RootContext } from './root-context.ts';
import { readAll } from './strata-folder.ts';

/** A hash with the stats around the reading, taken from the open file. */
export interface HashRun {
  readonly digest: ContentDigest;
  readonly before: LocalStat;
  readonly after: LocalStat;
}
/** Hashes a large file somewhere else than on the calling thread. */
export interface LargeHasher {
  hash(absolute: string, withEtags: boolean, signal: AbortSignal | undefined): Promise<HashRun>;
  close(): Promise<void>;
}
/** Up to this size a file is hashed where we are: handing it to a worker costs more than reading it. */
const inlineBytes = 256 * 1024;
export const readChunkBytes = 1024 * 1024;
const wholeFileBytes = 16 * 1024 * 1024;

export async function hashFile(context: RootContext, large: LargeHasher | null, diskPath: string, request: { readonly withEtags?: boolean; readonly signal?: AbortSignal }): Promise<DiskAnswer<HashedFile>> {
  return await insideRoot(context, diskPath, async (absolute) => {
    const seen = await lstatOrNull(context, absolute);
    if (seen === null) return { ok: false, why: 'absent' } as const;
    if (seen.kind !== 'file') return { ok: false, why: 'changed' } as const;
    const withEtags = request.withEtags ?? false;
    const run = await orGone(() => (large === null || seen.sizeBytes <= inlineBytes ? hashHere(context.calls, absolute, withEtags, request.signal) : large.hash(absolute, withEtags, request.signal)));
    if (typeof run === 'string') return { ok: false, why: run } as const;
    const still = await lstatOrNull(context, absolute);
    // A hash of bytes that were changing belongs to no version of the file.
    if (still === null || !sameState(seen, run.before) || !sameState(run.before, run.after) || !sameState(run.after, still)) return { ok: false, why: 'changed' } as const;
    return { ok: true, value: { sha256: run.digest.sha256 as Sha256, md5: run.digest.md5, partsEtag: run.digest.partsEtag, stat: still } } as const;
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

export async function hashHere(calls: DiskCalls, absolute: string, withEtags: boolean, signal: AbortSignal | undefined): Promise<HashRun> {
  const handle = await calls.open(absolute, 'read');
  try {
    const before = await handle.stat();
    const hash = new ContentHash(withEtags);
    const chunk = new Uint8Array(Math.min(readChunkBytes, before.sizeBytes + 1));
    // Past its size the file is known to have changed: a log that grows as fast as it is read would never end.
    for (let position = 0; position <= before.sizeBytes; ) {
      if (signal?.aborted) throw new AppError('cancelled');
      const count = await handle.read(chunk, position);
      if (count === 0) break;
      hash.update(chunk.subarray(0, count));
      position += count;
    }
    return { digest: hash.digest(), before, after: await handle.stat() };
  } finally {
    await handle.close();
  }
}

export async function readWholeFile(context: RootContext, diskPath: string): Promise<DiskAnswer<{ readonly bytes: Uint8Array; readonly stat: LocalStat }>> {
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
  const handle: DiskHandle = await insideRoot(context, diskPath, (absolute) => context.calls.open(absolute, 'read'));
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
