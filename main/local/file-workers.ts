/** Workers that read and hash files, started when first needed: one for what is small, two for what takes long; one that dies fails its file and is replaced (F07). */
import { Worker } from 'node:worker_threads';
import type { ErrorCode, ErrorContext } from '../../shared/api/errors.ts';
import { AppError } from '../base/app-error.ts';
import type { DiskAnswer, HashedFile } from '../sync/ports.ts';
import type { WholeFile } from './reading.ts';
import type { RootIdentity } from './root-context.ts';

interface Place {
  /** The root's own path and what it was identified as. */
  readonly path: string;
  readonly identity: RootIdentity;
  readonly diskPath: string;
}
export interface HashJob extends Place {
  readonly kind: 'hash';
  readonly withEtags: boolean;
  /** A larger file is not hashed here; null: any size. */
  readonly mostBytes: number | null;
  /** Becomes 1 when the result is no longer wanted. */
  readonly cancelled: Int32Array;
}
export type FileJob = HashJob | (Place & { readonly kind: 'readWhole' });
export type FileReply =
  | { readonly kind: 'hashed'; readonly answer: DiskAnswer<HashedFile> }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'read'; readonly answer: DiskAnswer<WholeFile> }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly context: ErrorContext }
  | { readonly kind: 'failed'; readonly errno: string | null; readonly text: string };

/** Looks and reads elsewhere than on the calling thread. Rejects as `reading.ts` does: an AppError, or an error with an errno. */
export interface FileWorkers {
  hash(place: Place, request: { readonly withEtags: boolean; readonly signal: AbortSignal | undefined }): Promise<DiskAnswer<HashedFile>>;
  readWhole(place: Place): Promise<DiskAnswer<WholeFile>>;
  close(): Promise<void>;
}
/** A larger one takes long enough that small ones must not wait behind it. */
const smallBytes = 1024 * 1024;

export function fileWorkers(workerFile: URL = new URL('./file-worker.ts', import.meta.url)): FileWorkers {
  const [small, large] = [workerPool(workerFile, 1), workerPool(workerFile, 2)];
  return {
    hash: async (place, { withEtags, signal }) => {
      const job = (mostBytes: number | null): HashJob => ({ kind: 'hash', ...place, withEtags, mostBytes, cancelled: new Int32Array(new SharedArrayBuffer(4)) });
      const first = await small.run(job(smallBytes), signal);
      const reply = first.kind === 'tooLarge' ? await large.run(job(null), signal) : first;
      if (reply.kind !== 'hashed') throw new Error(`a worker answered ${reply.kind}`);
      return reply.answer;
    },
    readWhole: async (place) => {
      const reply = await small.run({ kind: 'readWhole', ...place }, undefined);
      if (reply.kind !== 'read') throw new Error(`a worker answered ${reply.kind}`);
      return reply.answer;
    },
    close: async () => void (await Promise.all([small.close(), large.close()])),
  };
}

type Answered = Exclude<FileReply, { kind: 'refused' | 'failed' }>;
interface Waiting {
  readonly job: FileJob;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (reply: Answered) => void;
  readonly reject: (why: unknown) => void;
}

function workerPool(workerFile: URL, size: number) {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const queue: Waiting[] = [];
  let isClosed = false;

  const startNext = (): void => {
    while (queue.length > 0 && (idle.length > 0 || all.size < size)) {
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
    const cancel = (): void => {
      if (next.job.kind === 'hash') Atomics.store(next.job.cancelled, 0, 1);
    };
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
    const answered = (reply: FileReply): void => {
      release();
      idle.push(worker);
      if (reply.kind === 'refused') next.reject(new AppError(reply.code, reply.context));
      else if (reply.kind === 'failed') next.reject(Object.assign(new Error(reply.text), { code: reply.errno ?? 'EIO' }));
      else next.resolve(reply);
      startNext();
    };
    worker.on('message', answered);
    worker.on('error', died);
    worker.on('exit', died);
    next.signal?.addEventListener('abort', cancel, { once: true });
    worker.postMessage(next.job);
  };
  return {
    run: (job: FileJob, signal: AbortSignal | undefined) =>
      new Promise<Answered>((resolve, reject) => {
        if (isClosed) return reject(new AppError('cancelled'));
        queue.push({ job, signal, resolve, reject });
        startNext();
      }),
    close: async () => {
      isClosed = true;
      for (const waiting of queue.splice(0)) waiting.reject(new AppError('cancelled'));
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}
