/** For tests: a module object with Electron's shape whose windows, trays and dialogs only write down what was asked of them. */
import { EventEmitter } from 'node:events';
import type { Clock } from '../base/clock.ts';
import type { ElectronModule } from './electron-module.ts';
import type { SmallFiles } from './login-item.ts';
import type { ServiceProcess } from './service-supervisor.ts';

type Handler = (...args: unknown[]) => unknown;

export class WindowStandIn extends EventEmitter {
  readonly options: Readonly<Record<string, unknown>>;
  readonly loaded: string[] = [];
  shows = 0;
  destroyed = false;
  focused = false;
  openHandler: Handler = () => undefined;
  permission: { ask: Handler; check: Handler } = { ask: () => undefined, check: () => undefined };
  readonly webContents: EventEmitter & { readonly id: number };
  constructor(options: Record<string, unknown>, id: number) {
    super();
    this.options = options;
    this.webContents = Object.assign(new EventEmitter(), {
      id,
      setWindowOpenHandler: (handler: Handler) => { this.openHandler = handler; },
      session: { setPermissionRequestHandler: (ask: Handler) => { this.permission.ask = ask; }, setPermissionCheckHandler: (check: Handler) => { this.permission.check = check; } },
    });
  }
  async loadURL(url: string): Promise<void> { this.loaded.push(url); }
  show(): void { this.shows += 1; }
  focus(): void { this.focused = true; }
  isFocused(): boolean { return this.focused; }
  isMinimized(): boolean { return false; }
  restore(): void {}
  destroy(): void {
    this.destroyed = true;
    this.emit('closed');
  }
}

export class TrayStandIn extends EventEmitter {
  icon: unknown;
  toolTip = '';
  menu: readonly MenuEntry[] = [];
  menusSet = 0;
  constructor(icon: unknown) {
    super();
    this.icon = icon;
  }
  setImage(icon: unknown): void { this.icon = icon; }
  setToolTip(text: string): void { this.toolTip = text; }
  setContextMenu(menu: readonly MenuEntry[]): void {
    this.menu = menu;
    this.menusSet += 1;
  }
  destroy(): void {}
}
export interface MenuEntry { readonly label?: string; readonly type?: string; readonly enabled?: boolean; readonly click?: () => void; readonly submenu?: readonly MenuEntry[] }

export class NotificationStandIn extends EventEmitter {
  static isSupported(): boolean { return true; }
  readonly options: { readonly title: string; readonly body: string };
  shown = false;
  closed = false;
  constructor(options: { title: string; body: string }) {
    super();
    this.options = options;
  }
  show(): void { this.shown = true; }
  close(): void { this.closed = true; }
}

export function makeElectron(answers: { readonly messageBox?: number; readonly folder?: string | null } = {}) {
  const windows: WindowStandIn[] = [];
  const trays: TrayStandIn[] = [];
  const notifications: NotificationStandIn[] = [];
  const log: string[] = [];
  const handles = new Map<string, Handler>();
  const dialogs: Record<string, unknown>[] = [];
  const loginItem: Record<string, unknown>[] = [];
  const app = Object.assign(new EventEmitter(), {
    getPath: () => '/shell', getVersion: () => '0.1.0', setBadgeCount: (count: number) => log.push(`badge ${count}`),
    setLoginItemSettings: (settings: Record<string, unknown>) => loginItem.push(settings),
    getLoginItemSettings: () => ({ openAtLogin: loginItem.at(-1)?.openAtLogin === true, executableWillLaunchAtLogin: true, wasOpenedAtLogin: false }),
    quit: (): void => {
      let prevented = false;
      app.emit('before-quit', { preventDefault: () => { prevented = true; } });
      log.push(prevented ? 'quit asked' : 'quit');
    },
  });
  const ipcMain = Object.assign(new EventEmitter(), { handle: (channel: string, handler: Handler) => handles.set(channel, handler) });
  const parts = {
    app, ipcMain,
    BrowserWindow: class extends WindowStandIn { constructor(options: Record<string, unknown>) { super(options, windows.length + 1); windows.push(this); } },
    Tray: class extends TrayStandIn { constructor(icon: unknown) { super(icon); trays.push(this); } },
    Notification: class extends NotificationStandIn { constructor(options: { title: string; body: string }) { super(options); notifications.push(this); } },
    Menu: { buildFromTemplate: (template: unknown) => template, setApplicationMenu: (menu: unknown) => log.push(menu === null ? 'no menu' : 'menu') },
    nativeImage: { createFromPath: (file: string) => file },
    nativeTheme: Object.assign(new EventEmitter(), { shouldUseDarkColors: false, shouldUseDarkColorsForSystemIntegratedUI: true }),
    powerMonitor: new EventEmitter(),
    shell: { openExternal: async (url: string) => { log.push(`external ${url}`); } },
    dialog: {
      showOpenDialog: async (_window: unknown, options: Record<string, unknown>) => {
        dialogs.push(options);
        return { canceled: answers.folder === null, filePaths: answers.folder === null ? [] : [answers.folder ?? '/chosen'] };
      },
      showMessageBox: async (options: Record<string, unknown>) => {
        dialogs.push(options);
        return { response: answers.messageBox ?? 0 };
      },
      showSaveDialog: async () => ({ canceled: false, filePath: '/report.txt' }),
    },
  };
  return { electron: parts as unknown as ElectronModule, log, windows, trays, notifications, handles, dialogs, loginItem, app, ipcMain, powerMonitor: parts.powerMonitor };
}

/** A clock that stands still until it is turned on. */
export class HandClock implements Clock {
  #nowMs: number;
  #timers: { readonly atMs: number; readonly call: () => void }[] = [];
  constructor(nowMs = 1_000_000) { this.#nowMs = nowMs; }
  nowMs(): number { return this.#nowMs; }
  monotonicMs(): number { return this.#nowMs; }
  sleep(delayMs: number): Promise<void> { return new Promise((done) => void this.after(delayMs, done)); }
  after(delayMs: number, call: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, call };
    this.#timers.push(timer);
    return () => { this.#timers = this.#timers.filter((each) => each !== timer); };
  }
  turnOn(byMs: number): void {
    const endMs = this.#nowMs + byMs;
    for (;;) {
      const next = this.#timers.filter((each) => each.atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#nowMs = next.atMs;
      next.call();
    }
    this.#nowMs = endMs;
  }
}

/** A service process whose life the test holds in its hand. */
export class ServiceStandIn implements ServiceProcess {
  readonly told: string[] = [];
  killed = false;
  say: (message: unknown) => void = () => {};
  print: (text: string) => void = () => {};
  end: (code: number) => void = () => {};
  postMessage(message: { readonly type: string }): void { this.told.push(message.type); }
  kill(): boolean {
    this.killed = true;
    this.end(137);
    return true;
  }
  onMessage(listener: (message: unknown) => void): void { this.say = listener; }
  onOutput(listener: (text: string) => void): void { this.print = listener; }
  onExit(listener: (code: number) => void): void { this.end = listener; }
}

export function filesInMemory(content: Record<string, string> = {}): SmallFiles & { readonly content: Record<string, string> } {
  return {
    content,
    read: (file) => content[file] ?? null,
    write: (file, text) => { content[file] = text; },
    remove: (file) => { delete content[file]; },
  };
}
