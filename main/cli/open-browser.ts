/** Opens a page in the user's browser by the system's own opener. */
import { spawn } from 'node:child_process';

export function openInBrowser(url: string): void {
  const [command, args] = openerFor(process.platform, url);
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  // A computer without a browser still runs the service; the address was printed.
  child.on('error', () => undefined);
  child.unref();
}

function openerFor(platform: NodeJS.Platform, url: string): readonly [string, readonly string[]] {
  if (platform === 'darwin') return ['open', [url]];
  // Not `cmd /c start`: it would read `&` in the URL as a command of its own.
  if (platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', url]];
  return ['xdg-open', [url]];
}
