/** Hints of changed folders through chokidar: one watch per folder and none per file, within a budget; whatever it may have missed is said aloud. */
import { lstatSync, readFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { watch, type FSWatcher } from 'chokidar';
import type { RelativePath } from '../../shared/relative-path.ts';
import type { Clock } from '../base/clock.ts';
import type { ChangeWatcher, Logger } from '../sync/ports.ts';
import { errnoOf } from './disk-errors.ts';
import { ownFolder } from './root-context.ts';
import { chooseFolders, type WatchedFolders } from './watch-budget.ts';

export interface WatcherOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxFolders?: number;
  /** Events read in one go from which on the system's queue may have overflowed. */
  readonly queueLimit?: number;
}
type Handlers = Parameters<ChangeWatcher['start']>[1];

/** Each watched folder costs about 10 to 20 kB here and one of the system's watches. */
const defaultMaxFolders = 20_000;
const gatherMs = 50;
/** A folder that has just appeared is asked about its children one by one, and hinted once more, for so long: what was written before its watch stood made no event (F22). */
const freshMs = 1000;

export function folderWatcher(options: WatcherOptions): ChangeWatcher {
  return { start: (rootPath, handlers) => startWatching(options, rootPath, handlers) };
}

async function startWatching(options: WatcherOptions, rootPath: string, handlers: Handlers): ReturnType<ChangeWatcher['start']> {
  const root = (await realpath(rootPath)).replaceAll('\\', '/');
  const folders = await chooseFolders(root, options.maxFolders ?? defaultMaxFolders);
  const fresh = new Set<string>();
  const hints = hintsOf(options, root, handlers);
  const queueLimit = options.queueLimit ?? systemQueueLimit() / 2;
  let inOneGo = 0;
  let hasLimit = false;

  const watcher: FSWatcher = watch(root, {
    ignoreInitial: true,
    followSymlinks: false,
    atomic: false,
    // Never a file: only the folder's own watch, whose `raw` events tell of every file in it, changed in place or not.
    ignored: (path) => !isWatched(folders, fresh, path.replaceAll('\\', '/')),
  });
  const refresh = (folder: string): void => {
    fresh.add(folder);
    hints.add(folder);
    options.clock.after(freshMs, () => {
      fresh.delete(folder);
      hints.add(folder);
    });
  };
  watcher.on('raw', (event, path, details) => {
    countOneGo();
    const at = pathOfRaw(path, details);
    if (at === null) return hints.lose('error');
    const parent = at.slice(0, at.lastIndexOf('/'));
    hints.add(at === root ? root : parent);
    // chokidar looks at the folder only after this: what is admitted now it will descend into.
    if (event !== 'change' && isInside(root, at) && isFolderNow(at)) for (const one of [at, ...folders.admit(at)]) refresh(one);
  });
  const countOneGo = (): void => {
    // The system drops what its queue can't hold and Node does not pass that on; a queue that was full comes in one go (F20).
    inOneGo += 1;
    if (inOneGo === 1) setImmediate(() => (inOneGo = 0));
    if (inOneGo >= queueLimit) {
      inOneGo = -Number.MAX_SAFE_INTEGER;
      setImmediate(() => (inOneGo = 0));
      hints.lose('overflow');
    }
  };
  watcher.on('addDir', (path) => refresh(path.replaceAll('\\', '/')));
  watcher.on('unlinkDir', (path) => {
    const at = path.replaceAll('\\', '/');
    if (at === root) return hints.lose('error');
    folders.forget(at);
    hints.add(at.slice(0, at.lastIndexOf('/')));
  });
  watcher.on('error', (thrown) => {
    const errno = errnoOf(thrown);
    options.logger.warn({ root, errno }, 'watching reported a problem');
    if (errno === 'ENOSPC' || errno === 'EMFILE' || errno === 'ENFILE') {
      hasLimit = true;
      hints.lose('limit');
    } else if (errno !== 'ENOENT') hints.lose('error');
  });
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  return {
    coverage: !hasLimit && !folders.isPart() ? 'all' : Object.keys(watcher.getWatched()).length === 0 ? 'none' : 'part',
    stop: async () => {
      hints.stop();
      await watcher.close();
    },
  };
}

function isInside(root: string, at: string): boolean {
  return at.startsWith(`${root}/`) && at !== `${root}/${ownFolder}` && !at.startsWith(`${root}/${ownFolder}/`);
}

function isWatched(folders: WatchedFolders, fresh: ReadonlySet<string>, at: string): boolean {
  if (folders.chosen.has(at)) return true;
  const parent = at.slice(0, at.lastIndexOf('/'));
  if (!fresh.has(parent) || at.endsWith(`/${ownFolder}`) || !isFolderNow(at)) return false;
  folders.admit(at);
  return folders.chosen.has(at);
}

function isFolderNow(at: string): boolean {
  try {
    return lstatSync(at, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false;
  }
}

/** The absolute path a raw event is about; null when the system does not say, so that it may be anything. */
function pathOfRaw(path: unknown, details: unknown): string | null {
  const watched = typeof details === 'object' && details !== null && 'watchedPath' in details && typeof details.watchedPath === 'string' ? details.watchedPath : null;
  if (watched === null || typeof path !== 'string') return null;
  return `${watched}/${path}`.replaceAll('\\', '/');
}

/** Gathers hints for a moment, so that a burst is one call. */
function hintsOf(options: WatcherOptions, root: string, handlers: Handlers): { add(folder: string): void; lose(why: 'overflow' | 'limit' | 'error'): void; stop(): void } {
  const gathered = new Set<RelativePath>();
  const lost = new Set<'overflow' | 'limit' | 'error'>();
  let cancel: (() => void) | null = null;
  let isStopped = false;
  const flush = (): void => {
    cancel = null;
    const folders = [...gathered];
    gathered.clear();
    const reasons = [...lost];
    lost.clear();
    for (const why of reasons) handlers.onLost(why);
    if (folders.length > 0) handlers.onHint(folders);
  };
  const soon = (): void => {
    if (!isStopped) cancel ??= options.clock.after(gatherMs, flush);
  };
  return {
    add: (folder) => {
      if (folder !== root && !isInside(root, folder)) return;
      gathered.add(folder.slice(root.length + 1).normalize('NFC') as RelativePath);
      soon();
    },
    lose: (why) => {
      lost.add(why);
      soon();
    },
    stop: () => {
      isStopped = true;
      cancel?.();
    },
  };
}

function systemQueueLimit(): number {
  try {
    return Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
  } catch {
    return 16_384;
  }
}
