/** Builds the page into dist/renderer when its sources are newer than what was built. */
import { existsSync, statSync } from 'node:fs';
import { inProject, newestMs, programs, runNode } from './project.mjs';

const built = inProject('dist', 'renderer', 'index.html');

export function pageSourceExists() {
  return existsSync(inProject('renderer', 'index.html')) || existsSync(inProject('index.html'));
}

export function pageIsFresh() {
  if (!existsSync(built)) return false;
  const sources = newestMs(inProject('renderer'), inProject('shared'), inProject('index.html'), inProject('vite.config.ts'), inProject('package-lock.json'));
  return statSync(built).mtimeMs >= sources;
}

/** Answers `{ code, output }` of the build. */
export async function buildPage(options = {}) {
  return runNode([programs.vite, 'build', '--logLevel', 'warn'], options);
}
