/** How much a member may keep: what lies in the library and in its trash, what is on its way, and what is asked for must fit together. */
import { AppError } from '../base/app-error.ts';

export interface RoomDeps {
  /** Null has no limit. */
  readonly quotaOf: (userId: number) => Promise<number | null>;
  /** Files and trash. */
  readonly usedBytes: (userId: number) => Promise<number>;
  /** The whole sizes of resumable uploads that have not ended. */
  readonly announcedBytes: (userId: number) => Promise<number>;
}
/** One stream whose size nobody knows before its end. */
export interface Hold {
  /** Throws `quota_exceeded` where so much in all does not fit. */
  grow(totalBytes: number): void;
  /** `kept` where it is a file now. */
  close(kept: boolean): void;
}
export interface Room {
  /** Throws `quota_exceeded` where that much more does not fit. */
  fits(userId: number, moreBytes: number): Promise<void>;
  open(userId: number): Promise<Hold>;
  state(userId: number): Promise<{ readonly quotaBytes: number | null; readonly usedBytes: number }>;
}
/** Free as counted when it began, less what others that were counted as streams then have become files since. */
interface Stream {
  free: number;
  bytes: number;
}

export function createRoom(deps: RoomDeps): Room {
  const streams = new Map<number, Set<Stream>>();
  const held = (userId: number): number => [...(streams.get(userId) ?? [])].reduce((sum, { bytes }) => sum + bytes, 0);
  /** What is free without the streams; null where nothing is limited, so that nobody counts for nothing. */
  const freeOf = async (userId: number): Promise<{ readonly quota: number; readonly free: number } | null> => {
    const quota = await deps.quotaOf(userId);
    return quota === null ? null : { quota, free: quota - (await deps.usedBytes(userId)) - (await deps.announcedBytes(userId)) };
  };
  return {
    fits: async (userId, moreBytes) => {
      const found = await freeOf(userId);
      if (found !== null && moreBytes > found.free - held(userId)) throw full(found.quota);
    },
    open: async (userId) => {
      const found = await freeOf(userId);
      if (found === null) return { grow: () => undefined, close: () => undefined };
      const all = streams.get(userId) ?? new Set<Stream>();
      const mine: Stream = { free: found.free, bytes: 0 };
      streams.set(userId, all.add(mine));
      return {
        grow: (totalBytes) => {
          if (totalBytes > mine.free - (held(userId) - mine.bytes)) throw full(found.quota);
          mine.bytes = totalBytes;
        },
        close: (kept) => {
          if (!all.delete(mine)) return;
          if (kept) for (const other of all) other.free -= mine.bytes;
          if (all.size === 0) streams.delete(userId);
        },
      };
    },
    state: async (userId) => ({ quotaBytes: await deps.quotaOf(userId), usedBytes: await deps.usedBytes(userId) }),
  };
}

function full(quota: number): AppError {
  return new AppError('quota_exceeded', { megabytes: Math.floor(quota / 1_048_576) });
}
