/** Proves what names mean, as tables: reserved spellings, what a platform refuses, and the names of copies that give way. */
import { describe, expect, it } from 'vitest';
import { relativePath, type RelativePath } from '../../shared/relative-path.ts';
import { cleanDevice, conflictName, fileBesideFolderName, refusedName, reservedName } from './names.ts';

const path = (text: string): RelativePath => text as RelativePath;

describe('reserved names (rule 20, CVE-2014-9390)', () => {
  it.each(['.strata', '.strata/x', 'a/.strata/x', '.Strata', '.STRATA/x', '.strata.', '.strata ', '.strata. .', '.strata-old', '.stratafoo', 'STRATA~1', 'strata~12/x', '.st\u200brata', '.strata\ufeff', '\u00ad.strata', '.Strataignore', '.strataignore ', '.strataignore.bak', '.ſtrata'])('%j is Strata’s', (name) => {
    expect(reservedName(name)).toBe(true);
  });
  it.each(['.strataignore', 'a/.strataignore', 'strata', 'strata.txt', 'my.strata', '.str', 'strata~', 'stratagem~1', '. strata'])('%j is the user’s', (name) => {
    expect(reservedName(name)).toBe(false);
  });
});

describe('names a disk cannot hold (F16, F34)', () => {
  it.each(['CON', 'con.txt', 'NUL.tar.gz', 'a/LPT1', 'COM¹', 'trailing.', 'trailing ', 'a<b', 'a>b', 'a:b', 'a"b', 'a|b', 'a?b', 'a*b', 'a\\b', 'new\nline', 'dir./x'])('Windows refuses %j, Linux does not', (name) => {
    expect(refusedName(path(name), 'win32', 10)).toBe('name_unsupported');
    expect(refusedName(path(name), 'linux', 10)).toBe(null);
  });
  it.each(['console', 'com', 'com10', 'nulls.txt', 'a.b', '.git', 'ordinary name.txt', '日本'])('every system holds %j', (name) => {
    for (const platform of ['win32', 'darwin', 'linux'] as const) expect(refusedName(path(name), platform, 10)).toBe(null);
  });
  it('counts bytes of a name, and of the whole path with the root', () => {
    expect(refusedName(path('ä'.repeat(127)), 'linux', 10)).toBe(null);
    expect(refusedName(path('ä'.repeat(128)), 'linux', 10)).toBe('name_too_long');
    expect(refusedName(path('ä'.repeat(128)), 'win32', 10)).toBe(null);
    const deep = path(Array.from({ length: 20 }, () => 'x'.repeat(200)).join('/'));
    expect([refusedName(deep, 'linux', 10), refusedName(deep, 'linux', 90), refusedName(deep, 'darwin', 10)]).toEqual([null, 'name_too_long', 'name_too_long']);
    expect(refusedName(path('.strata/root.json'), 'linux', 10)).toBe('name_reserved');
  });
});

describe('the copy that gives way (rule 23)', () => {
  const date = new Date(2026, 10, 20, 14, 2, 9);
  const named = (name: string, taken: readonly string[] = [], device = 'Anna’s laptop'): string => conflictName(path(name), device, date, (candidate) => taken.includes(candidate));
  it('is named by device and minute, then second, then a number', () => {
    const first = 'n/a (conflict, Anna’s laptop, 2026-11-20 14.02).txt';
    const second = 'n/a (conflict, Anna’s laptop, 2026-11-20 14.02.09).txt';
    const third = 'n/a (conflict, Anna’s laptop, 2026-11-20 14.02.09) 2.txt';
    expect(named('n/a.txt')).toBe(first);
    expect(named('n/a.txt', [first])).toBe(second);
    expect(named('n/a.txt', [first, second])).toBe(third);
    expect(named('n/a.txt', [first, second, third])).toBe(third.replace(') 2', ') 3'));
  });
  it('replaces an old suffix instead of adding one', () => {
    expect(named('a (conflict, other, 2025-01-01 10.00.00) 2.txt')).toBe('a (conflict, Anna’s laptop, 2026-11-20 14.02).txt');
    expect(named('.bashrc')).toBe('.bashrc (conflict, Anna’s laptop, 2026-11-20 14.02)');
  });
  it('is cut between characters to fit 255 bytes, and keeps its extension', () => {
    const name = named(`${'\u{1f600}'.repeat(62)}.jpeg`);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    expect(Buffer.byteLength(name)).toBeGreaterThan(250);
    expect([name.isWellFormed(), name.endsWith('14.02).jpeg')]).toEqual([true, true]);
  });
  it.each([['a/b\\c:d', 'a b c d'], ['(x), y', 'x y'], ['...', 'another device'], [' \n', 'another device'], ['x'.repeat(99), 'x'.repeat(40)], ['end. ', 'end']])('a device named %j is called %j', (device, clean) => {
    expect(cleanDevice(device)).toBe(clean);
    for (const platform of ['win32', 'linux'] as const) expect(refusedName(relativePath(named('a.txt', [], device)), platform, 10)).toBe(null);
  });
  it('a file beside a folder of its name is named by its content, the same everywhere (rule 3)', () => {
    expect(fileBesideFolderName(path('d/x.txt'), '0123456789abcdef')).toBe('d/x.txt (file 01234567)');
  });
});
