/** Makes a copy of the source with one mistake in it; a text that is no longer there is an error, so that a mutant can't go stale unseen. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../architecture.ts';
import type { Edit, Mutant } from './mutants.ts';

export function applyEdit(text: string, edit: Edit): string {
  const found = text.split(edit.find).length - 1;
  if (found === 0) throw new Error(`${edit.file} no longer has “${edit.find.trim()}”: write the mutant anew`);
  if (found > 1 && edit.all !== true) throw new Error(`${edit.file} has “${edit.find.trim()}” ${found} times: say which one is meant`);
  return text.replaceAll(edit.find, edit.replace);
}

/** Returns the copy's folder; inside the project, so that its packages are found. */
export function plant(mutant: Mutant, number: number): string {
  const folder = join(projectDir, '.cache', 'mutants', `${process.pid}-${number}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of ['main', 'shared']) cpSync(join(projectDir, part), join(folder, part), { recursive: true });
  for (const edit of mutant.edits) {
    const file = join(folder, edit.file);
    writeFileSync(file, applyEdit(readFileSync(file, 'utf8'), edit));
  }
  return folder;
}
