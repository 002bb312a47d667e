/** Reads a small body whole; what may be large is read in pieces elsewhere. */

/** Throws what `tooLarge` makes as soon as more than `mostBytes` came. */
export async function collect(body: AsyncIterable<Uint8Array>, mostBytes = Infinity, tooLarge: () => Error = () => new RangeError('the body is too large')): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > mostBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
