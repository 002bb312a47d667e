/** The worker side of hashing: one file at a time, with synchronous reads from a handle that follows no link. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { ContentHash } from './content-hash.ts';
import type { HashJob, HashReply } from './hash-pool.ts';
import { localStatOf } from './local-stat.ts';

const chunk = Buffer.allocUnsafe(1024 * 1024);

function hashOne(job: HashJob): HashReply {
  const file = openSync(job.absolute, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const before = localStatOf(fstatSync(file, { bigint: true }));
    const hash = new ContentHash(job.withEtags);
    // Past its size the file is known to have changed: a log that grows as fast as it is read would never end.
    for (let position = 0; position <= before.sizeBytes; ) {
      if (Atomics.load(job.cancelled, 0) === 1) return { ok: false, errno: 'cancelled', text: 'cancelled' };
      const count = readSync(file, chunk);
      if (count === 0) break;
      hash.update(chunk.subarray(0, count));
      position += count;
    }
    return { ok: true, run: { digest: hash.digest(), before, after: localStatOf(fstatSync(file, { bigint: true })) } };
  } finally {
    closeSync(file);
  }
}

parentPort?.on('message', (job: HashJob) => {
  let reply: HashReply;
  try {
    reply = hashOne(job);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : null;
    reply = { ok: false, errno: code, text: thrown instanceof Error ? thrown.message : 'unknown' };
  }
  parentPort?.postMessage(reply);
});
