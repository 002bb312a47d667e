/** The first screen stays within its budget: 150 kB of script and 20 kB of style, compressed, in the built page. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';

interface Chunk { readonly file: string; readonly imports?: readonly string[]; readonly css?: readonly string[]; readonly isEntry?: boolean; readonly dynamicImports?: readonly string[] }
const project = fileURLToPath(new URL('..', import.meta.url));
const built = `${project}dist/renderer`;
const budget = { scriptBytes: 150_000, styleBytes: 20_000, laterScreenBytes: 60_000 };
let manifest: Readonly<Record<string, Chunk>> = {};

beforeAll(() => {
  // As a program of its own: inside a test NODE_ENV is `test`, and React would be bundled as its larger development build.
  if (!existsSync(`${built}/.vite/manifest.json`)) execFileSync(process.execPath, [`${project}node_modules/vite/bin/vite.js`, 'build', '--logLevel', 'error'], { cwd: project, env: { ...process.env, NODE_ENV: 'production' }, stdio: 'inherit' });
  manifest = JSON.parse(readFileSync(`${built}/.vite/manifest.json`, 'utf8')) as typeof manifest;
});

function reach(start: string, seen = new Set<string>()): Set<string> {
  if (seen.has(start)) return seen;
  seen.add(start);
  for (const next of manifest[start]?.imports ?? []) reach(next, seen);
  return seen;
}
const sizeOf = (files: Iterable<string>): number => [...new Set(files)].reduce((sum, file) => sum + gzipSync(readFileSync(`${built}/${file}`)).length, 0);
const scripts = (names: Iterable<string>): string[] => [...names].flatMap((name) => manifest[name]?.file ?? []);
const styles = (names: Iterable<string>): string[] => [...names].flatMap((name) => manifest[name]?.css ?? []);

/** Who came decides what is fetched: this computer's owner, a member of the hub, somebody with a link. */
const starts = ['owner-start.tsx', 'hub/hub-start.tsx', 'hub/public-link.tsx'];

test.each(starts)('script and style of the first screen are within budget: %s', (start) => {
  const first = reach(start, reach('index.html'));
  expect(sizeOf(scripts(first))).toBeLessThanOrEqual(budget.scriptBytes);
  expect(sizeOf(styles(first))).toBeLessThanOrEqual(budget.styleBytes);
});

test('each later screen adds at most 60 kB', () => {
  for (const name of Object.keys(manifest).filter((key) => /^(screens|hub)\/.*-(screen|sheet|sheets|panel)\.tsx$/.test(key))) {
    const first = reach(name.startsWith('hub/') ? 'hub/hub-start.tsx' : 'owner-start.tsx', reach('index.html'));
    const added = [...reach(name)].filter((each) => !first.has(each));
    expect(sizeOf(scripts(added)), name).toBeLessThanOrEqual(budget.laterScreenBytes);
  }
});

test('the built page has no inline script or style, which the door’s policy would refuse', () => {
  const html = readFileSync(`${built}/index.html`, 'utf8');
  expect(html).not.toMatch(/<style|<script(?![^>]*\ssrc=)|\sstyle=|data:/);
});
