/** Which folders this computer keeps on its disk; the nearest choice above a path decides, and without one everything is here. Pure. */

/** `folder` '' is the whole library. */
export interface FolderChoice {
  readonly folder: string;
  readonly here: boolean;
}
export const everythingHere: readonly FolderChoice[] = [];

/** Whether what lies at this path belongs on this disk. */
export function isHere(choices: readonly FolderChoice[], path: string): boolean {
  let nearest: FolderChoice | null = null;
  for (const choice of choices) {
    const covers = choice.folder === '' || path === choice.folder || path.startsWith(`${choice.folder}/`);
    if (covers && (nearest === null || choice.folder.length > nearest.folder.length)) nearest = choice;
  }
  return nearest?.here ?? true;
}

/** Without what says nothing new; of two choices for one folder the later one counts. In path order. */
export function simplified(choices: readonly FolderChoice[]): readonly FolderChoice[] {
  const byFolder = new Map(choices.map((choice) => [choice.folder, choice] as const));
  const kept: FolderChoice[] = [];
  for (const choice of [...byFolder.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1))) {
    if (isHere(kept, choice.folder) !== choice.here) kept.push(choice);
  }
  return kept;
}

/** The folder with all below is chosen or not, whatever was said of folders in it before. */
export function withChoice(choices: readonly FolderChoice[], folder: string, here: boolean): readonly FolderChoice[] {
  const others = choices.filter((choice) => folder !== '' && choice.folder !== folder && !choice.folder.startsWith(`${folder}/`));
  return simplified([...others, { folder, here }]);
}

/** Here is what both say is here. */
export function choiceOfBoth(one: readonly FolderChoice[], other: readonly FolderChoice[]): readonly FolderChoice[] {
  const folders = new Set([...one, ...other].map((choice) => choice.folder));
  return simplified([...folders].map((folder) => ({ folder, here: isHere(one, folder) && isHere(other, folder) })));
}

/** How a folder looks in a tree of choices. */
export function shownChoice(choices: readonly FolderChoice[], folder: string): 'all' | 'none' | 'some' {
  const here = isHere(choices, folder);
  const differs = choices.some((choice) => (folder === '' ? choice.folder !== '' : choice.folder.startsWith(`${folder}/`)) && choice.here !== here);
  if (differs) return 'some';
  return here ? 'all' : 'none';
}
