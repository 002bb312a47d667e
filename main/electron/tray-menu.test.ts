/** The tray shows each state of ui.md §2.3: its line, its shape, and a menu whose items never move. */
import { describe, expect, it } from 'vitest';
import type { Status } from '../../shared/api/contract.ts';
import type { HeadlineKind } from '../../shared/model/states.ts';
import { makeElectron } from './electron-stand-in.ts';
import { pauseEndMs, shortName, statusLine, trayMenu, trayShape, type TrayAction, type TrayInput, type TrayItem } from './tray-menu.ts';
import { StatusTray, trayIconName } from './tray.ts';

const status = (kind: HeadlineKind, needsYou = 0, text = 'Up to date · 14:02', suffix: string | null = null): Status => ({ headline: { kind, text, suffix }, needsYou, progress: null, roots: [], nextTryAtMs: null, device: 'Desk' });
const input = (of: Status | null, more: Partial<TrayInput> = {}): TrayInput => ({ status: of, serviceStopped: false, recent: [], ...more });
const labels = (items: readonly TrayItem[]): (string | null)[] => items.map((item) => item?.label ?? null);

describe('the line', () => {
  it('is the service’s headline with what needs you after a dot', () => {
    expect(statusLine(input(status('upToDate', 1, 'Up to date', '1 conflict, both are kept')))).toBe('Up to date · 1 conflict, both are kept');
  });
  it('says that Strata has stopped, whatever was known before', () => {
    expect(statusLine(input(status('syncing'), { serviceStopped: true }))).toBe('Strata has stopped. Your files are safe.');
  });
});

describe('the shape', () => {
  const shapes: [HeadlineKind, number, string][] = [
    ['firstRun', 0, 'outline'], ['upToDate', 0, 'plain'], ['upToDate', 2, 'dot'], ['checking', 0, 'moving'], ['syncing', 0, 'moving'], ['syncing', 1, 'dot'],
    ['paused', 0, 'paused'], ['paused', 1, 'paused'], ['offline', 0, 'crossed'], ['folderStopped', 0, 'dot'], ['serviceStopped', 0, 'hollow'],
  ];
  it.each(shapes)('of %s with %i waiting is %s', (kind, needsYou, shape) => {
    expect(trayShape(input(status(kind, needsYou)))).toBe(shape);
  });
  it('of a lost service is hollow', () => {
    expect(trayShape(input(status('upToDate'), { serviceStopped: true }))).toBe('hollow');
  });
  it('has a file for every system', () => {
    expect([trayIconName('dot', 'darwin', true), trayIconName('dot', 'win32', true), trayIconName('dot', 'win32', false), trayIconName('dot', 'linux', false)]).toEqual(['dotTemplate.png', 'dot-light.ico', 'dot-dark.ico', 'dot-light.png']);
  });
});

describe('the menu', () => {
  it('has the items of ui.md in their order', () => {
    expect(labels(trayMenu(input(status('upToDate', 3))))).toEqual(['Up to date · 14:02', null, 'Open Strata', 'Needs you (3)', null, 'Pause', 'Sync now', 'Recent files', null, 'Settings', 'Quit Strata']);
  });
  it('keeps every item in its place in every state', () => {
    const usual = trayMenu(input(status('upToDate')));
    const others = [input(status('paused', 2)), input(status('offline')), input(null), input(status('upToDate'), { serviceStopped: true })];
    for (const other of others) {
      const items = trayMenu(other);
      expect(items.length).toBe(usual.length);
      expect(items.map((item) => (item?.action?.kind === 'resume' ? 'pause' : item?.action?.kind ?? (item?.items === undefined ? null : 'more')))
        .map((kind) => (kind === 'pause' ? 'more' : kind))).toEqual(usual.map((item) => item?.action?.kind ?? (item?.items === undefined ? null : 'more')));
    }
  });
  it('offers only opening and quitting at the first run', () => {
    expect(labels(trayMenu(input(status('firstRun', 0, 'Choose a folder to begin'))))).toEqual(['Choose a folder to begin', null, 'Open Strata', null, 'Quit Strata']);
  });
  it('turns Pause into Resume while paused', () => {
    const item = trayMenu(input(status('paused')))[5];
    expect([item?.label, item?.action?.kind, item?.items]).toEqual(['Resume', 'resume', undefined]);
  });
  it('can open and quit while the service is lost, and nothing else', () => {
    const works = trayMenu(input(status('upToDate', 2), { serviceStopped: true })).filter((item) => item?.enabled === true);
    expect(labels(works)).toEqual(['Open Strata', 'Quit Strata']);
  });
  it('lists at most five recent files, each opening its own', () => {
    const recent = Array.from({ length: 7 }, (_, at) => ({ rootId: 'r', path: `Photos/${at}.jpg` }));
    const items = trayMenu(input(status('upToDate'), { recent }))[7]?.items ?? [];
    expect(labels(items)).toEqual(['0.jpg', '1.jpg', '2.jpg', '3.jpg', '4.jpg']);
    expect(items[1]?.action).toEqual({ kind: 'openFile', rootId: 'r', path: 'Photos/1.jpg' });
  });
  it('cuts a long name in the middle and keeps its ending', () => {
    const short = shortName(`a/${'x'.repeat(100)} final & last.docx`);
    expect(short.endsWith('final && last.docx'.slice(-14))).toBe(true);
    expect([...short].length).toBeLessThan(50);
  });
});

describe('a pause', () => {
  it('ends in an hour, tomorrow at eight, or never by itself', () => {
    const now = new Date(2026, 11, 31, 23, 30).getTime();
    expect(pauseEndMs('hour', now)).toBe(now + 3_600_000);
    expect(pauseEndMs('tomorrow', now)).toBe(new Date(2027, 0, 1, 8).getTime());
    expect(pauseEndMs('resumed', now)).toBeNull();
  });
});

describe('the icon in the tray', () => {
  const make = (platform: NodeJS.Platform) => {
    const { electron, trays } = makeElectron();
    const actions: TrayAction[] = [];
    const tray = new StatusTray({ electron, platform, iconFolder: '/icons', act: (action) => actions.push(action) });
    const shown = trays[0];
    if (shown === undefined) throw new Error('no tray was made');
    return { tray, shown, actions };
  };
  it('changes only when what it shows changed', () => {
    const { tray, shown } = make('linux');
    tray.show(input(status('upToDate')));
    const { menusSet } = shown;
    tray.show(input(status('upToDate')));
    expect(shown.menusSet).toBe(menusSet);
    tray.show(input(status('paused', 0, 'Paused')));
    expect([shown.menusSet, shown.icon, shown.toolTip]).toEqual([menusSet + 1, '/icons/paused-light.png', 'Strata · Paused']);
  });
  it('does what its items say', () => {
    const { tray, shown, actions } = make('win32');
    tray.show(input(status('upToDate')));
    shown.menu[5]?.submenu?.[0]?.click?.();
    shown.emit('click');
    expect(actions).toEqual([{ kind: 'pause', until: 'hour' }, { kind: 'open' }]);
  });
  it('leaves the click on macOS to the menu', () => {
    const { shown, actions } = make('darwin');
    shown.emit('click');
    expect(actions).toEqual([]);
  });
});
