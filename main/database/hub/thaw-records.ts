/** What members asked back from the archive: one row per file, so that a restart forgets none. */
import type { Kysely, Selectable } from 'kysely';
import type { ErrorCode } from '../../../shared/api/errors.ts';
import type { Thaw } from '../../../shared/model/thaw.ts';
import type { HubTables } from './hub-tables.ts';

export interface ThawRecords {
  saveThaw(thaw: Thaw): Promise<void>;
  thaw(id: string): Promise<Thaw | null>;
  dueThaws(nowMs: number, limit: number): Promise<readonly Thaw[]>;
  nextThawMs(): Promise<number | null>;
}

export function thawRecords(db: Kysely<HubTables>): ThawRecords {
  return {
    saveThaw: async (thaw) => {
      // A file that went meanwhile took its row along; there is nothing left to note.
      if ((await db.selectFrom('files').select('id').where('id', '=', Number(thaw.id)).executeTakeFirst()) === undefined) return;
      const row = rowOf(thaw);
      const { file_id: _id, ...values } = row;
      await db.insertInto('file_thaws').values(row).onConflict((conflict) => conflict.column('file_id').doUpdateSet(values)).execute();
    },
    thaw: async (id) => {
      const found = await db.selectFrom('file_thaws').selectAll().where('file_id', '=', Number(id)).executeTakeFirst();
      return found === undefined ? null : thawOf(found);
    },
    dueThaws: async (nowMs, limit) => (await db.selectFrom('file_thaws').selectAll().where('next_ms', '<=', nowMs).orderBy('next_ms').limit(limit).execute()).map(thawOf),
    nextThawMs: async () => {
      const { least } = await db.selectFrom('file_thaws').select((select) => select.fn.min('next_ms').as('least')).executeTakeFirstOrThrow();
      return least === null ? null : Number(least);
    },
  };
}

function rowOf(thaw: Thaw): Selectable<HubTables['file_thaws']> {
  const whole = (ms: number | null): number | null => (ms === null ? null : Math.round(ms));
  return {
    file_id: Number(thaw.id), user_id: Number(thaw.rootId), object_key: thaw.objectKey, file_size: thaw.sizeBytes, storage_class: thaw.storageClass, speed: thaw.speed, days: thaw.days, state: thaw.state,
    asked_ms: Math.round(thaw.askedAtMs), started_ms: whole(thaw.startedAtMs), ready_ms: whole(thaw.readyAtMs), until_ms: whole(thaw.untilMs), next_ms: whole(thaw.nextMs), tries: thaw.tries, error_code: thaw.code,
  };
}
function thawOf(row: Selectable<HubTables['file_thaws']>): Thaw {
  return {
    id: String(row.file_id), rootId: String(row.user_id), key: row.object_key, objectKey: row.object_key, sizeBytes: row.file_size, storageClass: row.storage_class, speed: row.speed, days: row.days, toDisk: false, state: row.state,
    askedAtMs: row.asked_ms, startedAtMs: row.started_ms, readyAtMs: row.ready_ms, untilMs: row.until_ms, nextMs: row.next_ms, tries: row.tries, code: row.error_code as ErrorCode | null,
  };
}
