/** A person at one computer, as fast as a program: makes, appends to, replaces, renames and deletes files, and remembers what must
 * not get lost. Every content is lines with ids that occur nowhere else. What the person takes away is first moved out of the folder
 * in one step, so that it is known what was in it: a version that arrives at that very moment is not thrown away unseen.
 */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Chance } from '../simulation/chance.ts';

const acts = { create: 5, append: 4, replace: 4, rename: 3, remove: 2, makeFolder: 1, renameFolder: 1 } as const;
const folderNames = ['', 'notes', 'photos', 'photos/2026', 'Ärger'];
const largeBytes = 9 * 1024 * 1024;

/** Ids that were written and not taken away since, over all computers. */
export class Kept {
  readonly #kept = new Set<string>();
  #next = 0;
  fresh(): string {
    this.#next += 1;
    const id = `id-${this.#next}-${randomBytes(4).toString('hex')}`;
    return id;
  }
  wrote(id: string): void {
    this.#kept.add(id);
  }
  tookAway(text: string): void {
    for (const id of idsIn(text)) this.#kept.delete(id);
  }
  get all(): ReadonlySet<string> {
    return this.#kept;
  }
  get written(): number {
    return this.#next;
  }
}
/** Also right behind a letter: files of a tree of one's own need not end with a line break. */
export function idsIn(text: string): string[] {
  return text.match(/id-\d+-[0-9a-f]{8}/g) ?? [];
}

export class Load {
  readonly #folder: string;
  readonly #aside: string;
  readonly #kept: Kept;
  readonly #chance: Chance;
  readonly #actsPerListing: number;
  #files: readonly string[] = [];
  #actsUntilListing = 0;
  #moved = 0;

  /** `aside` lies on the same disk, outside the synced folder. A large folder is listed only every `actsPerListing` acts. */
  constructor(folder: string, aside: string, kept: Kept, seed: number, actsPerListing = 1) {
    this.#folder = folder;
    this.#aside = aside;
    this.#kept = kept;
    this.#chance = new Chance(seed);
    this.#actsPerListing = actsPerListing;
  }

  /** One act, or false: what is gone or taken by the time it is reached is left alone. */
  async act(): Promise<boolean> {
    const act = this.#chance.weighted(acts);
    try {
      await this.#acts[act]();
      return true;
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (!['ENOENT', 'EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'EISDIR'].includes(code ?? '')) throw thrown;
      return false;
    }
  }

  readonly #acts: Readonly<Record<keyof typeof acts, () => Promise<void>>> = {
    create: async () => this.#put(await this.#freshPath()),
    append: async () => {
      const file = await this.#someFile();
      if (file === null) return;
      const id = this.#kept.fresh();
      const handle = await open(file, 'r+');
      try {
        await handle.write(`${id}\n`, (await handle.stat()).size);
      } finally {
        await handle.close();
      }
      this.#kept.wrote(id);
    },
    replace: async () => {
      const file = await this.#someFile();
      if (file === null) return;
      await this.#takeAway(file);
      await this.#put(file);
    },
    rename: async () => {
      const [from, to] = [await this.#someFile(), await this.#freshPath()];
      if (from === null) return;
      const held = this.#asidePath();
      await rename(from, held);
      try {
        await this.#placeWithoutReplacing(held, to);
      } catch {
        await this.#placeWithoutReplacing(held, path.join(this.#folder, `${path.basename(to, '.txt')} again ${this.#moved}.txt`));
      }
    },
    remove: async () => {
      const file = await this.#someFile();
      if (file !== null) await this.#takeAway(file);
    },
    makeFolder: async () => void (await mkdir(path.join(this.#folder, this.#chance.pick(folderNames), `folder ${this.#chance.below(4)}`), { recursive: true })),
    renameFolder: async () => {
      const from = path.join(this.#folder, `folder ${this.#chance.below(4)}`);
      await rename(from, path.join(this.#folder, `folder ${this.#chance.below(4)} moved`));
    },
  };

  async #put(file: string): Promise<void> {
    const id = this.#kept.fresh();
    const held = this.#asidePath();
    const filling = this.#chance.oneIn(40) ? largeBytes : this.#chance.oneIn(4) ? 200_000 : 0;
    await writeFile(held, `${id}\n${filling === 0 ? '' : `${randomBytes(filling / 2).toString('hex')}\n`}`);
    await mkdir(path.dirname(file), { recursive: true });
    await this.#placeWithoutReplacing(held, file);
    this.#kept.wrote(id);
  }
  async #takeAway(file: string): Promise<void> {
    const held = this.#asidePath();
    await rename(file, held);
    this.#kept.tookAway(await readFile(held, 'latin1'));
    await rm(held);
  }
  /** A link fails where a rename would replace. */
  async #placeWithoutReplacing(held: string, file: string): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true });
    await link(held, file);
    await rm(held);
  }
  #asidePath(): string {
    this.#moved += 1;
    return path.join(this.#aside, String(this.#moved));
  }
  async #freshPath(): Promise<string> {
    const folder = path.join(this.#folder, this.#chance.pick(folderNames));
    await mkdir(folder, { recursive: true });
    return path.join(folder, `file ${this.#chance.below(60)}.txt`);
  }
  async #someFile(): Promise<string | null> {
    if (this.#actsUntilListing === 0) {
      this.#files = await filesIn(this.#folder);
      this.#actsUntilListing = this.#actsPerListing;
    }
    this.#actsUntilListing -= 1;
    return this.#files.length === 0 ? null : this.#chance.pick(this.#files);
  }
}

/** Files of a synced folder without Strata's own. */
export async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)).filter((file) => !path.relative(folder, file).startsWith('.strata')).sort();
}
