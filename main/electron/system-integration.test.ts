/** Dialogs, menu, opening at login, notices, power and arguments follow each system's own ways (ui.md §3). */
import { describe, expect, it } from 'vitest';
import { buttonOrder, confirmQuit, pickFolder } from './dialogs.ts';
import { filesInMemory, HandClock, makeElectron } from './electron-stand-in.ts';
import { autostartEntry, readOpenAtLogin, writeOpenAtLogin } from './login-item.ts';
import { applicationMenu } from './menu.ts';
import { Notices } from './notifications.ts';
import { watchPower } from './power.ts';
import { readShellArguments } from './shell-arguments.ts';
import { ShellMemoryFile } from './small-files.ts';
import type { BrowserWindow } from 'electron';

const none = () => {};

describe('a dialog', () => {
  it('has the safe button as its default on every system', () => {
    for (const platform of ['win32', 'darwin', 'linux'] as const) {
      const { buttons, defaultId, cancelId } = buttonOrder(platform, 'Quit', 'Keep syncing');
      expect([buttons[defaultId], buttons[cancelId]]).toEqual(['Keep syncing', 'Keep syncing']);
    }
    expect([buttonOrder('win32', 'Quit', 'Keep').buttons, buttonOrder('linux', 'Quit', 'Keep').buttons]).toEqual([['Quit', 'Keep'], ['Keep', 'Quit']]);
  });
  it('quits only by the button that says so', async () => {
    expect(await confirmQuit(makeElectron({ messageBox: 1 }).electron, 'linux')).toBe(true);
    expect(await confirmQuit(makeElectron({ messageBox: 0 }).electron, 'linux')).toBe(false);
    expect(await confirmQuit(makeElectron({ messageBox: 0 }).electron, 'win32')).toBe(true);
  });
  it('for a folder opens where the last one was', async () => {
    const files = filesInMemory();
    const memory = new ShellMemoryFile(files, '/shell/shell.json');
    const store = { last: () => memory.read().lastFolder, remember: (lastFolder: string) => memory.write({ lastFolder }) };
    const { electron, dialogs } = makeElectron({ folder: '/home/anna/Work' });
    const window = {} as BrowserWindow;
    expect(await pickFolder(electron, window, store)).toBe('/home/anna/Work');
    await pickFolder(electron, window, store);
    expect(dialogs.map((options) => options['defaultPath'])).toEqual([undefined, '/home/anna/Work']);
    expect(await pickFolder(makeElectron({ folder: null }).electron, window, store)).toBeNull();
  });
});

describe('the shell’s memory', () => {
  it('is empty when its file is damaged', () => {
    expect(new ShellMemoryFile(filesInMemory({ '/m': '{"lastFolder": 5, "toldGoesOn": true' }), '/m').read()).toEqual({ lastFolder: null, toldGoesOn: false });
    expect(new ShellMemoryFile(filesInMemory({ '/m': '{"lastFolder": 5, "toldGoesOn": true}' }), '/m').read()).toEqual({ lastFolder: null, toldGoesOn: true });
  });
});

describe('the menu', () => {
  it('is whole on macOS and none elsewhere', () => {
    const actions = { open: none, settings: none, quit: none };
    expect([applicationMenu('win32', actions), applicationMenu('linux', actions)]).toEqual([null, null]);
    expect(applicationMenu('darwin', actions)?.map((item) => item.label ?? item.role)).toEqual(['Strata', 'editMenu', 'viewMenu', 'windowMenu']);
  });
});

describe('opening at login', () => {
  const linux = (env: NodeJS.ProcessEnv, command: string[]) => ({ electron: makeElectron().electron, platform: 'linux' as const, env, command, files: filesInMemory() });
  it('is an autostart entry on Linux, and gone when switched off', () => {
    const parts = linux({ HOME: '/home/anna' }, ['/opt/strata/strata']);
    expect(readOpenAtLogin(parts)).toBe(false);
    expect(writeOpenAtLogin(parts, true)).toBe(true);
    expect(parts.files.read('/home/anna/.config/autostart/strata.desktop')).toContain('Exec=/opt/strata/strata --hidden\n');
    expect(writeOpenAtLogin(parts, false)).toBe(false);
  });
  it('names the AppImage, not the folder it is mounted at for now', () => {
    const parts = linux({ HOME: '/h', XDG_CONFIG_HOME: '/conf', APPIMAGE: '/home/anna/My Apps/Strata.AppImage' }, ['/tmp/.mount_x/strata']);
    writeOpenAtLogin(parts, true);
    expect(parts.files.read('/conf/autostart/strata.desktop')).toContain('Exec="/home/anna/My Apps/Strata.AppImage" --hidden\n');
  });
  it('quotes what a desktop entry would read otherwise', () => {
    expect(autostartEntry(['/a b/100%/$x"y'])).toContain('Exec="/a b/100%%/\\\\$x\\\\"y" --hidden\n');
  });
  it('is the system’s list elsewhere, started hidden', () => {
    const { electron, loginItem } = makeElectron();
    expect(writeOpenAtLogin({ electron, platform: 'win32', env: {}, command: [], files: filesInMemory() }, true)).toBe(true);
    expect(loginItem).toEqual([{ openAtLogin: true, args: ['--hidden'] }]);
  });
});

describe('a notice', () => {
  function world(focus = { is: false }) {
    const clock = new HandClock();
    const { electron, notifications } = makeElectron();
    const opened: string[] = [];
    return { clock, notifications, opened, notices: new Notices({ electron, clock, windowHasFocus: () => focus.is, open: (id) => opened.push(id) }) };
  }
  const notice = (id: string) => ({ id, title: `title ${id}`, text: 'text' });
  it('is quiet while the window has focus', () => {
    const { notices, notifications } = world({ is: true });
    notices.show(notice('a'));
    expect(notifications).toEqual([]);
  });
  it('comes at most once a minute; what came meanwhile comes as one', () => {
    const { notices, notifications, clock } = world();
    for (const id of ['a', 'b', 'c']) notices.show(notice(id));
    expect(notifications.map((each) => each.options.title)).toEqual(['title a']);
    clock.turnOn(59_999);
    expect(notifications.length).toBe(1);
    clock.turnOn(1);
    expect(notifications[1]?.options).toMatchObject({ title: '2 notices', body: 'title b · title c' });
    clock.turnOn(600_000);
    expect(notifications.length).toBe(2);
  });
  it('is removed when it is no longer true, shown or still waiting', () => {
    const { notices, notifications, clock } = world();
    notices.show(notice('a'));
    notices.show(notice('b'));
    notices.clear('a');
    notices.clear('b');
    clock.turnOn(60_000);
    expect(notifications.map((each) => each.closed)).toEqual([true]);
  });
  it('opens what it is about', () => {
    const { notices, notifications, opened } = world();
    notices.show(notice('a'));
    notifications[0]?.emit('click');
    expect(opened).toEqual(['a']);
  });
});

describe('sleep and shutdown', () => {
  it('are passed on', () => {
    const { electron, powerMonitor } = makeElectron();
    const heard: string[] = [];
    watchPower({ electron, powerChanged: (event) => heard.push(event), shutDown: () => heard.push('shut down') });
    for (const event of ['suspend', 'resume', 'shutdown']) powerMonitor.emit(event);
    expect(heard).toEqual(['suspend', 'resume', 'shut down']);
  });
});

describe('the words after the app’s name', () => {
  it('give the service its data dir and port, and the shell its hiding', () => {
    expect(readShellArguments(['--hidden', '--data', '/d', '--port=9000', '--inspect=0'])).toEqual({ hidden: true, dataDir: '/d', serviceArgs: ['--data', '/d', '--port', '9000'] });
    expect(readShellArguments(['--data', '--hidden', '--port', 'x;y'])).toEqual({ hidden: true, dataDir: null, serviceArgs: [] });
  });
});
