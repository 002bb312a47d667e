/** Starting and building decide rightly: what to install, when to ask for Electron again, where workers lie in the bundle. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildBundles, pointAtBundles } from './bundles.mjs';
import { electronRuntime, mayAsk } from './electron-runtime.mjs';
import { needsInstall } from './install-needed.mjs';
import { newestMs, runNode } from './project.mjs';
import { readWords } from './start-words.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'strata-scripts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, text: string): string => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};

describe('npm ci', () => {
  const lock = { '': { version: '1' }, 'node_modules/a': { version: '1.0.0' }, 'node_modules/only-on-mac': { version: '1.0.0', optional: true } };
  it('is left out when every version is there, whatever the file’s date', () => {
    expect(needsInstall(lock, { 'node_modules/a': { version: '1.0.0' } })).toBe(false);
  });
  it('runs when a package is missing or of another version', () => {
    expect(needsInstall(lock, {})).toBe(true);
    expect(needsInstall(lock, { 'node_modules/a': { version: '1.0.1' } })).toBe(true);
  });
});

describe('the words after npm start', () => {
  it('open the app when there are none, or only options', () => {
    expect(readWords([])).toEqual({ kind: 'app', words: [] });
    expect(readWords(['start', '--data', 'd'])).toEqual({ kind: 'app', words: ['--data', 'd'] });
  });
  it('start only the service when no window is wanted', () => {
    expect(readWords(['start', '--headless']).kind).toBe('service');
    expect(readWords(['--no-open']).kind).toBe('service');
  });
  it('go to the command line otherwise', () => {
    expect(readWords(['sync', 'A', 'folder:/b', '--once'])).toEqual({ kind: 'command', words: ['sync', 'A', 'folder:/b', '--once'] });
    expect(readWords(['--help']).kind).toBe('command');
  });
});

describe('Electron’s runtime', () => {
  it('is found where the package names it, and only when it is there', () => {
    expect(electronRuntime(folder, {})).toBeNull();
    put('path.txt', 'electron');
    expect(electronRuntime(folder, {})).toBeNull();
    const runtime = put('dist/electron', '');
    expect(electronRuntime(folder, {})).toBe(runtime);
    expect(electronRuntime(path.join(folder, 'elsewhere'), { ELECTRON_OVERRIDE_DIST_PATH: path.join(folder, 'dist') })).toBe(runtime);
  });
  it('is asked for once a day, and again for a new version', () => {
    const note = { version: '45.0.0', atMs: 1_000_000 };
    expect(mayAsk(1_000_000 + 3_600_000, '45.0.0', null)).toBe(true);
    expect(mayAsk(1_000_000 + 3_600_000, '45.0.0', note)).toBe(false);
    expect(mayAsk(1_000_000 + 86_400_000, '45.0.0', note)).toBe(true);
    expect(mayAsk(1_000_000 + 3_600_000, '45.0.1', note)).toBe(true);
    // A clock that was set back must not silence it for years.
    expect(mayAsk(999_999, '45.0.0', note)).toBe(true);
  });
});

describe('the bundles', () => {
  it('point at a worker beside the service, wherever its source lies', () => {
    const worker = path.join(folder, 'main/local/scan-worker.ts');
    const source = "new Worker(new URL('../local/scan-worker.ts', import.meta.url))";
    expect(pointAtBundles(source, path.join(folder, 'main/sync/scan.ts'), [worker])).toBe("new Worker(new URL('./scan-worker.mjs', import.meta.url))");
    expect(() => pointAtBundles(source, path.join(folder, 'main/sync/deep/scan.ts'), [worker])).toThrow(/not there/);
  });
  it('are refused while the service would look for a source file', async () => {
    for (const file of ['main/electron/main.ts', 'preload/bridge.ts', 'build/tray/a.png', 'build/icons/256x256.png']) put(file, '');
    put('main/service.ts', "/** @type {import('./library.d.ts')} */\nconst place: string = './compose.ts';\nawait import(place);");
    await expect(buildBundles(folder, path.join(folder, 'out'))).rejects.toThrow('./compose.ts');
  });
  it('run: main process, preload, and a service that finds its worker', async () => {
    put('main/electron/main.ts', "export const started: string = 'main';");
    put('main/local/echo-worker.ts', "import { parentPort } from 'node:worker_threads';\nparentPort?.postMessage('from the worker' as string);");
    put('main/local/echo.ts', "import { Worker } from 'node:worker_threads';\nexport const echo = (): Promise<unknown> => new Promise((done) => new Worker(new URL('./echo-worker.ts', import.meta.url)).once('message', done));");
    put('main/service.ts', "import { echo } from './local/echo.ts';\nconsole.log(await echo());");
    put('preload/bridge.ts', "import { contextBridge } from 'electron';\ncontextBridge.exposeInMainWorld('x', 1);");
    put('build/tray/plainTemplate.png', '');
    put('build/icons/256x256.png', '');
    await buildBundles(folder, path.join(folder, 'out'));
    const { code, output } = await runNode([path.join(folder, 'out/service/service.mjs')]);
    expect([code, output]).toEqual([0, 'from the worker\n']);
    expect(newestMs(path.join(folder, 'out/electron/main.mjs'), path.join(folder, 'out/preload/bridge.cjs'), path.join(folder, 'out/electron/icons/icon.png'))).toBeGreaterThan(0);
  });
});
