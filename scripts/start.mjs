/** `npm start`: the app in Electron where its runtime is, else the same app in the browser; other words go to the command line. */
import { existsSync } from 'node:fs';
import { buildPage, pageIsFresh, pageSourceExists } from './page.mjs';
import { buildShell, shellIsFresh } from './shell.mjs';
import { obtainElectronRuntime } from './electron-runtime.mjs';
import { readWords } from './start-words.mjs';
import { become, inProject, projectNode, strataNode } from './project.mjs';

const becomeStrata = (words) => become(projectNode, [...strataNode.flags, inProject('main', 'cli.ts'), ...words], strataNode.env);

async function start(words) {
  const asked = readWords(words);
  if (!existsSync(projectNode)) {
    console.error('Strata is not installed yet. Run: npm ci');
    process.exit(1);
  }
  if (asked.kind === 'command') return becomeStrata(asked.words);
  if (pageSourceExists() && !pageIsFresh()) await mustSucceed('Building the page …', buildPage);
  if (asked.kind === 'app') {
    const runtime = await obtainElectronRuntime();
    if (runtime !== null) {
      if (!shellIsFresh()) await mustSucceed('Building the desktop shell …', buildShell);
      return become(runtime, [inProject('.'), ...asked.words]);
    }
    console.log('Electron’s runtime is not here, so Strata opens in your browser: the same app, without tray and window of its own.');
  }
  becomeStrata(['start', ...asked.words]);
}

async function mustSucceed(line, step) {
  console.log(line);
  const { code, output } = await step();
  if (code === 0) return;
  console.error(output.trimEnd());
  console.error('That part could not be built; its message is above.');
  process.exit(1);
}

await start(process.argv.slice(2));
