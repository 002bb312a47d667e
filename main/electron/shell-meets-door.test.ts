/** The shell's client and listener against a real door: commands arrive, events come back, strangers' answers are refused. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { EventEnvelope } from '../../shared/api/events.ts';
import { openTestDoor, testToken, type DoorUnderTest } from '../testing/door-under-test.ts';
import { makeServiceCall, openWindowSession } from './service-client.ts';
import { listenToService } from './service-events.ts';

let doors: DoorUnderTest[] = [];
afterEach(async () => {
  await Promise.all(doors.map((door) => door.close()));
  doors = [];
});
async function open(): Promise<DoorUnderTest> {
  const door = await openTestDoor();
  doors.push(door);
  return door;
}

describe('a command of the shell', () => {
  it('reaches the service with its blanks filled', async () => {
    const { door, called } = await open();
    const call = makeServiceCall({ address: door.address, token: testToken }, fetch);
    await call('pause', { untilMs: 5 });
    await call('reveal', { rootId: 'a root', key: 'Photos/1 & 2.jpg', act: 'open' });
    expect(called).toEqual([{ name: 'pause', input: { untilMs: 5 } }, { name: 'reveal', input: { rootId: 'a root', key: 'Photos/1 & 2.jpg', act: 'open' } }]);
  });
  it('without the right token is refused', async () => {
    const { door, called } = await open();
    await expect(makeServiceCall({ address: door.address, token: 'wrong-token-wrong-token' }, fetch)('resume', {})).rejects.toThrow('401');
    expect(called).toEqual([]);
  });
  it('does not believe an answer of another shape', async () => {
    const { door } = await open();
    // The test door answers every command with { undo: null }, which is no status.
    await expect(makeServiceCall({ address: door.address, token: testToken }, fetch)('readStatus', {})).rejects.toThrow();
  });
});

describe('an answer that points elsewhere', () => {
  it('is not followed', async () => {
    const paths: (string | undefined)[] = [];
    const stranger = createServer((request, answer) => {
      paths.push(request.url);
      answer.writeHead(307, { location: '/elsewhere' }).end();
    });
    await new Promise<void>((listening) => void stranger.listen(0, '127.0.0.1', listening));
    const { port } = stranger.address() as AddressInfo;
    await expect(makeServiceCall({ address: `http://127.0.0.1:${port}`, token: testToken }, fetch)('resume', {})).rejects.toThrow();
    stranger.close();
    expect(paths).toEqual(['/api/v1/sync/resume']);
  });
});

describe('the window’s bearer', () => {
  it('is another one than the data dir’s, and good for commands', async () => {
    const { door, called } = await open();
    const session = { address: door.address, token: testToken };
    const own = await openWindowSession(session, makeServiceCall(session, fetch));
    expect(own.token).not.toBe(testToken);
    await makeServiceCall(own, fetch)('syncNow', {});
    expect(called.at(-1)?.name).toBe('syncNow');
  });
});

describe('events', () => {
  it('come once connected, and those of a wrong shape do not', async () => {
    const { door, bus } = await open();
    const connected = Promise.withResolvers<void>();
    const heard = Promise.withResolvers<EventEnvelope>();
    const leave = listenToService({ session: { address: door.address, token: testToken }, onConnect: connected.resolve, onDisconnect: () => {}, onEvent: heard.resolve });
    await connected.promise;
    bus.publish('notice', { id: 1 } as never);
    bus.publish('notice', { id: 'n', kind: 'jobDone', title: 'Done', text: '3 files', gone: false });
    expect((await heard.promise).data).toEqual({ id: 'n', kind: 'jobDone', title: 'Done', text: '3 files', gone: false });
    leave();
  });
  it('that stop because the service has gone are told as a loss, our own leaving is not', async () => {
    const first = await open();
    const lost = Promise.withResolvers<void>();
    const connected = Promise.withResolvers<void>();
    const leave = listenToService({ session: { address: first.door.address, token: testToken }, onConnect: connected.resolve, onDisconnect: lost.resolve, onEvent: () => {} });
    await connected.promise;
    doors = [];
    await first.close();
    await lost.promise;
    leave();
    const second = await open();
    let losses = 0;
    const again = Promise.withResolvers<void>();
    const leaveAgain = listenToService({ session: { address: second.door.address, token: testToken }, onConnect: again.resolve, onDisconnect: () => { losses += 1; }, onEvent: () => {} });
    await again.promise;
    leaveAgain();
    expect(losses).toBe(0);
  });
});
