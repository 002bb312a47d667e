/** `strata doctor`: what a place can and can't do; of one whose certificate nobody known signed, what it shows and how to trust it. */
import path from 'node:path';
import type { ShownCertificate } from '../../shared/api/contract.ts';
import { isoAt } from '../base/iso-time.ts';
import { writeNewFile } from '../local/named-file.ts';
import { tell, type CommandContext, type ExitCode } from './command-context.ts';
import type { Connection } from './connection.ts';
import { placeFromWord, trustedCertificate } from './place-words.ts';

export async function doctorCommand(context: CommandContext, strata: Connection): Promise<ExitCode> {
  const [address = ''] = context.places;
  const file = context.values.get('save-certificate');
  if (file !== undefined) return saveCertificate(context, await strata.call('readCertificate', { address }), file);
  const answer = await strata.call('testPlace', placeFromWord(address, context.env, await trustedCertificate(context)));
  const marks = { ok: '✓', warning: '!', problem: '✗', notTried: '–' } as const;
  const unknown = answer.checks.some((check) => check.reason?.fix === 'trustCertificate');
  const shown = unknown ? await strata.call('readCertificate', { address }) : null;
  const lines = answer.checks.map((check) => `  ${marks[check.outcome]} ${check.check}: ${check.sentence}`);
  tell(context, { ...answer, certificate: shown }, [answer.place, ...lines, ...(shown === null ? [] : certificateLines(shown)), answer.usable ? 'Usable.' : 'Not usable as it is.']);
  return answer.usable ? 0 : 2;
}

async function saveCertificate(context: CommandContext, shown: ShownCertificate, file: string): Promise<ExitCode> {
  await writeNewFile(path.resolve(context.cwd, file), shown.pem);
  tell(context, { ...shown, file }, [...certificateLines(shown), `Written to ${file}. If the fingerprint is the server’s own: strata sync FOLDER STORE --certificate ${file}`]);
  return 0;
}
function certificateLines(shown: ShownCertificate): string[] {
  return [`  It shows the certificate ${shown.fingerprint}`, `    for ${shown.issuedTo}, signed by ${shown.issuedBy}, until ${isoAt(shown.validUntilMs).slice(0, 10)}`];
}
