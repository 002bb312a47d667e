/** What each member prefers. */
import type { Kysely } from 'kysely';
import type { HubTables } from './hub-tables.ts';

export function preferenceRecords(db: Kysely<HubTables>) {
  return {
    preferencesOf: async (userId: number): Promise<string | null> => (await db.selectFrom('preferences').select('preferences').where('user_id', '=', userId).executeTakeFirst())?.preferences ?? null,
    setPreferences: async (userId: number, text: string, at: string): Promise<void> => {
      await db.insertInto('preferences').values({ user_id: userId, preferences: text, updated_at: at }).onConflict((conflict) => conflict.column('user_id').doUpdateSet({ preferences: text, updated_at: at })).execute();
    },
  };
}
