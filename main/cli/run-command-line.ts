/** One call of the command line, from its words to its exit status; everything outside comes in, so that tests run it as it is. */
import os from 'node:os';
import path from 'node:path';
import type { ComposeCore } from '../app/core.ts';
import { asAppError } from '../base/app-error.ts';
import { defaultDataDir } from '../secrets/data-dir.ts';
import type { CommandContext, ExitCode } from './command-context.ts';
import { commands } from './commands.ts';
import { parseWords } from './parse-words.ts';

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly live: boolean;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly stop: AbortController;
  readonly compose?: ComposeCore;
}

export async function runCommandLine(words: readonly string[], around: Surroundings): Promise<ExitCode> {
  const asked = parseWords(words);
  if (asked.kind === 'help') {
    around.out(`${asked.text}\n`);
    return 0;
  }
  if (asked.kind === 'wrong') {
    around.err(`${asked.sentence}\n`);
    return 1;
  }
  const line = liveLine(around);
  const data = asked.values.get('data');
  const context: CommandContext = {
    places: asked.places, switches: asked.switches, values: asked.values, json: asked.switches.has('json'),
    dataDir: data === undefined ? defaultDataDir({ platform: process.platform, env: around.env, home: os.homedir() }) : path.resolve(around.cwd, data),
    env: around.env, cwd: around.cwd, live: around.live, stop: around.stop, compose: around.compose,
    say: line.say, sayOver: line.sayOver, complain: (text) => around.err(`${harmless(text)}\n`),
  };
  try {
    return await commands[asked.word](context);
  } catch (thrown) {
    const error = asAppError(thrown);
    around.err(`${harmless(error.message)}\n`);
    // The log has the rest; without one, whoever helps asks for this.
    if (error.code === 'internal' && around.env['STRATA_LOG'] === 'debug') around.err(`${String((error.cause as Error | undefined)?.stack ?? error.cause)}\n`);
    return 1;
  } finally {
    line.end();
  }
}

function liveLine(around: Surroundings) {
  let isOpen = false;
  const end = (): void => {
    if (isOpen) around.out('\n');
    isOpen = false;
  };
  return {
    end,
    say: (text: string): void => {
      end();
      around.out(`${harmless(text)}\n`);
    },
    sayOver: (text: string): void => {
      around.out(around.live ? `\r\u001b[K${harmless(text)}` : `${harmless(text)}\n`);
      isOpen = around.live;
    },
  };
}

/** A file's name must not steer the terminal that lists it. */
function harmless(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
}
