/** Finds or gets the real servers and the browser that tests run against; plain Node 20, before anything is installed. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Each by the ordinary client of its own world: Go modules by go, moto by pip, PostgreSQL by apt, the browser by apt or Playwright. */
const goModules = {
  minio: 'github.com/minio/minio@latest',
  versitygw: 'github.com/versity/versitygw/cmd/versitygw@latest',
  mc: 'github.com/minio/mc@latest',
  rclone: 'github.com/rclone/rclone@latest',
};
const browserNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
export const toolNames = [...Object.keys(goModules), 'moto', 'schemathesis', 'chromium', 'postgres'];

/** Outside the tree, so that a fresh clone does not build them again. */
export function toolsFolder() {
  return process.env.STRATA_TOOLS ?? join(homedir(), '.cache', 'strata-tools');
}

/** The program's path, or null and why it is not there. Gets it only with `install`. */
export function ensureTool(name, { say = () => undefined, install = true } = {}) {
  if (name === 'postgres') return ensurePostgres({ say, install });
  if (Object.hasOwn(pythonPrograms, name)) return ensurePythonProgram(name, { say, install });
  return name === 'chromium' ? ensureBrowser({ say, install }) : ensureGoTool(name, { say, install });
}

function ensureGoTool(name, { say, install }) {
  const module = goModules[name];
  if (module === undefined) return { path: null, reason: `${name} is not a tool this script knows` };
  const found = onPath(name) ?? runnable(join(toolsFolder(), executable(name)));
  if (found !== null) return { path: found, reason: null };
  if (!install) return { path: null, reason: `${name} is neither on the PATH nor in the tools folder (node scripts/test-servers.mjs gets it)` };
  const go = onPath('go') ?? runnable('/usr/local/go/bin/go');
  if (go === null) return { path: null, reason: `${name} is not installed, and there is no go to build it with` };
  say(`building ${name} (a few minutes, once)`);
  mkdirSync(toolsFolder(), { recursive: true });
  const built = spawnSync(go, ['install', module], { env: { ...process.env, GOBIN: toolsFolder() }, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  const path = runnable(join(toolsFolder(), executable(name)));
  return path === null ? { path: null, reason: `go could not build ${name}: ${lastLine(built.stderr)}` } : { path, reason: null };
}

/** Programs of PyPI, each in a Python environment of its own: a stand-in for Amazon S3 with every storage class and restores, and the fuzzer. */
const pythonPrograms = {
  moto: { program: 'moto_server', packages: 'moto[s3,server]' },
  schemathesis: { program: 'schemathesis', packages: 'schemathesis' },
};
function ensurePythonProgram(name, { say, install }) {
  const { program, packages } = pythonPrograms[name];
  const home = join(toolsFolder(), `${name}-env`);
  const bin = join(home, process.platform === 'win32' ? 'Scripts' : 'bin');
  const found = onPath(program) ?? runnable(join(bin, executable(program)));
  if (found !== null) return { path: found, reason: null };
  if (!install) return { path: null, reason: `${name} is neither on the PATH nor in the tools folder (node scripts/test-servers.mjs ${name} gets it)` };
  const python = onPath('python3') ?? onPath('python');
  if (python === null) return { path: null, reason: `${name} is not installed, and there is no Python to run it` };
  say(`installing ${name} by pip (a minute or two, once)`);
  mkdirSync(toolsFolder(), { recursive: true });
  const made = spawnSync(python, ['-m', 'venv', home], { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  if (made.status !== 0) return { path: null, reason: `Python could not make an environment for ${name}: ${lastLine(made.stderr)}` };
  const done = spawnSync(join(bin, executable('python')), ['-m', 'pip', 'install', '--quiet', packages], { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  const path = runnable(join(bin, executable(program)));
  return path === null ? { path: null, reason: `pip could not install ${name}: ${lastLine(done.stderr)}` } : { path, reason: null };
}

/** The system's package: the server lies in a folder of its version, beside initdb and psql. */
function ensurePostgres({ say, install }) {
  const found = postgresProgram();
  if (found !== null) return { path: found, reason: null };
  const reason = 'PostgreSQL is not installed (Debian: apt-get install postgresql)';
  if (!install || process.getuid?.() !== 0 || onPath('apt-get') === null) return { path: null, reason };
  const failed = installPackage('postgresql', say);
  const path = postgresProgram();
  return path === null ? { path: null, reason: `apt-get could not install PostgreSQL (${failed})` } : { path, reason: null };
}
function postgresProgram() {
  const versions = '/usr/lib/postgresql';
  const folders = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)).map((version) => join(versions, version, 'bin')) : [];
  for (const folder of folders) {
    const found = runnable(join(folder, 'postgres'));
    if (found !== null && runnable(join(folder, 'initdb')) !== null && runnable(join(folder, 'psql')) !== null) return found;
  }
  return onPath('initdb') !== null && onPath('psql') !== null ? onPath('postgres') : null;
}

/** What apt-get said last. */
function installPackage(name, say) {
  say(`installing ${name} by apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update'], { env, stdio: 'ignore' });
  const done = spawnSync('apt-get', ['install', '-y', '--no-install-recommends', name], { env, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  return lastLine(done.stderr);
}

function ensureBrowser({ say, install }) {
  for (const name of browserNames) {
    const found = onPath(name);
    if (found !== null) return { path: found, reason: null };
  }
  const downloaded = playwrightBrowser();
  if (downloaded !== null) return { path: downloaded, reason: null };
  if (!install) return { path: null, reason: 'there is no Chromium on the PATH' };
  let reason = 'there is no Chromium on the PATH';
  if (process.getuid?.() === 0 && onPath('apt-get') !== null) {
    const failed = installPackage('chromium', say);
    const found = onPath('chromium');
    if (found !== null) return { path: found, reason: null };
    reason = `apt-get could not install it (${failed})`;
  }
  const cli = fileURLToPath(new URL('../node_modules/playwright/cli.js', import.meta.url));
  if (existsSync(cli)) {
    say('downloading Chromium by Playwright');
    const done = spawnSync(process.execPath, [cli, 'install', 'chromium'], { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
    const path = playwrightBrowser();
    if (path !== null) return { path, reason: null };
    reason += `; Playwright could not download it (${lastLine(done.stderr)})`;
  }
  return { path: null, reason };
}

/** Where Playwright puts what it downloads; each platform has its own folder inside. */
function playwrightBrowser() {
  const base = process.env.PLAYWRIGHT_BROWSERS_PATH
    ?? { win32: join(process.env.LOCALAPPDATA ?? homedir(), 'ms-playwright'), darwin: join(homedir(), 'Library', 'Caches', 'ms-playwright') }[process.platform]
    ?? join(homedir(), '.cache', 'ms-playwright');
  if (!existsSync(base)) return null;
  const inside = ['chrome-linux/chrome', 'chrome-linux64/chrome', 'chrome-win/chrome.exe', 'chrome-win64/chrome.exe', 'chrome-mac/Chromium.app/Contents/MacOS/Chromium'];
  for (const folder of readdirSync(base).filter((name) => /^chromium-\d+$/.test(name)).sort().reverse()) {
    for (const part of inside) {
      const found = runnable(join(base, folder, ...part.split('/')));
      if (found !== null) return found;
    }
  }
  return null;
}

export function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const found = folder === '' ? null : runnable(join(folder, executable(name)));
    if (found !== null) return found;
  }
  return null;
}
function executable(name) {
  return process.platform === 'win32' ? `${name}.exe` : name;
}
function runnable(path) {
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return null;
  }
}
function lastLine(text) {
  return (text ?? '').trim().split('\n').at(-1) ?? 'no reason given';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'));
  const say = (text) => console.error(text);
  let missing = 0;
  for (const name of asked.length > 0 ? asked : ['minio', 'versitygw', 'moto', 'postgres', 'chromium']) {
    const { path, reason } = ensureTool(name, { say });
    console.log(`${name}: ${path ?? `not there: ${reason}`}`);
    if (path === null) missing += 1;
  }
  process.exitCode = missing === 0 ? 0 : 1;
}
