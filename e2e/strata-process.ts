/** Runs Strata as a user does, as a process of its own, for the end-to-end tests: the command line to its end, or the service until it is stopped. */
import { spawn } from 'node:child_process';
import { inProject, projectNode, strataNode } from '../scripts/project.mjs';

export interface Surroundings {
  /** The home folder; the working folder too. */
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
}
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}
export interface RunningStrata {
  /** The address with its one-time code. */
  readonly url: string;
  stop(): Promise<void>;
}

function launch(words: readonly string[], { home, env = {} }: Surroundings) {
  const child = spawn(projectNode, [...strataNode.flags, inProject('main', 'cli.ts'), ...words], { cwd: home, env: { ...strataNode.env, PATH: process.env['PATH'] ?? '', HOME: home, STRATA_SECRET_KEY: 'end-to-end', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  // A test run that is cut off must not leave a service behind.
  const atExit = (): void => void child.kill('SIGKILL');
  process.once('exit', atExit);
  void ended.then(() => process.off('exit', atExit));
  return { child, said, ended };
}

export async function runStrata(words: readonly string[], around: Surroundings): Promise<Ran> {
  const { said, ended } = launch(words, around);
  const code = await ended;
  return { code, ...said };
}

export async function startStrata(dataDir: string, around: Surroundings): Promise<RunningStrata> {
  const { child, said, ended } = launch(['start', '--headless', '--no-open', '--data', dataDir, '--port', '0'], around);
  const url = await new Promise<string>((resolve, reject) => {
    const look = (): void => {
      const found = /http:\S+#code=\S+/.exec(said.out);
      if (found !== null) resolve(found[0]);
    };
    child.stdout.on('data', look);
    void ended.then((code) => reject(new Error(`Strata ended with ${code}: ${said.err}`)));
  });
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
