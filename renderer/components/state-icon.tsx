/** The icon and word of a state: never one without the other, and colour only where the user must act. */
import { ArrowDown, ArrowRight, ArrowUp, Check, Clock, CloudOff, GitFork, Hand, Minus, Pause, RotateCw, Search, TriangleAlert, type LucideIcon } from 'lucide-react';
import type { Row } from '../../shared/api/contract.ts';
import type { EntryState } from '../../shared/model/states.ts';
import { say } from '../../shared/words/words.ts';
import { formatUntil } from '../format/time.ts';
import styles from './state-icon.module.css';

export const stateIcons: Readonly<Record<EntryState, LucideIcon>> = {
  upToDate: Check, waiting: Clock, checking: Search, uploading: ArrowUp, downloading: ArrowDown, moving: ArrowRight, paused: Pause,
  offline: CloudOff, tryingAgain: RotateCw, skipped: Minus, conflict: GitFork, waitingForYou: Hand, cantSync: TriangleAlert,
};
const tones: Partial<Record<EntryState, string>> = { uploading: 'moving', downloading: 'moving', moving: 'moving', skipped: 'left', conflict: 'act', waitingForYou: 'act', cantSync: 'act' };

export function stateWord(row: Pick<Row, 'state' | 'percent' | 'reason'>, nowMs: number): string {
  const word = say(`state.${row.state}`);
  if (row.percent !== null && (row.state === 'uploading' || row.state === 'downloading' || row.state === 'moving')) return say('state.withPercent', { word, percent: row.percent });
  const nextTryAtMs = row.reason?.nextTryAtMs ?? null;
  if (row.state === 'tryingAgain' && nextTryAtMs !== null) return say('state.tryingAgainIn', { time: formatUntil(nextTryAtMs, nowMs) });
  return word;
}

export function StateLabel({ state, word }: { readonly state: EntryState; readonly word: string }) {
  const Icon = stateIcons[state];
  return (
    <span className={styles[`label-${tones[state] ?? 'quiet'}`]}>
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
      <span className={styles['word']}>{word}</span>
    </span>
  );
}
