/** Finds Electron's runtime, and asks for it once a day at most when it is missing: the npm package itself brings none since version 42. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inProject, runNode } from './project.mjs';

const failureNote = inProject('.cache', 'electron-runtime-missing.json');
const dayMs = 24 * 60 * 60 * 1000;
const limitMs = 60_000;

/** The runtime's path, or null. The same rule as node_modules/electron/index.js, which would download by itself. */
export function electronRuntime(packageFolder = inProject('node_modules', 'electron'), env = process.env) {
  const pathFile = path.join(packageFolder, 'path.txt');
  const named = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : '';
  const override = env.ELECTRON_OVERRIDE_DIST_PATH;
  const found = override ? path.join(override, named || 'electron') : named === '' ? null : path.join(packageFolder, 'dist', named);
  return found !== null && existsSync(found) ? found : null;
}

/** Whether asking again makes sense; a failure is remembered for a day so that the next start is quick. */
export function mayAsk(nowMs, version, note) {
  return note === null || note.version !== version || nowMs - note.atMs >= dayMs || note.atMs > nowMs;
}

/** The runtime's path after asking for it where allowed; null when it can't be had. */
export async function obtainElectronRuntime(nowMs = Date.now()) {
  const present = electronRuntime();
  if (present !== null) return present;
  const manifest = inProject('node_modules', 'electron', 'package.json');
  if (!existsSync(manifest)) return null;
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
  if (!mayAsk(nowMs, version, readNote())) return null;
  console.log(`Fetching Electron ${version}, the window Strata runs in (once, about 120 MB, at most ${limitMs / 1000} s). Ctrl+C stops.`);
  const { code, output } = await runNode([inProject('node_modules', 'electron', 'install.js')], { limitMs, stream: Boolean(process.stdout.isTTY) });
  const fetched = code === 0 ? electronRuntime() : null;
  if (fetched === null) remember({ version, atMs: nowMs, why: lastLine(output) });
  else rmSync(failureNote, { force: true });
  return fetched;
}

function readNote() {
  try {
    return JSON.parse(readFileSync(failureNote, 'utf8'));
  } catch {
    return null;
  }
}

function remember(note) {
  mkdirSync(path.dirname(failureNote), { recursive: true });
  writeFileSync(failureNote, `${JSON.stringify(note)}\n`);
}

function lastLine(output) {
  return output.split('\n').find((line) => /error|timeout|refused/i.test(line))?.trim().slice(0, 200) ?? 'it took too long';
}
