/** Starts real S3 servers for tests on free loopback ports, each in its own temporary folder, and ends only what it started. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { ensureTool, onPath } from '../../scripts/test-servers.mjs';
import { AppError } from '../base/app-error.ts';
import { systemClock } from '../base/clock.ts';
import { createBucket, setVersioning } from '../remote/s3-control.ts';
import { trustOptions } from '../remote/trust.ts';
import { cephPrograms, startCeph } from './ceph-server.ts';
import { ownProcess, type OwnProcess } from './own-process.ts';

export interface TestServer {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
  /** Where the server keeps its data; for looking behind it. */
  readonly folder: string;
  /** PEM of its certificate, where it is reached over TLS. */
  readonly trustedCertificate?: string;
  makeBucket(name: string, options?: { readonly versioning?: boolean }): Promise<void>;
  stop(): Promise<void>;
}
export type StartedServer = { readonly server: TestServer; readonly reason: null } | { readonly server: null; readonly reason: string };

const accessKey = 'strata-test';
const secretKey = 'strata-test-secret';
const region = 'us-east-1';

/** With a certificate it answers over TLS, as MinIO reads them: `public.crt` and `private.key` in one folder. */
export async function startMinio(tls?: { readonly certificate: string; readonly key: string }): Promise<StartedServer> {
  const tool = ensureTool('minio', { install: process.env['CI'] === 'true' });
  if (tool.path === null) return { server: null, reason: tool.reason ?? 'minio is not there' };
  const folder = await mkdtemp(join(tmpdir(), 'strata-minio-'));
  const [port, consolePort] = [await freePort(), await freePort()];
  const certificates = join(folder, '.certificates');
  if (tls !== undefined) {
    await mkdir(certificates);
    await writeFile(join(certificates, 'public.crt'), tls.certificate);
    await writeFile(join(certificates, 'private.key'), tls.key, { mode: 0o600 });
  }
  const secure = tls === undefined ? [] : ['--certs-dir', certificates];
  const child = ownProcess(tool.path, ['server', join(folder, 'data'), ...secure, '--address', `127.0.0.1:${port}`, '--console-address', `127.0.0.1:${consolePort}`, '--quiet'], {
    MINIO_ROOT_USER: accessKey, MINIO_ROOT_PASSWORD: secretKey, MINIO_CI_CD: '1', MINIO_UPDATE: 'off', MINIO_BROWSER: 'off',
  });
  return ready({ child, folder, endpoint: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, health: '/minio/health/live', name: 'minio', ...(tls === undefined ? {} : { trustedCertificate: tls.certificate }) });
}

export async function startVersity(options: { readonly versioning?: boolean } = {}): Promise<StartedServer> {
  const tool = ensureTool('versitygw', { install: process.env['CI'] === 'true' });
  if (tool.path === null) return { server: null, reason: tool.reason ?? 'versitygw is not there' };
  const folder = await mkdtemp(join(tmpdir(), 'strata-versity-'));
  await mkdir(join(folder, 'data'));
  await mkdir(join(folder, 'versions'));
  const port = await freePort();
  const versions = options.versioning === true ? ['--versioning-dir', join(folder, 'versions')] : [];
  const child = ownProcess(tool.path, ['--port', `127.0.0.1:${port}`, '--quiet', 'posix', ...versions, join(folder, 'data')], { ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey });
  return ready({ child, folder, endpoint: `http://127.0.0.1:${port}`, health: '/', name: 'versitygw' });
}

export interface ArchiveServer {
  /** Each restore stays under way for so many looks; 0 ends it at once. */
  setRestoreLooks(looks: number): Promise<void>;
  /** Each restore stays under way for so long, whoever looks. */
  setRestoreSeconds(seconds: number): Promise<void>;
}
/** Amazon S3 as moto plays it: every storage class, archives and restores. It checks no signatures. */
export async function startMoto(): Promise<StartedServer & { readonly archive: ArchiveServer | null }> {
  const tool = ensureTool('moto', { install: process.env['CI'] === 'true' });
  if (tool.path === null) return { server: null, reason: tool.reason ?? 'moto is not there', archive: null };
  const folder = await mkdtemp(join(tmpdir(), 'strata-moto-'));
  const port = await freePort();
  const child = ownProcess(tool.path, ['-H', '127.0.0.1', '-p', String(port)], {});
  const endpoint = `http://127.0.0.1:${port}`;
  const started = await ready({ child, folder, endpoint, health: '/moto-api/', name: 'moto', withinMs: 240_000 });
  const setTransition = async (transition: object): Promise<void> => {
    const answer = await fetch(`${endpoint}/moto-api/state-manager/set-transition`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model_name: 's3::keyrestore', transition }) });
    if (!answer.ok) throw new Error(`moto said ${answer.status}`);
  };
  return { ...started, archive: started.server === null ? null : {
    setRestoreLooks: (looks) => setTransition(looks === 0 ? { progression: 'immediate' } : { progression: 'manual', times: looks }),
    setRestoreSeconds: (seconds) => setTransition({ progression: 'time', seconds }),
  } };
}

/** Ceph's gateway, where its programs are installed; they are large, so nothing gets them by itself. */
export async function startRgw(): Promise<StartedServer> {
  const missing = cephPrograms.filter((name) => onPath(name) === null);
  if (missing.length > 0) return { server: null, reason: `Ceph is not installed (${missing.join(', ')})` };
  const folder = await mkdtemp(join(tmpdir(), 'strata-rgw-'));
  const [port, monPort] = [await freePort(), await freePort()];
  const child = await startCeph({ folder, port, monPort, accessKey, secretKey });
  return ready({ child, folder, endpoint: `http://127.0.0.1:${port}`, health: '/', name: 'radosgw' });
}

async function ready(started: { readonly child: OwnProcess; readonly folder: string; readonly endpoint: string; readonly health: string; readonly name: string; readonly withinMs?: number; readonly trustedCertificate?: string }): Promise<StartedServer> {
  const { endpoint, folder, child } = started;
  const trust = started.trustedCertificate === undefined ? {} : { trustedCertificate: started.trustedCertificate };
  const stop = async (): Promise<void> => {
    await child.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const since = systemClock.monotonicMs();
  while (!(await answers(`${endpoint}${started.health}`, started.trustedCertificate))) {
    const failed = child.failed() ?? (systemClock.monotonicMs() - since > (started.withinMs ?? 60_000) ? 'no answer in time' : null);
    if (failed !== null) {
      await stop();
      return { server: null, reason: `${started.name} did not start: ${failed}` };
    }
    await systemClock.sleep(50);
  }
  const control = (bucket: string): Parameters<typeof createBucket>[0] => ({ endpoint: { endpoint, region, bucket, ...trust }, credentials: () => Promise.resolve({ accessKeyId: accessKey, secretAccessKey: secretKey }), clock: systemClock });
  return {
    reason: null,
    server: {
      endpoint, accessKey, secretKey, region, folder, stop, ...trust,
      async makeBucket(name, options = {}) {
        await onceReady(() => createBucket(control(name)));
        if (options.versioning === true) await onceReady(() => setVersioning(control(name), 'Enabled'));
      },
    },
  };
}

/** On a loaded machine MinIO is alive before it can do anything: it says that it is busy until then. */
async function onceReady(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await work();
      return;
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code !== 'store_busy' || tries === 60) throw thrown;
      await systemClock.sleep(500);
    }
  }
}

async function answers(url: string, certificate?: string): Promise<boolean> {
  const dispatcher = new Agent({ connect: trustOptions(certificate) });
  try {
    const response = await request(url, { dispatcher, signal: AbortSignal.timeout(1000) });
    await response.body.dump();
    return response.statusCode < 500;
  } catch {
    return false;
  } finally {
    await dispatcher.destroy();
  }
}
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
