/** A child process that a test started: known to have failed, and ended without touching anyone else's. */
import { spawn } from 'node:child_process';
import { systemClock } from '../base/clock.ts';

export interface OwnProcess {
  stop(): Promise<void>;
  /** Why it is no longer running, or null while it is. */
  failed(): string | null;
}

/** `as` is another user, for servers that refuse to run as root. */
export function ownProcess(path: string, args: readonly string[], env: Readonly<Record<string, string>> = {}, as: { readonly uid?: number; readonly gid?: number } = {}): OwnProcess {
  const child = spawn(path, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'], ...as });
  let said = '';
  let ended: string | null = null;
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-500)));
  const exited = new Promise<void>((resolve) => {
    child.on('exit', (code, signal) => {
      ended = `it ended with ${code ?? signal}: ${said.trim()}`;
      resolve();
    });
    child.on('error', (error) => {
      ended = error.message;
      resolve();
    });
  });
  // A test run that is cut off must not leave servers behind.
  const atExit = (): void => void child.kill('SIGKILL');
  process.once('exit', atExit);
  return {
    failed: () => ended,
    async stop() {
      process.off('exit', atExit);
      if (ended !== null) return;
      child.kill('SIGTERM');
      const cancel = systemClock.after(3000, () => child.kill('SIGKILL'));
      await exited;
      cancel();
    },
  };
}
