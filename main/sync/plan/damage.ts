/** Whether content looks like what ransomware leaves: as random as a cipher, and of no format that is compressed by nature (F63). Pure. */

/** What is read of a file to judge it. */
export const judgedBytes = 16 * 1024;
/** Fewer bytes can't be told from ordinary ones. */
const fewestBytes = 256;
/** Bits per byte that may be missing from what random bytes of that length show. */
const slackBits = 0.35;

interface Signature {
  readonly at: number;
  readonly bytes: readonly number[];
}
const text = (at: number, word: string): Signature => ({ at, bytes: [...Buffer.from(word, 'latin1')] });
const bytes = (...values: number[]): Signature => ({ at: 0, bytes: values });
/** Formats that are compressed or encrypted on purpose, by their first bytes (each from its own specification). */
const dense: readonly Signature[] = [
  text(0, 'PK'), bytes(0x1f, 0x8b), text(0, 'BZh'), bytes(0xfd, 0x37, 0x7a, 0x58, 0x5a), bytes(0x28, 0xb5, 0x2f, 0xfd), bytes(0x37, 0x7a, 0xbc, 0xaf), text(0, 'Rar!'), bytes(0x04, 0x22, 0x4d, 0x18),
  bytes(0xff, 0xd8, 0xff), bytes(0x89, 0x50, 0x4e, 0x47), text(0, 'GIF8'), text(0, 'RIFF'), text(4, 'ftyp'), bytes(0x1a, 0x45, 0xdf, 0xa3), text(0, 'OggS'), text(0, 'fLaC'), text(0, 'ID3'), bytes(0xff, 0xfb), bytes(0xff, 0xf1),
  text(0, '%PDF'), text(0, 'wOF2'), text(0, 'age-encryption.org'), bytes(0x03, 0xd9, 0xa2, 0x9a), text(0, 'LUKS'), text(0, 'Salted__'), bytes(0x85), bytes(0x8c),
];

/** `head`: the first bytes of a file, up to `judgedBytes`. */
export function looksDamaged(head: Uint8Array): boolean {
  if (head.length < fewestBytes) return false;
  if (dense.some(({ at, bytes: sign }) => sign.every((value, index) => head[at + index] === value))) return false;
  return entropyBits(head) >= expectedOfRandom(head.length) - slackBits;
}

/** Shannon entropy of single bytes, 0 to 8 bits. */
export function entropyBits(head: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const value of head) counts[value] = (counts[value] ?? 0) + 1;
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / head.length) * Math.log2(count / head.length);
  return bits;
}

/** What random bytes show on average: 8 less (256 − 1) / (2 n ln 2), the Miller–Madow term of a finite sample. */
function expectedOfRandom(length: number): number {
  return 8 - 255 / (2 * length * Math.LN2);
}
