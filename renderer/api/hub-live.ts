/** Keeps a member's page in step with the hub: it hears that something changed and asks what; every 30 s where sockets are blocked. */
import type { Credential } from './hub-session.ts';

const pollMs = 30_000;
const lostPollMs = 3_000;

export interface HubLive { stop(): void }
export interface HubLiveParts {
  readonly address: string;
  readonly credential: () => Credential | null;
  /** Reads what is shown again; false when the hub does not answer. */
  readonly reread: () => Promise<boolean>;
  readonly onAnswers: (answers: boolean) => void;
}

export async function connectHubLive({ address, credential, reread, onAnswers }: HubLiveParts): Promise<HubLive> {
  const { io } = await import('socket.io-client');
  const socket = io(address, {
    path: '/socket.io', transports: ['websocket', 'polling'],
    // Asked for each time: a session that was renewed has another bearer.
    auth: (give) => {
      const now = credential();
      give(now?.kind === 'bearer' ? { token: now.token } : {});
    },
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const poll = async (): Promise<void> => {
    clearTimeout(timer);
    const answers = await reread();
    onAnswers(answers);
    if (!stopped && !socket.connected) timer = setTimeout(() => void poll(), answers ? pollMs : lostPollMs);
  };
  socket.on('connect', () => {
    clearTimeout(timer);
    onAnswers(true);
    void reread();
  });
  socket.on('filesChanged', () => void reread());
  socket.on('disconnect', (why) => {
    if (stopped) return;
    // The hub ended it (a session that is over): the question that follows renews it, and a new handshake shows what it is then.
    if (why === 'io server disconnect') void poll().then(() => (stopped ? undefined : socket.connect()));
    else void poll();
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
