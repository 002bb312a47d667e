/** Single facts of a hub that outlive a restart. */
import type { Kysely } from 'kysely';
import type { HubTables } from './hub-tables.ts';

export interface FactRecords {
  fact(name: string): Promise<string | null>;
  setFact(name: string, value: string): Promise<void>;
}

export function factRecords(db: Kysely<HubTables>): FactRecords {
  return {
    fact: async (name) => (await db.selectFrom('hub_facts').select('value').where('name', '=', name).executeTakeFirst())?.value ?? null,
    setFact: async (name, value) => {
      await db.insertInto('hub_facts').values({ name, value }).onConflict((conflict) => conflict.column('name').doUpdateSet({ value })).execute();
    },
  };
}
