/** The hashes of one content as it streams by: SHA-256 always, and the two ETags a store would give it when asked for (rule 14). */
import { createHash, type Hash } from 'node:crypto';

/** The part size of our own multipart uploads; another one would give another ETag. */
export const partBytes = 8 * 1024 * 1024;

export interface ContentDigest {
  readonly sha256: string;
  readonly md5: string | null;
  readonly partsEtag: string | null;
}

export class ContentHash {
  readonly #sha256 = createHash('sha256');
  readonly #md5: Hash | null;
  readonly #partDigests: Buffer[] = [];
  #part: Hash | null;
  #inPart = 0;
  constructor(withEtags: boolean) {
    this.#md5 = withEtags ? createHash('md5') : null;
    this.#part = withEtags ? createHash('md5') : null;
  }
  update(bytes: Uint8Array): void {
    this.#sha256.update(bytes);
    this.#md5?.update(bytes);
    if (this.#part === null) return;
    for (let at = 0; at < bytes.byteLength; ) {
      const piece = bytes.subarray(at, at + partBytes - this.#inPart);
      this.#part.update(piece);
      this.#inPart += piece.byteLength;
      at += piece.byteLength;
      if (this.#inPart === partBytes) this.#endPart();
    }
  }
  #endPart(): void {
    if (this.#part === null) return;
    this.#partDigests.push(this.#part.digest());
    this.#part = createHash('md5');
    this.#inPart = 0;
  }
  digest(): ContentDigest {
    if (this.#inPart > 0 || this.#partDigests.length === 0) this.#endPart();
    const partsEtag = this.#part === null ? null : `${createHash('md5').update(Buffer.concat(this.#partDigests)).digest('hex')}-${this.#partDigests.length}`;
    return { sha256: this.#sha256.digest('hex'), md5: this.#md5?.digest('hex') ?? null, partsEtag };
  }
}
