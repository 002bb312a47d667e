/** The part of an upload that is being filled; its memory is used again for the next, because what is thrown away is only freed some time later. */
import { leastPartBytes } from '../../shared/upload-parts.ts';
import type { UploadRecord } from './ports.ts';

const mostSpare = 2;

/** Of the usual size alone: larger parts are rare, and smaller ones cost little. */
export class PartBuffers {
  readonly #spare: Buffer[] = [];

  take(sizeBytes: number): Buffer {
    return (sizeBytes === leastPartBytes ? this.#spare.pop() : undefined) ?? Buffer.allocUnsafe(sizeBytes);
  }
  /** Only once nobody reads it any more. */
  giveBack(bytes: Buffer): void {
    if (bytes.byteLength === leastPartBytes && this.#spare.length < mostSpare) this.#spare.push(bytes);
  }
}

export class OpenPart {
  readonly #upload: UploadRecord;
  readonly #buffers: PartBuffers;
  readonly #tail: Uint8Array;
  #start: number;
  /** Made with the first byte that goes into it. */
  #bytes: Buffer | null = null;
  #filled: number;
  #kept: number;
  constructor(upload: UploadRecord, tail: Uint8Array, buffers: PartBuffers) {
    this.#upload = upload;
    this.#buffers = buffers;
    this.#tail = tail;
    this.#start = upload.receivedBytes - tail.byteLength;
    this.#filled = this.#kept = tail.byteLength;
  }
  #size(): number {
    return Math.min(this.#upload.partBytes, this.#upload.sizeBytes - this.#start);
  }
  #own(): Buffer {
    if (this.#bytes !== null) return this.#bytes;
    this.#bytes = this.#buffers.take(this.#size());
    // What was kept of it before stands at its beginning.
    if (this.#kept > 0) this.#bytes.set(this.#tail);
    return this.#bytes;
  }
  room(): number {
    return this.#size() - this.#filled;
  }
  add(chunk: Uint8Array): number {
    const taken = chunk.subarray(0, this.room());
    if (taken.byteLength === 0) return 0;
    this.#own().set(taken, this.#filled);
    this.#filled += taken.byteLength;
    return taken.byteLength;
  }
  /** Whole; nobody may hold it longer than until `next`. */
  bytes(): Uint8Array {
    return this.#own();
  }
  /** Where the records stand. */
  keptUpTo(): number {
    return this.#start + this.#kept;
  }
  /** Nothing of a part that the store has, or that it did not take whole: that comes again as one. */
  newBytes(): Uint8Array {
    return this.room() === 0 || this.#filled === this.#kept ? new Uint8Array(0) : this.#own().subarray(this.#kept, this.#filled);
  }
  /** The store has it: the next one begins. */
  next(): void {
    const done = this.#own();
    this.#start += done.byteLength;
    this.#buffers.giveBack(done);
    this.#bytes = null;
    this.#filled = this.#kept = 0;
  }
}
