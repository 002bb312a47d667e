/** Uploads under way: how far each has come, its parts in the store, and the bytes that don't fill one yet. */
import { sql, type Kysely, type Selectable } from 'kysely';
import type { UploadRecord, UploadRecords } from '../../library/ports.ts';
import type { HubTables } from './hub-tables.ts';

export function uploadRecords(db: Kysely<HubTables>): UploadRecords {
  return {
    add: async (upload) => {
      await db.insertInto('uploads').values({
        id: upload.id, user_id: upload.userId, share_id: upload.shareId, address: upload.address, filename: upload.filename, original_filename: upload.originalFilename, folder: upload.folder,
        file_size: upload.sizeBytes, modified_ms: upload.modifiedMs, part_bytes: upload.partBytes, object_key: upload.objectKey, store_upload_id: upload.storeUploadId, received: upload.receivedBytes, content_type: upload.contentType,
        state: upload.state, file_id: upload.fileId, error_code: upload.errorCode, detail: upload.detail, created_at: upload.createdAt, touched_at: upload.touchedAt,
      }).execute();
    },
    upload: async (id) => {
      const found = await db.selectFrom('uploads').selectAll().where('id', '=', id).executeTakeFirst();
      return found === undefined ? null : uploadOf(found);
    },
    openOf: async (userId) => (await db.selectFrom('uploads').selectAll().where('user_id', '=', userId).where('share_id', 'is', null).where('state', 'in', ['receiving', 'finishing']).orderBy('created_at', 'desc').limit(1000).execute()).map(uploadOf),
    countOpen: async (userId, shareId) => Number((await db.selectFrom('uploads').select(sql<string | number>`count(*)`.as('count')).where('user_id', '=', userId).where('share_id', shareId === null ? 'is' : '=', shareId).where('state', 'in', ['receiving', 'finishing']).executeTakeFirst())?.count ?? 0),
    announcedBytes: async (userId) => Number((await db.selectFrom('uploads').select(sql<string | number>`coalesce(sum(file_size), 0)`.as('bytes')).where('user_id', '=', userId).where('state', 'in', ['receiving', 'finishing']).executeTakeFirst())?.bytes ?? 0),
    parts: async (id) => (await db.selectFrom('upload_parts').selectAll().where('upload_id', '=', id).orderBy('number').execute()).map((row) => ({ number: row.number, etag: row.etag, sizeBytes: row.part_size })),
    tail: async (id) => Buffer.concat((await db.selectFrom('upload_tails').select('bytes').where('upload_id', '=', id).orderBy('begins_at').execute()).map(({ bytes }) => bytes)),
    ...progress(db),
    change: async (id, change, at) => {
      await db.updateTable('uploads').set({
        touched_at: at,
        ...(change.storeUploadId === undefined ? {} : { store_upload_id: change.storeUploadId }), ...(change.contentType === undefined ? {} : { content_type: change.contentType }),
        ...(change.state === undefined ? {} : { state: change.state }), ...(change.fileId === undefined ? {} : { file_id: change.fileId }),
        ...(change.errorCode === undefined ? {} : { error_code: change.errorCode }), ...(change.detail === undefined ? {} : { detail: change.detail }),
      }).where('id', '=', id).execute();
    },
    untouchedSince: async (at, limit) => (await db.selectFrom('uploads').selectAll().where('touched_at', '<', at).orderBy('touched_at').limit(limit).execute()).map(uploadOf),
    finishing: async () => (await db.selectFrom('uploads').selectAll().where('state', '=', 'finishing').limit(1000).execute()).map(uploadOf),
    ofUser: async (userId) => (await db.selectFrom('uploads').selectAll().where('user_id', '=', userId).execute()).map(uploadOf),
    remove: async (id) => {
      await db.deleteFrom('uploads').where('id', '=', id).execute();
    },
  };
}

/** Moving the mark is the decision: of two clients on one upload only one finds it where it was. With its last byte it is due to be finished, whatever happens next. */
function progress(db: Kysely<HubTables>): Pick<UploadRecords, 'keepTail' | 'keepPart'> {
  const moveOn = async (inside: Kysely<HubTables>, id: string, from: number, to: number, at: string): Promise<boolean> =>
    (await inside.updateTable('uploads').set({ received: to, touched_at: at, state: sql<'receiving'>`case when file_size = ${to} then 'finishing' else state end` }).where('id', '=', id).where('received', '=', from).where('state', '=', 'receiving').returning('id').executeTakeFirst()) !== undefined;
  return {
    keepTail: (id, from, bytes, at) => db.transaction().execute(async (inside) => {
      if (!(await moveOn(inside, id, from, from + bytes.byteLength, at))) return false;
      await inside.insertInto('upload_tails').values({ upload_id: id, begins_at: from, bytes: Buffer.from(bytes) }).execute();
      return true;
    }),
    keepPart: (id, from, part, to, at) => db.transaction().execute(async (inside) => {
      if (!(await moveOn(inside, id, from, to, at))) return false;
      await inside.insertInto('upload_parts').values({ upload_id: id, number: part.number, etag: part.etag, part_size: part.sizeBytes }).execute();
      await inside.deleteFrom('upload_tails').where('upload_id', '=', id).execute();
      return true;
    }),
  };
}

function uploadOf(row: Selectable<HubTables['uploads']>): UploadRecord {
  return {
    id: row.id, userId: row.user_id, shareId: row.share_id, address: row.address, filename: row.filename, originalFilename: row.original_filename, folder: row.folder, sizeBytes: row.file_size, modifiedMs: row.modified_ms, partBytes: row.part_bytes,
    objectKey: row.object_key, storeUploadId: row.store_upload_id, receivedBytes: row.received, contentType: row.content_type, state: row.state, fileId: row.file_id, errorCode: row.error_code, detail: row.detail,
    createdAt: row.created_at, touchedAt: row.touched_at,
  };
}
