/** `npm run build`: the page, and the bundles Electron runs; `--shell-only` leaves the page as it is. */
import { mkdirSync, rmSync } from 'node:fs';
import { buildBundles } from './bundles.mjs';
import { buildPage } from './page.mjs';
import { inProject } from './project.mjs';

if (!process.argv.includes('--shell-only')) {
  console.log('Building the page …');
  const { code, output } = await buildPage();
  if (code !== 0) {
    console.error(output.trimEnd());
    process.exit(1);
  }
}
console.log('Building the desktop shell and its service …');
for (const folder of ['electron', 'service', 'preload']) rmSync(inProject('dist', folder), { recursive: true, force: true });
mkdirSync(inProject('dist'), { recursive: true });
try {
  await buildBundles(inProject('.'), inProject('dist'));
} catch (error) {
  // esbuild has already printed what is wrong and where.
  if (!(error instanceof Error && 'errors' in error)) console.error(error);
  process.exit(1);
}
