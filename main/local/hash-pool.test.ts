/** Proves that the hash pool serves more files than it has workers. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashPool } from './hash-pool.ts';

test('a worker that hashed one file hashes the next ones too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'strata-hash-'));
  const pool = hashPool();
  try {
    const files = Array.from({ length: 7 }, (_, number) => join(folder, `${number}`));
    for (const file of files) await writeFile(file, file);
    const runs = await Promise.all(files.map((file) => pool.hash(file, false, undefined)));
    expect(new Set(runs.map((run) => run.digest.sha256)).size).toBe(7);
  } finally {
    await pool.close();
    await rm(folder, { recursive: true });
  }
});
