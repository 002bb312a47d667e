/** Opening at login: the system's own list on Windows and macOS, an autostart entry on Linux, where Electron has none. */
import path from 'node:path';
import type { Needs } from './electron-module.ts';
import { hiddenFlag } from './shell-arguments.ts';

/** Small files the shell writes; kept apart so that tests hand in a map. */
export interface SmallFiles {
  read(file: string): string | null;
  write(file: string, text: string): void;
  remove(file: string): void;
}
export interface LoginItemParts {
  readonly electron: Needs<'app'>;
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** What starts the app: the executable, and in development the project's folder after it. */
  readonly command: readonly string[];
  readonly files: SmallFiles;
}

export function readOpenAtLogin({ electron: { app }, platform, env, files }: LoginItemParts): boolean {
  if (platform === 'linux') return files.read(autostartFile(env))?.includes('\nExec=') ?? false;
  if (platform === 'win32') {
    const { openAtLogin, executableWillLaunchAtLogin } = app.getLoginItemSettings({ args: [hiddenFlag] });
    // Task Manager can switch it off without removing it.
    return openAtLogin && executableWillLaunchAtLogin;
  }
  return app.getLoginItemSettings().openAtLogin;
}

/** Answers what is now true, which on macOS may still wait for the user's approval. */
export function writeOpenAtLogin(parts: LoginItemParts, open: boolean): boolean {
  const { electron: { app }, platform, env, command, files } = parts;
  if (platform !== 'linux') app.setLoginItemSettings(platform === 'win32' ? { openAtLogin: open, args: [hiddenFlag] } : { openAtLogin: open });
  else if (open) files.write(autostartFile(env), autostartEntry(env.APPIMAGE === undefined ? command : [env.APPIMAGE]));
  else files.remove(autostartFile(env));
  return readOpenAtLogin(parts);
}

/** macOS knows no arguments for login items; there the system says that it started us. */
export function startedAtLogin({ app }: Needs<'app'>, platform: NodeJS.Platform): boolean {
  return platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
}

export function autostartFile(env: NodeJS.ProcessEnv): string {
  const config = env.XDG_CONFIG_HOME !== undefined && path.isAbsolute(env.XDG_CONFIG_HOME) ? env.XDG_CONFIG_HOME : path.join(env.HOME ?? '/', '.config');
  return path.join(config, 'autostart', 'strata.desktop');
}

export function autostartEntry(command: readonly string[]): string {
  const exec = [...command, hiddenFlag].map(quoteForExec).join(' ');
  return `[Desktop Entry]\nType=Application\nName=Strata\nExec=${exec}\nIcon=strata\nTerminal=false\nX-GNOME-Autostart-enabled=true\n`;
}

/** The quoting of the Desktop Entry specification: quotes, the four special signs, % doubled, and backslashes once more for the file's own strings. */
function quoteForExec(word: string): string {
  const quoted = /^[\w./:=@+,-]+$/.test(word) ? word : `"${word.replace(/(["`$\\])/g, '\\$1')}"`;
  return quoted.replaceAll('\\', '\\\\').replaceAll('%', '%%');
}
