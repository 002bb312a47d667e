/** What was dropped or chosen as plain files, each with the folder it lay in. */

export interface Picked { readonly file: File; readonly folder: string }

/** Whole folders come as a tree; it must be asked for before the event is over. */
export async function pickedFromDrop(items: DataTransferItemList, files: FileList): Promise<Picked[]> {
  const trees = [...items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (trees.length === 0) return [...files].map((file) => ({ file, folder: '' }));
  return (await Promise.all(trees.map((tree) => walk(tree, '')))).flat();
}

export function pickedFromField(files: FileList): Picked[] {
  return [...files].map((file) => ({ file, folder: (file.webkitRelativePath ?? '').split('/').slice(0, -1).join('/') }));
}

async function walk(tree: FileSystemEntry, folder: string): Promise<Picked[]> {
  if (tree.isFile) {
    const file = await new Promise<File | null>((resolve) => (tree as FileSystemFileEntry).file(resolve, () => resolve(null)));
    return file === null ? [] : [{ file, folder }];
  }
  const reader = (tree as FileSystemDirectoryEntry).createReader();
  const below = folder === '' ? tree.name : `${folder}/${tree.name}`;
  const found: Picked[] = [];
  // A browser hands out a hundred at a time, and nothing at the end.
  for (let some = await readSome(reader); some.length > 0; some = await readSome(reader)) {
    for (const child of some) found.push(...(await walk(child, below)));
  }
  return found;
}

function readSome(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
}
