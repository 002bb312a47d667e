/** The four kinds of notice: grouped, at most one a minute, taken away when no longer true, never the only channel (ui.md §2.6). */
import type { Settings, Status } from '../../shared/api/contract.ts';
import type { EventOf } from '../../shared/api/events.ts';
import type { Clock } from '../base/clock.ts';
import { say } from '../../shared/words/words.ts';
import type { EventBus } from './event-bus.ts';

type Notice = EventOf<'notice'>;
type Kind = Notice['kind'];
const minuteMs = 60_000;
const unreachableAfterMs = 15 * minuteMs;
const longJobMs = minuteMs;

export class Notices {
  readonly #bus: EventBus;
  readonly #clock: Clock;
  readonly #settings: () => Settings;
  readonly #leave: () => void;
  readonly #shown = new Map<Kind, number>();
  readonly #waiting = new Map<Kind, Notice>();
  #lastMs = -Infinity;
  #offlineSinceMs: number | null = null;
  #busySinceMs: number | null = null;
  #needed = 0;
  #cancelOffline: (() => void) | null = null;
  #cancelNext: (() => void) | null = null;
  #status: Status | null = null;

  constructor(deps: { readonly bus: EventBus; readonly clock: Clock; readonly settings: () => Settings }) {
    this.#bus = deps.bus;
    this.#clock = deps.clock;
    this.#settings = deps.settings;
    this.#leave = deps.bus.subscribe((envelope) => {
      if (envelope.name === 'status') this.#onStatus(envelope.data as Status);
    });
  }
  close(): void {
    this.#leave();
    this.#cancelOffline?.();
    this.#cancelNext?.();
  }

  /** Files came back from an archive. */
  backFromArchive(files: number, untilMs: number | null): void {
    const day = untilMs === null ? null : new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' }).format(untilMs);
    this.#wish('backFromArchive', say('thaw.noticeTitle'), day === null ? say('thaw.notice', { count: files }) : say('thaw.noticeUntil', { count: files, day }));
  }

  #onStatus(status: Status): void {
    this.#status = status;
    this.#needs(status);
    this.#offline(status);
    this.#job(status);
  }

  #needs(status: Status): void {
    if (status.needsYou > this.#needed) this.#wish('needsYou', say('needsYou.title'), status.headline.suffix ?? status.headline.text);
    if (status.needsYou === 0) this.#gone('needsYou');
    this.#needed = status.needsYou;
  }
  #offline(status: Status): void {
    const offline = status.roots.some((root) => root.kind === 'offline');
    if (!offline) {
      this.#offlineSinceMs = null;
      this.#cancelOffline?.();
      this.#cancelOffline = null;
      this.#gone('unreachable');
      return;
    }
    if (this.#offlineSinceMs !== null) return;
    this.#offlineSinceMs = this.#clock.monotonicMs();
    this.#cancelOffline = this.#clock.after(unreachableAfterMs, () => {
      const root = this.#status?.roots.find((one) => one.kind === 'offline');
      if (root !== undefined) this.#wish('unreachable', root.name, say('headline.offline', { place: root.place }));
    });
  }
  /** Whether the window is hidden only the shell knows; it keeps this one back while it shows. */
  #job(status: Status): void {
    const busy = status.headline.kind === 'syncing';
    const nowMs = this.#clock.monotonicMs();
    if (busy) {
      this.#busySinceMs ??= nowMs;
      this.#gone('jobDone');
    } else {
      if (this.#busySinceMs !== null && nowMs - this.#busySinceMs > longJobMs && status.headline.kind === 'upToDate') this.#wish('jobDone', say('app.name'), status.headline.text);
      this.#busySinceMs = null;
    }
  }

  #wish(kind: Kind, title: string, text: string): void {
    if (!this.#wanted(kind)) return;
    this.#waiting.set(kind, { id: kind, kind, title, text, gone: false });
    this.#next();
  }
  #wanted(kind: Kind): boolean {
    const settings = this.#settings();
    return { needsYou: settings.notifyNeedsYou, backFromArchive: settings.notifyBackFromArchive, jobDone: settings.notifyJobDone, unreachable: settings.notifyUnreachable }[kind];
  }
  #next(): void {
    const first = this.#waiting.entries().next();
    if (first.done === true || this.#cancelNext !== null) return;
    const nowMs = this.#clock.monotonicMs();
    const waitMs = this.#lastMs + minuteMs - nowMs;
    if (waitMs > 0) {
      this.#cancelNext = this.#clock.after(waitMs, () => {
        this.#cancelNext = null;
        this.#next();
      });
      return;
    }
    const [kind, notice] = first.value;
    this.#waiting.delete(kind);
    this.#lastMs = nowMs;
    this.#shown.set(kind, nowMs);
    this.#bus.publish('notice', notice);
    this.#next();
  }
  #gone(kind: Kind): void {
    this.#waiting.delete(kind);
    if (!this.#shown.delete(kind)) return;
    this.#bus.publish('notice', { id: kind, kind, title: '', text: '', gone: true });
  }
}
