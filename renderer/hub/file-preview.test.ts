/** What is shown in the page follows what the bytes are: never what could run, whatever it is called (X4). */
import { expect, it } from 'vitest';
import { filePreviewKind } from './file-preview.tsx';

it.each([
  ['image/png', 10, 'image'], ['image/jpeg', 10, 'image'], ['image/svg+xml', 10, 'none'], ['text/html', 10, 'none'], ['text/xml', 10, 'none'], ['application/xhtml+xml', 10, 'none'], ['text/javascript', 10, 'none'],
  ['text/plain; charset=utf-8', 1e9, 'text'], ['application/pdf', 10, 'pdf'], ['application/pdf', 1e9, 'none'], ['image/png', 1e9, 'none'], ['audio/mpeg', 1e9, 'sound'], ['video/mp4', 1e10, 'film'], ['application/octet-stream', 10, 'none'], ['', 10, 'none'],
] as const)('%s of %s bytes: %s (X4)', (type, bytes, kind) => {
  expect(filePreviewKind(type, bytes)).toBe(kind);
});
