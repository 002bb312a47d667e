/** Decides what is spoken: starts, ends, pauses, outages and needs; progress at quarters only, never twice in ten seconds. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Status } from '../../shared/api/contract.ts';
import { say } from '../../shared/words/words.ts';
import type { Connection } from '../api/live.ts';

export interface Spoken { readonly polite: string; readonly alert: string }
export interface Announcer extends StoreApi<Spoken> {
  polite(text: string): void;
  alert(text: string): void;
  watch(status: Status, connection: Connection): void;
}
const quietMs = 10_000;

export function makeAnnouncer(now: () => number): Announcer {
  const store = createStore<Spoken>(() => ({ polite: '', alert: '' }));
  let kind: Status['headline']['kind'] | null = null;
  let needsYou = 0;
  let quarter = 0;
  let spokenProgressAt = -Infinity;
  let lost = false;
  let flip = false;
  // The same words twice in a row are only read again when the text differs: a no-break space makes it differ.
  const marked = (text: string): string => {
    flip = !flip;
    return flip ? text : `${text}\u00A0`;
  };
  const polite = (text: string): void => store.setState({ polite: marked(text) });
  const alert = (text: string): void => store.setState({ alert: marked(text) });

  const speakKind = (next: Status['headline']['kind']): void => {
    if (kind === null || kind === next) return;
    if (next === 'syncing') polite(say('live.started'));
    if (next === 'upToDate' && (kind === 'syncing' || kind === 'checking')) polite(say('live.finished'));
    if (next === 'paused') polite(say('live.paused'));
    if (next === 'offline') polite(say('live.offline'));
  };
  const speakProgress = (percent: number): void => {
    const reached = Math.floor(percent / 25);
    if (percent < quarter * 25) quarter = reached;
    if (reached <= quarter || reached > 3) return;
    quarter = reached;
    if (now() - spokenProgressAt < quietMs) return;
    spokenProgressAt = now();
    polite(say('live.progress', { percent: reached * 25 }));
  };
  return {
    ...store,
    polite,
    alert,
    watch(status, connection) {
      if ((connection === 'lost') !== lost) {
        lost = connection === 'lost';
        if (lost) alert(say('live.serviceStopped'));
        else polite(say('live.serviceBack'));
      }
      speakKind(status.headline.kind);
      if (status.needsYou > needsYou && kind !== null) alert(say('live.needsYou', { count: status.needsYou }));
      if (status.headline.kind === 'syncing' && status.progress !== null) speakProgress(status.progress.percent);
      else quarter = 0;
      kind = status.headline.kind;
      needsYou = status.needsYou;
    },
  };
}
