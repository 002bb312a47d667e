/** What kind of file a name says it is: how it is previewed, what type it is served as, and whether opening it would run it. Pure. */
import type { EntryDetails } from '../../shared/api/contract.ts';

const types: Readonly<Record<string, string>> = {
  png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', avif: 'image/avif', pdf: 'application/pdf',
  txt: 'text/plain', md: 'text/plain', log: 'text/plain', csv: 'text/plain', tsv: 'text/plain', json: 'text/plain', yaml: 'text/plain', yml: 'text/plain', toml: 'text/plain', ini: 'text/plain',
  xml: 'text/plain', ts: 'text/plain', tsx: 'text/plain', js: 'text/plain', mjs: 'text/plain', jsx: 'text/plain', css: 'text/plain', py: 'text/plain', rs: 'text/plain', go: 'text/plain', java: 'text/plain',
  c: 'text/plain', h: 'text/plain', cpp: 'text/plain', sh: 'text/plain', sql: 'text/plain', tex: 'text/plain', srt: 'text/plain',
};
/** Text that is one only by its markup is shown as plain text, never as a page. */
const shownAsText = new Set(['html', 'htm', 'svg']);
/** Larger ones are not worth the wait. */
const largestPreview: Readonly<Record<'image' | 'text' | 'pdf', number>> = { image: 64_000_000, text: 20_000_000, pdf: 200_000_000 };
const programs = new Set(['exe', 'bat', 'cmd', 'com', 'scr', 'msi', 'ps1', 'vbs', 'js', 'jse', 'wsf', 'lnk', 'reg', 'hta', 'cpl', 'jar', 'desktop', 'app', 'command', 'sh', 'appimage', 'run', 'terminal', 'workflow']);

export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}
export function contentTypeOf(name: string): string {
  const extension = extensionOf(name);
  return types[extension] ?? (shownAsText.has(extension) ? 'text/plain' : 'application/octet-stream');
}
export function previewKindOf(name: string, sizeBytes: number | null): EntryDetails['previewKind'] {
  const type = contentTypeOf(name);
  const kind = type.startsWith('image/') ? 'image' : type === 'text/plain' ? 'text' : type === 'application/pdf' ? 'pdf' : 'none';
  return kind !== 'none' && (sizeBytes ?? 0) > largestPreview[kind] ? 'none' : kind;
}
/** A file that came from elsewhere must not run because its row was opened: it is shown in its folder instead. */
export function wouldRun(name: string, executable: boolean): boolean {
  return executable || programs.has(extensionOf(name));
}
