/** `npm run torture -- [--kills N] [--seed S] [--place minio|folder]`: kills real services on a real place and says whether anything was lost. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { createFolderStore } from '../../remote/folder-store.ts';
import { startMinio } from '../servers.ts';
import { openTestStore } from '../store-under-test.ts';
import { torture } from './torture.ts';

function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return (at < 0 ? undefined : process.argv[at + 1]) ?? otherwise;
}
const [kills, seed, kind] = [Number(option('kills', '1000')), Number(option('seed', '1')), option('place', 'minio')];
const folder = await mkdtemp(path.join(tmpdir(), 'strata-torture-'));
if (kind === 'folder') await mkdir(path.join(folder, 'place'));
const begun = performance.now();
const minio = kind === 'minio' ? await startMinio() : null;
if (minio !== null && minio.server === null) throw new Error(minio.reason);
await minio?.server?.makeBucket('torture');
const server = minio?.server ?? null;
const address = server === null ? `folder:${path.join(folder, 'place')}` : `s3://torture/lib?endpoint=${server.endpoint}&region=${server.region}`;
const store = server === null ? createFolderStore({ path: path.join(folder, 'place'), clock: systemClock }) : openTestStore(server, 'torture', 'lib');
try {
  const result = await torture({
    folder, address, store, kills, seed, killsPerJudgement: 50,
    env: { ...process.env, STRATA_SECRET_KEY: 'a passphrase for tests', ...(server === null ? {} : { AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey }) },
    onProgress: (done) => process.stderr.write(`\r${done.kills} of ${kills} kills, ${done.armed} at a named step, ${done.inFlight} with a row in the journal, ${done.written} contents written, ${Math.round((performance.now() - begun) / 1000)} s `),
  });
  process.stderr.write('\n');
  const [lost, unequal] = [result.verdicts.flatMap((one) => one.lost), result.verdicts.flatMap((one) => one.unequal)];
  for (const id of lost) console.log(`lost: ${id}`);
  for (const name of unequal) console.log(`not the same everywhere: ${name}`);
  console.log(`${result.kills} kills (${result.armed} at a named step, ${result.inFlight} while the journal held a row), ${result.written} contents written in ${Math.round((performance.now() - begun) / 1000)} s, ${result.verdicts.length} judgements, ${lost.length} lost, ${unequal.length} unequal, seed ${seed}`);
  process.exitCode = lost.length + unequal.length > 0 ? 1 : 0;
  if (process.exitCode === 0) await rm(folder, { recursive: true, force: true });
  else console.log(`Everything is kept in ${folder}`);
} finally {
  await store.close();
  await server?.stop();
}
