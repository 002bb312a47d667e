/** Every fault has a test that names it in its title, or a line in docs/guarantees.md that says why not; every promise has its row there. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectDir } from './architecture.ts';
import { faultIds, promises } from './fault-ids.ts';

const guarantees = fs.readFileSync(path.join(projectDir, 'docs', 'guarantees.md'), 'utf8');
const excused = [...guarantees.matchAll(/^\| (F\d\d) \|/gm)].map(([, id]) => id ?? '');

/** The words of `describe`, `it` and rows of `it.each` in every test and conformance suite. */
function titles(): string {
  const files = ['main', 'renderer', 'shared', 'scripts', 'e2e'].flatMap((folder) => fs.readdirSync(path.join(projectDir, folder), { recursive: true, withFileTypes: true }));
  const tests = files.filter((entry) => entry.isFile() && /(\.test\.tsx?|\.spec\.ts|conformance[\w-]*\.ts)$/.test(entry.name));
  return tests.flatMap((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8').split('\n')).filter((line) => /\b(it|test|describe)\b|^\s*\[['`]/.test(line)).join('\n');
}

describe('what is promised and tried', () => {
  it('every fault stands in the title of a test, or in the guarantees with the reason why not', () => {
    const named = new Set([...titles().matchAll(/\bF\d\d\b/g)].map(([id]) => id));
    expect(faultIds.filter((id) => !named.has(id) && !excused.includes(id))).toEqual([]);
  });
  it('no fault is named that the list does not know, but those of tiers and the hub', () => {
    const known = new Set(faultIds);
    const strange = [...`${titles()} ${excused.join(' ')}`.matchAll(/\bF\d\d\b/g)].map(([id]) => id).filter((id) => !known.has(id) && !/^F[78]\d$/.test(id));
    expect([...new Set(strange)]).toEqual([]);
  });
  it('every promise has its row', () => {
    expect(promises.filter((promise) => !guarantees.includes(`| ${promise} |`))).toEqual([]);
  });
});
