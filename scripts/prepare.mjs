/** Before `npm start` and `npm test`: installs what package-lock.json names when that changed, and checks the project's own Node. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { needsInstall } from './install-needed.mjs';
import { inProject, projectNode, root } from './project.mjs';

const lock = inProject('package-lock.json');
const installed = inProject('node_modules', '.package-lock.json');

function mustInstall() {
  if (!existsSync(installed)) return true;
  if (statSync(lock).mtimeMs <= statSync(installed).mtimeMs) return false;
  return needsInstall(packagesOf(lock), packagesOf(installed));
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

function install() {
  console.log('Installing what Strata is built from (npm ci). The first time this takes a minute or two.');
  const windows = process.platform === 'win32';
  const done = spawnSync(windows ? 'npm.cmd' : 'npm', ['ci'], { cwd: root, stdio: 'inherit', shell: windows });
  if (done.status !== 0) fail('npm ci did not end well; its message is above. Strata needs it once, then works without it.');
}

function checkNode() {
  const answer = spawnSync(projectNode, ['--version'], { encoding: 'utf8' });
  const version = answer.status === 0 ? answer.stdout.trim() : '';
  if (version.startsWith('v24.')) return;
  fail(
    version === ''
      ? 'The project’s own Node 24 is not there. It comes with `npm ci`; if npm says that it blocked an install script, allow the one of the package "node" and run `npm ci` again.'
      : `The project’s own Node should be version 24 and is ${version}. Run \`npm ci\` again.`,
  );
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

if (mustInstall()) install();
checkNode();
