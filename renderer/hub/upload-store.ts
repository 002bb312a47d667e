/** The files on their way into the hub: checked by the library's rules before anything is sent, two at a time, each with its own word. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { brokenRules, ruleSentence, type UploadRules } from '../../shared/upload-rules.ts';
import { say } from '../../shared/words/words.ts';
import { problemOf } from '../api/client.ts';
import type { Sending } from '../api/hub-client.ts';
import { formatBytes } from '../format/bytes.ts';
import type { Picked } from './picked-files.ts';

export type UploadState = 'waiting' | 'sending' | 'stored' | 'refused' | 'taken' | 'failed' | 'stopped';
export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly folder: string;
  readonly bytes: number;
  readonly sentBytes: number;
  readonly state: UploadState;
  /** Why it isn't stored. */
  readonly sentence: string | null;
}
export interface UploadStore extends StoreApi<{ readonly uploads: readonly Upload[] }> {
  add(files: readonly Picked[], folder: string): void;
  /** Under this name, where another is wanted. */
  retry(id: number, name?: string): void;
  retryAll(): void;
  stop(id: number): void;
  /** Takes away what is settled. */
  clear(): void;
}
export interface UploadParts {
  readonly send: (sending: Sending) => Promise<void>;
  readonly rules: () => Promise<UploadRules>;
  /** Null takes any size. */
  readonly mostBytes: number | null;
  /** Files were stored: the list is worth another look. */
  readonly onStored: () => void;
  readonly now: () => number;
}
const atOnce = 2;
/** Four times a second is enough for eyes. */
const paceMs = 250;

export function makeUploadStore({ send, rules, mostBytes, onStored, now }: UploadParts): UploadStore {
  const store = createStore<{ readonly uploads: readonly Upload[] }>(() => ({ uploads: [] }));
  const files = new Map<number, File>();
  const stops = new Map<number, AbortController>();
  let nextId = 1;
  const one = (id: number): Upload | undefined => store.getState().uploads.find((upload) => upload.id === id);
  const change = (id: number, change: Partial<Upload>): void => store.setState(({ uploads }) => ({ uploads: uploads.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)) }));

  const sendOne = async (upload: Upload, file: File): Promise<void> => {
    const stop = new AbortController();
    stops.set(upload.id, stop);
    let toldMs = 0;
    const onProgress = (sentBytes: number): void => {
      if (now() - toldMs < paceMs) return;
      toldMs = now();
      change(upload.id, { sentBytes: Math.min(sentBytes, upload.bytes) });
    };
    try {
      await send({ file, name: upload.name, folder: upload.folder, onProgress, signal: stop.signal });
      change(upload.id, { state: 'stored', sentBytes: upload.bytes, sentence: null });
      files.delete(upload.id);
      onStored();
    } catch (reason) {
      const problem = problemOf(reason);
      const code = problem.code.toUpperCase();
      const state = code === 'CANCELLED' ? 'stopped' : code === 'NAME_TAKEN' ? 'taken' : code === 'UPLOAD_REFUSED' || code === 'FILE_TOO_LARGE' || code === 'BAD_REQUEST' ? 'refused' : 'failed';
      change(upload.id, { state, sentBytes: 0, sentence: problem.noAnswer ? say('hub.upload.noAnswer') : problem.message === '' ? null : problem.message });
    } finally {
      stops.delete(upload.id);
      pump();
    }
  };
  const pump = (): void => {
    while (stops.size < atOnce) {
      const next = store.getState().uploads.find((upload) => upload.state === 'waiting');
      const file = next === undefined ? undefined : files.get(next.id);
      if (next === undefined || file === undefined) return;
      change(next.id, { state: 'sending' });
      void sendOne(next, file);
    }
  };
  const check = (file: File, name: string, known: UploadRules): string | null => {
    if (mostBytes !== null && file.size > mostBytes) return say('hub.upload.tooLarge', { most: formatBytes(mostBytes) });
    const broken = brokenRules(known, { name, sizeBytes: file.size, contentType: null });
    return broken.length === 0 ? null : say('hub.upload.refused', { why: broken.map((each) => ruleSentence(each, known)).join('; ') });
  };
  return {
    ...store,
    add(picked, folder) {
      // Where the rules can't be read the hub still refuses what they refuse.
      void rules().catch(() => ({ leastBytes: null, mostBytes: null, types: [], namePattern: null })).then((known) => {
        const added = picked.map(({ file, folder: below }): Upload => {
          const id = nextId++;
          const sentence = check(file, file.name, known);
          files.set(id, file);
          return { id, name: file.name, folder: [folder, below].filter((part) => part !== '').join('/'), bytes: file.size, sentBytes: 0, state: sentence === null ? 'waiting' : 'refused', sentence };
        });
        store.setState(({ uploads }) => ({ uploads: [...uploads, ...added] }));
        pump();
      });
    },
    retry(id, name) {
      if (!files.has(id) || one(id)?.state === 'sending') return;
      change(id, { state: 'waiting', sentence: null, ...(name === undefined ? {} : { name }) });
      pump();
    },
    retryAll() {
      for (const upload of store.getState().uploads) if (upload.state === 'failed' || upload.state === 'stopped') change(upload.id, { state: 'waiting', sentence: null });
      pump();
    },
    stop(id) {
      stops.get(id)?.abort();
      if (one(id)?.state === 'waiting') change(id, { state: 'stopped' });
    },
    clear() {
      store.setState(({ uploads }) => ({ uploads: uploads.filter((upload) => upload.state === 'waiting' || upload.state === 'sending') }));
      const left = new Set(store.getState().uploads.map(({ id }) => id));
      for (const id of files.keys()) if (!left.has(id)) files.delete(id);
    },
  };
}

export interface UploadSum { readonly open: number; readonly stored: number; readonly failed: number; readonly all: number; readonly percent: number }
/** Each file counts one byte more, so that empty ones move the bar; 99 until all are stored. */
export function sumOf(uploads: readonly Upload[]): UploadSum {
  const wanted = uploads.filter((upload) => ['waiting', 'sending', 'stored'].includes(upload.state));
  const [sent, all] = wanted.reduce(([done, total], upload) => [done + upload.sentBytes + (upload.state === 'stored' ? 1 : 0), total + upload.bytes + 1], [0, 0]);
  const open = wanted.filter((upload) => upload.state !== 'stored').length;
  return { open, stored: wanted.length - open, failed: uploads.length - wanted.length, all: uploads.length, percent: open === 0 ? 100 : Math.min(99, Math.floor((sent / Math.max(1, all)) * 100)) };
}

/** `plan.pdf` → `plan (2).pdf` → `plan (3).pdf`. */
export function otherName(name: string): string {
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  const numbered = / \((\d+)\)$/.exec(stem);
  return numbered === null ? `${stem} (2)${ending}` : `${stem.slice(0, numbered.index)} (${Number(numbered[1]) + 1})${ending}`;
}
