/** Appends lines to a log file of its own, in order and one at a time; a disk that refuses must not stop what is logged. */
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from '../sync/ports.ts';

export interface LineLog {
  write(line: object): void;
  /** Resolves when everything written so far is in the file. */
  flushed(): Promise<void>;
}

export function createLineLog(path: string, logger: Logger): LineLog {
  let waiting: string[] = [];
  let writing: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    const lines = waiting.join('');
    waiting = [];
    if (lines === '') return;
    try {
      await mkdir(dirname(path), { recursive: true });
      await appendFile(path, lines, { mode: 0o600 });
    } catch (thrown) {
      logger.warn({ err: thrown }, 'a line could not be written to the migration’s log file');
    }
  };
  return {
    write: (line) => {
      waiting.push(`${JSON.stringify(line)}\n`);
      writing = writing.then(flush);
    },
    flushed: () => writing,
  };
}
