/** Two workers that hash large files, started when first needed; one that dies fails its file and is replaced (F07). */
import { Worker } from 'node:worker_threads';
import { AppError } from '../base/app-error.ts';
import type { HashRun, LargeHasher } from './reading.ts';

export interface HashJob {
  readonly absolute: string;
  readonly withEtags: boolean;
  /** Becomes 1 when the result is no longer wanted. */
  readonly cancelled: Int32Array;
}
export type HashReply = { readonly ok: true; readonly run: HashRun } | { readonly ok: false; readonly errno: string | null; readonly text: string };

interface Waiting {
  readonly job: HashJob;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (run: HashRun) => void;
  readonly reject: (why: unknown) => void;
}
const poolSize = 2;

export function hashPool(workerFile: URL = new URL('./hash-worker.ts', import.meta.url)): LargeHasher {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const queue: Waiting[] = [];
  let isClosed = false;

  const startNext = (): void => {
    while (queue.length > 0 && (idle.length > 0 || all.size < poolSize)) {
      const next = queue.shift();
      if (next === undefined) return;
      if (next.signal?.aborted) next.reject(new AppError('cancelled'));
      else run(idle.pop() ?? started(), next);
    }
  };
  const started = (): Worker => {
    const worker = new Worker(workerFile);
    all.add(worker);
    // An idle worker that dies must not be given work.
    worker.once('exit', () => {
      all.delete(worker);
      const at = idle.indexOf(worker);
      if (at >= 0) idle.splice(at, 1);
    });
    worker.unref();
    return worker;
  };
  const run = (worker: Worker, next: Waiting): void => {
    worker.ref();
    const cancel = (): void => void Atomics.store(next.job.cancelled, 0, 1);
    // Only these: removing all listeners of a Worker also silences it for every later job.
    const release = (): void => {
      worker.off('message', answered);
      worker.off('error', died);
      worker.off('exit', died);
      next.signal?.removeEventListener('abort', cancel);
      worker.unref();
    };
    const died = (why: unknown): void => {
      release();
      all.delete(worker);
      next.reject(isClosed ? new AppError('cancelled') : new AppError('disk_error', { detail: 'a worker stopped' }, why));
      startNext();
    };
    const answered = (reply: HashReply): void => {
      release();
      idle.push(worker);
      if (reply.ok) next.resolve(reply.run);
      else next.reject(reply.errno === 'cancelled' ? new AppError('cancelled') : Object.assign(new Error(reply.text), { code: reply.errno ?? 'EIO' }));
      startNext();
    };
    worker.on('message', answered);
    worker.on('error', died);
    worker.on('exit', died);
    next.signal?.addEventListener('abort', cancel, { once: true });
    worker.postMessage(next.job);
  };
  return {
    hash: (absolute, withEtags, signal) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(new AppError('cancelled'));
        queue.push({ job: { absolute, withEtags, cancelled: new Int32Array(new SharedArrayBuffer(4)) }, signal, resolve, reject });
        startNext();
      }),
    close: async () => {
      isClosed = true;
      for (const waiting of queue.splice(0)) waiting.reject(new AppError('cancelled'));
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}
