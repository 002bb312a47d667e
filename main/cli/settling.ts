/** The commands that settle and take back: `resolve` for conflicts, one by one or by a rule, and `undo` for a whole run. */
import path from 'node:path';
import type { Conflict, ConflictRule, Preview, RootStatus } from '../../shared/api/contract.ts';
import { AppError } from '../base/app-error.ts';
import { absoluteFolder, tell, type CommandContext, type ExitCode } from './command-context.ts';
import type { Connection } from './connection.ts';

const rules: readonly ConflictRule['rule'][] = ['newest', 'largest', 'mine', 'theirs', 'both'];

/** PATH is a path on this disk below a synced folder, or one inside the only synced folder. */
export function placeInRoots(context: CommandContext, roots: readonly RootStatus[], given: string): { readonly root: RootStatus; readonly inside: string } | null {
  const absolute = absoluteFolder(context, given);
  for (const root of roots) {
    const inside = path.relative(root.folder, absolute);
    if (inside === '' || (!inside.startsWith('..') && !path.isAbsolute(inside))) return { root, inside: inside.split(path.sep).join('/') };
  }
  const only = roots.length === 1 ? roots[0] : undefined;
  return only === undefined || path.isAbsolute(given) ? null : { root: only, inside: given.split(path.sep).join('/').replace(/^\.\/|\/+$/g, '') };
}

export async function resolveConflicts(context: CommandContext, strata: Connection): Promise<ExitCode> {
  const keep = context.values.get('keep');
  if (context.switches.has('all')) return resolveByRule(context, strata);
  if (context.places.length === 0) throw new AppError('bad_request', { detail: 'resolve needs a file, or --all' });
  if (keep !== 'mine' && keep !== 'theirs' && keep !== 'both') throw new AppError('bad_request', { detail: 'resolve needs --keep mine, theirs or both' });
  const { roots } = await strata.call('readStatus', {});
  const { conflicts } = await strata.call('readNeedsYou', {});
  // All are found before the first is settled: a slip in the last word must not leave half of it done.
  const found = context.places.map((given) => {
    const conflict = conflicts.find((candidate) => isMeant(context, roots, candidate, given));
    if (conflict === undefined) throw new AppError('not_found', { what: `conflict at ${given}` });
    return conflict;
  });
  for (const conflict of found) await strata.call('resolveConflict', { rootId: conflict.rootId, path: conflict.copyPath, keep });
  tell(context, { resolved: found.length }, [`Settled: ${found.length}.`]);
  return 0;
}

function isMeant(context: CommandContext, roots: readonly RootStatus[], conflict: Conflict, given: string): boolean {
  const names = [conflict.path, conflict.copyPath];
  if (names.includes(given)) return true;
  const place = placeInRoots(context, roots, given);
  return place !== null && place.root.id === conflict.rootId && names.includes(place.inside);
}


async function resolveByRule(context: CommandContext, strata: Connection): Promise<ExitCode> {
  const rule = rules.find((one) => one === context.values.get('keep'));
  if (rule === undefined) throw new AppError('bad_request', { detail: 'resolve --all needs --keep newest, largest, mine, theirs or both' });
  const [given, ...more] = context.places;
  if (more.length > 0) throw new AppError('bad_request', { detail: 'resolve --all takes one folder' });
  const { roots } = await strata.call('readStatus', {});
  const place = given === undefined ? null : placeInRoots(context, roots, given);
  if (given !== undefined && place === null) throw new AppError('not_found', { what: 'synced folder' });
  const wish = { rule, ...(place === null ? {} : { rootId: place.root.id, folder: place.inside }) };
  const preview = await strata.call('previewConflicts', wish);
  if (context.switches.has('preview')) {
    tell(context, preview, previewLines(preview));
    return 0;
  }
  const answer = await strata.call('resolveConflicts', { ...wish, expected: preview.conflicts });
  tell(context, { resolved: answer.settled, left: answer.left }, [...previewLines(preview), `Settled: ${answer.settled}.${answer.left > 0 ? ` Left: ${answer.left}.` : ''}`]);
  return answer.left > 0 ? 2 : 0;
}

/** RUN as `strata activity` names it. */
export async function undoRun(context: CommandContext, strata: Connection): Promise<ExitCode> {
  const runId = context.places[0] ?? '';
  const preview = await strata.call('previewPutBack', { runId });
  if (context.switches.has('preview')) {
    tell(context, preview, previewLines(preview));
    return 0;
  }
  const answer = await strata.call('putBack', { runId });
  const counts = `Put back: ${answer.restored}. Beside, because it changed since: ${answer.beside}. Left: ${answer.left}.`;
  tell(context, answer, [...previewLines(preview), answer.restored + answer.beside > 0 ? `${counts} Taken back again with: strata undo ${answer.runId}` : counts]);
  return answer.left > 0 ? 2 : 0;
}

function previewLines(preview: Preview): readonly string[] {
  return preview.examples.length === 0 ? ['Nothing to do.'] : preview.examples.map((example) => `${example.path}: ${example.what}`);
}
