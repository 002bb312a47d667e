/** The house rules of design §6, held over every file; each failure says what to do and why. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { layerOf, projectDir, readSources, walk, withoutComments, type SourceFile } from './architecture.ts';
import { layers, libraryHomes, namedLibraries } from './layers.ts';

const sources = readSources();
const running = sources.filter((source) => !source.isTest);

describe('who may import whom', () => {
  it('every folder has a layer', () => {
    const unknown = running.filter((source) => layers[layerOf(source.path)] === undefined).map((source) => `${source.path}: add its folder to main/testing/layers.ts and to design §6`);
    expect(unknown).toEqual([]);
  });
  it('imports follow the layers', () => {
    const wrong = running.flatMap((source) => source.imports.flatMap((seen) => {
      if (seen.target === null) return [];
      const [from, to] = [layerOf(source.path), layerOf(seen.target)];
      const rule = layers[from];
      if (rule === undefined || from === to || rule.may.includes('*') || rule.may.includes(to)) return [];
      if (seen.target === 'package.json' || seen.target.startsWith('dist/')) return [];
      if (seen.typeOnly && rule.types?.includes(to)) return [];
      const part = rule.types?.includes(to) ? ' (its types, by "import type", are allowed)' : '';
      return [`${source.path} imports ${seen.target}: ${from} may not import ${to}${part}; ${rule.why}`];
    }));
    expect(wrong).toEqual([]);
  });
  it('testing/ is imported only by tests', () => {
    const wrong = running.flatMap((source) => source.imports.filter((seen) => seen.target?.includes('/testing/')).map((seen) => `${source.path} imports ${seen.target}: fakes must not reach users`));
    expect(wrong).toEqual([]);
  });
  it('no cycles', () => {
    expect(cycles(running)).toEqual([]);
  });
});

describe('libraries have one home', () => {
  it.each(libraryHomes.map((home) => [home.library.source, home] as const))('%s', (_, home) => {
    const wrong = running.flatMap((source) => source.imports
      .filter((seen) => seen.target === null && !seen.typeOnly && home.library.test(seen.specifier) && !home.homes.some((place) => source.path.startsWith(place)))
      .map((seen) => `${source.path} imports ${seen.specifier}, whose home is ${home.homes.join(', ')}: ${home.why}`));
    expect(wrong).toEqual([]);
  });
  it.each(namedLibraries.map((library) => [library.name, library] as const))('%s is named in package.json and used in its home', (name, library) => {
    const declared = JSON.parse(fs.readFileSync(path.join(projectDir, 'package.json'), 'utf8')) as { dependencies: Record<string, string>; devDependencies: Record<string, string> };
    expect(Object.keys({ ...declared.dependencies, ...declared.devDependencies }), `package.json must name ${name}`).toContain(name);
    const used = sources.some((source) => library.usedIn.test(source.path) && (source.imports.some((seen) => library.by.test(seen.specifier)) || library.by.test(name) && source.path.startsWith('scripts/') && source.text.includes(name)));
    expect(used, `${name} is in package.json, but nothing in ${library.usedIn.source} uses it`).toBe(true);
  });
  it('time and timers are asked of base/clock.ts', () => {
    const wrong = running
      .filter((source) => source.path.startsWith('main/') && source.path !== 'main/base/clock.ts')
      .filter((source) => /\bDate\.now\b|\bnew Date\(\)|\bset(Timeout|Interval)\s*\(|\bperformance\.now\b|node:timers/.test(withoutComments(source.text).replace(/\.setTimeout\(/g, '')))
      .map((source) => `${source.path}: take a Clock instead, so that a test can own the time`);
    expect(wrong).toEqual([]);
  });
});

describe('files', () => {
  const ours = [...new Set([...sources.map((source) => source.path), ...['shared', 'main', 'preload', 'renderer', 'scripts', 'e2e', 'bench'].flatMap(walk)])];
  it('none has over 400 lines', () => {
    const long = ours.filter((file) => /\.(ts|tsx|mjs|js|css)$/.test(file)).map((file) => [file, lines(file)] as const).filter(([, count]) => count > 400).map(([file, count]) => `${file} has ${count} lines: give its parts names and files of their own`);
    expect(long).toEqual([]);
  });
  it('none is a drawer', () => {
    const drawers = ours.filter((file) => file.split('/').some((part) => /(^|-)(utils?|helpers?|common|misc)(\.|$)/i.test(part))).map((file) => `${file}: name it after what it holds`);
    expect(drawers).toEqual([]);
  });
  it('names are kebab-case', () => {
    const wrong = sources.filter((source) => !/^[a-z0-9.-]+$/.test(path.posix.basename(source.path))).map((source) => `${source.path}: write it in kebab-case`);
    expect(wrong).toEqual([]);
  });
  it('each opens by saying what it is for', () => {
    const silent = sources.filter((source) => !/^(#![^\n]*\n)?(\/\*\*|\/\/) ?\S[^\n]{15,}/.test(source.text)).map((source) => `${source.path}: begin with one sentence: what is this file for?`);
    expect(silent).toEqual([]);
  });
  it('there are no default exports and no barrels', () => {
    const wrong = running.filter((source) => /^export default\b/m.test(source.text) || /^export \* from/m.test(source.text)).map((source) => `${source.path}: export by name, import the file`);
    expect(wrong).toEqual([]);
  });
});

function lines(file: string): number {
  return fs.readFileSync(path.join(projectDir, file), 'utf8').split('\n').length - 1;
}

/** Of what runs: `import type` is gone by then. One line per cycle found. */
function cycles(files: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (file: SourceFile, trail: readonly string[]): void => {
    state.set(file.path, 'open');
    for (const seen of file.imports) {
      const next = seen.typeOnly || seen.isProgram || seen.target === null ? undefined : byPath.get(seen.target);
      if (next === undefined) continue;
      if (state.get(next.path) === 'open') found.push(`${[...trail.slice(trail.indexOf(next.path)), file.path, next.path].join(' → ')}: move what both need to a file of its own`);
      else if (state.get(next.path) === undefined) visit(next, [...trail, file.path]);
    }
    state.set(file.path, 'done');
  };
  for (const file of files) if (state.get(file.path) === undefined) visit(file, []);
  return found;
}
