/** Shows the beginning of a file: an image, a text, a PDF in a frame of its own, sound or film; nothing user-made runs in this page. */
import { useEffect, useRef, useState } from 'react';
import { say } from '../../shared/words/words.ts';
import { problemOf } from '../api/client.ts';
import styles from './content-preview.module.css';

export const mostTextBytes = 64 * 1024;
export type PreviewContent = { readonly kind: 'image'; readonly blob: Blob } | { readonly kind: 'text'; readonly text: string; readonly cut: boolean } | { readonly kind: 'pdf'; readonly bytes: ArrayBuffer } | MediaContent;
interface Media { readonly url: string; readonly freshUrl: () => Promise<string | null> }
type MediaContent = (Media & { readonly kind: 'sound' }) | (Media & { readonly kind: 'film' });
type Shown = PreviewContent | { readonly kind: 'problem'; readonly detail: string };

/** `load` must stay the same as long as the file does. */
export function ContentPreview({ name, load }: { readonly name: string; readonly load: (signal: AbortSignal) => Promise<PreviewContent> }) {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    load(stop.signal).then((next) => {
      if (!stop.signal.aborted) setShown(next);
    }, (reason: unknown) => {
      if (!stop.signal.aborted) setShown({ kind: 'problem', detail: problemOf(reason).message });
    });
    return () => stop.abort();
  }, [load]);
  const label = say('inspector.previewOf', { name });
  if (shown === null) return <div className={styles['room']} />;
  if (shown.kind === 'problem') return <p className={styles['quiet']}>{say('inspector.previewProblem', { detail: shown.detail })}</p>;
  if (shown.kind === 'image') return <Picture blob={shown.blob} label={label} />;
  if (shown.kind === 'pdf') return <PdfFrame bytes={shown.bytes} label={label} />;
  if (shown.kind === 'sound' || shown.kind === 'film') return <Player kind={shown.kind} url={shown.url} freshUrl={shown.freshUrl} label={label} />;
  return (
    <figure>
      <pre className={styles['text']} tabIndex={0} aria-label={label}>{shown.text}</pre>
      {shown.cut && <figcaption className={styles['quiet']}>{say('inspector.cutText')}</figcaption>}
    </figure>
  );
}

/** A link ends after a quarter of an hour and a film may be longer: then it goes on at the same second by a fresh one. What a fresh link doesn't help can't be played here. */
function Player({ kind, url, freshUrl, label }: { readonly kind: 'sound' | 'film'; readonly url: string; readonly freshUrl: () => Promise<string | null>; readonly label: string }) {
  const [source, setSource] = useState(url);
  const [cant, setCant] = useState(false);
  const at = useRef<{ seconds: number; plays: boolean; begun: boolean; failedAt: number | null }>({ seconds: 0, plays: false, begun: false, failedAt: null });
  const onError = (media: HTMLMediaElement): void => {
    const { seconds, begun, failedAt } = at.current;
    // Twice at the same second is the file itself; of a format that the browser doesn't know not even the length is read.
    if (failedAt === seconds || !begun) return setCant(true);
    at.current = { seconds, plays: !media.paused, begun, failedAt: seconds };
    freshUrl().then((fresh) => {
      if (fresh === null) setCant(true);
      // The same address can be open again: asking for it renewed the session.
      else if (fresh === source) media.load();
      else setSource(fresh);
    }, () => setCant(true));
  };
  const onReady = (media: HTMLMediaElement): void => {
    at.current.begun = true;
    if (at.current.seconds > 0) media.currentTime = at.current.seconds;
    if (at.current.plays) media.play().catch(() => undefined);
  };
  if (cant) return <p className={styles['quiet']}>{say('inspector.cantPlay')}</p>;
  const Element = kind === 'sound' ? 'audio' : 'video';
  // What users upload has no captions; the name is all that is known of it.
  return (
    <Element className={styles[kind]} controls preload="metadata" src={source} aria-label={label}
      onError={(event) => onError(event.currentTarget)} onLoadedMetadata={(event) => onReady(event.currentTarget)}
      onTimeUpdate={(event) => {
        const now = event.currentTarget.currentTime;
        if (now > 0) at.current.seconds = now;
      }} />
  );
}

export function NoPreview() {
  return <p className={styles['quiet']}>{say('inspector.noPreview')}</p>;
}

function Picture({ blob, label }: { readonly blob: Blob; readonly label: string }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return <div className={styles['room']}>{url !== null && <img className={styles['image']} src={url} alt={label} decoding="async" />}</div>;
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
