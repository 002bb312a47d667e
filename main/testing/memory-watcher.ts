/** A watcher whose hints come from a simulated disk's changes, given out only when the test says so: late, doubled, reordered or lost (F20, F23). */
import { parentOf, type RelativePath } from '../../shared/relative-path.ts';
import type { ChangeWatcher } from '../sync/ports.ts';
import type { MemoryDisk } from './memory-disk.ts';

type Handlers = Parameters<ChangeWatcher['start']>[1];

export class MemoryWatcher implements ChangeWatcher {
  readonly #disk: MemoryDisk;
  readonly #running = new Set<{ readonly handlers: Handlers; readonly waiting: Set<RelativePath> }>();
  coverage: 'all' | 'part' | 'none' = 'all';
  /** True: hints go out with the change itself; false: `deliver` gives them. */
  immediate: boolean;
  /** Decides hint by hint what is lost. */
  drops: (folder: RelativePath) => boolean = () => false;

  constructor(disk: MemoryDisk, request: { readonly immediate?: boolean } = {}) {
    this.#disk = disk;
    this.immediate = request.immediate ?? true;
  }
  async start(rootPath: string, handlers: Handlers): ReturnType<ChangeWatcher['start']> {
    const one = { handlers, waiting: new Set<RelativePath>() };
    this.#running.add(one);
    const stopListening = this.#disk.onChange((path) => {
      if (path !== rootPath && !path.startsWith(`${rootPath}/`)) return;
      const relative = path.slice(rootPath.length + 1).normalize('NFC') as RelativePath;
      if (relative === '.strata' || relative.startsWith('.strata/')) return;
      const folders = this.#disk.stat(path)?.kind === 'folder' ? [parentOf(relative), relative] : [parentOf(relative)];
      for (const folder of folders) if (!this.drops(folder)) one.waiting.add(folder);
      if (this.immediate) this.deliver();
    });
    return {
      coverage: this.coverage,
      stop: async () => {
        stopListening();
        this.#running.delete(one);
      },
    };
  }
  /** Gives out what has gathered; `order` may shuffle, double or drop it. */
  deliver(order: (folders: RelativePath[]) => readonly RelativePath[] = (folders) => folders): void {
    for (const { handlers, waiting } of this.#running) {
      if (waiting.size === 0) continue;
      const folders = order([...waiting]);
      waiting.clear();
      if (folders.length > 0) handlers.onHint(folders);
    }
  }
  /** The queue overflowed: what has gathered is gone, and the engine is told so. */
  lose(why: 'overflow' | 'limit' | 'error'): void {
    for (const { handlers, waiting } of this.#running) {
      waiting.clear();
      handlers.onLost(why);
    }
  }
}
