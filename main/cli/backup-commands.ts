/** `strata backup` and `strata restore`: the records of a data folder into one file and out of it again. */
import path from 'node:path';
import { systemClock } from '../base/clock.ts';
import { isoAt } from '../base/iso-time.ts';
import { restoreBackup, writeBackup, type BackupFacts } from '../database/backup.ts';
import { tell, type CommandContext, type ExitCode } from './command-context.ts';

export async function backupCommand(context: CommandContext): Promise<ExitCode> {
  const facts = await writeBackup(context.dataDir, fileOf(context), isoAt(systemClock.nowMs()));
  const elsewhere = (context.env['DATABASE_URL'] ?? '') === '' ? [] : ['The hub’s accounts are in PostgreSQL (DATABASE_URL): back that up with pg_dump.'];
  tell(context, facts, [...linesOf(facts), 'Backed up. Keys are not in it: keep SECRET_KEY, or the keys themselves, elsewhere.', ...elsewhere]);
  return 0;
}

export async function restoreCommand(context: CommandContext): Promise<ExitCode> {
  const facts = restoreBackup(fileOf(context), context.dataDir);
  tell(context, facts, [...linesOf(facts), `Restored as of ${facts.takenAt}. Start Strata with this data folder; what changed since is compared anew, nothing is deleted by that.`]);
  return 0;
}

function fileOf(context: CommandContext): string {
  return path.resolve(context.cwd, context.places[0] ?? '');
}
function linesOf(facts: BackupFacts): string[] {
  return facts.parts.map(({ name, bytes }) => `  ${name}  ${bytes} bytes`);
}
