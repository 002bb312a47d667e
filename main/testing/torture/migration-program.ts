/** One computer of the killed migrations as a process of its own: syncs once, migrates once, and says when which begins: `node migration-program.ts DATA FOLDER WARM COLD NAME keep|delete`. */
import { silentLogger } from '../../base/logger.ts';
import type { Caller } from '../../app/handlers.ts';
import { composeCore } from '../../compose.ts';

export type Told =
  | { readonly is: 'syncing' | 'migrating' }
  | { readonly is: 'failed'; readonly why: string }
  | { readonly is: 'done'; readonly inStep: boolean; readonly reasons: readonly string[]; readonly changed: number; readonly moved: number; readonly copied: number; readonly failed: number; readonly left: number; readonly isBusy: boolean };
const [dataDir, folder, warm, cold, deviceName, drop] = process.argv.slice(2);
if (dataDir === undefined || folder === undefined || warm === undefined || cold === undefined || deviceName === undefined || (drop !== 'keep' && drop !== 'delete')) throw new Error('DATA FOLDER WARM COLD NAME keep|delete');
const owner: Caller = { who: 'owner', sessionId: 'torture' };
const say = (told: Told): void => void process.stdout.write(`${JSON.stringify(told)}\n`);
const core = await composeCore({ dataDir, logger: silentLogger, deviceName, env: { ...process.env, DELETE_FROM_MINIO_AFTER_SYNC: String(drop === 'delete') } });
try {
  say({ is: 'syncing' });
  // Approved: the load deletes more in an hour than any person, and the guard has its own tests.
  const { inStep, reasons, summary } = await core.handlers.syncOnce({ folder, place: { address: warm }, cold: { address: cold }, approveCounts: true }, owner);
  const rootId = (await core.handlers.readStatus({}, owner)).roots[0]?.id ?? '';
  say({ is: 'migrating' });
  const { moved, copied, failed, left, isBusy } = await core.handlers.runTiers({ rootId }, owner);
  say({ is: 'done', inStep, reasons, changed: summary.uploaded + summary.downloaded + summary.deleted + summary.moved, moved, copied, failed, left, isBusy });
} catch (thrown) {
  say({ is: 'failed', why: String(thrown) });
} finally {
  await core.close();
}
