/** The words of the command line: every command with its places and options; parsing, help and errors come from this table (design §7). */

export interface OptionWord {
  readonly name: string;
  /** Null is a switch; otherwise what stands for the value in the help. */
  readonly value: string | null;
  readonly says: string;
}
export interface CommandWords {
  readonly usage: string;
  readonly says: string;
  /** How many words without dashes it takes. */
  readonly places: { readonly least: number; readonly most: number };
  readonly options: readonly OptionWord[];
}

const data: OptionWord = { name: 'data', value: 'DIR', says: 'the data folder; by default the system’s folder for Strata' };
const certificate: OptionWord = { name: 'certificate', value: 'FILE', says: 'trust this certificate (PEM) of STORE, or what its authority signed' };
const json: OptionWord = { name: 'json', value: null, says: 'print one JSON object as the last line' };
const none = { least: 0, most: 0 } as const;
const one = { least: 1, most: 1 } as const;
const some = { least: 1, most: Infinity } as const;

export const commandWords = {
  start: {
    usage: 'start [--headless] [--data DIR] [--port N] [--no-open]', says: 'Runs Strata and opens it in the browser.', places: none,
    options: [{ name: 'headless', value: null, says: 'without opening anything' }, data, { name: 'port', value: 'N', says: 'the port; 8620 or the next free by default' }, { name: 'no-open', value: null, says: 'print the address, open nothing' }],
  },
  sync: {
    usage: 'sync FOLDER STORE [--cold STORE] [--leave FOLDERS] [--certificate FILE] [--data DIR] [--device NAME] [--once] [--json] [--yes]', says: 'Keeps FOLDER and STORE in step, both ways.', places: { least: 2, most: 2 },
    options: [
      data, { name: 'device', value: 'NAME', says: 'this device’s name in conflicts and activity' },
      { name: 'once', value: null, says: 'work until both sides agree, then end' }, json,
      { name: 'yes', value: null, says: 'with --once: agree to mass changes (never to a missing folder or place)' },
      { name: 'cold', value: 'STORE', says: 'the library’s cold store, where files move that are rarely used' },
      { name: 'leave', value: 'FOLDERS', says: 'folders of the library that stay in the place, with commas between them' }, certificate,
    ],
  },
  status: { usage: 'status [--data DIR] [--json]', says: 'How everything is doing.', places: none, options: [data, json] },
  ls: { usage: 'ls [PATH] [--data DIR] [--json]', says: 'Files and folders with their state.', places: { least: 0, most: 1 }, options: [data, json] },
  conflicts: { usage: 'conflicts [--data DIR] [--json]', says: 'Files that were changed on two sides.', places: none, options: [data, json] },
  activity: { usage: 'activity [--data DIR] [--json]', says: 'What was done, newest first.', places: none, options: [data, json] },
  holds: { usage: 'holds [--data DIR] [--json]', says: 'Changes that wait for your word.', places: none, options: [data, json] },
  approve: { usage: 'approve ID [--data DIR] [--json]', says: 'Agrees to exactly the changes of a hold.', places: one, options: [data, json] },
  refuse: { usage: 'refuse ID [--data DIR] [--json]', says: 'Keeps the files of a hold.', places: one, options: [data, json] },
  undo: {
    usage: 'undo RUN [--preview] [--data DIR] [--json]', says: 'Puts back what a run deleted or replaced; strata activity names the runs.', places: one,
    options: [{ name: 'preview', value: null, says: 'only say what it would do' }, data, json],
  },
  pause: { usage: 'pause [--data DIR] [--json]', says: 'Pauses everything.', places: none, options: [data, json] },
  resume: { usage: 'resume [--data DIR] [--json]', says: 'Goes on with everything.', places: none, options: [data, json] },
  resolve: {
    usage: 'resolve PATH… --keep mine|theirs|both|newest|largest [--all] [--preview] [--data DIR] [--json]', says: 'Settles conflicts; with --all every one, or every one below the folder PATH.', places: { least: 0, most: Infinity },
    options: [
      { name: 'keep', value: 'mine|theirs|both', says: 'which side stays; with --all also newest or largest' },
      { name: 'all', value: null, says: 'every conflict, or every one below PATH' }, { name: 'preview', value: null, says: 'with --all: only say what it would do' }, data, json,
    ],
  },
  tiers: { usage: 'tiers plan|run [--data DIR] [--json]', says: 'What would move to the cold store, or one migration now.', places: one, options: [data, json] },
  evict: { usage: 'evict PATH… [--data DIR] [--json]', says: 'Frees up space: takes files off this computer that the place holds.', places: some, options: [data, json] },
  fetch: { usage: 'fetch PATH… [--data DIR] [--json]', says: 'Brings files back onto this computer.', places: some, options: [data, json] },
  pin: { usage: 'pin PATH… [--data DIR] [--json]', says: 'Keeps files on this computer.', places: some, options: [data, json] },
  unpin: { usage: 'unpin PATH… [--data DIR] [--json]', says: 'Lets files be taken off this computer again.', places: some, options: [data, json] },
  folders: { usage: 'folders [FOLDER] [--data DIR] [--json]', says: 'The folders of a library with their sizes, and which of them this computer keeps.', places: { least: 0, most: 1 }, options: [data, json] },
  leave: { usage: 'leave FOLDER… [--data DIR] [--json]', says: 'Leaves folders in the place, with what arrives in them later; nothing is deleted.', places: some, options: [data, json] },
  take: { usage: 'take FOLDER… [--data DIR] [--json]', says: 'Keeps folders on this computer again.', places: some, options: [data, json] },
  thaw: {
    usage: 'thaw PATH… [--speed standard|bulk|expedited] [--days N] [--preview] [--data DIR] [--json]', says: 'Brings archived files back; Strata watches and downloads them when they are readable.', places: some,
    options: [
      { name: 'speed', value: 'standard|bulk|expedited', says: 'how quickly; standard by default' }, { name: 'days', value: 'N', says: 'how long they stay readable; 7 by default' },
      { name: 'preview', value: null, says: 'only say what it would cost and how long it takes' }, data, json,
    ],
  },
  verify: {
    usage: 'verify FOLDER [--deep] [--data DIR] [--json]', says: 'Every difference between disk, records and stores.', places: one,
    options: [{ name: 'deep', value: null, says: 'read every byte again' }, data, json],
  },
  backup: { usage: 'backup FILE [--data DIR] [--json]', says: 'Writes the records of the data folder (index and hub) into one file, also while Strata runs.', places: one, options: [data, json] },
  restore: { usage: 'restore FILE [--data DIR] [--json]', says: 'Puts the records of a backup into an empty data folder.', places: one, options: [data, json] },
  doctor: {
    usage: 'doctor STORE [--certificate FILE] [--save-certificate FILE] [--data DIR] [--json]', says: 'What this store can and can’t do.', places: one,
    options: [certificate, { name: 'save-certificate', value: 'FILE', says: 'write the certificate that STORE shows into FILE, to be compared and trusted' }, data, json],
  },
} as const satisfies Readonly<Record<string, CommandWords>>;

export type CommandWord = keyof typeof commandWords;

export const storeForm = [
  'STORE is s3://bucket/prefix?endpoint=http://host:9000&region=us-east-1 or folder:/absolute/path.',
  'Its keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, with &keys=NAME from',
  'NAME_ACCESS_KEY_ID and NAME_SECRET_ACCESS_KEY, or from the keychain.',
].join('\n');

export function helpFor(word: CommandWord): string {
  const words: CommandWords = commandWords[word];
  const lines = words.options.map((option) => `  ${`--${option.name}${option.value === null ? '' : ` ${option.value}`}`.padEnd(28)}${option.says}`);
  const store = words.usage.includes('STORE') ? ['', storeForm] : [];
  return [`strata ${words.usage}`, '', words.says, '', ...lines, ...store].join('\n');
}

export function helpForAll(): string {
  const lines = Object.values(commandWords).map((words: CommandWords) => `  strata ${words.usage}\n      ${words.says}`);
  return ['Strata keeps folders in step with a bucket or another folder, both ways.', '', ...lines, '', storeForm, '', 'strata COMMAND --help tells more. Exit status: 0 in step, 2 something waits for you, 1 it could not run.'].join('\n');
}
