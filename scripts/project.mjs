/** Where the project and its own Node are, and how the scripts start other programs; runs on plain Node 20 with nothing installed. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** The real binary, not the shim in .bin: signals and spaces in paths then need no care on Windows. */
export const projectNode = path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

export function inProject(...parts) {
  return path.join(root, ...parts);
}

/**
 * How Strata itself runs on that Node. Short-lived buffers otherwise grow the young generation to three times of what the work needs, and
 * what they leave in the old one is collected when it has grown by half, not to three times. The bytes of a transfer lie outside that heap in
 * pieces of 64 KiB: counted by themselves they would have the whole heap searched every 64 MiB, which took as long as moving the bytes.
 * The compiled form of the sources is kept between starts: without it every start, and every worker thread, loads the type stripper
 * again (about 20 MB and a tenth of a second each). With glibc each thread would keep an arena of its own of what it gave back.
 */
export const strataNode = { flags: ['--max-semi-space-size=2', '--heap-growing-percent=50', '--external-memory-accounted-in-global-limit'], env: { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? inProject('.cache', 'compiled'), MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? '2' } };

/** The script behind a package's command, so that it runs on the project's Node and not on the machine's. */
export const programs = {
  tsc: inProject('node_modules', 'typescript', 'bin', 'tsc'),
  eslint: inProject('node_modules', 'eslint', 'bin', 'eslint.js'),
  vite: inProject('node_modules', 'vite', 'bin', 'vite.js'),
  vitest: inProject('node_modules', 'vitest', 'vitest.mjs'),
  playwright: inProject('node_modules', '@playwright', 'test', 'cli.js'),
  electronBuilder: inProject('node_modules', 'electron-builder', 'out', 'cli', 'cli.js'),
};

function childEnvironment(extra) {
  const separator = process.platform === 'win32' ? ';' : ':';
  const searched = [path.dirname(projectNode), inProject('node_modules', '.bin'), process.env.PATH ?? ''];
  return { ...process.env, PATH: searched.join(separator), ...extra };
}

/**
 * Runs the project's Node with these arguments and answers `{ code, output }`.
 * `stream` shows the output while it comes; it is collected either way.
 */
export function runNode(args, { stream = false, env = {}, limitMs = 0 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(projectNode, args, { cwd: root, env: childEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    const timer = limitMs > 0 ? setTimeout(() => child.kill('SIGKILL'), limitMs) : undefined;
    const take = (target) => (chunk) => {
      chunks.push(chunk);
      if (stream) target.write(chunk);
    };
    child.stdout.on('data', take(process.stdout));
    child.stderr.on('data', take(process.stderr));
    child.on('error', (error) => chunks.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? exitCodeOf(signal), output: Buffer.concat(chunks).toString('utf8') });
    });
  });
}

function exitCodeOf(signal) {
  return 128 + (os.constants.signals[signal] ?? 1);
}

/**
 * Becomes the given program: same terminal, its exit code, signals passed on.
 * Ctrl+C in a terminal reaches the whole group by itself; passing it on would count as a second, hasty one.
 */
export function become(command, args, env = {}) {
  const child = spawn(command, args, { cwd: process.cwd(), env: childEnvironment(env), stdio: 'inherit' });
  const passed = ['SIGTERM', 'SIGHUP', 'SIGINT'];
  for (const signal of passed) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    console.error(`Strata could not start ${path.basename(command)}: ${error.message}`);
    process.exit(1);
  });
  child.on('close', (code, signal) => process.exit(code ?? exitCodeOf(signal)));
}

/** When the newest file below these folders or files was changed; 0 when there are none. */
export function newestMs(...places) {
  let newest = 0;
  for (const place of places) {
    if (!existsSync(place)) continue;
    const stat = statSync(place);
    if (!stat.isDirectory()) newest = Math.max(newest, stat.mtimeMs);
    else for (const name of readdirSync(place)) newest = Math.max(newest, newestMs(path.join(place, name)));
  }
  return newest;
}
