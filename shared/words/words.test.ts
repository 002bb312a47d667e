/** Every state, tier, fix and error has words, and no word on screen is one of the engine's. */
import { expect, test } from 'vitest';
import { errorCodes, errorSentences, sentenceFor } from '../api/errors.ts';
import { entryStates, fixes, residencies, tiers } from '../model/states.ts';
import { english, say, type WordId } from './words.ts';

const ids = Object.keys(english) as WordId[];

test('every state, place of bytes, tier and fix has words', () => {
  const wanted = [...entryStates.map((name) => `state.${name}`), ...residencies.map((name) => `residency.${name}`), ...tiers.map((name) => `tier.${name}`), ...fixes.map((name) => `fix.${name}`)];
  expect(wanted.filter((id) => !ids.includes(id as WordId))).toEqual([]);
});

test('every error code has a sentence whose blanks can always be filled', () => {
  for (const code of errorCodes) {
    expect(sentenceFor(code), code).not.toMatch(/[{}]/);
    expect(errorSentences[code].length).toBeGreaterThan(20);
  }
});

test('every message can be said, also in production builds', () => {
  const values = new Proxy({}, { get: () => 3, has: () => true, ownKeys: () => [] });
  for (const id of ids) {
    const blanks = Object.fromEntries([...english[id].matchAll(/\{(\w+)/g)].map(([, name = '']) => [name, 3]));
    const said = say(id, { ...values, ...blanks });
    expect(said, id).not.toMatch(/\{\w+|plural/);
    expect(said.length, id).toBeGreaterThan(0);
  }
});

test('words of the engine are never on screen', () => {
  // "remote", "base" and the like are the engine's; "lock" and "object" are other people's jargon.
  const engine = /\b(sync error|out of sync|remote|local|hydrate|resync|journal|delta|failed to|invalid|abort|entry|object)\b/i;
  expect(ids.filter((id) => engine.test(english[id])).map((id) => `${id}: ${english[id]}`)).toEqual([]);
});

test('counts are spoken with their plural', () => {
  expect(say('needsYou.delete', { count: 312 })).toBe('Delete 312 files');
  expect(say('needsYou.delete', { count: 1 })).toBe('Delete 1 file');
});
