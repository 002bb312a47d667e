/** Which folders of a tree are worth a watch when there are more than the system should be asked for: those nearest to the root. */
import { readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { ownFolder } from './root-context.ts';

export interface WatchedFolders {
  /** Absolute paths. */
  readonly chosen: ReadonlySet<string>;
  /** There are folders beyond the budget, or some that could not be read. */
  readonly isPart: () => boolean;
  /** Takes in a folder that has appeared, with all below it. Returns those that were new. */
  admit(folder: string): readonly string[];
  forget(folder: string): void;
}

export async function chooseFolders(root: string, budget: number): Promise<WatchedFolders> {
  const chosen = new Set<string>([root]);
  let isPart = false;
  const take = (folder: string): boolean => {
    if (chosen.size < budget) chosen.add(folder);
    else isPart = true;
    return chosen.has(folder);
  };
  // Level by level, so that what the budget leaves out is deep down.
  for (let level: string[] = [root]; level.length > 0 && !isPart; ) {
    const next: string[] = [];
    for (const folder of level) {
      const found = await readdir(folder, { withFileTypes: true }).catch(() => []);
      for (const child of found) if (child.isDirectory() && child.name !== ownFolder && take(`${folder}/${child.name}`)) next.push(`${folder}/${child.name}`);
    }
    level = next;
  }
  return {
    chosen,
    isPart: () => isPart,
    // Synchronous: chokidar looks at the folder right after this and asks which of its children count.
    admit: (folder) => {
      const added: string[] = [];
      const open = [folder];
      for (let at = open.pop(); at !== undefined; at = open.pop()) {
        const isNew = !chosen.has(at);
        if (!take(at)) continue;
        if (isNew) added.push(at);
        for (const child of subfoldersNow(at)) open.push(child);
      }
      return added;
    },
    forget: (folder) => {
      for (const one of chosen) if (one === folder || one.startsWith(`${folder}/`)) chosen.delete(one);
    },
  };
}

function subfoldersNow(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((child) => (child.isDirectory() && child.name !== ownFolder ? [`${folder}/${child.name}`] : []));
  } catch {
    return [];
  }
}
