/** The service is started again with growing pauses, ends cleanly, and only a proper message makes it "running". */
import { describe, expect, it } from 'vitest';
import { HandClock, ServiceStandIn } from './electron-stand-in.ts';
import { ServiceSupervisor, type ServiceState } from './service-supervisor.ts';

const ready = { type: 'ready', address: 'http://127.0.0.1:8620', token: 'a-token-of-this-run', owner: true };

function world() {
  const clock = new HandClock();
  const started: ServiceStandIn[] = [];
  const states: ServiceState[] = [];
  const fork = (): ServiceStandIn => {
    const child = new ServiceStandIn();
    started.push(child);
    return child;
  };
  const supervisor = new ServiceSupervisor({ fork, clock, onState: (state) => states.push(state) });
  supervisor.start();
  const last = (): ServiceStandIn => started.at(-1) as ServiceStandIn;
  return { clock, started, states, supervisor, last };
}

describe('a service that keeps ending', () => {
  it('is started after 0.5 s, then twice as long each time, 30 s at most', () => {
    const { clock, started, states, last } = world();
    const pauses: (number | null)[] = [];
    for (let times = 0; times < 9; times += 1) {
      last().end(1);
      const state = states.at(-1);
      if (state?.kind !== 'stopped' || state.nextTryInMs === null) throw new Error('it should be stopped');
      pauses.push(state.nextTryInMs);
      clock.turnOn(state.nextTryInMs - 1);
      expect(started.length).toBe(times + 1);
      clock.turnOn(1);
      expect(started.length).toBe(times + 2);
    }
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });
  it('begins with the short pause again once it was well for a minute, not sooner', () => {
    const { clock, states, last } = world();
    const pauseAfter = (wellMs: number): number | null => {
      last().say(ready);
      clock.turnOn(wellMs);
      last().end(1);
      const state = states.at(-1);
      const pause = state?.kind === 'stopped' ? state.nextTryInMs : null;
      clock.turnOn(pause ?? 0);
      return pause;
    };
    expect([pauseAfter(10), pauseAfter(59_999), pauseAfter(60_000), pauseAfter(10)]).toEqual([500, 1000, 500, 1000]);
  });
  it('is started at once at the user’s word, and only once', () => {
    const { clock, started, supervisor, last } = world();
    last().end(1);
    supervisor.restartNow();
    supervisor.restartNow();
    clock.turnOn(60_000);
    expect(started.length).toBe(2);
  });
  it('tells what it said last, and keeps its lines for the report', () => {
    const { states, supervisor, last } = world();
    last().print('one\ntwo\n');
    last().end(1);
    expect(states.at(-1)).toMatchObject({ kind: 'stopped', detail: 'two' });
    supervisor.restartNow();
    last().say({ type: 'failed', text: 'The data folder can’t be used.' });
    last().end(1);
    expect(states.at(-1)).toMatchObject({ kind: 'stopped', detail: 'The data folder can’t be used.' });
    expect(supervisor.lastLines).toEqual(['one', 'two']);
  });
});

describe('what makes it running', () => {
  it('is its own message with an address on 127.0.0.1 and a token', () => {
    const { supervisor, last } = world();
    for (const message of [null, 'ready', { ...ready, address: 'http://localhost:8620' }, { ...ready, address: 'http://127.0.0.1.evil.example:1' }, { ...ready, address: 'http://127.0.0.1:1/x' }, { ...ready, token: '' }]) last().say(message);
    expect(supervisor.session).toBeNull();
    last().say(ready);
    expect(supervisor.session).toEqual({ address: 'http://127.0.0.1:8620', token: 'a-token-of-this-run' });
  });
  it('is never a message of a process that has gone', () => {
    const { supervisor, started, clock, last } = world();
    last().end(1);
    clock.turnOn(500);
    started[0]?.say(ready);
    expect(supervisor.session).toBeNull();
  });
});

describe('an owner in another process', () => {
  it('that is gone ends our client, so that the next start takes over', () => {
    const { supervisor, last, started, clock } = world();
    last().say({ ...ready, owner: false });
    supervisor.ownerGone();
    expect(last().killed).toBe(true);
    clock.turnOn(500);
    expect(started.length).toBe(2);
  });
  it('is not assumed for our own service: a lost socket kills nothing', () => {
    const { supervisor, last } = world();
    last().say(ready);
    supervisor.ownerGone();
    expect(last().killed).toBe(false);
  });
});

describe('stopping', () => {
  it('asks, and is done when the process is gone; nothing starts afterwards', async () => {
    const { supervisor, last, started, clock } = world();
    const done = supervisor.stop();
    expect(last().told).toEqual(['stop']);
    last().end(0);
    await done;
    clock.turnOn(60_000);
    supervisor.start();
    expect([started.length, last().killed]).toEqual([1, false]);
  });
  it('ends it by force after 5 s, not before', async () => {
    const { supervisor, last, clock } = world();
    const done = supervisor.stop();
    clock.turnOn(4_999);
    expect(last().killed).toBe(false);
    clock.turnOn(1);
    expect(last().killed).toBe(true);
    await done;
  });
  it('while it waits for the next try is done at once', async () => {
    const { supervisor, last, started, clock } = world();
    last().end(1);
    await supervisor.stop();
    clock.turnOn(60_000);
    expect(started.length).toBe(1);
  });
});
