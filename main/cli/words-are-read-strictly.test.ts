/** The command line takes exactly the words of design §7; anything else is a sentence, never a guess. */
import { describe, expect, it } from 'vitest';
import { parseWords } from './parse-words.ts';
import { placeFromWord } from './place-words.ts';
import { commandWords } from './words.ts';

const read = (line: string) => parseWords(line === '' ? [] : line.split(' '));

describe('what is known', () => {
  it.each([
    ['sync A B --once --json --yes --data D --device N', ['A', 'B'], ['once', 'json', 'yes'], { data: 'D', device: 'N' }],
    ['sync --data=D A B', ['A', 'B'], [], { data: 'D' }], ['start --headless --no-open --port 0', [], ['headless', 'no-open'], { port: '0' }],
    ['resolve a b --keep both', ['a', 'b'], [], { keep: 'both' }], ['ls', [], [], {}], ['ls -- --json', ['--json'], [], {}], ['verify F --deep', ['F'], ['deep'], {}],
    ['ls --data=a=b', [], [], { data: 'a=b' }],
  ])('%s', (line, places, switches, values) => {
    const asked = read(line);
    if (asked.kind !== 'command') throw new Error(JSON.stringify(asked));
    expect([asked.places, [...asked.switches], Object.fromEntries(asked.values)]).toEqual([places, switches, values]);
  });
  it.each(['', '--help', '-h', 'help', ...Object.keys(commandWords).flatMap((word) => [`${word} --help`, `help ${word}`])])('help: %s', (line) => {
    expect(read(line).kind).toBe('help');
  });
});

describe('what is not', () => {
  it.each([
    'stat', '--json', 'status --jsn', 'status -j', 'status x', 'sync A', 'sync A B C', 'sync A B --data', 'sync A B --data --once', 'sync A B --once --once', 'sync A B --once=1', 'approve',
    'status --keep mine', 'start x', 'constructor', 'tiers', 'evict', 'status --constructor', 'verify', 'sync A B --data=',
  ])('%s', (line) => {
    const asked = read(line);
    expect(asked.kind).toBe('wrong');
    if (asked.kind === 'wrong') expect(asked.sentence).toMatch(/^\S.*\.|Use: /);
  });
});

describe('keys', () => {
  const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', HOME_ACCESS_KEY_ID: 'c', HOME_SECRET_ACCESS_KEY: 'd', HALF_ACCESS_KEY_ID: 'e' };
  it.each([
    ['s3://x?endpoint=http://h:9000', { accessKeyId: 'a', secretAccessKey: 'b' }], ['s3://x/p?endpoint=http://h:9000&keys=HOME', { accessKeyId: 'c', secretAccessKey: 'd' }],
    ['s3://x?keys=HALF', undefined], ['s3://x?keys=NONE', undefined], ['folder:/x', undefined],
  ])('of %s', (address, keys) => {
    expect(placeFromWord(address, env)).toEqual(keys === undefined ? { address } : { address, keys });
  });
});
