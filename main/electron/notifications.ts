/** Notices of the system: quiet while the window has focus, at most one a minute, removed when no longer true. */
import type { Notification } from 'electron';
import { say } from '../../shared/words/words.ts';
import type { Clock } from '../base/clock.ts';
import type { Needs } from './electron-module.ts';

export interface Notice { readonly id: string; readonly title: string; readonly text: string }
export interface NoticesParts {
  readonly electron: Needs<'Notification'>;
  readonly clock: Clock;
  readonly windowHasFocus: () => boolean;
  readonly open: (noticeId: string) => void;
}
export const noticePauseMs = 60_000;

export class Notices {
  readonly #parts: NoticesParts;
  readonly #shown = new Map<string, Notification>();
  #waiting = new Map<string, Notice>();
  #resting = false;

  constructor(parts: NoticesParts) {
    this.#parts = parts;
  }

  show(notice: Notice): void {
    if (this.#parts.windowHasFocus() || !this.#parts.electron.Notification.isSupported()) return;
    this.#waiting.set(notice.id, notice);
    if (!this.#resting) this.#flush();
  }

  /** Nothing that is no longer true stays on the screen. */
  clear(id: string): void {
    this.#waiting.delete(id);
    this.#shown.get(id)?.close();
    this.#shown.delete(id);
  }

  #flush(): void {
    this.#resting = false;
    const waiting = [...this.#waiting.values()];
    this.#waiting = new Map();
    const [first] = waiting;
    if (first === undefined || this.#parts.windowHasFocus()) return;
    this.#present(waiting.length === 1 ? first : { id: 'several', title: say('shell.manyNotices', { count: waiting.length }), text: waiting.map((each) => each.title).join(' · ').slice(0, 200) });
    this.#resting = true;
    this.#parts.clock.after(noticePauseMs, () => this.#flush());
  }

  #present({ id, title, text }: Notice): void {
    this.#shown.get(id)?.close();
    const shown = new this.#parts.electron.Notification({ title, body: text, silent: true });
    this.#shown.set(id, shown);
    const forget = (): void => {
      if (this.#shown.get(id) === shown) this.#shown.delete(id);
    };
    shown.on('click', () => {
      forget();
      this.#parts.open(id);
    });
    shown.on('close', forget);
    // Unsigned builds on macOS: the notice is also in Needs you.
    shown.on('failed', forget);
    shown.show();
  }
}
