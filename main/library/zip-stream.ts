/** Writes a ZIP while its files are read: nothing is gathered, so a folder of any size takes no memory. Files are stored as they are; sizes beyond 4 GiB by ZIP64 (PKWARE APPNOTE 6.3.10). */
import { crc32 } from 'node:zlib';

export interface ZippedFile {
  /** With `/`, never leading out: whoever unpacks it trusts this. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly changedAtMs: number;
  readonly read: () => AsyncIterable<Uint8Array>;
}
interface Written { readonly name: Buffer; readonly crc: number; readonly sizeBytes: number; readonly offset: number; readonly time: number; readonly date: number }

const most32 = 0xffff_ffff;
const most16 = 0xffff;
/** Names are UTF-8, and sum and size follow the bytes: they are not known before. */
const flags = 0x0808;

export async function* zipStream(files: AsyncIterable<ZippedFile>): AsyncGenerator<Uint8Array> {
  const written: Written[] = [];
  const names = new Set<string>();
  let offset = 0;
  for await (const file of files) {
    const name = Buffer.from(freeName(file.path, names));
    const { time, date } = dosTime(file.changedAtMs);
    const isLarge = file.sizeBytes >= most32;
    const head = localHead(name, time, date, isLarge);
    yield head;
    let [crc, sizeBytes] = [0, 0];
    for await (const chunk of file.read()) {
      crc = crc32(chunk, crc);
      sizeBytes += chunk.byteLength;
      yield chunk;
    }
    // A part of a file must not pass for the whole of it.
    if (sizeBytes !== file.sizeBytes) throw new Error('a file changed its size while it was packed');
    const tail = descriptor(crc, sizeBytes, isLarge);
    yield tail;
    written.push({ name, crc, sizeBytes, offset, time, date });
    offset += head.byteLength + sizeBytes + tail.byteLength;
  }
  let directoryBytes = 0;
  for (const file of written) {
    const line = directoryLine(file);
    directoryBytes += line.byteLength;
    yield line;
  }
  yield ending(written.length, directoryBytes, offset);
}

/** At the top of a library several files may bear one name; two of them in a ZIP would overwrite each other. */
function freeName(wanted: string, taken: Set<string>): string {
  const dot = wanted.lastIndexOf('.');
  const [stem, end] = dot > wanted.lastIndexOf('/') + 1 ? [wanted.slice(0, dot), wanted.slice(dot)] : [wanted, ''];
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${stem} (${number})${end}`;
  taken.add(name);
  return name;
}

function localHead(name: Buffer, time: number, date: number, isLarge: boolean): Buffer {
  const extra = isLarge ? 20 : 0;
  const head = Buffer.alloc(30 + name.byteLength + extra);
  head.writeUInt32LE(0x0403_4b50, 0);
  head.writeUInt16LE(isLarge ? 45 : 20, 4);
  head.writeUInt16LE(flags, 6);
  head.writeUInt16LE(time, 10);
  head.writeUInt16LE(date, 12);
  if (isLarge) {
    head.writeUInt32LE(most32, 18);
    head.writeUInt32LE(most32, 22);
  }
  head.writeUInt16LE(name.byteLength, 26);
  head.writeUInt16LE(extra, 28);
  name.copy(head, 30);
  if (isLarge) {
    // Says that the sizes behind the bytes are eight bytes wide.
    head.writeUInt16LE(1, 30 + name.byteLength);
    head.writeUInt16LE(16, 32 + name.byteLength);
  }
  return head;
}

function descriptor(crc: number, sizeBytes: number, isLarge: boolean): Buffer {
  const tail = Buffer.alloc(isLarge ? 24 : 16);
  tail.writeUInt32LE(0x0807_4b50, 0);
  tail.writeUInt32LE(crc, 4);
  if (isLarge) {
    tail.writeBigUInt64LE(BigInt(sizeBytes), 8);
    tail.writeBigUInt64LE(BigInt(sizeBytes), 16);
  } else {
    tail.writeUInt32LE(sizeBytes, 8);
    tail.writeUInt32LE(sizeBytes, 12);
  }
  return tail;
}

function directoryLine(file: Written): Buffer {
  const large = [...(file.sizeBytes >= most32 ? [file.sizeBytes, file.sizeBytes] : []), ...(file.offset >= most32 ? [file.offset] : [])];
  const extra = large.length === 0 ? 0 : 4 + large.length * 8;
  const line = Buffer.alloc(46 + file.name.byteLength + extra);
  line.writeUInt32LE(0x0201_4b50, 0);
  // Made by Unix, so that the permissions below are read.
  line.writeUInt16LE((3 << 8) | 45, 4);
  line.writeUInt16LE(large.length === 0 ? 20 : 45, 6);
  line.writeUInt16LE(flags, 8);
  line.writeUInt16LE(file.time, 12);
  line.writeUInt16LE(file.date, 14);
  line.writeUInt32LE(file.crc, 16);
  line.writeUInt32LE(Math.min(file.sizeBytes, most32), 20);
  line.writeUInt32LE(Math.min(file.sizeBytes, most32), 24);
  line.writeUInt16LE(file.name.byteLength, 28);
  line.writeUInt16LE(extra, 30);
  line.writeUInt32LE((0o100644 << 16) >>> 0, 38);
  line.writeUInt32LE(Math.min(file.offset, most32), 42);
  file.name.copy(line, 46);
  if (extra > 0) {
    const at = 46 + file.name.byteLength;
    line.writeUInt16LE(1, at);
    line.writeUInt16LE(large.length * 8, at + 2);
    large.forEach((value, index) => line.writeBigUInt64LE(BigInt(value), at + 4 + index * 8));
  }
  return line;
}

function ending(count: number, directoryBytes: number, offset: number): Buffer {
  const isLarge = count >= most16 || directoryBytes >= most32 || offset >= most32;
  const large = Buffer.alloc(isLarge ? 76 : 0);
  if (isLarge) {
    large.writeUInt32LE(0x0606_4b50, 0);
    large.writeBigUInt64LE(44n, 4);
    large.writeUInt16LE((3 << 8) | 45, 12);
    large.writeUInt16LE(45, 14);
    large.writeBigUInt64LE(BigInt(count), 24);
    large.writeBigUInt64LE(BigInt(count), 32);
    large.writeBigUInt64LE(BigInt(directoryBytes), 40);
    large.writeBigUInt64LE(BigInt(offset), 48);
    large.writeUInt32LE(0x0706_4b50, 56);
    large.writeBigUInt64LE(BigInt(offset + directoryBytes), 64);
    large.writeUInt32LE(1, 72);
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  end.writeUInt16LE(Math.min(count, most16), 8);
  end.writeUInt16LE(Math.min(count, most16), 10);
  end.writeUInt32LE(Math.min(directoryBytes, most32), 12);
  end.writeUInt32LE(Math.min(offset, most32), 16);
  return Buffer.concat([large, end]);
}

/** Two-second steps from 1980 on; a ZIP knows no zone, so it is UTC. */
function dosTime(atMs: number): { readonly time: number; readonly date: number } {
  const at = new Date(Math.min(Math.max(atMs, Date.UTC(1980, 0, 1)), Date.UTC(2107, 11, 31)));
  return {
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
    date: ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
  };
}
