/** The tray icon itself: one for the app's life, changed only when what it shows changed. */
import type { MenuItemConstructorOptions, Tray } from 'electron';
import path from 'node:path';
import type { Needs } from './electron-module.ts';
import { statusLine, trayMenu, trayShape, type TrayAction, type TrayInput, type TrayItem, type TrayShape } from './tray-menu.ts';

export interface TrayParts {
  readonly electron: Needs<'Tray' | 'Menu' | 'nativeImage' | 'nativeTheme'>;
  readonly platform: NodeJS.Platform;
  readonly iconFolder: string;
  readonly act: (action: TrayAction) => void;
}

export class StatusTray {
  readonly #parts: TrayParts;
  readonly #tray: Tray;
  #shown = { icon: '', menu: '', line: '' };
  #input: TrayInput = { status: null, serviceStopped: false, recent: [] };

  constructor(parts: TrayParts) {
    this.#parts = parts;
    const icon = this.#iconFile(trayShape(this.#input));
    this.#tray = new parts.electron.Tray(parts.electron.nativeImage.createFromPath(icon));
    this.#shown.icon = icon;
    // macOS opens the menu by itself; elsewhere a click means the window.
    if (parts.platform !== 'darwin') this.#tray.on('click', () => parts.act({ kind: 'open' }));
    parts.electron.nativeTheme.on('updated', () => this.show(this.#input));
    this.show(this.#input);
  }

  show(input: TrayInput): void {
    this.#input = input;
    const icon = this.#iconFile(trayShape(input));
    if (icon !== this.#shown.icon) this.#tray.setImage(this.#parts.electron.nativeImage.createFromPath(icon));
    const line = statusLine(input);
    if (line !== this.#shown.line) this.#tray.setToolTip(`Strata · ${line}`.slice(0, 127));
    const items = trayMenu(input);
    const menu = JSON.stringify(items);
    // Linux shows a changed menu only when it is set again; an unchanged one would close under the pointer.
    if (menu !== this.#shown.menu) this.#tray.setContextMenu(this.#parts.electron.Menu.buildFromTemplate(items.map((item) => this.#template(item))));
    this.#shown = { icon, menu, line };
  }

  destroy(): void {
    this.#tray.destroy();
  }

  #template(item: TrayItem): MenuItemConstructorOptions {
    if (item === null) return { type: 'separator' };
    const { label, enabled, action, items } = item;
    if (items !== undefined) return { label, enabled, submenu: items.map((each) => this.#template(each)) };
    return { label, enabled, ...(action === undefined ? {} : { click: () => this.#parts.act(action) }) };
  }

  #iconFile(shape: TrayShape): string {
    const dark = this.#parts.electron.nativeTheme.shouldUseDarkColorsForSystemIntegratedUI;
    return path.join(this.#parts.iconFolder, trayIconName(shape, this.#parts.platform, dark));
  }
}

/** macOS recolours a Template; Windows reads sizes from an ICO; Linux panels are dark nearly everywhere, whatever the theme of windows. */
export function trayIconName(shape: TrayShape, platform: NodeJS.Platform, dark: boolean): string {
  if (platform === 'darwin') return `${shape}Template.png`;
  if (platform === 'win32') return `${shape}-${dark ? 'light' : 'dark'}.ico`;
  return `${shape}-light.png`;
}
