/** The hub's database does the same on SQLite and on a real PostgreSQL, and refuses what a newer version made. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../base/logger.ts';
import { hubDatabaseSuite } from '../../testing/hub-database-suite.ts';
import { startPostgres } from '../../testing/postgres-server.ts';
import { openHubDatabase } from './open-hub-database.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'strata-hub-'));
const postgres = await startPostgres();
let serial = 0;
afterAll(async () => {
  await postgres.server?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});
const newFile = (): string => path.join(folder, `hub-${(serial += 1)}.db`);

hubDatabaseSuite('on SQLite', async () => ({ kind: 'sqlite', file: newFile() }));

describe.skipIf(postgres.server === null)(`on PostgreSQL${postgres.reason === null ? '' : ` (${postgres.reason})`}`, () => {
  hubDatabaseSuite('a database of its own', async () => ({ kind: 'postgres', url: (await postgres.server?.newDatabase()) ?? '' }));
  it('one that does not answer is a sentence, not a crash', async () => {
    await expect(openHubDatabase({ kind: 'postgres', url: 'postgres://nobody@127.0.0.1:1/none' }, silentLogger)).rejects.toMatchObject({ code: 'hub_database_unusable' });
  });
});

describe('a newer database', () => {
  it('is refused and left as it is', async () => {
    const file = newFile();
    const database = await openHubDatabase({ kind: 'sqlite', file }, silentLogger);
    await sql`insert into kysely_migration values ('9999-later', '2030-01-01T00:00:00.000Z')`.execute(database.db);
    await database.close();
    await expect(openHubDatabase({ kind: 'sqlite', file }, silentLogger)).rejects.toMatchObject({ code: 'hub_database_newer' });
  });
});
