/** The words after the app's name: which are the shell's own, which go to the service. */

export interface ShellArguments {
  /** Started at login: no window until asked for. */
  readonly hidden: boolean;
  /** Two data dirs are two devices, also for the single-instance lock. */
  readonly dataDir: string | null;
  readonly serviceArgs: readonly string[];
}
export const hiddenFlag = '--hidden';

export function readShellArguments(words: readonly string[]): ShellArguments {
  const dataDir = valueOf(words, '--data');
  const port = valueOf(words, '--port');
  const serviceArgs = [...(dataDir === null ? [] : ['--data', dataDir]), ...(port === null || !/^\d{1,5}$/.test(port) ? [] : ['--port', port])];
  return { hidden: words.includes(hiddenFlag), dataDir, serviceArgs };
}

function valueOf(words: readonly string[], name: string): string | null {
  for (const [at, word] of words.entries()) {
    if (word.startsWith(`${name}=`)) return word.slice(name.length + 1) || null;
    const next = words[at + 1];
    if (word === name && next !== undefined && !next.startsWith('-')) return next;
  }
  return null;
}
