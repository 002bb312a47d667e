/** Where Electron starts: one instance per data dir, then the shell. The only file that imports Electron by value. */
import electron from 'electron';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../base/clock.ts';
import { listenToService } from './service-events.ts';
import { forkService } from './service-process.ts';
import { readShellArguments } from './shell-arguments.ts';
import { Shell } from './shell.ts';
import { diskFiles } from './small-files.ts';

const { app } = electron;
const here = path.dirname(fileURLToPath(import.meta.url));
const words = readShellArguments(process.argv.slice(app.isPackaged ? 1 : 2));

app.setName('Strata');
app.setAppUserModelId('app.strata.desktop');
// Before the lock: two data dirs are two devices and may run side by side.
app.setPath('userData', words.dataDir === null ? path.join(app.getPath('appData'), 'Strata Shell') : path.join(path.resolve(words.dataDir), 'shell'));

if (app.requestSingleInstanceLock()) {
  void app.whenReady().then(() => {
    new Shell({
      electron, platform: process.platform, env: process.env, clock: systemClock, files: diskFiles, fetch: globalThis.fetch, words,
      fork: (args) => forkService(electron, path.join(here, '..', 'service', 'service.mjs'), args, process.env),
      listen: listenToService,
      command: app.isPackaged ? [process.execPath] : [process.execPath, app.getAppPath()],
      preload: path.join(here, '..', 'preload', 'bridge.cjs'),
      iconFolder: path.join(here, 'icons'),
    }).start();
  });
} else {
  app.quit();
}
