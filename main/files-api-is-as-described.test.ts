/** The really started hub, over a real MinIO, does what rows H1 to H6 describe: tried by a program in another language. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onPath } from '../scripts/test-servers.mjs';
import { projectDir } from './testing/architecture.ts';
import { hubEnvironment, startHeadlessHub, type HeadlessHub } from './testing/headless-hub.ts';
import { startPostgres } from './testing/postgres-server.ts';
import { startMinio } from './testing/servers.ts';

const minio = await startMinio();
const postgres = await startPostgres();
const python = onPath('python3');
const missing = minio.reason ?? (python === null ? 'python3 is not installed' : null);
afterAll(async () => {
  await minio.server?.stop();
  await postgres.server?.stop();
});
const script = path.join(projectDir, 'e2e', 'files-api-script.py');
function run(hub: HeadlessHub, prefix: string): string {
  const ran = spawnSync(python ?? '', [script, hub.address, prefix, '24'], { encoding: 'utf8', timeout: 500_000 });
  return ran.stdout + ran.stderr;
}
const limits = { LIMIT_ANONYMOUS_PER_MINUTE: '1000', MAX_FILE_SIZE_MB: '24' };

describe.skipIf(missing !== null)(`the files API${missing === null ? '' : ` (${missing})`}`, () => {
  describe('with SQLite', () => {
    let hub: HeadlessHub;
    beforeAll(async () => {
      if (minio.server !== null) hub = await startHeadlessHub(hubEnvironment(minio.server, limits));
    });
    afterAll(() => hub.stop());
    it.each(['/api', '/api/v1'])('is as described at %s', (prefix) => {
      expect(run(hub, prefix)).toMatch(/^as described: \d+ checks$/m);
    });
  });
  it.skipIf(postgres.server === null)(`is as described with PostgreSQL${postgres.reason === null ? '' : ` (${postgres.reason})`}`, async () => {
    if (minio.server === null || postgres.server === null) return;
    const hub = await startHeadlessHub(hubEnvironment(minio.server, { ...limits, DATABASE_URL: await postgres.server.newDatabase(), ALGORITHM: 'EdDSA' }));
    try {
      expect(run(hub, '/api')).toMatch(/^as described: \d+ checks$/m);
    } finally {
      await hub.stop();
    }
  });
});
