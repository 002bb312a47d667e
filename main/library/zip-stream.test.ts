/** What the ZIP writer makes is opened by other programs, byte for byte, with every name and also beyond 4 GiB. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { onPath } from '../../scripts/test-servers.mjs';
import { zipStream, type ZippedFile } from './zip-stream.ts';

const python = onPath('python3');
const file = (name: string, content: string, size = Buffer.byteLength(content)): ZippedFile => ({ path: name, sizeBytes: size, changedAtMs: Date.UTC(2026, 10, 21, 14, 5, 6), read: async function* () { yield Buffer.from(content.slice(0, 3)); yield Buffer.from(content.slice(3)); } });
async function packed(files: readonly ZippedFile[]): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of zipStream((async function* () { yield* files; })())) chunks.push(chunk);
  return Buffer.concat(chunks);
}
const everything = 'assert z.testzip() is None; print(json.dumps([[i.filename,z.read(i).decode(),list(i.date_time)] for i in z.infolist()]))';
/** Python's own reader, which checks every sum. */
function unpacked(zip: Buffer, what = everything): unknown {
  const place = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'strata-zip-')), 'a.zip');
  fs.writeFileSync(place, zip);
  const ran = spawnSync(python ?? '', ['-c', `import zipfile,sys,json; z=zipfile.ZipFile(sys.argv[1]); ${what}`, place], { encoding: 'utf8' });
  fs.rmSync(path.dirname(place), { recursive: true });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout);
}

it.skipIf(python === null)('holds every file under its own name', async () => {
  const time = [2026, 11, 21, 14, 5, 6];
  expect(unpacked(await packed([file('plan.txt', 'the plan'), file('a/b/ünï 日本.txt', 'x'), file('empty', ''), file('plan.txt', 'another'), file('plan.txt', 'a third')]))).toEqual([
    ['plan.txt', 'the plan', time], ['a/b/ünï 日本.txt', 'x', time], ['empty', '', time], ['plan (2).txt', 'another', time], ['plan (3).txt', 'a third', time],
  ]);
  expect(unpacked(await packed([]))).toEqual([]);
});

it.skipIf(python === null)('more than 65,535 files are all there', async () => {
  const zip = await packed(Array.from({ length: 65_540 }, (_, at) => file(`f${at}`, '')));
  expect(unpacked(zip, 'print(json.dumps([len(z.namelist()), z.namelist()[-1]]))')).toEqual([65_540, 'f65539']);
});

it('a file that is not as long as it was said ends the ZIP instead of lying', async () => {
  await expect(packed([file('a.txt', 'short', 99)])).rejects.toThrow('changed its size');
});

it.skipIf(python === null)('a file beyond 4 GiB is described in eight bytes', async () => {
  const part = Buffer.alloc(64 * 1_048_576);
  const size = 4 * 1024 * 1_048_576 + part.byteLength;
  let tail = Buffer.alloc(0);
  let total = 0;
  const large: ZippedFile = { path: 'large.bin', sizeBytes: size, changedAtMs: 0, read: async function* () { for (let at = 0; at < size; at += part.byteLength) yield part; } };
  for await (const chunk of zipStream((async function* () { yield large; yield file('after.txt', 'after it'); })())) {
    total += chunk.byteLength;
    if (chunk.byteLength < 1000) tail = Buffer.concat([tail, chunk]);
  }
  const directory = tail.subarray(tail.indexOf(Buffer.from([0x50, 0x4b, 1, 2])));
  expect(directory.readUInt32LE(24)).toBe(0xffff_ffff);
  expect(directory.readBigUInt64LE(46 + 'large.bin'.length + 4)).toBe(BigInt(size));
  expect(tail.includes(Buffer.from([0x50, 0x4b, 6, 6]))).toBe(true);
  expect(total).toBeGreaterThan(size);
});
