/** Uploads in parts that come whole: the store's number for each, so that none is forgotten there. */
import type { Kysely } from 'kysely';
import type { PartRecords } from '../../library/ports.ts';
import type { HubTables } from './hub-tables.ts';

export function partRecords(db: Kysely<HubTables>): PartRecords {
  return {
    add: async ({ storeUploadId, objectKey, touchedAt }) => {
      await db.insertInto('parts_on_the_way').values({ store_upload_id: storeUploadId, object_key: objectKey, touched_at: touchedAt }).execute();
    },
    touch: async (storeUploadId, at) => {
      await db.updateTable('parts_on_the_way').set({ touched_at: at }).where('store_upload_id', '=', storeUploadId).execute();
    },
    remove: async (storeUploadId) => {
      await db.deleteFrom('parts_on_the_way').where('store_upload_id', '=', storeUploadId).execute();
    },
    untouchedSince: async (at, limit) => (await db.selectFrom('parts_on_the_way').selectAll().where('touched_at', '<', at).orderBy('touched_at').limit(limit).execute()).map((row) => ({ storeUploadId: row.store_upload_id, objectKey: row.object_key, touchedAt: row.touched_at })),
  };
}
