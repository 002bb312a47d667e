/** Keeps SQLite from compiling a statement again at each call, which costs ten times as much as running it. */
import type Database from 'better-sqlite3';

/**
 * A plan that could look at a bound value is thrown away when that value is bound anew: so it is with `LIMIT ?`, and with `x = ?` beside an
 * ORDER BY. Behind a sign the value is not looked at, and the plans are the same, because no statistics are kept (no ANALYZE).
 */
export function steadySql(sql: string): string {
  if (!/^\s*(SELECT|WITH)\b/i.test(sql)) return sql;
  return sql.replace(/\bLIMIT \?(?!\+)/g, 'LIMIT ?+0').replace(/(=|<|>|\bIS(?: NOT)?) \?/g, '$1 +?');
}

/** From now on every statement of this database is prepared so. */
export function keepSteady(database: Database.Database): void {
  const prepare = database.prepare.bind(database);
  database.prepare = ((sql: string) => prepare(steadySql(sql))) as typeof database.prepare;
}
