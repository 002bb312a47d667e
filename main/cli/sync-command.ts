/** `strata sync`: once, with a summary and an exit status that scripts rely on, or on and on with one live line. */
import type { SyncSummary } from '../../shared/api/contract.ts';
import type { ErrorCode } from '../../shared/api/errors.ts';
import { AppError } from '../base/app-error.ts';
import { defaultPort } from '../service.ts';
import { absoluteFolder, withStrata, type CommandContext, type ExitCode } from './command-context.ts';
import type { Connection } from './connection.ts';
import { placeFromWord, trustedCertificate } from './place-words.ts';
import { headlineText, summaryJson, summaryText } from './printing.ts';

/** Refusals that only the user can lift: exit 2, with or without --yes (design §7). */
const waitsForUser: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'root_missing', 'root_not_folder', 'root_changed', 'root_in_use', 'bucket_missing', 'library_changed', 'cold_store_changed', 'cold_store_refused', 'library_in_use', 'library_behind',
  'listing_incomplete', 'scan_incomplete', 'mass_deletion', 'mass_overwrite',
]);
const nothingDone: SyncSummary = { uploaded: 0, downloaded: 0, deleted: 0, moved: 0, conflicts: 0, failed: 0, held: 1, skipped: 0, bytesUp: 0, bytesDown: 0, requests: 0, ms: 0 };

export async function syncCommand(context: CommandContext): Promise<ExitCode> {
  const once = context.switches.has('once');
  if (context.switches.has('yes') && !once) throw new AppError('bad_request', { detail: '--yes goes with --once' });
  try {
    return await withStrata(context, { port: defaultPort }, (strata) => (once ? syncOnce(context, strata) : syncOn(context, strata)));
  } catch (error) {
    // Without --once, being told to end is how it ends.
    if (!once && error instanceof AppError && error.code === 'cancelled' && context.stop.signal.aborted) return 0;
    throw error;
  }
}

async function pair(context: CommandContext) {
  const [folder = '', store = ''] = context.places;
  const device = context.values.get('device');
  const cold = context.values.get('cold');
  const left = context.values.get('leave')?.split(',').map((folder) => folder.trim().replace(/^\/+|\/+$/g, '')).filter((folder) => folder !== '');
  return { folder: absoluteFolder(context, folder), place: placeFromWord(store, context.env, await trustedCertificate(context)), ...(cold === undefined ? {} : { cold: placeFromWord(cold, context.env) }), ...(device === undefined ? {} : { device }), ...(left === undefined ? {} : { choices: left.map((folder) => ({ folder, here: false })) }) };
}

async function syncOnce(context: CommandContext, strata: Connection): Promise<ExitCode> {
  try {
    const { summary, reasons, inStep } = await strata.call('syncOnce', { ...(await pair(context)), approveCounts: context.switches.has('yes') });
    for (const reason of reasons) context.complain(reason);
    context.say(context.json ? summaryJson(summary) : summaryText(summary));
    return inStep ? 0 : 2;
  } catch (error) {
    if (!(error instanceof AppError) || !waitsForUser.has(error.code)) throw error;
    context.complain(error.message);
    if (context.json) context.say(summaryJson(nothingDone));
    return 2;
  }
}

async function syncOn(context: CommandContext, strata: Connection): Promise<ExitCode> {
  await strata.call('addRoot', await pair(context));
  await strata.startSync();
  let last = '';
  await strata.follow((status) => {
    const line = context.json ? JSON.stringify(status) : headlineText(status);
    if (line === last) return;
    last = line;
    if (context.json) context.say(line);
    else context.sayOver(line);
  }, context.stop.signal);
  return 0;
}
