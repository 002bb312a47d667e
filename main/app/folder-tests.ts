/** The checks before a folder is synced, each with a plain sentence (ui.md §2.3); nothing is written. */
import type { OutputOf } from '../../shared/api/contract.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import { notTried, ok, warning, type Check } from './doctor-words.ts';
import type { Folders } from './ports.ts';
import { reasonOfError } from './reasons.ts';

const littleRoomBytes = 1_000_000_000;

export async function testFolder(deps: { readonly folders: Folders; readonly defaultFolder: string; readonly refuseOverlap: (folder: string) => Promise<void> }, folder: string): Promise<OutputOf<'checkFolder'>> {
  const facts = await deps.folders.look(folder);
  if (facts.kind === 'missing' && folder === deps.defaultFolder) {
    const overlap = await overlapCheck(deps, facts.path);
    return answer([ok('there', 'The folder is made when you press Start.'), overlap]);
  }
  if (facts.kind !== 'folder') {
    const error = new AppError(facts.kind === 'missing' ? 'root_missing' : 'root_not_folder', { root: folder });
    return answer([problem('there', error), notTried('readable'), notTried('writable'), notTried('overlap')]);
  }
  const checks: Check[] = [
    ok('there', 'The folder is there.'),
    facts.readable ? ok('readable', 'Strata may read it.') : problem('readable', new AppError('file_unreadable')),
    facts.writable ? ok('writable', 'Strata may write to it.') : problem('writable', new AppError('disk_read_only', { root: folder })),
    await overlapCheck(deps, facts.path),
  ];
  if (facts.cloud !== null) checks.push(warning('cloud', `${facts.cloud} looks after this folder too. Two programs on one folder get in each other’s way.`));
  if (facts.networkOrRemovable) checks.push(warning('drive', 'The folder is on a network or removable drive. While it is away, Strata waits; nothing is deleted.'));
  if (facts.freeBytes !== null && facts.freeBytes < littleRoomBytes) checks.push(warning('room', `The disk has ${Math.round(facts.freeBytes / 1_000_000)} MB left.`));
  return answer(checks);
}

async function overlapCheck(deps: { readonly refuseOverlap: (folder: string) => Promise<void> }, folder: string): Promise<Check> {
  try {
    await deps.refuseOverlap(folder);
    return ok('overlap', 'No other synced folder is in the way.');
  } catch (thrown) {
    return problem('overlap', asAppError(thrown));
  }
}
function problem(check: string, error: AppError): Check {
  return { check, outcome: 'problem', sentence: error.message, reason: reasonOfError(error) };
}
function answer(checks: Check[]): OutputOf<'checkFolder'> {
  return { usable: checks.every((check) => check.outcome !== 'problem'), checks };
}
