/** Every planned mistake still fits the source: a rename in the engine must not make a mutant go stale unseen. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectDir } from '../architecture.ts';
import { mutants } from './mutants.ts';
import { applyEdit } from './plant.ts';

describe('mistakes to be planted', () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))('“%s” changes the source as it is now', (_name, mutant) => {
    const texts = new Map<string, string>();
    for (const edit of mutant.edits) {
      const before = texts.get(edit.file) ?? readFileSync(join(projectDir, edit.file), 'utf8');
      texts.set(edit.file, applyEdit(before, edit));
      expect(texts.get(edit.file)).not.toBe(before);
    }
  });
  it('says loudly when a text is no longer there', () => {
    expect(() => applyEdit('other text', { file: 'a.ts', find: 'gone', replace: '' })).toThrow('no longer has');
  });
});
