/** Which paths are left out on purpose: `.strataignore` in gitignore's syntax, per folder, on top of a short built-in list. Pure. */
import ignore, { type Ignore } from 'ignore';

export const ignoreFile = '.strataignore';

/** Leavings of file managers, office programs and browsers; nothing a user would miss. `.git` and `node_modules` are the user's. */
const builtIn: readonly { readonly pattern: string; readonly matches: (name: string) => boolean }[] = [
  { pattern: '.DS_Store', matches: (name) => name === '.DS_Store' },
  { pattern: 'Thumbs.db', matches: (name) => name === 'Thumbs.db' },
  { pattern: 'desktop.ini', matches: (name) => name === 'desktop.ini' },
  { pattern: '~$*', matches: (name) => name.startsWith('~$') },
  { pattern: '.~lock.*#', matches: (name) => name.startsWith('.~lock.') && name.endsWith('#') },
  { pattern: '*.part', matches: (name) => name.endsWith('.part') },
  { pattern: '*.crdownload', matches: (name) => name.endsWith('.crdownload') },
];
export const builtInPatterns: readonly string[] = builtIn.map((one) => one.pattern);

/** One ignore file, and the folder it lies in ('' for the root). */
interface Level {
  readonly folder: string;
  readonly test: Ignore['test'];
}

export interface IgnoreRules {
  /** The pattern that leaves the path out, or null. Call it from the top down: what lies below an ignored folder is never asked about. */
  matching(path: string, isFolder: boolean): string | null;
  /** The rules that hold inside a folder which has its own file. */
  within(folder: string, text: string): IgnoreRules;
}

export function ignoreRules(rootText: string | null): IgnoreRules {
  return rulesOf(rootText === null ? [] : [{ folder: '', test: testerFor(rootText) }]);
}

function rulesOf(levels: readonly Level[]): IgnoreRules {
  return {
    // The deepest file that says anything about the path decides, and may take back (`!`) what one above it, or the built-in list, said.
    matching: (path, isFolder) => {
      for (let index = levels.length - 1; index >= 0; index -= 1) {
        const level = levels[index];
        if (level === undefined) continue;
        const below = level.folder === '' ? path : path.slice(level.folder.length + 1);
        const found = level.test(isFolder ? `${below}/` : below);
        if (found.unignored) return null;
        if (found.ignored) return found.rule?.pattern ?? ignoreFile;
      }
      const name = path.slice(path.lastIndexOf('/') + 1);
      return builtIn.find((one) => one.matches(name))?.pattern ?? null;
    },
    within: (folder, text) => rulesOf([...levels, { folder, test: testerFor(text) }]),
  };
}

/** The package remembers every path it was ever asked about: made anew from time to time, a scan of a million files stays flat. */
function testerFor(text: string): Ignore['test'] {
  const lines = text.replace(/^\ufeff/u, '').split(/\r?\n/u).filter((line) => line.length < 1000);
  // Case counts, as it does in the names of objects: the same file must be left out on every device or on none.
  const make = (): Ignore => ignore({ ignorecase: false, allowRelativePaths: true }).add(lines);
  let current = make();
  let asked = 0;
  return (path) => {
    asked += 1;
    if (asked % 20_000 === 0) current = make();
    return current.test(path);
  };
}
