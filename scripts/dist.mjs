/** `npm run dist`: builds everything, then the installers of this system with electron-builder; further words go to it. */
import { inProject, programs, runNode } from './project.mjs';

const steps = [
  [inProject('scripts', 'build.mjs')],
  [programs.electronBuilder, '--publish', 'never', ...process.argv.slice(2)],
];
for (const step of steps) {
  const { code } = await runNode(step, { stream: true });
  if (code !== 0) process.exit(code);
}
