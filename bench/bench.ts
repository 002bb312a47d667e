/** Measures Strata beside the tools people pick instead, on one MinIO in one run, and prints one table: `npm run bench [-- --files N] [--many N]`. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { startMinio, type TestServer } from '../main/testing/servers.ts';
import { strataNode } from '../scripts/project.mjs';

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Highest resident memory of the process itself, MB; null where the system does not tell. */
  readonly memoryMb: number | null;
  readonly failed: boolean;
}
const clockTicks = 100;

function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const given = at < 0 ? NaN : Number(process.argv[at + 1]);
  return Number.isFinite(given) && given > 0 ? given : fallback;
}

function toolPath(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), process.env['STRATA_TOOLS'] ?? join(homedir(), '.cache', 'strata-tools')];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}

function makeTree(folder: string, files: number, bytes: number): void {
  for (let number = 0; number < files; number += 1) {
    const below = join(folder, `folder-${Math.floor(number / 100)}`);
    if (number % 100 === 0) mkdirSync(below, { recursive: true });
    writeFileSync(join(below, `file-${number}.bin`), randomBytes(bytes));
  }
}

async function run(command: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<Measured> {
  const begun = performance.now();
  const child = spawn(command, words, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let memoryKb = 0;
  let ticks = 0;
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-400)));
  const look = setInterval(() => {
    try {
      memoryKb = Math.max(memoryKb, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0));
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      ticks = Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
    } catch {
      // The process has just ended, or this system has no /proc.
    }
  }, 25);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearInterval(look);
  if (code !== 0) console.error(`${command} ${words[0] ?? ''} ended with ${code}: ${said}`);
  return { seconds: (performance.now() - begun) / 1000, cpuSeconds: ticks / clockTicks, memoryMb: memoryKb === 0 ? null : memoryKb / 1024, failed: code !== 0 };
}

interface Contender {
  readonly name: string;
  readonly command: string;
  readonly up: (folder: string, bucket: string) => readonly string[];
  readonly again: (folder: string, bucket: string) => readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

function contenders(server: TestServer, scratch: string): Contender[] {
  const { endpoint, accessKey, secretKey } = server;
  const keys = { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey, AWS_REGION: 'us-east-1' };
  const cli = join(import.meta.dirname, '..', 'main', 'cli.ts');
  const strata = (folder: string, bucket: string): string[] => [...strataNode.flags, cli, 'sync', folder, `s3://${bucket}?endpoint=${endpoint}`, '--once', '--json', '--data', join(scratch, `data-${bucket}`)];
  const list: Contender[] = [{ name: 'strata sync --once', command: process.execPath, up: strata, again: strata, env: { ...keys, ...strataNode.env } }];
  const rclone = toolPath('rclone');
  const rcloneEnv = { AWS_CA_BUNDLE: undefined, RCLONE_CONFIG_M_TYPE: 's3', RCLONE_CONFIG_M_PROVIDER: 'Minio', RCLONE_CONFIG_M_ENDPOINT: endpoint, RCLONE_CONFIG_M_ACCESS_KEY_ID: accessKey, RCLONE_CONFIG_M_SECRET_ACCESS_KEY: secretKey };
  if (rclone !== null) list.push({ name: 'rclone', command: rclone, up: (folder, bucket) => ['copy', folder, `M:${bucket}`], again: (folder, bucket) => ['sync', '--fast-list', '--size-only', folder, `M:${bucket}`], env: rcloneEnv });
  const mc = toolPath('mc');
  const mcEnv = { MC_HOST_bench: endpoint.replace('://', `://${accessKey}:${secretKey}@`), MC_CONFIG_DIR: join(scratch, 'mc') };
  const mirror = (folder: string, bucket: string): string[] => ['mirror', '--quiet', folder, `bench/${bucket}`];
  if (mc !== null) list.push({ name: 'mc mirror', command: mc, up: mirror, again: mirror, env: mcEnv });
  const s5cmd = toolPath('s5cmd');
  const s5 = (folder: string, bucket: string): string[] => ['--endpoint-url', endpoint, 'sync', `${folder}/`, `s3://${bucket}/`];
  if (s5cmd !== null) list.push({ name: 's5cmd sync', command: s5cmd, up: s5, again: s5, env: keys });
  return list;
}

async function compare(server: TestServer, scratch: string, title: string, files: number, bytes: number): Promise<void> {
  const folder = join(scratch, `tree-${files}`);
  makeTree(folder, files, bytes);
  const client = new S3Client({ endpoint: server.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId: server.accessKey, secretAccessKey: server.secretKey } });
  const cell = (measured: Measured): string => (measured.failed ? 'failed' : `${measured.seconds.toFixed(2)} s (CPU ${measured.cpuSeconds.toFixed(1)} s${measured.memoryMb === null ? '' : `, ${measured.memoryMb.toFixed(0)} MB`})`);
  console.log(`\n### ${title}\n\n| tool | upload | nothing changed |\n| --- | --- | --- |`);
  for (const [number, contender] of contenders(server, scratch).entries()) {
    const bucket = `bench-${files}-${number}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    const up = await run(contender.command, contender.up(folder, bucket), contender.env);
    await run(contender.command, contender.again(folder, bucket), contender.env);
    const again = await run(contender.command, contender.again(folder, bucket), contender.env);
    console.log(`| ${contender.name} | ${cell(up)} | ${cell(again)} |`);
  }
  rmSync(folder, { recursive: true });
}

const started = await startMinio();
if (started.server === null) {
  console.log(`The bench needs MinIO: ${started.reason}`);
  process.exit(1);
}
const scratch = mkdtempSync(join(tmpdir(), 'strata-bench-'));
try {
  const files = option('files', 10_000);
  await compare(started.server, scratch, `${files} files of 4 KiB`, files, 4096);
  const many = option('many', 100_000);
  await compare(started.server, scratch, `${many} files of 1 KiB`, many, 1024);
} finally {
  await started.server.stop();
  rmSync(scratch, { recursive: true, force: true });
}
