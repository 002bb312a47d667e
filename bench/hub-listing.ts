/** What listing must show: 100 of a million files within 20 ms (p95), and 500 requests a second with p99 under 100 ms, beside Node's bare Fastify in the same run. `node bench/hub-listing.ts [--files 1000000] [--seconds 20]` */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs, promisify } from 'node:util';
import { projectDir } from '../main/testing/architecture.ts';

const { values } = parseArgs({ options: { files: { type: 'string', default: '1000000' }, seconds: { type: 'string', default: '20' }, rate: { type: 'string', default: '500' } } });
interface Started { readonly address: string; readonly token: string; stop(): Promise<void> }

async function start(args: readonly string[]): Promise<Started> {
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) continue;
    const said = JSON.parse(line) as { address: string; token: string };
    return {
      ...said, stop: async () => {
        child.kill('SIGTERM');
        await exited;
      },
    };
  }
  throw new Error('the server did not start');
}

/** One after the other, as a person who looks. */
async function times(address: string, token: string, query: string): Promise<string> {
  const ms: number[] = [];
  for (let round = 0; round < 300; round += 1) {
    const begun = performance.now();
    const answer = await fetch(`${address}/api/files?limit=100${query}`, { headers: { authorization: `Bearer ${token}` } });
    const { files } = (await answer.json()) as { files: unknown[] };
    if (answer.status !== 200 || files.length !== 100) throw new Error(`${query}: ${answer.status}, ${files.length} files`);
    ms.push(performance.now() - begun);
  }
  ms.sort((a, b) => a - b);
  const at = (share: number): string => (ms[Math.floor(ms.length * share)] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(0.999)} ms`;
}

/** At a fixed rate; late answers count from when they should have been asked for. */
async function load(address: string, token: string): Promise<string> {
  const { stdout } = await promisify(execFile)('npx', ['--yes', 'autocannon@8.0.0', '--json', '-c', '20', '-R', values.rate, '-d', values.seconds, '-H', `authorization=Bearer ${token}`, address], { maxBuffer: 16 * 1024 * 1024, cwd: tmpdir() });
  const told = JSON.parse(stdout) as { latency: Record<string, number>; requests: { average: number }; non2xx: number; errors: number };
  return `${told.requests.average.toFixed(0)} requests/s, p50 ${told.latency['p50'] ?? 0} ms, p99 ${told.latency['p99'] ?? 0} ms, worst ${told.latency['max'] ?? 0} ms, not answered ${told.errors}, not 2xx ${told.non2xx}`;
}

const folder = await mkdtemp(path.join(tmpdir(), 'strata-bench-'));
try {
  const hub = await start([path.join(projectDir, 'bench', 'hub-listing-server.ts'), folder, values.files]);
  console.log(`${values.files} files, 100 at a time`);
  for (const [what, query] of [['newest first', ''], ['by name', '&sort=name'], ['by size, falling', '&sort=size&order=desc'], ['one folder', '&folder=folder%2000042'], ['a folder and below', '&below=folder%2000042&sort=name']] as const) console.log(`  ${what}: ${await times(hub.address, hub.token, query)}`);
  console.log(`  the hub at ${values.rate}/s: ${await load(`${hub.address}/api/files?limit=100`, hub.token)}`);
  await hub.stop();
  const bare = await start(['--input-type=module', '--eval', `
    import Fastify from ${JSON.stringify(path.join(projectDir, 'node_modules', 'fastify', 'fastify.js'))};
    const app = Fastify();
    const files = Array.from({ length: 100 }, (_, id) => ({ id, filename: 'file 00000000.txt', file_size: id, storage_location: 'minio', access_url: 'http://127.0.0.1:8620/api/files/link/1.1.1700000000.${'x'.repeat(43)}', uploaded_at: '2026-11-20T12:00:00.000Z', synced_at: null }));
    app.get('/files', async () => ({ files, next_cursor: null }));
    const address = await app.listen({ host: '127.0.0.1', port: 0 });
    console.log(JSON.stringify({ address, token: '' }));
    process.once('SIGTERM', () => process.exit(0));`]);
  console.log(`  bare Fastify at ${values.rate}/s, the same bytes from memory: ${await load(`${bare.address}/files`, 'none')}`);
  await bare.stop();
} finally {
  await rm(folder, { recursive: true, force: true });
}
