/** The one window: made when asked for, destroyed when closed, and never on an origin that is not the service's. */
import type { BrowserWindow } from 'electron';
import type { Needs } from './electron-module.ts';
import { decideNavigation, externalLink, originOf } from './navigation.ts';
import { stoppedPage } from './stopped-page.ts';

export interface WindowParts {
  readonly electron: Needs<'BrowserWindow' | 'nativeTheme' | 'session' | 'shell'>;
  readonly preload: string;
  readonly icon: string;
  readonly platform: NodeJS.Platform;
  readonly restart: () => void;
  readonly saveReport: () => void;
  readonly closed: () => void;
  /** Windows ends the user's session: a window is told, nobody else. */
  readonly sessionEnds: () => void;
}
/** Where the service is: its address, or what it said before it went. */
export type Place = { readonly kind: 'waiting' } | { readonly kind: 'at'; readonly address: string } | { readonly kind: 'gone'; readonly detail: string | null };

export class MainWindow {
  readonly #parts: WindowParts;
  #window: BrowserWindow | null = null;
  #place: Place = { kind: 'waiting' };
  #wanted = false;
  #route = '/';

  constructor(parts: WindowParts) {
    this.#parts = parts;
  }

  get window(): BrowserWindow | null {
    return this.#window;
  }
  get hasFocus(): boolean {
    return this.#window?.isFocused() ?? false;
  }

  /** Shows the window, at a screen if one is named. While the service starts it waits: a splash would only be slower. */
  open(route?: string): void {
    this.#wanted = true;
    if (route !== undefined) this.#route = route;
    if (this.#place.kind === 'waiting') return;
    if (this.#window === null) this.#create();
    else {
      if (route !== undefined) this.#load();
      this.#raise(this.#window);
    }
  }

  /** When the service dies the window leaves its origin at once: whoever takes the port next must not find our page and its bridge. */
  setPlace(place: Place): void {
    const same = place.kind === 'at' && this.#place.kind === 'at' && place.address === this.#place.address;
    // Starting again: what is shown (the stopped page) stays until there is something better.
    if (same || (place.kind === 'waiting' && this.#place.kind === 'gone')) return;
    this.#place = place;
    if (this.#window !== null) this.#load();
    else if (this.#wanted && place.kind !== 'waiting') this.#create();
  }

  #create(): void {
    const { electron, platform, preload, icon } = this.#parts;
    const window = new electron.BrowserWindow({
      name: 'main', windowStatePersistence: true,
      width: 1120, height: 760, minWidth: 720, minHeight: 480, show: false, title: 'Strata', autoHideMenuBar: true,
      backgroundColor: electron.nativeTheme.shouldUseDarkColors ? '#0F1217' : '#F6F7F9',
      ...(platform === 'darwin' ? {} : { icon }),
      webPreferences: { preload, sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false, navigateOnDragDrop: false, spellcheck: false },
    });
    this.#window = window;
    window.once('ready-to-show', () => window.show());
    window.on('closed', () => {
      this.#window = null;
      this.#wanted = false;
      this.#parts.closed();
    });
    window.on('session-end', () => this.#parts.sessionEnds());
    this.#guard(window);
    this.#load();
  }

  #guard(window: BrowserWindow): void {
    const { electron, restart, saveReport } = this.#parts;
    const contents = window.webContents;
    const judge = (event: { preventDefault(): void; readonly url: string }): void => {
      const decision = decideNavigation(event.url, this.#place.kind === 'at' ? this.#place.address : null);
      if (decision.kind !== 'allow') event.preventDefault();
      if (decision.kind === 'restart') restart();
      if (decision.kind === 'report') saveReport();
    };
    contents.on('will-navigate', judge);
    contents.on('will-redirect', judge);
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      const link = externalLink(url);
      if (link !== null) void electron.shell.openExternal(link);
      return { action: 'deny' };
    });
    // Writing text to the clipboard at a click is all the page needs ("Copy"); nothing else is ever granted.
    contents.session.setPermissionRequestHandler((_contents, permission, answer, details) => answer(this.#grants(permission, details.requestingUrl)));
    contents.session.setPermissionCheckHandler((_contents, permission, origin) => this.#grants(permission, origin));
    let reloaded = false;
    contents.on('render-process-gone', () => {
      // Once: a page that falls over at each load must not spin.
      if (!reloaded) this.#load();
      reloaded = true;
    });
  }

  #grants(permission: string, from: string): boolean {
    return permission === 'clipboard-sanitized-write' && this.#place.kind === 'at' && originOf(from) === this.#place.address;
  }

  #load(): void {
    const window = this.#window;
    if (window === null || this.#place.kind === 'waiting') return;
    const url = this.#place.kind === 'at' ? new URL(this.#route, this.#place.address).href : stoppedPage(this.#place.detail);
    if (this.#place.kind === 'at') this.#route = '/';
    // A load that is overtaken by the next one rejects; the next one is what counts.
    window.loadURL(url).catch(() => {});
  }

  #raise(window: BrowserWindow): void {
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }
}
