/** The application menu: a full one on macOS, none elsewhere (the window has everything). */
import type { MenuItemConstructorOptions } from 'electron';
import { say } from '../../shared/words/words.ts';
import type { Needs } from './electron-module.ts';

export interface MenuActions {
  readonly open: () => void;
  readonly settings: () => void;
  readonly quit: () => void;
}

/** Null means no menu at all, which also saves time at the start. */
export function applicationMenu(platform: NodeJS.Platform, actions: MenuActions): MenuItemConstructorOptions[] | null {
  if (platform !== 'darwin') return null;
  return [
    {
      label: 'Strata',
      submenu: [
        { role: 'about' }, { type: 'separator' },
        { label: say('tray.settings'), accelerator: 'Cmd+,', click: actions.settings }, { type: 'separator' },
        { role: 'services' }, { type: 'separator' },
        { role: 'hide' }, { role: 'hideOthers' }, { role: 'unhide' }, { type: 'separator' },
        { label: say('tray.quit'), accelerator: 'Cmd+Q', click: actions.quit },
      ],
    },
    { role: 'editMenu' },
    { role: 'viewMenu', submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { type: 'separator' }, { role: 'togglefullscreen' }] },
    { role: 'windowMenu', submenu: [{ role: 'minimize' }, { role: 'close' }, { type: 'separator' }, { label: say('tray.open'), click: actions.open }, { role: 'front' }] },
  ];
}

export function setApplicationMenu({ Menu }: Needs<'Menu'>, platform: NodeJS.Platform, actions: MenuActions): void {
  const template = applicationMenu(platform, actions);
  Menu.setApplicationMenu(template === null ? null : Menu.buildFromTemplate(template));
}
