/** Opens the hub's database, SQLite in the data dir or PostgreSQL by its address, and brings its tables up to date. */
import Database from 'better-sqlite3';
import { Kysely, PostgresDialect, SqliteDialect, type SqliteDatabase } from 'kysely';
import { Migrator } from 'kysely/migration';
import { dropOldest } from '../../base/drop-oldest.ts';
import { AppError } from '../../base/app-error.ts';
import type { Logger } from '../../base/logger.ts';
import { hubMigrations, type DatabaseKind } from './hub-migrations.ts';
import type { HubTables } from './hub-tables.ts';

export interface HubDatabase {
  readonly kind: DatabaseKind;
  readonly db: Kysely<HubTables>;
  isWell(): Promise<boolean>;
  close(): Promise<void>;
}
export type DatabasePlace = { readonly kind: 'sqlite'; readonly file: string } | { readonly kind: 'postgres'; readonly url: string };

/** 8-byte numbers come as text, because they may be larger than JavaScript counts; ours are sizes and counts, far below. */
const bigintType = 20;
const mostConnections = 10;
const mostStatements = 200;

export async function openHubDatabase(place: DatabasePlace, logger: Logger): Promise<HubDatabase> {
  const db = new Kysely<HubTables>({ dialect: place.kind === 'sqlite' ? sqlite(place.file) : await postgres(place.url, logger) });
  try {
    await migrate(db, place.kind);
  } catch (thrown) {
    await db.destroy();
    throw thrown instanceof AppError ? thrown : new AppError('hub_database_unusable', {}, thrown);
  }
  return { kind: place.kind, db, isWell: () => db.selectFrom('hub_facts').select('name').limit(1).execute().then(() => true, () => false), close: () => db.destroy() };
}

function sqlite(file: string): SqliteDialect {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  // Accounts and sessions exist nowhere else: what was answered must outlive a power cut.
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma('busy_timeout = 5000');
  return new SqliteDialect({ database: withKeptStatements(database) });
}

/** The same few texts are asked again and again: preparing one costs as much as running it. Only what reads is kept, and nothing from before the tables were up to date. */
function withKeptStatements(database: Database.Database): SqliteDatabase {
  const kept = new Map<string, Database.Statement>();
  return {
    close: () => void database.close(),
    prepare: (text) => {
      const known = kept.get(text);
      if (known !== undefined) return known as never;
      const made = database.prepare(text);
      if (!made.reader) {
        // A table that changes makes what was prepared before it stale.
        if (/^\s*(create|alter|drop)/i.test(text)) kept.clear();
        return made as never;
      }
      kept.set(text, made);
      dropOldest(kept, mostStatements);
      return made as never;
    },
  };
}

async function postgres(url: string, logger: Logger): Promise<PostgresDialect> {
  const { default: pg } = await import('pg');
  const types = { getTypeParser: (oid: number, format?: 'text' | 'binary') => (oid === bigintType ? Number : (pg.types.getTypeParser as (oid: number, format?: string) => (value: string) => unknown)(oid, format)) };
  const pool = new pg.Pool({ connectionString: url, max: mostConnections, connectionTimeoutMillis: 10_000, idleTimeoutMillis: 30_000, types: types as never });
  // A connection that breaks while nobody uses it must not end the service.
  pool.on('error', (error: Error) => logger.warn({ err: error }, 'a connection to PostgreSQL broke'));
  return new PostgresDialect({ pool });
}

async function migrate(db: Kysely<HubTables>, kind: DatabaseKind): Promise<void> {
  const migrations = hubMigrations(kind);
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  // Steps that we do not know were done by a newer version: going on could spoil what it wrote.
  if (error instanceof Error && /corrupted migrations|is missing/.test(error.message)) throw new AppError('hub_database_newer', {}, error);
  throw error;
}
