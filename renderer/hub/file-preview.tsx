/** What of a member's or a shared file can be shown in the page: pictures, texts, PDFs, and by ranges sound and film; never SVG or HTML (X4). */
import { useCallback } from 'react';
import { ContentPreview, mostTextBytes, NoPreview, type PreviewContent } from '../components/content-preview.tsx';
import type { HubClient } from '../api/hub-client.ts';

export type FilePreviewKind = 'image' | 'text' | 'pdf' | 'sound' | 'film' | 'none';
const images = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
const texts = new Set(['text/plain', 'text/markdown', 'text/csv', 'application/json', 'text/x-log']);
/** Whole files are drawn from memory; larger ones are better downloaded. */
const mostWholeBytes = 32 * 1_048_576;

/** By the type that the hub found in the bytes, never by the name. */
export function filePreviewKind(type: string, bytes: number): FilePreviewKind {
  const bare = type.split(';')[0]?.trim().toLowerCase() ?? '';
  if (texts.has(bare)) return 'text';
  if (bare.startsWith('audio/')) return 'sound';
  if (bare.startsWith('video/')) return 'film';
  if (bytes > mostWholeBytes) return 'none';
  return images.has(bare) ? 'image' : bare === 'application/pdf' ? 'pdf' : 'none';
}

export interface PreviewedFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  /** Of its bytes, below the API. */
  readonly path: string;
  /** A link that plays by ranges without a session; null where there is none. */
  readonly mediaUrl: (() => Promise<string | null>) | null;
}

/** Give it a `key` of the file and its version. */
export function FilePreview({ client, file }: { readonly client: HubClient; readonly file: PreviewedFile }) {
  const { name, path, mediaUrl } = file;
  const kind = filePreviewKind(file.type, file.bytes);
  const load = useCallback(async (signal: AbortSignal): Promise<PreviewContent> => {
    if (kind === 'sound' || kind === 'film') {
      const freshUrl = mediaUrl ?? (() => Promise.resolve(null));
      const url = (await freshUrl()) ?? '';
      return kind === 'sound' ? { kind, url, freshUrl } : { kind, url, freshUrl };
    }
    const blob = await client.content(path, { signal, ...(kind === 'text' ? { maxBytes: mostTextBytes } : {}) });
    if (kind === 'text') return { kind, text: await blob.text(), cut: blob.size >= mostTextBytes };
    return kind === 'pdf' ? { kind, bytes: await blob.arrayBuffer() } : { kind: 'image', blob };
  }, [client, kind, path, mediaUrl]);
  if (kind === 'none' || file.bytes === 0 || ((kind === 'sound' || kind === 'film') && mediaUrl === null)) return <NoPreview />;
  return <ContentPreview name={name} load={load} />;
}
