/** Every rule, at its edges; patterns against a slow and simple way to compare them. */
import { describe, expect, it } from 'vitest';
import { brokenRules, fitsPattern, noRules, ruleSentence, type UploadRules } from './upload-rules.ts';

const notes: UploadRules = { ...noRules, leastBytes: 512, mostBytes: 2048, types: ['.txt'] };
const file = (name: string, sizeBytes: number | null, contentType: string | null = 'text/plain') => ({ name, sizeBytes, contentType });

describe('text files from 512 to 2,048 bytes', () => {
  it.each([[511, ['too_small']], [512, []], [513, []], [2047, []], [2048, []], [2049, ['too_large']], [0, ['too_small']]] as const)('%i bytes: %j', (size, broken) => {
    expect(brokenRules(notes, file('a.txt', size))).toEqual(broken);
  });
  it('by name and by bytes: neither alone is enough', () => {
    expect(brokenRules(notes, file('a.TXT', 600))).toEqual([]);
    expect(brokenRules(notes, file('a.txt', 600, 'image/png'))).toEqual(['wrong_type']);
    expect(brokenRules(notes, file('a.txt', 600, 'application/octet-stream'))).toEqual(['wrong_type']);
    expect(brokenRules(notes, file('a.png', 600))).toEqual(['wrong_type']);
    expect(brokenRules(notes, file('txt', 600))).toEqual(['wrong_type']);
  });
  it('says early what is certain, and nothing that is not', () => {
    expect(brokenRules(notes, file('a.txt', null, null))).toEqual([]);
    expect(brokenRules(notes, { ...file('a.txt', null, null), atLeastBytes: 100 })).toEqual([]);
    expect(brokenRules(notes, { ...file('a.txt', null, null), atLeastBytes: 2049 })).toEqual(['too_large']);
    expect(brokenRules(notes, file('a.pdf', null, null))).toEqual(['wrong_type']);
  });
});

it('types by group and by name', () => {
  const pictures = { ...noRules, types: ['image/', 'application/pdf'] };
  expect([brokenRules(pictures, file('a', 1, 'image/png')), brokenRules(pictures, file('a', 1, 'application/pdf')), brokenRules(pictures, file('a.png', 1, 'text/html'))]).toEqual([[], [], ['wrong_type']]);
  expect(brokenRules({ ...noRules, types: ['.zip'] }, file('a.zip', 1, 'text/plain'))).toEqual(['wrong_type']);
  expect(brokenRules({ ...noRules, types: ['.bin'] }, file('a.bin', 1, 'application/octet-stream'))).toEqual([]);
});

it('without rules everything fits, and every break has its sentence', () => {
  expect(brokenRules(noRules, file('', 0, null))).toEqual([]);
  const all: UploadRules = { leastBytes: 5, mostBytes: 4, types: ['.x'], namePattern: 'y*' };
  expect(brokenRules(all, file('a', 4)).map((broken) => ruleSentence(broken, all))).toEqual(['its name must be like y*', 'only .x may be uploaded', 'it has fewer than 5 bytes']);
});

describe('patterns', () => {
  const slow = (name: string, pattern: string): boolean => {
    if (pattern === '') return name === '';
    if (pattern.startsWith('*')) return slow(name, pattern.slice(1)) || (name !== '' && slow(name.slice(1), pattern));
    return name !== '' && (pattern[0] === '?' || pattern[0] === name[0]) && slow(name.slice(1), pattern.slice(1));
  };
  it('compare as the simple way does, for all short ones', () => {
    const words = (signs: string, most: number): string[] => Array.from({ length: most }).reduce<string[]>((all) => [...new Set([...all, ...all.flatMap((word) => [...signs].map((sign) => word + sign))])], ['']);
    for (const pattern of words('a*?', 4)) for (const name of words('ab', 4)) expect([name, pattern, fitsPattern(name, pattern)]).toEqual([name, pattern, slow(name, pattern)]);
  });
  it('signs of regular expressions mean themselves; a character may be more than one unit', () => {
    expect([fitsPattern('a.b', 'a.b'), fitsPattern('axb', 'a.b'), fitsPattern('(a)', '(*)'), fitsPattern('😀.txt', '?.txt'), fitsPattern('e\u0301', 'é')]).toEqual([true, false, true, true, true]);
  });
  it('none takes long', () => {
    expect(fitsPattern('a'.repeat(255), `${'a*'.repeat(100)}b`)).toBe(false);
  });
});
