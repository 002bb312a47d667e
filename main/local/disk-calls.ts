/** The few system calls that a root is built from, as an interface, so that the very same code runs on a real disk and on the simulated one that crashes between any two of them. */
import type { LocalStat } from '../sync/ports.ts';

export type Platform = 'linux' | 'darwin' | 'win32';

/** Every call rejects with an error that carries an errno name in `code`, as Node's do. No call follows a link in the last component. */
export interface DiskCalls {
  lstat(path: string): Promise<LocalStat>;
  readFolder(path: string): Promise<readonly string[]>;
  makeFolder(path: string): Promise<void>;
  removeFolder(path: string): Promise<void>;
  /** A second name for a file; never replaces. */
  link(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Replaces what is at `to`, as POSIX does: callers make sure that nothing is there. */
  rename(from: string, to: string): Promise<void>;
  /** `create` fails when the name is taken. `read` never blocks on a pipe. */
  open(path: string, how: 'read' | 'create'): Promise<DiskHandle>;
  /** Makes the names in a folder durable, where the system can. */
  syncFolder(path: string): Promise<void>;
  freeBytes(path: string): Promise<number>;
  /** When the system last noted that somebody read the file, ms; null where it keeps no such time. */
  accessedMs(path: string): Promise<number | null>;
}

/** What looking and reading need; a worker makes these calls synchronously. */
export interface ReadingCalls {
  lstat(path: string): Promise<LocalStat>;
  open(path: string, how: 'read'): Promise<ReadingHandle>;
}
export interface ReadingHandle {
  /** Bytes read into the start of `into`; 0 at the end. */
  read(into: Uint8Array, position: number): Promise<number>;
  stat(): Promise<LocalStat>;
  close(): Promise<void>;
}

export interface DiskHandle extends ReadingHandle {
  write(bytes: Uint8Array): Promise<void>;
  setMtime(mtimeNs: bigint): Promise<void>;
  setExecutable(executable: boolean): Promise<void>;
  /** Takes over who may read and write from another file, so that a private file stays private when it is replaced. */
  copyPermissions(from: string): Promise<void>;
  sync(): Promise<void>;
}
