/** Where Strata keeps its own things, per system, and that nobody else may read them. */
import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../base/app-error.ts';

export function defaultDataDir(options: { readonly platform: NodeJS.Platform; readonly env: NodeJS.ProcessEnv; readonly home: string }): string {
  const { platform, env, home } = options;
  if (platform === 'win32') return path.win32.join(env['APPDATA'] || path.win32.join(home, 'AppData', 'Roaming'), 'Strata');
  if (platform === 'darwin') return path.posix.join(home, 'Library', 'Application Support', 'Strata');
  const share = env['XDG_DATA_HOME'];
  // The XDG specification: a relative value is not valid and must be ignored.
  return path.posix.join(share && path.posix.isAbsolute(share) ? share : path.posix.join(home, '.local', 'share'), 'strata');
}

/** Makes it if it is not there; afterwards only this user can look into it. */
export async function prepareDataDir(dataDir: string): Promise<void> {
  try {
    await fs.mkdir(dataDir, { recursive: true, mode: 0o700 });
    if (process.platform !== 'win32') await fs.chmod(dataDir, 0o700);
    await fs.access(dataDir, constants.W_OK);
  } catch (error) {
    throw new AppError('data_dir_unusable', { detail: dataDir }, error);
  }
}

export async function folderExists(folder: string): Promise<boolean> {
  return fs.stat(folder).then((stat) => stat.isDirectory(), () => false);
}
