/** Deletes what has ended long ago; each moment is given by whoever knows how long something is kept. */
import type { Kysely } from 'kysely';
import type { PruneRecords } from '../../accounts/ports.ts';
import type { HubTables } from './hub-tables.ts';

export function pruneRecords(db: Kysely<HubTables>): PruneRecords {
  return {
    prune: async (before) => {
      const answers = [
        await db.deleteFrom('device_sessions').where((where) => where.or([where('ended_at', '<', before.sessions), where('expires_at', '<', before.sessions)])).execute(),
        // A used one is kept as long as it would have lived: shown again, it ends its family.
        await db.deleteFrom('refresh_tokens').where('expires_at', '<', before.now).execute(),
        await db.deleteFrom('invitations').where((where) => where.or([where('used_at', '<', before.codes), where('expires_at', '<', before.codes)])).execute(),
        await db.deleteFrom('password_resets').where('expires_at', '<', before.codes).execute(),
        await db.deleteFrom('login_failures').where('at', '<', before.failures).execute(),
        await db.deleteFrom('share_uses').where('at', '<', before.shareUses).execute(),
      ];
      return answers.flat().reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0);
    },
  };
}
