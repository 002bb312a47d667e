/** Keeps a member's page in step with the hub: it hears that something changed and asks what; every 30 s where sockets are blocked. */
import type { HubApp } from './hub-app.ts';

const pollMs = 30_000;
const lostPollMs = 3_000;

export interface HubLive { stop(): void }

export async function connectHubLive(hub: HubApp, address: string): Promise<HubLive> {
  const { io } = await import('socket.io-client');
  const socket = io(address, {
    path: '/socket.io', transports: ['websocket', 'polling'],
    // Asked for each time: a session that was renewed has another bearer.
    auth: (give) => {
      const credential = hub.client.credential();
      give(credential?.kind === 'bearer' ? { token: credential.token } : {});
    },
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const poll = async (): Promise<void> => {
    clearTimeout(timer);
    await hub.library.reread();
    const answers = hub.library.getState().problem?.noAnswer !== true;
    hub.state.setState({ answers });
    if (!stopped && !socket.connected) timer = setTimeout(() => void poll(), answers ? pollMs : lostPollMs);
  };
  socket.on('connect', () => {
    clearTimeout(timer);
    hub.state.setState({ answers: true });
    hub.changed();
  });
  socket.on('filesChanged', () => hub.changed());
  socket.on('disconnect', (why) => {
    if (stopped) return;
    void poll();
    // The hub ended it (a session that is over): only a new handshake with what the session is now helps.
    if (why === 'io server disconnect') timer = setTimeout(() => socket.connect(), lostPollMs);
  });
  socket.on('connect_error', () => void poll());
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      socket.disconnect();
    },
  };
}
