/** The desktop shell's wiring: one service, one window, one tray, and nothing that knows how to sync. */
import path from 'node:path';
import { say } from '../../shared/words/words.ts';
import type { Clock } from '../base/clock.ts';
import { chooseReportFile, confirmQuit, pickFolder } from './dialogs.ts';
import type { ElectronModule } from './electron-module.ts';
import { answerBridge } from './ipc.ts';
import { readOpenAtLogin, writeOpenAtLogin, startedAtLogin, type LoginItemParts, type SmallFiles } from './login-item.ts';
import { setApplicationMenu } from './menu.ts';
import { Notices } from './notifications.ts';
import { watchPower } from './power.ts';
import type { ServiceSession } from './service-channel.ts';
import { makeServiceCall, openWindowSession, type ServiceCall } from './service-client.ts';
import type { ServiceEventsParts } from './service-events.ts';
import { ServiceSupervisor, type ServiceProcess, type ServiceState } from './service-supervisor.ts';
import type { ShellArguments } from './shell-arguments.ts';
import { ShellMemoryFile } from './small-files.ts';
import { followService } from './status-follower.ts';
import { pauseEndMs, type TrayAction, type TrayInput } from './tray-menu.ts';
import { StatusTray } from './tray.ts';
import { MainWindow } from './window.ts';

export interface ShellParts {
  readonly electron: ElectronModule;
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly files: SmallFiles;
  readonly fetch: typeof globalThis.fetch;
  readonly fork: (serviceArgs: readonly string[]) => ServiceProcess;
  readonly listen: (parts: ServiceEventsParts) => () => void;
  readonly words: ShellArguments;
  /** What starts this app again: the executable, and in development the project's folder. */
  readonly command: readonly string[];
  readonly preload: string;
  readonly iconFolder: string;
}

export class Shell {
  readonly #parts: ShellParts;
  readonly #memory: ShellMemoryFile;
  readonly #supervisor: ServiceSupervisor;
  readonly #window: MainWindow;
  readonly #notices: Notices;
  readonly #loginItem: LoginItemParts;
  readonly #tray: StatusTray;
  #shown: TrayInput = { status: null, serviceStopped: false, recent: [] };
  #call: ServiceCall | null = null;
  #windowSession: Promise<ServiceSession> | null = null;
  #unfollow: () => void = () => {};
  #quitting: 'no' | 'asking' | 'stopping' | 'done' = 'no';

  constructor(parts: ShellParts) {
    const { electron, clock, platform, env, files, command } = parts;
    this.#parts = parts;
    this.#memory = new ShellMemoryFile(files, path.join(electron.app.getPath('userData'), 'shell.json'));
    this.#loginItem = { electron, platform, env, command, files };
    this.#supervisor = new ServiceSupervisor({ fork: () => parts.fork(parts.words.serviceArgs), clock, onState: (state) => this.#serviceIs(state) });
    this.#window = new MainWindow({
      electron, platform, preload: parts.preload, icon: path.join(parts.iconFolder, 'icon.png'),
      restart: () => this.#supervisor.restartNow(), saveReport: () => void this.#saveReport(), closed: () => this.#windowClosed(), sessionEnds: () => void this.#supervisor.stop(),
    });
    this.#notices = new Notices({ electron, clock, windowHasFocus: () => this.#window.hasFocus, open: () => this.#window.open('/?at=needsYou') });
    this.#tray = new StatusTray({ electron, platform, iconFolder: parts.iconFolder, act: (action) => void this.#act(action) });
  }

  /** Call once the app is ready. */
  start(): void {
    const { electron, platform, words } = this.#parts;
    setApplicationMenu(electron, platform, { open: () => this.#window.open(), settings: () => this.#window.open('/?at=settings'), quit: () => electron.app.quit() });
    this.#answerPage();
    watchPower({ electron, powerChanged: (event) => void this.#tell('powerChanged', { event }), shutDown: () => void this.#stopAndExit() });
    electron.app.on('second-instance', () => this.#window.open());
    electron.app.on('activate', () => this.#window.open());
    // With a listener the app lives on without a window.
    electron.app.on('window-all-closed', () => {});
    electron.app.on('before-quit', (event) => this.#beforeQuit(event));
    this.#supervisor.start();
    if (!words.hidden && !startedAtLogin(electron, platform)) this.#window.open();
  }

  #serviceIs(state: ServiceState): void {
    this.#unfollow();
    this.#unfollow = () => {};
    this.#call = null;
    this.#windowSession = null;
    if (state.kind === 'running') this.#serviceRuns(state.session);
    else if (state.kind === 'stopped') this.#window.setPlace({ kind: 'gone', detail: state.detail });
    else this.#window.setPlace({ kind: 'waiting' });
    // A start after a stop is no news yet: the tray keeps saying that it stopped until it runs.
    const serviceStopped = state.kind === 'stopped' || (state.kind === 'starting' && this.#shown.serviceStopped);
    this.#show({ status: null, recent: this.#shown.recent, serviceStopped });
  }

  #serviceRuns(session: ServiceSession): void {
    const call = makeServiceCall(session, this.#parts.fetch);
    this.#call = call;
    this.#unfollow = followService({
      session, call, listen: this.#parts.listen,
      onChange: (seen) => this.#show({ ...seen, serviceStopped: false }),
      onNotice: (notice) => (notice.gone ? this.#notices.clear(notice.id) : this.#notices.show(notice)),
      onLost: () => this.#supervisor.ownerGone(),
    });
    this.#window.setPlace({ kind: 'at', address: session.address });
  }

  #show(input: TrayInput): void {
    this.#shown = input;
    this.#tray.show(input);
  }

  #answerPage(): void {
    const { electron, platform } = this.#parts;
    answerBridge(electron, {
      origin: () => this.#supervisor.session?.address ?? null,
      windowId: () => this.#window.window?.webContents.id ?? null,
      session: () => this.#sessionOfWindow(),
      pickFolder: async () => {
        const window = this.#window.window;
        return window === null ? null : pickFolder(electron, window, { last: () => this.#memory.read().lastFolder, remember: (lastFolder) => this.#memory.write({ lastFolder }) });
      },
      readOpenAtLogin: () => readOpenAtLogin(this.#loginItem),
      writeOpenAtLogin: (open) => writeOpenAtLogin(this.#loginItem, open),
      restartService: () => this.#supervisor.restartNow(),
      notify: (notice) => this.#notices.show(notice),
      clearNotice: (id) => this.#notices.clear(id),
      // Windows has no number on its icon and Linux no reliable one; the tray's dot says it there.
      setBadge: (count) => void (platform === 'darwin' && electron.app.setBadgeCount(count)),
    });
  }

  /** One for each run of the service; asked for again when the asking failed. */
  async #sessionOfWindow(): Promise<ServiceSession> {
    const { session } = this.#supervisor;
    if (session === null || this.#call === null) throw new Error('the service is not running');
    this.#windowSession ??= openWindowSession(session, this.#call);
    const asked = this.#windowSession;
    try {
      return await asked;
    } catch (error) {
      if (this.#windowSession === asked) this.#windowSession = null;
      throw error;
    }
  }

  async #act(action: TrayAction): Promise<void> {
    switch (action.kind) {
      case 'open': return this.#window.open();
      case 'needsYou': return this.#window.open('/?at=needsYou');
      case 'settings': return this.#window.open('/?at=settings');
      case 'quit': return this.#parts.electron.app.quit();
      case 'syncNow': return this.#tell('syncNow', {});
      case 'resume': return this.#tell('resume', {});
      case 'pause': return this.#tell('pause', { untilMs: pauseEndMs(action.until, this.#parts.clock.nowMs()) });
      case 'openFile': return this.#tell('reveal', { rootId: action.rootId, key: action.path, act: 'open' });
    }
  }

  /** A click that did not reach the service shows itself: the status does not change. */
  async #tell(...[name, input]: Parameters<ServiceCall>): Promise<void> {
    await this.#call?.(name, input).catch(() => undefined);
  }

  #windowClosed(): void {
    if (this.#quitting !== 'no' || this.#memory.read().toldGoesOn) return;
    this.#memory.write({ toldGoesOn: true });
    this.#notices.show({ id: 'goes-on', title: say('shell.goesOnTitle'), text: say('shell.goesOnText') });
  }

  #beforeQuit(event: { preventDefault(): void }): void {
    if (this.#quitting === 'done') return;
    event.preventDefault();
    if (this.#quitting !== 'no') return;
    const busy = this.#shown.status?.headline.kind === 'syncing';
    if (!busy) return void this.#stopAndExit();
    this.#quitting = 'asking';
    void confirmQuit(this.#parts.electron, this.#parts.platform).then((quit) => {
      this.#quitting = 'no';
      if (quit) void this.#stopAndExit();
    });
  }

  /** The service goes last but one: everything it still does is journalled. */
  async #stopAndExit(): Promise<void> {
    if (this.#quitting === 'stopping' || this.#quitting === 'done') return;
    this.#quitting = 'stopping';
    this.#unfollow();
    this.#window.window?.destroy();
    await this.#supervisor.stop();
    this.#quitting = 'done';
    this.#tray.destroy();
    this.#parts.electron.app.quit();
  }

  async #saveReport(): Promise<void> {
    const file = await chooseReportFile(this.#parts.electron);
    if (file === null) return;
    const { app } = this.#parts.electron;
    const head = `Strata ${app.getVersion()}, Electron ${process.versions['electron'] ?? '?'}, ${this.#parts.platform} ${process.arch}`;
    this.#parts.files.write(file, `${[head, ...this.#supervisor.lastLines].join('\n')}\n`);
  }
}
