/** No statement of the index is compiled again at each call, and none is carried out in another way for that. */
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { holdMethods } from './index-holds.ts';
import { recordMethods } from './index-records.ts';
import { rowMethods } from './index-rows.ts';
import { migrations } from './schema.ts';
import { keepSteady, steadySql } from './steady-statements.ts';

function emptyIndex(): Database.Database {
  const database = new Database(':memory:');
  for (const migration of migrations) database.exec(migration);
  return database;
}
/** Every statement that the index prepares. */
function statementsOf(database: Database.Database): string[] {
  const prepare = database.prepare.bind(database);
  const said: string[] = [];
  database.prepare = ((sql: string) => {
    said.push(sql);
    return prepare(sql);
  }) as typeof database.prepare;
  rowMethods(database);
  recordMethods(database);
  holdMethods(database, (work) => work());
  database.prepare = prepare;
  return said;
}

it('a statement reads by the same way as it is written', () => {
  const database = emptyIndex();
  const wayOf = (sql: string): string[] => database.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...Array.from(sql.match(/\?/g) ?? [], () => null)).map((line) => line.detail);
  const statements = statementsOf(database);
  const changed = statements.filter((sql) => steadySql(sql) !== sql);
  expect(changed.length).toBeGreaterThan(30);
  for (const sql of changed) expect(wayOf(steadySql(sql)), sql).toEqual(wayOf(sql));
});

it('a statement that is called again costs a small part of preparing it', () => {
  const database = emptyIndex();
  const due = statementsOf(database).find((sql) => sql.includes('INDEXED BY entries_due') && sql.includes('hold_rows') && sql.includes('LIMIT')) ?? '';
  keepSteady(database);
  const statement = database.prepare(due);
  const costUs = (work: () => unknown): number => Math.min(...Array.from({ length: 7 }, () => {
    const begun = process.cpuUsage();
    for (let times = 0; times < 400; times += 1) work();
    const { user, system } = process.cpuUsage(begun);
    return user + system;
  }));
  expect(costUs(() => statement.all('r', '', 0, 10)) * 3).toBeLessThan(costUs(() => database.prepare(due)));
});
