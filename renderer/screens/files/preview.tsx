/** Shows the beginning of a file: an image, a text, or a PDF in a frame of its own; nothing user-made runs in this page. */
import { useEffect, useRef, useState } from 'react';
import type { EntryDetails } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { problemOf } from '../../api/client.ts';
import { useApp } from '../../app/app-context.tsx';
import styles from './preview.module.css';

const mostTextBytes = 64 * 1024;
type Shown = { readonly kind: 'image'; readonly url: string } | { readonly kind: 'text'; readonly text: string; readonly cut: boolean } | { readonly kind: 'pdf'; readonly bytes: ArrayBuffer } | { readonly kind: 'problem'; readonly detail: string };

export function Preview({ details }: { readonly details: EntryDetails }) {
  const shown = usePreview(details);
  const label = say('inspector.previewOf', { name: details.row.name });
  if (details.previewKind === 'none') return <p className={styles['quiet']}>{say('inspector.noPreview')}</p>;
  if (shown === null) return <div className={styles['room']} />;
  if (shown.kind === 'problem') return <p className={styles['quiet']}>{say('inspector.previewProblem', { detail: shown.detail })}</p>;
  if (shown.kind === 'image') return <div className={styles['room']}><img className={styles['image']} src={shown.url} alt={label} decoding="async" /></div>;
  if (shown.kind === 'pdf') return <PdfFrame bytes={shown.bytes} label={label} />;
  return (
    <figure>
      <pre className={styles['text']} tabIndex={0} aria-label={label}>{shown.text}</pre>
      {shown.cut && <figcaption className={styles['quiet']}>{say('inspector.cutText')}</figcaption>}
    </figure>
  );
}

function usePreview(details: EntryDetails): Shown | null {
  const { client } = useApp();
  const [shown, setShown] = useState<Shown | null>(null);
  const { previewKind, sha256 } = details;
  const { rootId, key } = details.row;
  useEffect(() => {
    if (previewKind === 'none') return undefined;
    const stop = new AbortController();
    let imageUrl: string | null = null;
    const load = async (): Promise<Shown> => {
      const { url } = await client.call('makeTicket', { rootId, key, purpose: 'preview' });
      const blob = await client.content(url, { signal: stop.signal, ...(previewKind === 'text' ? { maxBytes: mostTextBytes } : {}) });
      if (previewKind === 'text') return { kind: 'text', text: await blob.text(), cut: blob.size >= mostTextBytes };
      if (previewKind === 'pdf') return { kind: 'pdf', bytes: await blob.arrayBuffer() };
      imageUrl = URL.createObjectURL(blob);
      return { kind: 'image', url: imageUrl };
    };
    load().then((next) => {
      if (!stop.signal.aborted) setShown(next);
    }, (reason: unknown) => {
      if (!stop.signal.aborted) setShown({ kind: 'problem', detail: problemOf(reason).message });
    });
    return () => {
      stop.abort();
      if (imageUrl !== null) URL.revokeObjectURL(imageUrl);
    };
  }, [client, previewKind, rootId, key, sha256]);
  return shown;
}

/** The frame is sandboxed without this origin's rights; it gets the bytes and nothing else. */
function PdfFrame({ bytes, label }: { readonly bytes: ArrayBuffer; readonly label: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const send = (event: MessageEvent): void => {
      const target = frame.current?.contentWindow;
      if (target === null || target === undefined || event.source !== target || event.data !== 'ready') return;
      // The frame's origin is opaque, so no other target than "*" can name it.
      target.postMessage({ pdf: bytes }, '*');
    };
    window.addEventListener('message', send);
    return () => window.removeEventListener('message', send);
  }, [bytes]);
  return <iframe ref={frame} className={styles['pdf']} sandbox="allow-scripts" src="./pdf-frame.html" title={label} />;
}
