/** The worker side of reading: one file at a time, by the same code as anywhere else, over synchronous calls. */
import { parentPort } from 'node:worker_threads';
import { AppError } from '../base/app-error.ts';
import { lstatOrNull } from './containment.ts';
import type { FileJob, FileReply } from './file-workers.ts';
import { hashFile, readWholeFile } from './reading.ts';
import { absoluteOf, type ReadingContext } from './root-context.ts';
import { syncCalls } from './sync-calls.ts';

async function perform(job: FileJob): Promise<FileReply> {
  const context: ReadingContext = { path: job.path, calls: syncCalls, identity: () => job.identity };
  if (job.kind === 'readWhole') return { kind: 'read', answer: await readWholeFile(context, job.diskPath) };
  if (job.mostBytes !== null && ((await lstatOrNull(context, absoluteOf(job, job.diskPath)))?.sizeBytes ?? 0) > job.mostBytes) return { kind: 'tooLarge' };
  const signal = { get aborted() { return Atomics.load(job.cancelled, 0) === 1; } };
  return { kind: 'hashed', answer: await hashFile(context, job.diskPath, { withEtags: job.withEtags, signal }) };
}

function failure(thrown: unknown): FileReply {
  if (thrown instanceof AppError) return { kind: 'refused', code: thrown.code, context: thrown.context };
  const errno = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : null;
  return { kind: 'failed', errno, text: thrown instanceof Error ? thrown.message : 'unknown' };
}

parentPort?.on('message', (job: FileJob) => {
  void perform(job).catch(failure).then((reply) => {
    const bytes = reply.kind === 'read' && reply.answer.ok ? [reply.answer.value.bytes.buffer] : [];
    parentPort?.postMessage(reply, bytes);
  });
});
