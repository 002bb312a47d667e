/** Device sessions, refresh tokens and failed log-ins in the hub's database. */
import { sql, type Kysely } from 'kysely';
import type { AccountRecords, FailureCount, SessionRecord } from '../../accounts/ports.ts';
import type { HubTables, SessionRow } from './hub-tables.ts';
import { userOf } from './user-records.ts';

type SessionRecords = Pick<AccountRecords, 'counts' | 'addSession' | 'sessionWithUser' | 'listSessions' | 'devicesOf' | 'seen' | 'endSession' | 'endSessions' | 'addRefreshToken' | 'useRefreshToken' | 'addFailure' | 'failuresSince' | 'forgetFailures' | 'listFailures' | 'dropFailures'>;

export function sessionRecords(db: Kysely<HubTables>): SessionRecords {
  return {
    counts: async (at, since) => {
      const count = sql<string | number>`count(*)`.as('count');
      const [accounts, sessions, failures] = [
        await db.selectFrom('users').select(count).executeTakeFirst(),
        await db.selectFrom('device_sessions').select(count).where('ended_at', 'is', null).where('expires_at', '>', at).executeTakeFirst(),
        await db.selectFrom('login_failures').select(count).where('at', '>', since).executeTakeFirst(),
      ].map((found) => Number(found?.count ?? 0));
      return { accounts: accounts ?? 0, openSessions: sessions ?? 0, failedLogins: failures ?? 0 };
    },
    addSession: async (session) => {
      await db.insertInto('device_sessions').values({
        id: session.id, user_id: session.userId, kind: session.kind, device: session.device, address: session.address,
        created_at: session.createdAt, last_seen_at: session.lastSeenAt, expires_at: session.expiresAt, ended_at: session.endedAt,
      }).execute();
    },
    sessionWithUser: async (id) => {
      const found = await db.selectFrom('device_sessions as s').innerJoin('users as u', 'u.id', 's.user_id').where('s.id', '=', id)
        .select(['s.id as session_id', 's.user_id', 's.kind', 's.device', 's.address', 's.created_at as session_created_at', 's.last_seen_at', 's.expires_at', 's.ended_at', 'u.id', 'u.email', 'u.hashed_password', 'u.role', 'u.created_at', 'u.updated_at', 'u.disabled_at', 'u.quota_bytes', 'u.leaving_files', 'u.leaving_to']).executeTakeFirst();
      if (found === undefined) return null;
      return { session: sessionOf({ ...found, id: found.session_id, created_at: found.session_created_at }), user: userOf(found) };
    },
    listSessions: async (userId, at) => (await db.selectFrom('device_sessions').selectAll().where('user_id', '=', userId).where('ended_at', 'is', null).where('expires_at', '>', at).orderBy('created_at', 'desc').orderBy('id').limit(1000).execute()).map(sessionOf),
    devicesOf: async (userId) => (await db.selectFrom('device_sessions').select('device').distinct().where('user_id', '=', userId).limit(1000).execute()).map(({ device }) => device),
    seen: async (sessionId, { at, address, expiresAt }) => {
      await db.updateTable('device_sessions').set({ last_seen_at: at, address, ...(expiresAt === undefined ? {} : { expires_at: expiresAt }) }).where('id', '=', sessionId).execute();
    },
    endSession: async (userId, sessionId, at) => (await db.updateTable('device_sessions').set({ ended_at: at }).where('id', '=', sessionId).where('user_id', '=', userId).where('ended_at', 'is', null).returning('id').executeTakeFirst()) !== undefined,
    endSessions: async (userId, at, except) => {
      await db.updateTable('device_sessions').set({ ended_at: at }).where('user_id', '=', userId).where('ended_at', 'is', null).where('id', '!=', except ?? '').execute();
    },
    ...refreshRecords(db),
    ...failureRecords(db),
  };
}

function refreshRecords(db: Kysely<HubTables>): Pick<SessionRecords, 'addRefreshToken' | 'useRefreshToken'> {
  return {
    addRefreshToken: async ({ hash, sessionId, expiresAt }) => {
      await db.insertInto('refresh_tokens').values({ token_hash: hash, session_id: sessionId, expires_at: expiresAt, used_at: null }).execute();
    },
    useRefreshToken: async (hash, at) => {
      // The update is the decision: of two who come at once with the same token only one sees it unused.
      const used = await db.updateTable('refresh_tokens').set({ used_at: at }).where('token_hash', '=', hash).where('used_at', 'is', null).returning(['session_id', 'expires_at']).executeTakeFirst();
      if (used !== undefined) return { sessionId: used.session_id, expiresAt: used.expires_at, reused: false };
      const known = await db.selectFrom('refresh_tokens').select(['session_id', 'expires_at']).where('token_hash', '=', hash).executeTakeFirst();
      return known === undefined ? null : { sessionId: known.session_id, expiresAt: known.expires_at, reused: true };
    },
  };
}

function failureRecords(db: Kysely<HubTables>): Pick<SessionRecords, 'addFailure' | 'failuresSince' | 'forgetFailures' | 'listFailures' | 'dropFailures'> {
  const counted = async (column: 'account' | 'address', value: string, since: string): Promise<FailureCount> => {
    const found = await db.selectFrom('login_failures').select([sql<number>`count(*)`.as('count'), sql<string | null>`max(at)`.as('last_at')]).where(column, '=', value).where('at', '>', since).executeTakeFirst();
    return { count: Number(found?.count ?? 0), lastAt: found?.last_at ?? null };
  };
  return {
    addFailure: async (failure) => {
      await db.insertInto('login_failures').values(failure).execute();
    },
    failuresSince: async (since, who) => ({ account: await counted('account', who.account, since), address: await counted('address', who.address, since) }),
    forgetFailures: async (account) => {
      await db.deleteFrom('login_failures').where('account', '=', account).execute();
    },
    listFailures: async (limit) => db.selectFrom('login_failures').select(['account', 'address', 'at']).orderBy('id', 'desc').limit(limit).execute(),
    dropFailures: async (before) => {
      await db.deleteFrom('login_failures').where('at', '<', before).execute();
    },
  };
}

function sessionOf(row: SessionRow): SessionRecord {
  return { id: row.id, userId: row.user_id, kind: row.kind, device: row.device, address: row.address, createdAt: row.created_at, lastSeenAt: row.last_seen_at, expiresAt: row.expires_at, endedAt: row.ended_at };
}
