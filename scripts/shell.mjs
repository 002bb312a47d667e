/** Builds what Electron runs (main process, service with its workers, preload) into dist/ when the sources are newer. */
import { existsSync, statSync } from 'node:fs';
import { inProject, newestMs, runNode } from './project.mjs';

const built = ['electron/main.mjs', 'service/service.mjs', 'preload/bridge.cjs'].map((name) => inProject('dist', name));

export function shellIsFresh() {
  if (!built.every((file) => existsSync(file))) return false;
  const sources = newestMs(inProject('main'), inProject('shared'), inProject('preload'), inProject('package-lock.json'));
  return built.every((file) => statSync(file).mtimeMs >= sources);
}

export async function buildShell(options = {}) {
  return runNode([inProject('scripts', 'build.mjs'), '--shell-only'], options);
}
