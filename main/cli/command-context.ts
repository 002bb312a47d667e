/** What every command is given: its words, its surroundings and how to reach Strata. */
import path from 'node:path';
import type { ComposeCore } from '../app/core.ts';
import { AppError } from '../base/app-error.ts';
import { folderExists } from '../secrets/data-dir.ts';
import { connect, type Connection } from './connection.ts';

export interface CommandContext {
  readonly places: readonly string[];
  readonly switches: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly json: boolean;
  /** Whether stdout is a terminal, where one line may be written over. */
  readonly live: boolean;
  readonly say: (line: string) => void;
  readonly sayOver: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Aborted by the first Ctrl+C. */
  readonly stop: AbortController;
  readonly compose?: ComposeCore | undefined;
}
/** 0 in step or done, 2 something waits for the user, 1 it could not run. */
export type ExitCode = 0 | 1 | 2;

export interface Reach {
  /** For what is asked about: a data dir that is not there is not made just to say that it is empty. */
  readonly mustExist?: boolean;
  readonly port?: number;
}

/** Connects, works, and closes whatever happens; Ctrl+C ends the work by closing under it. */
export async function withStrata(context: CommandContext, reach: Reach, work: (strata: Connection) => Promise<ExitCode>): Promise<ExitCode> {
  if (reach.mustExist && !(await folderExists(context.dataDir))) throw new AppError('nothing_set_up');
  const strata = await connect({
    dataDir: context.dataDir, port: reach.port ?? null, env: context.env, deviceName: context.values.get('device'),
    onStop: () => context.stop.abort(), compose: context.compose,
  });
  try {
    return await Promise.race([work(strata), stopped(context.stop.signal)]);
  } finally {
    await strata.close();
  }
}

/** Never resolves: commands that end well at Ctrl+C watch the signal themselves and are faster than this. */
function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (): void => void setImmediate(() => reject(new AppError('cancelled')));
    if (signal.aborted) refuse();
    else signal.addEventListener('abort', refuse, { once: true });
  });
}

export function absoluteFolder(context: CommandContext, folder: string): string {
  return path.resolve(context.cwd, folder);
}

/** The answer as the last line for scripts, or in words for people. */
export function tell(context: CommandContext, answer: object, lines: readonly string[]): void {
  if (context.json) context.say(JSON.stringify(answer));
  else for (const line of lines) context.say(line);
}
