/** A hub as its owner starts it: `strata start --headless` as a process of its own, configured by the environment alone. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { strataNode } from '../../scripts/project.mjs';
import { projectDir } from './architecture.ts';
import type { TestServer } from './servers.ts';

export interface HeadlessHub {
  readonly address: string;
  readonly dataDir: string;
  readonly pid: number;
  /** All that it has said so far. */
  said(): string;
  /** Ends the process and takes its data along. */
  stop(): Promise<void>;
  /** Ends the process; its data stays for a next start. */
  end(): Promise<void>;
}

let serial = 0;

/** The variables of `.env.example` for a bucket of its own on this server. */
export function hubEnvironment(minio: TestServer, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  serial += 1;
  return {
    MINIO_ENDPOINT: new URL(minio.endpoint).host, MINIO_ACCESS_KEY: minio.accessKey, MINIO_SECRET_KEY: minio.secretKey, MINIO_BUCKET: `hub-${serial}-${process.pid}`,
    SECRET_KEY: 'a secret of the tests that is long enough', STRATA_CHECK_OUTPUTS: '1', ...more,
  };
}

export async function startHeadlessHub(env: Readonly<Record<string, string>>, dataDir?: string): Promise<HeadlessHub> {
  const folder = dataDir ?? (await mkdtemp(path.join(tmpdir(), 'strata-headless-')));
  const child: ChildProcess = spawn(process.execPath, [...strataNode.flags, path.join(projectDir, 'main', 'cli.ts'), 'start', '--headless', '--port', '0', '--data', folder], { env: { ...process.env, ...strataNode.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const atExit = (): void => void child.kill('SIGKILL');
  process.once('exit', atExit);
  const exited = once(child, 'exit');
  const address = new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const found = /running at (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    void exited.then(() => reject(new Error(`the hub ended: ${said}`)));
  });
  const end = async (): Promise<void> => {
    process.off('exit', atExit);
    child.kill('SIGTERM');
    await exited;
  };
  return {
    address: await address, dataDir: folder, pid: child.pid ?? 0, said: () => said, end,
    stop: async () => {
      await end();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
