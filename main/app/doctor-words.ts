/** What a place can and can't do, in plain words: one line per ability, from its probed profile. Pure. */
import type { Doctor } from '../../shared/api/contract.ts';
import type { StoreProfile } from '../sync/ports.ts';

export type Check = Doctor['checks'][number];
/** A clock this far off makes stores refuse requests. */
const largestSkewMs = 5 * 60_000;
const noticedSkewMs = 30_000;

export function ok(check: string, sentence: string): Check {
  return { check, outcome: 'ok', sentence, reason: null };
}
export function warning(check: string, sentence: string): Check {
  return { check, outcome: 'warning', sentence, reason: null };
}
export function notTried(check: string): Check {
  return { check, outcome: 'notTried', sentence: 'Not tried.', reason: null };
}

export function checksOfProfile(profile: StoreProfile, kind: 's3' | 'folder'): Check[] {
  const overwrite = profile.conditionalPut && profile.conditionalPutIfMatch;
  const checks: Check[] = [
    overwrite ? ok('conditionalWrite', 'Refuses to overwrite what another device wrote meanwhile.') : warning('conditionalWrite', 'Can’t refuse overwriting. Use one device at a time.'),
    profile.conditionalDelete
      ? ok('conditionalDelete', 'Refuses to delete what another device changed meanwhile.')
      : warning('conditionalDelete', 'Can’t refuse deleting a newer version. Strata’s own devices agree among themselves; other programs should not write here.'),
    versionsCheck(profile.versioning),
    profile.checksPayload ? ok('payload', 'Refuses bytes that were damaged on the way.') : warning('payload', 'Does not check bytes on arrival. Strata reads them back where it matters.'),
    clockCheck(profile.clockOffsetMs),
  ];
  if (kind === 'folder') return checks;
  return [
    ...checks,
    profile.multipart ? ok('multipart', 'Takes large files in parts.') : warning('multipart', 'Can’t take large files in parts: a broken upload of one starts over.'),
    profile.conditionalComplete && profile.rangedCopy ? ok('copy', 'Moves files within the place without sending them again.') : warning('copy', 'Can’t move files safely within the place: a renamed file is sent again.'),
    profile.notifications ? ok('notifications', 'Tells at once when something changes.') : ok('notifications', 'Does not tell when something changes; Strata looks from time to time.'),
  ];
}

function versionsCheck(versioning: StoreProfile['versioning']): Check {
  if (versioning === 'on') return ok('versions', 'Keeps older versions of files.');
  const sentence = versioning === 'suspended' ? 'Keeps no more versions: they were switched off. Strata puts what it replaces into its own trash there.' : 'Keeps no older versions. Strata puts what it replaces into its own trash there.';
  return warning('versions', sentence);
}
function clockCheck(offsetMs: number): Check {
  const apart = Math.abs(offsetMs);
  const minutes = Math.round(apart / 60_000);
  if (apart >= largestSkewMs) return { check: 'clock', outcome: 'problem', sentence: `This computer’s clock and the place are ${minutes} minutes apart. Set the clock.`, reason: null };
  if (apart >= noticedSkewMs) return warning('clock', `This computer’s clock and the place are ${Math.round(apart / 1000)} seconds apart.`);
  return ok('clock', 'The clocks agree.');
}
