/** The socket is as closed as the rest of the door, and carries every event in order and commands with an answer (rules 44 and 45). */
import http from 'node:http';
import { io, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventEnvelope } from '../../shared/api/events.ts';
import { openTestDoor, testToken, type DoorUnderTest } from '../testing/door-under-test.ts';

let world: DoorUnderTest;
const sockets: Socket[] = [];
beforeEach(async () => { world = await openTestDoor(); });
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.disconnect();
  await world.close();
});

type Transport = 'polling' | 'websocket';
const transports: readonly Transport[] = ['polling', 'websocket'];

function dial(transport: Transport, options: { readonly token?: string; readonly headers?: Record<string, string>; readonly query?: Record<string, string> } = {}): Socket {
  const socket = io(world.door.address, {
    transports: [transport], reconnection: false, forceNew: true, auth: options.token === undefined ? {} : { token: options.token },
    ...(options.headers === undefined ? {} : { extraHeaders: options.headers }), ...(options.query === undefined ? {} : { query: options.query }),
  });
  sockets.push(socket);
  return socket;
}
/** 'ready', or why not. */
function outcome(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('ready', () => resolve('ready'));
    socket.once('connect_error', (error) => resolve(error.message));
  });
}

describe.each(transports)('by %s', (transport) => {
  it('the owner comes in', async () => {
    expect(await outcome(dial(transport, { token: testToken }))).toBe('ready');
    expect(await outcome(dial(transport, { token: testToken, headers: { origin: world.door.address } }))).toBe('ready');
  });
  it('nobody comes in without the token, with a wrong one, or with one in the query', async () => {
    expect(await outcome(dial(transport))).toBe('unauthorized');
    expect(await outcome(dial(transport, { token: `${testToken}x` }))).toBe('unauthorized');
    expect(await outcome(dial(transport, { query: { token: testToken } }))).toBe('unauthorized');
    expect(await outcome(dial(transport, { headers: { authorization: `Bearer ${testToken}` } }))).toBe('unauthorized');
  });
  it.each(['http://evil.example', 'null', 'http://localhost:PORT', 'https://127.0.0.1:PORT'])('a page of %s is refused even with the token', async (origin) => {
    const told = await outcome(dial(transport, { token: testToken, headers: { origin: origin.replace('PORT', String(world.door.port)) } }));
    expect(told).not.toBe('ready');
    expect(told).not.toBe('unauthorized');
  });
});

describe('the handshake itself', () => {
  const handshake = (headers: Record<string, string>): Promise<number> => new Promise((resolve) => {
    const request = http.request({ host: '127.0.0.1', port: world.door.port, path: '/socket.io/?EIO=4&transport=websocket', setHost: false, headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', ...headers } });
    request.on('response', (answer) => { answer.resume(); resolve(answer.statusCode ?? 0); });
    request.on('upgrade', (_, socket) => { socket.destroy(); resolve(101); });
    request.on('error', () => resolve(-1));
    request.end();
  });
  it('upgrades for our own name and for no other', async () => {
    const own = `127.0.0.1:${world.door.port}`;
    expect(await handshake({ host: own })).toBe(101);
    expect(await handshake({ host: own, origin: 'http://evil.example' })).not.toBe(101);
    expect(await handshake({ host: own, origin: 'null' })).not.toBe(101);
    expect(await handshake({ host: `evil.example:${world.door.port}` })).not.toBe(101);
    expect(await handshake({ host: `localhost:${world.door.port}` })).not.toBe(101);
  });
});

describe('what goes over it', () => {
  async function connected(): Promise<Socket> {
    const socket = dial('websocket', { token: testToken });
    expect(await outcome(socket)).toBe('ready');
    return socket;
  }
  it('events come numbered and in order, each to everybody', async () => {
    const both = [await connected(), await connected()];
    const seen: EventEnvelope[][] = [[], []];
    both.forEach((socket, at) => socket.on('event', (envelope: EventEnvelope) => seen[at]?.push(envelope)));
    for (let line = 0; line < 20; line += 1) world.bus.publish('activity', { lines: [] });
    await expect.poll(() => seen.map((list) => list.length)).toEqual([20, 20]);
    for (const list of seen) expect(list.map((envelope) => [envelope.epoch, envelope.seq, envelope.name])).toEqual(Array.from({ length: 20 }, (_, at) => [world.bus.epoch, at + 1, 'activity']));
  });
  it('a client learns where it begins', async () => {
    world.bus.publish('activity', { lines: [] });
    const socket = dial('websocket', { token: testToken });
    expect(await new Promise((resolve) => socket.once('ready', resolve))).toEqual({ epoch: world.bus.epoch, seq: 1 });
  });
  it('commands are answered, and refused as over HTTP', async () => {
    const socket = await connected();
    expect(await socket.emitWithAck('call', { name: 'pause', input: {} })).toEqual({ ok: true, data: { undo: null } });
    expect(world.called.at(-1)).toEqual({ name: 'pause', input: { untilMs: null } });
    expect(await socket.emitWithAck('call', { name: 'pauseRoot', input: { rootId: '' } })).toMatchObject({ ok: false, error: { error_code: 'BAD_REQUEST' } });
    for (const name of ['constructor', '__proto__', 'nothing', 5, null]) expect(await socket.emitWithAck('call', { name })).toMatchObject({ ok: false, error: { error_code: 'NOT_FOUND' } });
    expect(await socket.emitWithAck('call', null)).toMatchObject({ ok: false });
  });
  it('shown ranks are passed on when they fit, and forgotten with the client', async () => {
    const socket = await connected();
    socket.emit('watchView', { viewId: 'v', from: 'x', to: 1 });
    socket.emit('watchView', { viewId: 'v', from: 0, to: 40 });
    await expect.poll(() => world.watched.length).toBe(1);
    const { clientId } = world.watched[0] ?? {};
    expect(world.watched[0]).toEqual({ clientId, view: { viewId: 'v', from: 0, to: 40 } });
    socket.disconnect();
    await expect.poll(() => world.watched.at(-1)).toEqual({ clientId, view: null });
  });
  it('too large a message ends the connection, not the service', async () => {
    const socket = await connected();
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    socket.emit('call', { name: 'undo', input: { undo: 'x'.repeat(300_000) } });
    await gone;
    expect((await world.ask('GET', '/api/v1/status')).status).toBe(200);
  });
  it('the door closes with clients inside', async () => {
    const socket = await connected();
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    const other = await openTestDoor();
    await world.close();
    await gone;
    world = other;
  });
});
