/** Rows of the files in members' libraries. */
import { sql, type Kysely } from 'kysely';
import type { FileFilter, FilePage, FileRecord, FileRecords, NewFile } from '../../library/ports.ts';
import type { FileRow, HubTables, NewFileRow } from './hub-tables.ts';

const rowsPerInsert = 200;

export function fileRecords(db: Kysely<HubTables>): FileRecords {
  const put = (files: readonly NewFile[], at: string) => db.insertInto('files').values(files.map((file) => newRow(file, at))).onConflict((conflict) => conflict.column('object_key').doUpdateSet((excluded) => ({
    // The id stays: whoever remembers it means the file at this place. New content is not yet in the cold store.
    etag: excluded.ref('excluded.etag'), file_size: excluded.ref('excluded.file_size'), content_type: excluded.ref('excluded.content_type'),
    uploaded_at: excluded.ref('excluded.uploaded_at'), updated_at: excluded.ref('excluded.updated_at'), storage_location: excluded.ref('excluded.storage_location'), synced_at: excluded.ref('excluded.synced_at'), in_warm: excluded.ref('excluded.in_warm'),
  })));
  return {
    put: async (file, at) => fileOf(await put([file], at).returningAll().executeTakeFirstOrThrow()),
    putMany: async (files, at) => {
      for (let from = 0; from < files.length; from += rowsPerInsert) await put(files.slice(from, from + rowsPerInsert), at).execute();
    },
    file: async (id) => {
      // PostgreSQL refuses a number that its integer can't hold; no row has such an id.
      if (id > 2_147_483_647) return null;
      const found = await db.selectFrom('files').selectAll().where('id', '=', id).executeTakeFirst();
      return found === undefined ? null : fileOf(found);
    },
    fileAt: async (objectKey) => {
      const found = await db.selectFrom('files').selectAll().where('object_key', '=', objectKey).executeTakeFirst();
      return found === undefined ? null : fileOf(found);
    },
    named: async (userId, folder, filename) => {
      const found = await db.selectFrom('files').selectAll().where('user_id', '=', userId).where('folder', '=', folder).where('filename', '=', filename).where('deleted_at', 'is', null).orderBy('id', 'desc').limit(1).executeTakeFirst();
      return found === undefined ? null : fileOf(found);
    },
    list: async (filter, page) => (await listed(db, filter, page).execute()).map(fileOf),
    folders: async (userId, below) => {
      let query = db.selectFrom('files').select(['folder', sql<number>`count(*)`.as('files'), sql<string | number>`coalesce(sum(file_size), 0)`.as('bytes')]).where('user_id', '=', userId).where('deleted_at', 'is', null);
      query = below === '' ? query.where('folder', '!=', '') : query.where('folder', '>', `${below}/`).where('folder', '<', `${below}0`);
      return (await query.groupBy('folder').execute()).map((row) => ({ folder: row.folder, files: Number(row.files), bytes: Number(row.bytes) }));
    },
    trashed: async (userId, { before, limit }) => {
      let query = db.selectFrom('files').selectAll().where('user_id', '=', userId).where('deleted_at', 'is not', null);
      if (before !== null) query = query.where('id', '<', before);
      return (await query.orderBy('id', 'desc').limit(limit).execute()).map(fileOf);
    },
    move: async (id, etag, to, at) => {
      const values = { object_key: to.objectKey, etag: to.etag, ...(to.storageLocation === undefined ? {} : { storage_location: to.storageLocation, ...(to.storageLocation === 'minio' ? { synced_at: null, in_warm: 1 } : {}) }), filename: to.filename, folder: to.folder, deleted_at: to.deletedAt, restore_key: to.restoreKey, updated_at: at, ...(to.userId === undefined ? {} : { user_id: to.userId }) };
      const moved = await db.updateTable('files').set(values).where('id', '=', id).where('etag', '=', etag).returningAll().executeTakeFirst();
      return moved === undefined ? null : fileOf(moved);
    },
    keysBetween: async (userId, after, upTo) => {
      let query = db.selectFrom('files').select(['id', 'object_key as objectKey', 'etag', 'storage_location']).where('user_id', '=', userId).where('object_key', '>', after);
      if (upTo !== null) query = query.where('object_key', '<=', upTo);
      return (await query.orderBy('object_key').execute()).map(({ storage_location: location, ...row }) => ({ ...row, isInCold: location === 's3' }));
    },
    allOf: async (userId, { after, limit }) => (await db.selectFrom('files').selectAll().where('user_id', '=', userId).where('id', '>', after).orderBy('id').limit(limit).execute()).map(fileOf),
    forgetAll: async (userId) => {
      await db.deleteFrom('files').where('user_id', '=', userId).execute();
    },
    remove: async (id, etag) => {
      await db.deleteFrom('files').where('id', '=', id).where('etag', '=', etag).execute();
    },
    notInCold: (afterId, limit) => db.selectFrom('files').select(['id', 'user_id as userId', 'object_key as objectKey', 'etag']).where('storage_location', '=', 'minio').where('deleted_at', 'is', null).where('id', '>', afterId).orderBy('id').limit(limit).execute(),
    inBoth: (afterId, limit) => db.selectFrom('files').select(['id', 'user_id as userId', 'object_key as objectKey', 'etag']).where('storage_location', '=', 's3').where('in_warm', '=', 1).where('deleted_at', 'is', null).where('id', '>', afterId).orderBy('id').limit(limit).execute(),
    markSynced: async (id, etag, to, at) => {
      const values = { etag: to.etag, storage_location: 's3' as const, synced_at: at, updated_at: at, in_warm: to.isInWarm ? 1 : 0 };
      return (await db.updateTable('files').set(values).where('id', '=', id).where('etag', '=', etag).executeTakeFirst()).numUpdatedRows > 0n;
    },
    usedBytes: async (userId) => Number((await db.selectFrom('files').select(sql<string | number>`coalesce(sum(file_size), 0)`.as('bytes')).where('user_id', '=', userId).executeTakeFirst())?.bytes ?? 0),
    usage: async (since) => {
      const day = sql<string>`substr(f.uploaded_at, 1, 10)`;
      const rows = await db.selectFrom('files as f').innerJoin('users as u', 'u.id', 'f.user_id').select([day.as('day'), 'f.user_id as user_id', 'u.email as email', sql<string | number>`count(*)`.as('files'), sql<string | number>`coalesce(sum(f.file_size), 0)`.as('bytes')])
        .where('f.uploaded_at', '>=', since).where('f.deleted_at', 'is', null).groupBy([day, 'f.user_id', 'u.email']).orderBy(day, 'desc').orderBy('f.user_id').execute();
      return rows.map((row) => ({ day: row.day, userId: row.user_id, email: row.email, files: Number(row.files), bytes: Number(row.bytes) }));
    },
    totals: async (userIds) => {
      if (userIds.length === 0) return new Map();
      const kept = sql<string | number>`coalesce(sum(case when deleted_at is null then file_size end), 0)`;
      const rows = await db.selectFrom('files').select(['user_id', sql<number>`count(case when deleted_at is null then 1 end)`.as('files'), kept.as('bytes'), sql<string | number>`coalesce(sum(file_size), 0)`.as('used')]).where('user_id', 'in', [...userIds]).groupBy('user_id').execute();
      return new Map(rows.map((row) => [row.user_id, { files: Number(row.files), bytes: Number(row.bytes), usedBytes: Number(row.used) }]));
    },
  };
}

function listed(db: Kysely<HubTables>, filter: FileFilter, page: FilePage) {
  let query = db.selectFrom('files').selectAll().where('user_id', '=', filter.userId).where('deleted_at', 'is', null);
  if (filter.folder !== undefined) query = query.where('folder', '=', filter.folder);
  if (filter.below !== undefined && filter.below !== '') {
    const below = filter.below;
    // `0` follows `/` in the order of bytes: the folder and all that begins with it and a slash lies in this one span, which an index serves; what else lies in it ("folder (2)") is left out.
    query = query.where('folder', '>=', below).where('folder', '<', `${below}0`).where((where) => where.or([where('folder', '=', below), where('folder', '>', `${below}/`)]));
  }
  if (filter.search !== undefined && filter.search !== '') query = query.where(sql<boolean>`lower(filename) like ${`%${escapeLike(filter.search.toLowerCase())}%`} escape '!'`);
  if (filter.type !== undefined) query = filter.type.endsWith('/') ? query.where(sql<boolean>`content_type like ${`${escapeLike(filter.type)}%`} escape '!'`) : query.where('content_type', '=', filter.type);
  if (filter.minBytes !== undefined) query = query.where('file_size', '>=', filter.minBytes);
  if (filter.maxBytes !== undefined) query = query.where('file_size', '<=', filter.maxBytes);
  if (filter.uploadedAfter !== undefined) query = query.where('uploaded_at', '>', filter.uploadedAfter);
  if (filter.uploadedBefore !== undefined) query = query.where('uploaded_at', '<', filter.uploadedBefore);
  if (filter.storageLocation !== undefined) query = query.where('storage_location', '=', filter.storageLocation);
  const { after, limit, sort, descending = sort === 'newest' } = page;
  const [beyond, order] = descending ? (['<', 'desc'] as const) : (['>', 'asc'] as const);
  if (sort === 'newest') return (after === null ? query : query.where('id', beyond, after.id)).orderBy('id', order).limit(limit);
  const column = sort === 'name' ? ('filename' as const) : ('file_size' as const);
  if (after !== null) query = query.where((where) => where.or([where(column, beyond, after.value as never), where.and([where(column, '=', after.value as never), where('id', beyond, after.id)])]));
  return query.orderBy(column, order).orderBy('id', order).limit(limit);
}

/** What someone types is text, never a pattern. */
function escapeLike(text: string): string {
  return text.replaceAll(/[!%_]/g, (sign) => `!${sign}`);
}

function newRow(file: NewFile, at: string): NewFileRow {
  return {
    user_id: file.userId, filename: file.filename, original_filename: file.originalFilename, folder: file.folder, file_size: file.sizeBytes, content_type: file.contentType,
    storage_location: 'minio', object_key: file.objectKey, etag: file.etag, uploaded_at: file.uploadedAt, synced_at: null, in_warm: 1, created_at: at, updated_at: at,
  };
}
function fileOf(row: FileRow): FileRecord {
  return {
    id: row.id, userId: row.user_id, filename: row.filename, originalFilename: row.original_filename, folder: row.folder, sizeBytes: row.file_size, contentType: row.content_type,
    storageLocation: row.storage_location, objectKey: row.object_key, etag: row.etag, uploadedAt: row.uploaded_at, syncedAt: row.synced_at, createdAt: row.created_at, updatedAt: row.updated_at, deletedAt: row.deleted_at, restoreKey: row.restore_key,
  };
}
