/** The one table from what the system says (errno) to what a person is told. */
import type { ErrorCode } from '../../shared/api/errors.ts';
import { AppError } from '../base/app-error.ts';

export type DiskAct = 'read' | 'write';

const codes: Readonly<Record<string, ErrorCode | { readonly read: ErrorCode; readonly write: ErrorCode }>> = {
  ENOSPC: 'disk_full',
  EDQUOT: 'disk_full',
  EFBIG: 'disk_full',
  EROFS: 'disk_read_only',
  EACCES: { read: 'file_unreadable', write: 'file_unwritable' },
  EPERM: { read: 'file_unreadable', write: 'file_unwritable' },
  EMFILE: 'too_many_open',
  ENFILE: 'too_many_open',
  ENOMEM: 'too_many_open',
  ENAMETOOLONG: 'name_too_long',
  EILSEQ: 'name_unsupported',
  EINVAL: { read: 'disk_error', write: 'name_unsupported' },
  EIO: 'disk_error',
  ENXIO: 'disk_error',
  ENODEV: 'disk_error',
  ESTALE: 'disk_error',
  ETIMEDOUT: 'disk_error',
  EBUSY: 'file_busy',
  ETXTBSY: 'file_busy',
  EAGAIN: 'file_busy',
  ENOENT: 'file_vanished',
  ENOTDIR: 'file_vanished',
  EISDIR: 'file_changed',
  EEXIST: 'file_changed',
  ENOTEMPTY: 'file_changed',
  ELOOP: 'is_symlink',
};

export function errnoOf(thrown: unknown): string | null {
  if (typeof thrown !== 'object' || thrown === null || thrown instanceof AppError || !('code' in thrown)) return null;
  return typeof thrown.code === 'string' ? thrown.code : null;
}
export function isErrno(thrown: unknown, ...names: readonly string[]): boolean {
  const errno = errnoOf(thrown);
  return errno !== null && names.includes(errno);
}

/** AppErrors pass; a system error gets its code; anything else (a simulated crash, a bug) passes as it is. */
export function translateDiskError(thrown: unknown, act: DiskAct, root: string): unknown {
  const errno = errnoOf(thrown);
  if (errno === null) return thrown;
  const found = codes[errno];
  const code = found === undefined ? (/^E[A-Z0-9]+$/.test(errno) ? 'disk_error' : null) : typeof found === 'string' ? found : found[act];
  if (code === null) return thrown;
  return new AppError(code, { root, detail: errno }, thrown);
}
export function errorCodeOf(thrown: unknown, act: DiskAct): ErrorCode {
  const translated = translateDiskError(thrown, act, '');
  return translated instanceof AppError ? translated.code : 'internal';
}

export async function asDiskWork<T>(act: DiskAct, root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw translateDiskError(thrown, act, root);
  }
}
