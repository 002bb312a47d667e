/** People, invitations and resets in the hub's database. */
import { sql, type Kysely } from 'kysely';
import type { AccountRecords, InvitationRecord, UserRecord } from '../../accounts/ports.ts';
import type { LeavingRecords } from '../../library/ports.ts';
import type { HubTables, InvitationRow, UserRow } from './hub-tables.ts';

type UserRecords = Pick<AccountRecords, 'addUser' | 'hasUsers' | 'user' | 'userByEmail' | 'listUsers' | 'changeUser' | 'countOwners' | 'addInvitation' | 'invitation' | 'useInvitation' | 'listInvitations' | 'removeInvitation' | 'addReset' | 'useReset' | 'countResets'>;

export function userRecords(db: Kysely<HubTables>): UserRecords {
  const oneUser = async (column: 'id' | 'email', value: number | string): Promise<UserRecord | null> => {
    const found = await db.selectFrom('users').selectAll().where(column, '=', value as never).executeTakeFirst();
    return found === undefined ? null : userOf(found);
  };
  return {
    addUser: (user) => addUser(db, user),
    hasUsers: async () => (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined,
    user: (id) => oneUser('id', id),
    userByEmail: (email) => oneUser('email', email),
    listUsers: async ({ after, limit }) => (await db.selectFrom('users').selectAll().where('id', '>', after).orderBy('id').limit(limit).execute()).map(userOf),
    changeUser: async (id, change, at) => {
      const values = {
        updated_at: at,
        ...(change.role === undefined ? {} : { role: change.role }),
        ...(change.hashedPassword === undefined ? {} : { hashed_password: change.hashedPassword }),
        ...(change.disabledAt === undefined ? {} : { disabled_at: change.disabledAt }),
        ...(change.leaving === undefined ? {} : { leaving_files: change.leaving.files, leaving_to: change.leaving.to }),
        ...(change.quotaBytes === undefined ? {} : { quota_bytes: change.quotaBytes }),
      };
      const changed = await db.updateTable('users').set(values).where('id', '=', id).returningAll().executeTakeFirst();
      return changed === undefined ? null : userOf(changed);
    },
    countOwners: async () => Number((await db.selectFrom('users').select(sql<number>`count(*)`.as('count')).where('role', '=', 'owner').where('disabled_at', 'is', null).executeTakeFirst())?.count ?? 0),
    ...invitationRecords(db),
    addReset: async ({ hash, userId, expiresAt }) => {
      await db.insertInto('password_resets').values({ token_hash: hash, user_id: userId, expires_at: expiresAt, used_at: null }).execute();
    },
    countResets: async (userId, endsAfter) => Number((await db.selectFrom('password_resets').select(sql<number>`count(*)`.as('count')).where('user_id', '=', userId).where('expires_at', '>', endsAfter).executeTakeFirst())?.count ?? 0),
    useReset: async (hash, at) => {
      const used = await db.updateTable('password_resets').set({ used_at: at }).where('token_hash', '=', hash).where('used_at', 'is', null).where('expires_at', '>', at).returning('user_id').executeTakeFirst();
      return used?.user_id ?? null;
    },
  };
}

/** Those who are leaving, for whoever sees to their files. */
export function leavingRecords(db: Kysely<HubTables>): LeavingRecords {
  return {
    leaving: async () => (await db.selectFrom('users').select(['id', 'email', 'leaving_files', 'leaving_to']).where('leaving_files', 'is not', null).orderBy('id').execute()).map((row) => ({ userId: row.id, email: row.email, files: row.leaving_files ?? 'keep', to: row.leaving_to })),
    gone: async (userId) => {
      await db.deleteFrom('users').where('id', '=', userId).where('leaving_files', 'is not', null).execute();
    },
  };
}

/** The fact `first-user` is claimed in the same transaction: of two first sign-ups at once only one becomes the owner. */
function addUser(db: Kysely<HubTables>, user: Parameters<AccountRecords['addUser']>[0]): Promise<UserRecord | null> {
  return db.transaction().execute(async (inside) => {
    const added = await inside.insertInto('users')
      .values({ email: user.email, hashed_password: user.hashedPassword, role: user.role, created_at: user.at, updated_at: user.at, disabled_at: null })
      .onConflict((conflict) => conflict.column('email').doNothing()).returningAll().executeTakeFirst();
    if (added === undefined) return null;
    const first = await inside.insertInto('hub_facts').values({ name: 'first-user', value: String(added.id) }).onConflict((conflict) => conflict.column('name').doNothing()).returning('name').executeTakeFirst();
    if (first === undefined) return userOf(added);
    return userOf(await inside.updateTable('users').set({ role: 'owner' }).where('id', '=', added.id).returningAll().executeTakeFirstOrThrow());
  });
}

function invitationRecords(db: Kysely<HubTables>): Pick<UserRecords, 'addInvitation' | 'invitation' | 'useInvitation' | 'listInvitations' | 'removeInvitation'> {
  return {
    addInvitation: async ({ hash, email, role, at, expiresAt }) =>
      invitationOf(await db.insertInto('invitations').values({ token_hash: hash, email, role, created_at: at, expires_at: expiresAt, used_at: null }).returningAll().executeTakeFirstOrThrow()),
    invitation: async (hash) => {
      const found = await db.selectFrom('invitations').selectAll().where('token_hash', '=', hash).executeTakeFirst();
      return found === undefined ? null : invitationOf(found);
    },
    useInvitation: async (id, at) => (await db.updateTable('invitations').set({ used_at: at }).where('id', '=', id).where('used_at', 'is', null).returning('id').executeTakeFirst()) !== undefined,
    listInvitations: async () => (await db.selectFrom('invitations').selectAll().orderBy('id', 'desc').limit(1000).execute()).map(invitationOf),
    removeInvitation: async (id) => (await db.deleteFrom('invitations').where('id', '=', id).returning('id').executeTakeFirst()) !== undefined,
  };
}

export function userOf(row: UserRow): UserRecord {
  return { id: row.id, email: row.email, hashedPassword: row.hashed_password, role: row.role, createdAt: row.created_at, updatedAt: row.updated_at, disabledAt: row.disabled_at, quotaBytes: row.quota_bytes, leavingFiles: row.leaving_files };
}
function invitationOf(row: InvitationRow): InvitationRecord {
  return { id: row.id, email: row.email, role: row.role, createdAt: row.created_at, expiresAt: row.expires_at, usedAt: row.used_at };
}
