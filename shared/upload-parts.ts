/** How large a part of an upload is: the page cuts by it, and the store gets each as one part. */

export const leastPartBytes = 8 * 1_048_576;
/** A store takes so many parts and no more. */
export const mostParts = 10_000;

/** Grows by whole mebibytes with the file, so that no file needs more parts than a store takes. */
export function partBytesFor(sizeBytes: number): number {
  return Math.max(leastPartBytes, Math.ceil(sizeBytes / mostParts / 1_048_576) * 1_048_576);
}
