/** What a file is, by its bytes; the name only tells one kind of text from another. */
import { fileTypeFromBuffer } from 'file-type';

/** As many first bytes as the longest signature needs. */
export const sampleBytes = 4100;
const plainBytes = 'application/octet-stream';

/** Bytes can't tell these apart, and none of them is shown inline but plain text. */
const textKinds: Readonly<Record<string, string>> = {
  txt: 'text/plain', log: 'text/plain', md: 'text/markdown', csv: 'text/csv', json: 'application/json', html: 'text/html', htm: 'text/html', css: 'text/css', js: 'text/javascript', mjs: 'text/javascript', ts: 'text/plain', xml: 'application/xml', svg: 'image/svg+xml', yaml: 'application/yaml', yml: 'application/yaml',
};

export async function kindOfBytes(sample: Uint8Array, filename: string): Promise<string> {
  const found = await fileTypeFromBuffer(sample.subarray(0, sampleBytes)).catch(() => undefined);
  if (found !== undefined && found.mime !== 'application/xml') return found.mime;
  if (!isText(sample)) return plainBytes;
  const ending = filename.slice(filename.lastIndexOf('.') + 1).toLowerCase();
  return textKinds[ending] ?? 'text/plain';
}

/** UTF-8 without NUL; the sample may end inside a character. */
function isText(sample: Uint8Array): boolean {
  if (sample.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}
