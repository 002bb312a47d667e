/** The shell as a whole, with stand-ins for Electron and the service: starting, losing the service, tray commands, leaving. */
import { describe, expect, it } from 'vitest';
import type { ActivityLine, Status } from '../../shared/api/contract.ts';
import { bridgeAsks } from '../../shared/model/bridge-channels.ts';
import { filesInMemory, HandClock, makeElectron, ServiceStandIn } from './electron-stand-in.ts';
import type { ServiceEventsParts } from './service-events.ts';
import { Shell } from './shell.ts';
import { recentFiles } from './status-follower.ts';

const address = 'http://127.0.0.1:8620';
const ready = { type: 'ready', address, token: 'the-data-dirs-token', owner: true };
const status = (kind: Status['headline']['kind']): Status => ({ headline: { kind, text: `now ${kind}`, suffix: null }, needsYou: 0, progress: null, roots: [], nextTryAtMs: null, device: 'Desk' });
const settled = async (): Promise<void> => { for (let turn = 0; turn < 20; turn += 1) await Promise.resolve(); };

function world({ hidden = false, messageBox = 0, kind = 'upToDate' as Status['headline']['kind'] } = {}) {
  const fake = makeElectron({ messageBox });
  const clock = new HandClock();
  const services: ServiceStandIn[] = [];
  const asked: string[] = [];
  const listeners: ServiceEventsParts[] = [];
  const answers: Record<string, unknown> = { '/status': status(kind), '/activity/lines': { lines: [], next_cursor: null }, '/session/code': { code: 'a-code-for-one-window' }, '/session/exchange': { token: 'the-windows-own-token' } };
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const path = new URL(url).pathname.replace('/api/v1', '');
    asked.push(`${init.method} ${path} ${init.body ?? ''}`.trim());
    return Response.json(answers[path] ?? { undo: null });
  };
  const files = filesInMemory();
  const shell = new Shell({
    electron: fake.electron, platform: 'linux', env: {}, clock, files, fetch: fetch as typeof globalThis.fetch, words: { hidden, dataDir: null, serviceArgs: [] }, command: ['/strata'], preload: '/p', iconFolder: '/i',
    fork: () => {
      const child = new ServiceStandIn();
      services.push(child);
      return child;
    },
    listen: (parts) => {
      listeners.push(parts);
      return () => {};
    },
  });
  shell.start();
  const frame = { senderFrame: { parent: null, origin: address, url: `${address}/` }, sender: { id: 1 } };
  const tray = () => fake.trays[0];
  return { ...fake, clock, services, asked, listeners, files, frame, tray };
}

describe('starting', () => {
  it('shows the window on the service’s own word, not on a guess', () => {
    const { windows, services } = world();
    expect(windows.length).toBe(0);
    services[0]?.say(ready);
    expect(windows[0]?.loaded).toEqual([`${address}/`]);
  });
  it('hidden opens nothing until it is asked for', () => {
    const { windows, services, app } = world({ hidden: true });
    services[0]?.say(ready);
    expect(windows.length).toBe(0);
    app.emit('second-instance');
    expect(windows.length).toBe(1);
  });
  it('gives the window a bearer of its own, never the data dir’s', async () => {
    const { handles, services, frame } = world();
    services[0]?.say(ready);
    expect(await handles.get(bridgeAsks.session)?.(frame)).toEqual({ address, token: 'the-windows-own-token' });
  });
});

describe('the tray', () => {
  it('shows what the service says, at the connection and after each event', async () => {
    const { services, listeners, tray } = world();
    services[0]?.say(ready);
    listeners[0]?.onConnect();
    await settled();
    expect(tray()?.menu[0]?.label).toBe('now upToDate');
    listeners[0]?.onEvent({ epoch: 'e', seq: 1, name: 'status', data: status('paused') });
    expect([tray()?.menu[0]?.label, tray()?.icon]).toEqual(['now paused', '/i/paused-light.png']);
  });
  it('gives its commands to the service', async () => {
    const { services, listeners, tray, asked, clock } = world();
    services[0]?.say(ready);
    listeners[0]?.onConnect();
    await settled();
    tray()?.menu[5]?.submenu?.[0]?.click?.();
    tray()?.menu[6]?.click?.();
    await settled();
    expect(asked.slice(-2)).toEqual([`POST /sync/pause {"untilMs":${clock.nowMs() + 3_600_000}}`, 'POST /sync/now {}']);
  });
  it('tells sleep to the service', async () => {
    const { services, powerMonitor, asked } = world();
    services[0]?.say(ready);
    powerMonitor.emit('suspend');
    await settled();
    expect(asked.at(-1)).toBe('POST /power {"event":"suspend"}');
  });
});

describe('a service that dies', () => {
  it('takes the window off its origin, turns the tray hollow, and gives the bridge to nobody', async () => {
    const { services, windows, tray, handles, frame, clock } = world();
    services[0]?.say(ready);
    services[0]?.end(1);
    expect(windows[0]?.loaded.at(-1)?.startsWith('data:')).toBe(true);
    expect([tray()?.icon, tray()?.menu[0]?.label]).toEqual(['/i/hollow-light.png', 'Strata has stopped. Your files are safe.']);
    expect(() => handles.get(bridgeAsks.session)?.(frame)).toThrow('not for this page');
    clock.turnOn(500);
    expect(tray()?.icon).toBe('/i/hollow-light.png');
    services[1]?.say({ ...ready, address: 'http://127.0.0.1:8621' });
    expect(windows[0]?.loaded.at(-1)).toBe('http://127.0.0.1:8621/');
    expect(tray()?.icon).toBe('/i/plain-light.png');
  });
  it('can be started and reported from the page that says so', async () => {
    const { services, windows, files } = world();
    services[0]?.print('the last line\n');
    services[0]?.end(1);
    const click = (url: string): void => void windows[0]?.webContents.emit('will-navigate', { url, preventDefault: () => {} });
    click('strata-shell://report');
    await settled();
    expect(files.content['/report.txt']).toContain('the last line');
    click('strata-shell://restart');
    expect(services.length).toBe(2);
  });
});

describe('closing the window', () => {
  it('says once that Strata goes on', () => {
    const { services, windows, notifications, app, clock } = world();
    services[0]?.say(ready);
    windows[0]?.emit('closed');
    clock.turnOn(120_000);
    app.emit('activate');
    windows[1]?.emit('closed');
    expect(notifications.map((each) => each.options.title)).toEqual(['Strata goes on in the background']);
  });
});

describe('quitting', () => {
  it('stops the service first and then the app', async () => {
    const { services, electron, log, windows } = world();
    services[0]?.say(ready);
    electron.app.quit();
    await settled();
    expect([services[0]?.told, log.at(-1), windows[0]?.destroyed]).toEqual([['stop'], 'quit asked', true]);
    services[0]?.end(0);
    await settled();
    expect(log.at(-1)).toBe('quit');
  });
  it('asks while something is moving, and stays when told so', async () => {
    const { services, listeners, electron, dialogs, log } = world({ kind: 'syncing', messageBox: 0 });
    services[0]?.say(ready);
    listeners[0]?.onConnect();
    await settled();
    electron.app.quit();
    await settled();
    expect([dialogs.length, services[0]?.told, log.at(-1)]).toEqual([1, [], 'quit asked']);
  });
});

describe('recent files', () => {
  const line = (id: number, kind: ActivityLine['kind'], path: string): ActivityLine => ({ id, runId: 'r', rootId: 'root', atMs: id, kind, path, otherPath: null, sizeBytes: 1, device: null, note: null });
  it('are the last five that came or went, newest first, each once', () => {
    const before = recentFiles([1, 2, 3, 4, 5].map((id) => line(id, 'upload', `${id}`)), []);
    const after = recentFiles([line(6, 'download', '3'), line(7, 'adopt', 'x'), line(8, 'upload', 'new')], before);
    expect(after.map((file) => file.path)).toEqual(['new', '3', '5', '4', '2']);
  });
});
