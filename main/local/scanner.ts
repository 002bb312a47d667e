/** Runs a walk in a worker thread and hands out its pages, at most a few of them waiting, so that memory stays flat whatever the tree's size. */
import { Worker } from 'node:worker_threads';
import type { ScanEvent } from '../sync/ports.ts';
import { unpackPage, type PackedPage } from './packed-page.ts';
import type { WalkRequest } from './scan-walk.ts';

/** What the worker sends: a page in packed form, any other event as it is, or why it can't go on. */
export type ScanMessage = { readonly type: 'page'; readonly page: PackedPage } | { readonly type: 'event'; readonly event: ScanEvent };
export interface ScanWorkerData {
  readonly request: WalkRequest;
  /** [0]: events taken by the reader, [1]: 1 when nobody wants more. */
  readonly flow: Int32Array;
}
/** The worker sleeps when so many events have not been taken yet. */
export const maxWaiting = 8;

export async function* scanInWorker(request: WalkRequest, signal: AbortSignal | undefined): AsyncGenerator<ScanEvent> {
  const flow = new Int32Array(new SharedArrayBuffer(8));
  const arrived: ScanMessage[] = [];
  let failed: unknown = null;
  let wake: (() => void) | null = null;
  const notify = (): void => {
    wake?.();
    wake = null;
  };
  const worker = new Worker(new URL('./scan-worker.ts', import.meta.url), { workerData: { request, flow } satisfies ScanWorkerData });
  worker.on('message', (message: ScanMessage) => {
    arrived.push(message);
    notify();
  });
  // A walk that dies (of memory, F07) is an incomplete observation, never the end of the app.
  const stop = (why: unknown): void => {
    failed ??= why;
    notify();
  };
  worker.on('error', stop);
  worker.on('exit', () => stop('exit'));
  const abort = (): void => stop('cancelled');
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  try {
    for (;;) {
      const message = failed === 'cancelled' ? undefined : arrived.shift();
      if (message === undefined) {
        if (failed !== null) {
          yield { type: 'end', complete: false, code: failed === 'cancelled' ? 'cancelled' : 'scan_incomplete' };
          return;
        }
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      Atomics.add(flow, 0, 1);
      Atomics.notify(flow, 0);
      const event: ScanEvent = message.type === 'page' ? { type: 'entries', entries: unpackPage(message.page) } : message.event;
      yield event;
      if (event.type === 'end') return;
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    Atomics.store(flow, 1, 1);
    Atomics.notify(flow, 0);
    await worker.terminate();
  }
}
