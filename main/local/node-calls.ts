/** The system calls of a root on the real disk, through Node. */
import { constants, type BigIntStats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { localStatOf } from './local-stat.ts';
import type { DiskCalls, DiskHandle } from './disk-calls.ts';
import { createFlags, readFlags } from './open-flags.ts';

export const nodeCalls: DiskCalls = {
  lstat: async (path) => localStatOf(await fs.lstat(path, { bigint: true })),
  readFolder: (path) => fs.readdir(path),
  makeFolder: (path) => fs.mkdir(path),
  removeFolder: (path) => fs.rmdir(path),
  link: (from, to) => fs.link(from, to),
  unlink: (path) => fs.unlink(path),
  rename: (from, to) => fs.rename(from, to),
  open: async (path, how) => handleOf(await fs.open(path, how === 'read' ? readFlags : createFlags, 0o666)),
  syncFolder,
  accessedMs: async (path) => Math.floor((await fs.lstat(path)).atimeMs),
  freeBytes: async (path) => {
    const found = await fs.statfs(path, { bigint: true });
    return Number(found.bavail * found.bsize);
  },
};

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // A folder can't be opened there; NTFS journals names by itself.
  const handle = await fs.open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    await handle.sync();
  } catch (thrown) {
    // Some network and FUSE disks have no fsync for folders; their names are as durable as they get.
    if (!(thrown instanceof Error && 'code' in thrown && ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EBADF', 'EACCES'].includes(String(thrown.code)))) throw thrown;
  } finally {
    await handle.close();
  }
}

function handleOf(handle: fs.FileHandle): DiskHandle {
  const stat = (): Promise<BigIntStats> => handle.stat({ bigint: true });
  return {
    read: async (into, position) => (await handle.read(into, 0, into.byteLength, position)).bytesRead,
    write: async (bytes) => {
      for (let at = 0; at < bytes.byteLength; ) at += (await handle.write(bytes, at)).bytesWritten;
    },
    stat: async () => localStatOf(await stat()),
    setMtime: async (mtimeNs) => {
      const now = await stat();
      // Node takes seconds as a double: right to about a quarter of a microsecond. Base keeps what is read back (rule 27).
      await handle.utimes(Number(now.atimeNs) / 1e9, Number(mtimeNs / 1_000_000_000n) + Number(mtimeNs % 1_000_000_000n) / 1e9);
    },
    setExecutable: async (executable) => {
      const mode = Number((await stat()).mode) & 0o7777;
      // Executable by whoever may read, as `chmod +x` under the usual masks.
      await handle.chmod(executable ? mode | ((mode & 0o444) >> 2) : mode & ~0o111);
    },
    copyPermissions: async (from) => {
      const mode = Number((await fs.lstat(from, { bigint: true })).mode) & 0o666;
      await handle.chmod(mode | 0o600);
    },
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}
