/** The service: owns a data dir, composes the core, opens the door and ends cleanly; run by the command line, plain Node or Electron's utilityProcess. */
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import type { ComposeCore, Core } from './app/core.ts';
import { AppError } from './base/app-error.ts';
import { systemClock } from './base/clock.ts';
import { openLogger, type AppLogger } from './base/logger.ts';
import { openInBrowser } from './cli/open-browser.ts';
import { findProvedService, proveService } from './cli/service-client.ts';
import { acquireOwnerLock, type OwnerLock } from './database/owner-lock.ts';
import { defaultDataDir, folderExists, prepareDataDir } from './secrets/data-dir.ts';
import { newToken, publishService, withdrawService } from './secrets/session-file.ts';
import { startDoor, type Door } from './server/door.ts';
import { Sessions } from './server/sessions.ts';

export const defaultPort = 8620;
const endWithinMs = 5_000;
const ownerLookMs = 2_000;

export interface Service {
  readonly core: Core;
  /** Null when it was opened for one command only. Another one after sharing was switched on or off. */
  readonly door: () => Door | null;
  readonly token: string;
  close(): Promise<void>;
}
export interface ServiceOptions {
  readonly dataDir: string;
  /** Null opens no door: then nobody else reaches this owner. */
  readonly port: number | null;
  readonly env: NodeJS.ProcessEnv;
  readonly deviceName?: string | undefined;
  readonly onStop?: () => void;
  readonly compose?: ComposeCore;
}

/** Null when the data dir has an owner already: then be its client (rule 40). */
export async function openService(options: ServiceOptions): Promise<Service | null> {
  await prepareDataDir(options.dataDir);
  const lock = acquireOwnerLock(options.dataDir);
  if (lock === null) return null;
  const opened: Opened = { lock, logger: openLogger({ dataDir: options.dataDir, level: options.env['STRATA_LOG'] === 'debug' ? 'debug' : 'info' }) };
  const token = newToken();
  opened.logger.addSecret(token);
  // They outlive the door: who is at this computer notices nothing when sharing is switched on.
  const sessions = new Sessions(token);
  try {
    const compose = options.compose ?? (await loadCompose());
    opened.core = await compose({ dataDir: options.dataDir, deviceName: options.deviceName, env: options.env, logger: opened.logger });
    if (options.port !== null) opened.door = await openDoor(options, options.port, opened, { sessions, token });
    opened.core.onHubChange?.(() => serveAnew(options, opened, { sessions, token }));
    return { core: opened.core, door: () => opened.door ?? null, token, close: () => closeAll(options.dataDir, opened) };
  } catch (error) {
    opened.logger.error({ err: error }, 'the service could not start');
    await closeAll(options.dataDir, opened);
    throw error;
  }
}

interface Opened {
  readonly lock: OwnerLock;
  readonly logger: AppLogger;
  core?: Core;
  door?: Door;
}

interface Owner {
  readonly sessions: Sessions;
  readonly token: string;
}

/** The hub has changed: the same port with other listeners. */
async function serveAnew(options: ServiceOptions, opened: Opened, owner: Owner): Promise<void> {
  const { door } = opened;
  if (door === undefined) return;
  await door.close();
  opened.door = await openDoor(options, door.port, opened, owner);
}

async function openDoor(options: ServiceOptions, port: number, { core, logger }: Opened, { sessions, token }: Owner): Promise<Door> {
  if (core === undefined) throw new AppError('internal');
  const door = await startDoor({
    handlers: core.handlers, bus: core.bus, content: core.content, sessions, clock: systemClock, logger, version: packageJson.version,
    pageDir: await findPage(options.env), port,
    watchView: (clientId, view) => core.watchView(clientId, view),
    onStop: () => options.onStop?.(),
    checkOutputs: options.env['STRATA_CHECK_OUTPUTS'] === '1', hub: core.hub?.() ?? null,
  });
  await publishService(options.dataDir, { address: door.address, pid: process.pid, epoch: core.bus.epoch }, token);
  logger.info({ port: door.port, version: packageJson.version }, 'the door is open');
  return door;
}

/** The lock goes last: nobody may start on a data dir that is still being written. */
async function closeAll(dataDir: string, opened: Opened): Promise<void> {
  const attempt = async (step: string, work: () => Promise<void> | undefined): Promise<void> => {
    try {
      await work();
    } catch (error) {
      opened.logger.error({ err: error, step }, 'closing met a problem');
    }
  };
  if (opened.door) await attempt('withdraw', () => withdrawService(dataDir));
  await attempt('door', () => opened.door?.close());
  await attempt('core', () => opened.core?.close());
  opened.logger.close();
  opened.lock.release();
}

async function loadCompose(): Promise<ComposeCore> {
  return (await import('./compose.ts')).composeCore;
}

/** The built page lies in dist/renderer: beside dist/service (the bundle) or in dist beside main/ (the sources). */
async function findPage(env: NodeJS.ProcessEnv): Promise<string | null> {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const folder = env['STRATA_PAGE_DIR'] || (path.basename(here) === 'main' ? path.join(here, '..', 'dist', 'renderer') : path.join(here, '..', 'renderer'));
  return (await folderExists(folder)) ? folder : null;
}

export interface RunOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly openBrowser: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
  readonly compose?: ComposeCore;
  /** Ends the service when aborted. */
  readonly stop: AbortSignal;
}

/** Runs until it is told to end. A second start finds the first, says where it is, and ends. */
export async function runService(options: RunOptions): Promise<void> {
  const ended = new AbortController();
  const stop = AbortSignal.any([options.stop, ended.signal]);
  const service = await openService({ ...options, onStop: () => ended.abort() });
  if (service === null) return showRunning(options);
  await service.core.startSync();
  // The address comes last: whoever waits for it has heard the rest.
  tellOthersWhere(service, options.say);
  const setupCode = (await service.core.hub?.()?.setupCode()) ?? null;
  if (setupCode !== null) options.say(`The first account, the owner's, signs up with the code ${setupCode}`);
  const door = service.door();
  if (door) show(`${door.address}/#code=${door.makeCode()}`, options);
  await aborted(stop);
  await closeInTime(service);
}

function tellOthersWhere({ core, door }: Service, say: (line: string) => void): void {
  const url = door()?.publicUrls()[0];
  if (url === undefined) return;
  say(`Others reach it at ${url.origin}`);
  const tls = core.hub?.()?.tls;
  if (tls) say(`The certificate's fingerprint (SHA-256) is ${tls.fingerprint}`);
}

/** Journal and markers are made for a sudden end: better that than a log-out that hangs. */
export async function closeInTime(service: Service): Promise<void> {
  const late = new AbortController();
  void systemClock.sleep(endWithinMs, late.signal).then(() => {
    if (!late.signal.aborted) process.exit(0);
  });
  await service.close();
  late.abort();
}

export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

async function showRunning(options: RunOptions): Promise<void> {
  const client = await proveService(options.dataDir, systemClock);
  const { code } = await client.call('makeCode', {});
  show(`${client.address}/#code=${code}`, options);
}

function show(url: string, options: RunOptions): void {
  options.say(`Strata is running at ${url}`);
  if (options.openBrowser) openInBrowser(url);
}

export interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

export interface ElectronOptions {
  readonly parentPort: ParentPort;
  readonly dataDir: string;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  readonly ended: AbortController;
  readonly compose?: ComposeCore;
}

/** Started by Electron: address and token go over its own channel, never through a file that another could have left (rule 41). */
export async function serveElectron(options: ElectronOptions): Promise<void> {
  const { parentPort, dataDir, ended } = options;
  parentPort.on('message', (event) => {
    if ((event.data as { readonly type?: unknown } | null)?.type === 'stop') ended.abort();
  });
  const service = await openService({ ...options, onStop: () => ended.abort() });
  if (service === null) {
    const client = await proveService(dataDir, systemClock);
    parentPort.postMessage({ type: 'ready', address: client.address, token: client.token, owner: false });
    return untilOwnerIsGone(dataDir, client.token, ended.signal);
  }
  await service.core.startSync();
  parentPort.postMessage({ type: 'ready', address: service.door()?.address ?? '', token: service.token, owner: true });
  await aborted(ended.signal);
  await closeInTime(service);
}

/** When the owner ends, so do we: the shell then starts us anew, and we own the data dir ourselves. */
async function untilOwnerIsGone(dataDir: string, token: string, stop: AbortSignal): Promise<void> {
  // Another owner has another token: the shell must hear of its address too.
  while (!stop.aborted && (await findProvedService(dataDir))?.token === token) await systemClock.sleep(ownerLookMs, stop);
}

/** The first signal ends cleanly, the second at once. */
export function endOnSignals(controller: AbortController): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort();
    });
  }
}

function valueAfter(option: string): string | undefined {
  const at = process.argv.indexOf(option);
  return at < 0 ? undefined : process.argv[at + 1];
}

const parentPort = (process as unknown as { readonly parentPort?: ParentPort }).parentPort;
if (parentPort !== undefined) {
  const ended = new AbortController();
  endOnSignals(ended);
  const dataDir = valueAfter('--data') ?? defaultDataDir({ platform: process.platform, env: process.env, home: os.homedir() });
  void serveElectron({ parentPort, dataDir, port: Number(valueAfter('--port') ?? defaultPort), env: process.env, ended }).then(
    () => process.exit(0),
    (error: unknown) => {
      parentPort.postMessage({ type: 'failed', text: error instanceof AppError ? error.message : new AppError('internal').message });
      process.exit(1);
    },
  );
}
