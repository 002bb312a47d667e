/** What looks damaged and what does not: random bytes against what people really keep (F63). */
import { createHash, randomBytes } from 'node:crypto';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { entropyBits, judgedBytes, looksDamaged } from './damage.ts';

/** As random as a cipher's output, the same in every run. */
function cipher(length: number, seed = 'key'): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at * 32 < length; at += 1) blocks.push(createHash('sha256').update(`${seed} ${at}`).digest());
  return Buffer.concat(blocks).subarray(0, length);
}
const prose = Buffer.from('Strata keeps folders in step with a bucket, both ways, and says of every file where its bytes are. '.repeat(200));

describe('content that looks like damage (F63)', () => {
  it.each([256, 300, 512, 1000, 4096, judgedBytes])('%i bytes of a cipher do', (length) => {
    for (let seed = 0; seed < 50; seed += 1) expect(looksDamaged(cipher(length, `${seed}`))).toBe(true);
  });
  it.each([
    ['nothing', Buffer.alloc(0)], ['a short secret', randomBytes(255)], ['zeros', Buffer.alloc(4096)], ['prose', prose], ['prose in base64', Buffer.from(cipher(9000).toString('base64'))], ['numbers as text', Buffer.from(Array.from({ length: 3000 }, (_, at) => at * 7919).join('\n'))],
    ['a gzip', gzipSync(cipher(9000))], ['a JPEG', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), cipher(9000)])], ['a ZIP or a document in one', Buffer.concat([Buffer.from('PK\u0003\u0004'), cipher(9000)])], ['an MP4', Buffer.concat([Buffer.from('\0\0\0\u0018ftypisom'), cipher(9000)])], ['a PDF', Buffer.concat([Buffer.from('%PDF-1.7\n'), cipher(9000)])],
    ['half prose, half cipher', Buffer.concat([prose.subarray(0, 8192), cipher(8192)])],
  ])('%s does not', (_name, content) => {
    expect(looksDamaged(content.subarray(0, judgedBytes))).toBe(false);
  });
  it('a compressed stream without a signature does: it can’t be told apart', () => {
    expect(looksDamaged(deflateRawSync(Buffer.from(Array.from({ length: 60_000 }, (_, at) => createHash('md5').update(`${at}`).digest('hex')).join(' '))).subarray(0, judgedBytes))).toBe(true);
  });
  it('entropy is counted in bits per byte', () => {
    expect(entropyBits(Buffer.from('aaaa'))).toBe(0);
    expect(entropyBits(Buffer.from('abab'))).toBe(1);
    expect(entropyBits(Buffer.from(Array.from({ length: 256 }, (_, value) => value)))).toBe(8);
  });
});
