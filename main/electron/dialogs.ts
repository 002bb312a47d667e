/** The system's dialogs: choosing a folder, leaving while busy, saving a report. */
import type { BrowserWindow } from 'electron';
import { say } from '../../shared/words/words.ts';
import type { Needs } from './electron-module.ts';

/** Since Electron 43 the dialog opens at Downloads each time, so the last folder is remembered here. */
export interface FolderMemory {
  readonly last: () => string | null;
  readonly remember: (folder: string) => void;
}

export async function pickFolder({ dialog }: Needs<'dialog'>, window: BrowserWindow, memory: FolderMemory): Promise<string | null> {
  const last = memory.last();
  const answer = await dialog.showOpenDialog(window, { properties: ['openDirectory', 'createDirectory'], ...(last === null ? {} : { defaultPath: last }) });
  const folder = answer.canceled ? undefined : answer.filePaths[0];
  if (folder === undefined) return null;
  memory.remember(folder);
  return folder;
}

export interface ButtonOrder { readonly buttons: string[]; readonly defaultId: number; readonly cancelId: number }

/** Windows and macOS count the action first (left there, rightmost here); Linux draws from the left with the action last. The safe one is always the default. */
export function buttonOrder(platform: NodeJS.Platform, action: string, safe: string): ButtonOrder {
  const actionFirst = platform === 'win32' || platform === 'darwin';
  const safeAt = actionFirst ? 1 : 0;
  return { buttons: actionFirst ? [action, safe] : [safe, action], defaultId: safeAt, cancelId: safeAt };
}

/** Asked only while something is moving; true means quit. */
export async function confirmQuit({ dialog }: Needs<'dialog'>, platform: NodeJS.Platform): Promise<boolean> {
  const order = buttonOrder(platform, say('quit.quit'), say('quit.keep'));
  const { response } = await dialog.showMessageBox({ type: 'question', message: say('quit.question'), noLink: true, ...order });
  return response !== order.cancelId;
}

/** Where the user wants the report, or null. */
export async function chooseReportFile({ dialog }: Needs<'dialog'>): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog({ defaultPath: say('shell.reportName') });
  return canceled || filePath === '' ? null : filePath;
}
