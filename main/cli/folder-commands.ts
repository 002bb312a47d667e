/** `strata folders`, `leave` and `take`: which folders of a library this computer keeps. */
import { isHere, shownChoice, withChoice, type FolderChoice } from '../../shared/model/chosen-folders.ts';
import { AppError } from '../base/app-error.ts';
import { tell, type CommandContext, type ExitCode } from './command-context.ts';
import type { Connection } from './connection.ts';
import { sizeText } from './printing.ts';
import { placeInRoots } from './settling.ts';
import { pathsByRoot } from './tier-commands.ts';

const shownWords = { all: 'kept here', none: 'left there', some: 'partly here' } as const;

export async function foldersCommand(context: CommandContext, strata: Connection): Promise<ExitCode> {
  const { roots } = await strata.call('readStatus', {});
  if (roots.length === 0) throw new AppError('nothing_set_up');
  const [given] = context.places;
  const place = given === undefined ? null : placeInRoots(context, roots, given);
  if (given !== undefined && place === null) throw new AppError('not_found', { what: `synced folder ${given}` });
  const asked = place === null ? roots.map((root) => ({ root, inside: '' })) : [place];
  const answers: object[] = [];
  const lines: string[] = [];
  for (const { root, inside } of asked) {
    const { choices, folders, isLeaving } = await strata.call('readChosen', { rootId: root.id, folder: inside });
    answers.push({ folder: root.folder, inside, choices, folders, isLeaving });
    lines.push(`${root.folder}${inside === '' ? '' : `/${inside}`}${isLeaving ? ' · some of it is still on its way off this computer' : ''}`);
    for (const one of folders) lines.push(`  ${sizeText(one.bytes).padStart(9)}  ${shownWords[shownChoice(choices, one.path)].padEnd(11)}  ${one.path}`);
  }
  tell(context, { roots: answers }, lines);
  return 0;
}

export async function chooseCommand(context: CommandContext, strata: Connection, here: boolean): Promise<ExitCode> {
  const byRoot = await pathsByRoot(context, strata);
  const total = { files: 0, bytes: 0, left: [] as { path: string; code: string; sentence: string }[] };
  for (const [rootId, paths] of byRoot) {
    const { choices } = await strata.call('readChosen', { rootId });
    const next = paths.reduce<readonly FolderChoice[]>((chosen, path) => withChoice(chosen, path, here), choices);
    const answer = await strata.call('writeChosen', { rootId, choices: [...next], wait: true });
    total.files += answer.files;
    total.bytes += answer.bytes;
    // What a pin keeps, or what is not sent yet, is named; of folders that stay as they are nothing is said.
    total.left.push(...answer.left.filter((one) => !isHere(next, one.path)));
  }
  for (const { path, sentence } of total.left) context.complain(`${path}: ${sentence}`);
  tell(context, total, [here ? 'They come down with the next sync.' : `${total.files} files, ${sizeText(total.bytes)}: taken off this computer; new files there stay there.`]);
  return total.left.length === 0 ? 0 : 2;
}
