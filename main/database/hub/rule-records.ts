/** Upload rules of each member's library. */
import type { Kysely } from 'kysely';
import { noRules, type UploadRules } from '../../../shared/upload-rules.ts';
import type { RuleRecords } from '../../library/ports.ts';
import type { HubTables } from './hub-tables.ts';

export function ruleRecords(db: Kysely<HubTables>): RuleRecords {
  return {
    rulesOf: async (userId) => {
      const found = await db.selectFrom('upload_rules').select('rules').where('user_id', '=', userId).executeTakeFirst();
      return found === undefined ? noRules : { ...noRules, ...(JSON.parse(found.rules) as UploadRules) };
    },
    setRules: async (userId, rules, at) => {
      const text = JSON.stringify(rules);
      await db.insertInto('upload_rules').values({ user_id: userId, rules: text, updated_at: at }).onConflict((conflict) => conflict.column('user_id').doUpdateSet({ rules: text, updated_at: at })).execute();
    },
  };
}
