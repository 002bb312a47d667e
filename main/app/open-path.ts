/** Shows or opens a file with the system's own program; arguments are never read by a shell. */
import { spawn } from 'node:child_process';
import path from 'node:path';

export function openPath(file: string, act: 'reveal' | 'open'): Promise<void> {
  const [command, args] = openerFor(process.platform, file, act);
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  // A computer without a file manager (a server) has nothing to show it with.
  child.on('error', () => undefined);
  child.unref();
  return Promise.resolve();
}

export function openerFor(platform: NodeJS.Platform, file: string, act: 'reveal' | 'open'): readonly [string, readonly string[]] {
  if (platform === 'darwin') return ['open', act === 'reveal' ? ['-R', file] : ['--', file]];
  if (platform === 'win32') return ['explorer.exe', [act === 'reveal' ? `/select,${file}` : file]];
  // There is no common way to mark the file; its folder is what every desktop can show.
  return ['xdg-open', [act === 'reveal' ? path.posix.dirname(file) : file]];
}
