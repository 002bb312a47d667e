/** Reads the tree as architecture.test.ts judges it: source files, their imports, and who owns which folder and library. */
import fs from 'node:fs';
import path from 'node:path';

export const projectDir = path.resolve(import.meta.dirname, '..', '..');

export interface SourceFile {
  /** From the project's folder, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly isTest: boolean;
  readonly imports: readonly ImportSeen[];
}
export interface ImportSeen {
  readonly specifier: string;
  /** Nothing of it remains at run time. */
  readonly typeOnly: boolean;
  /** A worker's file, started as a program of its own: a layer may start it, but it closes no cycle. */
  readonly isProgram: boolean;
  /** Path in the project, or null for a package. */
  readonly target: string | null;
}

const codeFolders = ['shared', 'main', 'preload', 'renderer', 'scripts', 'e2e', 'bench'];

export function readSources(): readonly SourceFile[] {
  return codeFolders.flatMap((folder) => walk(folder)).filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !file.endsWith('.d.ts')).map(readSource);
}

/** Every file that is ours, of any kind. */
export function walk(folder: string): readonly string[] {
  const absolute = path.join(projectDir, folder);
  if (!fs.existsSync(absolute)) return [];
  return fs.readdirSync(absolute, { withFileTypes: true }).flatMap((entry) => {
    const place = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ['node_modules', 'dist', 'release', 'test-results', 'gallery-pictures'].includes(entry.name) || entry.name.startsWith('.') ? [] : walk(place);
    return entry.isFile() ? [place] : [];
  });
}

function readSource(file: string): SourceFile {
  const text = fs.readFileSync(path.join(projectDir, file), 'utf8');
  return { path: file, text, isTest: isTest(file), imports: importsOf(file, text) };
}

export function isTest(file: string): boolean {
  return /\.test\.tsx?$/.test(file) || file.includes('/testing/') || file.startsWith('e2e/') || file.startsWith('bench/') || file.startsWith('renderer/gallery/');
}

const importForms = [
  /^\s*(import|export)\s+(type\s)?[^'"`;]*?from\s*['"]([^'"]+)['"]/gm,
  /^\s*(import)\s+()['"]([^'"]+)['"]/gm,
  /(\bimport)()\s*\(\s*['"]([^'"]+)['"]/g,
  /(new URL)()\(\s*['"](\.{1,2}\/[^'"]+\.(?:ts|mjs))['"]\s*,\s*import\.meta\.url/g,
];

/** By shape, not by parser: the tree's own style is uniform, and this stays readable. */
function importsOf(file: string, text: string): readonly ImportSeen[] {
  const code = withoutComments(text);
  return importForms.flatMap((form) => [...code.matchAll(form)].map((match) => {
    const specifier = (match[3] ?? '').split('?')[0] ?? '';
    const target = specifier.startsWith('.') ? path.posix.normalize(`${path.posix.dirname(file)}/${specifier}`) : null;
    return { specifier, typeOnly: (match[2] ?? '') !== '', isProgram: match[1] === 'new URL', target };
  }));
}

export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

/** The layer of a file of ours: `base`, `sync`, …, by the table of design §6. */
export function layerOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  if (top !== 'main') return top;
  if (/^(compose|service|cli)(\.test)?\.ts$/.test(second) || second === 'cli' || second.endsWith('-wiring.ts')) return 'top';
  return second;
}
