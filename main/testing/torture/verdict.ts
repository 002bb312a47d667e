/** What must hold once the killing has ended and every device is in step: nothing that was written is missing, and all trees are one. */
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { collect } from '../../base/collect.ts';
import type { RemoteStore } from '../../sync/ports.ts';
import { filesIn, idsIn } from './load.ts';

export interface Verdict {
  /** Ids that a person wrote, never took away, and that are nowhere: no disk, no trash, not in the place (I1). */
  readonly lost: readonly string[];
  /** Names whose content is not the same everywhere (I2). */
  readonly unequal: readonly string[];
  readonly files: number;
}
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export async function judge(folders: readonly string[], store: RemoteStore, kept: ReadonlySet<string>): Promise<Verdict> {
  const found = new Set<string>();
  const trees: Map<string, string>[] = [];
  for (const folder of folders) {
    const tree = new Map<string, string>();
    for (const file of await filesIn(folder)) {
      const bytes = await readFile(file);
      tree.set(path.relative(folder, file).split(path.sep).join('/').normalize('NFC'), sha(bytes));
      for (const id of idsIn(bytes.toString('latin1'))) found.add(id);
    }
    for (const file of await trashOf(folder)) for (const id of idsIn(await readFile(file, 'latin1'))) found.add(id);
    trees.push(tree);
  }
  const place = new Map<string, string>();
  for await (const [key, bytes] of objectsOf(store)) {
    for (const id of idsIn(bytes.toString('latin1'))) found.add(id);
    if (!key.startsWith('.strata/') && !key.endsWith('/')) place.set(key, sha(bytes));
  }
  const names = new Set([...trees, place].flatMap((tree) => [...tree.keys()]));
  const unequal = [...names].filter((name) => trees.some((tree) => tree.get(name) !== place.get(name)));
  return { lost: [...kept].filter((id) => !found.has(id)), unequal, files: place.size };
}

async function trashOf(folder: string): Promise<string[]> {
  const entries = await readdir(path.join(folder, '.strata', 'trash'), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

async function* objectsOf(store: RemoteStore): AsyncGenerator<readonly [string, Buffer]> {
  for (let token: string | undefined; ; ) {
    const page = await store.list(token === undefined ? {} : { token });
    for (const { key } of page.objects) {
      const answer = await store.get(key);
      if (!answer.ok) continue;
      yield [key, await collect(answer.value.body)];
    }
    if (page.next === null) return;
    token = page.next;
  }
}
