/** The worker side of a scan: walks with synchronous calls, the fastest way there is, and waits when the reader is behind. */
import { lstatSync, openSync, readdirSync, readFileSync, closeSync, constants } from 'node:fs';
import { isUtf8 } from 'node:buffer';
import { parentPort, workerData } from 'node:worker_threads';
import { localStatOf } from './local-stat.ts';
import { packPage } from './packed-page.ts';
import { walk, type SourceName, type TreeSource } from './scan-walk.ts';
import { maxWaiting, type ScanMessage, type ScanWorkerData } from './scanner.ts';

const source: TreeSource = {
  readFolder: (absolute) => {
    const names = readdirSync(absolute);
    // Text with the replacement mark may stand for bytes that are no text: only then are the names read again as bytes.
    if (!names.some((name) => name.includes('\ufffd'))) return names.map((name) => ({ name, raw: null }));
    return readdirSync(absolute, { encoding: 'buffer' }).map((raw): SourceName => ({ name: raw.toString('utf8'), raw: isUtf8(raw) ? null : raw }));
  },
  lstat: (absolute, raw) => {
    const folder = absolute.slice(0, absolute.lastIndexOf('/') + 1);
    return localStatOf(lstatSync(raw === null ? absolute : Buffer.concat([Buffer.from(folder), raw]), { bigint: true }));
  },
  readText: (absolute) => {
    const file = openSync(absolute, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      return readFileSync(file, 'utf8');
    } finally {
      closeSync(file);
    }
  },
};

const { request, flow } = workerData as ScanWorkerData;
let sent = 0;
for (const event of walk(source, request)) {
  const message: ScanMessage = event.type === 'entries' ? { type: 'page', page: packPage(event.entries) } : { type: 'event', event };
  parentPort?.postMessage(message, message.type === 'page' ? [message.page.numbers.buffer] : []);
  sent += 1;
  for (let taken = Atomics.load(flow, 0); sent - taken >= maxWaiting && Atomics.load(flow, 1) === 0; taken = Atomics.load(flow, 0)) Atomics.wait(flow, 0, taken, 1000);
  if (Atomics.load(flow, 1) === 1) break;
}
