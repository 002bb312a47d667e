/** The bridge answers the main frame of our window on the service's origin, and nobody else. */
import { describe, expect, it } from 'vitest';
import { bridgeAsks, bridgeTells } from '../../shared/model/bridge-channels.ts';
import { makeElectron } from './electron-stand-in.ts';
import { answerBridge } from './ipc.ts';

const address = 'http://127.0.0.1:8620';
const token = '6f1fd1a5-3f6e-4f8b-9b53-0a4a3c2d1e0f';
const frame = (more: object = {}) => ({ senderFrame: { parent: null, origin: address, url: `${address}/?at=files`, ...more }, sender: { id: 7 } });

function world(origin: string | null = address) {
  const fake = makeElectron();
  const done: unknown[] = [];
  answerBridge(fake.electron, {
    origin: () => origin, windowId: () => 7,
    session: async () => ({ address, token: 'bearer-of-this-window' }),
    pickFolder: async () => '/chosen', readOpenAtLogin: () => true, writeOpenAtLogin: (open) => open,
    restartService: () => done.push('restart'), notify: (notice) => done.push(notice), clearNotice: (id) => done.push(id), setBadge: (count) => done.push(count),
  });
  const ask = async (channel: string, event: object, argument?: unknown): Promise<unknown> => fake.handles.get(channel)?.(event, argument);
  const tell = (channel: string, event: object, ...args: unknown[]): void => void fake.ipcMain.emit(channel, event, ...args);
  return { ask, tell, done };
}

describe('the session', () => {
  it('is given to our page', async () => {
    expect(await world().ask(bridgeAsks.session, frame())).toEqual({ address, token: 'bearer-of-this-window' });
  });
  const strangers: [string, object, string | null][] = [
    ['a frame that has gone', { ...frame(), senderFrame: null }, address],
    ['a frame inside the page', frame({ parent: {} }), address],
    ['another port', frame({ origin: 'http://127.0.0.1:8621', url: 'http://127.0.0.1:8621/' }), address],
    ['another name of this computer', frame({ origin: 'http://localhost:8620', url: 'http://localhost:8620/' }), address],
    ['another window', { ...frame(), sender: { id: 8 } }, address],
    ['our page after the service has gone', frame(), null],
    ['the stopped page', frame({ origin: 'null', url: 'data:text/html,x' }), address],
  ];
  it.each(strangers)('is not given to %s', async (_, event, origin) => {
    await expect(world(origin).ask(bridgeAsks.session, event)).rejects.toThrow('not for this page');
  });
});

describe('a dropped folder', () => {
  it('is known by its token only', async () => {
    const { ask, tell } = world();
    tell(bridgeTells.droppedFolder, frame(), token, '/home/anna/Photos');
    expect(await ask(bridgeAsks.folderOfToken, frame(), token)).toBe('/home/anna/Photos');
    expect(await ask(bridgeAsks.folderOfToken, frame(), 'another')).toBeNull();
  });
  it('is not taken from a stranger, without a real token, or by a relative path', async () => {
    const { ask, tell } = world();
    tell(bridgeTells.droppedFolder, frame({ parent: {} }), token, '/etc');
    tell(bridgeTells.droppedFolder, frame(), token, 'relative');
    tell(bridgeTells.droppedFolder, frame(), 'short', '/etc');
    expect([await ask(bridgeAsks.folderOfToken, frame(), token), await ask(bridgeAsks.folderOfToken, frame(), 'short')]).toEqual([null, null]);
  });
  it('is forgotten after 64 others', async () => {
    const { ask, tell } = world();
    const tokens = Array.from({ length: 65 }, (_, at) => token.slice(0, -2) + String(at + 10));
    for (const each of tokens) tell(bridgeTells.droppedFolder, frame(), each, `/${each}`);
    expect(await ask(bridgeAsks.folderOfToken, frame(), tokens[0])).toBeNull();
    expect(await ask(bridgeAsks.folderOfToken, frame(), tokens[64])).toBe(`/${tokens[64]}`);
  });
});

describe('what the page tells', () => {
  it('is done when it is well formed', () => {
    const { tell, done } = world();
    tell(bridgeTells.setBadge, frame(), 3);
    tell(bridgeTells.setBadge, frame(), -1);
    tell(bridgeTells.notify, frame(), { id: 'a', title: 'b', text: 'c', extra: 1 });
    tell(bridgeTells.notify, frame(), { id: 'a' });
    tell(bridgeTells.clearNotice, frame(), 'a');
    tell(bridgeTells.clearNotice, frame(), 5);
    expect(done).toEqual([3, { id: 'a', title: 'b', text: 'c' }, 'a']);
  });
  it('changes nothing when it is not what was asked for', async () => {
    await expect(world().ask(bridgeAsks.writeOpenAtLogin, frame(), 'yes')).rejects.toThrow();
    expect(await world().ask(bridgeAsks.writeOpenAtLogin, frame(), false)).toBe(false);
  });
});
