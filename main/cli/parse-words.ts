/** Reads the command line strictly: what it does not know is said in a sentence, never guessed or passed over. */
import { commandWords, helpFor, helpForAll, type CommandWord, type CommandWords, type OptionWord } from './words.ts';

export type Asked =
  | { readonly kind: 'command'; readonly word: CommandWord; readonly places: readonly string[]; readonly switches: ReadonlySet<string>; readonly values: ReadonlyMap<string, string> }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'wrong'; readonly sentence: string };

export function parseWords(words: readonly string[]): Asked {
  const [first, ...rest] = words;
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const about = first === 'help' ? rest[0] : undefined;
    return { kind: 'help', text: about !== undefined && isCommandWord(about) ? helpFor(about) : helpForAll() };
  }
  if (!isCommandWord(first)) return { kind: 'wrong', sentence: first.startsWith('-') ? `The first word must be a command, not ${first}. strata --help lists them.` : `There is no command ${first}. strata --help lists them.` };
  const beforeEnd = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (beforeEnd.includes('--help') || beforeEnd.includes('-h')) return { kind: 'help', text: helpFor(first) };
  return parseRest(first, rest);
}

function parseRest(word: CommandWord, rest: readonly string[]): Asked {
  const words: CommandWords = commandWords[word];
  const wrong = (sentence: string): Asked => ({ kind: 'wrong', sentence: `${sentence} Use: strata ${words.usage}` });
  const places: string[] = [];
  const switches = new Set<string>();
  const values = new Map<string, string>();
  for (let at = 0; at < rest.length; at += 1) {
    const text = rest[at] ?? '';
    if (text === '--') {
      places.push(...rest.slice(at + 1));
      break;
    }
    if (!text.startsWith('-') || text === '-') {
      places.push(text);
      continue;
    }
    const { name, given } = splitOption(text);
    const option: OptionWord | undefined = text.startsWith('--') ? words.options.find((known) => known.name === name) : undefined;
    if (option === undefined) return wrong(`${word} has no option ${text.split('=')[0]}.`);
    if (switches.has(name) || values.has(name)) return wrong(`--${name} is given twice.`);
    if (option.value === null) {
      if (given !== null) return wrong(`--${name} takes no value.`);
      switches.add(name);
      continue;
    }
    const value = given ?? rest[(at += 1)];
    if (value === undefined || value === '' || (given === null && value.startsWith('--'))) return wrong(`--${name} needs ${option.value}.`);
    values.set(name, value);
  }
  if (places.length < words.places.least) return wrong(`${word} needs ${words.places.least === 1 ? 'a word more' : `${words.places.least} words`}.`);
  const extra = places[words.places.most];
  if (extra !== undefined) return wrong(`${extra} is one word too many.`);
  if (places.includes('')) return wrong('A word is empty.');
  return { kind: 'command', word, places, switches, values };
}

function splitOption(text: string): { readonly name: string; readonly given: string | null } {
  const equals = text.indexOf('=');
  return equals < 0 ? { name: text.slice(2), given: null } : { name: text.slice(2, equals), given: text.slice(equals + 1) };
}

function isCommandWord(text: string): text is CommandWord {
  return Object.hasOwn(commandWords, text);
}
