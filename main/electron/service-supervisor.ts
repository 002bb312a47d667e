/** Keeps the service running: starts it, starts it again with growing pauses when it ends, and stops it last. */
import type { Clock } from '../base/clock.ts';
import { readFromService, type ServiceSession, type ToService } from './service-channel.ts';

/** What Electron's utilityProcess gives, as far as it is used. */
export interface ServiceProcess {
  postMessage(message: ToService): void;
  kill(): boolean;
  onMessage(listener: (message: unknown) => void): void;
  onOutput(listener: (text: string) => void): void;
  onExit(listener: (code: number) => void): void;
}
export type ServiceState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly session: ServiceSession; readonly owner: boolean }
  | { readonly kind: 'stopped'; readonly detail: string | null; readonly nextTryInMs: number | null };

export interface SupervisorParts {
  readonly fork: () => ServiceProcess;
  readonly clock: Clock;
  readonly onState: (state: ServiceState) => void;
}
export const firstPauseMs = 500;
export const longestPauseMs = 30_000;
export const wellAfterMs = 60_000;
export const stopLimitMs = 5_000;
const keptLines = 200;

export class ServiceSupervisor {
  readonly #parts: SupervisorParts;
  #process: ServiceProcess | null = null;
  #state: ServiceState = { kind: 'starting' };
  #pauseMs = firstPauseMs;
  #readyAtMs: number | null = null;
  #failure: string | null = null;
  #cancelTry: () => void = () => {};
  #stopping: { readonly done: Promise<void>; readonly ended: () => void } | null = null;
  #lines: string[] = [];

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
  }

  get state(): ServiceState {
    return this.#state;
  }
  get session(): ServiceSession | null {
    return this.#state.kind === 'running' ? this.#state.session : null;
  }
  /** The service's last words, for the report that can be saved while it is gone. */
  get lastLines(): readonly string[] {
    return this.#lines;
  }

  start(): void {
    this.#cancelTry();
    if (this.#process !== null || this.#stopping !== null) return;
    this.#failure = null;
    this.#readyAtMs = null;
    const child = this.#parts.fork();
    this.#process = child;
    child.onMessage((message) => this.#heard(child, message));
    child.onOutput((text) => {
      this.#lines = [...this.#lines, ...text.split('\n').filter((line) => line !== '')].slice(-keptLines);
    });
    child.onExit((code) => this.#ended(child, code));
    this.#tell({ kind: 'starting' });
  }

  /** At the user's word: at once, without the pause. A running service is left alone. */
  restartNow(): void {
    this.#pauseMs = firstPauseMs;
    this.start();
  }

  /** The owner we were only a client of no longer answers: end the client, so that the next start takes over the data dir. */
  ownerGone(): void {
    if (this.#state.kind === 'running' && !this.#state.owner) this.#process?.kill();
  }

  /** Asks it to end, waits 5 s, then ends it; the journal makes a hard end safe. Resolves when it is gone. */
  stop(): Promise<void> {
    this.#cancelTry();
    if (this.#stopping !== null) return this.#stopping.done;
    const { promise: done, resolve: ended } = Promise.withResolvers<void>();
    this.#stopping = { done, ended };
    const child = this.#process;
    if (child === null) {
      ended();
      return done;
    }
    child.postMessage({ type: 'stop' });
    const cancel = this.#parts.clock.after(stopLimitMs, () => child.kill());
    void done.then(cancel);
    return done;
  }

  #heard(child: ServiceProcess, raw: unknown): void {
    const message = readFromService(raw);
    if (message === null || child !== this.#process) return;
    if (message.type === 'failed') {
      this.#failure = message.text.slice(0, 500);
      return;
    }
    this.#readyAtMs = this.#parts.clock.monotonicMs();
    this.#tell({ kind: 'running', session: { address: message.address, token: message.token }, owner: message.owner });
  }

  #ended(child: ServiceProcess, code: number): void {
    if (child !== this.#process) return;
    this.#process = null;
    if (this.#stopping !== null) {
      this.#tell({ kind: 'stopped', detail: null, nextTryInMs: null });
      this.#stopping.ended();
      return;
    }
    const wasWell = this.#readyAtMs !== null && this.#parts.clock.monotonicMs() - this.#readyAtMs >= wellAfterMs;
    const pauseMs = wasWell ? firstPauseMs : this.#pauseMs;
    this.#pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    this.#cancelTry = this.#parts.clock.after(pauseMs, () => this.start());
    this.#tell({ kind: 'stopped', detail: this.#failure ?? (code === 0 ? null : this.#lines.at(-1)?.slice(0, 300) ?? null), nextTryInMs: pauseMs });
  }

  #tell(state: ServiceState): void {
    this.#state = state;
    this.#parts.onState(state);
  }
}
