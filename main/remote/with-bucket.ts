/** A store whose bucket is made when the first request finds it missing, so that a hub starts before its store does. */
import { AppError } from '../base/app-error.ts';
import type { RemoteStore } from '../sync/ports.ts';

export function withBucket(store: RemoteStore, makeBucket: () => Promise<void>): RemoteStore {
  let isThere = false;
  const ready = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!isThere) {
      await makeBucket();
      isThere = true;
    }
    try {
      return await work();
    } catch (thrown) {
      // Deleted under us: the next request makes it again; this one's bytes may be used up.
      if (thrown instanceof AppError && thrown.code === 'bucket_missing') isThere = false;
      throw thrown;
    }
  };
  return {
    ...store,
    list: (request) => ready(() => store.list(request)),
    head: (key, signal) => ready(() => store.head(key, signal)),
    get: (key, request) => ready(() => store.get(key, request)),
    put: (key, body, request) => ready(() => store.put(key, body, request)),
    startUpload: (key, metadata) => ready(() => store.startUpload(key, metadata)),
  };
}
