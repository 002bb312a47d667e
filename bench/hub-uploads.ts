/** What resumable uploads must show: 1 GiB with its line cut three times arrives equal, and fifty at once need little memory. `node bench/hub-uploads.ts [--mib 1024] [--at-once 50] [--each-mib 64]` */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { parseArgs } from 'node:util';
import { hubEnvironment, startHeadlessHub, type HeadlessHub } from '../main/testing/headless-hub.ts';
import { startMinio } from '../main/testing/servers.ts';
import { partBytesFor } from '../shared/upload-parts.ts';

const { values } = parseArgs({ options: { mib: { type: 'string', default: '1024' }, 'at-once': { type: 'string', default: '50' }, 'each-mib': { type: 'string', default: '64' } } });
const MiB = 1_048_576;
const password = 'a password of the bench';

/** The same bytes for the same place, wherever one begins, and different everywhere. */
function bytesAt(from: number, to: number): Buffer {
  const [first, last] = [Math.floor(from / 8) * 8, Math.ceil(to / 8) * 8];
  const bytes = Buffer.allocUnsafe(last - first);
  for (let at = 0; at < bytes.byteLength; at += 8) bytes.writeDoubleLE(Math.sin(first + at) * 1e9, at);
  return bytes.subarray(from - first, to - first);
}
const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`;
const mebibytes = (bytes: number): string => `${Math.round(bytes / MiB)} MiB`;
function residentBytes(pid: number, which: 'VmRSS' | 'VmHWM'): number {
  return Number(new RegExp(`${which}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

interface Wire { readonly hub: HeadlessHub; readonly token: string; readonly agent: http.Agent }
interface Step { readonly method: string; readonly path: string; readonly headers?: Readonly<Record<string, string | number>>; readonly body?: Buffer; readonly cutAfter?: number }
function ask({ hub, token, agent }: Wire, { method, path, headers = {}, body, cutAfter }: Step): Promise<{ readonly status: number; readonly headers: http.IncomingHttpHeaders; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${hub.address}${path}`, { method, agent, headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), 'content-length': body?.byteLength ?? 0, ...headers } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(parts).toString() }));
    });
    request.on('error', reject);
    if (cutAfter === undefined) return void request.end(body);
    request.write(body?.subarray(0, cutAfter), () => request.destroy(new Error('cut')));
  });
}
const json = async (wire: Wire, method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
  const told = await ask(wire, { method, path, ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)), headers: { 'content-type': 'application/json' } }) });
  if (told.status >= 300) throw new Error(`${method} ${path}: ${told.status} ${told.text}`);
  return JSON.parse(told.text) as Record<string, unknown>;
};
const tus = { 'tus-resumable': '1.0.0' };
const begin = async (wire: Wire, name: string, size: number): Promise<string> => {
  const told = await ask(wire, { method: 'POST', path: '/api/uploads', headers: { ...tus, 'upload-length': size, 'upload-metadata': `filename ${Buffer.from(name).toString('base64')},folder ${Buffer.from('bench').toString('base64')}` } });
  if (told.status !== 201) throw new Error(`begin: ${told.status} ${told.text}`);
  return String(told.headers.location);
};
const offsetOf = async (wire: Wire, url: string): Promise<number> => Number((await ask(wire, { method: 'HEAD', path: url, headers: tus })).headers['upload-offset']);

/** In pieces of one part, as the page does; the line is cut in the middle of some. */
async function send(wire: Wire, url: string, size: number, cuts: Set<number>): Promise<void> {
  const part = partBytesFor(size);
  for (let offset = 0; offset < size;) {
    const body = bytesAt(offset, Math.min(size, offset + part));
    const cutAfter = [...cuts].find((cut) => cut > offset && cut < offset + body.byteLength);
    const headers = { ...tus, 'content-type': 'application/offset+octet-stream', 'upload-offset': offset };
    if (cutAfter !== undefined) {
      cuts.delete(cutAfter);
      await ask(wire, { method: 'PATCH', path: url, headers, body, cutAfter: cutAfter - offset }).catch(() => undefined);
      offset = await offsetOf(wire, url);
      console.log(`  cut at ${mebibytes(cutAfter)}, goes on at ${(offset / MiB).toFixed(2)} MiB`);
      continue;
    }
    const told = await ask(wire, { method: 'PATCH', path: url, headers, body });
    if (told.status !== 204) throw new Error(`send: ${told.status} ${told.text}`);
    offset = Number(told.headers['upload-offset']);
  }
}
async function digestOf(wire: Wire, fileId: unknown): Promise<string> {
  const hash = createHash('sha256');
  await new Promise<void>((resolve, reject) => http.get(`${wire.hub.address}/api/files/${Number(fileId)}/download`, { headers: { authorization: `Bearer ${wire.token}` } }, (answer) => answer.on('data', (chunk: Buffer) => hash.update(chunk)).on('end', resolve)).on('error', reject));
  return hash.digest('hex');
}

async function oneLarge(wire: Wire): Promise<void> {
  const size = Number(values.mib) * MiB;
  const cuts = new Set([0.21, 0.5, 0.83].map((share) => Math.floor(size * share) + 12_345));
  const begun = performance.now();
  const url = await begin(wire, 'large.bin', size);
  await send(wire, url, size, cuts);
  const sentMs = performance.now() - begun;
  for (;;) {
    const now = await json(wire, 'GET', url);
    if (now['state'] === 'failed') throw new Error(String(now['detail']));
    if (now['state'] !== 'stored') continue;
    const expected = createHash('sha256');
    for (let at = 0; at < size; at += partBytesFor(size)) expected.update(bytesAt(at, Math.min(size, at + partBytesFor(size))));
    const equal = (await digestOf(wire, now['file_id'])) === expected.digest('hex');
    console.log(`${mebibytes(size)} with 3 cuts: ${equal ? 'equal' : 'NOT EQUAL'}, ${(sentMs / 1000).toFixed(1)} s, ${(size / MiB / (sentMs / 1000)).toFixed(0)} MiB/s; service at most ${megabytes(residentBytes(wire.hub.pid, 'VmHWM'))}`);
    if (!equal) process.exitCode = 1;
    return;
  }
}

async function manyAtOnce(wire: Wire): Promise<void> {
  const [count, size] = [Number(values['at-once']), Number(values['each-mib']) * MiB];
  const begun = performance.now();
  await Promise.all(Array.from({ length: count }, async (_, number) => send(wire, await begin(wire, `many-${number}.bin`, size), size, new Set())));
  // What the system itself noted: no moment between two looks is missed.
  const most = residentBytes(wire.hub.pid, 'VmHWM');
  const seconds = (performance.now() - begun) / 1000;
  console.log(`${count} at once of ${mebibytes(size)}: ${seconds.toFixed(1)} s, ${((count * size) / MiB / seconds).toFixed(0)} MiB/s; service at most ${megabytes(most)} (asked: under 300 MB)`);
  if (most > 300_000_000) process.exitCode = 1;
}

const minio = await startMinio();
if (minio.server === null) throw new Error(minio.reason ?? 'no MinIO');
const hub = await startHeadlessHub(hubEnvironment(minio.server, { MAX_FILE_SIZE_MB: '0', LIMIT_ANONYMOUS_PER_MINUTE: '1000000', LIMIT_SESSION_PER_MINUTE: '1000000', STRATA_CHECK_OUTPUTS: '' }));
try {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 100 });
  await json({ hub, token: '', agent }, 'POST', '/api/auth/signup', { email: 'bench@hub.test', password });
  const { access_token: token } = await json({ hub, token: '', agent }, 'POST', '/api/auth/login', { email: 'bench@hub.test', password });
  const wire: Wire = { hub, token: String(token), agent };
  console.log(`service at rest ${megabytes(residentBytes(hub.pid, 'VmRSS'))}`);
  await manyAtOnce(wire);
  await oneLarge(wire);
  agent.destroy();
} finally {
  await hub.stop();
  await minio.server.stop();
}
