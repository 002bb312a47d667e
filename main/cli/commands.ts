/** Every command of the command line: what it asks of Strata and what it says; `sync` has a file of its own. */
import type { CallInputOf, CommandName, OutputOf } from '../../shared/api/contract.ts';
import { AppError } from '../base/app-error.ts';
import { defaultPort, runService } from '../service.ts';
import { backupCommand, restoreCommand } from './backup-commands.ts';
import { absoluteFolder, tell, withStrata, type CommandContext, type ExitCode } from './command-context.ts';
import type { Connection } from './connection.ts';
import { activityLines, conflictLine, holdLines, rowLine, statusLines } from './printing.ts';
import { placeInRoots, resolveConflicts, undoRun } from './settling.ts';
import { chooseCommand, foldersCommand } from './folder-commands.ts';
import { doctorCommand } from './doctor-command.ts';
import { syncCommand } from './sync-command.ts';
import { thawCommand } from './thaw-command.ts';
import { residencyCommand, tiersCommand } from './tier-commands.ts';
import type { CommandWord } from './words.ts';

const rowsPerRead = 1000;

export const commands: { readonly [W in CommandWord]: (context: CommandContext) => Promise<ExitCode> } = {
  start: startCommand,
  sync: syncCommand,
  status: (context) => asking(context, 'readStatus', (status) => statusLines(status)),
  ls: (context) => withStrata(context, { mustExist: true }, (strata) => list(context, strata)),
  conflicts: (context) => asking(context, 'readNeedsYou', (needs) => needs.conflicts.map(conflictLine), (needs) => ({ conflicts: needs.conflicts, count: needs.conflictCount })),
  activity: (context) => asking(context, 'readLines', (answer) => activityLines(answer.lines)),
  holds: (context) => asking(context, 'readNeedsYou', (needs) => needs.holds.flatMap(holdLines), (needs) => ({ holds: needs.holds })),
  approve: (context) => doing(context, (strata) => strata.call('approveHold', { holdId: context.places[0] ?? '' }), 'Agreed.'),
  refuse: (context) => doing(context, (strata) => strata.call('refuseHold', { holdId: context.places[0] ?? '' }), 'Refused: the files are kept.'),
  undo: (context) => withStrata(context, { mustExist: true }, (strata) => undoRun(context, strata)),
  pause: (context) => doing(context, (strata) => strata.call('pause', {}), 'Paused.'),
  resume: (context) => doing(context, (strata) => strata.call('resume', {}), 'Going on.'),
  resolve: (context) => withStrata(context, { mustExist: true }, (strata) => resolveConflicts(context, strata)),
  tiers: (context) => withStrata(context, { mustExist: true, ...(context.places[0] === 'run' ? { port: defaultPort } : {}) }, (strata) => tiersCommand(context, strata)),
  evict: (context) => withStrata(context, { mustExist: true }, (strata) => residencyCommand(context, strata, 'evict')),
  fetch: (context) => withStrata(context, { mustExist: true, port: defaultPort }, (strata) => residencyCommand(context, strata, 'fetch')),
  pin: (context) => withStrata(context, { mustExist: true, port: defaultPort }, (strata) => residencyCommand(context, strata, 'pin')),
  unpin: (context) => withStrata(context, { mustExist: true }, (strata) => residencyCommand(context, strata, 'unpin')),
  folders: (context) => withStrata(context, { mustExist: true }, (strata) => foldersCommand(context, strata)),
  leave: (context) => withStrata(context, { mustExist: true }, (strata) => chooseCommand(context, strata, false)),
  take: (context) => withStrata(context, { mustExist: true, port: defaultPort }, (strata) => chooseCommand(context, strata, true)),
  thaw: (context) => withStrata(context, { mustExist: true, ...(context.switches.has('preview') ? {} : { port: defaultPort }) }, (strata) => thawCommand(context, strata)),
  verify: (context) => withStrata(context, { port: defaultPort }, (strata) => verify(context, strata)),
  backup: backupCommand,
  restore: restoreCommand,
  doctor: (context) => withStrata(context, {}, (strata) => doctorCommand(context, strata)),
};

type Question = Extract<CommandName, 'readStatus' | 'readNeedsYou' | 'readLines'>;

function asking<N extends Question>(context: CommandContext, name: N, lines: (answer: OutputOf<N>) => readonly string[], shown: (answer: OutputOf<N>) => object = (answer) => answer): Promise<ExitCode> {
  return withStrata(context, { mustExist: true }, async (strata) => {
    const answer = await strata.call(name, {} as CallInputOf<N>);
    tell(context, shown(answer), lines(answer));
    return 0;
  });
}

function doing(context: CommandContext, work: (strata: Connection) => Promise<{ readonly undo: string | null }>, said: string): Promise<ExitCode> {
  return withStrata(context, { mustExist: true }, async (strata) => {
    tell(context, await work(strata), [said]);
    return 0;
  });
}

async function startCommand(context: CommandContext): Promise<ExitCode> {
  const port = Number(context.values.get('port') ?? defaultPort);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new AppError('bad_request', { detail: '--port needs a number up to 65535' });
  const quiet = context.switches.has('headless') || context.switches.has('no-open');
  const base = { dataDir: context.dataDir, port, openBrowser: !quiet, env: context.env, say: context.say, stop: context.stop.signal };
  await runService(context.compose === undefined ? base : { ...base, compose: context.compose });
  return 0;
}

async function list(context: CommandContext, strata: Connection): Promise<ExitCode> {
  const [given] = context.places;
  const { roots } = await strata.call('readStatus', {});
  if (roots.length === 0) throw new AppError('nothing_set_up');
  const place = given === undefined ? null : placeInRoots(context, roots, given);
  if (given !== undefined && place === null) throw new AppError('not_found', { what: 'synced file or folder' });
  const only = roots.length === 1 ? roots[0] : undefined;
  const view = await strata.call('openView', { rootId: place?.root.id ?? only?.id ?? null, folder: place?.inside ?? '' });
  const rows: OutputOf<'readRows'>['rows'] = [];
  for (let from = 0; from < view.count; from += rowsPerRead) {
    const page = await strata.call('readRows', { viewId: view.viewId, from, to: Math.min(view.count, from + rowsPerRead) });
    if (context.json) rows.push(...page.rows);
    else for (const row of page.rows) context.say(rowLine(row));
  }
  await strata.call('closeView', { viewId: view.viewId });
  if (context.json) context.say(JSON.stringify({ rows, count: view.count }));
  return 0;
}

async function verify(context: CommandContext, strata: Connection): Promise<ExitCode> {
  const answer = await strata.call('verify', { folder: absoluteFolder(context, context.places[0] ?? ''), deep: context.switches.has('deep') });
  const summary = answer.differences.length === 0 ? `No difference in ${answer.checked} entries.` : `${answer.differences.length} differences in ${answer.checked} entries.`;
  tell(context, answer, [...answer.differences.map((difference) => `${difference.path}: ${difference.what}`), summary]);
  return answer.differences.length === 0 ? 0 : 2;
}

