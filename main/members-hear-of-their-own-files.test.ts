/** A member's open page hears over the socket that their own library changed, whoever changed it, and of nobody else's (F81, rule 44). */
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Changes } from './library/changes.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { openTestHub, type HubUnderTest, type Person } from './testing/hub-under-test.ts';
import { testToken } from './testing/door-under-test.ts';

/** A machine that is busy with other tests takes its time. */
const soon = { timeout: 30_000 };
let world: HubUnderTest;
let ann: Person;
let ben: Person;
const sockets: Socket[] = [];
beforeAll(async () => {
  world = await openTestHub();
  await world.signUp('owner@hub.test');
  [ann, ben] = [await world.signUp('ann@hub.test'), await world.signUp('ben@hub.test')];
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});
afterAll(() => world.close());

async function dial(token: string | undefined): Promise<{ readonly socket: Socket; readonly said: string; readonly heard: string[] }> {
  const socket = io(world.door.door.address, { transports: ['websocket'], reconnection: false, forceNew: true, auth: token === undefined ? {} : { token } });
  sockets.push(socket);
  const heard: string[] = [];
  socket.onAny((name: string) => heard.push(name));
  const said = await new Promise<string>((resolve) => {
    socket.once('ready', () => resolve('ready'));
    socket.once('connect_error', (error) => resolve(error.message));
  });
  return { socket, said, heard };
}

describe('a member’s socket', () => {
  it('opens for a session, and for nothing else', async () => {
    expect((await dial(ann.token)).said).toBe('ready');
    expect((await dial(undefined)).said).toBe('unauthorized');
    expect((await dial(`${ann.token.slice(0, -4)}AAAA`)).said).toBe('unauthorized');
  });
  it('tells of an upload, a deletion and a file of another tool, to its owner alone', async () => {
    const [hers, his] = [await dial(ann.token), await dial(ben.token)];
    const changes = (): number => hers.heard.filter((name) => name === 'filesChanged').length;
    const { id } = (await world.upload(ann, 'a.txt', 'a')).json() as { id: number };
    await expect.poll(changes, soon).toBeGreaterThan(0);
    const uploaded = changes();
    await world.as(ann, 'DELETE', `/api/files/${id}`);
    await expect.poll(changes, soon).toBeGreaterThan(uploaded);
    const before = changes();
    world.bucket.write(`user-${ann.id}/by-another-tool.txt`, 'x');
    world.clock.pass(60_000);
    await world.as(ann, 'GET', '/api/files');
    await expect.poll(changes, soon).toBeGreaterThan(before);
    // Ben's own comes after all of hers: what he heard by then is all that he was told.
    await world.upload(ben, 'b.txt', 'b');
    await expect.poll(() => his.heard, soon).toEqual(['ready', 'filesChanged']);
  });
  it('hears nothing of what is this computer’s, and gives no commands', async () => {
    const { socket, heard } = await dial(ann.token);
    world.door.bus.publish('activity', { lines: [] });
    socket.emit('call', { name: 'pause', input: {} }, () => heard.push('answered'));
    await world.upload(ann, 'after.txt', 'x');
    await expect.poll(() => heard, soon).toContain('filesChanged');
    expect(heard).toEqual(['ready', 'filesChanged']);
    expect(world.door.called).toEqual([]);
  });
  it('of this computer’s owner is none of a member’s', async () => {
    const { said, heard } = await dial(testToken);
    await world.upload(ann, 'not for the owner.txt', 'x');
    world.door.bus.publish('activity', { lines: [] });
    await expect.poll(() => heard, soon).toContain('event');
    expect([said, heard]).toEqual(['ready', ['ready', 'event']]);
  });
  it('ends with its session', async () => {
    const another = await world.logIn('ben@hub.test');
    const { socket } = await dial(another.token);
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    // The held clock's `after` comes at once, so the next look at the session is near.
    await world.as(another, 'POST', '/api/auth/logout', { body: {} });
    expect(await gone).toBe('io server disconnect');
  });
});

describe('looking into the store for those who watch', () => {
  it('goes on while somebody watches, and no longer', async () => {
    const clock = new ManualClock();
    let looks = 0;
    const changes = new Changes({ clock, look: () => Promise.resolve(void (looks += 1)), lookAt: () => Promise.resolve(), watchStore: () => Promise.resolve(false) });
    const heard: number[] = [];
    const [first, second] = [changes.watch(1, () => heard.push(1)), changes.watch(1, () => heard.push(2))];
    const lookOnce = async (): Promise<void> => {
      clock.pass(1_500);
      // It sleeps again: the next look is set.
      await expect.poll(() => clock.pending, soon).toBe(1);
    };
    await lookOnce();
    expect(looks).toBe(1);
    changes.said(1);
    changes.said(2);
    first();
    await lookOnce();
    expect(looks).toBe(2);
    changes.said(1);
    second();
    await expect.poll(() => clock.pending, soon).toBe(0);
    changes.said(1);
    expect([looks, heard]).toEqual([2, [1, 2, 2]]);
  });
});

describe('limits', () => {
  it('one address opens no more sockets a minute than strangers may ask, whoever they say they are (F84)', async () => {
    const limited = await openTestHub({ env: { LIMIT_ANONYMOUS_PER_MINUTE: '5' } });
    const owner = await limited.signUp('owner@hub.test');
    const said: string[] = [];
    for (let turn = 0; turn < 7; turn += 1) {
      const socket = io(limited.door.door.address, { transports: ['websocket'], reconnection: false, forceNew: true, auth: { token: owner.token } });
      sockets.push(socket);
      said.push(await new Promise<string>((resolve) => {
        socket.once('ready', () => resolve('ready'));
        socket.once('connect_error', (error) => resolve(error.message));
      }));
    }
    expect(said).toEqual([...Array.from({ length: 5 }, () => 'ready'), 'websocket error', 'websocket error']);
    await limited.close();
  });
  it('one account holds 32 sockets', async () => {
    const opened = await Promise.all(Array.from({ length: 33 }, () => dialAnd(ben.token)));
    expect(opened.filter((socket) => socket.connected)).toHaveLength(32);
  });
});

/** As dial, and until the hub has said whether it stays open. */
async function dialAnd(token: string): Promise<Socket> {
  const socket = io(world.door.door.address, { transports: ['websocket'], reconnection: false, forceNew: true, auth: { token } });
  sockets.push(socket);
  await new Promise<void>((resolve) => {
    socket.once('ready', () => resolve());
    socket.once('disconnect', () => resolve());
  });
  return socket;
}
