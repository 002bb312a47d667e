/** Proves that the workers serve more files than there are of them, large ones too, and say what reading in place says. */
import { mkdtemp, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileWorkers, type FileWorkers } from './file-workers.ts';
import { nodeCalls } from './node-calls.ts';
import { hashFile, readWholeFile } from './reading.ts';

let path = '';
let workers: FileWorkers;
beforeEach(async () => {
  path = await realpath(await mkdtemp(join(tmpdir(), 'strata-workers-')));
  workers = fileWorkers();
});
afterEach(async () => {
  await workers.close();
  await rm(path, { recursive: true });
});
async function placeOf(diskPath: string) {
  const found = await stat(path, { bigint: true });
  return { path, identity: { device: found.dev, inode: found.ino }, diskPath };
}

test('a worker that read one file reads the next ones too', async () => {
  const names = Array.from({ length: 7 }, (_, number) => `${number}`);
  for (const name of names) await writeFile(join(path, name), name);
  const hashed = await Promise.all(names.map(async (name) => workers.hash(await placeOf(name), { withEtags: false, signal: undefined })));
  expect(new Set(hashed.map((answer) => answer.ok && answer.value.sha256)).size).toBe(7);
  const read = await Promise.all(names.map(async (name) => workers.readWhole(await placeOf(name))));
  expect(read.map((answer) => answer.ok && Buffer.from(answer.value.bytes).toString())).toEqual(names);
});

test('what a worker says of a file is what reading in place says', async () => {
  await writeFile(join(path, 'small'), 'small');
  await writeFile(join(path, 'large'), Buffer.alloc(9 * 1024 * 1024, 7));
  await symlink('small', join(path, 'link'));
  for (const name of ['small', 'large', 'link', 'absent', 'small/below']) {
    const place = await placeOf(name);
    const context = { path, calls: nodeCalls, identity: () => place.identity };
    expect(await workers.hash(place, { withEtags: true, signal: undefined }), name).toEqual(await hashFile(context, name, { withEtags: true }));
    expect(await workers.readWhole(place), name).toEqual(await readWholeFile(context, name));
  }
});

test('another folder in the root’s place is refused with its code', async () => {
  await writeFile(join(path, 'small'), 'small');
  const place = { ...(await placeOf('small')), identity: { device: 1n, inode: 1n } };
  await expect(workers.readWhole(place)).rejects.toMatchObject({ code: 'root_changed', context: { root: path } });
  await expect(workers.hash(place, { withEtags: false, signal: undefined })).rejects.toMatchObject({ code: 'root_changed' });
});
