/** Removes exactly one version of an object of the library, after keeping it where it can be had back (rules 4, 5). */
import { AppError } from '../../base/app-error.ts';
import type { ETag, StoreKey } from '../ports.ts';
import { removeVersion } from '../stores/remove-version.ts';
import type { Work } from '../work.ts';
import { keepRemoteVersion } from './remote-trash.ts';

/** True when exactly this version is gone. Never repeated by itself. */
export async function removeObject(work: Work, key: StoreKey, etag: ETag, sizeBytes: number, request: { keep: boolean }): Promise<boolean> {
  if (request.keep) {
    try {
      await keepRemoteVersion(work, key, etag, sizeBytes);
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code === 'object_changed') return false;
      throw thrown;
    }
  }
  return removeVersion(work, key, etag);
}
