/** The `strata` command: design §7, on the project's own Node. */
import { runCommandLine } from './cli/run-command-line.ts';
import { endOnSignals } from './service.ts';

const stop = new AbortController();
endOnSignals(stop);
// Whoever reads us may stop reading (`| head`): that ends us, quietly.
process.stdout.on('error', () => process.exit(0));

const code = await runCommandLine(process.argv.slice(2), {
  env: process.env, cwd: process.cwd(), live: process.stdout.isTTY === true, stop,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
process.exitCode = code;
// Everything is closed; what a library may still hold open must not keep the command waiting.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
