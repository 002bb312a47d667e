/** The preview of one's own file in its details. */
import { useCallback } from 'react';
import { FilePreview } from './file-preview.tsx';
import { useHub } from './hub-context.tsx';
import type { FileItem } from './library-store.ts';

export function LibraryPreview({ file }: { readonly file: FileItem }) {
  const hub = useHub();
  const { id } = file;
  const mediaUrl = useCallback(async () => {
    const { access_url: url } = await hub.client.call('readFile', { file_id: id });
    // The page may load from its own origin alone; a store's own address plays elsewhere.
    return url.startsWith(`${window.location.origin}/`) ? url : `/api/v1/files/${id}/download`;
  }, [hub, id]);
  return <FilePreview client={hub.client} file={{ name: file.name, type: file.type, bytes: file.bytes, path: `/files/${id}/download`, mediaUrl }} />;
}
