/** What every part of any page may use, the owner's and the members' alike: messages, spoken words, keyboard, time. */
import { createContext, useContext, useEffect, useRef, type ReactNode } from 'react';
import type { Announcer } from '../components/announcer.ts';
import type { KeyRegistry, Shortcut } from '../keyboard/registry.ts';
import type { NoticeStore } from '../stores/notice-store.ts';

export interface Ui {
  readonly now: () => number;
  readonly mac: boolean;
  readonly notices: NoticeStore;
  readonly announcer: Announcer;
  readonly keys: KeyRegistry;
  /** Takes back what a notice told of. */
  undo(token: string): Promise<void>;
}
const UiContext = createContext<Ui | null>(null);

export function UiProvider({ ui, children }: { readonly ui: Ui; readonly children: ReactNode }) {
  return <UiContext value={ui}>{children}</UiContext>;
}

export function useUi(): Ui {
  const ui = useContext(UiContext);
  if (ui === null) throw new Error('A part of the page is outside UiProvider.');
  return ui;
}

/** Registers shortcuts while the component is there; the newest definition always runs. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const { keys } = useUi();
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  const names = shortcuts.map((shortcut) => `${shortcut.keys}${shortcut.inFields === true ? '!' : ''}`).join(' ');
  useEffect(() => keys.add(latest.current.map((shortcut, at) => ({ ...shortcut, run: () => latest.current[at]?.run() }))), [keys, names]);
}
