/** A copy from another bucket or prefix of the same server: in parts of a pinned version, completed only where nothing is, so that it can't overwrite as CopyObject does (rule 6). */
import { createHash } from 'node:crypto';
import { AppError } from '../base/app-error.ts';
import type { ETag, ServerCopy, UploadedPart } from '../sync/ports.ts';
import { fullKey, type S3Context } from './s3-context.ts';
import { copyParts } from './s3-copy.ts';
import { abortUpload, completeUpload, startUpload } from './s3-multipart.ts';

/** As this program cuts what it sends: cut the same, the copy of such an upload gets the same mark. */
const ownPartBytes = 8 * 1024 * 1024;
const mib = 1024 * 1024;
/** A part that the server needs a minute for would be given up by the line. */
const mostPartBytes = 256 * mib;
const mostParts = 10_000;

export function createServerCopy(context: S3Context, whose: () => Promise<string>, isConditional: () => Promise<boolean>): ServerCopy {
  /** Not asked again while this connection lasts: each try costs requests. */
  const refused = new Set<string>();
  const serverOf = async (): Promise<string> => `${context.http.origin} ${await whose()}`;
  return {
    source: async (key) => ({ server: await serverOf(), bucket: context.http.bucket, key: fullKey(context, key) }),
    async from(source, to, request) {
      if (request.sizeBytes === 0 || refused.has(source.bucket) || source.server !== (await serverOf()) || !(await isConditional())) return 'elsewhere';
      const partBytes = partBytesFor(request.sourceIfMatch, request.sizeBytes);
      const uploadId = await startUpload(context, to, request.metadata);
      const abort = (): Promise<void> => abortUpload(context, to, uploadId).catch(() => undefined);
      try {
        const parts = await copyParts(context, source, to, request, { uploadId, partBytes }).catch(notFromThere);
        if (parts === 'elsewhere' || !parts.ok) {
          if (parts === 'elsewhere') refused.add(source.bucket);
          await abort();
          return parts;
        }
        const done = await completeUpload(context, to, uploadId, parts.value, { ifNoneMatch: '*' });
        if (!done.ok) {
          await abort();
          return done;
        }
        return { ok: true, value: { ...done.value, sameMark: isSame(request.sourceIfMatch, parts.value, done.value.etag) } };
      } catch (thrown) {
        // A Complete whose answer was lost may have made the object: the caller looks at the key (rule 5).
        await abort();
        throw thrown;
      }
    },
  };
}

/** These keys may write here and not read there, or this server takes parts from its own bucket alone: nothing was made yet, and the bytes can be sent. */
function notFromThere(thrown: unknown): 'elsewhere' {
  if (thrown instanceof AppError && (thrown.code === 'access_denied' || thrown.code === 'bucket_missing' || thrown.code === 'store_error')) return 'elsewhere';
  throw thrown;
}

function partsIn(mark: ETag): number | null {
  const found = /^[0-9a-f]{32}-([1-9]\d*)$/.exec(mark);
  return found === null ? null : Number(found[1]);
}
/** In one piece what was sent in one piece; else as this program would have cut it, if that makes as many parts. */
function partBytesFor(mark: ETag, sizeBytes: number): number {
  const count = partsIn(mark);
  if (count === null && sizeBytes <= mostPartBytes) return sizeBytes;
  const own = Math.max(ownPartBytes, Math.ceil(sizeBytes / mostParts / mib) * mib);
  return Math.ceil(sizeBytes / own) === count ? own : Math.max(mostPartBytes, Math.ceil(sizeBytes / mostParts / mib) * mib);
}
/** The mark of the only part is that of the object it was cut from; or both objects were cut the same and so have the same mark. And the whole is made of just these parts. */
function isSame(mark: ETag, parts: readonly UploadedPart[], etag: ETag): boolean {
  const whole = `${createHash('md5').update(Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex')))).digest('hex')}-${parts.length}`;
  return etag === whole && (etag === mark || (parts.length === 1 && /^[0-9a-f]{32}$/.test(mark) && parts[0]?.etag === mark));
}
