/** Folders opened for looking and reading beside the engine's own work; each once, closed together. */
import type { LocalRoot } from '../sync/ports.ts';
import type { Folders } from './ports.ts';

export class LocalRoots {
  readonly #folders: Folders;
  readonly #open = new Map<string, Promise<LocalRoot>>();
  constructor(folders: Folders) {
    this.#folders = folders;
  }
  async of(folder: string): Promise<LocalRoot> {
    let opening = this.#open.get(folder);
    if (opening === undefined) this.#open.set(folder, (opening = this.#folders.open(folder)));
    try {
      return await opening;
    } catch (thrown) {
      // A drive that comes back must be found at the next try.
      this.#open.delete(folder);
      throw thrown;
    }
  }
  async forget(folder: string): Promise<void> {
    const opening = this.#open.get(folder);
    this.#open.delete(folder);
    await opening?.then((root) => root.close(), () => undefined);
  }
  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((folder) => this.forget(folder)));
  }
}
