/** One device of the torture as a process of its own: `node device-program.ts once|stay DATA FOLDER PLACE NAME`; dies where STRATA_TORTURE_POINT says. */
import { silentLogger } from '../../base/logger.ts';
import { composeCore } from '../../compose.ts';
import { aroundWith, parsePoint } from './armed.ts';

const [mode, dataDir, folder, address, deviceName] = process.argv.slice(2);
if ((mode !== 'once' && mode !== 'stay') || dataDir === undefined || folder === undefined || address === undefined || deviceName === undefined) throw new Error('once|stay DATA FOLDER PLACE NAME');
const around = aroundWith(parsePoint(process.env['STRATA_TORTURE_POINT']), () => process.kill(process.pid, 'SIGKILL'));
const core = await composeCore({ dataDir, logger: silentLogger, deviceName, env: process.env }, { around });
const say = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
say({ ready: true });
process.once('SIGTERM', () => {
  void core.close().finally(() => process.exit(0));
});
try {
  // Approved: the load deletes more in an hour than any person, and the guard has its own tests.
  const outcome = await core.handlers.syncOnce({ folder, place: { address }, approveCounts: true }, { who: 'owner', sessionId: 'torture' });
  say(outcome as object);
} catch (thrown) {
  say({ inStep: false, reasons: [String(thrown)] });
  if (mode === 'once') process.exitCode = 1;
}
if (mode === 'stay') await core.startSync();
else await core.close();
