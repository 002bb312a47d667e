/** The window stays on the service's origin, leaves it when the service dies, and opens nothing that was not checked. */
import { describe, expect, it } from 'vitest';
import { makeElectron, type WindowStandIn } from './electron-stand-in.ts';
import { decideNavigation, externalLink } from './navigation.ts';
import { stoppedPage } from './stopped-page.ts';
import { MainWindow } from './window.ts';

const address = 'http://127.0.0.1:8620';

function world() {
  const fake = makeElectron();
  const calls: string[] = [];
  const main = new MainWindow({
    electron: fake.electron, platform: 'linux', preload: '/p/bridge.cjs', icon: '/i.png',
    restart: () => calls.push('restart'), saveReport: () => calls.push('report'), closed: () => calls.push('closed'), sessionEnds: () => calls.push('session ends'),
  });
  const window = (): WindowStandIn => {
    const last = fake.windows.at(-1);
    if (last === undefined) throw new Error('there is no window');
    return last;
  };
  const goes = (url: string): boolean => {
    let stopped = false;
    window().webContents.emit('will-navigate', { url, preventDefault: () => { stopped = true; } });
    return !stopped;
  };
  return { ...fake, main, calls, window, goes };
}

describe('the window', () => {
  it('waits for the service instead of showing an empty one', () => {
    const { main, windows, window } = world();
    main.open();
    expect(windows.length).toBe(0);
    main.setPlace({ kind: 'at', address });
    expect(window().loaded).toEqual([`${address}/`]);
    expect(window().shows).toBe(0);
    window().emit('ready-to-show');
    expect(window().shows).toBe(1);
  });
  it('is sandboxed, isolated, and remembers its place by name', () => {
    const { main, window } = world();
    main.setPlace({ kind: 'at', address });
    main.open();
    expect(window().options).toMatchObject({ name: 'main', windowStatePersistence: true, show: false, webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false, preload: '/p/bridge.cjs' } });
  });
  it('is made anew after it was closed, and not by a service that comes back', () => {
    const { main, windows, window, calls } = world();
    main.setPlace({ kind: 'at', address });
    main.open();
    window().emit('closed');
    main.setPlace({ kind: 'gone', detail: null });
    main.setPlace({ kind: 'at', address: 'http://127.0.0.1:8621' });
    expect([windows.length, calls]).toEqual([1, ['closed']]);
    main.open('/?at=settings');
    expect(window().loaded).toEqual(['http://127.0.0.1:8621/?at=settings']);
  });
  it('leaves the origin at once when the service dies, and finds the next one', () => {
    const { main, window } = world();
    main.open();
    main.setPlace({ kind: 'at', address });
    main.setPlace({ kind: 'gone', detail: 'it fell over' });
    main.setPlace({ kind: 'waiting' });
    main.setPlace({ kind: 'at', address: 'http://127.0.0.1:9000' });
    expect(window().loaded.map((url) => url.slice(0, 22))).toEqual([`${address}/`, 'data:text/html;charset', 'http://127.0.0.1:9000/']);
  });
  it('loads a page that fell over once more, not for ever', () => {
    const { main, window } = world();
    main.open();
    main.setPlace({ kind: 'at', address });
    window().webContents.emit('render-process-gone');
    window().webContents.emit('render-process-gone');
    expect(window().loaded.length).toBe(2);
  });
  it('tells that Windows ends the session', () => {
    const { main, window, calls } = world();
    main.open();
    main.setPlace({ kind: 'at', address });
    window().emit('session-end');
    expect(calls).toEqual(['session ends']);
  });
});

describe('where it may go', () => {
  it('is the very origin of the service', () => {
    const { main, goes } = world();
    main.open();
    main.setPlace({ kind: 'at', address });
    expect([goes(`${address}/?at=settings`), goes('http://127.0.0.1:8621/'), goes('http://localhost:8620/'), goes('http://127.0.0.1:8620@evil.example/'), goes('file:///etc/passwd'), goes('javascript:alert(1)')]).toEqual([true, false, false, false, false, false]);
  });
  it('from the stopped page is nowhere; its two links are asks', () => {
    const { main, goes, calls } = world();
    main.open();
    main.setPlace({ kind: 'gone', detail: null });
    expect([goes('strata-shell://restart'), goes('strata-shell://report'), goes(`${address}/`)]).toEqual([false, false, false]);
    expect(calls).toEqual(['restart', 'report']);
  });
  it('while the service runs does not include those links', () => {
    expect(decideNavigation('strata-shell://restart', address)).toEqual({ kind: 'stay' });
  });
  it('in the browser is https without a name in it', () => {
    const { main, window, log } = world();
    main.open();
    main.setPlace({ kind: 'at', address });
    expect(window().openHandler({ url: 'https://example.org/a' })).toEqual({ action: 'deny' });
    expect(window().openHandler({ url: 'smb://server/share' })).toEqual({ action: 'deny' });
    expect(log).toEqual(['external https://example.org/a']);
    expect([externalLink('http://example.org'), externalLink('https://a:b@example.org'), externalLink('no url'), externalLink(`https://example.org/${'x'.repeat(3000)}`)]).toEqual([null, null, null, null]);
  });
});

describe('what the page may use', () => {
  it('is writing to the clipboard from our origin, nothing else', () => {
    const { main, window } = world();
    main.open();
    main.setPlace({ kind: 'at', address });
    const asked = (permission: string, from: string): unknown => {
      let answer: unknown;
      window().permission.ask(null, permission, (given: unknown) => { answer = given; }, { requestingUrl: from });
      return [answer, window().permission.check(null, permission, from)];
    };
    expect(asked('clipboard-sanitized-write', `${address}/x`)).toEqual([true, true]);
    expect(asked('clipboard-sanitized-write', 'http://127.0.0.1:1/')).toEqual([false, false]);
    expect(asked('geolocation', address)).toEqual([false, false]);
    expect(asked('notifications', address)).toEqual([false, false]);
  });
});

describe('the stopped page', () => {
  it('shows what was said as text, whatever it was', () => {
    const page = decodeURIComponent(stoppedPage('<img src=x onerror=alert(1)> & "more"'));
    expect(page).not.toContain('<img');
    expect(page).toContain('&#60;img');
    expect(page).toContain("default-src 'none'");
  });
});
