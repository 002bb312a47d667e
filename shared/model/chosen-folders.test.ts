/** Choices of folders: the nearest decides, nothing is said twice, and a folder shows when only a part of it is kept. */
import { describe, expect, it } from 'vitest';
import { choiceOfBoth, isHere, shownChoice, simplified, withChoice, type FolderChoice } from './chosen-folders.ts';

const not = (folder: string): FolderChoice => ({ folder, here: false });
const yes = (folder: string): FolderChoice => ({ folder, here: true });

describe('which folders are here', () => {
  it.each([
    [[], 'a/b', true], [[not('a')], 'a', false], [[not('a')], 'a/b/c', false], [[not('a')], 'ab', true], [[not('a'), yes('a/b')], 'a/b/c', true], [[not('a'), yes('a/b')], 'a/bc', false],
    [[not(''), yes('a')], 'z', false], [[not(''), yes('a')], 'a/z', true], [[not('a'), yes('a/b'), not('a/b/c')], 'a/b/c/d', false],
  ] as const)('%j: %s is here: %s', (choices, path, here) => {
    expect(isHere(choices, path)).toBe(here);
  });
  it('what says nothing new is left out, the later word counts', () => {
    expect(simplified([yes('a'), not('b'), not('b/c'), yes('b/d'), not('e'), yes('e')])).toEqual([not('b'), yes('b/d')]);
    expect(withChoice([not('a'), yes('a/b'), not('c')], 'a', true)).toEqual([not('c')]);
    expect(withChoice([not('a')], '', false)).toEqual([not('')]);
    expect(withChoice([not('')], 'a/b', true)).toEqual([not(''), yes('a/b')]);
  });
  it('of two choices that is here what both say is here', () => {
    expect(choiceOfBoth([not('a')], [not('b'), yes('b/c')])).toEqual([not('a'), not('b'), yes('b/c')]);
    expect(choiceOfBoth([not('a')], [])).toEqual([not('a')]);
    expect(choiceOfBoth([not(''), yes('a')], [not('a/x')])).toEqual([not(''), yes('a'), not('a/x')]);
  });
  it.each([['a', 'some'], ['a/b', 'all'], ['a/c', 'none'], ['z', 'all'], ['', 'some']] as const)('%s shows as %s', (folder, shown) => {
    expect(shownChoice([not('a'), yes('a/b')], folder)).toBe(shown);
  });
});
