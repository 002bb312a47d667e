/** The real command line over a core without an engine, as a process of its own, for tests that send it signals. */
import type { OutputOf } from '../../shared/api/contract.ts';
import { runCommandLine } from '../cli/run-command-line.ts';
import { endOnSignals } from '../service.ts';
import type { ComposeCore } from '../app/core.ts';
import { coreUnderTest } from './core-under-test.ts';

const stop = new AbortController();
endOnSignals(stop);
const { compose } = coreUnderTest({ syncOnce: () => new Promise<OutputOf<'syncOnce'>>(() => undefined) });
/** With HANG set, closing never ends: as a dead network drive would have it. */
const hanging: ComposeCore = async (options) => ({ ...(await compose(options)), close: () => new Promise<void>(() => undefined) });
const code = await runCommandLine(process.argv.slice(2), {
  env: process.env, cwd: process.cwd(), live: false, stop, compose: process.env['HANG'] ? hanging : compose,
  out: (text) => void process.stdout.write(text), err: (text) => void process.stderr.write(text),
});
process.exit(code);
