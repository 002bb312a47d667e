/** Share links and their uses. */
import { sql, type Kysely, type Selectable } from 'kysely';
import type { ShareRecord, ShareRecords } from '../../library/ports.ts';
import type { HubTables } from './hub-tables.ts';

export function shareRecords(db: Kysely<HubTables>): ShareRecords {
  return {
    addShare: async (share) => shareOf(await db.insertInto('shares').values({
      user_id: share.userId, token_hash: share.tokenHash, file_id: share.fileId, folder: share.folder, mode: share.mode, hashed_password: share.hashedPassword,
      expires_at: share.expiresAt, most_downloads: share.mostDownloads, downloads: 0, created_at: share.createdAt,
    }).returningAll().executeTakeFirstOrThrow()),
    share: async (tokenHash) => {
      const found = await db.selectFrom('shares').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst();
      return found === undefined ? null : shareOf(found);
    },
    sharesOf: async (userId) => (await db.selectFrom('shares').selectAll().where('user_id', '=', userId).orderBy('id', 'desc').limit(1000).execute()).map(shareOf),
    countShares: async (userId) => Number((await db.selectFrom('shares').select(sql<string | number>`count(*)`.as('count')).where('user_id', '=', userId).executeTakeFirst())?.count ?? 0),
    removeShare: async (userId, shareId) => (await db.deleteFrom('shares').where('id', '=', shareId).where('user_id', '=', userId).returning('id').executeTakeFirst()) !== undefined,
    // Cut here and not by the database: what one of them calls the length of an emoji the other doesn't.
    moveFolder: (userId, from, to) => db.transaction().execute(async (inside) => {
      for (const { id, folder } of await inside.selectFrom('shares').select(['id', 'folder']).where('user_id', '=', userId).where('folder', 'is not', null).execute()) {
        if (folder === from || folder?.startsWith(`${from}/`) === true) await inside.updateTable('shares').set({ folder: to + folder.slice(from.length) }).where('id', '=', id).execute();
      }
    }),
    // Counting is the decision: of two last downloads at once one is too late.
    countDownload: async (shareId) => (await db.updateTable('shares').set({ downloads: sql`downloads + 1` }).where('id', '=', shareId).where((where) => where.or([where('most_downloads', 'is', null), where('downloads', '<', where.ref('most_downloads'))])).returning('id').executeTakeFirst()) !== undefined,
    noteUse: async ({ shareId, at, address, what }) => {
      await db.insertInto('share_uses').values({ share_id: shareId, at, address, what }).execute();
    },
    countUses: async (shareId, what, since) => {
      const found = await db.selectFrom('share_uses').select(['address', sql<string | number>`count(*)`.as('count')]).where('share_id', '=', shareId).where('at', '>', since).where('what', '=', what).groupBy('address').execute();
      const byAddress = new Map(found.map(({ address, count }) => [address, Number(count)]));
      return { all: [...byAddress.values()].reduce((sum, count) => sum + count, 0), of: (address) => byAddress.get(address) ?? 0 };
    },
    usesOf: async (shareId) => db.selectFrom('share_uses').select(['at', 'address', 'what']).where('share_id', '=', shareId).orderBy('id', 'desc').limit(1000).execute(),
  };
}

function shareOf(row: Selectable<HubTables['shares']>): ShareRecord {
  return { id: row.id, userId: row.user_id, fileId: row.file_id, folder: row.folder, mode: row.mode, hashedPassword: row.hashed_password, expiresAt: row.expires_at, mostDownloads: row.most_downloads, downloads: row.downloads, createdAt: row.created_at };
}
