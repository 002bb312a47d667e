/** The preview of an entry of a synced folder, by a ticket for its bytes; another content under the same key is another preview (its `key`). */
import { useCallback } from 'react';
import type { EntryDetails } from '../../../shared/api/contract.ts';
import { useApp } from '../../app/app-context.tsx';
import { ContentPreview, mostTextBytes, NoPreview, type PreviewContent } from '../../components/content-preview.tsx';

export function Preview({ details }: { readonly details: EntryDetails }) {
  const { client } = useApp();
  const { previewKind } = details;
  const { rootId, key, name } = details.row;
  const load = useCallback(async (signal: AbortSignal): Promise<PreviewContent> => {
    const { url } = await client.call('makeTicket', { rootId, key, purpose: 'preview' });
    const blob = await client.content(url, { signal, ...(previewKind === 'text' ? { maxBytes: mostTextBytes } : {}) });
    if (previewKind === 'text') return { kind: 'text', text: await blob.text(), cut: blob.size >= mostTextBytes };
    return previewKind === 'pdf' ? { kind: 'pdf', bytes: await blob.arrayBuffer() } : { kind: 'image', blob };
  }, [client, previewKind, rootId, key]);
  return previewKind === 'none' ? <NoPreview /> : <ContentPreview name={name} load={load} />;
}
